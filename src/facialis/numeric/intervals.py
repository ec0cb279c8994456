"""Intervals for rates, shares and medians; each says its kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["Bounds", "median_bounds", "rate_bounds", "share_bounds"]

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Lower and upper end of an interval, the probability it is made for, and its kind."""

    low: float
    high: float
    probability: float
    kind: str


def rate_bounds(count: int, exposure: float, *, dispersion: float = 1.0, probability: float = 0.9) -> Bounds:
    """Interval of a rate (count over exposure), exact for a Poisson process and widened for clustering.

    ``dispersion`` is the variance-to-mean ratio of counts in equal parts of the recording (1 for a Poisson process);
    above 1 the count is deflated to the number of independent clusters it is worth (quasi-Poisson; McCullagh and Nelder
    1989, Generalized Linear Models, chapter 6). Exact limits: Garwood 1936, doi:10.1093/biomet/28.3-4.437. For zero
    events the upper end stays that of a Poisson process.
    """
    if exposure <= 0:
        raise ValueError("exposure must be positive")
    spread = max(dispersion, 1.0)
    worth = count / spread
    tail = (1 - probability) / 2
    low = float(stats.gamma.ppf(tail, worth)) if worth > 0 else 0.0
    high = float(stats.gamma.ppf(1 - tail, worth + 1))
    return Bounds(low=low * spread / exposure, high=high * (spread if count else 1.0) / exposure,
                  probability=probability, kind="Poisson (Garwood), widened for clustering")  # fmt: skip


def share_bounds(parts: Array, weights: Array, *, probability: float = 0.9, seed: int = 0) -> Bounds | None:
    """Interval of a weighted mean of shares over parts of the recording, by bootstrap over the parts.

    Parts should be longer than the events in them. With fewer than five parts there is none, since
    nothing is known of how they vary.
    """
    parts, weights = np.asarray(parts, float), np.asarray(weights, float)
    if len(parts) < 5:
        return None
    draw = np.random.default_rng(seed).integers(0, len(parts), (2000, len(parts)))
    means = (parts[draw] * weights[draw]).sum(1) / weights[draw].sum(1)
    tail = (1 - probability) / 2
    low, high = np.quantile(means, [tail, 1 - tail])
    # The percentile bootstrap is too narrow in small samples (Efron and Tibshirani 1993, chapter 13): widened as a
    # t interval is against a normal one.
    n, value = len(parts), float((parts * weights).sum() / weights.sum())
    wider = float(stats.t.ppf(1 - tail, n - 1) / stats.norm.ppf(1 - tail) * np.sqrt(n / (n - 1)))
    low, high = value - (value - low) * wider, value + (high - value) * wider
    # Where no part has any, the share may still be that of parts not seen: 0 of n parts (Clopper and Pearson 1934,
    # doi:10.1093/biomet/26.4.404), each filled by a tenth at most (chosen: a twitch of half a second in five).
    if not parts.any():
        high = max(high, 0.1 * (1 - tail ** (1 / n)))
    return Bounds(
        low=float(max(low, 0.0)), high=float(min(high, 1.0)), probability=probability, kind="bootstrap over 5 s parts"
    )


def median_bounds(values: Array, *, probability: float = 0.9) -> Bounds:
    """Distribution-free interval of a median from order statistics (binomial).

    In a small sample it is the range, with the lower probability that this has; for one value that is 0.
    """
    ordered = np.sort(np.asarray(values, float))
    n = len(ordered)
    if n == 0:
        raise ValueError("no values")
    k = int(stats.binom.ppf((1 - probability) / 2, n, 0.5))
    low, high = max(k - 1, 0), min(n - k, n - 1)
    # The sample's range covers the median with 1 - 2^(1-n) at most: no more is claimed.
    reached = min(probability, 1 - 2.0 ** (1 - n))
    return Bounds(low=float(ordered[low]), high=float(ordered[high]), probability=reached, kind="order statistics")
