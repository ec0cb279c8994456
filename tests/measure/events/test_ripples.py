"""Ripples of one lower lid: rhythmic, small, one-sided, the eye open; a train of twitches is none."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facialis.core.records import SIDES
from facialis.measure.events.evidence import stretches
from facialis.measure.events.ripples import Ripple, find_ripples
from tests.measure.factory import LID, Face, Side


def ripples(face: Face) -> list[Ripple]:
    return [ripple for part in stretches(face.motion()) for ripple in find_ripples(part)]


def face(seed: int = 1, rate_hz: float = 30.0) -> Face:
    return Face(14.0, noise_iod=0.0007, seed=seed, rate_hz=rate_hz)


@settings(max_examples=15, deadline=None)
@given(
    rate=st.floats(3.5, 7.5),
    length=st.floats(2.0, 5.0),
    size=st.floats(0.012, 0.022),
    side=st.sampled_from(["left", "right"]),
    seed=st.integers(0, 30),
)
def test_a_ripple_is_found_with_its_side_rhythm_and_times(
    rate: float, length: float, size: float, side: Side, seed: int
) -> None:
    (found,) = ripples(face(seed).ripple(4.0, length, side, size, rate_hz=rate))
    assert SIDES[found.side] == side
    assert found.rate_hz == pytest.approx(rate, abs=0.8)
    assert found.onset_s == pytest.approx(4.0, abs=0.6)
    assert found.offset_s == pytest.approx(4.0 + length, abs=0.6)
    assert found.onset_s <= found.apex_s <= found.offset_s
    assert 0.4 * size < found.amplitude_iod < 1.3 * size
    assert 0.5 <= found.probability <= 1


def test_noise_blinks_and_single_twitches_do_not_ripple() -> None:
    for seed in range(4):
        assert ripples(face(seed).blink(3.0).twitch(6.0, "left").blink(9.0, late_s=0.05)) == []


def test_a_train_of_the_whole_half_is_no_ripple() -> None:
    train = face()
    for k in range(10):
        train.twitch(4.0 + 0.25 * k, "left", 0.02)
    assert ripples(train) == []


def test_both_lids_together_are_no_myokymia() -> None:
    assert ripples(face().ripple(4.0, 4.0, "left", 0.015).ripple(4.0, 4.0, "right", 0.015)) == []


def test_where_the_other_lower_lid_is_hidden_nothing_is_one_sided() -> None:
    made = face().ripple(4.0, 4.0, "left", 0.015).ripple(4.0, 4.0, "right", 0.015)
    for name in ("lower_lid", "infraorbital"):
        made.hide(name, "right", 3.0, 9.0)
    assert ripples(made) == []


def test_a_lid_hidden_for_a_moment_does_not_hide_a_ripple() -> None:
    made = face().ripple(4.0, 4.0, "left", 0.015)
    made.hide("lower_lid", "right", 5.0, 5.3)
    assert len(ripples(made)) == 1


def test_a_train_of_both_lids_of_one_eye_is_no_ripple() -> None:
    """They close it, if only a little: that is clonic spasm of the eye's sphincter."""
    sphincter = {"upper_lid": 0.9, "lower_lid": 1.0, "outer_canthus": 0.7, "infraorbital": 0.6}
    for rate_hz in (3.5, 5.0, 6.0):
        train = face()
        for k in range(12):
            train.twitch(4.0 + k / rate_hz, "left", 0.02, duration_s=0.12, shares=sphincter)
        assert ripples(train) == []


def test_a_large_excursion_is_no_myokymia() -> None:
    assert ripples(face().ripple(4.0, 4.0, "left", 0.08)) == []


def test_single_pulses_about_a_second_apart_are_no_ripple() -> None:
    uneven = face()
    for at in (3.0, 4.1, 4.9, 6.2, 7.0, 8.3):
        uneven.twitch(at, "left", 0.015, shares=LID)
    assert ripples(uneven) == []


def test_too_few_pictures_a_second_tell_nothing() -> None:
    assert ripples(face(rate_hz=15.0).ripple(4.0, 4.0, "left", 0.015)) == []


def test_ripples_of_a_mirrored_face_are_mirrored() -> None:
    (one,), (other,) = (
        ripples(made) for made in (face().ripple(4.0, 3.0, "left"), face().ripple(4.0, 3.0, "left").mirrored())
    )
    assert other.side == 1 - one.side
    assert (other.onset_s, other.offset_s) == pytest.approx((one.onset_s, one.offset_s))
