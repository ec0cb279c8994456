"""``session.json``: all of a session but its events, written and read back.

The keys are fixed: scripts of other people rely on them. Missing is ``null``, never zero.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from facialis.core.errors import FacialisError, FormatError, RecordError
from facialis.core.knowledge import spoken
from facialis.core.messages import said
from facialis.core.occasion import Occasion, Told, occasion_of
from facialis.core.reading import read_bytes
from facialis.core.records import (
    Block,
    DetectionLimit,
    Event,
    Finding,
    Interval,
    Measure,
    Provenance,
    Recording,
    Session,
)
from facialis.core.verdict import verdict_of

__all__ = [
    "FORMAT_VERSION",
    "REVIEW_FILE",
    "counted_object",
    "given_day",
    "read_session_json",
    "read_session_object",
    "review_object",
    "session_object",
    "session_revision",
    "write_session",
    "write_session_object",
]

FORMAT_VERSION = 1
REVIEW_FILE = "review.json"
"""Beside ``session.json`` where a person reviewed the events: what counts since then."""

_COUNTED = ("usable_s", "rest_s", "verdict", "measures")

_OCCASION = tuple(item.name for item in fields(Occasion))
_MOST_BYTES = 50_000_000  # chosen: that of a long recording has 0.1 MB; 5 - 500 MB

Row = TypeVar("Row")


def session_object(session: Session, *, faces: bool = True) -> dict[str, Any]:
    """The session as one JSON object: facts, verdict, limits, measures, findings, blocks; events only counted by kind.

    Nothing in it is NaN or infinite: such a value becomes null. ``faces`` says whether the report beside it shows any;
    its language is the one spoken. Nothing else hangs on the language: verdicts are codes and keys.
    """
    counts: dict[str, int] = {}
    for event in session.events:
        counts[event.trial_type] = counts.get(event.trial_type, 0) + 1
    return {
        "format_version": FORMAT_VERSION,
        "recording": _plain(session.recording),
        "usable_s": _plain(session.usable_s),
        "rest_s": _plain(session.rest_s),
        "verdict": _plain(verdict_of(session)),
        "events": {"count": len(session.events), "by_type": dict(sorted(counts.items())), "file": "events.tsv"},
        "measures": [_plain(item) for item in session.measures],
        "limits": [_plain(item) for item in session.limits],
        "findings": [_plain(item) for item in session.findings],
        "blocks": [_plain(item) for item in session.blocks],
        **_plain(session.occasion),
        "provenance": _plain(session.provenance),
        "report": {"faces": faces, "language": spoken()},
    }


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)


def write_session(session: Session, path: Path, *, faces: bool = True) -> None:
    """Write ``session.json`` (UTF-8, LF, readable by eye); OSError where the file cannot be written."""
    write_session_object(session_object(session, faces=faces), path)


def write_session_object(content: Mapping[str, Any], path: Path) -> None:
    """Write the object of a ``session.json`` as it is; OSError where the file cannot be written."""
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    # Surrogates come from file names that are not UTF-8; they are escaped rather than refused.
    path.write_bytes((text + "\n").encode("utf-8", "backslashreplace"))


def read_session_object(path: Path) -> dict[str, Any]:
    """A ``session.json`` as an object, of a format version that this facialis knows; its rows are not looked at.

    The only reader of the file: whatever else reads it goes through here.

    Raises
    ------
    FormatError
        The file is no JSON object, or of another format version; ``newer`` if a later facialis wrote it.
    OSError
        The file is missing or cannot be read.
    """
    try:
        content = json.loads(read_bytes(path, _MOST_BYTES))
    except (ValueError, RecursionError) as error:
        raise FormatError(**said("session_not_json", name=path.name, error=error)) from error
    if not isinstance(content, dict):
        raise FormatError(**said("session_no_object", name=path.name))
    found = content.get("format_version")
    if type(found) is int and found > FORMAT_VERSION:
        raise FormatError(**said("session_newer", name=path.name, found=found, known=FORMAT_VERSION), code="newer")
    if type(found) is not int or found != FORMAT_VERSION:
        raise FormatError(**said("session_version", name=path.name, found=repr(found), known=FORMAT_VERSION))
    return content


def review_object(
    machine: Mapping[str, Any], reviewed: Session, *, stands: bool, steps: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """The object of a ``review.json``: what counts after a review, of which measures, and the steps that led there.

    Parameters
    ----------
    machine
        The object of the ``session.json`` beside it.
    reviewed
        The session with the events, times in s and measures that count after the review.
    stands
        False: nothing of the review stands, as all was undone; the machine's numbers count.
    steps
        The review itself, in order; kept as they are.
    """
    counted = session_object(reviewed)
    return {
        "format_version": FORMAT_VERSION,
        "stands": stands,
        **{key: counted[key] for key in _COUNTED},
        "machine_measures": machine["measures"],
        "steps": [dict(step) for step in steps],
    }


def counted_object(machine: Mapping[str, Any], path: Path) -> dict[str, Any]:
    """The object of a ``session.json`` with the numbers that count after the review in ``path``, if there is one.

    ``reviewed`` in it says whether they do.

    Raises
    ------
    FormatError
        The review cannot be read, or is of other measures than those beside it.
    """
    if not path.is_file():
        return dict(machine)
    try:
        review = read_session_object(path)
        if review["machine_measures"] != machine["measures"]:
            raise FormatError(**said("review_of_other"))
        counted = {key: review[key] for key in _COUNTED} if review["stands"] else {}
    except (KeyError, OSError) as error:
        raise FormatError(**said("review_not_read")) from error
    return {**machine, **counted, "reviewed": bool(counted)}


def session_revision(content: Mapping[str, Any]) -> int:
    """The revision of the measurement that made a session's object; 0 if it predates revisions.

    Raises
    ------
    FormatError
        What stands there is no revision.
    """
    made = content.get("provenance", {})
    revision = made.get("revision", 0) if isinstance(made, dict) else None
    if type(revision) is not int or revision < 0:
        raise FormatError(**said("session_revision"))
    return revision


def read_session_json(path: Path, events: Iterable[Event] = ()) -> Session:
    """The session of a ``session.json``; its events are kept in ``events.tsv`` and handed in.

    Raises
    ------
    FormatError
        As `read_session_object`; or a row breaks its schema.
    OSError
        The file is missing or cannot be read.
    """
    content = read_session_object(path)
    session_revision(content)
    try:
        facts = dict(content["recording"])
        facts["gaps"] = tuple(_row(Interval, item) for item in facts.get("gaps", ()))
        told = {key: content[key] for key in _OCCASION if key in content}
        if told.get("date") is not None:
            told["date"] = date.fromisoformat(told["date"])
        return Session(
            recording=_row(Recording, facts),
            usable_s=_seconds(content, "usable_s"),
            rest_s=_seconds(content, "rest_s"),
            events=tuple(events),
            measures=tuple(_row(Measure, item) for item in content["measures"]),
            limits=tuple(_row(DetectionLimit, item) for item in content["limits"]),
            findings=tuple(_row(Finding, item) for item in content["findings"]),
            blocks=tuple(_row(Block, item) for item in content["blocks"]),
            provenance=_row(Provenance, content["provenance"]),
            occasion=Occasion(**told),
        )
    except (AttributeError, KeyError, TypeError, ValueError, RecordError) as error:
        raise FormatError(**said("session_schema", name=path.name, error=error)) from error


def given_day(content: Mapping[str, Any]) -> date | None:
    """The day that a person gave of a recording, with ``--date`` or by writing it into ``session.json``; else None.

    A day that is another than the one that follows from the film was written by hand, whatever ``date_from`` says.
    """
    try:
        day = date.fromisoformat(content["date"])
        source = content.get("date_from")
        if source not in ("film", "film_utc"):
            return day
        facts = content["recording"]
        told = Told(time_zone=content["utc_offset"] if source == "film_utc" else None)
        film = occasion_of(told, facts["recorded_at"], local=source == "film").date
    except (AttributeError, KeyError, TypeError, ValueError, FacialisError):
        return None
    return None if day == film else day


def _seconds(content: Mapping[str, Any], name: str) -> float:
    value = content[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        raise ValueError(f"{name} is {value!r}, not a number of seconds")
    return float(value)


def _row(kind: type[Row], values: Mapping[str, Any]) -> Row:
    known = {item.name for item in fields(cast(Any, kind))}
    return kind(**{key: value for key, value in values.items() if key in known})
