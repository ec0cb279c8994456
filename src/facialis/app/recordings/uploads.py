"""A film comes in: in pieces, under a random name, so that a lost network costs no more than the piece under way."""

from __future__ import annotations

import os
import shutil
from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from facialis.app.recordings.models import Upload
from facialis.core.errors import InputError, OutputError
from facialis.core.messages import said

__all__ = ["MOST_PIECE_BYTES", "WrongOffset", "check_size", "discard", "forget_old", "here_bytes", "take_piece"]

MOST_BYTES = (
    40_000_000_000  # chosen: an hour and a half at 60 Mbit/s; what is measured has limits of its own; 5 - 200 GB
)
MOST_PIECE_BYTES = 8_000_000
"""Chosen: a piece is held in memory while it is received; 1 - 32 MB."""
_SPARE_BYTES = 1_000_000_000  # chosen: what results, and everything else on the disk, still need; 0.2 - 5 GB
_BUFFER_BYTES = 1 << 18
_KEPT = timedelta(days=2)  # chosen: somebody goes on with an upload the next day, or never; 1 - 7 days


class WrongOffset(Exception):
    """A piece does not continue what is here."""


def check_size(size_bytes: int) -> None:
    """Refuse a film before anything of it touches the disk.

    Raises
    ------
    InputError
        It is empty, or larger than any film of a face.
    OutputError
        There is not enough room for it.
    """
    if size_bytes <= 0:
        raise InputError(**said("upload_empty"))
    if size_bytes > MOST_BYTES:
        raise InputError(**said("upload_too_large", most=MOST_BYTES // 10**9))
    free = shutil.disk_usage(settings.PLACE.incoming).free
    if free < size_bytes + _SPARE_BYTES:
        raise OutputError(**said("upload_no_room", free=f"{free / 1e9:.1f}", needed=f"{size_bytes / 1e9:.1f}"))


def here_bytes(upload: Upload) -> int:
    """How much of a film has arrived."""
    return upload.path.stat().st_size if upload.path.exists() else 0


def take_piece(upload: Upload, offset: int, request: HttpRequest) -> int:
    """Write the piece that a request carries behind what is here; returns how much is here then.

    Raises
    ------
    WrongOffset
        The piece begins elsewhere: the sender has to ask how much is here.
    InputError
        It is more than was announced.
    """
    if offset != here_bytes(upload):
        raise WrongOffset
    handle = os.open(upload.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "ab") as file:
        while chunk := request.read(_BUFFER_BYTES):
            offset += len(chunk)
            if offset > upload.size_bytes:
                raise InputError(**said("upload_more_than_said"))
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return offset


def discard(upload: Upload) -> None:
    """Leave nothing of an upload; one that has been discarded already is let be."""
    upload.path.unlink(missing_ok=True)
    Upload.objects.filter(token=upload.token).delete()


def forget_old() -> None:
    """Discard uploads that nobody goes on with."""
    for upload in Upload.objects.filter(made_at__lt=timezone.now() - _KEPT):
        discard(upload)
    known = set(Upload.objects.values_list("token", flat=True))
    for path in settings.PLACE.incoming.iterdir():
        if path.name not in known and not path.name.startswith("."):
            path.unlink(missing_ok=True)
