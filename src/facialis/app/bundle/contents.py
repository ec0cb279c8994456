"""What of a person goes into a bundle: the chosen parts, file by file, and nothing that was not chosen."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final, cast

from facialis.app.bundle.manifest import RECORD, TABLES, is_result, short_name
from facialis.app.course.everything import film_ending
from facialis.app.people.folders import laid_out
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import film_to_hand_out
from facialis.core.errors import FormatError
from facialis.files.session import REVIEW_FILE, counted_object, read_session_object, write_session_object

__all__ = ["Chosen", "Source", "counted", "sources"]

_FOR_COURSE: Final = (
    *("format_version", "usable_s", "rest_s", "verdict", "measures", "limits", "date", "date_from", "utc_offset"),
    *("time_zone", "mirrored", "filmed", "alone", "as_filmed", "time", "provenance", "reviewed"),
)
"""What the course reads of a result: no event, no picture, and nothing about the film but how long it is."""
_OF_FILM: Final = ("duration_s", "recorded_at", "recorded_local")


@dataclass(frozen=True)
class Source:
    """A file that goes into a bundle: what it is called there, when it was changed, and how it is opened."""

    name: str
    changed_s: float
    opened: Callable[[], AbstractContextManager[BinaryIO]]


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """What a choice amounts to: recordings, films among them, rows of each table, and about how many bytes."""

    recordings: int
    films: int
    rows: Mapping[str, int]
    size: int

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to send."""
        return not self.recordings and not self.rows


def counted(person: Person, scopes: Iterable[str], *, films: bool) -> Chosen:
    """What would go into a bundle, without reading a film or a result."""
    chosen = set(scopes)
    size, rows = 0, {}
    for sheet in person.sheets.prefetch_related("rows"):
        if TABLES.get(sheet.file) in chosen:
            written = [row.written for row in sheet.rows.all()]
            count = len(written) if sheet.file.endswith(".csv") else int(bool(sheet.opening.strip()))
            size += len(sheet.opening) + sum(map(len, written))
            if count:
                rows[sheet.file] = count
    there = list(person.recordings.filter(measured=True)) if chosen & {"recordings", "course"} else []
    filmed = [recording for recording in there if recording.film.is_file()] if films and "recordings" in chosen else []
    for recording in there if "recordings" in chosen else ():
        size += sum(
            path.stat().st_size for path in recording.result.rglob("*") if path.is_file() and _goes(recording, path)
        )
    size += sum(recording.film.stat().st_size for recording in filmed)
    return Chosen(recordings=len(there), films=len(filmed), rows=rows, size=size)


def _goes(recording: Recording, path: Path) -> bool:
    return is_result(path.relative_to(recording.result).as_posix())


@contextmanager
def sources(person: Person, scopes: Iterable[str], *, films: bool) -> Iterator[list[Source]]:
    """The files of a bundle, for the time of the block: of the folder as it is laid out, only what was chosen."""
    chosen = set(scopes)
    with laid_out(person, whole="recordings" in chosen) as folder:
        found = [
            _plain(f"{RECORD}/{name}", folder / name)
            for name, part in TABLES.items()
            if part in chosen and (folder / name).is_file()
        ]
        recordings = {recording.name: recording for recording in person.recordings.filter(measured=True)}
        for place in sorted((folder / "sessions").iterdir()) if chosen & {"recordings", "course"} else ():
            name = f"{RECORD}/sessions/{short_name(place.name)}"
            if "recordings" in chosen:
                found += [
                    _plain(f"{name}/{path.relative_to(place).as_posix()}", path)
                    for path in sorted(place.rglob("*"))
                    if path.is_file() and is_result(path.relative_to(place).as_posix())
                ]
            elif _reduce(place):
                found.append(_plain(f"{name}/session.json", place / "session.json"))
        if films and "recordings" in chosen:
            found += [_film(recording) for recording in recordings.values() if recording.film.is_file()]
        yield found


def _plain(name: str, path: Path) -> Source:
    return Source(name, path.stat().st_mtime, partial(_opened, path))


def _opened(path: Path) -> BinaryIO:
    return cast(BinaryIO, path.open("rb"))


def _film(recording: Recording) -> Source:
    name = f"{RECORD}/films/{short_name(recording.name)}{film_ending(recording)}"
    return Source(name, recording.film.stat().st_mtime, partial(film_to_hand_out, recording))


def _reduce(place: Path) -> bool:
    """Leave of a result what the course reads of it, as it counts after its review; whether there is anything."""
    try:
        content = counted_object(read_session_object(place / "session.json"), place / REVIEW_FILE)
        film: Mapping[str, Any] = content["recording"]
        kept: dict[str, Any] = {key: content[key] for key in _FOR_COURSE if key in content}
        # The same film counts once; its own hash would let whoever has the film know it again.
        own = hashlib.sha256(f"course {film.get('sha256', '')}".encode()).hexdigest()
        kept["recording"] = {"name": "", "sha256": own, **{key: film[key] for key in _OF_FILM if key in film}}
        write_session_object(json.loads(json.dumps(kept)), place / "session.json")
    except (FormatError, OSError, KeyError, TypeError, ValueError, AttributeError):
        return False
    return True
