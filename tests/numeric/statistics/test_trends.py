"""The kernel: a drifting rate behind scattered counts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from facialis.core.errors import EstimateError
from facialis.numeric.statistics.daily import Daily, by_day
from facialis.numeric.statistics.masses import Mass
from facialis.numeric.statistics.trends import Trend, fit_trend

Array = NDArray[np.float64]
ONE = np.ones(1)


def daily(days: ArrayLike, counts: ArrayLike, minutes: float = 5.0, seen: Array | None = None) -> Daily:
    many = np.size(np.asarray(days))
    shares = np.ones((1, many)) if seen is None else seen
    return by_day(
        np.asarray(days, float),
        np.asarray(counts, float),
        np.broadcast_to(minutes, many).astype(float),
        shares,
        np.zeros(many),
    )


def fitted(rows: Daily, first: float, last: float, *, floor: float = 0.0) -> Trend:
    return fit_trend(rows, ONE, start=first, now=last, asked=np.zeros(0), floor=floor)


def told(rows: Daily, first: float, last: float) -> tuple[float, float, float, float]:
    """Interval of 90 % and middle of the rate at ``last``, and the middle of its change since ``first`` (log)."""
    trend = fitted(rows, first, last)
    low, middle, high = (float(np.exp(trend.now.quantile(p))) for p in (0.05, 0.5, 0.95))
    return low, middle, high, trend.change.quantile(0.5)


def test_a_steady_rate_is_found() -> None:
    low, middle, high, change = told(daily(np.arange(40) * 7.0, np.full(40, 20.0)), 0, 273)
    assert middle == pytest.approx(4.0, rel=0.1)
    assert low < 4.0 < high
    assert abs(change) < 0.15


def test_a_steady_fall_is_found() -> None:
    days = np.arange(40) * 6.0
    change = told(daily(days, np.round(60 * np.exp(-1.5 * days / 365))), 0, 354)[3]
    assert change == pytest.approx(-1.5 * 354 / 365, abs=0.25)


def test_no_session_is_no_answer() -> None:
    with pytest.raises(EstimateError) as refused:
        daily(np.zeros(0), np.zeros(0))
    assert refused.value.code == "not_enough_data"


@pytest.mark.parametrize("count", [0.0, 1.0, 400.0])
def test_one_session_gives_a_wide_answer(count: float) -> None:
    low, middle, high, change = told(daily(np.zeros(1), np.array([count])), 0, 100)
    assert low < middle < high
    assert high / low > 2
    assert abs(change) < 0.2


def test_sessions_of_one_day_share_its_scatter() -> None:
    days, counts = np.repeat(np.arange(8) * 14.0, 4), np.tile([30.0, 31.0, 29.0, 30.0], 8)
    one = told(daily(days, counts), 0, 98)
    apart = told(daily(np.arange(32) * 98 / 31, counts), 0, 98)
    assert one[2] / one[0] > apart[2] / apart[0] * 0.9
    assert len(daily(days, counts).days) == 8


def test_many_days_are_joined() -> None:
    days = np.arange(800.0)
    rows = daily(days, np.full(800, 6.0))
    assert len(rows.days) <= 208
    assert rows.counts.sum() == 4800
    assert rows.seen_min.sum() == pytest.approx(4000)
    assert told(rows, 435, 800)[1] == pytest.approx(1.2, rel=0.1)


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 3000))
def test_shifted_days_and_shuffled_rows_change_nothing(seed: int, shift: int) -> None:
    rng = np.random.default_rng(seed)
    days = np.sort(rng.integers(0, 400, 15)).astype(float)
    counts = rng.poisson(8.0, 15).astype(float)
    before = told(daily(days, counts), 0, 400)
    order = rng.permutation(15)
    assert told(daily(days[order] + shift, counts[order]), shift, 400 + shift) == pytest.approx(
        before, rel=1e-5, abs=1e-6
    )


@settings(max_examples=6, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 30))
def test_twice_as_much_looked_at_keeps_the_rate_and_narrows_it(seed: int, count: int) -> None:
    # Equal counts: with others, more to look at may show more scatter, and then the interval is rightly wider.
    days = np.cumsum(np.random.default_rng(seed).integers(3, 20, 12)).astype(float)
    counts = np.full(12, float(count))
    once = told(daily(days, counts), days[0], days[-1])
    many = told(daily(days, 2 * counts, 10.0), days[0], days[-1])
    assert abs(np.log(many[1] / once[1])) < 0.1
    assert many[2] / many[0] < once[2] / once[0]


def test_intervals_of_the_models_own_worlds_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(4)
    inside = []
    for _ in range(40):
        days = np.cumsum(rng.gamma(2.0, 6.0, int(rng.integers(6, 24))).round())
        scatter, slope = rng.choice([0.2, 0.4, 0.6]), rng.normal(0, 0.8)
        level = rng.normal(0.5, 1.0)
        walk = np.cumsum(rng.normal(0, rng.choice([0.2, 0.5, 1.0]) * np.sqrt(np.diff(days, prepend=days[0]) / 365.25)))
        path = level + slope * (days - days.mean()) / 365.25 + walk
        counts = rng.poisson(5 * np.exp(path + rng.normal(0, scatter, len(days))))
        low, _, high, _ = told(daily(days, counts.astype(float)), days[0], days[-1])
        inside.append(low <= np.exp(path[-1]) <= high)
    assert np.mean(inside) >= 0.8


def test_one_burst_and_one_empty_day_are_no_change() -> None:
    counts = np.full(26, 20.0)
    usual = told(daily(np.arange(26) * 7.0, counts), 0, 175)
    counts[-2], counts[4] = 110.0, 0.0
    odd = told(daily(np.arange(26) * 7.0, counts), 0, 175)
    assert abs(np.log(odd[1] / usual[1])) < 0.25
    assert abs(odd[3]) < 0.15


def test_a_step_is_found_within_weeks() -> None:
    counts = np.array([20.0] * 20 + [50.0] * 5)
    trend = fitted(daily(np.arange(25) * 7.0, counts), 0, 168)
    assert trend.change.quantile(0.5) == pytest.approx(np.log(2.5), abs=0.25)
    assert trend.change.below(np.log(1.5)) < 0.1


def test_days_in_a_row_say_less_than_as_many_weeks() -> None:
    rng = np.random.default_rng(3)
    counts = rng.poisson(20 * rng.gamma(6.0, 1 / 6.0, 30)).astype(float)
    row, weeks = (fitted(daily(np.arange(30) * step, counts), 0, 29 * step).now for step in (1.0, 7.0))
    assert row.quantile(0.95) - row.quantile(0.05) > 0.9 * (weeks.quantile(0.95) - weeks.quantile(0.05))


def test_quiet_bounds_from_above_only() -> None:
    counts = np.array([20.0] * 10 + [0.0] * 10)
    trend = fitted(daily(np.arange(20) * 7.0, counts), 0, 133)
    assert np.exp(trend.now.quantile(0.95)) < 0.2
    assert trend.now.quantile(0.95) - trend.now.quantile(0.05) > 2
    assert trend.change.below(-np.log(1.5)) > 0.99


def test_what_is_as_good_as_nothing_neither_falls_nor_rises() -> None:
    trend = fitted(daily(np.arange(20) * 20.0, np.zeros(20), 300.0), 0, 380, floor=0.01)
    assert trend.change.below(np.log(1.5)) - trend.change.below(-np.log(1.5)) > 0.8


@settings(deadline=None)
@given(st.lists(st.floats(-3, 3), min_size=1, max_size=30), st.floats(0.05, 0.95))
def test_quantiles_turn_probabilities_round(values: list[float], probability: float) -> None:
    mass = Mass.of(np.array(values), np.ones(len(values)), 0.5)
    assert mass.below(mass.quantile(probability)) == pytest.approx(probability, abs=0.001)
