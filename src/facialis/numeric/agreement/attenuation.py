"""What the unreliability of ratings takes away from a correlation with them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit, ndtri
from scipy.stats import rankdata

from facialis.numeric.agreement.agreed import PROBABILITY, Agreed, Why, nothing

__all__ = ["correlation", "highest_correlation", "without_attenuation"]

Array = NDArray[np.float64]
_GRID = 201  # chosen: quantiles of each of two distributions; 101 - 401 moves no end by 0.003


def correlation(one: Array, other: Array, *, ranks: bool = False, probability: float = PROBABILITY) -> Agreed:
    """Pearson's correlation, or Spearman's of ranks, with its interval.

    Parameters
    ----------
    one, other
        ``(items,)``; NaN is missing, and such pairs are left out.
    ranks
        Spearman's: only the order counts.
    probability
        That the interval is made for.

    Notes
    -----
    Interval by Fisher's transformation; for ranks with the variance of Bonett and Wright 2000, Psychometrika 65:23,
    doi:10.1007/BF02294183.
    """
    pairs = np.column_stack([one, other]).astype(float)
    pairs = pairs[np.isfinite(pairs).all(1)]
    n = len(pairs)
    if n < 4:
        return nothing("few_items" if n else "nothing_rated", items=n, raters=2)
    if ranks:
        pairs = rankdata(pairs, axis=0)
    if (np.ptp(pairs, axis=0) == 0).any():
        return nothing("all_the_same", items=n, raters=2)
    value = float(np.clip(np.corrcoef(pairs.T)[0, 1], -1, 1))
    if abs(value) > 1 - 1e-12:  # rounding, not a judgement
        return Agreed(value=round(value), why="perfect", items=n, raters=2)
    error = np.sqrt((1 + value**2 / 2 if ranks else 1.0) / (n - 3))
    reach = float(ndtri(0.5 + probability / 2)) * error
    low, high = np.tanh(np.arctanh(value) + np.array([-reach, reach]))
    kind = "Fisher, Bonett and Wright 2000" if ranks else "Fisher"
    return Agreed(value=value, low=float(low), high=float(high), kind=kind, items=n, raters=2)


def highest_correlation(reliability: Agreed) -> Agreed:
    """The highest correlation that even a perfect measurement can reach with ratings of this reliability.

    The square root of the reliability (Spearman 1904, American Journal of Psychology 15:72), with the ends of its
    interval likewise; None where the reliability is not above zero.
    """
    if reliability.value is None:
        return reliability
    if reliability.value <= 0:
        return nothing("reliability_not_above_zero", items=reliability.items, raters=reliability.raters)
    ends = (reliability.low, reliability.high)
    low, high = (None if end is None else float(np.sqrt(max(end, 0.0))) for end in ends)
    return Agreed(
        value=float(np.sqrt(reliability.value)),
        low=low,
        high=high,
        kind=reliability.kind,
        why=reliability.why,
        items=reliability.items,
        raters=reliability.raters,
    )


def without_attenuation(seen: Agreed, reliability: Agreed, *, probability: float = PROBABILITY) -> Agreed:
    """What the correlation would be with ratings that have no error: the one seen, over the root of the reliability.

    Parameters
    ----------
    seen
        A correlation with its interval, as `correlation` gives it.
    reliability
        Of the ratings that were correlated, one rater's or that of the mean of several; without an interval it is taken
        for exact.
    probability
        That the interval is made for.

    Returns
    -------
    Agreed
        ``beyond_one``: the result would have been above 1 (or below -1), which chance, or a reliability that is too
        low for these items, can bring about; it is cut there.

    Notes
    -----
    It is about ratings that nobody has made. It does not make a measurement better, it cannot be compared with a
    correlation that was seen, and a reliability from other people's films need not hold for these. Both uncertainties
    are joined by their quantiles (Fisher's scale of the correlation, logit of the reliability, taken for independent).

    References
    ----------
    Spearman 1904, American Journal of Psychology 15:72, doi:10.2307/1412159.
    """
    if seen.value is None:
        return seen
    if reliability.value is None or reliability.value <= 0:
        reason: Why = reliability.why if reliability.value is None else "reliability_not_above_zero"
        return nothing(reason, items=seen.items, raters=reliability.raters)
    value = seen.value / float(np.sqrt(reliability.value))
    why: Why = "beyond_one" if abs(value) > 1 else seen.why
    low = high = None
    if seen.low is not None and seen.high is not None:
        z = float(ndtri(0.5 + probability / 2))
        deviates = ndtri((np.arange(_GRID) + 0.5) / _GRID)
        ends = np.arctanh([seen.low, seen.high])
        r = np.tanh(np.arctanh(seen.value) + deviates * (ends[1] - ends[0]) / (2 * z))
        corrected = r[:, None] / np.sqrt(_reliabilities(reliability, deviates, z))[None, :]
        quantiles = np.quantile(corrected, [(1 - probability) / 2, (1 + probability) / 2])
        low, high = (float(end) for end in np.clip(quantiles, -1, 1))
    return Agreed(
        value=float(np.clip(value, -1, 1)),
        low=low,
        high=high,
        kind="" if low is None else "joined quantiles",
        why=why,
        items=seen.items,
        raters=reliability.raters,
    )


def _reliabilities(reliability: Agreed, deviates: Array, z: float) -> Array:
    """Quantiles of a reliability, each side of its value as wide as its interval."""
    assert reliability.value is not None
    if reliability.low is None or reliability.high is None or not reliability.value < 1:
        return np.array([reliability.value])
    # chosen: 0.02 as the smallest reliability that is looked at; 0.005 - 0.05 moves ends only where they are cut at 1
    low, middle, high = logit(np.clip([reliability.low, reliability.value, reliability.high], 0.02, 1 - 1e-9))
    width = np.where(deviates < 0, middle - low, high - middle) / z
    return np.asarray(expit(middle + deviates * width))
