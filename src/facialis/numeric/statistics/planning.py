"""What a person's recordings allow to be seen: the smallest fall that would be told from none."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facialis.numeric.statistics.daily import Daily

__all__ = ["smallest_fall"]

Array = NDArray[np.float64]


def smallest_fall(daily: Daily, rate_per_min: float, scatter: float, span_days: float) -> float:
    """The ratio of a steady fall over ``span_days`` that would be told from none with 80 % power at 5 % (one-sided).

    From the scatter from day to day and the counts to be expected; what the rate wanders by itself is not in it.
    Near 0: even a great fall would hide.
    """
    mean = rate_per_min * daily.seen_min.mean(0)
    weight = 1.0 / (scatter**2 * daily.spread + 1.0 / np.maximum(mean, 0.1))
    middle = float(weight @ daily.days / weight.sum())
    information = float(weight @ (daily.days - middle) ** 2)
    if information <= 0:
        return 0.0
    return float(np.exp(-(1.645 + 0.842) * span_days / np.sqrt(information)))
