"""Kernels answer to what they are for and to nothing slower; gaps are bridged and found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from facialis.numeric.signals.filters import (
    correlate,
    fill_gaps,
    pulse_kernel,
    rolling_median,
    segments,
    smooth,
    step_kernel,
)

Floats = NDArray[np.float64]
durations = st.floats(0.02, 0.8)
rates = st.floats(10, 120)
numbers = st.floats(-1e6, 1e6)


@given(duration=durations, rate=rates)
def test_a_pulse_kernel_sums_to_zero_and_is_symmetric(duration: float, rate: float) -> None:
    kernel = pulse_kernel(duration, rate)
    assert abs(kernel.sum()) < 1e-9
    assert kernel == pytest.approx(kernel[::-1])
    assert len(kernel) >= 5
    assert len(kernel) * 1.0 <= 4 * duration * rate + 8


@given(duration=durations, rate=rates)
def test_a_pulse_kernel_answers_one_to_its_own_pulse(duration: float, rate: float) -> None:
    kernel = pulse_kernel(duration, rate)
    count = max(1, round(duration * rate))
    pulse = np.zeros(len(kernel))
    first = (len(kernel) - count) // 2
    pulse[first : first + count] = np.hanning(count + 2)[1:-1]
    assert kernel @ pulse == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("rate", [60.0, 120.0, 240.0])
def test_a_finely_sampled_raised_cosine_of_height_one_gives_one(rate: float) -> None:
    duration = 0.2
    time = np.arange(-2, 2, 1 / rate)
    pulse: Floats = np.where(np.abs(time) < duration / 2, np.cos(np.pi * time / duration) ** 2, 0.0)
    answer = correlate(pulse, pulse_kernel(duration, rate))
    assert answer.max() == pytest.approx(1.0, abs=0.06)
    assert abs(int(answer.argmax()) - len(time) // 2) <= 1


@given(duration=durations, rate=rates, level=st.floats(-100, 100), slope=st.floats(-10, 10))
def test_a_pulse_kernel_does_not_see_level_or_drift(duration: float, rate: float, level: float, slope: float) -> None:
    kernel = pulse_kernel(duration, rate)
    ground = level + slope * np.arange(4 * len(kernel)) / rate
    inner = correlate(np.asarray(ground, np.float64), kernel)[len(kernel) : -len(kernel)]
    assert np.abs(inner).max() < 1e-6 * max(1, abs(level), abs(slope) * len(kernel))


@given(hold=st.floats(0.1, 1), rate=rates, height=st.floats(0.1, 10))
def test_a_step_kernel_answers_the_height_of_a_step(hold: float, rate: float, height: float) -> None:
    kernel = step_kernel(hold, rate)
    assert len(kernel) % 2 == 1
    assert abs(kernel.sum()) < 1e-9
    step: Floats = np.where(np.arange(6 * len(kernel)) < 3 * len(kernel), 0.0, height)
    answer = correlate(np.asarray(step, np.float64), kernel)
    assert answer.max() == pytest.approx(height)
    assert abs(int(answer.argmax()) - 3 * len(kernel)) <= 1


def test_correlate_keeps_the_shape_and_continues_the_ends() -> None:
    values = np.full((20, 2, 3), 7.0)
    assert correlate(values, pulse_kernel(0.1, 30)) == pytest.approx(np.zeros((20, 2, 3)), abs=1e-12)


gappy = hnp.arrays(
    np.float64, st.tuples(st.integers(1, 30), st.integers(1, 3)), elements=st.one_of(numbers, st.just(float("nan")))
)


@given(values=gappy)
def test_filling_keeps_what_is_known_and_stays_between_neighbours(values: Floats) -> None:
    before = values.copy()
    filled = fill_gaps(values)
    assert np.array_equal(values, before, equal_nan=True)
    assert np.isfinite(filled).all()
    known = np.isfinite(values)
    assert np.array_equal(filled[known], values[known])
    for column, source in zip(filled.T, values.T, strict=True):
        good = source[np.isfinite(source)]
        if good.size == 0:
            assert not column.any()
        else:
            slack = 1e-9 * max(1.0, float(np.abs(good).max()))
            assert good.min() - slack <= column.min()
            assert column.max() <= good.max() + slack


def test_filling_joins_by_straight_lines_and_never_mixes_channels() -> None:
    values = np.array([[np.nan, 1.0], [0.0, 1.0], [np.nan, np.nan], [np.nan, 5.0], [6.0, np.nan]])
    assert fill_gaps(values) == pytest.approx(np.array([[0, 1], [0, 1], [2, 3], [4, 5], [6, 5]]))


@given(
    values=hnp.arrays(np.float64, st.tuples(st.integers(1, 40), st.integers(1, 3)), elements=numbers),
    half=st.integers(1, 20),
)
def test_a_rolling_median_stays_within_its_window(values: Floats, half: int) -> None:
    found = rolling_median(values, half)
    assert found.shape == values.shape
    reach = 2 * half
    for i in range(len(values)):
        window = values[max(0, i - reach) : i + reach + 1]
        assert (found[i] >= window.min(axis=0) - 1e-6).all()
        assert (found[i] <= window.max(axis=0) + 1e-6).all()


def test_a_rolling_median_forgets_outliers_and_follows_level() -> None:
    values = np.where(np.arange(400) < 200, 1.0, 3.0)
    values[::7] = 1000.0
    found = rolling_median(values[:, None], 20)[:, 0]
    assert found[50:170] == pytest.approx(1.0)
    assert found[230:350] == pytest.approx(3.0)


@pytest.mark.parametrize("count", [1, 2, 19, 200])
@pytest.mark.parametrize("half", [1, 9, 20])
def test_a_rolling_median_is_the_median_at_every_eighth_of_its_width(count: int, half: int) -> None:
    values = np.random.Generator(np.random.SFC64(1)).standard_normal((count, 2, 3))
    found = rolling_median(values, half)
    for i in [*range(0, count, max(1, half // 8)), count - 1]:
        assert np.array_equal(found[i], np.median(values[max(0, i - half) : i + half + 1], axis=0))


def test_a_rolling_median_hands_on_what_is_not_a_number() -> None:
    values = np.ones((100, 2))
    values[50, 0] = np.nan
    found = rolling_median(values, 10)
    assert np.isnan(found[41:60, 0]).all()
    assert np.isfinite(found[[30, 70], 0]).all()
    assert np.isfinite(found[:, 1]).all()


@pytest.mark.parametrize("count", [1, 7, 300, 1000])
@pytest.mark.parametrize("sigma", [0.0, 0.8, 45.0])
def test_smoothing_is_a_gaussian_mean_with_mirrored_ends(count: int, sigma: float) -> None:
    rng = np.random.Generator(np.random.SFC64(2))
    values = rng.standard_normal((count, 2, 3)) ** 2 * np.geomspace(1e-9, 1e9, 6).reshape(2, 3)
    plain = values if sigma == 0 else gaussian_filter1d(values, sigma, axis=0)
    assert smooth(values, sigma) == pytest.approx(plain, rel=1e-12)


def test_smoothing_keeps_what_is_small_far_from_what_is_large() -> None:
    values = np.full((600, 1), 1e-12)
    values[:100] = 1e6
    assert smooth(values, 20.0)[200:] == pytest.approx(1e-12)


@given(good=hnp.arrays(np.bool_, st.integers(0, 60)), shortest=st.integers(1, 6))
def test_segments_are_the_runs_that_are_long_enough(good: NDArray[np.bool_], shortest: int) -> None:
    found = segments(good, shortest)
    covered = np.zeros(len(good), bool)
    for run in found:
        assert run.stop - run.start >= shortest
        assert good[run].all()
        assert run.start == 0 or not good[run.start - 1]
        assert run.stop == len(good) or not good[run.stop]
        assert not covered[run].any()
        covered[run] = True
    assert found == sorted(found, key=lambda run: run.start)
    missed = "".join("1" if g and not c else "0" for g, c in zip(good, covered, strict=True))
    assert max((len(run) for run in missed.split("0")), default=0) < shortest
