"""What a person's recordings allow to be seen: the smallest fall, and how sure one more recording would make."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from facialis.numeric.statistics.daily import Daily

__all__ = ["smallest_fall", "sureness"]

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


def sureness(moments: tuple[Array, Array], noise_var: float, bound: float) -> float:
    """How sure the answer (less, same, more than by ``bound``, log) is to be after one more session on a later day.

    The expectation of the largest of the three probabilities, over what that session may show. ``moments`` are those
    of `Trend`, taken as Gaussian; ``noise_var`` is the variance of the session's log rate.
    """
    mean, cov = moments
    change = float(mean[1] - mean[0])
    var = max(float(cov[0, 0] + cov[1, 1] - 2 * cov[0, 1]), 1e-9)
    gain = min(float(cov[1, 1] - cov[0, 1]) ** 2 / (float(cov[1, 1]) + noise_var), 0.999 * var)
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    middle = change + np.sqrt(gain) * nodes
    sd = np.sqrt(var - gain)
    less, more = ndtr((-bound - middle) / sd), ndtr((middle - bound) / sd)
    return float(weights / weights.sum() @ np.maximum(np.maximum(less, more), 1 - less - more))
