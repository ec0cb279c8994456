"""The forms of what programs are told. Keys are fixed: scripts of other people rely on them. ``null`` is unknown."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ninja import Schema

__all__ = [
    "Column",
    "DiaryDay",
    "DiaryShape",
    "EventShape",
    "FaultShape",
    "FilledShape",
    "HistoryShape",
    "MeasureShape",
    "PeopleShape",
    "PersonShape",
    "ProblemShape",
    "QuestionnairesShape",
    "RecordingShape",
    "RecordingsShape",
    "ReviewShape",
    "StretchShape",
    "TreatmentShape",
    "TreatmentsShape",
    "WholeRecordingShape",
]


class FaultShape(Schema):
    """What went wrong: a code for programs, a sentence and advice for people."""

    code: str
    message: str
    advice: str


class PersonShape(Schema):
    """Somebody. ``own``: whether they are one's own; ``may_see``: what is shared, all of one's own."""

    id: int
    name: str
    own: bool
    may_see: list[str]
    shared_until: dt.datetime | None


class PeopleShape(Schema):
    """A part of those one may see, by name; ``count`` of them in all."""

    count: int
    people: list[PersonShape]


class RecordingShape(Schema):
    """A recording. What nobody has said of it is ``null``, never no."""

    id: int
    person: int
    name: str
    date: dt.date
    time: dt.time | None
    mirrored: bool | None
    filmed: str | None
    alone: bool | None
    as_filmed: bool | None
    measured: bool
    state: str | None


class RecordingsShape(Schema):
    """A part of a person's recordings, the latest first; ``count`` of them in all."""

    count: int
    recordings: list[RecordingShape]


class MeasureShape(Schema):
    """One number of a recording, with its interval; ``why_not`` says why there is none."""

    name: str
    block: str
    value: float | str | None
    unit: str
    low: float | None
    high: float | None
    probability: float | None
    interval_kind: str
    why_not: str


class EventShape(Schema):
    """Something that was seen, as the machine found it; ``verdict`` is that of a person, None: not judged."""

    onset_s: float
    duration_s: float
    trial_type: str
    side: str
    regions: list[str]
    apex_s: float
    amplitude_iod: float | None
    probability: float | None
    verdict: str | None


class StretchShape(Schema):
    """A stretch that a person left out, or an event that they added: ``trial_type``, ``side``, ``region`` then."""

    start_s: float
    stop_s: float
    reason: str = ""
    trial_type: str | None = None
    side: str | None = None
    region: str | None = None


class ReviewShape(Schema):
    """What a person did with the events of a recording."""

    begun: bool
    excluded: list[StretchShape]
    added: list[StretchShape]


class WholeRecordingShape(RecordingShape):
    """A recording with what was measured in it; empty where it has not been measured yet."""

    usable_s: float | None
    measures: list[MeasureShape]
    events: list[EventShape]
    review: ReviewShape


class ProblemShape(Schema):
    """Something that was written and could not be used; ``left_out`` is a row, a value or nothing."""

    file: str
    line: int
    field: str
    message: str
    left_out: str


class Column(Schema):
    """Something that is followed in the diary, and how it is written down."""

    name: str
    unit: str


class DiaryDay(Schema):
    """A day: one value for each column, ``null`` where nothing was noted."""

    date: dt.date
    values: list[float | None]


class DiaryShape(Schema):
    """The diary, in order of its days."""

    columns: list[Column]
    days: list[DiaryDay]
    problems: list[ProblemShape]


class TreatmentShape(Schema):
    """One treatment. Units belong to their product. ``latest_date``: where only the month or the year is known."""

    date: dt.date
    latest_date: dt.date | None
    kind: str
    product: str
    change: str | None
    dose_units: float | None
    sites: list[str]
    note: str


class TreatmentsShape(Schema):
    """All treatments, in order of their days."""

    treatments: list[TreatmentShape]
    problems: list[ProblemShape]


class FilledShape(Schema):
    """A questionnaire that was filled in; an item that was left open is ``null``."""

    date: dt.date
    instrument: str
    items: list[float | None]
    total: float | None


class QuestionnairesShape(Schema):
    """All questionnaires that were filled in, and their scores as in the answer."""

    filled: list[FilledShape]
    scores: list[dict[str, Any]]
    problems: list[ProblemShape]


class HistoryShape(Schema):
    """What was answered of the history, by the keys of ``person.yaml``; what is not there is unknown."""

    answers: dict[str, bool | int | float | str | list[str]]
    problems: list[ProblemShape]
