"""Truth of phantoms: times, sides, kinds and sizes are those that were asked for."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facialis.core.errors import FormatError
from facialis.core.records import Event
from facialis.phantom.acts import Act, Blink, Expression, Gaze, HeadMotion, Speech
from facialis.phantom.contractions import PATTERNS, Contraction, Train
from facialis.phantom.recording import Camera, PhantomSpec, stage, truth

SMALL = Camera(width_px=160, height_px=160, background="grey")


def spec(*acts: Act, duration_s: float = 4.0) -> PhantomSpec:
    return PhantomSpec(duration_s=duration_s, camera=SMALL, acts=acts)


def twitch(onset_s: float = 1.0, **rest: object) -> Contraction:
    values: dict[str, object] = {"duration_s": 0.15, "side": "left", "amplitude_iod": 0.02} | rest
    return Contraction(onset_s=onset_s, **values)  # type: ignore[arg-type]


def test_a_train_is_as_many_twitches_as_it_has_pulses_and_grows() -> None:
    train = Train(onset_s=0.5, duration_s=0.16, pulses=4, spacing_s=0.3, side="right", amplitude_iod=(0.005, 0.05))
    events = truth(spec(train))
    assert [e.onset_s for e in events] == pytest.approx([0.5, 0.8, 1.1, 1.4])
    assert [e.amplitude_iod for e in events] == pytest.approx([0.005, 0.02, 0.035, 0.05], rel=1e-4)
    assert {(e.side, e.trial_type, e.duration_s) for e in events} == {("right", "twitch", 0.16)}
    assert {e.detector for e in events} == {"phantom"}


def test_kinds_follow_what_is_done() -> None:
    events = truth(
        spec(
            twitch(0.2),
            twitch(0.6, duration_s=1.5, profile="tonic"),
            twitch(2.2, duration_s=0.9, profile="myokymia", regions=PATTERNS["lower_lid"], amplitude_iod=0.01),
            Blink(onset_s=3.2),
            Expression(onset_s=3.5, duration_s=1, expression="smile", side="right"),
            Speech(onset_s=4.6, duration_s=1),
            Gaze(onset_s=5.0, duration_s=0.5, left_deg=10),
            HeadMotion(onset_s=0, duration_s=6, yaw_deg=3),
            duration_s=6.0,
        )
    )
    assert [(e.trial_type, e.side) for e in events] == [
        ("twitch", "left"),
        ("tonic_spasm", "left"),
        ("myokymia", "left"),
        ("blink", "both"),
        ("expression", "right"),
        ("expression", "both"),
    ]
    assert events[2].regions == ("orbicularis_oculi",)
    assert all(0 < e.amplitude_iod < 0.5 for e in events)


@settings(max_examples=8, deadline=None)
@given(by_s=st.floats(0, 2, allow_subnormal=False), size=st.floats(0.001, 0.08))
def test_later_acts_have_later_truth_and_are_else_the_same(by_s: float, size: float) -> None:
    one = spec(twitch(0.4, amplitude_iod=size), Blink(onset_s=1.0, asynchrony_ms=12))
    before, after = truth(one), truth(one.shifted(by_s))
    for a, b in zip(before, after, strict=True):
        assert b.onset_s - a.onset_s == pytest.approx(by_s)
        assert b.apex_s - a.apex_s == pytest.approx(by_s)
        assert b.amplitude_iod == pytest.approx(a.amplitude_iod, rel=1e-4)
        assert (a.side, a.regions, a.trial_type) == (b.side, b.regions, b.trial_type)


def test_a_mirrored_phantom_has_its_sides_exchanged_and_nothing_else() -> None:
    one = spec(
        twitch(0.4, amplitude_iod=None, amplitude_share=0.5),
        Blink(onset_s=1, asynchrony_ms=15),
        Expression(onset_s=2, duration_s=1, expression="wink", side="right"),
        HeadMotion(onset_s=0, duration_s=4, yaw_deg=5),
    )
    other = {"left": "right", "right": "left", "both": "both"}
    assert one.mirrored().mirrored() == one
    for a, b in zip(truth(one), truth(one.mirrored()), strict=True):
        assert b.side == other[a.side]
        assert (b.onset_s, b.duration_s, b.regions) == (a.onset_s, a.duration_s, a.regions)
        assert b.amplitude_iod == pytest.approx(a.amplitude_iod, rel=0.1)  # a face is not quite symmetric


def test_the_size_is_measured_at_the_apex_in_the_pose_of_that_moment() -> None:
    share = twitch(1.0, amplitude_iod=None, amplitude_share=0.6)
    turned = HeadMotion(onset_s=0, duration_s=0.5, motion="turn", yaw_deg=35)
    frontal, oblique = (truth(spec(*acts))[0].amplitude_iod for acts in ((share,), (share, turned)))
    assert abs(oblique / frontal - 1) > 0.02
    asked = truth(spec(twitch(1.0, amplitude_iod=0.03), turned))[0]
    assert asked.amplitude_iod == pytest.approx(0.03, rel=1e-4)


def test_in_a_blink_a_twitch_moves_the_cheek_but_closes_the_lid_no_further_than_closed() -> None:
    alone = twitch(1.0, amplitude_iod=None, amplitude_share=0.5, regions=PATTERNS["eye"], duration_s=0.2)
    blink = Blink(onset_s=alone.apex_s - 0.35 * 0.25)
    both = spec(blink, alone)
    apex = np.array([alone.apex_s])
    lid, lid_alone = (stage(s, apex).shapes["eyeBlinkLeft"][0] for s in (both, spec(alone)))
    assert lid_alone == pytest.approx(0.45)
    assert 1.0 < lid <= 1.05
    (inside,) = (e for e in truth(both) if e.trial_type == "twitch")
    assert 0 < inside.amplitude_iod <= truth(spec(alone))[0].amplitude_iod * (1 + 1e-9)


def test_a_size_beyond_the_muscles_is_refused() -> None:
    with pytest.raises(FormatError, match="amplitude_iod"):
        truth(spec(twitch(1.0, amplitude_iod=0.45, regions=PATTERNS["chin"])))


def test_eyes_of_an_asynchronous_blink_follow_one_another() -> None:
    blink = Blink(onset_s=1.0, duration_s=0.25, asynchrony_ms=-30)
    time_s = np.arange(0, 2, 0.001)
    shapes = stage(spec(blink), time_s).shapes
    apex = {side: time_s[int(np.argmax(shapes[f"eyeBlink{side}"]))] for side in ("Left", "Right")}
    assert apex["Right"] - apex["Left"] == pytest.approx(0.030, abs=0.002)
    (event,) = truth(spec(blink))
    assert event.duration_s == pytest.approx(0.28)


def test_sides_of_an_uneven_blink_differ_in_length_and_size_and_mirror_each_other() -> None:
    blink = Blink(onset_s=1.0, duration_s=0.3, amplitude=0.8, longer_ms=40, imbalance=0.2)
    time_s = np.arange(0, 2, 0.001)
    for one, wide, narrow in ((spec(blink), "Left", "Right"), (spec(blink).mirrored(), "Right", "Left")):
        shapes = stage(one, time_s).shapes
        size = {side: shapes[f"eyeBlink{side}"].max() for side in ("Left", "Right")}
        length = {side: (shapes[f"eyeBlink{side}"] > 0).sum() / 1000 for side in ("Left", "Right")}
        assert (size[wide], size[narrow]) == pytest.approx((0.88, 0.72), rel=0.01)
        assert (length[wide], length[narrow]) == pytest.approx((0.32, 0.28), abs=0.003)
        (event,) = truth(one)
        assert event.duration_s == pytest.approx(0.32)
    whole = stage(spec(Blink(onset_s=1.0, imbalance=0.3)), time_s).shapes
    assert whole["eyeBlinkLeft"].max() <= 1.0  # a shut eye shuts no further


def test_activations_are_zero_outside_the_event_and_largest_at_its_apex() -> None:
    for act in (
        twitch(1.0, lag_s=0.02),
        twitch(1.0, profile="tonic", duration_s=1.2),
        twitch(1.0, profile="myokymia", duration_s=1.5, rate_hz=6),
    ):
        time_s = np.linspace(0.5, 3, 5001)
        shapes = stage(spec(act), time_s).shapes
        total = shapes["cheekSquintLeft"]
        (event,) = truth(spec(act))
        outside = (time_s < event.onset_s) | (time_s > event.offset_s)
        assert not total[outside].any()
        assert total[~outside].max() == pytest.approx(np.interp(event.apex_s, time_s, total), rel=0.01)
        assert set(shapes) <= {name for name in shapes if name.endswith("Left")}


def test_regions_of_the_other_babinski_sign_pull_brow_up_and_lid_down() -> None:
    act = twitch(1.0, regions=PATTERNS["other_babinski"], amplitude_iod=0.05)
    (event,) = truth(spec(act))
    assert event.regions == ("orbicularis_oculi", "frontalis")
    shapes = stage(spec(act), np.array([event.apex_s])).shapes
    assert shapes["browOuterUpLeft"][0] > 0
    assert shapes["eyeBlinkLeft"][0] > 0


def test_events_are_ordered_by_onset() -> None:
    events: tuple[Event, ...] = truth(spec(Blink(onset_s=3), twitch(2), Blink(onset_s=1)))
    assert [e.onset_s for e in events] == [1, 2, 3]


@pytest.mark.parametrize(
    "change",
    [
        {"side": "both"},
        {"onset_s": -1.0},
        {"amplitude_share": 0.5},
        {"duration_s": 0.0},
        {"regions": (("nose", 1.0),)},
        {"lag_s": 0.1},
        {"amplitude_iod": float("nan")},
    ],
)
def test_impossible_contractions_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(FormatError):
        replace(twitch(), **change)  # type: ignore[arg-type]
