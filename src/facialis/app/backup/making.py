"""A backup is made: the database by its online copy, whatever is written meanwhile; films and results as they lie."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import BinaryIO, cast

from facialis.app.backup.archive import DATABASE, Entry, write_archive
from facialis.app.backup.locks import Lock
from facialis.app.place import Place
from facialis.app.vault.folders import PART
from facialis.app.vault.plain import private_folder
from facialis.app.vault.sealed import synced
from facialis.core.errors import OutputError
from facialis.core.messages import reason, said
from facialis.core.temporary import remove_leftovers, temporary_file

__all__ = ["copy_database", "make_backup"]


def make_backup(
    place: Place, target: Path, lock: Lock, *, whole: bool = True, report: Callable[[float], None] | None = None
) -> int:
    """Write a casebook into one file, as a whole or not at all; returns its size in bytes.

    Parameters
    ----------
    place
        The casebook; it may be served meanwhile.
    target
        The file; one that is there is replaced.
    lock
        Who can open it.
    whole
        With films and results. Uploads that are still coming in are never in it.
    report
        Called with the share (0-1) that is done.

    Raises
    ------
    OutputError
        The disk is full, or the place cannot be written.
    """
    try:
        remove_leftovers(target.parent)
        with ExitStack() as stack:
            work = stack.enter_context(private_folder(_size(place.database)))
            copy_database(place.database, work / DATABASE)
            entries = list(_entries(place, work / DATABASE, whole=whole))
            told = _Told(sum(entry.size for entry in entries), report)
            part = stack.enter_context(temporary_file(target.parent, private=True))
            with part.open("wb") as file:
                write_archive(file, lock, entries, whole=whole, report=told)
                file.flush()
                os.fsync(file.fileno())
            part.replace(target)
            synced(target.parent)
        return target.stat().st_size
    except OSError as error:
        why, advice = reason(error)
        raise OutputError(**said("backup_not_written", file=target, why=why, advice=advice)) from error


def copy_database(source: Path, target: Path) -> None:
    """A whole copy of a database, whatever is being written into it; OSError where it cannot be written."""
    import sqlite3

    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
            new.execute("PRAGMA journal_mode=DELETE")  # one file, complete by itself
    except sqlite3.OperationalError as error:  # it does not say more of the disk than this
        raise OSError(errno.EIO, str(error), str(target)) from error


class _Told:
    """Turns bytes into the share that is done."""

    def __init__(self, whole: int, report: Callable[[float], None] | None) -> None:
        self._whole, self._done, self._report = max(1, whole), 0, report

    def __call__(self, more: int) -> None:
        self._done += more
        if self._report is not None:
            self._report(min(1.0, self._done / self._whole))


def _entries(place: Place, database: Path, *, whole: bool) -> Iterator[Entry]:
    """The keys first, then the database: whoever checks a backup needs them for what follows."""
    for key in (place.vault, place.secret, place.backup_key):
        if key.is_file():
            yield _entry(key.name, key)
    yield _entry(DATABASE, database)
    if whole:
        for path in sorted(place.recordings.rglob("*")):
            parts = path.relative_to(place.recordings).parts
            if path.is_file() and not path.is_symlink() and not any(part.endswith(PART) for part in parts):
                yield _entry("recordings/" + "/".join(parts), path)


def _entry(name: str, path: Path) -> Entry:
    return Entry(name, _size(path), partial(_opened, path))


def _opened(path: Path) -> BinaryIO:
    return cast(BinaryIO, path.open("rb"))


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
