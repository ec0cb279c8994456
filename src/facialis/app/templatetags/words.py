"""Sentences and days in templates, in the language spoken."""

from __future__ import annotations

from datetime import date

from django import template

from facialis.core.calendar import spoken_day
from facialis.core.knowledge import wording

__all__ = ["day", "register", "say"]

register = template.Library()


@register.simple_tag
def say(key: str, **values: object) -> str:
    """The sentence ``key``, its places filled; what is put in is escaped like everything in a template."""
    return wording(key, **values)


@register.filter
def day(value: date) -> str:
    """A day as people write it."""
    return spoken_day(value)
