"""How far the eyes stand open and shut: right less left, and said to be missing where it cannot be told."""

from __future__ import annotations

import numpy as np
import pytest

from facialis.core.records import Interval, Measure
from facialis.measure.events.decision import Found
from facialis.measure.events.evidence import stretches
from facialis.measure.opening import opening_measures
from tests.measure.factory import Face


def rows(face: Face, *parts: Interval) -> tuple[Measure, Measure]:
    found = Found(events=(), stretches=tuple(stretches(face.motion())), candidates=(), threshold=4.0, least=0.9)
    opening, closure = opening_measures(found, parts or (Interval(start_s=0.0, stop_s=1e3),), "all")
    return opening, closure


def narrowed(share: float) -> Face:
    """The left eye stands narrower by this share of the mean opening; both blink fully now and then."""
    face = Face(30.0)
    face.aperture[:, 0] *= 1 + share / 2
    face.aperture[:, 1] *= 1 - share / 2
    for at in (5.0, 12.0, 20.0):
        face.blink(at, depth=0.8)
    return face


@pytest.mark.parametrize("share", [-0.3, 0.0, 0.2])
def test_the_narrower_eye_is_told(share: float) -> None:
    opening, _ = rows(narrowed(share))
    assert opening.value == pytest.approx(share, abs=0.03)
    assert opening.low is not None
    assert opening.high is not None
    assert opening.low <= share + 0.02


def test_blinks_do_not_count_as_narrow_eyes() -> None:
    face = Face(30.0)
    for at in np.arange(1.0, 29.0, 1.5):
        face.blink(float(at), late_s=0.05)
    assert rows(face)[0].value == pytest.approx(0.0, abs=0.03)


def test_an_eye_that_shuts_less_is_told() -> None:
    face = Face(30.0)
    for at in (5.0, 12.0, 20.0):
        face.blink(at, depth=0.9)
    course = face.aperture.copy()
    face.aperture[:, 1] = 0.2 - 0.6 * (0.2 - course[:, 1])
    closure = rows(face)[1]
    assert isinstance(closure.value, float)
    assert closure.value > 0.2
    assert rows(face.mirrored())[1].value == pytest.approx(-closure.value, abs=1e-9)


def test_what_cannot_be_told_is_missing() -> None:
    opening, closure = rows(Face(20.0), Interval(start_s=0.0, stop_s=2.0))
    assert opening.value is None
    assert "5 s" in opening.why_not
    assert closure.value is None
    assert closure.why_not
