"""A film comes in: in pieces, under a random name, so that a lost network costs no more than the piece under way."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from facialis.app.recordings.models import FILM, Upload
from facialis.app.vault.growing import Growing, is_disk
from facialis.app.vault.keys import forget_key, make_key
from facialis.core.errors import InputError, OutputError
from facialis.core.messages import as_error, said

__all__ = [
    "MOST_PIECE_BYTES",
    "Busy",
    "WrongChecksum",
    "WrongOffset",
    "check_size",
    "coming_in",
    "discard",
    "forget_old",
    "here_bytes",
    "leave_nothing",
    "take_piece",
]

MOST_BYTES = (
    40_000_000_000  # chosen: an hour and a half at 60 Mbit/s; what is measured has limits of its own; 5 - 200 GB
)
MOST_PIECE_BYTES = 8_000_000
"""Chosen: a piece is held in memory while it is received; 1 - 32 MB."""
_SPARE_BYTES = 1_000_000_000  # chosen: what results, and everything else on the disk, still need; 0.2 - 5 GB
_BUFFER_BYTES = 1 << 18
_KEPT = timedelta(days=2)  # chosen: somebody goes on with an upload the next day, or never; 1 - 7 days

_TAKING: set[str] = set()
_DOOR = threading.Lock()


class WrongOffset(Exception):
    """A piece does not continue what is here."""


class WrongChecksum(Exception):
    """A piece is not what its sender says it is. Nothing of it is kept."""


class Busy(Exception):
    """Another piece of the same film is just being taken."""


def check_size(size_bytes: int | None) -> None:
    """Refuse a film before anything of it touches the disk; None: it is still being filmed.

    Raises
    ------
    InputError
        It is empty, or larger than any film of a face.
    OutputError
        There is not enough room for it.
    """
    if size_bytes is not None and size_bytes <= 0:
        raise InputError(**said("upload_empty"))
    needed = size_bytes or 0
    if needed > MOST_BYTES:
        raise InputError(**said("upload_too_large", most=MOST_BYTES // 10**9))
    free = shutil.disk_usage(settings.PLACE.incoming).free
    if free < needed + _SPARE_BYTES:
        needed = needed or _SPARE_BYTES
        raise OutputError(**said("upload_no_room", free=f"{free / 1e9:.1f}", needed=f"{needed / 1e9:.1f}"))


def coming_in(upload: Upload) -> Growing:
    """What is here of a film that is coming in: sealed as it arrives."""
    return Growing(upload.path, make_key(upload.token, upload.person_id, sealed=True).key, FILM)


def here_bytes(upload: Upload) -> int:
    """How much of a film has arrived, and is kept whatever happens."""
    return coming_in(upload).size


def take_piece(upload: Upload, offset: int, request: HttpRequest, digest: tuple[Any, bytes] | None = None) -> int:
    """Write the piece that a request carries behind what is here; returns how much is here then.

    Parameters
    ----------
    upload
        Of which film.
    offset
        Where the piece begins, in bytes.
    request
        Its body is the piece.
    digest
        A hash without content and what it shall be with the piece; None: nothing is said of it.

    Raises
    ------
    WrongOffset
        The piece begins elsewhere: the sender has to ask how much is here.
    WrongChecksum
        The piece is damaged; it may be sent again.
    Busy
        Another piece is being taken: of a request that its sender has given up, for instance.
    InputError
        It is more than was announced, or than any film has.
    OutputError
        The disk is full.
    """
    with _alone(upload.token):
        here = coming_in(upload)
        if offset != here.size:
            raise WrongOffset
        if upload.size_bytes is None:
            check_size(None)
        most = MOST_BYTES if upload.size_bytes is None else upload.size_bytes
        chunks: Iterable[bytes] = _chunks(request, most - offset)
        if digest is not None:
            chunks = list(chunks)  # the server holds the piece already: nothing of a damaged one is written
            for chunk in chunks:
                digest[0].update(chunk)
            if digest[0].digest() != digest[1]:
                raise WrongChecksum
        try:
            here.append(chunks)
        except OSError as error:
            if is_disk(error):
                raise as_error(error) from error
            raise
        return here.size


def _chunks(request: HttpRequest, most_bytes: int) -> Iterator[bytes]:
    while chunk := request.read(_BUFFER_BYTES):
        most_bytes -= len(chunk)
        if most_bytes < 0:
            raise InputError(**said("upload_more_than_said"))
        yield chunk


@contextmanager
def _alone(token: str) -> Iterator[None]:
    """Take one piece of a film at a time: what is here must not change between looking and writing."""
    with _DOOR:
        if token in _TAKING:
            raise Busy
        _TAKING.add(token)
    try:
        yield
    finally:
        _TAKING.discard(token)


def discard(upload: Upload) -> None:
    """Leave nothing of an upload; one that has been discarded already is let be."""
    gone, _ = Upload.objects.filter(token=upload.token).delete()
    if gone:
        forget_key(upload.token)
    leave_nothing(upload)


def leave_nothing(upload: Upload) -> None:
    """Remove what came in, where it is not needed any more: the upload is a recording now, or nothing."""
    for path in settings.PLACE.incoming.glob(f"{upload.token}*"):
        path.unlink(missing_ok=True)


def forget_old() -> None:
    """Discard uploads that nobody goes on with."""
    for upload in Upload.objects.filter(made_at__lt=timezone.now() - _KEPT):
        discard(upload)
    known = set(Upload.objects.values_list("token", flat=True))
    for path in settings.PLACE.incoming.iterdir():
        if path.name.split(".")[0] not in known and not path.name.startswith("."):
            path.unlink(missing_ok=True)
