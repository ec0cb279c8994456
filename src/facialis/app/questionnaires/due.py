"""When a questionnaire is due again: by its own interval, and only where somebody has filled it in before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.people.deeds import own
from facialis.app.people.models import Person
from facialis.app.people.sheets import cells_of, sheet_for
from facialis.app.questionnaires.deeds import is_about
from facialis.app.questionnaires.instruments import instruments
from facialis.core.calendar import spoken_day
from facialis.files.columns import QUESTIONNAIRES

__all__ = ["Due", "dates_of", "due_of", "not_now"]

_LATER = timedelta(days=7)  # chosen: as often as a film is made; 3 - 14 days


@dataclass(frozen=True, kw_only=True)
class Due:
    """A questionnaire that was filled in: when last, and from when on again (empty: it has no interval)."""

    key: str
    name: str
    last: str
    again: str
    due: bool


def dates_of(person: Person, today: date) -> tuple[Due, ...]:
    """Each questionnaire that was filled in, in the order of the file."""
    last: dict[str, date] = {}
    for _, cells in cells_of(sheet_for(person, QUESTIONNAIRES)):
        day, key = is_about(cells)
        if day is not None and day <= today:
            last[key] = max(day, last.get(key, day))
    found = []
    for item in instruments():
        if item.key in last:
            again = None if not item.every_days else last[item.key] + timedelta(days=item.every_days)
            found.append(
                Due(
                    key=item.key,
                    name=item.name,
                    last=spoken_day(last[item.key]),
                    again="" if again is None else spoken_day(again),
                    due=again is not None and again <= today,
                )
            )
    return tuple(found)


def due_of(person: Person, today: date) -> tuple[Due, ...]:
    """Those that are due today; none for a while after somebody has said "not now"."""
    if person.not_before is not None and today < person.not_before:
        return ()
    return tuple(item for item in dates_of(person, today) if item.due)


def not_now(account: Account, person: Person, today: date) -> None:
    """Say nothing of questionnaires for a week."""
    own(account, person)
    with transaction.atomic():
        Person.objects.filter(pk=person.pk).update(not_before=today + _LATER)
        note(account, "questionnaires_later", person.pk, person=person)
