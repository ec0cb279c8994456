"""Sentences and days in templates, in the language spoken."""

from __future__ import annotations

from datetime import date, datetime

from django import template

from facialis.core.calendar import spoken_day
from facialis.core.knowledge import wording
from facialis.report.session.verdict import duration_words

__all__ = ["day", "moment", "register", "say", "span_s", "written_day"]

register = template.Library()


@register.simple_tag
def say(key: str, **values: object) -> str:
    """The sentence ``key``, its places filled; what is put in is escaped like everything in a template."""
    return wording(key, **values)


@register.filter
def day(value: date) -> str:
    """A day as people write it."""
    return spoken_day(value)


@register.filter
def written_day(text: str) -> str:
    """A day of a table as people write it; what is no whole day, such as a month, as it was written."""
    try:
        return spoken_day(date.fromisoformat(text))
    except ValueError:
        return text


@register.filter
def moment(value: datetime) -> str:
    """A moment where the casebook is: the time alone if it was today, else the day with it."""
    here = value.astimezone()
    time = f"{here:%H:%M}"
    if here.date() == datetime.now().astimezone().date():
        return wording("app_at_time", time=time)
    return wording("app_on_day_at", day=spoken_day(here.date()), time=time)


@register.filter
def span_s(value: float) -> str:
    """A length of time in words; below a second it is one."""
    return duration_words(max(1.0, value))
