"""What is shown of sharing: whom, what, until when, when they looked last, and what they did."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from facialis.app.accounts.models import Account
from facialis.app.audit.content import Line, others_lines
from facialis.app.audit.models import Entry
from facialis.app.audit.reading import READ
from facialis.app.people.models import Person
from facialis.app.sharing.models import SCOPE_KEYS, Issued, Offer, Share
from facialis.core.calendar import spoken_day
from facialis.core.knowledge import wording

__all__ = [
    "Seer",
    "issued_by",
    "issued_of",
    "lasts_words",
    "offers_of",
    "scope_words",
    "seers_of",
    "trail_of",
]

_LAST_LINES = 20  # chosen: what happened of late; all stands one click away; 10 - 50


@dataclass(frozen=True, kw_only=True)
class Seer:
    """Somebody who sees a person's data: who, what, until when, and when they looked last (None: not yet)."""

    share: Share
    who: str
    what: str
    until: str
    looked_at: datetime | None


def scope_words(scopes: Iterable[str]) -> str:
    """What is shared, in words: "recordings, course"."""
    chosen = set(scopes)
    return ", ".join(wording(f"app_scope_{key}") for key in SCOPE_KEYS if key in chosen)


def lasts_words(ends_at: datetime | None) -> str:
    """Until when."""
    return (
        wording("app_share_until_stopped")
        if ends_at is None
        else wording("app_share_until", day=spoken_day(ends_at.astimezone().date()))
    )


def seers_of(person: Person) -> list[Seer]:
    """Who sees a person's data now."""
    shares = list(Share.objects.now().filter(person=person).select_related("clinician"))
    looks = Entry.objects.filter(person=person.pk, deed__startswith=READ, owner__in=[s.clinician_id for s in shares])
    looked = dict(looks.order_by().values_list("owner").annotate(Max("made_at")))
    return [
        Seer(
            share=share,
            who=_name(share.clinician),
            what=scope_words(share.scopes),
            until=lasts_words(share.ends_at),
            looked_at=looked.get(share.clinician_id),
        )
        for share in shares
    ]


def _name(account: object) -> str:
    assert isinstance(account, Account)
    return wording("app_seen_gone") if account.closed_at is not None else account.name


def offers_of(person: Person) -> list[tuple[Offer, str]]:
    """Invitations of a person that nobody has opened yet, with what they offer."""
    found = Offer.objects.filter(person=person, state=Offer.State.OPEN)
    return [(offer, scope_words(offer.scopes)) for offer in found if offer.is_open]


def trail_of(person: Person) -> list[Line]:
    """What others looked at and did of late."""
    return others_lines(person, _LAST_LINES)


def issued_by(account: Account) -> list[tuple[Issued, str, str]]:
    """What a clinician issued: each with its name and of which day it is a snapshot."""
    found = Issued.objects.owned_by(account).filter(sender="").defer("content")
    return [(item, wording(f"app_issued_{item.kind}"), _snapshot_words(item)) for item in found]


def _snapshot_words(item: Issued) -> str:
    """Of which day it is."""
    return wording("app_issued_as_of", day=spoken_day(item.made_at.astimezone().date()))


def issued_of(person: Person) -> list[tuple[Issued, str, str]]:
    """What was issued of a person, by whomever: each with its name and who issued it."""
    found = Issued.objects.filter(person=person.pk).select_related("owner").defer("content")
    return [(item, wording(f"app_issued_{item.kind}"), item.sender or _name(item.owner)) for item in found]
