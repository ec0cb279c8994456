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
from facialis.app.recordings.uploads import check_size, discard
from facialis.core.knowledge import spoken

__all__ = ["add_recording", "begin_upload", "delete_recording"]


def begin_upload(
    account: Account, person: Person, *, day: date, shown_name: str, size_bytes: int, mirrored: bool, filmed: str
) -> Upload:
    """Announce a film.

    Raises
    ------
    InputError, OutputError
        It is too large, or there is no room for it.
    """
    own(account, person)
    check_size(size_bytes)
    upload = Upload(owner=account, person=person, day=day, size_bytes=size_bytes, mirrored=mirrored, filmed=filmed)
    upload.shown_name = "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in shown_name)[
        :200
    ]
    upload.save()
    return upload


def add_recording(account: Account, upload: Upload) -> Recording:
    """Make a recording of an upload that is whole, and let it be measured. What is refused leaves nothing.

    Raises
    ------
    InputError
        It is no film, lies outside the limits, or is known already.
    """
    own(account, upload.person)
    try:
        recording = admit(upload)
    except Exception:
        discard(upload)
        raise
    try:
        with transaction.atomic():
            recording.save()
            Job.objects.create(owner=account, recording=recording, language=spoken())
            upload.delete()
            recording.person.changed()
            note(account, "recording_added", recording.pk)
    except BaseException:
        shutil.rmtree(recording.folder, ignore_errors=True)
        raise
    return recording


def delete_recording(account: Account, recording: Recording) -> None:
    """Remove a film and everything that was measured in it, now."""
    own(account, recording.person)
    number, folder = recording.pk, recording.folder
    with transaction.atomic():
        recording.delete()
        recording.person.changed()
        note(account, "recording_deleted", number)
    shutil.rmtree(folder, ignore_errors=True)
