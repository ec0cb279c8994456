"""No trace: what was deleted is overwritten in the database and its journal, and goes from the copies kept of it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.db import OperationalError, connection

from facialis.app.backup.automatic import forget_copies

__all__ = ["erase_remains", "finish_erasing", "remove_folders"]

_TRIES = 3
_WAIT_S = 0.1  # chosen: a page is read within that; 0.05 - 1 s
_PATIENCE_MS = 500  # chosen: whoever deletes waits for it; 100 - 2000 ms
_MARK = "to-erase"


def remove_folders(tokens: Iterable[str]) -> None:
    """Remove folders of recordings, and what was coming in under their names."""
    for token in tokens:
        shutil.rmtree(settings.PLACE.recordings / token, ignore_errors=True)
        for path in settings.PLACE.incoming.glob(f"{token}*"):
            path.unlink(missing_ok=True)


def erase_remains() -> None:
    """Leave nothing of rows that were deleted: neither in the database, nor in its journal, nor in automatic backups.

    SQLite overwrites deleted rows with zeros on every connection of the casebook (``secure_delete``); here the database
    is written anew and its journal emptied. Where somebody reads from it all the time, that is done later, within a
    minute, or at the next start.
    """
    _mark().touch(mode=0o600)
    forget_copies()
    finish_erasing()


def finish_erasing() -> bool:
    """Do what `erase_remains` could not do at once; whether nothing is left to do."""
    if not _mark().exists():
        return True
    for _ in range(_TRIES):
        if _written_anew():
            _mark().unlink(missing_ok=True)
            return True
        time.sleep(_WAIT_S)
    return False


def _mark() -> Path:
    return Path(settings.PLACE.progress) / _MARK


def _written_anew() -> bool:
    patience_ms = 1000 * int(connection.settings_dict["OPTIONS"]["timeout"])
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout={_PATIENCE_MS}")
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            row = cursor.fetchone()
            return not (row and row[0])
    except OperationalError:
        return False
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout={patience_ms}")
