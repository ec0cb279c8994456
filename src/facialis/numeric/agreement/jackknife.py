"""Intervals from leaving out one item at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from facialis.numeric.agreement.agreed import PROBABILITY

__all__ = ["KIND", "jackknife_interval"]

Array = NDArray[np.float64]

KIND = "jackknife over items, t, on the scale of log(1 - value)"


def jackknife_interval(value: float, without: Array, *, probability: float = PROBABILITY) -> tuple[float, float] | None:
    """Interval of a coefficient whose largest value is 1, from its values with one item left out each.

    Parameters
    ----------
    value
        The coefficient of all items.
    without
        ``(items,)``: the coefficient without each item in turn; NaN where it cannot be worked out without that item.
    probability
        That the interval is made for.

    Returns
    -------
    tuple of float or None
        None where it cannot be told: fewer than three items, a coefficient of 1, one that hangs on a single item, or
        one that no item changes.

    Notes
    -----
    On the scale of ``log(1 - value)``, where such coefficients scatter evenly (Fisher's transformation of an intraclass
    correlation is of this form), so no end lies above 1. For Krippendorff's alpha the jackknife covers what the usual
    bootstrap does not (Hughes 2022, arXiv:2210.13265). It takes items for drawn from many, raters for given.
    """
    items = len(without)
    if items < 3 or not value < 1 or not np.all(np.isfinite(without)) or not np.all(without < 1):
        return None
    whole = np.log1p(-value)
    pseudo = items * whole - (items - 1) * np.log1p(-without)
    error = float(np.sqrt(pseudo.var(ddof=1) / items))
    if error < 1e-9:  # rounding: no item changes it, which does not make it sure
        return None
    reach = float(stdtrit(items - 1, 0.5 + probability / 2)) * error
    return float(-np.expm1(whole + reach)), float(-np.expm1(whole - reach))
