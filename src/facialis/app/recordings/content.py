"""What is shown of a recording: the answer first, then what to mend, the drawing, and each event."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup

from facialis.app.recordings.models import Recording
from facialis.core.knowledge import figure, sentences, spoken, wording
from facialis.core.records import Event, Session
from facialis.core.verdict import verdict_of
from facialis.files.session_folder import read_session
from facialis.report.drawing.anatomy import plain_name
from facialis.report.drawing.scales import clock, percent_words
from facialis.report.session.figures import NARROW, WIDE, draw_rows, draw_strip, traces
from facialis.report.session.verdict import duration_words, percent, verdict

__all__ = ["EventLine", "Shown", "shown_of"]

_MAIN = ("twitch", "tonic_spasm", "myokymia")
_TO_MEND = ("finding_", "advice_")
_MOST_EVENTS = 500  # chosen: more rows are read by nobody; all are in events.tsv; 200 - 2000


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """One event in words; ``at_s`` is where it begins in the film."""

    number: int
    at_s: float
    at: str
    kind: str
    side: str
    where: str
    length: str
    size: str
    certainty: str
    main: bool


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A recording's page in words and drawings. ``mend``: sentences on what to do better next time."""

    lead: str
    mend: tuple[str, ...]
    rest: tuple[str, ...]
    warnings: tuple[tuple[str, str, str], ...]
    strips: tuple[Markup, ...]
    rows: tuple[Markup, ...]
    events: tuple[EventLine, ...]
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
    events = enumerate(session.events[:_MOST_EVENTS], start=1)
    return Shown(
        lead=others[0],
        mend=mend,
        rest=tuple(others[1:]),
        warnings=tuple(_warnings(session)),
        strips=strips,
        rows=rows,
        events=tuple(_line(number, event) for number, event in events),
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


def _line(number: int, event: Event) -> EventLine:
    where = ", ".join(dict.fromkeys(plain_name(name) for name in event.regions)) or "–"
    return EventLine(
        number=number,
        at_s=round(event.onset_s, 3),
        at=clock(event.onset_s),
        kind=plain_name(event.trial_type, "kind"),
        side=wording(f"side_{event.side}"),
        where=where,
        length=figure(f"{event.duration_s:.2f} s"),
        size=percent(event.amplitude_iod) if event.amplitude_iod else "–",
        certainty=percent_words(event.probability),
        main=event.trial_type in _MAIN,
    )
