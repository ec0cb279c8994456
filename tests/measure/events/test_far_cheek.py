"""The far cheek of a turned head slides by itself; a spasm of the same side takes lids or mouth along."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from facialis.core.records import SIDES
from facialis.core.settings import EventSettings
from facialis.measure.events.candidates import find_candidates
from facialis.measure.events.decision import detect
from facialis.measure.events.evidence import stretches
from facialis.measure.events.far_cheek import is_far_cheek
from facialis.measure.events.shape import Shape
from tests.measure.factory import EYE, SPASM, Face, Side, of

CHEEK: Mapping[str, float] = {"cheek": 1.0, "buccal": 0.9, "alar": 0.3}
AT_S = 4.0


def moved(side: Side, shares: Mapping[str, float], yaw_deg: float) -> Face:
    face = Face(8.0).twitch(AT_S, side, 0.05, shares=shares)
    face.pose[:, 0] += yaw_deg
    return face


def is_slide(face: Face, side: Side) -> bool:
    (part,) = stretches(face.motion())
    peaks = [p for p in find_candidates(part).peaks if SIDES[p.side] == side and abs(p.time_s - AT_S) < 0.15]
    shapes: list[Shape] = [p.shape for p in peaks if p.shape is not None]
    (shape,) = shapes
    return is_far_cheek(part, SIDES.index(side), shape)


@pytest.mark.parametrize(("side", "far_deg"), [("left", 14.0), ("right", -14.0)])
def test_only_the_cheek_of_the_far_side_slides(side: Side, far_deg: float) -> None:
    assert is_slide(moved(side, CHEEK, far_deg), side)
    assert not is_slide(moved(side, CHEEK, -far_deg), side)
    assert not is_slide(moved(side, CHEEK, far_deg / 2), side)


@pytest.mark.parametrize("shares", [SPASM, EYE, {"mouth_corner": 1.0, "cheek": 1.0, "buccal": 0.9}])
def test_what_takes_lids_or_the_corner_of_the_mouth_along_is_no_slide(shares: Mapping[str, float]) -> None:
    assert not is_slide(moved("left", shares, 14.0), "left")


def test_a_far_cheek_is_no_twitch_and_a_spasm_of_the_far_side_is_one() -> None:
    def told(shares: Mapping[str, float], yaw_deg: float) -> int:
        face = Face(12.0)
        for moment in (3.0, 4.0, 5.0, 7.0, 8.0, 9.0):
            face.twitch(moment, "left", 0.05, shares=shares)
        face.pose[:, 0] += yaw_deg
        return len(of(detect(face.motion(), EventSettings(), "test").events, "twitch"))

    assert told(SPASM, 14.0) == 6
    assert told(CHEEK, 14.0) == 0
    assert told(CHEEK, 0.0) > 0
