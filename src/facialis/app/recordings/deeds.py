"""What can be done with recordings."""

from __future__ import annotations

import shutil
from datetime import date

from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.jobs.models import Job
from facialis.app.people.deeds import own
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.store import admit
from facialis.app.recordings.uploads import check_size, discard, here_bytes, leave_nothing
from facialis.app.vault.keys import make_key
from facialis.core.errors import InputError
from facialis.core.knowledge import spoken
from facialis.core.messages import as_error, said

__all__ = ["add_recording", "begin_upload", "end_upload", "say_length"]


def begin_upload(
    account: Account,
    person: Person,
    *,
    day: date,
    shown_name: str,
    size_bytes: int | None,
    mirrored: bool | None,
    filmed: str,
    alone: str = "",
    as_filmed: str = "unknown",
) -> Upload:
    """Announce a film; ``size_bytes`` None: it is still being filmed.

    Raises
    ------
    InputError, OutputError
        It is too large, or there is no room for it.
    """
    own(account, person)
    check_size(size_bytes)
    upload = Upload(owner=account, person=person, day=day, size_bytes=size_bytes, mirrored=mirrored, filmed=filmed)
    upload.alone, upload.as_filmed = alone, as_filmed
    upload.shown_name = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown_name)[
        :200
    ]
    with transaction.atomic():
        upload.save()
        make_key(upload.token, person.pk, sealed=True)
    return upload


def say_length(upload: Upload, size_bytes: int) -> None:
    """Say how long a film has become that was still being filmed when it was announced.

    Raises
    ------
    InputError
        It is empty or too large, or had another length before.
    """
    if upload.size_bytes is None:
        check_size(size_bytes)
        upload.size_bytes = size_bytes
        upload.save(update_fields=["size_bytes"])
    elif upload.size_bytes != size_bytes:
        raise InputError(**said("upload_more_than_said"))


def end_upload(account: Account, upload: Upload) -> Recording | None:
    """Make a recording of what has arrived of a film, although more was to come; None where nothing has."""
    own(account, upload.person)
    if not here_bytes(upload):
        discard(upload)
        return None
    return add_recording(account, upload)


def add_recording(account: Account, upload: Upload) -> Recording:
    """Make a recording of an upload that is whole, and let it be measured. What is refused leaves nothing.

    Raises
    ------
    InputError
        It is no film, lies outside the limits, or is known already.
    OutputError
        The disk is full. What has arrived stays.
    """
    own(account, upload.person)
    try:
        recording = admit(upload)
    except OSError as error:  # what has arrived stays, and goes on when there is room
        raise as_error(error) from error
    except Exception:
        discard(upload)
        raise
    try:
        with transaction.atomic():
            recording.save()
            Job.objects.create(owner=account, recording=recording, language=spoken())
            upload.delete()
            recording.person.changed()
            note(account, "recording_added", recording.pk, person=recording.person)
    except BaseException:
        shutil.rmtree(recording.folder, ignore_errors=True)
        raise
    leave_nothing(upload)
    return recording
