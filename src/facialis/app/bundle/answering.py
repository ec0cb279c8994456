"""What a clinician issued and wrote of somebody who was received goes back to where they came from."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from io import BytesIO
from typing import IO, BinaryIO

from django.core.exceptions import PermissionDenied

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.bundle.addresses import address_of
from facialis.app.bundle.contents import Source
from facialis.app.bundle.manifest import ANSWER, Manifest
from facialis.app.bundle.models import Received
from facialis.app.bundle.sending import nameless, write_bundle
from facialis.app.comments.models import Comment
from facialis.app.sharing.issuing import SHEET, read_issued
from facialis.app.sharing.models import Issued
from facialis.core.calendar import spoken_day
from facialis.core.errors import InputError
from facialis.core.messages import said
from facialis.core.version import __version__

__all__ = ["send_back", "written_of"]

_LASTS = timedelta(days=30)  # chosen: as an invitation, and some weeks for whoever is away; 7 - 90 days


def written_of(account: Account, received: Received) -> tuple[list[Issued], list[Comment]]:
    """What there is to send back: sheets that were issued, and comments that were written."""
    issued = Issued.objects.filter(owner=account, person=received.person_id, kind=SHEET).order_by("pk")
    comments = Comment.objects.filter(owner=account, recording__person=received.person_id, gone="")
    return list(issued), list(comments.select_related("recording").order_by("recording__day", "pk"))


def send_back(account: Account, received: Received, sender: str) -> IO[bytes]:
    """Write an answer for the address that the person came from into a file without a name.

    Raises
    ------
    InputError
        Nothing has been issued or written yet.
    OutputError
        The disk is full.
    """
    if received.owner_id != account.pk:
        raise PermissionDenied
    issued, comments = written_of(account, received)
    parts = [_source(f"{ANSWER}/{number}.pdf", read_issued(item)) for number, item in enumerate(issued, start=1)]
    if comments:
        parts.append(_source(f"{ANSWER}/comments.txt", "".join(map(_line, comments)).encode()))
    if not parts:
        raise InputError(**said("bundle_nothing_written"))
    today = date.today()  # noqa: DTZ011 - a person's own calendar day
    manifest = Manifest(
        kind=ANSWER,
        secret=received.secret,
        made_on=today,
        until=today + _LASTS,
        sender=sender,
        person=received.person.name,
        scopes=(),
        reply_to=address_of(account).recipient,
        facialis=__version__,
        files=(),
    )
    with nameless() as file:
        write_bundle(file, received.reply_to, manifest, parts)
        note(account, "bundle_sent_back", received.pk, person=received.person)
    return file


def _source(name: str, content: bytes) -> Source:
    def opened() -> AbstractContextManager[BinaryIO]:
        return BytesIO(content)

    open_it: Callable[[], AbstractContextManager[BinaryIO]] = opened
    return Source(name, 0.0, open_it)


def _line(comment: Comment) -> str:
    recording = comment.recording
    assert recording is not None
    at = "" if comment.at_s is None else f", {int(comment.at_s // 60)}:{comment.at_s % 60:04.1f}"
    return f"{spoken_day(recording.day)}, {recording.shown_name or recording.name}{at}\n{comment.text}\n\n"
