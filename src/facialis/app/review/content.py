"""What is shown of a review: each event with what was said of it, how far it is, and both counts side by side."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from facialis.app.recordings.models import Recording
from facialis.app.review.counted import reviewed_measures
from facialis.app.review.standing import Standing, event_keys, standing_of
from facialis.core.knowledge import figure, why_words, wording
from facialis.core.records import SPASM_KINDS, Event, Measure, Session
from facialis.files.session_folder import read_session
from facialis.report.drawing.anatomy import plain_name
from facialis.report.drawing.scales import clock, percent_words
from facialis.report.session.page import amount_words, range_words
from facialis.report.session.verdict import percent

__all__ = ["CountLine", "EventLine", "Review", "review_of", "session_of"]

_MOST_EVENTS = 500  # chosen: more rows are read by nobody; all are in events.tsv; 200 - 2000
_EVEN = 0.5
_COMPARED = (
    ("twitch_rate_per_min", "rest"),
    ("twitch_rate_per_min", "all"),
    ("twitch_count", "all"),
    ("spasm_share", "rest"),
    ("spasm_share", "all"),
    ("median_amplitude_iod", "all"),
    ("largest_amplitude_iod", "all"),
    ("side", "all"),
    ("regions", "all"),
    ("blink_rate_per_min", "all"),
)


@dataclass(frozen=True, kw_only=True)
class EventLine:
    """One event in words; ``at_s`` and ``until_s`` are its ends in the film, ``verdict`` is empty where none stands."""

    number: int
    key: str
    at_s: float
    until_s: float
    at: str
    kind: str
    side: str
    where: str
    length: str
    size: str
    certainty: str
    main: bool
    doubt: float
    verdict: str


@dataclass(frozen=True, kw_only=True)
class CountLine:
    """One measure in words, as the machine counted and after the review."""

    name: str
    block: str
    machine: str
    reviewed: str
    differs: bool


@dataclass(frozen=True, kw_only=True)
class Review:
    """The review part of a recording's page. ``excluded``: number, beginning, end and reason of stretches left out."""

    lines: tuple[EventLine, ...]
    total: int
    judged: int
    unsure: int
    rejected: int
    by_doubt: bool
    excluded: tuple[tuple[int, str, str, str], ...]
    counts: tuple[CountLine, ...]
    standing: Standing


def session_of(recording: Recording) -> Session:
    """What was measured in a recording, with its signals.

    Raises
    ------
    FormatError
        Its result is missing or broken.
    """
    facts = recording.result / "session.json"
    return _session(str(recording.result), facts.stat().st_mtime_ns if facts.is_file() else 0)


@lru_cache(maxsize=2)  # a review asks for the same one at each step; an hour of signals takes some 100 MB
def _session(folder: str, _stamp: int) -> Session:
    return read_session(folder)


def review_of(recording: Recording, *, by_doubt: bool) -> Review:
    """The review of a recording that was measured, in the language spoken; ``by_doubt``: nearest to even odds first."""
    session, standing = session_of(recording), standing_of(recording)
    keys = event_keys(session.events)
    said = Counter(standing.verdicts[key] for key in keys if key in standing.verdicts)
    lines = [
        _line(number, key, event, standing.verdicts.get(key, ""))
        for number, (key, event) in enumerate(zip(keys, session.events, strict=True), start=1)
    ]
    if by_doubt:
        lines.sort(key=lambda line: line.doubt)
    return Review(
        lines=tuple(lines[:_MOST_EVENTS]),
        total=len(lines),
        judged=said.total(),
        unsure=said["unsure"],
        rejected=said["reject"],
        by_doubt=by_doubt,
        excluded=tuple(
            (item.number, figure(f"{item.part.start_s:.1f}"), figure(f"{item.part.stop_s:.1f}"), item.reason)
            for item in standing.excluded
        ),
        counts=_counts(session, standing) if standing.begun else (),
        standing=standing,
    )


def _line(number: int, key: str, event: Event, verdict: str) -> EventLine:
    where = ", ".join(dict.fromkeys(plain_name(name) for name in event.regions)) or "–"
    return EventLine(
        number=number,
        key=key,
        at_s=round(event.onset_s, 6),
        until_s=round(event.offset_s, 6),
        at=clock(event.onset_s),
        kind=plain_name(event.trial_type, "kind"),
        side=wording(f"side_{event.side}"),
        where=where,
        length=figure(f"{event.duration_s:.2f} s"),
        size=percent(event.amplitude_iod) if event.amplitude_iod else "–",
        certainty=percent_words(event.probability),
        main=event.trial_type in SPASM_KINDS,
        doubt=abs(event.probability - _EVEN),
        verdict=verdict,
    )


def _counts(session: Session, standing: Standing) -> tuple[CountLine, ...]:
    machine = {(row.name, row.block): row for row in session.measures}
    reviewed = {(row.name, row.block): row for row in reviewed_measures(session, standing)}
    return tuple(
        CountLine(
            name=plain_name(name, "measure"),
            block=plain_name(block, "block"),
            machine=_words(machine.get((name, block))),
            reviewed=_words(reviewed[name, block]),
            differs=_words(machine.get((name, block))) != _words(reviewed[name, block]),
        )
        for name, block in _COMPARED
        if (name, block) in reviewed
    )


def _words(row: Measure | None) -> str:
    if row is None:  # a result from before there was this measure
        return "–"
    if row.value is None:
        return why_words(row.why_not)
    return "; ".join(part for part in (amount_words(row.value, row.unit), range_words(row)) if part)
