"""Writing the trail: each deed writes its line in the same transaction as its change; each line holds all before it.

The chain shows that a line was changed, taken out or put in between. It cannot show that the last lines were cut off,
or that somebody who can write the database made the whole chain anew: for that a copy elsewhere (a backup) is needed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.people.models import Person

__all__ = ["BY", "check", "note", "note_all", "seal"]

BY = " key:"
"""Before the name of the key by which a program looked, behind what it looked at."""

_TABLE = "casebook_entry"
# As it lies in the database, before anything reads a meaning into it: so each byte counts.
_COLUMNS = ("id", "made_at", "owner_id", "deed", "thing", "person", "data_of")
_RAW = ", ".join(f"coalesce(hex(cast({name} as blob)), '-')" for name in _COLUMNS)


def note(account: Account, deed: str, thing: object = "", *, person: Person | None = None) -> None:
    """Write that an account did something.

    Parameters
    ----------
    account
        Who.
    deed
        A short fixed word, such as ``recording_added``.
    thing
        Which one: a number, no content.
    person
        Whom it is about. Needed where it may be somebody else's: their owner finds the line then.
    """
    about = {} if person is None else {"person": person.pk, "data_of": person.owner_id}
    with transaction.atomic():
        entry = Entry.objects.create(owner=account, deed=deed, thing=str(thing)[:200], **about)
        with connection.cursor() as cursor:
            seal(cursor, entry.pk)


def note_all(account: Account, deed: str, people: Iterable[Person]) -> None:
    """Write the same of several people, each in a line of its own, in as many steps as for one."""
    rows = [Entry(owner=account, deed=deed, person=one.pk, data_of=one.owner_id) for one in people]
    if not rows:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        first = Entry.objects.bulk_create(rows)[0].pk
        cursor.execute(f"select digest from {_TABLE} where id < %s order by id desc limit 1", [first])
        before = cursor.fetchone()
        digest, made = before[0] if before else "", []
        cursor.execute(f"select id, {_RAW} from {_TABLE} where id >= %s order by id", [first])
        for number, *raw in cursor.fetchall():
            digest = _digest(digest, raw)
            made.append((digest, number))
        cursor.executemany(f"update {_TABLE} set digest = %s where id = %s", made)


def seal(cursor: Any, number: int) -> None:
    """Bind the line of this number to the one before it."""
    cursor.execute(f"select digest from {_TABLE} where id < %s order by id desc limit 1", [number])
    before = cursor.fetchone()
    cursor.execute(f"select {_RAW} from {_TABLE} where id = %s", [number])
    digest = _digest(before[0] if before else "", cursor.fetchone())
    cursor.execute(f"update {_TABLE} set digest = %s where id = %s", [digest, number])


def check() -> list[int]:
    """Numbers of the lines that were changed, or before which one was changed, taken out or put in; empty: none."""
    broken, before = [], ""
    with connection.cursor() as cursor:
        cursor.execute(f"select id, cast(digest as blob), {_RAW} from {_TABLE} order by id")
        for number, kept, *raw in cursor.fetchall():
            found = bytes(kept or b"").decode("latin-1")
            if found != _digest(before, raw):
                broken.append(number)
            before = found
    return broken


def _digest(before: str, raw: Any) -> str:
    return hashlib.sha256("|".join((before, *raw)).encode()).hexdigest()
