"""The course of an event: when it begins, peaks and ends, how large it is, and which muscles take part."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facialis.measure.events.candidates import find_candidates
from facialis.measure.events.evidence import stretches
from facialis.measure.events.shape import WINDOW_GAIN, Shape
from tests.measure.factory import BABINSKI, EYE, NAMES, Face

PICTURE = 1 / 30


def strongest(face: Face) -> Shape:
    (part,) = stretches(face.motion())
    found = find_candidates(part)
    best = max(found.peaks, key=lambda c: c.deviate)
    assert best.shape is not None
    return best.shape


@settings(max_examples=10, deadline=None)
@given(at=st.floats(2.0, 4.0), size=st.floats(0.03, 0.1), duration=st.floats(0.15, 0.4), left=st.booleans())
def test_times_are_right_to_a_picture_or_two_and_sizes_to_a_fifth(
    at: float, size: float, duration: float, left: bool
) -> None:
    shape = strongest(Face(6.0).twitch(at, "left" if left else "right", size, duration_s=duration))
    assert abs(shape.apex_s - at) <= 1.1 * PICTURE
    assert shape.onset_s <= shape.apex_s < shape.offset_s
    # A raised cosine is above a fifth of its height for 70 % of its duration.
    assert abs(shape.onset_s - (at - 0.5 * duration)) < 2.1 * PICTURE
    assert abs(shape.offset_s - (at + 0.5 * duration)) < 2.5 * PICTURE
    assert shape.amplitude_iod == pytest.approx(size * WINDOW_GAIN, rel=0.25)


def test_a_whole_half_of_the_face_has_eye_and_mouth() -> None:
    shape = strongest(Face(8.0).twitch(4.0, "right", 0.05))
    assert {"orbicularis_oculi", "zygomaticus"} <= set(shape.muscles)
    assert "frontalis" not in shape.muscles
    assert set(shape.windows) <= set(NAMES)
    assert len(set(shape.muscles)) == len(shape.muscles)


def test_an_eye_alone_is_the_eye_alone() -> None:
    assert strongest(Face(8.0).twitch(4.0, "left", 0.04, shares=EYE)).muscles == ("orbicularis_oculi",)


def test_the_brow_going_up_with_the_eye_is_told_by_its_direction() -> None:
    shape = strongest(Face(8.0).twitch(4.0, "left", 0.05, duration_s=0.3, shares=BABINSKI))
    assert {"orbicularis_oculi", "frontalis"} <= set(shape.muscles)
    up = shape.moved_iod[:, 1]
    assert up[NAMES.index("outer_brow")] > 0.02
    assert up[NAMES.index("upper_lid")] < -0.02


def test_what_only_goes_along_with_a_blink_is_no_part_of_a_twitch() -> None:
    mouth = {"mouth_corner": 1.0, "cheek": 0.7, "buccal": 0.7, "alar": 0.5, "upper_lip": 0.5}
    shape = strongest(Face(8.0).blink(3.9).twitch(4.02, "left", 0.05, shares=mouth))
    assert "zygomaticus" in shape.muscles
    assert abs(shape.apex_s - 4.02) < 0.07
