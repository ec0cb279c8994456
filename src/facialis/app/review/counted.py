"""What is counted after a review, beside what the machine counted; neither is ever written over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from facialis.app.review.added import event_of
from facialis.app.review.models import Verdict
from facialis.app.review.standing import Standing, event_keys
from facialis.core.records import Event, Interval, Measure, Motion, Session
from facialis.measure.events.blink_course import read_blinks
from facialis.measure.events.decision import Observed
from facialis.measure.events.evidence import stretches
from facialis.measure.measures import measures_of
from facialis.measure.rest import rest_of, told_s

__all__ = ["kept_events", "reviewed_measures", "reviewed_session", "without"]


def kept_events(session: Session, standing: Standing) -> tuple[Event, ...]:
    """Events that count, in order of onset: all but those rejected, and those that were added.

    What is unsure, or not judged yet, stays as the machine found it. One whose ends were moved keeps its size.
    """
    keys = event_keys(session.events)
    kept = [
        _within(event, standing.moved.get(key))
        for key, event in zip(keys, session.events, strict=True)
        if standing.verdicts.get(key) != Verdict.REJECT
    ]
    if standing.added:
        kept += [event_of(added, session.motion) for added in standing.added]
    return tuple(sorted(kept, key=lambda event: event.onset_s))


def _within(event: Event, part: Interval | None) -> Event:
    """An event with its ends as a person set them; its apex lies within them."""
    if part is None:
        return event
    apex_s = min(max(event.apex_s, part.start_s), part.stop_s)
    return replace(event, onset_s=part.start_s, duration_s=part.duration_s, apex_s=apex_s)


def without(motion: Motion, parts: Sequence[Interval]) -> Motion:
    """The signals with stretches taken out (s from the first frame): unusable there, as if no face had been seen."""
    if not parts:
        return motion
    out = np.zeros(motion.time_s.size, dtype=bool)
    for part in parts:
        out |= (motion.time_s >= part.start_s) & (motion.time_s < part.stop_s)

    def blank(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.where(out.reshape(-1, *[1] * (values.ndim - 1)), np.nan, values)

    return replace(
        motion,
        displacement_iod=blank(motion.displacement_iod),
        error_iod=blank(motion.error_iod),
        aperture_iod=blank(motion.aperture_iod),
        pose_deg=blank(motion.pose_deg),
        quality=np.where(out, 0.0, motion.quality),
    )


def reviewed_session(session: Session, standing: Standing) -> Session:
    """A session with the events, the time and the measures that count after a review; limits and findings stay.

    Of a recording of which nothing may be told, as of two people in turn, nothing is told after a review either.
    """
    if session.usable_s <= 0:
        return session
    motion = without(session.motion, [item.part for item in standing.excluded])
    kept = kept_events(session, standing)
    parts = tuple(stretches(motion))
    found = Observed(events=kept, stretches=parts, blinks=read_blinks(parts))
    return replace(
        session,
        events=kept,
        signals=motion,
        measures=measures_of(motion, kept, session.blocks, session.limits),
        usable_s=told_s(found, found.usable),
        rest_s=told_s(found, rest_of(found, session.blocks)),
    )


def reviewed_measures(session: Session, standing: Standing) -> tuple[Measure, ...]:
    """All measures of a session, made again from the events and the time that count after a review."""
    return reviewed_session(session, standing).measures
