"""Rest is the slow part: drift goes, twitches and held spasms stay, gaps part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from facialis.report.session.rest import resting_place
from tests.report import factory


def left_lid(made: factory.Made) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], ...]:
    lid = made.motion.regions.index("lower_lid")
    rest = resting_place(made.motion, made.session.events)
    return made.motion.displacement_iod[:, 1, lid, 1], rest[:, 1, lid, 1]


def test_slow_drift_is_rest() -> None:
    made = factory.make(duration_s=30.0, twitches=(), tonic=(), blinks=(), gaps=())
    turning = 0.2 * np.sin(made.motion.time_s)[:, None, None, None]
    motion = replace(made.motion, displacement_iod=made.motion.displacement_iod + turning)
    left = motion.displacement_iod - resting_place(motion, ())
    assert np.abs(left).max() < 0.02


def test_a_twitch_and_a_held_spasm_are_not_rest() -> None:
    made = factory.make(
        duration_s=20.0, twitches=((5.0, "left", 0.03),), tonic=((10.0, 4.0, "left"),), blinks=(), gaps=()
    )
    moved, rest = left_lid(made)
    fast = moved - rest
    assert fast[150:156].max() == pytest.approx(0.027, abs=0.004)
    assert fast[360] == pytest.approx(0.0315, abs=0.004)


def test_stretches_between_gaps_stand_for_themselves() -> None:
    made = factory.make(duration_s=20.0, twitches=(), tonic=(), blinks=(), gaps=((9.0, 11.0),))
    jump = np.where(made.motion.time_s > 10, 0.3, 0.0)[:, None, None, None]
    motion = replace(made.motion, displacement_iod=made.motion.displacement_iod + jump)
    rest = resting_place(motion, ())
    assert np.isfinite(rest).all()
    left = np.abs(motion.displacement_iod - rest)
    assert np.nanmax(left) < 0.01


def test_without_any_quiet_frame_rest_is_zero() -> None:
    made = factory.make(duration_s=4.0, twitches=(), tonic=(), blinks=(), gaps=())
    whole = factory.event(0.0, "expression", "both", duration_s=4.0, apex_s=2.0)
    assert not resting_place(made.motion, (whole,)).any()


def test_a_side_that_was_not_measured_brings_no_nan() -> None:
    made = factory.make(duration_s=4.0, unmeasurable_sides=("right",))
    assert np.isfinite(resting_place(made.motion, made.session.events)).all()
