"""Factors of weekdays: found where they are, none where they are not, and open where only one day was filmed."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.numeric.statistics.weekdays import Week, find_week

Array = NDArray[np.float64]


def week_of(days: Array, factors: Array, *, seed: int = 0, rise: float = 0.0) -> Week:
    rng = np.random.default_rng(seed)
    weekday = days.astype(int) % 7
    mean = 30 * factors[weekday] * np.exp(rise * days / 365) * rng.gamma(9.0, 1 / 9.0, len(days))
    return find_week(days, weekday, rng.poisson(mean).astype(float), np.full(len(days), 5.0))


def test_a_weekend_at_twice_the_rate_is_found() -> None:
    days = np.arange(210.0)
    factors = np.array([0.8, 0.8, 0.8, 0.8, 0.8, 1.5, 1.5])
    found = week_of(days, factors, rise=1.0).factors[:7]
    assert found == pytest.approx(factors, rel=0.15)


def test_where_all_days_are_alike_the_factors_are_next_to_one() -> None:
    found = week_of(np.arange(210.0), np.ones(7))
    assert found.factors == pytest.approx(1.0, abs=0.06)
    assert found.spread < 0.02


def test_one_weekday_only_tells_nothing_of_the_others() -> None:
    always, now_and_then = (
        week_of(np.arange(0.0, 210.0, 7.0), np.ones(7)),
        week_of(np.arange(0.0, 210.0, 5.0), np.ones(7)),
    )
    assert always.factors == pytest.approx(1.0, abs=0.01)
    assert always.spread > 3 * now_and_then.spread


def test_a_burst_is_no_weekday() -> None:
    days = np.arange(0.0, 84.0, 2.0)
    weekday = days.astype(int) % 7
    counts = np.full(len(days), 20.0)
    counts[weekday == 3] = 19.0
    counts[11] = 300.0
    found = find_week(days, weekday, counts, np.full(len(days), 5.0))
    assert found.factors == pytest.approx(1.0, abs=0.1)
