"""Differences between two measurements of the same: their mean, and the limits between which nearly all lie."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import nctdtrit, stdtrit

from facialis.numeric.agreement.agreed import PROBABILITY, Agreed, nothing

__all__ = ["Differences", "bland_altman"]

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Differences:
    """Differences of pairs: ``bias`` their mean, ``low`` and ``high`` the limits of agreement, ``spread`` their SD."""

    bias: Agreed
    low: Agreed
    high: Agreed
    spread: float | None


def bland_altman(one: Array, other: Array, *, reach: float = 1.96, probability: float = PROBABILITY) -> Differences:
    """One less the other: mean difference and limits of agreement, each with its interval.

    Parameters
    ----------
    one, other
        ``(items,)`` in the same unit; NaN is missing, and such pairs are left out.
    reach
        How many standard deviations the limits lie from the mean: 1.96 holds 95 % of normal differences.
    probability
        That the intervals are made for.

    Returns
    -------
    Differences
        In the unit of the measurements; ``few_items`` below three pairs.

    Notes
    -----
    For pairs that know nothing of each other (one of each person), and differences of about the same size throughout.
    The intervals of the limits are exact for normal differences (Carkeet 2015, Optometry and Vision Science 92:e71,
    doi:10.1097/OPX.0000000000000513); those of the 1986 paper are approximations for many pairs.

    References
    ----------
    Bland and Altman 1986, Lancet 327:307, doi:10.1016/S0140-6736(86)90837-8.

    Examples
    --------
    >>> import numpy as np
    >>> bland_altman(np.array([5.0, 6, 9]), np.array([4.0, 6, 7])).bias.value
    1.0
    """
    gap = np.asarray(one, float) - np.asarray(other, float)
    gap = gap[np.isfinite(gap)]
    n = len(gap)
    if n < 3:
        none = nothing("few_items" if n else "nothing_rated", items=n, raters=2)
        return Differences(bias=none, low=none, high=none, spread=None)
    bias, spread = float(gap.mean()), float(gap.std(ddof=1))
    if spread <= 1e-12 * max(abs(bias), 1.0):  # rounding, not a judgement
        same = Agreed(value=bias, why="perfect", items=n, raters=2)
        return Differences(bias=same, low=same, high=same, spread=0.0)
    root, tail = float(np.sqrt(n)), (1 - probability) / 2
    half = float(stdtrit(n - 1, 1 - tail)) * spread / root
    inner = float(nctdtrit(n - 1, reach * root, tail)) * spread / root
    outer = float(nctdtrit(n - 1, reach * root, 1 - tail)) * spread / root
    kind = "exact for normal differences, Carkeet 2015"

    def limit(sign: int) -> Agreed:
        ends = sorted((bias + sign * inner, bias + sign * outer))
        return Agreed(value=bias + sign * reach * spread, low=ends[0], high=ends[1], kind=kind, items=n, raters=2)

    middle = Agreed(value=bias, low=bias - half, high=bias + half, kind="t", items=n, raters=2)
    return Differences(bias=middle, low=limit(-1), high=limit(1), spread=spread)
