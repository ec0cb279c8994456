"""Tonic spasms: one side goes somewhere, stays a second or more and comes back; nothing else is one."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from facialis.core.records import SIDES
from facialis.core.settings import EventSettings
from facialis.measure.events.candidates import find_candidates
from facialis.measure.events.decision import detect
from facialis.measure.events.evidence import Stretch, stretches
from facialis.measure.events.holds import Hold, Pulse, find_holds, held_between
from facialis.measure.events.shape import WINDOW_GAIN
from tests.measure.factory import EYE, SPASM, Face, Side, plateau

DEVIATE = 5.0


def holds(face: Face) -> list[Hold]:
    return [hold for part in stretches(face.motion()) for hold in find_holds(part, DEVIATE)]


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("length", [1.4, 2.5, 6.0])
def test_a_held_contraction_is_found_with_its_side_times_and_size(side: str, length: float) -> None:
    (hold,) = holds(Face(14.0).hold(4.0, length, side, 0.04))  # type: ignore[arg-type]
    assert SIDES[hold.side] == side
    assert hold.onset_s == pytest.approx(4.08, abs=0.12)
    assert hold.offset_s == pytest.approx(4.0 + length - 0.08, abs=0.15)
    assert hold.onset_s <= hold.apex_s <= hold.offset_s
    assert hold.amplitude_iod == pytest.approx(0.04 * WINDOW_GAIN, rel=0.25)
    assert "orbicularis_oculi" in hold.muscles
    assert 0.5 <= hold.probability <= 1


def test_two_holds_of_one_side_are_two() -> None:
    found = holds(Face(16.0).hold(3.0, 2.0, "left").hold(8.0, 3.0, "left"))
    assert [round(h.onset_s) for h in found] == [3, 8]


def test_what_is_over_within_a_second_is_no_tonic_spasm() -> None:
    assert holds(Face(10.0).hold(4.0, 0.6, "left")) == []
    assert holds(Face(10.0).hold(4.0, 0.9, "left")) == []
    assert holds(Face(10.0).twitch(4.0, "left", 0.06)) == []


def test_one_muscle_after_another_is_no_hold() -> None:
    """The eye goes and stays, then the mouth does: two steps, neither of which undoes the other."""
    face = Face(12.0)
    face.contract("left", plateau(face.time_s, 4.0, 60.0, 0.15), 0.04, EYE)
    mouth = {name: share for name, share in SPASM.items() if name not in EYE}
    face.contract("left", plateau(face.time_s, 7.0, 60.0, 0.15), 0.04, mouth)
    assert holds(face) == []


def test_what_never_comes_back_is_no_tonic_spasm() -> None:
    face = Face(10.0)
    face.hold(4.0, 60.0, "left", 0.04)
    assert holds(face) == []


def test_both_sides_together_are_a_smile_not_a_spasm() -> None:
    assert holds(Face(14.0).smile(4.0, 4.0)) == []
    assert holds(Face(14.0).hold(4.0, 3.0, "left").hold(4.0, 3.0, "right")) == []
    assert holds(Face(14.0).shut(4.0, 3.0)) == []


def test_noise_and_a_short_stretch_hold_nothing() -> None:
    assert holds(Face(20.0)) == []
    assert holds(Face(1.5)) == []


def test_a_hold_does_not_reach_across_a_gap() -> None:
    assert holds(Face(16.0).hold(4.0, 6.0, "left").lose(6.0, 7.0)) == []


def test_mirrored_holds_are_mirrored() -> None:
    (one,) = holds(Face(10.0).hold(4.0, 2.0, "left"))
    (other,) = holds(Face(10.0).hold(4.0, 2.0, "left").mirrored())
    assert other.side == 1 - one.side
    assert (other.onset_s, other.offset_s) == pytest.approx((one.onset_s, one.offset_s))
    assert other.amplitude_iod == pytest.approx(one.amplitude_iod, rel=1e-4)


MOUTH = {"mouth_corner": 1.0, "upper_lip": 0.9, "alar": 0.5, "buccal": 0.6, "lower_lip": 0.6}


@pytest.mark.parametrize(("apart_s", "duration_s"), [(1.3, 0.1), (1.3, 0.15), (1.4, 0.5), (2.0, 0.5)])
@pytest.mark.parametrize("way", [1.0, -1.0])
def test_rest_between_strong_twitches_is_no_hold(apart_s: float, duration_s: float, way: float) -> None:
    """Skin that goes away at a pulse comes back after it, stays, and goes once more: at rest all the while."""
    for phase_s in (0.0, 0.008, 0.016, 0.025):
        face = Face(16.0)
        for k in range(3):
            face.twitch(5.0 + phase_s + k * apart_s, "left", 0.06 * way, duration_s=duration_s, shares=MOUTH)
        assert holds(face) == []


@pytest.mark.parametrize(("count", "length_s", "gap_s"), [(2, 2.0, 0.8), (3, 2.0, 0.8), (4, 2.0, 1.1), (5, 2.0, 0.5)])
def test_holds_in_a_row_are_each_told(count: int, length_s: float, gap_s: float) -> None:
    face = Face(22.0)
    onsets = [4.0 + k * (length_s + gap_s) for k in range(count)]
    for onset_s in onsets:
        face.hold(onset_s, length_s, "left")
    assert [hold.onset_s for hold in holds(face)] == pytest.approx(onsets, abs=0.2)


def test_a_hold_between_twitches_is_told() -> None:
    face = Face(16.0).hold(7.0, 2.0, "right")
    for at in (4.5, 5.2, 5.9, 10.2, 10.9):
        face.twitch(at, "right", 0.05)
    (hold,) = holds(face)
    assert hold.onset_s == pytest.approx(7.0, abs=0.3)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_mouth_that_is_held_is_told(side: Side) -> None:
    """The pull of all windows together decides what is an onset, not what stands out of their noise."""
    mouth = {"mouth_corner": 0.85, "upper_lip": 0.8, "lower_lip": 0.7, "buccal": 0.55, "cheek": 0.3, "alar": 0.35}
    for seed in range(5):
        face = Face(14.0, seed=seed)
        face.contract(side, plateau(face.time_s, 5.0, 2.0, 0.15), 0.06, mouth)
        (hold,) = holds(face)
        assert hold.onset_s == pytest.approx(5.08, abs=0.15)


@pytest.mark.parametrize("length_s", [1.1, 1.3])
@pytest.mark.parametrize("shares", [SPASM, EYE, MOUTH])
def test_a_hold_of_little_more_than_a_second_is_told_once(length_s: float, shares: Mapping[str, float]) -> None:
    """It counts from where it leaves rest to where it is back; no twitch is told at its edges."""
    face = Face(8.0)
    face.contract("left", plateau(face.time_s, 3.0, length_s, 0.15), 0.03, shares)
    told = [e for e in detect(face.motion(), EventSettings(), "test").events if e.side == "left"]
    assert [e.trial_type for e in told] == ["tonic_spasm"]
    assert told[0].duration_s == pytest.approx(length_s, abs=0.12)


def pulses(face: Face) -> tuple[Stretch, list[Pulse]]:
    """The clear peaks of a face, as if all had been taken for twitches."""
    (part,) = stretches(face.motion())
    peaks = [peak for peak in find_candidates(part).peaks if peak.deviate > DEVIATE]
    return part, [Pulse(side=p.side, shape=p.shape, probability=0.9) for p in peaks if p.shape is not None]


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_is_taken_for_twitches_at_the_edges_of_a_hold_is_one_hold(side: Side) -> None:
    part, edges = pulses(Face(10.0).hold(3.0, 2.5, side, 0.04))
    assert len(edges) >= 2
    (hold,) = held_between(part, edges)
    assert SIDES[hold.side] == side
    assert (hold.onset_s, hold.offset_s) == pytest.approx((3.03, 5.47), abs=0.1)
    assert hold.amplitude_iod == pytest.approx(0.04 * WINDOW_GAIN, rel=0.25)
    assert hold.probability == 0.9


@pytest.mark.parametrize(("gap_s", "duration_s"), [(0.2, 0.18), (0.25, 0.2), (0.5, 0.2), (1.5, 0.15)])
def test_pulses_between_which_the_skin_lets_go_are_no_hold(gap_s: float, duration_s: float) -> None:
    face = Face(12.0)
    for k in range(6):
        face.twitch(3.0 + k * gap_s, "left", 0.05, duration_s=duration_s)
    part, row = pulses(face)
    assert len(row) >= 6
    assert held_between(part, row) == []
