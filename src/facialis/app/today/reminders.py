"""The day to film as a calendar file (RFC 5545): a whole day that comes again each week."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta

from facialis.app.people.models import Person
from facialis.core.knowledge import load, wording
from facialis.core.version import __version__

__all__ = ["WEEKDAYS", "film_reminder"]

WEEKDAYS: tuple[str, ...] = tuple(load("history.yaml")["film_weekday"]["choices"])
"""Keys of the days of the week, Monday first."""

_MOST_OCTETS = 75  # RFC 5545, 3.1: longer lines are folded


def film_reminder(person: Person, first: date, *, named: bool) -> bytes:
    r"""A weekly reminder from ``first`` on, in the language spoken.

    Parameters
    ----------
    person
        Whom it is about; the same calendar entry is written over when it is taken in again.
    first
        The first day.
    named
        Whether the person's name may stand in it. Calendars are often shared, and sent to others' computers.
    """
    summary = wording("app_ics_named", name=person.name) if named else wording("app_ics_summary")
    about = uuid.uuid5(uuid.NAMESPACE_URL, f"facialis:{person.pk}:{person.made_at.isoformat()}")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//facialis//facialis {__version__}//EN",
        "BEGIN:VEVENT",
        f"UID:{about}@facialis.invalid",
        f"DTSTAMP:{datetime.now(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
        f"DTEND;VALUE=DATE:{first + timedelta(days=1):%Y%m%d}",
        f"RRULE:FREQ=WEEKLY;BYDAY={WEEKDAYS[first.weekday()][:2].upper()}",
        f"SUMMARY:{_escaped(summary)}",
        f"DESCRIPTION:{_escaped(wording('app_ics_what'))}",
        "TRANSP:TRANSPARENT",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(_folded(line) for line in lines).encode()


def _escaped(text: str) -> str:
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return "\\n".join(text.splitlines())


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, none of which parts a character."""
    pieces, piece = [], ""
    for char in line:
        if len((piece + char).encode()) > _MOST_OCTETS:
            pieces.append(piece)
            piece = " "
        piece += char
    return "\r\n".join([*pieces, piece]) + "\r\n"
