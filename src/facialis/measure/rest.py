"""Parts of a recording: rest, usable time without expressions, and what lies in several parts."""

from __future__ import annotations

from collections.abc import Sequence

from facialis.core.records import Interval
from facialis.measure.events.decision import Observed

__all__ = ["joined", "overlap_s", "rest_intervals"]

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


def joined(parts: Sequence[Interval]) -> list[Interval]:
    """The parts, in order of their start, with what overlaps made one: no time counts twice."""
    joined: list[Interval] = []
    for part in sorted(parts, key=lambda p: p.start_s):
        before = joined.pop() if joined and part.start_s < joined[-1].stop_s else part
        joined.append(Interval(start_s=before.start_s, stop_s=max(before.stop_s, part.stop_s)))
    return joined
