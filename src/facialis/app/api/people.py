"""Whom somebody may see, as programs are told, and the line in the trail for each of them that is somebody else's."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.api.models import token_of
from facialis.app.api.shapes import PeopleShape, PersonShape
from facialis.app.audit.models import Entry
from facialis.app.audit.reading import READ, note_look
from facialis.app.people.models import Person
from facialis.app.sharing.models import ENTRIES, SCOPE_KEYS, Share

__all__ = ["people_of", "person_shape"]

_LISTED = "api_people"


def person_shape(account: Account, person: Person) -> PersonShape:
    """One person."""
    return _shape(account, person, _shares(account, [person]))


def people_of(request: HttpRequest, limit: int, offset: int) -> PeopleShape:
    """Those whom the one who asks may see, by name. That others' names were read is written down, once an hour."""
    account = request.user
    assert isinstance(account, Account)
    found = Person.objects.visible_to(account).order_by("name", "pk")
    page = list(found[offset : offset + limit])
    shares = _shares(account, page)
    _note(request, account, [person for person in page if person.owner_id != account.pk])
    return PeopleShape(count=found.count(), people=[_shape(account, person, shares) for person in page])


def _shares(account: Account, people: list[Person]) -> dict[int, Share]:
    found = Share.objects.now(account).filter(person__in=[person.pk for person in people]).order_by("pk")
    return {share.person_id: share for share in found}


def _shape(account: Account, person: Person, shares: dict[int, Share]) -> PersonShape:
    own = person.owner_id == account.pk and person.received_at is None
    share = None if own else shares.get(person.pk)
    until: datetime | None = None if share is None else share.ends_at
    seen = SCOPE_KEYS if own else () if share is None else share.scopes
    may_see = [key for key in seen if key != ENTRIES]  # which shows nothing
    return PersonShape(id=person.pk, name=person.name, own=own, may_see=may_see, shared_until=until)


def _note(request: HttpRequest, account: Account, others: list[Person]) -> None:
    token = token_of(request)
    by = "" if token is None else token.name
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    looked = Entry.objects.filter(owner=account, deed=f"{READ}{_LISTED}", made_at__gte=hour)
    known = set(looked.filter(person__in=[person.pk for person in others]).values_list("person", "thing"))
    with transaction.atomic():
        for person in others:
            if not any(number == person.pk and thing.endswith(by) for number, thing in known):
                note_look(account, person, _LISTED, by=by)
