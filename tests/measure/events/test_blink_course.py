"""Ordinary blinks give nothing, one side that contracts in a blink is told by its side, few blinks claim nothing."""

from __future__ import annotations

import numpy as np
import pytest

from facialis.core.records import SIDES
from facialis.core.settings import EventSettings
from facialis.measure.events.blink_course import LEAST_BLINKS, Blinks, read_blinks
from facialis.measure.events.decision import detect, find_events
from facialis.measure.events.evidence import stretches
from facialis.measure.rest import told_s
from tests.measure.factory import EYE, Face, Side, bump, near, of

APART_S = 1.6
SPASM_IOD = 0.07  # as far as the lids of a blink go here


def blinking(count: int, *, seed: int = 1, rate_hz: float = 30.0) -> tuple[Face, list[float]]:
    """Somebody who blinks, the left lid a little late, further and longer, each time differently."""
    rng = np.random.default_rng(seed)
    face = Face(2.0 + APART_S * count, seed=seed, rate_hz=rate_hz)
    onsets = [1.0 + APART_S * k for k in range(count)]
    for onset in onsets:
        length, late = rng.uniform(0.2, 0.32), rng.normal(0.008, 0.01)
        face.blink(onset, duration_s=length, late_s=late)
        # The left lid goes a tenth further or less far, as ordinary lids do.
        further = rng.normal(0.03, 0.08)
        face.contract("left", bump(face.time_s, onset + late, length), 0.06 * further, {"upper_lid": 1.0})
    return face, onsets


def spasm(face: Face, at_s: float, side: Side, size_iod: float = SPASM_IOD) -> None:
    """The ring muscle of one eye, 0.2 s long."""
    face.twitch(at_s, side, size_iod, duration_s=0.2, shares=EYE)


def read(face: Face) -> Blinks:
    return read_blinks(stretches(face.motion()))


@pytest.mark.parametrize("seed", range(4))
def test_ordinary_blinks_give_none(seed: int) -> None:
    face, onsets = blinking(16, seed=seed)
    blinks = read(face)
    assert len(blinks.judged) == len(onsets)
    assert blinks.departures == ()
    assert blinks.untold == ()
    assert of(find_events(face.motion()), "twitch", "tonic_spasm", "myokymia") == []


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("into_s", [0.05, 0.15, 0.35])
def test_one_side_contracting_in_a_blink_or_just_after_is_a_twitch_of_that_side(side: Side, into_s: float) -> None:
    face, onsets = blinking(16)
    at = [onsets[k] + into_s + 0.05 for k in (3, 8, 13)]
    for moment in at:
        spasm(face, moment, side)
    events = find_events(face.motion())
    twitches = of(events, "twitch")
    assert len(twitches) == len(at)
    for moment in at:
        (one,) = near(twitches, moment)
        assert one.side == side
        assert one.regions == ("orbicularis_oculi",)
        assert 0.5 < one.probability < 1
        assert one.amplitude_iod == pytest.approx(1.5 * SPASM_IOD, rel=0.6)
    assert len(of(events, "blink")) == len(onsets)


def test_a_mirrored_face_departs_on_the_other_side() -> None:
    face, onsets = blinking(14)
    spasm(face, onsets[6] + 0.2, "left")
    (one,) = read(face).departures
    (other,) = read(face.mirrored()).departures
    assert (one.side, other.side) == ("left", "right")
    assert other.apex_s == pytest.approx(one.apex_s)
    assert other.amplitude_iod == pytest.approx(one.amplitude_iod)


def test_a_lid_that_is_always_late_is_ordinary() -> None:
    face = Face(30.0)
    for k in range(16):
        face.blink(1.0 + 1.7 * k, late_s=0.04)
    assert read(face).departures == ()


def test_too_few_blinks_claim_nothing_and_leave_the_time_that_counts() -> None:
    face, onsets = blinking(LEAST_BLINKS)
    spasm(face, onsets[4] + 0.2, "right")
    blinks = read(face)
    assert blinks.departures == ()
    assert blinks.judged == ()
    assert len(blinks.untold) == len(onsets)
    for blink, onset in zip(blinks.untold, onsets, strict=True):
        assert blink.start_s < onset + 0.15 < blink.stop_s
    enough, _ = blinking(LEAST_BLINKS + 1)
    assert len(read(enough).judged) == LEAST_BLINKS + 1


def test_blinks_that_could_not_be_told_are_no_usable_time() -> None:
    few, _ = blinking(4)
    many, _ = blinking(16)
    for face, told in ((few, False), (many, True)):
        found = detect(face.motion(), EventSettings(), "test")
        whole = sum(part.duration_s for part in found.usable)
        assert told_s(found, found.usable) == pytest.approx(
            whole - sum(part.duration_s for part in found.blinks.untold), abs=1e-6
        )
        assert (told_s(found, found.usable) == pytest.approx(whole)) is told


def test_a_blink_whose_lids_were_hidden_is_not_judged() -> None:
    face, onsets = blinking(14)
    for name in EYE:
        face.hide(name, "left", onsets[5] - 0.3, onsets[5] + 0.9)
    blinks = read(face)
    assert len(blinks.judged) == len(onsets) - 1
    (one,) = blinks.untold
    assert one.start_s == pytest.approx(onsets[5], abs=0.15)


def test_nobody_who_blinks_gives_nothing() -> None:
    assert read(Face(10.0)) == Blinks()
    assert read_blinks([]) == Blinks()
