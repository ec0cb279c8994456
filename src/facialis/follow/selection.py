"""Whether somebody films on better or on worse days than others: then recordings do not show how it usually is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from facialis.core.person.casefile import Casefile, SessionRow
from facialis.follow.told import spasm_columns

__all__ = ["filmed_by_mood"]

Array = NDArray[np.float64]

_NEAR_DAYS = 10  # chosen: near enough that a slow course does not matter; 7 - 21
_NEAR = 3  # chosen: entries of such days, so that one odd day does not decide; 2 - 5
_LEAST = 6  # days with a film; of five no rank test is sure at one in a hundred
_CHANCE = 0.02  # chosen: one honest person in fifty is told to film on a fixed day; 0.01 - 0.05


def filmed_by_mood(casefile: Casefile, rows: Sequence[SessionRow]) -> bool:
    """Whether the diary's spasm on days with a film of ``rows`` differs from that of the days around without one.

    Each day is held against the median of those within ten days, so that a course that rises or falls does not look
    like a choice (Wilcoxon signed-rank test). False without a diary: it is then unknown, not no.
    """
    filmed = {row.day for row in rows}
    for name in spasm_columns(casefile):
        values = casefile.diary.column(name)
        number = np.array([day.toordinal() for day in casefile.diary.days], float)
        film = np.array([day in filmed for day in casefile.diary.days], bool)
        apart = _apart(values, number, film)
        if len(apart) >= _LEAST and _chance(apart) < _CHANCE:
            return True
    return False


def _chance(apart: Array) -> float:
    """How often days that were not chosen lie as far apart (Wilcoxon signed-rank); 1 where all are alike."""
    if not np.any(apart != 0.0):
        return 1.0
    return float(stats.wilcoxon(apart, zero_method="zsplit", method="asymptotic").pvalue)


def _apart(values: Array, number: Array, film: NDArray[np.bool_]) -> Array:
    """Of each day with a film, the diary's value less the median of the days around without one."""
    known = np.isfinite(values)
    found = []
    for place in np.flatnonzero(film & known):
        near = known & ~film & (np.abs(number - number[place]) <= _NEAR_DAYS)
        if near.sum() >= _NEAR:
            found.append(float(values[place] - np.median(values[near])))
    return np.array(found)
