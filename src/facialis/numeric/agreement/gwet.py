"""Gwet's AC1 and AC2: agreement that stays where nearly all items are alike."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from facialis.numeric.agreement.agreed import PROBABILITY, Agreed, nothing, usable_rows
from facialis.numeric.agreement.kappa import Weights, agreement_weights

__all__ = ["gwet_ac"]

Array = NDArray[np.float64]


def gwet_ac(
    ratings: Array, *, categories: Sequence[float], weights: Weights = "none", probability: float = PROBABILITY
) -> Agreed:
    """AC1 (without weights) or AC2 (with them) of two raters or more.

    Parameters
    ----------
    ratings
        ``(items, raters)``; NaN is missing.
    categories
        All answers that could have been given, in order; fewer make chance look larger. At least two.
    weights
        What an answer nearby is worth: ``none`` is AC1.
    probability
        That the interval is made for.

    Returns
    -------
    Agreed
        Where all answers are the same it is 1 with the remark ``perfect`` and without an interval.

    Notes
    -----
    Chance is what raters would do on items that they cannot judge, so it is small where one answer is frequent. That is
    an assumption: where raters do guess by habit, AC1 is too high. The interval takes items for drawn from many and
    raters for given.

    References
    ----------
    Gwet 2008, British Journal of Mathematical and Statistical Psychology 61:29, doi:10.1348/000711006X126600; Gwet
    2014, Handbook of Inter-Rater Reliability, 4th edition (weights, missing ratings and their variance).

    Examples
    --------
    >>> import numpy as np
    >>> round(gwet_ac(np.array([[1.0, 1], [1, 1], [2, 1], [1, 1]]), categories=(1, 2)).value, 3)
    0.68
    """
    ratings = np.asarray(ratings, float)
    rows, why = usable_rows(ratings)
    raters = int(np.isfinite(ratings).any(0).sum())
    if why:
        return nothing(why, items=len(rows), raters=raters)
    known = np.asarray(categories, float)
    if len(known) < 2 or not np.isin(rows[np.isfinite(rows)], known).all():
        raise ValueError("there must be two categories at least, and each rating must be one of them")
    every = ratings[np.isfinite(ratings).any(1)]
    counts = (every[:, :, None] == known).sum(1).astype(float)
    given = counts.sum(1)
    w = agreement_weights(len(known), weights)
    share = counts / given[:, None]
    usual = share.mean(0)
    spread = w.sum() / (len(known) * (len(known) - 1))
    chance = spread * float((usual * (1 - usual)).sum())
    twice = given >= 2
    seen = np.zeros(len(every))
    nearby = counts @ w
    seen[twice] = ((counts * (nearby - 1)).sum(1) / np.where(twice, given * (given - 1), 1))[twice]
    met = float(seen[twice].mean())
    value = (met - chance) / (1 - chance)
    if met == 1:
        return Agreed(value=1.0, why="perfect", items=len(rows), raters=raters)
    n = len(every)
    own = np.where(twice, (n / twice.sum()) * (seen - chance) / (1 - chance), 0.0)
    expected = spread * (share * (1 - usual)).sum(1)
    own = own - 2 * (1 - value) * (expected - chance) / (1 - chance)
    error = float(np.sqrt(((own - value) ** 2).sum() / (n * (n - 1))))
    if error < 1e-9:  # rounding: all items are alike, which does not make it sure
        return Agreed(value=value, why="no_scatter", items=len(rows), raters=raters)
    reach = float(stdtrit(n - 1, 0.5 + probability / 2)) * error
    kind = "t, Gwet 2014"
    low, high = float(max(value - reach, -1.0)), float(min(value + reach, 1.0))
    return Agreed(value=value, low=low, high=high, kind=kind, items=len(rows), raters=raters)
