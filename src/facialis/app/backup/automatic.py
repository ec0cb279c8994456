"""Automatic backups: one a day while the casebook is open, in its own folder, the last seven days and four weeks.

They hold the database and the keys, not the films: those lie on the same disk, never change, and a second copy beside
them would guard against nothing. They help after a mistake or a damaged database; only a backup on another disk helps
when this one is lost. What is deleted for good is in none of them: those that are there are removed with it.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from django.conf import settings

from facialis.app.backup.locks import Lock, make_identity
from facialis.app.backup.making import make_backup
from facialis.app.place import Place
from facialis.core.calendar import spoken_day

__all__ = ["Last", "copies", "forget_copies", "keep_last", "last_backup", "make_daily", "outdated"]

DAYS, WEEKS = 7, 4
"""Chosen: a mistake is noticed within a week, mostly within a month; 3 - 30 and 2 - 12."""
_NAME = "auto-{day}.age"
_LAST = "last.json"
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class Last:
    """The last backup that somebody made: when, where it lies, how large it is."""

    at: str
    where: str
    size_bytes: int

    @property
    def day_words(self) -> str:
        """The day in words, by this computer's clock."""
        return spoken_day(datetime.fromisoformat(self.at).astimezone().date())


def copies(place: Place) -> dict[date, Path]:
    """The automatic backups that are there, by day, the latest first."""
    found = {}
    for path in place.backups.glob(_NAME.format(day="*")):
        with suppress(ValueError):
            found[date.fromisoformat(path.stem.removeprefix("auto-"))] = path
    return dict(sorted(found.items(), reverse=True))


def make_daily(place: Place, today: date) -> Path | None:
    """Make the backup of today, unless there is one; those that are too many go. Returns the new one.

    Raises
    ------
    OutputError
        The disk is full, or the folder cannot be written.
    """
    with _ONE_AT_A_TIME:
        path = place.backups / _NAME.format(day=today.isoformat())
        if path.exists() or not place.database.exists():
            return None
        make_backup(place, path, Lock(make_identity(place.backup_key).to_public()), whole=False)
        for old in outdated(list(copies(place))):
            (place.backups / _NAME.format(day=old.isoformat())).unlink(missing_ok=True)
        return path


def outdated(days: list[date]) -> list[date]:
    """Days whose backup may go: all but the latest `DAYS`, and the latest of each of the latest `WEEKS` weeks."""
    latest = sorted(days, reverse=True)
    weeks: dict[date, date] = {}
    for day in latest:
        weeks.setdefault(day - timedelta(days=day.weekday()), day)
    kept = {*latest[:DAYS], *list(weeks.values())[:WEEKS]}
    return [day for day in latest if day not in kept]


def forget_copies() -> None:
    """Remove every copy of the database in the casebook's folder: something was deleted that is still in them."""
    place: Place = settings.PLACE
    with _ONE_AT_A_TIME:
        for path in (*copies(place).values(), *place.backups.glob("*.sqlite3*"), *place.backups.glob("*.part")):
            path.unlink(missing_ok=True)


def keep_last(place: Place, path: Path, size_bytes: int) -> None:
    """Remember that somebody made a backup."""
    last = Last(datetime.now(UTC).isoformat(timespec="seconds"), str(path.absolute()), size_bytes)
    with suppress(OSError):
        part = place.backups / f"{_LAST}.part"
        part.write_text(json.dumps(asdict(last)), encoding="utf-8")
        part.replace(place.backups / _LAST)


def last_backup(place: Place) -> Last | None:
    """The last backup that somebody made; None where nobody has."""
    try:
        return Last(**json.loads((place.backups / _LAST).read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
