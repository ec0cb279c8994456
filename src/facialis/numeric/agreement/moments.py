"""Moments that two observers marked: which belong together, how many do, and how far apart they lie."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from facialis.numeric.agreement.agreed import PROBABILITY, Agreed, nothing

__all__ = ["common_moments", "f1_of", "matched"]

Array = NDArray[np.float64]
_DRAWS = 2000  # chosen: the ends of the interval then move by a hundredth; 1,000 - 10,000


def matched(one_s: Array, other_s: Array, tolerance_s: float) -> NDArray[np.int64]:
    """Which moments belong together: as many pairs as there can be, and of those the nearest.

    Parameters
    ----------
    one_s, other_s
        Moments in seconds, in any order.
    tolerance_s
        How far apart the moments of a pair may lie.

    Returns
    -------
    ndarray
        ``(pairs, 2)``: places in ``one_s`` and in ``other_s``; each at most once.
    """
    if not len(one_s) or not len(other_s):
        return np.zeros((0, 2), np.int64)
    apart = np.abs(np.subtract.outer(one_s, other_s))
    near = apart <= tolerance_s + 1e-9  # rounding of a table, not a judgement
    # Whatever the distances add up to is less than what one pair is worth.
    cost = np.where(near, apart / max(tolerance_s, 1e-9) / (2 * max(apart.shape)), 1.0)
    first, second = linear_sum_assignment(cost)
    kept = near[first, second]
    return np.column_stack([first[kept], second[kept]]).astype(np.int64)


def f1_of(
    one_s: Sequence[Array], other_s: Sequence[Array], tolerance_s: float, *, probability: float = PROBABILITY
) -> Agreed:
    """F1 of moments: twice the pairs over all moments that either marked, over any number of recordings.

    Parameters
    ----------
    one_s, other_s
        The moments of each recording that both have watched, in seconds.
    tolerance_s
        How far apart the moments of a pair may lie.
    probability
        That the interval is made for: whole recordings are drawn with replacement (2,000 times, always the same).

    Returns
    -------
    Agreed
        ``nothing_rated`` where there is no recording, ``all_the_same`` where neither marked anything in any: that they
        agree on nothing being there is not told by F1. Below five recordings there is no interval.

    Notes
    -----
    It is symmetric: neither of the two is taken for the truth. Chance pairs grow with the number of moments times the
    tolerance; look at the curve over tolerances, not at one point.
    """
    counts = np.array(
        [(2 * len(matched(a, b, tolerance_s)), len(a) + len(b)) for a, b in zip(one_s, other_s, strict=True)], float
    ).reshape(-1, 2)
    n = len(counts)
    if not n:
        return nothing("nothing_rated", raters=2)
    hits, marked = counts.sum(0)
    if not marked:
        return nothing("all_the_same", items=n, raters=2)
    value = float(hits / marked)
    if n < 5:
        return Agreed(value=value, why="few_items", items=n, raters=2)
    if hits == marked:
        return Agreed(value=value, why="perfect", items=n, raters=2)
    draw = np.random.default_rng(0).integers(0, n, (_DRAWS, n))
    sums = counts[draw].sum(1)
    values = sums[sums[:, 1] > 0]
    low, high = np.quantile(values[:, 0] / values[:, 1], [(1 - probability) / 2, (1 + probability) / 2])
    kind = "bootstrap over recordings"
    return Agreed(value=value, low=float(low), high=float(high), kind=kind, items=n, raters=2)


def common_moments(marked_s: Sequence[Array], tolerance_s: float) -> Array:
    """Moments that more than half of several observers marked: what stands for the mean of raters.

    Parameters
    ----------
    marked_s
        The moments of each observer in one recording, in seconds.
    tolerance_s
        Moments belong together while neighbours lie within it, and none of an observer comes twice.

    Returns
    -------
    ndarray
        The mean of each group's moments, rising. Empty where there are none.
    """
    rows = sorted((float(t), who) for who, times in enumerate(marked_s) for t in times)
    groups: list[list[tuple[float, int]]] = []
    for time, who in rows:
        last = groups[-1] if groups else []
        if last and time - last[-1][0] <= tolerance_s and who not in {w for _, w in last}:
            last.append((time, who))
        else:
            groups.append([(time, who)])
    return np.array([np.mean([t for t, _ in g]) for g in groups if 2 * len(g) > len(marked_s)], float)
