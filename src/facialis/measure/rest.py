"""Parts of a recording: rest, what events cover of them, and which windows were hardly seen in them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Block, Event, Interval
from facialis.measure.events.decision import Observed
from facialis.measure.regions import regions

__all__ = ["covered_s", "joined", "overlap_s", "rest_intervals", "rest_of", "told_s", "unseen", "untold"]

_HIDDEN_SHARE = 0.5  # chosen: a window hidden for more of the usable time was not seen; 0.3 - 0.7
_CALM_S = 0.5  # chosen: rest begins half a second after an expression; 0.3 - 1 s


def overlap_s(parts: Sequence[Interval], start_s: float, stop_s: float) -> float:
    """Seconds of ``[start_s, stop_s)`` that lie in ``parts`` (which do not overlap)."""
    return float(sum(max(0.0, min(p.stop_s, stop_s) - max(p.start_s, start_s)) for p in parts))


def rest_intervals(found: Observed) -> tuple[Interval, ...]:
    """Give the usable time without speech or expression, half a second of calm on either side.

    Parameters
    ----------
    found
        Events and the stretches in which they were looked for.

    Returns
    -------
    tuple of Interval
        Half-open, in s from the first frame, in order, not overlapping.

    Notes
    -----
    Only events of kind ``expression`` are taken out, so twitches, spasms and blinks lie within rest. Gaps belong to no
    interval. Frame rate matters only for what is found. Rest does not mean that the face is relaxed or still.

    Source
    ------
    ``docs/reference/measures/rest.md``.

    Examples
    --------
    >>> sum(part.duration_s for part in rest_intervals(found))  # doctest: +SKIP
    41.5
    """
    busy = sorted((e.onset_s - _CALM_S, e.offset_s + _CALM_S) for e in found.events if e.trial_type == "expression")
    calm: list[Interval] = []
    for part in found.usable:
        start = part.start_s
        for a, b in busy:
            if b <= start or a >= part.stop_s:
                continue
            if a > start:
                calm.append(Interval(start_s=start, stop_s=a))
            start = max(start, b)
        if start < part.stop_s:
            calm.append(Interval(start_s=start, stop_s=part.stop_s))
    return tuple(calm)


def rest_of(found: Observed, blocks: Sequence[Block]) -> tuple[Interval, ...]:
    """Give the usable time of the protocol's own rest, where it has one, else the rest that is found.

    Parameters
    ----------
    found
        Events and the stretches in which they were looked for.
    blocks
        Parts of the protocol, in s from the first frame; those called ``rest`` are taken together.

    Returns
    -------
    tuple of Interval
        Half-open, in s from the first frame, in order, not overlapping. Gaps belong to none.

    Notes
    -----
    Whoever was asked to rest may have spoken; that stays in. Frame rate hardly matters.

    Source
    ------
    ``docs/reference/measures/rest.md``.

    Examples
    --------
    >>> rest_of(found, [Block(name="rest", start_s=0.0, stop_s=60.0)])  # doctest: +SKIP
    (Interval(start_s=0.0, stop_s=60.0),)
    """
    asked = joined([Interval(start_s=b.start_s, stop_s=b.stop_s) for b in blocks if b.name == "rest"])
    if not asked:
        return rest_intervals(found)
    both = [(max(p.start_s, a.start_s), min(p.stop_s, a.stop_s)) for a in asked for p in found.usable]
    return tuple(Interval(start_s=start, stop_s=stop) for start, stop in sorted(both) if stop > start)


def joined(parts: Sequence[Interval]) -> list[Interval]:
    """The parts, in order of their start, with what overlaps made one: no time counts twice."""
    joined: list[Interval] = []
    for part in sorted(parts, key=lambda p: p.start_s):
        before = joined.pop() if joined and part.start_s < joined[-1].stop_s else part
        joined.append(Interval(start_s=before.start_s, stop_s=max(before.stop_s, part.stop_s)))
    return joined


def untold(found: Observed) -> list[Interval]:
    """Blinks in which a twitch of the lids could not have been told from the blink, in order, not overlapping."""
    return joined(found.blinks.untold)


def told_s(found: Observed, parts: Sequence[Interval]) -> float:
    """Seconds of ``parts`` without the blinks in which a twitch of the lids could not have been told."""
    blinks = untold(found)
    return float(sum(p.duration_s - overlap_s(blinks, p.start_s, p.stop_s) for p in parts))


def covered_s(events: Sequence[Event], start: float, stop: float) -> float:
    """Seconds of ``[start, stop)`` that events cover; where several do, once."""
    spans = sorted((max(e.onset_s, start), min(e.offset_s, stop)) for e in events)
    total, reached = 0.0, start
    for a, b in spans:
        if b > max(a, reached):
            total += b - max(a, reached)
            reached = b
    return total


def unseen(found: Observed) -> NDArray[np.bool_]:
    """Windows that were hidden for most of the usable time (side, window): what they did is not known."""
    if not found.stretches:
        return np.zeros((2, len(regions())), np.bool_)
    return np.asarray(np.concatenate([s.hidden for s in found.stretches]).mean(axis=0) > _HIDDEN_SHARE)
