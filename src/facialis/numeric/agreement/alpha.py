"""Krippendorff's alpha: any number of raters, gaps allowed, for names, ranks and numbers."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from facialis.numeric.agreement.agreed import PROBABILITY, Agreed, nothing, usable_rows
from facialis.numeric.agreement.jackknife import KIND, jackknife_interval

__all__ = ["Level", "krippendorff_alpha"]

Array = NDArray[np.float64]
Level = Literal["nominal", "ordinal", "interval"]


def krippendorff_alpha(ratings: Array, *, level: Level, probability: float = PROBABILITY) -> Agreed:
    """One minus the disagreement seen over that expected if answers were dealt out by chance.

    Parameters
    ----------
    ratings
        ``(items, raters)``; NaN is missing and stays so: an item counts with the ratings it has, if they are two.
    level
        Whether answers are names, ranks or numbers.
    probability
        That the interval is made for.

    Returns
    -------
    Agreed
        ``all_the_same`` where all answers are one: then nothing could have differed.

    Notes
    -----
    It depends on how often each answer occurs, as kappa does. Below 0.667 its author draws no conclusion from the
    ratings, and no firm one below 0.8.

    References
    ----------
    Krippendorff 2011, Computing Krippendorff's alpha-reliability, repository.upenn.edu/asc_papers/43.

    Examples
    --------
    >>> import numpy as np
    >>> round(krippendorff_alpha(np.array([[1.0, 1], [2, 2], [3, 2]]), level="interval").value, 3)
    0.706
    """
    rows, why = usable_rows(ratings)
    raters = int(np.isfinite(np.asarray(ratings, float)).any(0).sum())
    if why:
        return nothing(why, items=len(rows), raters=raters)
    known = np.unique(rows[np.isfinite(rows)])
    counts = (rows[:, :, None] == known).sum(1).astype(float)
    each = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(len(known))
    each /= (counts.sum(1) - 1)[:, None, None]
    whole = each.sum(0)
    value = _alpha(whole, known, level)
    if value is None:
        return nothing("all_the_same", items=len(rows), raters=raters)
    if value == 1:
        return Agreed(value=1.0, why="perfect", items=len(rows), raters=raters)
    left = [_alpha(whole - one, known, level) for one in each]
    ends = jackknife_interval(value, np.array([np.nan if v is None else v for v in left]), probability=probability)
    if ends is None:
        return Agreed(value=value, why="few_items" if len(rows) < 3 else "no_scatter", items=len(rows), raters=raters)
    return Agreed(value=value, low=ends[0], high=ends[1], kind=KIND, items=len(rows), raters=raters)


def _alpha(coincidences: Array, known: Array, level: Level) -> float | None:
    total = coincidences.sum(1)
    number = float(total.sum())
    apart = _distances(total, known, level)
    expected = float(total @ apart @ total) / (number - 1) if number > 1 else 0.0
    # Rounding of sums, not a judgement.
    if expected <= 1e-12:
        return None
    seen = float((coincidences * apart).sum())
    return 1.0 if abs(seen) < 1e-12 * expected else float(1 - seen / expected)


def _distances(total: Array, known: Array, level: Level) -> Array:
    if level == "nominal":
        return 1 - np.eye(len(known))
    # Ranks lie as far apart as there are answers between them, ends counted by half.
    place = np.cumsum(total) - total / 2 if level == "ordinal" else known
    return np.asarray(np.subtract.outer(place, place) ** 2)
