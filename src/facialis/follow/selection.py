"""Whether somebody films, or keeps the diary, on better or worse days than others: then they do not show how it is."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from facialis.core.person.casefile import Casefile, SessionRow
from facialis.follow.told import spasm_columns

__all__ = ["filmed_by_mood", "noted_by_mood"]

Array = NDArray[np.float64]

_NEAR_DAYS = 10  # chosen: near enough that a slow course does not matter; 7 - 21
_NEAR = 3  # chosen: entries of such days, so that one odd day does not decide; 2 - 5
_LEAST = 6  # days with a film; of five no rank test is sure at one in a hundred
_NOTED = 0.6  # chosen: share of days with an entry below which days may have been picked; 0.5 - 0.75
_KEPT_PLAN = 0.8  # chosen: share of entries on fixed weekdays or at even distances that makes them a plan; 0.7 - 0.9
_PAUSE_DAYS = 28  # chosen: a longer time without any entry is a pause of the diary, not a row of good days; 21 - 60
_FILM_NEAR_DAYS = 30  # chosen: films are rarer than entries; 20 - 60
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


def noted_by_mood(casefile: Casefile) -> bool:
    """Whether the days of the diary may have been picked by how bad they were.

    So it is where entries, or those of the spasm, are on less than 60 % of the days and follow no plan (fixed weekdays,
    even distances; pauses of more than four weeks do not count), or where recordings of days with an entry show more
    twitching than those of days around without one. On such days things seem to go along that do not: who writes only
    when it twitches or sleep was bad has few entries with neither (Berkson 1946, doi:10.2307/3002000).
    """
    days = np.array([day.toordinal() for day in casefile.diary.days], int)
    values = casefile.diary.values
    if not values.size:
        return False
    entries = [np.isfinite(values).any(axis=1)]
    entries += [np.isfinite(casefile.diary.column(name)) for name in spasm_columns(casefile)]
    return any(_picked(np.unique(days[row])) for row in entries) or _worse_when_noted(casefile, set(days[entries[0]]))


def _picked(noted: NDArray[np.int_]) -> bool:
    """Whether so few of the days are ``noted`` (ordinals, rising), without a plan, that they may have been picked."""
    if len(noted) < _LEAST:
        return False
    gaps = np.diff(noted)
    span = int(gaps[gaps <= _PAUSE_DAYS].sum()) + 1
    if len(noted) >= _NOTED * span or (gaps == np.median(gaps)).mean() >= _KEPT_PLAN:
        return False
    weekday = np.bincount(noted % 7, minlength=7) / max(span / 7, 1.0)
    return bool((weekday[noted % 7] >= _NOTED).mean() < _KEPT_PLAN)


def _worse_when_noted(casefile: Casefile, noted: set[int]) -> bool:
    """Whether recordings of days ``noted`` show more than those of the days around that are not."""
    rows = [row for row in casefile.sessions if row.usable_min > 0]
    number = np.array([row.day.toordinal() for row in rows], float)
    rate = np.log([(row.twitches + 0.5) / row.usable_min for row in rows]) if rows else np.zeros(0)
    within = np.array([row.day.toordinal() in noted for row in rows], bool)
    apart = []
    for place in np.flatnonzero(within):
        near = ~within & (np.abs(number - number[place]) <= _FILM_NEAR_DAYS)
        if near.sum() >= _NEAR:
            apart.append(float(rate[place] - np.median(rate[near])))
    return len(apart) >= _LEAST and float(np.median(apart)) > 0 and _chance(np.array(apart)) < _CHANCE


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
