"""The way from a person's folder into the casebook, and back: the same files, byte for byte."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Count

from facialis.actions.outputs import folder_name
from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.people.models import Person
from facialis.app.people.sheets import keep_file, whole_text
from facialis.app.recordings.models import RESULT, Recording, new_token
from facialis.app.recordings.store import keep_film, keep_result
from facialis.app.review.keeping import keep_review, take_review
from facialis.app.vault.folders import Folder
from facialis.app.vault.keys import keys_of
from facialis.app.vault.plain import private_folder
from facialis.core.errors import FormatError
from facialis.core.messages import said
from facialis.core.reading import TABLE_BYTES, read_bytes
from facialis.files.columns import TABLES
from facialis.files.person import FILES
from facialis.files.session import REVIEW_FILE, read_session_object
from facialis.files.sessions import session_day

__all__ = ["folder_of", "folder_of_name", "laid_out", "take_in"]

_KEPT = ("person.yaml", "questions.txt", "experiment.csv", "READ-ME.txt", *(table.file for table in TABLES))
_SESSIONS = "sessions"
_PART_BYTES, _WHOLE_BYTES = 1_000_000, 20_000_000  # chosen: a few times what a recording of some minutes has
_FACTS = "session.json"
_FILMS = "films"
_MOST_NAME = 200  # as the record has room for


def folder_of(person: Person) -> str:
    """What a person's folder is called."""
    return folder_of_name(person.name)


@lru_cache(maxsize=4096)  # chosen: more people than a clinic has; a page asks for the folders of all
def folder_of_name(name: str) -> str:
    """What the folder of somebody of this name is called."""
    return folder_name(Path(f"{name}.folder"))


@contextmanager
def laid_out(person: Person, *, whole: bool) -> Iterator[Path]:
    """A person's folder for a moment: as `read_person` reads it, or ``whole`` with all results.

    It lies in memory where there is room: what is written there is plain.
    """
    with private_folder(
        person.recordings.filter(measured=True).count() * (_WHOLE_BYTES if whole else _PART_BYTES)
    ) as work:
        keys = keys_of(person)
        folder = work / folder_of(person)
        (folder / _SESSIONS).mkdir(parents=True)
        for sheet in person.sheets.prefetch_related("rows"):
            (folder / sheet.file).write_bytes(whole_text(sheet))
            at_s = sheet.written_at.timestamp()
            os.utime(folder / sheet.file, (at_s, at_s))
        for recording in person.recordings.filter(measured=True).annotate(taken=Count("steps")):
            place = folder / _SESSIONS / recording.name
            kept = Folder(recording.folder, keys.get(recording.token))
            place.mkdir()
            kept.lay_out(kept.names(RESULT) if whole else _part(recording), RESULT, place)
            keep_review(recording, recording.taken, place)
        yield folder


def _part(recording: Recording) -> list[str]:
    """What of a result is read for the course."""
    there = [_FACTS, REVIEW_FILE] if (recording.result / REVIEW_FILE).is_file() else [_FACTS]
    return [f"{RESULT}/{name}" for name in there]


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
    VideoError
        What lies among its films is none.
    """
    if not any((folder / file).exists() for file in FILES):
        raise FormatError(**said("nothing_of_person", folder=folder.name, known=", ".join(FILES)))
    made: list[Path] = []
    try:
        with transaction.atomic():
            person = Person.objects.create(owner=account, name=name or folder.name)
            put_aside = sorted(path.name for path in folder.glob("experiment-*.csv"))
            for file in (*_KEPT, *put_aside):
                path = folder / file
                if path.is_file() and not path.is_symlink():
                    changed = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
                    keep_file(person, file, read_bytes(path, TABLE_BYTES), changed)
            for result in _results(folder / _SESSIONS):
                recording = _recording_of(person, result)
                made.append(recording.folder)
                _take_result(recording, result)
                film = _film_of(folder / _FILMS, result.name)
                if film is not None:
                    keep_film(recording, film)
            note(account, "person_taken_in", person.pk, person=person)
    except BaseException:
        for path in made:
            shutil.rmtree(path, ignore_errors=True)
        raise
    return person


def _results(sessions: Path) -> list[Path]:
    if not sessions.is_dir():
        return []
    return [path for path in sorted(sessions.iterdir()) if (path / _FACTS).is_file() and not path.is_symlink()]


def _film_of(films: Path, name: str) -> Path | None:
    """The film of the result ``name``, as the folder that is taken away has it; None where there is none."""
    if not films.is_dir() or films.is_symlink():
        return None
    found = [path for path in sorted(films.iterdir()) if name in (path.name, path.stem)]
    return next((path for path in found if path.is_file() and not path.is_symlink()), None)


def _recording_of(person: Person, result: Path) -> Recording:
    """The record of a result, not saved yet."""
    recording = Recording(owner_id=person.owner_id, person=person, token=new_token(), name=result.name, measured=True)
    facts: dict[str, object] = {}
    recording.day = datetime.fromtimestamp(result.stat().st_mtime, tz=UTC).date()
    # A result whose day or form is not known is kept as it is: whoever reads the folder says what is wrong with it.
    with suppress(Exception):
        content = read_session_object(result / _FACTS)
        film = content.get("recording")
        facts = film if isinstance(film, dict) else {}
        recording.day = session_day(result.name, content)
        _take_said(recording, content)
    told = "".join(char for char in str(facts.get("name", "")) if char.isprintable())
    recording.shown_name, recording.sha256 = told[:_MOST_NAME], str(facts.get("sha256", ""))[:64]
    return recording


def _take_said(recording: Recording, content: Mapping[str, Any]) -> None:
    """What the person said of it when it was measured; what its result does not hold stays open."""
    said = {True: "yes", False: "no"}
    recording.mirrored = content.get("mirrored") is True
    recording.filmed = content.get("filmed") or ""
    recording.alone = said.get(content.get("alone"), "")  # type: ignore[arg-type]
    recording.as_filmed = said.get(content.get("as_filmed"), "unknown")  # type: ignore[arg-type]
    recording.time = time.fromisoformat(content["time"]) if content.get("time") else None


def _take_result(recording: Recording, result: Path) -> None:
    keep_result(recording, result)
    recording.save()
    take_review(recording, result)
