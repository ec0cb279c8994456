"""What can be done with a bundle that came in: take it in, in the place of an earlier one, and let it go on its day."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.bin.deeds import delete_person
from facialis.app.bin.erasing import erase_remains, remove_folders
from facialis.app.bundle.addresses import address_of, identity_of
from facialis.app.bundle.arriving import check_wanted, discard
from facialis.app.bundle.manifest import ANSWER, RECORD, Manifest
from facialis.app.bundle.models import Arrival, Received, Sent
from facialis.app.bundle.reading import unpack_bundle
from facialis.app.comments.models import Comment
from facialis.app.people.folders import take_in
from facialis.app.people.models import Person
from facialis.app.sharing.issuing import keep_answer
from facialis.app.sharing.models import SCOPE_KEYS, Issued, Share
from facialis.app.vault.plain import private_folder
from facialis.core.errors import FacialisError
from facialis.core.messages import as_error

__all__ = ["accept", "delete_received", "end_due"]


def accept(account: Account, arrival: Arrival) -> Person:
    """Take in what came: whole, or nothing of it. Returns who it is about.

    Raises
    ------
    FacialisError
        It is refused, or the disk is full. Nothing of it is left but, where the disk is full, the bundle itself.
    PermissionDenied
        It came for somebody else.
    """
    if arrival.owner_id != account.pk:
        raise PermissionDenied
    room = int((arrival.facts or {}).get("size", arrival.size_bytes))
    try:
        with private_folder(room) as folder:
            manifest = unpack_bundle(arrival.path, identity_of(address_of(account)), folder)
            check_wanted(account, manifest)
            person = (
                _answered(account, manifest, folder) if manifest.kind == ANSWER else _kept(account, manifest, folder)
            )
    except OSError as error:
        raise as_error(error) from error
    except FacialisError:
        discard(arrival)
        raise
    discard(arrival)
    return person


def _kept(account: Account, manifest: Manifest, folder: Path) -> Person:
    made: list[str] = []
    gone: list[str] = []
    try:
        with transaction.atomic():
            found = Received.objects.filter(owner=account, secret=manifest.secret)
            earlier = found.select_related("person").first()
            person = take_in(account, folder / RECORD, name=manifest.person)
            made = list(person.recordings.values_list("token", flat=True))
            if earlier is not None:
                gone = list(earlier.person.recordings.values_list("token", flat=True))
                _hand_over(earlier.person, person)
                earlier.person.delete()
            person.received_at = timezone.now()
            person.save(update_fields=["received_at"])
            Received.objects.create(
                owner=account,
                person=person,
                secret=manifest.secret,
                sender=manifest.sender,
                made_on=manifest.made_on,
                until=manifest.until,
                reply_to=manifest.reply_to,
            )
            Share.objects.create(
                owner=account,
                person=person,
                clinician=account,
                ends_at=_end_of(manifest.until),
                **{key: key in manifest.scopes for key in SCOPE_KEYS},
            )
            Account.objects.filter(pk=account.pk).update(clinician=True)
            note(account, "bundle_received" if earlier is None else "bundle_replaced", person.pk, person=person)
    except BaseException:
        remove_folders(made)
        raise
    if gone:
        remove_folders(gone)
    if earlier is not None:
        erase_remains()
    return person


def _hand_over(old: Person, new: Person) -> None:
    """What the clinician wrote and issued of the earlier copy is of the new one, where the recording is still there."""
    for recording in new.recordings.all():
        Comment.objects.filter(recording__person=old, recording__name=recording.name).update(recording=recording)
    Issued.objects.filter(person=old.pk).update(person=new)


def _end_of(day: date) -> datetime:
    return datetime.combine(day + timedelta(days=1), time()).astimezone()


def _answered(account: Account, manifest: Manifest, folder: Path) -> Person:
    """What a clinician sent back, in the place of what the same sent before."""
    sent = Sent.objects.select_related("person").get(owner=account, secret=manifest.secret)
    with transaction.atomic():
        Issued.objects.filter(owner=account, secret=manifest.secret).delete()
        for path in sorted((folder / ANSWER).iterdir()):
            kind = "sheet" if path.suffix == ".pdf" else "comments"
            keep_answer(account, sent.person, kind, path.read_bytes(), sender=manifest.sender, secret=manifest.secret)
        note(account, "bundle_answered", sent.pk, person=sent.person)
    return sent.person


def delete_received(account: Account, received: Received) -> None:
    """Let go, now and without a trace, somebody who was received."""
    if received.owner_id != account.pk:
        raise PermissionDenied
    delete_person(account, received.person)


def end_due() -> int:
    """Let go whoever was received and whose day is over; returns how many."""
    today = date.today()  # noqa: DTZ011 - a person's own calendar day
    due = list(Received.objects.filter(until__lt=today).select_related("person", "owner"))
    for received in due:
        assert isinstance(received.owner, Account)
        note(received.owner, "bundle_ended", received.person_id, person=received.person)
        delete_person(received.owner, received.person)
    return len(due)
