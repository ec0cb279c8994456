"""Records refuse what breaks their schema."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.errors import RecordError
from facialis.core.records import (
    Block,
    Event,
    FaceTrack,
    Finding,
    Interval,
    Measure,
    Motion,
    Provenance,
    Recording,
    Session,
    eye_limit_iod,
)

EVENT = Event(
    onset_s=1.0,
    duration_s=0.2,
    trial_type="twitch",
    side="left",
    regions=("orbicularis_oculi",),
    apex_s=1.1,
    amplitude_iod=0.01,
    probability=0.9,
    detector="test",
)
RECORDING = Recording(
    name="x.mp4",
    sha256="0" * 64,
    container="mp4",
    codec="h264",
    width_px=64,
    height_px=48,
    rotation_deg=0,
    duration_s=2.0,
    frames=60,
    frames_declared=60,
    frame_rate_hz=30.0,
    frame_interval_sd_ms=0.0,
    variable_rate=False,
    truncated=False,
)


def motion(n: int = 3, regions: tuple[str, ...] = ("lower_lid",), **changes: Any) -> Motion:
    values: dict[str, Any] = {
        "time_s": np.arange(n) / 30.0,
        "regions": regions,
        "displacement_iod": np.zeros((n, 2, len(regions), 2)),
        "error_iod": np.zeros((n, 2, len(regions))),
        "aperture_iod": np.zeros((n, 2)),
        "pose_deg": np.zeros((n, 3)),
        "quality": np.ones(n),
    }
    return Motion(**(values | changes))


@pytest.mark.parametrize(
    "change",
    [
        {"duration_s": -0.1},
        {"trial_type": "sneeze"},
        {"side": "middle"},
        {"apex_s": 0.9},
        {"apex_s": 1.3},
        {"probability": 1.1},
        {"probability": -0.1},
        {"amplitude_iod": -0.001},
        {"amplitude_iod": float("nan")},
        {"probability": float("nan")},
    ],
)
def test_events_that_cannot_be_are_refused(change: dict[str, Any]) -> None:
    with pytest.raises(RecordError):
        replace(EVENT, **change)


def test_records_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        EVENT.onset_s = 2.0  # type: ignore[misc]


@given(start=st.floats(0, 1e6), length=st.floats(0, 1e6))
def test_an_interval_has_its_length(start: float, length: float) -> None:
    assert Interval(start_s=start, stop_s=start + length).duration_s == (start + length) - start


@pytest.mark.parametrize("bad", [{"start_s": 2.0, "stop_s": 1.0}])
def test_an_interval_does_not_end_before_it_starts(bad: dict[str, float]) -> None:
    with pytest.raises(RecordError, match="ends"):
        Interval(**bad)


@pytest.mark.parametrize(("name", "start_s", "stop_s"), [("", 0, 1), ("rest", 1, 1), ("rest", -1, 1), ("rest", 2, 1)])
def test_blocks_have_a_name_and_a_length(name: str, start_s: float, stop_s: float) -> None:
    with pytest.raises(RecordError):
        Block(name=name, start_s=start_s, stop_s=stop_s)


@pytest.mark.parametrize(
    "change",
    [
        {"time_s": np.array([0.0, 0.0, 1.0])},
        {"time_s": np.array([0.0, np.nan, 1.0])},
        {"displacement_iod": np.zeros((3, 2, 2, 2))},
        {"aperture_iod": np.zeros((3, 3))},
        {"pose_deg": np.zeros((3, 3), dtype=np.float32)},
        {"quality": np.array([0.0, 1.0, 1.5])},
        {"quality": np.array([0.0, 1.0, np.nan])},
    ],
)
def test_motion_checks_shape_type_time_and_quality(change: dict[str, Any]) -> None:
    with pytest.raises(RecordError):
        motion(**change)


def test_motion_may_have_gaps() -> None:
    assert motion(displacement_iod=np.full((3, 2, 1, 2), np.nan)).time_s.size == 3


def test_dimensions_are_named_for_every_array() -> None:
    for kind in (Motion, FaceTrack):
        for name in kind.dims:
            assert name in kind.__dataclass_fields__
    made = motion()
    for name, dims in Motion.dims.items():
        assert getattr(made, name).ndim == len(dims)


@pytest.mark.parametrize(
    "change",
    [
        {"value": None},
        {"value": 1.0, "why_not": "too dark"},
        {"value": 1.0, "low": 0.5},
        {"value": 1.0, "low": 2.0, "high": 0.5, "probability": 0.95, "interval_kind": "poisson"},
        {"value": 1.0, "low": 0.5, "high": 2.0},
    ],
)
def test_a_measure_says_what_it_is(change: dict[str, Any]) -> None:
    with pytest.raises(RecordError):
        Measure(name="rate", unit="per_min", **change)


def test_shares_lie_between_none_and_all() -> None:
    with pytest.raises(RecordError, match="share"):
        Finding(code="too_dark", severity="note", share=1.2)


def test_a_session_orders_its_events_and_knows_its_measures() -> None:
    rate = Measure(name="twitch_rate", value=3.0, unit="per_min")
    facts: dict[str, Any] = {
        "recording": RECORDING,
        "usable_s": 2.0,
        "rest_s": 2.0,
        "measures": (rate,),
        "limits": (),
        "findings": (),
        "blocks": (),
        "provenance": Provenance(facialis_version="0", settings_fingerprint="0", model_sha256="0"),
    }
    earlier = replace(EVENT, onset_s=0.5, apex_s=0.5)
    session = Session(events=(earlier, EVENT), **facts)
    assert session.measure("twitch_rate") is rate
    with pytest.raises(RecordError, match="no measure"):
        session.measure("twitch_rate", block="rest")
    with pytest.raises(RecordError, match="ordered"):
        Session(events=(EVENT, earlier), **facts)


def test_the_limit_of_an_eye_is_that_of_the_lower_lid() -> None:
    assert eye_limit_iod({"upper_lid": 0.01, "lower_lid": 0.03, "cheek": 0.002}) == 0.03
    assert eye_limit_iod({"upper_lid": 0.01, "lower_lid": None, "infraorbital": 0.03}) == 0.03
    assert eye_limit_iod({"upper_lid": 0.01, "lower_lid": None}) is None
    assert eye_limit_iod({"cheek": 0.01, "outer_canthus": 0.02}) is None
