"""Blinks are both eyes closing together; one eye alone is none, and after two blinks there are two."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facialis.measure.events.evidence import Stretch, stretches
from facialis.measure.events.lids import Closure, closed_share, find_closures, lid_doubt
from facialis.measure.regions import groups
from tests.measure.factory import NAMES, OPEN_IOD, Face, bump


def stretch(face: Face) -> Stretch:
    (part,) = stretches(face.motion())
    return part


def closures(face: Face) -> list[Closure]:
    return find_closures(stretch(face))


def test_every_blink_is_a_closure_with_its_times_and_travel() -> None:
    at = (2.0, 5.5, 9.0, 12.2)
    face = Face(15.0)
    for onset in at:
        face.blink(onset)
    found = closures(face)
    assert len(found) == len(at)
    for closure, onset in zip(found, at, strict=True):
        assert closure.apex_s == pytest.approx(onset + 0.125, abs=0.04)
        assert onset - 0.02 < closure.onset_s < closure.apex_s < closure.offset_s < onset + 0.3
        assert closure.depth == pytest.approx(0.75, abs=0.1)
        assert closure.amplitude_iod == pytest.approx(0.75 * OPEN_IOD, rel=0.15)


@settings(max_examples=15, deadline=None)
@given(onset=st.floats(1.0, 6.0), late=st.floats(-0.07, 0.07), depth=st.floats(0.65, 1.0))
def test_an_asynchronous_blink_is_still_one(onset: float, late: float, depth: float) -> None:
    (closure,) = closures(Face(8.0).blink(onset, late_s=late, depth=depth))
    assert closure.onset_s - 0.1 < onset + 0.125 < closure.offset_s + 0.1


def test_one_eye_alone_is_no_blink() -> None:
    face = Face(8.0)
    face.aperture[:, 0] -= 0.8 * OPEN_IOD * bump(face.time_s, 4.0, 0.25)
    assert closures(face) == []


def test_noise_and_a_slight_narrowing_are_no_blink() -> None:
    face = Face(10.0)
    face.aperture -= 0.2 * OPEN_IOD * bump(face.time_s, 4.0, 0.4)[:, None]
    assert closures(face) == []


def test_two_blinks_in_a_row_are_two() -> None:
    assert len(closures(Face(8.0).blink(3.0).blink(3.27))) == 2


def test_eyes_that_stay_shut_are_one_closure_of_that_length() -> None:
    (closure,) = closures(Face(14.0).shut(5.0, 1.6))
    assert closure.offset_s - closure.onset_s == pytest.approx(1.5, abs=0.15)


def test_how_far_an_eye_is_closed_does_not_depend_on_how_wide_it_opens() -> None:
    narrow, wide = Face(8.0).blink(4.0), Face(8.0).blink(4.0)
    wide.aperture *= [1.0, 1.6]
    one, two = (closed_share(stretch(face))[0] for face in (narrow, wide))
    assert two == pytest.approx(one, abs=1e-9)
    assert one.min() >= 0
    assert one.max() <= 1
    assert np.median(one) < 0.1


def test_lids_are_doubted_during_a_blink_and_the_mouth_never() -> None:
    part = stretch(Face(10.0).blink(4.0))
    doubt = lid_doubt(part)
    lids = [NAMES.index(name) for name in groups()["eye"]]
    mouth = [NAMES.index(name) for name in (*groups()["mouth"], *groups()["mid"])]
    assert (doubt[122:125][:, lids] > 1).all()
    assert (doubt[:, mouth] == 1).all()
    assert (doubt[(part.time_s < 3.5) | (part.time_s > 4.8)] == 1).all()


def test_a_mirrored_face_blinks_at_the_same_times() -> None:
    face = Face(10.0).blink(3.0, late_s=0.05).blink(6.0, late_s=-0.03)
    one, other = closures(face), closures(face.mirrored())
    assert [(c.onset_s, c.apex_s, c.offset_s) for c in one] == [(c.onset_s, c.apex_s, c.offset_s) for c in other]
