"""When to film next: on a fixed day, whatever kind of day it is, since days that are chosen do not show how it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta

from facialis.core.knowledge import load
from facialis.core.person.casefile import Person
from facialis.core.person.course import Schedule

__all__ = ["chosen_weekday", "first_answer", "next_film", "weekday_of"]

_WEEK = timedelta(days=7)


def chosen_weekday(person: Person) -> int | None:
    """The day of the week (Monday: 0) on which the person wants to film; None if they named none."""
    name = person.text("film_weekday")
    return None if name is None else load("history.yaml")["film_weekday"]["choices"].index(name)


def weekday_of(days: Sequence[date], today: date) -> int:
    """The day of the week (Monday: 0) on which most of ``days`` fall, else today's."""
    counts = Counter(day.weekday() for day in days)
    most = max(counts.values(), default=0)
    return next((day.weekday() for day in reversed(days) if counts[day.weekday()] == most), today.weekday())


def next_film(
    days: Sequence[date],
    today: date,
    schedule: Schedule,
    *,
    not_before: date | None = None,
    weekday: int | None = None,
) -> date:
    """The next day to film, always the same day of the week and after ``today``.

    Parameters
    ----------
    days
        Days with a recording, in order.
    today
        The day that is asked for.
    schedule
        How often; ``monthly`` counts four weeks from the last recording.
    not_before
        From when a recording counts again (toxin at work); None: from now on.
    weekday
        The day of the week (Monday: 0) that was chosen; None: that on which most of ``days`` fall.
    """
    first = max(today + timedelta(days=1), not_before or date.min)
    if schedule == "monthly" and days:
        first = max(first, days[-1] + timedelta(days=load("course.yaml")["next"]["month_days"]))
    fixed = weekday_of(days, today) if weekday is None else weekday
    return first + timedelta(days=(fixed - first.weekday()) % 7)


def first_answer(days: Sequence[date], more: int, film: date) -> date | None:
    """The earliest day of a first answer, if ``more`` recordings are made once a week from ``film`` on; None for none.

    ``days`` are those with a recording that count for it. The first and the last of them must
    also lie far enough apart.
    """
    if not more:
        return None
    enough = film + (more - 1) * _WEEK
    far = (days[0] if days else film) + timedelta(days=load("course.yaml")["odds"]["least_days"])
    while enough < far:
        enough += _WEEK
    return enough
