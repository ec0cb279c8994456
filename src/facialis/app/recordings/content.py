"""What is shown of a recording: the answer first, then what to mend, and the drawing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from facialis.app.recordings.models import Recording
from facialis.core.knowledge import sentences, spoken, wording
from facialis.core.records import Session
from facialis.core.verdict import verdict_of
from facialis.files.session_folder import read_session
from facialis.report.session.figures import NARROW, WIDE, draw_rows, draw_strip, traces
from facialis.report.session.verdict import duration_words, verdict

__all__ = ["Shown", "shown_of"]

_TO_MEND = ("finding_", "advice_")


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A recording's page in words and drawings. ``mend``: sentences on what to do better next time."""

    lead: str
    mend: tuple[str, ...]
    rest: tuple[str, ...]
    warnings: tuple[tuple[str, str, str], ...]
    strips: tuple[Markup, ...]
    rows: tuple[Markup, ...]
    usable: str
    length: str


def shown_of(recording: Recording) -> Shown:
    """What is shown of a recording that was measured, in the language spoken.

    Raises
    ------
    FormatError
        Its result is missing or broken.
    """
    stamp = (recording.result / "session.json").stat().st_mtime_ns if recording.result.is_dir() else 0
    return _shown(recording.token, str(recording.result), stamp, spoken())


@lru_cache(maxsize=32)
def _shown(_token: str, folder: str, _stamp: int, _code: str) -> Shown:
    session = read_session(folder)
    said = verdict(session)
    mend = tuple(sentence.text for sentence in said if sentence.key.startswith(_TO_MEND))
    others = [sentence.text for sentence in said if not sentence.key.startswith(_TO_MEND)]
    strips: tuple[Markup, ...] = ()
    rows: tuple[Markup, ...] = ()
    if session.usable_s > 0:
        drawn = traces(session.motion, session)
        strips = tuple(draw_strip(drawn, session, paper).markup() for paper in (WIDE, NARROW))
        rows = tuple(row.markup() for paper in (WIDE, NARROW) for row in draw_rows(drawn, session, frozenset(), paper))
    return Shown(
        lead=others[0],
        mend=mend,
        rest=tuple(others[1:]),
        warnings=tuple(_warnings(session)),
        strips=strips,
        rows=rows,
        usable=duration_words(session.usable_s),
        length=duration_words(session.recording.duration_s),
    )


def _warnings(session: Session) -> list[tuple[str, str, str]]:
    """Severity, what was wrong, and what to do, of what the verdict itself has not said."""
    worst = verdict_of(session).worst_finding
    known = sentences()
    return [
        (item.severity, wording(f"finding_{item.code}"), wording(f"advice_{item.code}"))
        for item in session.findings
        if item.severity != "note" and item.code != worst and f"finding_{item.code}" in known
    ]
