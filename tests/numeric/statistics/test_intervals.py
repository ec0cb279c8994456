"""Intervals cover what they claim to cover: by simulation, with the truth known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from facialis.numeric.statistics.intervals import Bounds, median_bounds, rate_bounds, share_bounds

CLAIMED = 0.9
AT_LEAST = 0.88  # two standard errors of a simulation of 800 below what is claimed
RUNS = 800


def covers(bounds: Bounds, truth: float) -> bool:
    assert bounds.low <= bounds.high
    return bounds.low <= truth <= bounds.high


@pytest.mark.parametrize("mean", [0.5, 2.0, 7.0, 30.0, 120.0])
def test_rate_bounds_cover_a_poisson_rate(mean: float) -> None:
    rng = np.random.Generator(np.random.SFC64(int(10 * mean)))
    minutes = 2.5
    counts = rng.poisson(mean, RUNS)
    made = {int(n): rate_bounds(int(n), minutes) for n in np.unique(counts)}
    assert np.mean([covers(made[int(n)], mean / minutes) for n in counts]) >= AT_LEAST


@pytest.mark.parametrize(("trains", "pulses"), [(6, 4), (12, 3), (20, 6), (40, 2)])
def test_rate_bounds_cover_the_rate_of_clustered_trains(trains: int, pulses: int) -> None:
    """Twitches that come in trains, dispersion estimated from 24 equal parts as Pearson's ratio."""
    rng = np.random.Generator(np.random.SFC64(trains))
    good, plain = [], []
    for _ in range(RUNS):
        cells = np.zeros(24)
        for _ in range(rng.poisson(trains)):
            cells[rng.integers(24)] += 1 + rng.poisson(pulses - 1)
        count = int(cells.sum())
        spread = float(((cells - cells.mean()) ** 2).sum() / cells.mean() / 23) if count > 1 else 1.0
        good.append(covers(rate_bounds(count, 1.0, dispersion=spread, parts=24), trains * pulses))
        plain.append(covers(rate_bounds(count, 1.0), trains * pulses))
    assert np.mean(good) >= AT_LEAST
    assert np.mean(plain) < np.mean(good)  # the widening is needed


@given(count=st.integers(0, 200), exposure=st.floats(0.1, 100), spread=st.floats(1, 8))
def test_rate_bounds_hold_the_estimate_scale_with_time_and_widen_with_clustering(
    count: int, exposure: float, spread: float
) -> None:
    bounds = rate_bounds(count, exposure, dispersion=spread)
    assert 0 <= bounds.low <= count / exposure <= bounds.high
    twice = rate_bounds(count, 2 * exposure, dispersion=spread)
    assert twice.high == pytest.approx(bounds.high / 2)
    plain = rate_bounds(count, exposure)
    assert bounds.low <= plain.low + 1e-9
    assert bounds.high >= plain.high - 1e-9
    assert bounds.probability == CLAIMED
    assert bounds.kind


def test_even_twitches_have_a_narrower_interval_but_not_without_end() -> None:
    plain, even, strict = (rate_bounds(20, 1.0, dispersion=d) for d in (1.0, 0.5, 0.0))
    assert plain.low < even.low == strict.low < 20 < even.high == strict.high < plain.high


def test_a_dispersion_of_few_parts_widens() -> None:
    few, many = (rate_bounds(20, 1.0, dispersion=2.0, parts=n) for n in (6, 60))
    assert few.low < many.low < 20 < many.high < few.high


@pytest.mark.parametrize("probability", [0.9, 0.95])
def test_rate_bounds_hold_neither_too_little_nor_too_much_of_rates_nearby(probability: float) -> None:
    rng = np.random.Generator(np.random.SFC64(5))
    means = np.exp(rng.uniform(np.log(6), np.log(14), 4000))
    good = [covers(rate_bounds(int(rng.poisson(m)), 1.0, probability=probability), m) for m in means]
    assert np.mean(good) == pytest.approx(probability, abs=0.015)


def test_no_event_is_not_a_rate_of_zero() -> None:
    """The upper end of the two-sided 90 % interval for no event is -ln 0.05 events (Garwood)."""
    bounds = rate_bounds(0, 1.0)
    assert bounds.low == 0
    assert bounds.high == pytest.approx(2.9957, abs=1e-3)


def test_more_probability_asks_for_a_wider_interval() -> None:
    wide, narrow = (rate_bounds(9, 1.0, probability=p) for p in (0.99, 0.5))
    assert wide.low < narrow.low < 9 < narrow.high < wide.high


def test_a_rate_without_time_is_refused() -> None:
    with pytest.raises(ValueError, match="exposure"):
        rate_bounds(3, 0.0)


def shares_of(parts: NDArray[np.float64], weights: NDArray[np.float64]) -> Bounds:
    bounds = share_bounds(parts, weights)
    assert bounds is not None
    return bounds


@pytest.mark.parametrize(("parts", "at_least"), [(12, 0.88), (24, 0.88), (60, 0.88)])
def test_share_bounds_cover_the_share(parts: int, at_least: float) -> None:
    rng = np.random.Generator(np.random.SFC64(parts))
    good = [covers(shares_of(rng.beta(0.8, 3.2, parts), np.ones(parts)), 0.2) for _ in range(400)]
    assert at_least <= np.mean(good) <= 0.95


def test_share_bounds_of_few_parts_say_that_nothing_is_known() -> None:
    assert share_bounds(np.array([0.1, 0.2, 0.1, 0.2]), np.ones(4)) is None


@given(shares=st.lists(st.floats(0, 1), min_size=5, max_size=30))
def test_share_bounds_are_shares_and_repeatable(shares: list[float]) -> None:
    parts = np.array(shares)
    one, two = (shares_of(parts, np.ones(len(parts))) for _ in range(2))
    assert one == two
    assert 0 <= one.low <= one.high <= 1


def test_longer_parts_weigh_more() -> None:
    shares, light = np.tile([0.0, 1.0], 15), np.tile([1.0, 9.0], 15)
    assert shares_of(shares, light).low > 0.75
    assert shares_of(1 - shares, light).high < 0.25


@pytest.mark.parametrize("count", [5, 6, 7, 11, 20, 51, 200])
def test_median_bounds_cover_the_median_of_a_skewed_distribution(count: int) -> None:
    rng = np.random.Generator(np.random.SFC64(count))
    good = [covers(median_bounds(rng.exponential(size=count)), np.log(2)) for _ in range(RUNS)]
    assert np.mean(good) >= AT_LEAST


@pytest.mark.parametrize("count", [2, 3, 4])
def test_median_bounds_of_few_values_claim_no_more_than_they_hold(count: int) -> None:
    rng = np.random.Generator(np.random.SFC64(count))
    made = [median_bounds(rng.exponential(size=count)) for _ in range(RUNS)]
    assert np.mean([covers(b, np.log(2)) for b in made]) >= made[0].probability - 0.04


@given(values=st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_median_bounds_lie_within_the_sample_and_hold_its_median(values: list[float]) -> None:
    bounds = median_bounds(np.array(values))
    assert min(values) <= bounds.low <= np.median(values) <= bounds.high <= max(values)


def test_a_median_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="no values"):
        median_bounds(np.array([]))


def test_the_bounds_of_a_median_are_the_order_statistics_of_a_binomial_quantile() -> None:
    for n in range(1, 400):
        values = np.arange(n, dtype=np.float64)
        k = int(stats.binom.ppf(0.05, n, 0.5))
        bounds = median_bounds(values, probability=0.9)
        assert (bounds.low, bounds.high) == (max(k - 1, 0), min(n - k, n - 1))
