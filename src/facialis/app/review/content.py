"""What is shown of a review: each event with what was said of it, how far it is, and both counts side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from facialis.app.recordings.models import RESULT, Recording
from facialis.app.recordings.store import folder_of, plain_result, result_stamp
from facialis.app.review.added import event_of, part_name
from facialis.app.review.counted import reviewed_measures
from facialis.app.review.models import Verdict
from facialis.app.review.standing import Added, Excluded, Standing, event_keys, standing_of
from facialis.app.vault.plain import private_folder
from facialis.app.watching.clips import clips_of
from facialis.app.watching.misses import Miss, misses_in
from facialis.app.watching.models import Viewing
from facialis.core.knowledge import figure, why_words, wording
from facialis.core.records import SPASM_KINDS, Event, Measure, Session
from facialis.files.clips import Clip
from facialis.files.events import read_events
from facialis.files.session import read_session_json
from facialis.files.session_folder import read_session
from facialis.report.drawing.anatomy import plain_name
from facialis.report.drawing.scales import clock, percent_words
from facialis.report.session.page import amount_words, range_words
from facialis.report.session.verdict import percent

__all__ = ["CountLine", "EventLine", "ExcludedLine", "MissLine", "Review", "facts_of", "review_of", "session_of"]

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
    """One event in words; ``at_s`` and ``until_s`` are its ends in the film, ``verdict`` is empty where none stands.

    ``place`` names its row. ``found``: its ends as the machine found them, where a person set others. ``added``: a
    person saw it. ``loop``: the magnified film that the result has of it.
    """

    number: int
    place: str
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
    kind_code: str
    side_code: str
    found: tuple[float, float] | None = None
    added: bool = False
    loop: Clip | None = None

    @property
    def loop_s(self) -> float:
        """How long the loop lasts."""
        return 0.0 if self.loop is None else self.loop.stop_s - self.loop.start_s


@dataclass(frozen=True, kw_only=True)
class MissLine:
    """A near miss in words; ``rejected``: a person has said that it is none."""

    number: int
    key: str
    at_s: float
    until_s: float
    at: str
    side: str
    side_code: str
    where: str
    size: str
    certainty: str
    rejected: bool


@dataclass(frozen=True, kw_only=True)
class CountLine:
    """One measure in words, as the machine counted and after the review."""

    name: str
    block: str
    machine: str
    reviewed: str
    differs: bool


@dataclass(frozen=True, kw_only=True)
class ExcludedLine:
    """A stretch left out, with its ends in words and in seconds of the film."""

    number: int
    start: str
    stop: str
    start_s: float
    stop_s: float
    reason: str


@dataclass(frozen=True, kw_only=True)
class Review:
    """The review part of a recording's page. ``usual_side``: on which most was found, where a person adds one."""

    lines: tuple[EventLine, ...]
    total: int
    judged: int
    unsure: int
    rejected: int
    by_doubt: bool
    excluded: tuple[ExcludedLine, ...]
    counts: tuple[CountLine, ...]
    standing: Standing
    misses: tuple[MissLine, ...] = ()
    usual_side: str = "left"

    @property
    def left(self) -> int:
        """How many events are not judged yet."""
        return self.total - self.judged


def facts_of(recording: Recording) -> Session:
    """What was measured in a recording, without its signals, which take long to read.

    Raises
    ------
    FormatError
        Its result is missing or broken.
    OSError
        A file of it is missing.
    """
    return _facts(_Asked(recording.token, result_stamp(recording), recording))


@lru_cache(maxsize=8)
def _facts(asked: _Asked) -> Session:
    names = [f"{RESULT}/{name}" for name in ("session.json", "events.tsv")]
    with private_folder() as place:
        folder_of(asked.recording).lay_out(names, RESULT, place)
        return read_session_json(place / "session.json", read_events(place / "events.tsv"))


def session_of(recording: Recording) -> Session:
    """What was measured in a recording, with its signals.

    Raises
    ------
    FormatError
        Its result is missing or broken.
    """
    return _session(_Asked(recording.token, result_stamp(recording), recording))


@dataclass(frozen=True)
class _Asked:
    """What a session is kept by, and the recording that it is of."""

    token: str
    stamp: int
    recording: Recording = field(compare=False)


@lru_cache(maxsize=2)  # a review asks for the same one at each step; an hour of signals takes some 100 MB
def _session(asked: _Asked) -> Session:
    with plain_result(asked.recording) as folder:
        return read_session(folder)


