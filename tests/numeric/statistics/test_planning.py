"""What can be seen with so many sessions."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike

from facialis.numeric.statistics.daily import Daily, by_day
from facialis.numeric.statistics.planning import smallest_fall


def daily(days: ArrayLike, count: float) -> Daily:
    t = np.asarray(days, float)
    many = len(t)
    return by_day(t, np.full(many, count), np.full(many, 5.0), np.ones((1, many)), np.zeros(many))


def test_the_smallest_fall_shrinks_with_sessions_and_grows_with_scatter() -> None:
    few, many = (daily(np.linspace(0, 365, n), 10.0) for n in (6, 60))
    assert smallest_fall(few, 2.0, 0.5, 365) < smallest_fall(many, 2.0, 0.5, 365) < 1
    assert smallest_fall(many, 2.0, 1.0, 365) < smallest_fall(many, 2.0, 0.3, 365)
    assert smallest_fall(daily(np.zeros(1), 1.0), 2.0, 0.5, 365) == 0


def test_the_smallest_fall_is_seen_four_times_in_five() -> None:
    rng = np.random.default_rng(0)
    rows = daily(np.linspace(0, 365, 30), 20.0)
    fall = np.log(smallest_fall(rows, 4.0, 0.4, 365))
    seen = 0
    for _ in range(400):
        values = fall * rows.days / 365 + rng.normal(0, np.sqrt(0.4**2 + 1 / 20), 30)
        fit, cov = np.polyfit(rows.days, values, 1, cov="unscaled")
        seen += fit[0] / np.sqrt(cov[0, 0] * (0.4**2 + 1 / 20)) < -1.645
    assert seen / 400 == pytest.approx(0.8, abs=0.07)
