"""What passes before one side is told from skin that twitches, however violently; a head that turns is neither."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.core.records import SIDES
from facialis.measure.face.passing import passing
from facialis.measure.regions import groups
from tests.measure.factory import EYE, NAMES, SIDED, SPASM, Face, Side

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

AT = (3.0, 5.5, 8.0)


def told(face: Face, match: Floats | None = None) -> Bools:
    motion = face.motion()
    shape = motion.error_iod.shape
    looks = np.full(shape, 0.97) if match is None else match
    return passing(motion.time_s, motion.displacement_iod, looks, motion.pose_deg)


def near(face: Face, moment: float, within_s: float = 0.3) -> Bools:
    return np.asarray(np.abs(face.time_s - moment) < within_s)


def match_of(face: Face, falls: dict[str, float], side: Side) -> Floats:
    """Correlations that fall where windows do not look like themselves, round each of the moments."""
    match = np.full((len(face.time_s), 2, len(NAMES)), 0.97)
    for moment in AT:
        for name, fall in falls.items():
            match[near(face, moment, 0.15), SIDES.index(side), NAMES.index(name)] -= fall
    return match


@pytest.mark.parametrize("side", SIDED)
@pytest.mark.parametrize("size", [0.02, 0.08, 0.13, 0.17])
@pytest.mark.parametrize("shares", [SPASM, EYE], ids=["side", "eye"])
def test_no_spasm_is_taken_for_something_that_passes(shares: dict[str, float], size: float, side: Side) -> None:
    """A window of 0.13 IOD is a contraction of 0.2; lids and lips then look different, the cheek hardly."""
    face = Face(11.0)
    for moment in AT:
        face.twitch(moment, side, size, shares=shares)
    falls = {
        "upper_lid": 0.4,
        "outer_canthus": 0.35,
        "lower_lid": 0.2,
        "lower_lip": 0.42,
        "cheek": 0.08,
        "buccal": 0.05,
    }
    assert not told(face, match_of(face, falls, side)).any()


@pytest.mark.parametrize("side", SIDED)
def test_a_lid_may_tear_from_the_corner_of_the_eye(side: Side) -> None:
    """In a spasm of 0.2 IOD by 0.8 of their distance, and from the cheek below by as much."""
    face = Face(11.0)
    for moment in AT:
        face.twitch(moment, side, 0.16, shares={"lower_lid": 1.0, "infraorbital": 0.3, "cheek": 0.4, "buccal": 0.5})
    assert not told(face).any()


def test_a_neighbour_that_is_not_seen_may_have_gone_along() -> None:
    face = Face(11.0)
    for moment in AT:
        face.twitch(moment, "left", 0.08, shares={"cheek": 1.0})
    lost = face.motion()
    for moment in AT:
        lost.displacement_iod[near(face, moment), 1, NAMES.index("buccal")] = np.nan
    match = match_of(face, {"cheek": 0.1}, "left")
    assert told(face, match)[:, 1].any()
    assert not passing(lost.time_s, lost.displacement_iod, match, lost.pose_deg).any()


def test_a_spasm_that_holds_is_no_hand() -> None:
    assert not told(Face(14.0).hold(4.0, 4.0, "left", 0.12)).any()


def test_smiles_and_blinks_pass_before_nobody() -> None:
    face = Face(16.0).smile(4.0, 3.0, 0.25).blink(9.0).blink(11.0)
    assert not told(face).any()


@pytest.mark.parametrize("side", SIDED)
@pytest.mark.parametrize("window", ["outer_canthus", "infraorbital", "cheek", "buccal"])
@pytest.mark.parametrize("size", [0.1, 0.14, 0.3])
def test_a_window_that_leaves_its_neighbours_and_looks_different_is_not_skin(
    window: str, size: float, side: Side
) -> None:
    face = Face(11.0)
    for moment in AT:
        face.twitch(moment, side, size, shares={window: 1.0})
    assert told(face).any() == (size >= 0.3)  # skin that goes by itself and stays as it was may be skin
    found = told(face, match_of(face, {window: 0.1}, side))
    own = found[:, SIDES.index(side)]
    assert all(own[near(face, moment)].all() for moment in AT)
    assert not found[:, 1 - SIDES.index(side)].any()
    assert not own[np.all([~near(face, moment, 0.7) for moment in AT], axis=0)].any()


def test_hair_that_takes_cheek_and_lid_along_looks_different() -> None:
    shares = {"cheek": 1.0, "buccal": 1.0, "infraorbital": 0.6, "outer_canthus": 0.4, "lower_lid": 0.4}
    face = Face(11.0)
    for moment in AT:
        face.twitch(moment, "left", 0.12, shares=shares)
    assert not told(face).any()
    hair = told(face, match_of(face, {"cheek": 0.3, "buccal": 0.3}, "left"))
    assert all(hair[near(face, moment), 1].all() for moment in AT)


def test_what_goes_further_than_skin_is_not_skin() -> None:
    face = Face(11.0)
    whole = dict.fromkeys((name for group in ("eye", "mid", "mouth") for name in groups()[group]), 1.0)
    for moment in AT:
        face.twitch(moment, "right", 0.4, shares=whole)
    found = told(face)
    assert all(found[near(face, moment), 0].all() for moment in AT)


def test_a_head_that_turns_away_hides_nothing() -> None:
    face = Face(11.0)
    for moment in AT:
        face.twitch(moment, "left", 0.3, duration_s=0.6, shares={"buccal": 1.0})
        face.pose[near(face, moment, 0.4), 0] += 12.0
    assert not told(face).any()


def test_where_nothing_was_seen_nothing_is_told() -> None:
    face = Face(4.0)
    face.lose(0.0, 4.0)
    assert not told(face, np.full((len(face.time_s), 2, len(NAMES)), np.nan)).any()
    assert told(Face(0.05)).shape == (2, 2)
