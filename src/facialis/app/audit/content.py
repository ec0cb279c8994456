"""The trail in plain words, for the person whose data it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Page, Paginator
from django.db.models import Q

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.audit.reading import READ
from facialis.app.audit.trail import BY
from facialis.app.people.models import Person
from facialis.core.knowledge import sentences, wording

__all__ = ["Line", "lines_of", "others_lines"]

_A_PAGE = 40  # chosen: two screens of a phone; 20 - 100


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line: when, who, what, and about whom. ``other``: it was somebody else than the one who asks."""

    when: datetime
    who: str
    what: str
    whom: str
    other: bool


def lines_of(account: Account, number: str) -> tuple[list[Line], Page[Entry]]:
    """A page of what the account did and what was done with its people's data, the latest first."""
    found = Entry.objects.filter(Q(data_of=account.pk) | Q(owner=account)).select_related("owner").order_by("-pk")
    page = Paginator(found, _A_PAGE).get_page(number)
    names = dict(Person.objects.filter(owner=account).values_list("pk", "name"))
    return [_line(entry, account, names) for entry in page], page


def others_lines(person: Person, most: int) -> list[Line]:
    """The latest of what others than the owner did and looked at."""
    owner = person.owner
    assert isinstance(owner, Account)
    found = Entry.objects.filter(data_of=owner.pk, person=person.pk).exclude(owner=owner).select_related("owner")
    return [_line(entry, owner, {person.pk: person.name}) for entry in found.order_by("-pk")[:most]]


def _line(entry: Entry, account: Account, names: dict[int, str]) -> Line:
    who = wording("app_seen_gone") if entry.owner.closed_at is not None else entry.owner.name
    gone = "" if entry.person is None else wording("app_seen_person_gone")
    return Line(
        when=entry.made_at,
        who=who,
        what=_what(entry),
        whom=names.get(entry.person or 0, gone),
        other=entry.owner_id != account.pk,
    )


def _what(entry: Entry) -> str:
    deed, key = entry.deed, f"app_deed_{entry.deed}"
    said = wording(
        key if key in sentences() else f"app_deed_{READ}other" if deed.startswith(READ) else "app_deed_other"
    )
    _, _, by = entry.thing.partition(BY)
    return wording("app_seen_by_token", what=said, name=by) if by else said
