"""Times rise strictly whatever the stamps are, and keep good stamps as they are."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.film.clock import rhythm_of, steady_times


def times(stamps: list[float | None], interval_s: float = 0.04) -> list[float]:
    return [round(time, 6) for time, _ in steady_times(((s, None) for s in stamps), interval_s)]


def kept(stamps: list[float | None]) -> list[int]:
    return [i for _, i in steady_times(zip(stamps, range(len(stamps)), strict=True), 0.04)]


def test_good_stamps_are_kept_and_count_from_the_first() -> None:
    assert times([10.0, 10.04, 10.09, 10.5, 10.51]) == [0.0, 0.04, 0.09, 0.5, 0.51]


def test_missing_stamps_are_one_interval_after_the_last() -> None:
    assert times([None, None, None]) == [0.0, 0.04, 0.08]
    assert times([1.0, 1.02, None, None, 1.08]) == [0.0, 0.02, 0.04, 0.06, 0.08]


def test_duplicates_and_small_steps_back_are_dropped() -> None:
    assert times([0.0, 0.04, 0.04, 0.08]) == [0.0, 0.04, 0.08]
    assert kept([0.0, 0.04, 0.08, 0.05, 0.12]) == [0, 1, 2, 4]


def test_a_clock_that_starts_anew_goes_on_one_interval_later() -> None:
    assert times([100.0, 100.04, 100.08, 0.0, 0.04, 0.1]) == [0.0, 0.04, 0.08, 0.12, 0.16, 0.22]


def test_one_absurd_stamp_is_dropped_and_a_long_pause_is_kept() -> None:
    assert times([0.0, 0.04, 90000.0, 0.12, 0.16]) == [0.0, 0.04, 0.12, 0.16]
    assert times([0.0, 0.04, 90.0, 90.04, 90.08]) == [0.0, 0.04, 90.0, 90.04, 90.08]
    assert times([0.0, 0.04, 0.08, 90.0]) == [0.0, 0.04, 0.08]
    assert times([0.0, 100.0, 200.0, 300.0, 300.1]) == [0.0, 100.0, 200.0, 300.0, 300.1]


def test_a_missing_stamp_after_an_absurd_one_does_not_make_it_believed() -> None:
    assert times([0.0, 0.04, 90000.0, None, 0.16])[-1] == pytest.approx(0.16)


STAMPS = st.lists(
    st.one_of(
        st.none(),
        st.floats(min_value=-1e6, max_value=1e6, allow_nan=False),
        st.integers(min_value=-50, max_value=200).map(lambda i: i / 25),
    ),
    max_size=60,
)


@given(STAMPS)
def test_times_always_rise_from_zero(stamps: list[float | None]) -> None:
    found = list(steady_times(zip(stamps, range(len(stamps)), strict=True), 0.04))
    seconds = [time for time, _ in found]
    assert bool(found) == bool(stamps)
    assert seconds[:1] in ([], [0.0])
    assert all(b > a for a, b in pairwise(seconds))
    order = [i for _, i in found]
    assert order == sorted(order)


@given(st.lists(st.floats(min_value=0.001, max_value=59), min_size=1, max_size=60), st.floats(-1000, 1000))
def test_rising_stamps_lose_nothing(steps: list[float], start: float) -> None:
    stamps = start + np.concatenate([[0.0], np.cumsum(steps)])
    found = [time for time, _ in steady_times(((float(s), None) for s in stamps), 0.04)]
    assert len(found) == len(stamps)
    assert np.allclose(found, stamps - start, atol=1e-6)


def test_rhythm_of_a_steady_camera() -> None:
    rhythm = rhythm_of(np.arange(90) / 30)
    assert rhythm.median_interval_s == pytest.approx(1 / 30)
    assert rhythm.rate_hz == pytest.approx(30)
    assert rhythm.interval_sd_s < 1e-12
    assert not rhythm.variable
    assert rhythm.gaps == ()


def test_rounding_to_the_clock_of_the_container_is_no_variable_rate() -> None:
    coarse = np.round(np.arange(90) * 100 / 30) / 100
    assert not rhythm_of(coarse, tick_s=0.01).variable
    assert rhythm_of(coarse, tick_s=0.0).variable
    assert rhythm_of(coarse, tick_s=0.01).rate_hz == pytest.approx(30, rel=0.01)


def test_lost_pictures_do_not_lower_the_rate_and_make_it_variable() -> None:
    time_s = np.delete(np.arange(300) / 25, np.arange(7, 290, 9))
    rhythm = rhythm_of(time_s)
    assert rhythm.rate_hz == pytest.approx(25)
    assert rhythm.variable
    assert rhythm.gaps == ()


@given(st.integers(10, 240), st.integers(1, 40))
def test_a_hole_is_a_gap_if_longer_than_three_intervals_and_a_short_twitch(rate: int, lost: int) -> None:
    frames = np.arange(200)
    time_s = np.delete(frames, np.arange(100, 100 + lost)) / rate
    gaps = rhythm_of(time_s).gaps
    hole_s = (lost + 1) / rate
    if lost + 1 > 3 and hole_s > 0.15 + 1e-9:
        (gap,) = gaps
        assert (gap.start_s, gap.stop_s) == (99 / rate, (100 + lost) / rate)
    elif lost + 1 < 3 or hole_s < 0.15 - 1e-9:
        assert gaps == ()


@given(st.lists(st.floats(1e-4, 100), min_size=1, max_size=50))
def test_every_rhythm_has_a_positive_rate(steps: list[float]) -> None:
    rhythm = rhythm_of(np.concatenate([[0.0], np.cumsum(steps)]))
    assert rhythm.rate_hz > 0
    assert np.isfinite(rhythm.interval_sd_s)
    assert all(g.duration_s > 0.15 for g in rhythm.gaps)
