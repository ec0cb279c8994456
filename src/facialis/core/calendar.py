"""Days: the length of a year, marks at round dates, and dates as people write them in the language spoken."""

from __future__ import annotations

from datetime import date

from facialis.core.knowledge import wording

__all__ = ["YEAR_DAYS", "day_marks", "month_name", "past_words", "span_words", "spoken_day"]

YEAR_DAYS = 365.25
"""Mean length of a year of the Julian calendar, in days; what changes slowly is told per year."""

_MONTH_DAYS = 30.44  # a twelfth of a year, rounded
_MOST_MARKS = 9  # chosen: more marks than this run into each other on a phone; 6 - 12
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)  # months between marks


def month_name(day: date) -> str:
    """The short name of a month."""
    return wording("months_short").split()[day.month - 1]


def spoken_day(day: date) -> str:
    """A day as people write it: ``31 May 2026``."""
    return wording("day_spoken", day=day.day, month=month_name(day), year=day.year)


def span_words(days: float) -> str:
    """A length of time in the unit that people would use: days to 3 weeks, weeks to 10, months to 2 years."""
    count, unit = _counted(days)
    return wording(f"span_{unit}_one" if count == 1 else f"span_{unit}", count=count)


def past_words(days: float) -> str:
    """The time up to now as a part of a sentence: ``over the past 4 months``; twelve months are a year."""
    count, unit = _counted(days)
    if (count, unit) == (12, "months"):
        count, unit = 1, "years"
    return wording(f"past_{unit}_one" if count == 1 else f"past_{unit}", count=count)


def _counted(days: float) -> tuple[int, str]:
    for limit, size, unit in ((21, 1.0, "days"), (70, 7.0, "weeks"), (730, _MONTH_DAYS, "months")):
        if days < limit:
            return round(days / size), unit
    return round(days / YEAR_DAYS), "years"


def day_marks(first: date, last: date) -> list[tuple[date, str]]:
    """First days of months between two days, few enough to be read, with their names; the year where it changes."""
    months = 12 * (last.year - first.year) + last.month - first.month + 1
    step = next((s for s in _STEPS if months / s <= _MOST_MARKS), _STEPS[-1])
    marks: list[tuple[date, str]] = []
    for count in range(months + 1):
        index = 12 * first.year + first.month - 1 + count
        if index % step and step > 1:
            continue
        day = date(index // 12, index % 12 + 1, 1)
        if first <= day <= last:
            new = not marks or marks[-1][0].year != day.year
            marks.append((day, f"{month_name(day)} {day.year}" if new else month_name(day)))
    return marks
