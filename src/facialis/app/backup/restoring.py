"""A backup is checked without writing anything, or put back into an empty folder: all of it, or nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import pyrage

from facialis.app.backup.archive import DATABASE
from facialis.app.backup.reading import Member, files_in
from facialis.app.place import Place
from facialis.app.vault.checking import Keys, check_sealed, keys_in
from facialis.app.vault.plain import make_private, private_folder_at
from facialis.app.vault.sealed import synced
from facialis.core.errors import FormatError, OutputError
from facialis.core.messages import reason, said
from facialis.core.temporary import remove_leftovers, temporary_folder

__all__ = ["Checked", "check_backup", "restore"]

_CHUNK_BYTES = 1 << 20
_VAULT = "vault.key"


@dataclass
class Checked:
    """What a backup holds: files, bytes, and how many of them were opened with the keys in it."""

    files: int = 0
    size_bytes: int = 0
    opened: int = 0


def check_backup(
    path: Path, identity: pyrage.x25519.Identity, report: Callable[[float], None] | None = None
) -> Checked:
    """Read a backup whole: each file as it was, the database sound, every film and result opened by its keys.

    Nothing is written but a copy of the database, in memory where there is room, for as long as that takes.

    Raises
    ------
    FormatError
        Something in it is not as it was. InputError where it cannot be read.
    """
    with private_folder_at(path.parent) as work:
        return _check(path, identity, work, report)


def _check(path: Path, identity: pyrage.x25519.Identity, work: Path, report: Callable[[float], None] | None) -> Checked:
    checked, keys = Checked(), None
    for member in files_in(path, identity, report):
        checked.files += 1
        checked.size_bytes += member.size
        if member.name in (DATABASE, _VAULT):
            _write(member, work / member.name)
            if member.name == DATABASE:
                _check_database(work / DATABASE)
                keys = keys_in(work / DATABASE, work / _VAULT)
        elif keys is not None and member.name.startswith("recordings/"):
            checked.opened += _check_file(member, keys)
    if keys is None:
        raise FormatError(**said("backup_broken"), code="backup_broken")
    return checked


def _check_file(member: Member, keys: Keys) -> bool:
    _, token, name = member.name.split("/", 2)
    key = keys.get(token)
    if key is None:  # what is in the bin has its key there, and is held by its sum alone
        return False
    check_sealed(cast(BinaryIO, member), member.size, key, name)
    return True


def _check_database(path: Path) -> None:
    import sqlite3

    try:
        with closing(sqlite3.connect(path)) as database:
            sound = database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            lonely = database.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.DatabaseError as error:
        raise FormatError(**said("backup_broken"), code="backup_broken") from error
    if not sound or lonely is not None:
        raise FormatError(**said("backup_broken"), code="backup_broken")


def restore(
    path: Path, identity: pyrage.x25519.Identity, folder: Path, report: Callable[[float], None] | None = None
) -> Checked:
    """Put a backup into a folder that is empty or not there; as a whole or not at all. Nobody is logged in to it.

    When it is opened for the first time all that was shared ends, see `facialis.app.sharing.deeds.end_all_shares`.

    Raises
    ------
    OutputError
        There is something in the folder, or it cannot be written. FormatError, InputError as `check_backup`.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise OutputError(**said("restore_not_empty", folder=folder))
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        remove_leftovers(folder.parent)
        with temporary_folder(folder.parent) as part:
            part.chmod(0o700)
            checked = Checked()
            for member in files_in(path, identity, report):
                checked.files += 1
                checked.size_bytes += member.size
                make_private((part / member.name).parent)
                _write(member, part / member.name)
            if not (part / DATABASE).is_file():
                raise FormatError(**said("backup_broken"), code="backup_broken")
            _check_database(part / DATABASE)
            _end_sessions(part / DATABASE)
            Place(part).restored.touch(mode=0o600)
            if folder.exists():
                folder.rmdir()
            part.replace(folder)
        synced(folder.parent)
    except OSError as error:
        why, advice = reason(error)
        raise OutputError(**said("restore_not_written", folder=folder, why=why, advice=advice)) from error
    return checked


def _end_sessions(path: Path) -> None:
    """Who had logged in then logs in again: a session that was ended since must not come back."""
    import sqlite3

    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA secure_delete = ON")
        database.execute("DELETE FROM django_session")


def _write(member: Member, target: Path) -> None:
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        shutil.copyfileobj(cast(BinaryIO, member), file, _CHUNK_BYTES)
        file.flush()
        os.fsync(file.fileno())
