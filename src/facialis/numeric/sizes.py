"""What share of twitches a recording could see, when their sizes and its limit are known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = ["seen_share", "size_nodes"]

Array = NDArray[np.float64]

SPREAD = 0.6  # chosen: sizes of one person vary about twofold either way; 0.4 - 0.8
_SOFT = 0.35  # from half found to nine in ten is a factor of about 1.6 (docs/reference/validation.md, contractions)
_TENTH = 1.2816  # normal quantile of nine in ten
_USUAL = (np.log(0.03), 0.7)  # chosen: visible twitches move skin by 1 - 6 % of the distance between the eyes
_NODES = (-np.sqrt(3.0), 0.0, np.sqrt(3.0))  # Gauss-Hermite quadrature of three points
_WEIGHTS = (1 / 6, 2 / 3, 1 / 6)


def seen_share(log_median: float, limit_iod: Array) -> Array:
    """Share of log-normal sizes with this median that is found at each limit (nine times in ten found); NaN stays."""
    half_found = np.log(limit_iod) - _TENTH * _SOFT
    return np.asarray(stats.norm.cdf((log_median - half_found) / np.hypot(SPREAD, _SOFT)))


def size_nodes(median_iod: Array, number: Array, limit_iod: Array) -> tuple[Array, Array]:
    """Log medians of a person's sizes that may be, and their probabilities (three nodes).

    The medians that were seen are those of what exceeded each limit; sessions count with their number of twitches.
    NaN where a session tells nothing.
    """
    good = np.isfinite(median_iod) & (median_iod > 0) & (number > 0)
    grid = np.linspace(_USUAL[0] - 3.5, _USUAL[0] + 2.5, 241)
    score = -0.5 * ((grid - _USUAL[0]) / _USUAL[1]) ** 2
    floor = np.where(
        np.isfinite(limit_iod), np.log(np.where(np.isfinite(limit_iod), limit_iod, 1.0)) - _TENTH * _SOFT, -20.0
    )
    for median, count, cut in zip(median_iod[good], number[good], floor[good], strict=True):
        below = stats.norm.cdf((cut - grid) / SPREAD)
        middle = grid + SPREAD * stats.norm.ppf(np.clip(below + (1 - below) / 2, 1e-9, 1 - 1e-9))
        # Days differ in size, and so do cameras: no single median is worth more than a few twitches.
        sd = np.hypot(1.25 * SPREAD / np.sqrt(count), 0.25)
        score = score - 0.5 * ((np.log(median) - middle) / sd) ** 2
    density = np.exp(score - score.max())
    density /= density.sum()
    mean = float(density @ grid)
    sd = float(np.sqrt(density @ (grid - mean) ** 2))
    return mean + sd * np.array(_NODES), np.array(_WEIGHTS)
