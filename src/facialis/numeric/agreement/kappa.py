"""Cohen's kappa of two raters, unweighted and weighted, and its mean over all pairs."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from facialis.numeric.agreement.agreed import PROBABILITY, Agreed, nothing, usable_rows
from facialis.numeric.agreement.jackknife import KIND, jackknife_interval

__all__ = ["Weights", "agreement_weights", "cohen_kappa", "mean_kappa"]

Array = NDArray[np.float64]
Weights = Literal["none", "linear", "quadratic"]


def agreement_weights(categories: int, weights: Weights) -> Array:
    """``(categories, categories)``: how far two answers agree, 1 where they are the same, 0 where they differ most.

    Steps between neighbouring categories count alike (Cicchetti and Allison 1971; Fleiss and Cohen 1973).
    """
    if weights == "none":
        return np.eye(categories)
    apart = np.abs(np.subtract.outer(np.arange(categories), np.arange(categories))) / max(categories - 1, 1)
    return np.asarray(1 - apart if weights == "linear" else 1 - apart**2)


def cohen_kappa(
    one: Array,
    other: Array,
    *,
    categories: Sequence[float] | None = None,
    weights: Weights = "none",
    probability: float = PROBABILITY,
) -> Agreed:
    """Agreement of two raters beyond what their habits alone would give.

    Parameters
    ----------
    one, other
        ``(items,)``: answers of each; NaN is missing, and such items are left out.
    categories
        All answers that could have been given, in order; None: those that were.
    weights
        What an answer nearby is worth.
    probability
        That the interval is made for.

    Returns
    -------
    Agreed
        ``all_the_same`` where both gave one and the same answer throughout: chance alone agrees then.

    Notes
    -----
    It depends on how often each answer occurs: where nearly all items are alike it is low although raters hardly ever
    differ. See `facialis.numeric.agreement.gwet` for one that does not. The interval is the usual one for many items
    (Fleiss, Cohen and Everitt 1969, Psychological Bulletin 72:323); below some 30 items it covers less than it says.

    References
    ----------
    Cohen 1960, Educational and Psychological Measurement 20:37; Cohen 1968, Psychological Bulletin 70:213.

    Examples
    --------
    >>> import numpy as np
    >>> cohen_kappa(np.array([1.0, 1, 2, 2]), np.array([1.0, 1, 2, 1])).value
    0.5
    """
    rows, why = usable_rows(np.column_stack([one, other]))
    if why:
        return nothing(why, items=len(rows), raters=2)
    known = np.unique(rows) if categories is None else np.asarray(categories, float)
    table = _table(rows[:, 0], rows[:, 1], known)
    w = agreement_weights(len(known), weights)
    p = table / table.sum()
    seen, expected, value = _kappa(p, w)
    if value is None:
        return nothing("all_the_same", items=len(rows), raters=2)
    if seen == 1:
        return Agreed(value=1.0, why="perfect", items=len(rows), raters=2)
    row, column = p.sum(1), p.sum(0)
    mean = np.add.outer(w @ column, row @ w)
    inner = float((p * (w - mean * (1 - value)) ** 2).sum()) - (value - expected * (1 - value)) ** 2
    error = np.sqrt(max(inner, 0.0) / len(rows)) / (1 - expected)
    if error < 1e-9:  # one of them always gave the same answer
        return Agreed(value=value, why="no_scatter", items=len(rows), raters=2)
    reach = float(ndtri(0.5 + probability / 2)) * error
    kind = "normal, Fleiss, Cohen and Everitt 1969"
    low, high = float(max(value - reach, -1.0)), float(min(value + reach, 1.0))
    return Agreed(value=value, low=low, high=high, kind=kind, items=len(rows), raters=2)


def mean_kappa(
    ratings: Array,
    *,
    categories: Sequence[float] | None = None,
    weights: Weights = "none",
    probability: float = PROBABILITY,
) -> Agreed:
    """Cohen's kappa averaged over all pairs of raters (Light 1971, Psychological Bulletin 76:365).

    Parameters
    ----------
    ratings
        ``(items, raters)``; NaN is missing. Pairs without two common items, or whose kappa cannot be told, are left
        out of the mean.
    categories, weights, probability
        As in `cohen_kappa`.
    """
    rows, why = usable_rows(ratings)
    raters = int(np.isfinite(np.asarray(ratings, float)).any(0).sum())
    if why:
        return nothing(why, items=len(rows), raters=raters)
    known = np.unique(rows[np.isfinite(rows)]) if categories is None else np.asarray(categories, float)
    w = agreement_weights(len(known), weights)
    value = _mean(rows, known, w)
    if value is None:
        return nothing("all_the_same", items=len(rows), raters=raters)
    if value == 1:
        return Agreed(value=1.0, why="perfect", items=len(rows), raters=raters)
    left = [_mean(np.delete(rows, i, axis=0), known, w) for i in range(len(rows))]
    ends = jackknife_interval(value, np.array([np.nan if v is None else v for v in left]), probability=probability)
    if ends is None:
        return Agreed(value=value, why="few_items" if len(rows) < 3 else "no_scatter", items=len(rows), raters=raters)
    return Agreed(value=value, low=ends[0], high=ends[1], kind=KIND, items=len(rows), raters=raters)


def _table(one: Array, other: Array, known: Array) -> Array:
    places = np.searchsorted(known, np.stack([one, other]))
    if not np.array_equal(known[np.minimum(places, len(known) - 1)], np.stack([one, other])):
        raise ValueError("a rating is none of the categories")
    table = np.zeros((len(known), len(known)))
    np.add.at(table, (places[0], places[1]), 1.0)
    return table


def _kappa(p: Array, w: Array) -> tuple[float, float, float | None]:
    seen, expected = float((w * p).sum()), float((w * np.outer(p.sum(1), p.sum(0))).sum())
    if 1 - expected < 1e-12:  # rounding, not a judgement
        return seen, expected, None
    if abs(seen - 1) < 1e-12:
        return 1.0, expected, 1.0
    return seen, expected, (seen - expected) / (1 - expected)


def _mean(rows: Array, known: Array, w: Array) -> float | None:
    found = []
    for i, k in combinations(range(rows.shape[1]), 2):
        both = rows[np.isfinite(rows[:, i]) & np.isfinite(rows[:, k])]
        if len(both) < 2:
            continue
        table = _table(both[:, i], both[:, k], known)
        value = _kappa(table / table.sum(), w)[2]
        if value is not None:
            found.append(value)
    return float(np.mean(found)) if found else None
