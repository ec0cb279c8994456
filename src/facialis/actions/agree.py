"""How far raters agree: a table of ratings and the results of a detector in, one record out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from facialis.agree.agreement import Agreement, agreement_object, agreement_of
from facialis.agree.detector import MeasuredFilm
from facialis.core.errors import FormatError, OutputError
from facialis.core.messages import reason, said
from facialis.core.temporary import remove_leftovers, temporary_file
from facialis.files.events import read_events
from facialis.files.ratings import read_ratings
from facialis.files.session import read_session_json, read_session_object

__all__ = ["agree", "write_agreement"]

_BLIND = ("unusable", "too_little", "unseen", "too_coarse")  # codes of a verdict that says nothing of twitches


def agree(table: Path, detector: Sequence[Path] | None = None) -> Agreement:
    """Work out how far the raters of a table agree, and how far results of facialis agree with their mean.

    Parameters
    ----------
    table
        The ratings, as `facialis.files.ratings` reads them.
    detector
        Folders of results, as ``facialis analyse`` writes them, or folders that hold such; None: none.

    Raises
    ------
    FormatError
        The table cannot be used, or a folder has no result.
    """
    ratings = read_ratings(table)
    films = None if detector is None else [film for folder in detector for film in _films(folder)]
    return agreement_of(ratings, films)


def write_agreement(agreement: Agreement, path: Path) -> None:
    """Write the whole as JSON, whole or not at all; an earlier one of that name is replaced.

    Raises
    ------
    OutputError
        It cannot be written; what was there is kept.
    """
    remove_leftovers(path.parent)
    text = json.dumps(agreement_object(agreement), indent=1, ensure_ascii=False, allow_nan=False)
    try:
        with temporary_file(path.parent, path.suffix) as part:
            part.write_text(text + "\n", encoding="utf-8")
            part.replace(path)
    except OSError as error:
        why, advice = reason(error)
        raise OutputError(**said("agreement_not_written", path=path, why=why, advice=advice)) from error


def _films(folder: Path) -> list[MeasuredFilm]:
    places = (
        [folder] if (folder / "session.json").is_file() else sorted(p.parent for p in folder.glob("*/session.json"))
    )
    if not places:
        raise FormatError(**said("no_results", folder=folder))
    return [_film(place) for place in places]


def _film(place: Path) -> MeasuredFilm:
    try:
        session = read_session_json(place / "session.json", read_events(place / "events.tsv"))
        verdict = read_session_object(place / "session.json").get("verdict")
    except OSError as error:
        name = error.filename or place
        raise FormatError(**said("result_not_read", name=name, why=error.strerror or error)) from error
    recording = session.recording
    names = {recording.name, Path(recording.name).stem, recording.sha256, place.name}
    return MeasuredFilm(
        names=frozenset(names),
        duration_s=recording.duration_s,
        able=not isinstance(verdict, dict) or verdict.get("code") not in _BLIND,
        events=session.events,
    )
