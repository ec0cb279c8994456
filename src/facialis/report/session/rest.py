"""Where the skin rested: the slow part of the motion, so that drawings and films show what came quickly."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Event, Motion
from facialis.numeric.signals.filters import segments

__all__ = ["resting_place"]

Array = NDArray[np.float64]

BIN_S = 0.5  # chosen: several times a twitch, and short against turning the head; 0.3-1 s
MARGIN_S = 0.07  # chosen: two frames of 30 a second, as an event's edges are known to about one; 0.03-0.1 s


def resting_place(motion: Motion, events: Iterable[Event]) -> Array:
    """The displacement of each region when nothing happens, (time, side, region, direction), for drawing only.

    Medians over half a second of the frames outside all events, joined by straight lines, so a held spasm is not taken
    for rest. After a gap displacement starts anew, so each stretch between gaps stands for itself. Zero where a stretch
    has no frame outside events; NaN never.
    """
    time_s = motion.time_s
    moved = motion.displacement_iod.reshape(time_s.size, -1)
    quiet = motion.quality > 0
    seen = quiet.copy()
    for event in events:
        first, last = np.searchsorted(time_s, [event.onset_s - MARGIN_S, event.offset_s + MARGIN_S])
        quiet[first:last] = False
    rest = np.zeros_like(moved)
    for run in segments(seen):
        rest[run] = _slow_part(time_s[run], moved[run], quiet[run])
    return rest.reshape(motion.displacement_iod.shape)


def _slow_part(time_s: Array, moved: Array, quiet: NDArray[np.bool_]) -> Array:
    rest = np.zeros_like(moved)
    times, values = time_s[quiet], moved[quiet]
    if not times.size:
        return rest
    starts = np.unique(np.searchsorted(times, np.arange(times[0], times[-1] + BIN_S, BIN_S)))
    parts = [slice(a, b) for a, b in zip(starts, np.append(starts[1:], times.size), strict=True) if b > a]
    at_s = np.array([times[part].mean() for part in parts])
    middle = np.stack([_median(values[part]) for part in parts])
    for column in range(moved.shape[1]):
        good = np.isfinite(middle[:, column])
        if good.any():
            rest[:, column] = _joined(time_s, at_s[good], middle[good, column])
    return rest


def _joined(time_s: Array, at_s: Array, values: Array) -> Array:
    """Straight lines through the points, the first and the last line carried on to the ends."""
    line = np.interp(time_s, at_s, values)
    if at_s.size > 1:
        before, after = time_s < at_s[0], time_s > at_s[-1]
        line[before] += (time_s[before] - at_s[0]) * (values[1] - values[0]) / (at_s[1] - at_s[0])
        line[after] += (time_s[after] - at_s[-1]) * (values[-1] - values[-2]) / (at_s[-1] - at_s[-2])
    return np.asarray(line)


def _median(values: Array) -> Array:
    """Median over the first axis; NaN, without a warning, where a column holds nothing."""
    known = np.isfinite(values).any(axis=0)
    middle = np.nanmedian(np.where(known, values, 0.0), axis=0)
    return np.asarray(np.where(known, middle, np.nan))
