"""A fall from one week to the next: what a treatment looks like that nobody wrote down."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from facialis.core.knowledge import load
from facialis.core.person.casefile import SessionRow

__all__ = ["sudden_fall"]

_AT_ONCE = 3.0  # chosen: how much of it must lie between the sessions next to it, or it fell bit by bit; 2 - 4


def sudden_fall(rows: Sequence[SessionRow]) -> date | None:
    """The day around which the rate fell to a sixth or less within days, and stayed there; None without such a fall.

    Parameters
    ----------
    rows
        Sessions of the natural course, in order of their day.

    Notes
    -----
    Only a fall between two sessions that lie close together counts, with a few sessions on both sides, all of whose
    rates lie nearer to their own side's. It is a reason to ask what was done then, and no proof that anything was: the
    spasm also stops by itself.
    """
    rule = load("course.yaml")["sudden"]
    days = sorted({row.day for row in rows})
    around = timedelta(days=rule["around_days"])
    best: tuple[float, date] | None = None
    for last, first in pairwise(days):
        if (first - last).days > rule["gap_days"]:
            continue
        cut = bisect_right(rows, last, key=_day)
        before = rows[bisect_left(rows, last - around, key=_day) : cut]
        after = rows[cut : bisect_right(rows, first + around, key=_day)]
        if _rate(after) * rule["times"] > _rate(before):
            continue
        ratio = _ratio(before, after, rule["least_sessions"], rule["least_twitches"])
        if ratio is not None and (best is None or ratio < best[0]):
            best = ratio, last + (first - last) / 2
    return None if best is None else best[1]


def _day(row: SessionRow) -> date:
    return row.day


def _ratio(before: Sequence[SessionRow], after: Sequence[SessionRow], sessions: int, twitches: float) -> float | None:
    """The rate after against that before; None where too little was seen, or where it had fallen bit by bit."""
    if min(len({row.day for row in part}) for part in (before, after)) < sessions:
        return None
    high, low = _rate(before), _rate(after)
    minutes = sum(row.usable_min for row in after)
    if high <= 0 or high * minutes < twitches:
        return None
    # The geometric middle of both rates: a slow fall has sessions on the wrong side of it.
    middle = high * max(low / high, 1 / 36) ** 0.5
    steady = min(row.rate_per_min for row in before) > middle > max(row.rate_per_min for row in after)
    at_once = _rate(after[:2]) * _AT_ONCE <= _rate(before[-2:])
    return low / high if steady and at_once else None


def _rate(rows: Sequence[SessionRow]) -> float:
    return sum(row.twitches for row in rows) / sum(row.usable_min for row in rows)
