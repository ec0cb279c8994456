"""The form of a backup: one line that says what it is, then a tar of everything under age, written as it is read.

The line is a JSON object: ``format``, ``version``, ``made_at``, ``facialis``, ``whole`` (films and results are in it)
and ``key`` (the key of this backup under a passphrase, base64; empty where it is for a recipient). The last file of the
tar is ``manifest.json`` with the SHA-256 of each.
"""

from __future__ import annotations

import hashlib
import json
import tarfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, Final

import pyrage

from facialis.app.backup.locks import Lock
from facialis.app.vault.aged import Pulled
from facialis.core.errors import FormatError
from facialis.core.messages import said
from facialis.core.version import __version__

__all__ = ["DATABASE", "FORMAT", "MANIFEST", "VERSION", "Entry", "Head", "read_head", "write_archive"]

FORMAT: Final = "facialis backup"
VERSION: Final = 1
MANIFEST: Final = "manifest.json"
DATABASE: Final = "casebook.sqlite3"
_BLOCK: Final = 512  # tar: POSIX.1-1988
_CHUNK_BYTES: Final = 1 << 20
_MOST_HEAD_BYTES: Final = 10_000


@dataclass(frozen=True)
class Entry:
    """A file that goes into a backup."""

    name: str
    size: int
    opened: Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, kw_only=True)
class Head:
    """What a backup says of itself."""

    version: int
    made_at: str
    facialis: str
    whole: bool
    key: str


def write_archive(
    target: BinaryIO, lock: Lock, entries: Iterable[Entry], *, whole: bool, report: Callable[[int], None]
) -> None:
    """Write a backup.

    Parameters
    ----------
    target
        Where to.
    lock
        Who can open it.
    entries
        What goes into it. One that shrinks or vanishes meanwhile was deleted: it is left out of what counts.
    whole
        Whether films and results are among it.
    report
        Called with how many bytes were written since the last call.
    """
    head = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "facialis": __version__,
        "whole": whole,
        "key": lock.key,
    }
    target.write(json.dumps(head).encode() + b"\n")
    pyrage.encrypt_io(Pulled(_tar(entries, report)), target, [lock.recipient])


def read_head(source: BinaryIO) -> Head:
    """What a backup says of itself; the source then stands behind it.

    Raises
    ------
    FormatError
        It is no backup of a casebook, or of a later form.
    """
    line = source.readline(_MOST_HEAD_BYTES)
    try:
        said_so = json.loads(line)
        if said_so["format"] != FORMAT:
            raise ValueError(said_so["format"])
        head = Head(
            version=int(said_so["version"]),
            made_at=str(said_so["made_at"]),
            facialis=str(said_so["facialis"]),
            whole=bool(said_so["whole"]),
            key=str(said_so["key"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(**said("backup_is_none"), code="backup_is_none") from error
    if head.version > VERSION:
        raise FormatError(**said("backup_newer", version=head.facialis), code="newer")
    return head


def _tar(entries: Iterable[Entry], report: Callable[[int], None]) -> Iterator[bytes]:
    sums: dict[str, str] = {}
    for entry in entries:
        yield from _file(entry, sums, report)
    content = json.dumps(sums).encode()
    yield _header(MANIFEST, len(content)) + content + _padding(len(content))
    yield bytes(2 * _BLOCK)


def _file(entry: Entry, sums: dict[str, str], report: Callable[[int], None]) -> Iterator[bytes]:
    digest, left = hashlib.sha256(), entry.size
    try:
        with entry.opened() as source:
            yield _header(entry.name, entry.size)
            while left and (chunk := source.read(min(_CHUNK_BYTES, left))):
                digest.update(chunk)
                left -= len(chunk)
                yield chunk
                report(len(chunk))
    except FileNotFoundError:  # deleted since it was listed
        return
    yield bytes(left) + _padding(entry.size)
    if not left:
        sums[entry.name] = digest.hexdigest()


def _header(name: str, size: int) -> bytes:
    facts = tarfile.TarInfo(name)
    facts.size, facts.mode = size, 0o600
    return facts.tobuf(tarfile.GNU_FORMAT)


def _padding(size: int) -> bytes:
    return bytes(-size % _BLOCK)
