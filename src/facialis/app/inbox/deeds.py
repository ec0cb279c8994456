"""What is done with a file of the inbox: taken in, or put aside with a sentence. Nothing of it is ever lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.inbox.places import SENTENCE, free_name, printable, refused_folder
from facialis.app.people.deeds import own
from facialis.app.people.models import Person
from facialis.app.recordings.deeds import add_recording, begin_upload
from facialis.app.recordings.models import Recording
from facialis.app.recordings.uploads import discard, take_piece
from facialis.core.errors import FacialisError, OutputError
from facialis.core.occasion import Told, occasion_of
from facialis.core.reading import open_ordinary
from facialis.film.video import VideoFile

__all__ = ["Changed", "forget_refused", "put_aside", "take_file"]


class Changed(Exception):
    """The file is still being written, or the program is being ended: it is taken later."""


class _Reading:
    """A file that is read as a piece of an upload, for as long as it may be."""

    def __init__(self, handle: int, leaving: Callable[[], bool]) -> None:
        self._file, self._leaving = os.fdopen(handle, "rb"), leaving

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes; Changed where the program is being ended."""
        if self._leaving():
            raise Changed
        return self._file.read(size)

    def close(self) -> None:
        """Let go of it."""
        self._file.close()


def take_file(account: Account, person: Person, path: Path, leaving: Callable[[], bool]) -> Recording | None:
    """Take a film out of the inbox: when it is in the casebook for good, it goes from the folder.

    Returns
    -------
    Recording or None
        None where it was put aside, because it is no film or is known already.

    Raises
    ------
    Changed
        It is still being written, or the program is being ended; it stays where it is.
    OutputError
        There is no room; it stays where it is.
    """
    own(account, person)
    before = _stamp(path)
    try:
        made = _taken(account, person, path, leaving)
    except OutputError:
        raise
    except FacialisError as error:
        if _stamp(path) != before:
            raise Changed from error
        put_aside(account, person, path, str(error))
        return None
    with transaction.atomic():
        note(account, "inbox_taken", made.pk, person=person)
    path.unlink()
    return made


def _taken(account: Account, person: Person, path: Path, leaving: Callable[[], bool]) -> Recording:
    size, *_ = before = _stamp(path)
    with VideoFile(path, name=printable(path.name)[:120], look=True) as film:
        day = _day(film.declared.recorded_at, path)
    upload = begin_upload(
        account,
        person,
        day=day,
        shown_name=path.name.encode("utf-8", "replace").decode(),
        size_bytes=size,
        mirrored=None,  # a folder asks nothing: the page does, when the film is there
        filmed="",
    )
    try:
        reading = _Reading(open_ordinary(path, follow=False), leaving)
        try:
            here = take_piece(upload, 0, reading)  # type: ignore[arg-type]
        finally:
            reading.close()
        if here != size or _stamp(path) != before:
            raise Changed
        return add_recording(account, upload)
    except BaseException:
        discard(upload)
        raise


def _stamp(path: Path) -> tuple[int, int, int]:
    facts = path.lstat()
    return facts.st_size, facts.st_mtime_ns, facts.st_ino


def _day(recorded_at: str | None, path: Path) -> date:
    """The day by the film's own clock, else by that of the file; never one that is still to come."""
    today = date.today()  # noqa: DTZ011 - a person's own calendar day
    local = recorded_at is not None and bool(datetime.fromisoformat(recorded_at).utcoffset())
    found = occasion_of(Told(), recorded_at, local=local).date
    return min(today, found or datetime.fromtimestamp(path.lstat().st_mtime).astimezone().date())


def put_aside(account: Account, person: Person, path: Path, why: str) -> Path:
    """Move a file to those that were refused, with a sentence beside it; returns where it lies then."""
    own(account, person)
    folder = refused_folder(person)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = free_name(folder, path.name)
    sentence = folder / f"{target.name}{SENTENCE}"
    sentence.write_text(f"{why}\n", encoding="utf-8")
    os.rename(path, target)  # noqa: PTH104 - the name may hold what no path of ours would
    with transaction.atomic():
        note(account, "inbox_refused", person.pk, person=person)
    return target


def forget_refused(account: Account, person: Person) -> int:
    """Delete what was refused, because its owner says so; returns how many files that were."""
    own(account, person)
    folder, gone = refused_folder(person), 0
    for sentence in list(folder.glob(f"*{SENTENCE}")) if folder.is_dir() else []:
        (folder / sentence.name.removesuffix(SENTENCE)).unlink(missing_ok=True)
        sentence.unlink(missing_ok=True)
        gone += 1
    with transaction.atomic():
        note(account, "inbox_refused_deleted", person.pk, person=person)
    return gone
