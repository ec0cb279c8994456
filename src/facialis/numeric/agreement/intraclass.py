"""Intraclass correlations: how much of the scatter of ratings is between items, and how much between raters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtri

from facialis.numeric.agreement.agreed import PROBABILITY, Agreed, Why, nothing, usable_rows

__all__ = ["Intraclass", "intraclass", "of_the_mean"]

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Intraclass:
    """Intraclass correlations of one set of ratings.

    Parameters
    ----------
    single, mean
        ICC(2,1) and ICC(2,k): one rater, and the mean of all, for absolute agreement; raters drawn from many.
    single_consistent, mean_consistent
        ICC(3,1) and ICC(3,k): a rater who is always stricter by the same amount does not lower them. These are what
        lowers a correlation.
    """

    single: Agreed
    mean: Agreed
    single_consistent: Agreed
    mean_consistent: Agreed


def intraclass(ratings: Array, *, probability: float = PROBABILITY) -> Intraclass:
    """ICC(2,1), ICC(2,k), ICC(3,1) and ICC(3,k) with intervals.

    Parameters
    ----------
    ratings
        ``(items, raters)``; NaN is missing. Raters without any rating are left out; of the rest, only items count that
        each of them rated.
    probability
        That the intervals are made for.

    Returns
    -------
    Intraclass
        ``all_the_same`` where no two ratings differ; ``perfect`` where raters agree on items that differ.

    Notes
    -----
    It says how well items can be told apart, so it is lower among items that are alike: two figures of different sets
    cannot be compared. It takes steps of a scale for equal. A value below zero means that raters differ more within an
    item than items do.

    References
    ----------
    Shrout and Fleiss 1979, Psychological Bulletin 86:420; McGraw and Wong 1996, Psychological Methods 1:30.

    Examples
    --------
    >>> import numpy as np
    >>> table = np.array([[9.0, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])
    >>> round(intraclass(table).single.value, 2)
    0.29
    """
    ratings = np.asarray(ratings, float)
    _, why = usable_rows(ratings)
    kept = ratings[:, np.isfinite(ratings).any(0)] if ratings.size else ratings
    rows = kept[np.isfinite(kept).all(1)]
    n, k = rows.shape
    if not why and n < 2:
        why = "few_items" if n else "no_item_twice"
    if not why and np.ptp(rows) == 0:
        why = "all_the_same"
    if why:
        none = nothing(why, items=n, raters=k)
        return Intraclass(single=none, mean=none, single_consistent=none, mean_consistent=none)
    grand = rows.mean()
    between = k * float(((rows.mean(1) - grand) ** 2).sum()) / (n - 1)
    raters = n * float(((rows.mean(0) - grand) ** 2).sum()) / (k - 1)
    rest = rows - rows.mean(1, keepdims=True) - rows.mean(0) + grand
    error = float((rest**2).sum()) / ((n - 1) * (k - 1))
    tiny = 1e-12 * (between + raters + error)  # rounding of sums, not a judgement
    # Whatever rounding has left of nothing is nothing.
    between, raters, error = (0.0 if mean <= tiny else mean for mean in (between, raters, error))
    agreeing = _absolute(between, raters, error, n, k, probability)
    consistent = _consistent(between, error, n, k, probability)
    return Intraclass(
        single=agreeing,
        mean=of_the_mean(agreeing, k),
        single_consistent=consistent,
        mean_consistent=of_the_mean(consistent, k),
    )


def of_the_mean(single: Agreed, raters: int) -> Agreed:
    """The reliability of the mean of ``raters`` such raters (Spearman 1910; Brown 1910)."""
    if single.value is None:
        return single

    def stepped(value: float) -> float | None:
        below = 1 + (raters - 1) * value
        return raters * value / below if below > 1e-9 else None

    value = stepped(single.value)
    if value is None:
        return nothing("reliability_not_above_zero", items=single.items, raters=raters)
    low = None if single.low is None else stepped(single.low)
    high = None if single.high is None else stepped(single.high)
    whole = low is not None and high is not None
    why: Why = single.why or ("" if whole or single.low is None else "few_items")
    return Agreed(
        value=value,
        low=low if whole else None,
        high=high if whole else None,
        kind=single.kind if whole else "",
        why=why,
        items=single.items,
        raters=raters,
    )


def _quantile(upper: float, over: float, below: float) -> float:
    return float(fdtri(over, below, upper))


def _absolute(between: float, raters: float, error: float, n: int, k: int, probability: float) -> Agreed:
    value = (between - error) / (between + (k - 1) * error + k * (raters - error) / n)
    if error == 0 and raters == 0:
        return Agreed(value=1.0, why="perfect", items=n, raters=k)
    if error == 0:
        # Raters differ by a constant alone: how much such constants scatter is all there is, and k of them tell little.
        return Agreed(value=value, why="few_items", items=n, raters=k)
    upper = 0.5 + probability / 2
    ratio = raters / error
    held = n * (1 + (k - 1) * value) - k * value
    freedom = (k - 1) * (n - 1) * (k * value * ratio + held) ** 2
    freedom /= (n - 1) * (k * value * ratio) ** 2 + held**2
    above, below = _quantile(upper, n - 1, freedom), _quantile(upper, freedom, n - 1)
    rest = k * raters + (k * n - k - n) * error
    low = n * (between - above * error) / (above * rest + n * between)
    high = n * (below * between - error) / (rest + n * below * between)
    kind = "F, Shrout and Fleiss 1979, McGraw and Wong 1996"
    return Agreed(value=value, low=min(low, value), high=max(high, value), kind=kind, items=n, raters=k)


def _consistent(between: float, error: float, n: int, k: int, probability: float) -> Agreed:
    if error == 0:
        if between == 0:
            return nothing("all_the_same", items=n, raters=k)
        return Agreed(value=1.0, why="perfect", items=n, raters=k)
    value = (between - error) / (between + (k - 1) * error)
    upper = 0.5 + probability / 2
    ratio = between / error
    low = ratio / _quantile(upper, n - 1, (n - 1) * (k - 1))
    high = ratio * _quantile(upper, (n - 1) * (k - 1), n - 1)
    kind = "F, Shrout and Fleiss 1979"
    return Agreed(
        value=value, low=(low - 1) / (low + k - 1), high=(high - 1) / (high + k - 1), kind=kind, items=n, raters=k
    )
