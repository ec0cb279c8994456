"""Events: what was put in comes out with its kind, side and time; what is ordinary on a face is no twitch."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facialis.core.records import Event
from facialis.core.settings import EventSettings
from facialis.measure.events import decision as events_module
from facialis.measure.events.candidates import Candidate
from facialis.measure.events.decision import Found, detect
from facialis.measure.events.features import feature_names
from facialis.measure.events.shape import WINDOW_GAIN, Shape
from facialis.measure.regions import groups
from tests.measure.factory import BABINSKI, EYE, NAMES, Face, Side, near, of

SPASM = ("twitch", "tonic_spasm", "myokymia")


def find(face: Face, later_s: float = 0.0, rate_per_min: float = 0.2) -> Found:
    return detect(face.motion(later_s), EventSettings(false_alarms_per_min=rate_per_min), "test")


def events(face: Face) -> tuple[Event, ...]:
    return find(face).events


def away(found: tuple[Event, ...], at: list[float], within_s: float = 0.6) -> list[Event]:
    """Twitches that are nowhere near anything put in."""
    return [e for e in of(found, *SPASM) if all(abs(e.apex_s - moment) > within_s for moment in at)]


@pytest.mark.parametrize("side", ["left", "right"])
def test_one_sided_pulses_are_twitches_of_that_side(side: Side) -> None:
    at = [2.0, 4.5, 7.0, 9.5, 12.0]
    face = Face(14.0)
    for moment, size in zip(at, (0.02, 0.03, 0.04, 0.06, 0.1), strict=True):
        face.twitch(moment, side, size)
    found = events(face)
    for moment in at:
        hits = of(near(found, moment), "twitch")
        assert len(hits) == 1
        assert hits[0].side == side
        assert {"orbicularis_oculi", "zygomaticus"} <= set(hits[0].regions)
    assert {e.side for e in of(found, *SPASM)} == {side}
    assert away(found, at) == []


@settings(max_examples=6, deadline=None)
@given(
    at=st.floats(2.0, 7.0),
    size=st.floats(0.025, 0.1),
    duration=st.floats(0.12, 0.4),
    side=st.sampled_from(["left", "right"]),
    seed=st.integers(0, 50),
)
def test_a_clear_pulse_is_found_wherever_it_lies(
    at: float, size: float, duration: float, side: Side, seed: int
) -> None:
    found = events(Face(9.0, seed=seed).twitch(at, side, size, duration_s=duration))
    (hit,) = of(near(found, at), "twitch")
    assert hit.side == side
    assert hit.amplitude_iod == pytest.approx(size * WINDOW_GAIN, rel=0.35)
    assert not [e for e in of(found, *SPASM) if e.side != side]


def test_a_strong_pulse_is_one_event() -> None:
    for seed, side in ((1, "left"), (1, "right"), (2, "left"), (3, "right")):
        face = Face(8.0, seed=seed).twitch(4.0, side, 0.05)  # type: ignore[arg-type]
        assert len(of(events(face), *SPASM)) == 1


def test_sides_that_take_turns_are_kept_apart() -> None:
    face = Face(16.0).twitch(3.0, "left").twitch(6.0, "right").twitch(9.0, "left").twitch(12.0, "right")
    found = of(events(face), "twitch")
    for moment, side in ((3.0, "left"), (6.0, "right"), (9.0, "left"), (12.0, "right")):
        assert [e.side for e in near(found, moment)] == [side]


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_goes_further_than_skin_can_is_no_twitch(side: Side) -> None:
    """A violent spasm of 0.2 IOD is one; what is read as twice that passes before the face."""
    for size_iod, count in ((0.2, 3), (0.6, 0)):
        face = Face(10.0)
        for moment in (3.0, 5.0, 7.0):
            face.twitch(moment, side, size_iod / WINDOW_GAIN)
        assert len(of(events(face), *SPASM)) == count


def test_an_eye_alone_twitches_too() -> None:
    found = events(Face(12.0).twitch(6.0, "right", 0.03, shares=EYE))
    (hit,) = of(near(found, 6.0), "twitch")
    assert (hit.side, hit.regions) == ("right", ("orbicularis_oculi",))


def test_what_both_sides_do_is_no_twitch() -> None:
    face = Face(10.0)
    for moment in (2.0, 4.0, 6.0, 8.0):
        face.both(moment, 0.05)
    assert of(events(face), *SPASM) == []


def test_a_train_keeps_its_pulses() -> None:
    at = [4.0 + 0.3 * k for k in range(8)]
    face = Face(12.0)
    for moment in at:
        face.twitch(moment, "left", 0.04)
    found = of(events(face), "twitch")
    for moment in at:
        assert len(near(found, moment, 0.08)) == 1
    assert {e.side for e in found} == {"left"}
    assert all(one.offset_s <= two.onset_s + 1e-9 for one, two in pairwise(found))


@pytest.mark.parametrize("side", ["left", "right"])
def test_what_is_held_a_second_or_more_is_a_tonic_spasm(side: Side) -> None:
    found = events(Face(14.0).hold(5.0, 2.5, side))
    (hold,) = of(found, "tonic_spasm")
    assert hold.side == side
    assert hold.duration_s >= 1.0
    assert hold.onset_s == pytest.approx(5.0, abs=0.2)
    assert hold.offset_s == pytest.approx(7.5, abs=0.2)
    inside = [e for e in of(found, "twitch") if 4.5 < e.apex_s < 8.0]
    assert inside == []


def test_a_hold_of_half_a_second_is_a_twitch() -> None:
    found = of(events(Face(12.0).hold(5.0, 0.6, "left", 0.05)), *SPASM)
    assert [(e.trial_type, e.side) for e in found] == [("twitch", "left")]


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_rippling_lower_lid_is_myokymia(side: Side) -> None:
    found = events(Face(16.0, noise_iod=0.0004).ripple(5.0, 4.0, side, 0.015, rate_hz=5.0))
    (ripple,) = of(found, "myokymia")
    assert ripple.side == side
    assert ripple.regions == ("orbicularis_oculi",)
    assert ripple.onset_s == pytest.approx(5.0, abs=0.7)
    assert ripple.offset_s == pytest.approx(9.0, abs=0.7)
    assert of(found, "blink", "tonic_spasm") == []


def test_blinks_are_blinks_however_asynchronous_and_no_twitch() -> None:
    face = Face(15.0)
    late = (0.0, 1 / 30, -1 / 30, 2 / 30, -2 / 30, 0.05, -0.04)
    for k, by in enumerate(late):
        face.blink(1.0 + 2 * k, late_s=by)
    found = events(face)
    assert len(of(found, "blink")) == len(late)
    assert {e.side for e in of(found, "blink")} == {"both"}
    assert of(found, *SPASM) == []


def test_a_twitch_during_a_blink_is_not_lost() -> None:
    face = Face(16.0).blink(3.0).blink(7.0).twitch(7.12, "left", 0.04).blink(11.0)
    found = events(face)
    assert len(of(found, "blink")) == 3
    assert [e.side for e in of(near(found, 7.12), "twitch")] == ["left"]
    assert away(found, [7.12]) == []


def test_a_twitch_during_a_smile_is_not_lost_and_the_smile_is_an_expression() -> None:
    face = Face(18.0).smile(4.0, 2.5).smile(10.0, 3.0).twitch(11.5, "right", 0.04)
    found = events(face)
    smiles = of(found, "expression")
    assert any(abs(e.onset_s - 4.0) < 0.6 for e in smiles)
    assert any(e.onset_s < 12 and e.offset_s > 10.0 for e in smiles)
    assert [e.side for e in of(near(found, 11.5), "twitch")] == ["right"]
    assert away(found, [11.5]) == []


def test_two_smiles_leave_the_rest_between_them() -> None:
    smiles = of(events(Face(20.0).smile(4.0, 2.5).smile(12.0, 3.0)), "expression")
    assert not any(e.onset_s < 8.0 < e.offset_s or e.onset_s < 10.5 < e.offset_s for e in smiles)


def test_a_mouth_that_was_hidden_makes_no_expression() -> None:
    """What the head does is taken out of all windows; where none was seen it must not come in."""

    def nodding() -> Face:
        face = Face(20.0)
        up = 0.05 * np.sin(2 * np.pi * 0.7 * face.time_s)
        face.moved[..., 1] += up[:, None, None]
        return face

    lower = [name for group in ("mid", "mouth", "low") for name in groups()[group]]
    face = nodding()
    for name in lower:
        face.hide(name, "left").hide(name, "right")
    assert of(events(nodding()), "expression") == []
    assert of(events(face), "expression") == []
    smiling = Face(20.0).smile(4.0, 2.5)
    for name in groups()["low"]:
        smiling.hide(name, "left")
    (smile,) = of(events(smiling), "expression")
    assert "zygomaticus" in smile.regions
    assert "mentalis" not in smile.regions


def test_eyes_kept_shut_are_an_expression_not_a_blink_or_spasm() -> None:
    found = events(Face(14.0).shut(5.0, 2.0))
    assert of(found, "blink", *SPASM) == []
    assert any(e.side == "both" for e in of(found, "expression"))


def test_events_do_not_reach_across_a_gap_and_are_found_on_either_side() -> None:
    face = Face(18.0).twitch(4.0, "left").lose(8.0, 9.5).twitch(13.0, "left")
    found = find(face)
    assert [len(of(near(found.events, moment), "twitch")) for moment in (4.0, 13.0)] == [1, 1]
    assert not any(e.onset_s < 9.5 and e.offset_s > 8.0 for e in found.events)
    assert [(round(p.start_s, 1), round(p.stop_s, 1)) for p in found.usable] == [(0.0, 8.0), (9.5, 18.0)]


def test_a_gap_alone_makes_no_event() -> None:
    assert of(events(Face(16.0).lose(4.0, 4.5).lose(8.0, 10.0)), *SPASM) == []


def test_noise_alone_keeps_the_asked_for_rate() -> None:
    """A minute and a half at 0.2 a minute: 0.3 events are expected, three would be one in three hundred."""
    alarms = sum(len(of(events(Face(30.0, seed=seed)), *SPASM)) for seed in range(10, 13))
    assert alarms <= 2


def test_asking_for_fewer_false_alarms_raises_the_threshold() -> None:
    face = Face(10.0, seed=2)
    strict, lax = (find(face, rate_per_min=rate).threshold for rate in (0.01, 10.0))
    surer, less_sure = (find(face, rate_per_min=rate).least for rate in (0.01, 10.0))
    assert surer > less_sure
    assert strict >= lax


@pytest.mark.parametrize("noise_iod", [0.0005, 0.004])
def test_white_noise_keeps_the_asked_for_rate_however_loud(noise_iod: float) -> None:
    faces = [Face(60.0, noise_iod=noise_iod, seed=seed) for seed in range(4)]
    for asked, most in ((0.2, 3), (2.0, 16)):  # of 0.8 and of 8 asked for
        assert sum(len(of(find(face, rate_per_min=asked).events, *SPASM)) for face in faces) <= most


@pytest.mark.parametrize("error_iod", [0.0003, 0.003])
def test_however_well_skin_is_seen_a_twitch_is_asked_for_the_same_probability(error_iod: float) -> None:
    face = Face(30.0, noise_iod=0.0005, seed=4)
    for k, moment in enumerate(np.arange(2.0, 28.0, 1.4)):
        face.twitch(float(moment), "left", 0.0012 + 0.0002 * (k % 8))
    motion = face.motion()
    found = detect(replace(motion, error_iod=np.full_like(motion.error_iod, error_iod)), EventSettings(), "test")
    told = [e.probability for e in of(found.events, "twitch")]
    assert told
    assert min(told) >= found.least > 0.79


@pytest.mark.parametrize("side", ["left", "right"])
def test_who_never_rests_has_no_noise_by_which_sure_twitches_are_refused(side: Side) -> None:
    """A face that smiles on and on and twitches four times a second: its quiet half is no noise."""
    face, at = Face(9.0, seed=3), np.arange(0.6, 8.6, 0.25)
    for moment in at:
        face.twitch(float(moment), side, 0.02, duration_s=0.2)
    for moment in np.arange(0.7, 8.6, 0.9):
        face.smile(float(moment), 0.8, 0.06)
    found = of(events(face), "twitch")
    assert sum(bool(near(found, float(moment), 0.08)) for moment in at) >= 20
    assert {e.side for e in found} == {side}


def test_partial_blinks_with_a_late_lid_are_no_twitch() -> None:
    face = Face(30.0, noise_iod=0.0003, seed=3)
    for moment in np.arange(2.0, 28.0, 4.0):
        face.blink(float(moment), depth=0.35, late_s=0.05)
    assert of(events(face), *SPASM) == []


def test_a_brow_alone_is_never_a_twitch() -> None:
    face = Face(20.0, noise_iod=0.0003)
    for moment in (4.0, 8.0, 12.0, 16.0):
        face.twitch(moment, "left", 0.02, shares={"outer_brow": 1.0, "forehead": 0.8, "inner_brow": 0.6})
    assert of(events(face), "twitch") == []


def test_nothing_usable_gives_nothing() -> None:
    found = find(Face(0.6))
    assert (found.events, found.stretches, found.usable) == ((), (), ())


def test_events_are_in_order_within_the_recording_and_say_who_found_them() -> None:
    face = Face(20.0).blink(3.0).twitch(4.0, "left").hold(7.0, 2.0, "right").smile(12.0, 3.0).blink(17.0)
    found = events(face)
    assert [e.onset_s for e in found] == sorted(e.onset_s for e in found)
    for e in found:
        assert e.detector == "test"
        assert 0 <= e.onset_s <= e.apex_s <= e.offset_s <= 20.0 + 1e-6
        assert 0 < e.probability <= 1


def test_the_same_motion_gives_the_same_events() -> None:
    face = Face(12.0).twitch(4.0, "left").blink(8.0)
    assert find(face).events == find(face).events


@pytest.mark.parametrize("later", [517.31])
def test_a_later_start_shifts_every_event_and_changes_nothing_else(later: float) -> None:
    face = Face(14.0).blink(2.0).twitch(4.0, "left").hold(7.0, 1.8, "left").smile(10.5, 2.0)
    here, there = events(face), find(face, later).events
    assert len(here) == len(there)
    for one, two in zip(here, there, strict=True):
        assert two.onset_s - later == pytest.approx(one.onset_s, abs=1e-6)
        assert two.apex_s - later == pytest.approx(one.apex_s, abs=1e-6)
        assert (two.trial_type, two.side, two.regions) == (one.trial_type, one.side, one.regions)
        assert two.amplitude_iod == pytest.approx(one.amplitude_iod, rel=1e-6)


def test_a_mirrored_face_has_the_same_events_on_the_other_side() -> None:
    def face() -> Face:
        made = Face(20.0).blink(2.0, late_s=0.03).twitch(4.0, "left").twitch(6.0, "right", 0.05, shares=EYE)
        return made.hold(8.0, 1.8, "left").smile(12.0, 2.0).twitch(17.0, "left", 0.04, duration_s=0.3, shares=BABINSKI)

    other_side = {"left": "right", "right": "left", "both": "both"}
    one, two = events(face()), events(face().mirrored())
    assert [(e.trial_type, e.side) for e in one] == [(e.trial_type, other_side[e.side]) for e in two]
    for a, b in zip(one, two, strict=True):
        assert b.onset_s == pytest.approx(a.onset_s, abs=1e-6)
        assert b.amplitude_iod == pytest.approx(a.amplitude_iod, rel=1e-3)
        assert b.regions == a.regions


@pytest.mark.parametrize("rate", [15.0, 25.0, 60.0])
def test_the_frame_rate_does_not_decide_what_is_found(rate: float) -> None:
    face = (
        Face(12.0, rate_hz=rate)
        .twitch(4.0, "left", 0.05, duration_s=0.2)
        .blink(6.5)
        .twitch(9.0, "right", 0.05, duration_s=0.2)
    )
    found = events(face)
    assert [e.side for e in of(near(found, 4.0), "twitch")] == ["left"]
    assert [e.side for e in of(near(found, 9.0), "twitch")] == ["right"]
    assert len(of(found, "blink")) == 1
    assert away(found, [4.0, 9.0]) == []


def test_speech_like_movement_of_both_sides_makes_no_twitch() -> None:
    face = Face(20.0)
    rng = np.random.Generator(np.random.SFC64(4))
    for moment in np.arange(4.0, 12.0, 0.22):
        size, less = rng.uniform(0.01, 0.05), rng.uniform(0.8, 1.0)
        mouth = {"mouth_corner": rng.uniform(0.3, 1), "upper_lip": rng.uniform(0.3, 1), "lower_lip": 1.0, "chin": 0.8}
        course = np.sin(np.pi * np.clip((face.time_s - moment) / 0.35, 0, 1)) ** 2
        face.contract("left", course, size, mouth).contract("right", course, less * size, mouth)
    found = events(face)
    assert len(of(found, *SPASM)) <= 1
    assert of(found, "expression")


def test_a_flank_lies_beside_a_much_larger_movement_of_the_same_skin() -> None:
    """The filter answers to the flanks of a movement where that movement is, not elsewhere on the face."""
    lid = peak_at(7.0, "lower_lid", 0.3)
    assert events_module._flank(peak_at(7.2, "lower_lid", 0.03), lid)
    assert events_module._flank(peak_at(7.2, "lower_lid", -0.03), lid)
    assert not events_module._flank(peak_at(7.2, "mouth_corner", 0.03), lid)
    assert not events_module._flank(peak_at(7.2, "lower_lid", 0.1), lid)
    assert not events_module._flank(peak_at(9.0, "lower_lid", 0.03), lid)


def peak_at(time_s: float, window: str, up_iod: float) -> events_module._Peak:
    """A peak at which one window moved."""
    moved = np.zeros((len(NAMES), 2))
    moved[NAMES.index(window), 1] = up_iod
    shape = Shape(
        onset_s=time_s - 0.05,
        apex_s=time_s,
        offset_s=time_s + 0.1,
        amplitude_iod=abs(up_iod),
        muscles=("orbicularis_oculi",),
        windows=(window,),
        moved_iod=moved,
    )
    candidate = Candidate(
        index=0,
        time_s=time_s,
        side=0,
        scale=2,
        deviate=9.0,
        above_noise=9.0,
        features=np.zeros(len(feature_names())),
        shape=shape,
    )
    return events_module._Peak(candidate=candidate, shape=shape, probability=0.9)
