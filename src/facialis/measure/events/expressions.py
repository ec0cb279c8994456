"""Expressions: what a person does with both sides of the face, speech included."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from facialis.core.records import Event
from facialis.measure.events.evidence import Stretch, geometry
from facialis.measure.regions import groups, regions
from facialis.numeric.geometry import cosine
from facialis.numeric.signals.filters import correlate, segments, step_kernel

__all__ = ["find_expressions", "join_expressions"]

Array = NDArray[np.float64]

_BESIDE_S = 0.5  # the longest of the steps looked for (0.4 s) and a lid's settling reach this far from a blink
_HELD_S = 15.0  # chosen: a held smile is over by then; 5 - 30 s
_STAYS_LIKE = 0.7  # chosen: cosine between how a smile came and how it stays; 0.5 - 0.8
_MOVES_IOD = 0.012  # chosen: two-sided movement a person would see; 0.008 - 0.02
_JOIN_S = 0.3  # chosen: speech is one expression, not one a syllable; 0.2 - 0.5


def find_expressions(part: Stretch, lids: list[Event], detector: str) -> list[Event]:
    """Find movement of both sides that a person would see: some group of windows moves clearly on its lesser side.

    Parameters
    ----------
    part
        Displacement (time, side, window, direction) in IOD.
    lids
        Blinks and closures of the same stretch: within 0.5 s of them eye and brow do not count.
    detector
        Who says so: name, version and settings, for the events.

    Returns
    -------
    list of Event
        In order of onset, ``expression`` of side ``both``. ``amplitude_iod`` is the root mean square of the group that
        moves most, on its lesser side, in IOD; not that of a point.

    Notes
    -----
    Steps over 0.15 and 0.4 s count (at least two frames either way). What stays away between two of them for up to 15
    s, as in a held smile, belongs to the expression. Windows hardly ever seen on either side take no part, so an
    expression of which one side is covered may be missed. The probability is a scale of size. Speech is found with the
    rest; no emotion is read.

    Source
    ------
    ``docs/reference/events.md``, ``expression``.

    Examples
    --------
    >>> [round(event.duration_s, 1) for event in find_expressions(stretch, lids, "test")]  # doctest: +SKIP
    [2.4]
    """
    seen = ~np.any(part.unseen, axis=0)
    moves = np.zeros(len(part.time_s))
    strength: dict[str, Array] = {}
    for group in groups():
        which = geometry()[1][group]
        which = which[seen[which]]
        strength[group] = np.zeros(len(part.time_s))
        if not which.size:
            continue
        for hold in (0.15, 0.4):
            step = correlate(part.moved[:, :, which], step_kernel(hold, part.rate_hz))
            size = np.sqrt((step**2).sum(3).mean(2)).min(1)
            if group in ("eye", "brow"):  # lids of a blink and the brow going along are the blink's
                for lid in lids:
                    size[(part.time_s > lid.onset_s - _BESIDE_S) & (part.time_s < lid.offset_s + _BESIDE_S)] = 0.0
            strength[group] = np.maximum(strength[group], size)
        moves = np.maximum(moves, strength[group])
    active = maximum_filter1d(moves, 2 * round(0.1 * part.rate_hz) + 1) > _MOVES_IOD
    active |= _held(part, active)
    events = []
    for a, b in ((run.start, run.stop) for run in segments(active)):
        apex = a + int(np.argmax(moves[a:b]))
        top = float(moves[apex])
        probability = float(np.clip(top / (top + _MOVES_IOD), 0.5, 0.99))
        muscles = dict.fromkeys(
            region.muscle
            for region, yes in zip(regions(), seen, strict=True)
            for group, members in groups().items()
            if yes and region.name in members and strength[group][a:b].max() > 0.5 * top
        )
        end = part.time_s[b - 1] + 1 / part.rate_hz
        events.append(
            Event(
                onset_s=float(part.time_s[a]),
                duration_s=float(end - part.time_s[a]),
                trial_type="expression",
                side="both",
                regions=tuple(muscles),
                apex_s=float(part.time_s[apex]),
                amplitude_iod=top,
                probability=probability,
                detector=detector,
            )
        )
    return events


def _held(part: Stretch, active: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Time between two expressions in which both sides stay away from where they were before and after."""
    held = np.zeros_like(active)
    runs = segments(active)
    calm = max(2, round(0.3 * part.rate_hz))
    which = geometry()[1]["all"]
    which = which[~np.any(part.unseen, axis=0)[which]]
    moved = part.moved[:, :, which]
    rest = np.median(moved, axis=0)
    for first, second in pairwise(runs):
        start, stop, again, over = first.start, first.stop, second.start, second.stop
        if (again - stop) / part.rate_hz > _HELD_S or start == 0 or over >= len(active):
            continue
        before = np.median(moved[max(0, start - calm) : start], axis=0)
        between = np.median(moved[stop:again], axis=0)
        after = np.median(moved[over : over + calm], axis=0)
        away = np.sqrt(((between - before) ** 2).sum(2).mean(1)).min()
        back = np.sqrt(((after - before) ** 2).sum(2).mean(1)).min()
        leaves = np.linalg.norm(between - rest) > np.linalg.norm(before - rest)
        top = np.argmax(((moved[start:stop] - before) ** 2).sum((1, 2, 3)))
        same = cosine(moved[start + int(top)] - before, between - before)  # what stays is what came
        if away > _MOVES_IOD and back < away / 2 and leaves and same > _STAYS_LIKE:
            held[stop:again] = True
    return held


def join_expressions(events: list[Event]) -> list[Event]:
    """Expressions of one side that follow closely are one."""
    kept: list[Event] = []
    for event in sorted(events, key=lambda e: e.onset_s):
        last = next((k for k in reversed(kept) if k.side == event.side), None)
        if last is None or event.onset_s - last.offset_s > _JOIN_S:
            kept.append(event)
            continue
        top = max(last, event, key=lambda e: e.amplitude_iod)
        stop = max(last.offset_s, event.offset_s)
        muscles = tuple(dict.fromkeys([*last.regions, *event.regions]))
        kept[kept.index(last)] = replace(top, onset_s=last.onset_s, duration_s=stop - last.onset_s, regions=muscles)
    return kept