def review_of(recording: Recording, *, by_doubt: bool) -> Review:
    """The review of a recording that was measured, in the language spoken; ``by_doubt``: nearest to even odds first."""
    session, standing = facts_of(recording), standing_of(recording)
    keys, loops = event_keys(session.events), clips_of(recording)
    said = Counter(standing.verdicts[key] for key in keys if key in standing.verdicts)
    rows = list(enumerate(zip(keys, session.events, strict=True), start=1))
    rows.sort(key=lambda row: _doubt(row[1][1]) if by_doubt else _start_s(row[1][0], row[1][1], standing))
    lines = [
        _line(number, key, event, standing, loops.get(number - 1))
        for number, (key, event) in rows[:_MOST_EVENTS]  # words for a thousand would be waited for
    ]
    lines += [_added_line(added, recording) for added in standing.added]
    lines.sort(key=lambda line: line.doubt if by_doubt else line.at_s)
    return Review(
        lines=tuple(lines[:_MOST_EVENTS]),
        total=len(keys),
        judged=said.total(),
        unsure=said["unsure"],
        rejected=said["reject"],
        by_doubt=by_doubt,
        excluded=tuple(_excluded_line(item) for item in standing.excluded),
        counts=_counts(session_of(recording), standing) if standing.begun else (),
        standing=standing,
        misses=_misses(recording, standing),
        usual_side=_usual_side(session),
    )


def _doubt(event: Event) -> float:
    return abs(event.probability - _EVEN)


def _start_s(key: str, event: Event, standing: Standing) -> float:
    moved = standing.moved.get(key)
    return event.onset_s if moved is None else moved.start_s


def _excluded_line(item: Excluded) -> ExcludedLine:
    start_s, stop_s = item.part.start_s, item.part.stop_s
    return ExcludedLine(
        number=item.number,
        start=figure(f"{start_s:.1f}"),
        stop=figure(f"{stop_s:.1f}"),
        start_s=start_s,
        stop_s=stop_s,
        reason=item.reason,
    )


def _usual_side(session: Session) -> str:
    sides = Counter(event.side for event in session.events if event.trial_type in SPASM_KINDS)
    return "right" if sides["right"] > sides["left"] else "left"


def _line(number: int, key: str, event: Event, standing: Standing, loop: Clip | None) -> EventLine:
    moved = standing.moved.get(key)
    line = _of_event(event, number=number, place=f"event-{number}", key=key)
    if moved is not None:
        found = (line.at_s, line.until_s)
        line = replace(
            line,
            at_s=moved.start_s,
            until_s=moved.stop_s,
            at=clock(moved.start_s),
            length=figure(f"{moved.duration_s:.2f} s"),
            found=found,
        )
    return replace(line, verdict=standing.verdicts.get(key, ""), loop=loop)


def _added_line(added: Added, recording: Recording) -> EventLine:
    event = event_of(added, session_of(recording).motion)
    line = _of_event(event, number=added.number, place=f"added-{added.number}", key=added.key)
    where = part_name(added.region) if added.region else "–"
    return replace(line, certainty="", doubt=1.0, added=True, where=where)


def _of_event(event: Event, *, number: int, place: str, key: str) -> EventLine:
    return EventLine(
        number=number,
        place=place,
        key=key,
        at_s=round(event.onset_s, 6),
        until_s=round(event.offset_s, 6),
        at=clock(event.onset_s),
        kind=plain_name(event.trial_type, "kind"),
        side=wording(f"side_{event.side}"),
        where=_where(event.regions),
        length=figure(f"{event.duration_s:.2f}\N{NO-BREAK SPACE}s"),
        size=percent(event.amplitude_iod) if event.amplitude_iod else "–",
        certainty=percent_words(event.probability),
        main=event.trial_type in SPASM_KINDS,
        doubt=_doubt(event),
        verdict="",
        kind_code=event.trial_type,
        side_code=event.side,
    )


def _where(regions: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(plain_name(name) for name in regions)) or "–"


def _misses(recording: Recording, standing: Standing) -> tuple[MissLine, ...]:
    """Near misses that no added event covers, those that were rejected last."""
    viewing = Viewing.objects.filter(recording=recording).first()
    rows = misses_in(viewing.misses if viewing is not None else None)
    lines = [
        _miss_line(number, row, standing.verdicts.get(row.key) == Verdict.REJECT)
        for number, row in enumerate(rows, start=1)
        if not any(added.part.start_s < row.offset_s and row.onset_s < added.part.stop_s for added in standing.added)
    ]
    return tuple(sorted(lines, key=lambda line: line.rejected))


def _miss_line(number: int, row: Miss, rejected: bool) -> MissLine:
    return MissLine(
        number=number,
        key=row.key,
        at_s=row.onset_s,
        until_s=row.offset_s,
        at=clock(row.onset_s),
        side=wording(f"side_{row.side}"),
        side_code=row.side,
        where=_where(row.regions),
        size=percent(row.amplitude_iod),
        certainty=percent_words(row.probability),
        rejected=rejected,
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
