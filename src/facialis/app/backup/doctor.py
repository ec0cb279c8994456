"""Whether all is well with a casebook: nothing is changed, and for whatever is wrong it is said what to do."""

from __future__ import annotations

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from facialis.app.backup.automatic import copies, last_backup
from facialis.app.place import Place
from facialis.app.vault.checking import Keys, check_sealed, keys_in
from facialis.core.errors import FormatError
from facialis.core.knowledge import wording

__all__ = ["Finding", "examine"]

_LEAST_BYTES = 2_000_000_000  # chosen: a film and its result, twice; 0.5 - 10 GB
_OLD_DAYS = 35  # chosen: a month without a backup elsewhere; 14 - 90


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: ``well``, ``note`` (worth doing) or ``bad`` (something is lost or unsafe)."""

    level: Literal["well", "note", "bad"]
    text: str
    advice: str = ""


def examine(place: Place, report: Callable[[float], None] | None = None) -> list[Finding]:
    """Look through a casebook, which may be open meanwhile.

    Parameters
    ----------
    place
        The casebook.
    report
        Called with the share (0-1) of films and results that were opened, each piece of them.
    """
    found = [*_folder(place)]
    database = _database(place)
    found += database
    if any(item.level == "bad" for item in database):
        return found
    keys, said = _keys(place)
    found += said
    found += _records(place, keys, report or _say_nothing)
    found += _backups(place)
    return found


def _say_nothing(_share: float) -> None:
    """For whoever does not ask."""


def _well(key: str, **values: Any) -> Finding:
    return Finding("well", wording(f"doctor_{key}_well", **values))


def _ill(key: str, level: Literal["note", "bad"] = "bad", **values: Any) -> Finding:
    return Finding(level, wording(f"doctor_{key}", **values), wording(f"doctor_{key}_advice", **values))


def _folder(place: Place) -> Iterator[Finding]:
    open_to_others = [
        path.name
        for path in (place.root, place.database, place.vault, place.secret, place.backup_key, place.recordings)
        if path.exists() and sys.platform != "win32" and stat.S_IMODE(path.stat().st_mode) & 0o077
    ]
    if open_to_others:
        yield _ill("others_read", names=", ".join(open_to_others), folder=place.root)
    else:
        yield _well("others_read")
    free = shutil.disk_usage(place.root).free
    room = f"{free / 1e9:.1f}"
    yield _ill("room", free=room) if free < _LEAST_BYTES else _well("room", free=room)


def _database(place: Place) -> list[Finding]:
    import sqlite3

    try:
        with _reading(place.database) as database:
            sound = database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            sound = sound and database.execute("PRAGMA foreign_key_check").fetchone() is None
            form = {row[0] for row in database.execute("SELECT name FROM django_migrations WHERE app = 'casebook'")}
    except sqlite3.DatabaseError:
        return [_ill("database")]
    if not sound:
        return [_ill("database")]
    known = {path.stem for path in (Path(__file__).parent.parent / "migrations").glob("0*.py")}
    if form - known:
        return [_well("database"), _ill("newer")]
    if known - form:
        return [_well("database"), _ill("older")]
    return [_well("database")]


def _reading(path: Path) -> Any:
    import sqlite3

    return closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True))


def _keys(place: Place) -> tuple[Keys, list[Finding]]:
    try:
        keys = keys_in(place.database, place.vault)
    except (FormatError, KeyError) as error:
        return {}, [Finding("bad", str(error), getattr(error, "advice", ""))]
    return keys, [_well("keys", count=len(keys))]


def _records(place: Place, keys: Keys, report: Callable[[float], None]) -> Iterator[Finding]:
    """Every record has its files, each of them opens, and there is no folder without a record."""
    with _reading(place.database) as database:
        rows = database.execute("SELECT token, name, container, measured FROM casebook_recording").fetchall()
        binned = database.execute("SELECT tokens FROM casebook_binned").fetchall()
    missing: list[str] = []
    broken: list[str] = []
    for done, (token, name, container, measured) in enumerate(rows, start=1):
        folder = place.recordings / token
        if (container and not (folder / "film").is_file()) or (
            measured and not (folder / "result" / "session.json").is_file()
        ):
            missing.append(name)
        elif token in keys and not _opens(folder, keys[token]):
            broken.append(name)
        report(done / len(rows))
    if missing:
        yield _ill("missing", names=", ".join(missing))
    if broken:
        yield _ill("broken", names=", ".join(broken))
    if not missing and not broken:
        yield _well("records", count=len(rows))
    known = {row[0] for row in rows}.union(*(_tokens(row[0]) for row in binned))
    strays = [path.name for path in place.recordings.iterdir() if path.name not in known]
    if strays:
        yield _ill("strays", "note", count=len(strays))


def _tokens(text: str) -> list[str]:
    import json

    return list(json.loads(text))


def _opens(folder: Path, key: bytes) -> bool:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.name.endswith(".sealing"):
            try:
                with path.open("rb") as file:
                    check_sealed(file, path.stat().st_size, key, path.relative_to(folder).as_posix())
            except (FormatError, OSError):
                return False
    return True


def _backups(place: Place) -> Iterator[Finding]:
    days = list(copies(place))
    if days:
        yield _well("copies", day=days[0].isoformat())
    last = last_backup(place)
    if last is None:
        yield _ill("never", "note")
    elif (age := (datetime.now(UTC) - datetime.fromisoformat(last.at)).days) > _OLD_DAYS:
        yield _ill("old", "note", days=age)
    else:
        yield _well("backup", day=last.at[:10], where=last.where)
