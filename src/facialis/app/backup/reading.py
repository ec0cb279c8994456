"""A backup is read from its beginning to its end: each file as it comes, and at last whether all were as they were."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tarfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, cast

import pyrage

from facialis.app.backup.archive import MANIFEST, Head, read_head
from facialis.app.vault.aged import decrypted
from facialis.core.errors import FormatError, InputError
from facialis.core.messages import reason, said
from facialis.core.reading import open_ordinary

__all__ = ["Member", "files_in", "head_of"]

_NAMES: Final = re.compile(
    r"casebook\.sqlite3|vault\.key|secret\.key|backup\.key"
    r"|recordings/[0-9a-f]{32}(/[A-Za-z0-9_][A-Za-z0-9_. -]{0,150}){1,3}"
)
_MOST_MANIFEST_BYTES: Final = 200_000_000  # chosen: a million files; 10 MB - 1 GB
_CHUNK_BYTES: Final = 1 << 20


def head_of(path: Path) -> Head:
    """What a backup says of itself; FormatError or InputError where it is none, or cannot be read."""
    with _opened(path) as file:
        return read_head(file)


@contextmanager
def _opened(path: Path) -> Iterator[BinaryIO]:
    try:
        with os.fdopen(open_ordinary(path), "rb") as file:
            yield file
    except OSError as error:
        why, advice = reason(error)
        raise InputError(**said("backup_not_read", file=path, why=why, advice=advice)) from error


class Member:
    """One file of a backup, to be read once and to its end."""

    def __init__(self, name: str, size: int, source: BinaryIO) -> None:
        self.name, self.size = name, size
        self._source = source
        self._digest = hashlib.sha256()
        self._left = size

    def read(self, size: int = -1) -> bytes:
        """Some of it; nothing at the end."""
        wanted = self._left if size < 0 else min(size, self._left)
        try:
            chunk = self._source.read(wanted) if wanted else b""
        except tarfile.TarError as error:
            raise FormatError(**said("backup_broken"), code="backup_broken") from error
        self._digest.update(chunk)
        self._left -= len(chunk)
        return chunk

    def sum(self) -> str:
        """Its SHA-256, once all that is left of it has been read."""
        while self.read(_CHUNK_BYTES):
            pass
        return self._digest.hexdigest()


def files_in(
    path: Path, identity: pyrage.x25519.Identity, report: Callable[[float], None] | None = None
) -> Iterator[Member]:
    """The files of a backup, one after the other.

    Parameters
    ----------
    path
        The backup.
    identity
        Its key.
    report
        Called with the share (0-1) that was read.

    Raises
    ------
    FormatError
        It is none, was cut or changed, is for another key, or a file in it is not as it was: at the latest behind the
        last file.
    InputError
        It cannot be read.
    """
    with _opened(path) as file:
        read_head(file)
        with decrypted(_Told(file, path.stat().st_size, report), identity, _locked_or_broken) as plain:
            sums: dict[str, str] = {}
            try:
                with tarfile.open(fileobj=plain, mode="r|") as archive:
                    for facts in archive:
                        source = archive.extractfile(facts) if facts.isreg() else None
                        if source is None:
                            raise FormatError(**said("backup_broken"), code="backup_broken")
                        if facts.name == MANIFEST:
                            _compare(sums, source.read(_MOST_MANIFEST_BYTES))
                            return
                        if not _NAMES.fullmatch(facts.name) or facts.name in sums:
                            raise FormatError(**said("backup_broken"), code="backup_broken")
                        member = Member(facts.name, facts.size, cast(BinaryIO, source))
                        yield member
                        sums[facts.name] = member.sum()
            except (tarfile.TarError, EOFError) as error:
                raise FormatError(**said("backup_broken"), code="backup_broken") from error
            raise FormatError(**said("backup_broken"), code="backup_broken")


def _compare(sums: dict[str, str], manifest: bytes) -> None:
    try:
        wanted = json.loads(manifest)
    except ValueError as error:
        raise FormatError(**said("backup_broken"), code="backup_broken") from error
    # What was deleted while the backup was made is in it, but not among what counts.
    if not isinstance(wanted, dict) or any(sums.get(name) != digest for name, digest in wanted.items()):
        raise FormatError(**said("backup_broken"), code="backup_broken")


class _Told:
    """A file that says how much of it was read."""

    def __init__(self, file: BinaryIO, size: int, report: Callable[[float], None] | None) -> None:
        self._file, self._size, self._report, self._done = file, max(1, size), report, 0

    def read(self, size: int = -1) -> bytes:
        """Some of it."""
        chunk = self._file.read(size)
        self._done += len(chunk)
        if self._report is not None:
            self._report(min(1.0, self._done / self._size))
        return chunk


def _locked_or_broken(other_key: bool) -> FormatError:
    if other_key:
        return FormatError(**said("backup_other_key"), code="backup_locked")
    return FormatError(**said("backup_broken"), code="backup_broken")
