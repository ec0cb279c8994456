"""Films and results on the disk: put in place whole, and nothing left without its record."""

from __future__ import annotations

import shutil

from django.conf import settings

from facialis.actions.outputs import file_sha256
from facialis.app.recordings.models import Recording, Upload
from facialis.core.errors import InputError
from facialis.core.messages import said
from facialis.film.video import VideoFile

__all__ = ["admit", "forget_strays"]


def admit(upload: Upload) -> Recording:
    """Make a recording of an upload that is whole: looked at by content, then put in place by renaming.

    Nothing is decided by the name or by what the sender says of the file. The row is not saved yet.

    Raises
    ------
    VideoError
        It is no film, or lies outside the limits.
    InputError
        The person has this very film already.
    """
    with VideoFile(upload.path, name=upload.shown_name or None) as film:
        container = film.declared.container
    sha256 = file_sha256(upload.path)
    known = Recording.objects.filter(person_id=upload.person_id, sha256=sha256).first()
    if known is not None:
        raise InputError(**said("upload_known", day=known.day.isoformat()))
    recording = Recording(
        owner_id=upload.owner_id,
        person_id=upload.person_id,
        token=upload.token,
        day=upload.day,
        mirrored=upload.mirrored,
        filmed=upload.filmed,
        name=f"{upload.day.isoformat()}-{upload.token[:6]}",
        shown_name=upload.shown_name,
        container=container,
        sha256=sha256,
        size_bytes=upload.size_bytes,
    )
    recording.folder.mkdir(mode=0o700)
    try:
        upload.path.replace(recording.film)
    except OSError:
        recording.folder.rmdir()
        raise
    return recording


def forget_strays() -> None:
    """Remove what has no record: a program that was killed may have left it."""
    known = set(Recording.objects.values_list("token", flat=True))
    for folder in settings.PLACE.recordings.iterdir():
        if folder.name not in known:
            shutil.rmtree(folder, ignore_errors=True)
