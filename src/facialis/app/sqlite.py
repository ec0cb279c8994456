"""Which SQLite the casebook speaks to: one whose write-ahead log cannot corrupt, or one that does without it."""

from __future__ import annotations

import sys

__all__ = ["choose_sqlite", "first_words"]

_WAL_IS_SAFE = (3, 51, 3)  # the release notes of SQLite: two processes could corrupt a database in WAL mode before


def choose_sqlite() -> None:
    """Put pysqlite3, where it is installed, in the place of Python's own SQLite; before Django first asks for it.

    Python 3.11 to 3.13 carry 3.40.
    """
    try:
        import pysqlite3
        from pysqlite3 import dbapi2
    except ImportError:
        return
    sys.modules["sqlite3"], sys.modules["sqlite3.dbapi2"] = pysqlite3, dbapi2


def first_words() -> str:
    """What is said to the database on every connection.

    How it keeps its journal, that no write may be lost, that what is deleted is overwritten, and that nothing goes into
    temporary files.
    """
    from sqlite3 import sqlite_version_info

    journal = "WAL" if sqlite_version_info >= _WAL_IS_SAFE else "DELETE"
    words = (f"journal_mode={journal}", "synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY")
    return " ".join(f"PRAGMA {word};" for word in words)
