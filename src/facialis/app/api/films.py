"""Recordings as programs are told: what was said of them, what was measured, and what a person did with it."""

from __future__ import annotations

from typing import Any, Literal

from facialis.app.api.shapes import (
    EventShape,
    MeasureShape,
    RecordingShape,
    RecordingsShape,
    ReviewShape,
    StretchShape,
    WholeRecordingShape,
)
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording
from facialis.app.review.content import facts_of
from facialis.app.review.standing import Standing, event_keys, standing_of
from facialis.core.records import Session

__all__ = ["recordings_of", "whole_recording"]

_SAID: dict[str, Literal[True, False]] = {"yes": True, "no": False}


def recordings_of(person: Person, limit: int, offset: int) -> RecordingsShape:
    """A part of a person's recordings, the latest first."""
    found = person.recordings.select_related("job")
    rows = [RecordingShape(**_said(recording)) for recording in found[offset : offset + limit]]
    return RecordingsShape(count=found.count(), recordings=rows)


def whole_recording(recording: Recording) -> WholeRecordingShape:
    """A recording with its measures and events.

    Raises
    ------
    FormatError
        Its result is broken.
    """
    session = facts_of(recording) if recording.measured else None
    standing = standing_of(recording)
    return WholeRecordingShape(
        **_said(recording),
        usable_s=None if session is None else session.usable_s,
        measures=[] if session is None else _measures(session),
        events=[] if session is None else _events(session, standing),
        review=_review(standing),
    )


def _said(recording: Recording) -> dict[str, Any]:
    job = getattr(recording, "job", None)
    return {
        "id": recording.pk,
        "person": recording.person_id,
        "name": recording.name,
        "date": recording.day,
        "time": recording.time,
        "mirrored": recording.mirrored,
        "filmed": recording.filmed or None,
        "alone": _SAID.get(recording.alone),
        "as_filmed": _SAID.get(recording.as_filmed),
        "measured": recording.measured,
        "state": None if job is None else job.state,
    }


def _measures(session: Session) -> list[MeasureShape]:
    return [
        MeasureShape(
            name=item.name,
            block=item.block,
            value=item.value,
            unit=item.unit,
            low=item.low,
            high=item.high,
            probability=item.probability,
            interval_kind=item.interval_kind,
            why_not=item.why_not,
        )
        for item in session.measures
    ]


def _events(session: Session, standing: Standing) -> list[EventShape]:
    return [
        EventShape(
            onset_s=event.onset_s,
            duration_s=event.duration_s,
            trial_type=event.trial_type,
            side=event.side,
            regions=list(event.regions),
            apex_s=event.apex_s,
            amplitude_iod=event.amplitude_iod,
            probability=event.probability,
            verdict=standing.verdicts.get(key),
        )
        for key, event in zip(event_keys(session.events), session.events, strict=True)
    ]


def _review(standing: Standing) -> ReviewShape:
    excluded = [
        StretchShape(start_s=row.part.start_s, stop_s=row.part.stop_s, reason=row.reason) for row in standing.excluded
    ]
    added = [
        StretchShape(
            start_s=row.part.start_s,
            stop_s=row.part.stop_s,
            trial_type=row.kind,
            side=row.side,
            region=row.region or None,
        )
        for row in standing.added
    ]
    return ReviewShape(begun=standing.begun, excluded=excluded, added=added)
