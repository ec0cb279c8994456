"""What can be done with what shall go: put it into the bin, bring it back, or let it go for good."""

from __future__ import annotations

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.bin.erasing import erase_remains, remove_folders
from facialis.app.bin.models import Binned
from facialis.app.bin.packing import packed, put_back, rows_with
from facialis.app.people.deeds import own
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.uploads import discard
from facialis.app.sharing.deeds import end_shares_of
from facialis.app.vault.models import FileKey
from facialis.core.errors import InputError
from facialis.core.messages import said

__all__ = [
    "KEPT",
    "bin_person",
    "bin_recording",
    "bring_back",
    "delete_person",
    "delete_recording",
    "empty",
    "empty_due",
]

KEPT = timedelta(days=30)
"""Chosen: a month in which somebody notices that something is missing; 7 - 90 days."""


def bin_recording(account: Account, recording: Recording) -> Binned:
    """Put a recording into the bin."""
    own(account, recording.person)
    with transaction.atomic():
        rows = [*rows_with(recording), *FileKey.objects.filter(token=recording.token)]
        binned = Binned.objects.create(
            owner=account,
            person=recording.person,
            label=" ".join(part for part in (recording.day.isoformat(), recording.shown_name) if part),
            due_at=timezone.now() + KEPT,
            tokens=[recording.token],
            content=packed(rows),
        )
        note(account, "recording_binned", recording.pk, person=recording.person)
        FileKey.objects.filter(token=recording.token).delete()
        recording.delete()
        recording.person.changed()
    return binned


def bin_person(account: Account, person: Person) -> Binned:
    """Put a person into the bin with all that is kept of them, also what of theirs is in the bin already."""
    own(account, person)
    for upload in Upload.objects.filter(person=person):
        discard(upload)
    end_shares_of(account, person)  # whoever brings them back shares anew
    with transaction.atomic():
        binned = Binned.objects.create(
            owner=account,
            label=person.name,
            due_at=timezone.now() + KEPT,
            tokens=_tokens(person),
            content=packed(rows_with(person)),
        )
        note(account, "person_binned", person.pk, person=person)
        person.delete()
    return binned


def _tokens(person: Person) -> list[str]:
    tokens = list(person.recordings.values_list("token", flat=True))
    for inner in Binned.objects.filter(person=person):
        tokens += inner.tokens
    return tokens


def bring_back(account: Account, binned: Binned) -> Person | Recording:
    """Let something be as it was before it was put into the bin.

    Raises
    ------
    InputError
        Something else has taken its place meanwhile.
    """
    _own(account, binned)
    try:
        with transaction.atomic():
            rows = list(put_back(bytes(binned.content)))
            back = next(row for row in rows if isinstance(row, Recording if binned.person_id else Person))
            person = back.person if isinstance(back, Recording) else back
            person.changed()
            note(account, "brought_back", back.pk, person=person)
            binned.delete()
    except IntegrityError as error:
        raise InputError(**said("bin_place_taken")) from error
    return back


def empty(account: Account, binned: Binned) -> None:
    """Let something in the bin go for good, now."""
    _own(account, binned)
    _let_go(binned)
    erase_remains()


def empty_due() -> int:
    """Let everything go whose days are over; returns how many things."""
    due = list(Binned.objects.filter(due_at__lte=timezone.now()))
    for binned in due:
        _let_go(binned)
    if due:
        erase_remains()
    return len(due)


def _let_go(binned: Binned) -> None:
    with transaction.atomic():
        note(binned.owner, "bin_emptied", binned.pk)
        binned.delete()
    remove_folders(binned.tokens)


def _own(account: Account, binned: Binned) -> None:
    if binned.owner_id != account.pk:
        raise PermissionDenied


def delete_recording(account: Account, recording: Recording) -> None:
    """Remove a recording for good, now: its key is destroyed, and no trace of it stays in this casebook."""
    own(account, recording.person)
    number, token = recording.pk, recording.token
    with transaction.atomic():
        FileKey.objects.filter(token=token).delete()
        recording.delete()
        recording.person.changed()
        note(account, "recording_deleted", number, person=recording.person)
    remove_folders([token])
    erase_remains()


def delete_person(account: Account, person: Person) -> None:
    """Remove a person for good, now, with all that is kept of them: their key is destroyed, and no trace stays.

    Also one who was received from another computer: that is all that their owner can do with them.
    """
    if person.owner_id != account.pk:
        raise PermissionDenied
    number, tokens = (
        person.pk,
        [*_tokens(person), *Upload.objects.filter(person=person).values_list("token", flat=True)],
    )
    with transaction.atomic():
        end_shares_of(account, person)
        note(account, "person_deleted", number, person=person)
        person.delete()
    remove_folders(tokens)
    erase_remains()
