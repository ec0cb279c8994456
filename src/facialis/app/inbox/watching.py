"""Watches the inbox while the casebook is served: what lies still for some seconds is taken in."""

from __future__ import annotations

import stat
import threading
import time
from contextlib import suppress
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

from facialis.app.accounts.models import Account
from facialis.app.inbox.deeds import Changed, take_file
from facialis.app.inbox.places import REFUSED, inboxes
from facialis.app.jobs.models import Job
from facialis.app.people.models import Person
from facialis.core.errors import OutputError
from facialis.core.knowledge import LANGUAGES, language

__all__ = ["Watching"]

_LOOK_S = 3.0  # chosen: how often the folders are looked at; 1 - 10 s
_STILL_S = 5.0  # chosen: a file that has not grown for so long has been copied whole; 3 - 30 s
_UNFINISHED = (".part", ".partial", ".crdownload", ".download", ".tmp", ".filepart", ".why.txt")
_LATER_S = 60.0  # chosen: when to try again what could not be taken for want of room; 10 - 600 s


class Watching:
    """Looks at the inbox for as long as it is used in a ``with`` statement."""

    def __init__(self) -> None:
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="inbox", daemon=True)
        self._seen: dict[Path, tuple[int, int, float]] = {}

    def __enter__(self) -> Watching:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._thread.join(10.0)

    def _watch(self) -> None:
        while True:
            with suppress(OSError, DatabaseError):  # as long as it lasts: the next look is in a moment
                self.look(time.monotonic())
            connection.close()
            if self._leaving.wait(_LOOK_S):
                return

    def look(self, now_s: float) -> int:
        """Look once, at a time by any steady clock; returns how many files were taken or put aside."""
        folders = inboxes()
        for folder in folders.values():
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        loose = Path(settings.PLACE.inbox)
        places = [(number, folder) for number, folder in folders.items()]
        if len(folders) == 1:
            places.append((next(iter(folders)), loose))  # one person: it is clear whose it is
        found = {path: number for number, folder in places for path in _files(folder)}
        self._seen = {path: seen for path, seen in self._seen.items() if path in found}
        return sum(self._take(path, number, now_s) for path, number in found.items() if self._is_still(path, now_s))

    def _is_still(self, path: Path, now_s: float) -> bool:
        try:
            facts = path.lstat()
        except OSError:
            return False
        size, changed, since_s = self._seen.get(path, (-1, -1, now_s))
        if (size, changed) != (facts.st_size, facts.st_mtime_ns):
            self._seen[path] = (facts.st_size, facts.st_mtime_ns, now_s)
            return False
        return now_s - since_s >= _STILL_S

    def _take(self, path: Path, number: int, now_s: float) -> bool:
        person = Person.objects.select_related("owner").filter(pk=number).first()
        if person is None or self._leaving.is_set():
            return False
        account = person.owner
        assert isinstance(account, Account)
        try:
            with language(_language(account)):
                take_file(account, person, path, self._leaving.is_set)
        except Changed:
            self._seen.pop(path, None)
            return False
        except (OSError, OutputError):  # no room, or not ours to read: it stays, and is tried again later
            size, changed, _ = self._seen[path]
            self._seen[path] = (size, changed, now_s + _LATER_S - _STILL_S)
            return False
        return True


def _language(account: Account) -> str:
    """The language in which the account last had something measured."""
    job = Job.objects.filter(owner=account).order_by("-pk").first()
    return job.language if job is not None and job.language in LANGUAGES else LANGUAGES[0]


def _files(folder: Path) -> list[Path]:
    """Ordinary files that lie in a folder and are no half of a download; links and folders are let be."""
    found = []
    for path in sorted(folder.iterdir()):
        name = path.name.casefold()
        if name.startswith((".", "~")) or name.endswith(_UNFINISHED) or name == REFUSED:
            continue
        with suppress(OSError):
            if stat.S_ISREG(path.lstat().st_mode):
                found.append(path)
    return found
