"""Days as people write them: to the day, the month or the year; what can mean two days is refused, never guessed."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import UTC, date, datetime

from facialis.core.knowledge import load
from facialis.core.messages import clause

__all__ = ["FIRST_YEAR", "DayOrder", "day_of", "order_of", "span_of"]

FIRST_YEAR = 1900  # chosen: nothing that is asked for is older; 1850 - 1930
_AHEAD = 10  # chosen: years that one of two figures may lie ahead, and is then said to lie in the future; 5 - 30

DayOrder = str
"""``dm`` where the day stands before the month, ``md`` after it, empty where that is not known."""

_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ](.*))?")
_UTC = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)? ?(?:Z|UTC|GMT|[+-]00:?00)", re.IGNORECASE)
_DOTTED = re.compile(r"(\d{1,2})\. ?(\d{1,2})\. ?(\d{4}|\d{2})(?: .*)?")
_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})(?: .*)?")
_NAMED = (
    re.compile(r"(?P<day>\d{1,2})\.? (?P<month>[^\W\d_]+)\.?,? (?P<year>\d{4})"),
    re.compile(r"(?P<month>[^\W\d_]+)\.? (?P<day>\d{1,2})(?:st|nd|rd|th)?,? (?P<year>\d{4})"),
)
_MONTH = (
    re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})"),
    re.compile(r"(?P<month>\d{1,2})[-/.](?P<year>\d{4})"),
    re.compile(r"(?P<month>[^\W\d_]+)\.?,? (?P<year>\d{4})"),
    re.compile(r"(?P<year>\d{4}) (?P<month>[^\W\d_]+)\.?"),
)


def order_of(texts: Iterable[str]) -> DayOrder:
    """In which order a column writes day and month, by those of its cells that can mean only one day.

    Empty where none does, and where they contradict each other.
    """
    orders = set()
    for text in texts:
        found = _SLASHED.fullmatch(text.strip())
        if found and (int(found[1]) > 12) != (int(found[3]) > 12):
            orders.add("dm" if int(found[1]) > 12 else "md")
    return orders.pop() if len(orders) == 1 else ""


def day_of(text: str, order: DayOrder = "", today: date | None = None) -> date:
    """A calendar day, such as ``2026-05-31`` (a time may follow), ``31.5.2026``, ``31/05/26`` or ``31 May 2026``.

    A moment in UTC (``2026-06-01T05:30:00Z``) is the day that it was in this computer's zone.

    Parameters
    ----------
    text
        As it was written.
    order
        What `order_of` says of the column it stands in.
    today
        By which a year of two figures is understood; None: today by the local clock.

    Raises
    ------
    ValueError
        It is no day of the calendar, only a month or a year, or it can mean two days; the sentence says which.

    Examples
    --------
    >>> day_of("15/09/2026")
    datetime.date(2026, 9, 15)
    """
    text = " ".join(text.split())
    if not text:
        raise ValueError(clause("no_date"))
    parts = _parts(text, order)
    if parts is None:
        if _month_or_year(text) is not None:
            raise ValueError(clause("day_itself", text=repr(text)))
        raise ValueError(clause("date_form", text=repr(text)))
    year, month, day = parts
    try:
        found = date(_whole_year(year, today), month, day)
    except ValueError:
        raise ValueError(clause("no_calendar_day", text=repr(text))) from None
    return _late_enough(found, text)


def span_of(text: str, order: DayOrder = "", today: date | None = None) -> tuple[date, date]:
    """The first and the last day that a date can mean: one and the same, or those of a month or a year.

    Takes what `day_of` takes, and ``2026-05``, ``5/2026``, ``May 2026`` and ``2026``; ValueError as there.

    Examples
    --------
    >>> span_of("2026-02")
    (datetime.date(2026, 2, 1), datetime.date(2026, 2, 28))
    """
    text = " ".join(text.split())
    rough = _month_or_year(text) if text and _parts(text, "dm") is None else None
    if rough is None:
        day = day_of(text, order, today)
        return day, day
    year, month = rough
    try:
        first = date(year, 1 if month is None else month, 1)
        last_month = 12 if month is None else month
        last = date(year, last_month, monthrange(year, last_month)[1])
    except ValueError:
        raise ValueError(clause("no_calendar_month", text=repr(text))) from None
    return _late_enough(first, text), last


def _parts(text: str, order: DayOrder) -> tuple[str, int, int] | None:
    """Year as written, month and day; None where the text is none of the forms of a day."""
    if found := _ISO.fullmatch(text):
        return _own_day(found[1], int(found[3]), int(found[4]), found[5] or "")
    if found := _DOTTED.fullmatch(text):
        return found[3], int(found[2]), int(found[1])
    if found := _SLASHED.fullmatch(text):
        first, second = int(found[1]), int(found[3])
        if first > 12 or second > 12 or first == second:
            order = "dm" if first > 12 else "md"
        if not order:
            raise ValueError(clause("two_days", text=repr(text)))
        return (found[4], second, first) if order == "dm" else (found[4], first, second)
    for pattern in _NAMED:
        found = pattern.fullmatch(text)
        month = _month(found["month"]) if found else None
        if found and month:
            return found["year"], month, int(found["day"])
    return None


def _own_day(year: str, month: int, day: int, time: str) -> tuple[str, int, int]:
    """The person's own day of a moment: one in UTC is moved to this computer's zone, any other is as it was written.

    Midnight in UTC is no moment: programs write a day so that has no time.
    """
    found = _UTC.fullmatch(time.strip())
    hour, minute, second = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    if not (hour or minute or second):
        return year, month, day
    try:
        moment = datetime(int(year), month, day, hour, minute, second, tzinfo=UTC).astimezone()
    except (ValueError, OverflowError):
        return year, month, day  # no day of the calendar, which is said by whoever makes one of it
    return f"{moment.year:04d}", moment.month, moment.day


def _month_or_year(text: str) -> tuple[int, int | None] | None:
    if re.fullmatch(r"\d{4}", text):
        return int(text), None
    for pattern in _MONTH:
        found = pattern.fullmatch(text)
        month = _month(found["month"]) if found else None
        if found and month is not None:
            return int(found["year"]), month
    return None


def _month(word: str) -> int | None:
    """The number of a month, written as a number or by its name."""
    if word.isdigit():
        return int(word)
    names = load("months.yaml")["names"]
    return next((n for n, known in enumerate(names, 1) if word.lower() in known), None)


def _whole_year(year: str, today: date | None) -> int:
    if len(year) == 4:
        return int(year)
    now = (today or date.today()).year  # noqa: DTZ011 - a person's own calendar day
    found = now - now % 100 + int(year)
    return found - 100 if found > now + _AHEAD else found


def _late_enough(day: date, text: str) -> date:
    if day.year < FIRST_YEAR:
        raise ValueError(clause("too_early", text=repr(text), year=FIRST_YEAR))
    return day
