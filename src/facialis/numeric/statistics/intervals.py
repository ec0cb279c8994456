"""Intervals for rates, shares and medians; each says its kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import bdtr, bdtrik, betaincinv, gammaincinv, ndtri, stdtrit

__all__ = ["Bounds", "median_bounds", "rate_bounds", "share_bounds", "wilson"]

Array = NDArray[np.float64]

_RATE = "Poisson (Jeffreys, Garwood), widened for clustering"
_LEAST_DISPERSION = 0.5  # chosen: no recording is so short or so even that its rate is known better; 0.3 - 1


@dataclass(frozen=True, kw_only=True)
class Bounds:
    """Lower and upper end of an interval, the probability it is made for, and its kind."""

    low: float
    high: float
    probability: float
    kind: str


def rate_bounds(
    count: int, exposure: float, *, dispersion: float = 1.0, parts: int | None = None, probability: float = 0.9
) -> Bounds:
    """Interval of a rate (count over exposure) of a Poisson process, widened for clustering.

    ``dispersion`` is the variance-to-mean ratio of counts in equal ``parts`` of the recording (1 for a Poisson
    process); the count is deflated to the number of independent clusters it is worth (quasi-Poisson; McCullagh and
    Nelder 1989, Generalized Linear Models, chapter 6). ``parts`` says of how many parts the dispersion is; a few know
    it roughly, so the interval is widened as a t interval is against a normal one. Single events have Jeffreys'
    interval (Brown, Cai and DasGupta 2003, Statistica Sinica 13:19): exact limits hold too much; clustered ones have
    the limits of Garwood 1936, doi:10.1093/biomet/28.3-4.437. For zero events the upper end is Garwood's.
    """
    if exposure <= 0:
        raise ValueError("exposure must be positive")
    tail = (1 - probability) / 2
    spread = max(dispersion, _LEAST_DISPERSION)
    half = float(np.clip(spread / 2, 0.5, 1.0))
    if parts is not None:
        spread *= _t_over_normal(tail, parts - 1) ** 2
    if count == 0:
        return Bounds(low=0.0, high=float(gammaincinv(1, 1 - tail)) / exposure, probability=probability, kind=_RATE)
    worth = count / spread
    # In a small, strongly clustered sample the middle of the skewed curve may lie beyond its own estimate.
    low = min(float(gammaincinv(worth + 1 - half, tail)), worth) * spread / exposure
    high = max(float(gammaincinv(worth + half, 1 - tail)), worth) * spread / exposure
    return Bounds(low=low, high=high, probability=probability, kind=_RATE)


def share_bounds(parts: Array, weights: Array, *, probability: float = 0.9) -> Bounds | None:
    """Interval of a weighted mean of shares over parts of the recording, from how much the parts differ.

    Exact limits of a share (Clopper and Pearson 1934) for the number of independent yes-or-no parts that would be as
    uncertain, fewer for few parts by the t distribution (Korn and Graubard 1998, Survey Methodology 24:193). Parts
    should be longer than the events in them. With fewer than five parts there is none, since nothing is known of how
    they vary.
    """
    parts, weights = np.asarray(parts, float), np.asarray(weights, float)
    n, tail = len(parts), (1 - probability) / 2
    if n < 5:
        return None
    kind = "Korn and Graubard, over 5 s parts"
    weights = weights / weights.sum()
    value = float(np.clip((parts * weights).sum(), 0.0, 1.0))
    variance = float(n / (n - 1) * (weights**2 * (parts - value) ** 2).sum()) * _t_over_normal(tail, n - 1) ** 2
    # All parts alike, as where nothing happened: as for 0 of n parts, each filled by a tenth at most (chosen: a twitch
    # of half a second in five).
    if variance < 1e-12:
        reach = 0.1 * (1 - tail ** (1 / n))
        return Bounds(
            low=max(value - reach, 0.0) if value > 0 else 0.0,
            high=min(value + reach, 1.0),
            probability=probability,
            kind=kind,
        )
    worth = max(value * (1 - value) / variance, 1e-3)
    hits, misses = worth * value, worth * (1 - value)
    low = float(betaincinv(hits, misses + 1, tail))
    high = float(betaincinv(hits + 1, misses, 1 - tail))
    return Bounds(low=min(low, value), high=max(high, value), probability=probability, kind=kind)


def _t_over_normal(tail: float, freedom: int) -> float:
    return float(stdtrit(freedom, 1 - tail) / ndtri(1 - tail))


def median_bounds(values: Array, *, probability: float = 0.9) -> Bounds:
    """Distribution-free interval of a median from order statistics (binomial).

    In a small sample it is the range, with the lower probability that this has; for one value that is 0.
    """
    ordered = np.sort(np.asarray(values, float))
    n = len(ordered)
    if n == 0:
        raise ValueError("no values")
    tail = (1 - probability) / 2
    k = int(np.ceil(bdtrik(tail, n, 0.5)))
    if k > 0 and bdtr(k - 1, n, 0.5) >= tail:  # the inverse may end a rounding error above a whole number
        k -= 1
    low, high = max(k - 1, 0), min(n - k, n - 1)
    # The sample's range covers the median with 1 - 2^(1-n) at most: no more is claimed.
    reached = min(probability, 1 - 2.0 ** (1 - n))
    return Bounds(low=float(ordered[low]), high=float(ordered[high]), probability=reached, kind="order statistics")


def wilson(hits: int, n: int, z: float = 1.6449) -> tuple[float, float]:
    """Wilson's interval of a proportion; z is the normal quantile for 90 %."""
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return float(max(0.0, min(middle - half, p))), float(min(1.0, max(middle + half, p)))
