"""The way from a person's folder into the casebook, and back: the same files, byte for byte."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from facialis.actions.outputs import folder_name
from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.people.models import Person
from facialis.app.people.sheets import keep_file, whole_text
from facialis.app.recordings.models import Recording, new_token
from facialis.app.review.keeping import keep_review, take_review
from facialis.core.errors import FormatError
from facialis.core.messages import said
from facialis.core.reading import TABLE_BYTES, read_bytes
from facialis.core.temporary import temporary_folder
from facialis.files.columns import TABLES
from facialis.files.person import FILES
from facialis.files.session import REVIEW_FILE, read_session_object
from facialis.files.sessions import session_day

__all__ = ["folder_of", "laid_out", "take_in"]

_KEPT = ("person.yaml", "questions.txt", "experiment.csv", "READ-ME.txt", *(table.file for table in TABLES))
_SESSIONS = "sessions"
_FACTS = "session.json"


def folder_of(person: Person) -> str:
    """What a person's folder is called."""
    return folder_name(Path(f"{person.name}.folder"))


@contextmanager
def laid_out(person: Person, *, whole: bool) -> Iterator[Path]:
    """A person's folder for a moment: as `read_person` reads it, or ``whole`` with all results.

    Results are not copied where the disk can name them twice.
    """
    with temporary_folder(settings.PLACE.temporary) as work:
        folder = work / folder_of(person)
        (folder / _SESSIONS).mkdir(parents=True)
        for sheet in person.sheets.prefetch_related("rows"):
            (folder / sheet.file).write_bytes(whole_text(sheet))
            at_s = sheet.written_at.timestamp()
            os.utime(folder / sheet.file, (at_s, at_s))
        for recording in person.recordings.filter(measured=True).annotate(taken=Count("steps")):
            place = folder / _SESSIONS / recording.name
            keep_review(recording, recording.taken)
            if whole:
                shutil.copytree(recording.result, place, copy_function=_same)
            else:
                place.mkdir()
                _same(recording.result / _FACTS, place / _FACTS)
                if (recording.result / REVIEW_FILE).is_file():
                    _same(recording.result / REVIEW_FILE, place / REVIEW_FILE)
        yield folder


def _same(source: str | Path, target: str | Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def take_in(account: Account, folder: Path, *, name: str = "") -> Person:
    """Take a person's folder into the casebook; the folder itself is only read.

    Parameters
    ----------
    account
        Whose it will be.
    folder
        As ``facialis person`` makes it and ``facialis course`` reads it.
    name
        What the person is called; empty: as the folder.

    Raises
    ------
    FormatError
        It holds none of the files of a person's folder.
    InputError
        A file of it cannot be read.
    """
    if not any((folder / file).exists() for file in FILES):
        raise FormatError(**said("nothing_of_person", folder=folder.name, known=", ".join(FILES)))
    made: list[Path] = []
    try:
        with transaction.atomic():
            person = Person.objects.create(owner=account, name=name or folder.name)
            for file in _KEPT:
                path = folder / file
                if path.is_file() and not path.is_symlink():
                    changed = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
                    keep_file(person, file, read_bytes(path, TABLE_BYTES), changed)
            for result in _results(folder / _SESSIONS):
                recording = _recording_of(person, result)
                made.append(recording.folder)
                _take_result(recording, result)
            note(account, "person_taken_in", person.pk)
    except BaseException:
        for path in made:
            shutil.rmtree(path, ignore_errors=True)
        raise
    return person


def _results(sessions: Path) -> list[Path]:
    if not sessions.is_dir():
        return []
    return [path for path in sorted(sessions.iterdir()) if (path / _FACTS).is_file() and not path.is_symlink()]


def _recording_of(person: Person, result: Path) -> Recording:
    """The record of a result, not saved yet."""
    recording = Recording(owner_id=person.owner_id, person=person, token=new_token(), name=result.name, measured=True)
    facts: dict[str, object] = {}
    recording.day = datetime.fromtimestamp(result.stat().st_mtime, tz=UTC).date()
    # A result whose day or form is not known is kept as it is: whoever reads the folder says what is wrong with it.
    with suppress(Exception):
        content = read_session_object(result / _FACTS)
        facts = content.get("recording", {})
        recording.day = session_day(result.name, content)
    recording.shown_name, recording.sha256 = str(facts.get("name", "")), str(facts.get("sha256", ""))
    return recording


def _take_result(recording: Recording, result: Path) -> None:
    recording.folder.mkdir(mode=0o700)
    shutil.copytree(result, recording.result, ignore=_odd)
    recording.save()
    take_review(recording)


def _odd(folder: str, names: list[str]) -> set[str]:
    """What is neither a file nor a folder of its own: links lead out of the folder, pipes never end."""
    paths = {name: Path(folder, name) for name in names}
    return {name for name, path in paths.items() if path.is_symlink() or not (path.is_file() or path.is_dir())}
