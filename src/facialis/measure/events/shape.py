"""When a candidate begins, peaks and ends, how large it is, and which muscles take part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facialis.measure.events.evidence import Stretch, geometry
from facialis.measure.regions import Region, groups, regions, windows_of
from facialis.numeric.signals.detection import Evidence

__all__ = ["WINDOW_GAIN", "Shape", "foot", "shape_of"]

Array = NDArray[np.float64]

WINDOW_GAIN = 1.5
"""How far the point that moves most goes, against the window that moves most: a window averages over its skin.

Measured with `python -m validation.window_gain`: three generators that share nothing give 1.47, 1.52 and 1.53.
"""

_EDGE = 0.2  # chosen: the course is followed down to a fifth of its height; 0.1 - 0.3
_TAKES_PART = 0.35  # chosen: a muscle takes part when it moves a third as far as the strongest; 0.25 - 0.5
_STEADY = 10.0  # chosen: a window that fits ten times worse than usual has lost its skin; 6 - 15
_CLEAR = 3.0  # chosen: standard errors by which a window must have moved to count; 2.5 - 4


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Course of one event, times in seconds.

    ``amplitude_iod`` is that of the point that moves most; ``moved_iod`` (window, 2) the windows' own displacement at
    the apex, [lateral, up].
    """

    onset_s: float
    apex_s: float
    offset_s: float
    amplitude_iod: float
    muscles: tuple[str, ...]
    windows: tuple[str, ...]
    moved_iod: Array


def shape_of(stretch: Stretch, evidence: Evidence, i: int, side: int, duration_s: float) -> Shape | None:
    """Give the course of a peak of evidence: the movement of its side beyond what the other does at that time.

    Parameters
    ----------
    stretch
        Displacement (time, side, window, direction) in IOD, errors and hidden windows.
    evidence
        Of the duration that answered: (time, side, window, direction), on the same grid.
    i
        Frame of the peak, from 0.
    side
        Side of the peak: 0 right, 1 left.
    duration_s
        Duration in s that answered.

    Returns
    -------
    Shape or None
        Onset, apex and offset in s, size in IOD, muscles; None if no window moved clearly: then it was not seen what
        moved, and nothing can be said of it.

    Notes
    -----
    The apex is a frame. Onset and offset lie between frames, where the line through half and a fifth of the height
    meets the ground, at most two frames further and never outside the stretch: at a low rate they are as coarse as its
    frames. A window that is hidden at the apex, or whose error is ten times its usual one, counts neither for size nor
    for muscles. The size is that of the window that moves most, times `WINDOW_GAIN`; it is not a force.

    Source
    ------
    ``docs/reference/method.md``, chapter 7; ``python -m validation.window_gain``.

    Examples
    --------
    >>> shape = shape_of(stretch, evidence[2], 369, 1, DURATIONS_S[2])  # doctest: +SKIP
    >>> shape.apex_s, shape.muscles  # doctest: +SKIP
    (12.3, ('orbicularis_oculi', 'zygomaticus'))
    """
    rate, duration = stretch.rate_hz, duration_s
    reach = round((0.75 * duration + 0.15) * rate) + 2
    start, stop = max(0, i - 2 * reach), min(len(stretch.time_s), i + 2 * reach + 1)
    own = stretch.moved[start:stop, side] - _going_along(stretch, evidence, i, 1 - side, start, stop)
    level = evidence.level[i, side]
    weight = evidence.moved[i, side] - _shared(evidence, i, side)
    weight = weight / level**2
    size = float((weight * weight * level**2).sum())
    trace = (own * weight).sum((1, 2)) / max(size, 1e-12)
    centre = i - start
    near = slice(max(0, centre - max(1, round(duration * rate))), centre + max(1, round(duration * rate)) + 1)
    apex = near.start + int(np.argmax(trace[near]))
    flank = max(2, round(0.5 * duration * rate))
    before = trace[max(0, apex - reach) : max(1, apex - reach + flank)]
    after = trace[apex + reach - flank : apex + reach] if apex + reach <= len(trace) else trace[-flank:]
    ground = np.interp(np.arange(len(trace)), [apex - reach, apex + reach], [np.median(before), np.median(after)])
    height = trace - ground
    edge = _EDGE * height[apex]
    first, last = apex, apex
    while first > 0 and height[first - 1] > edge:
        first -= 1
    while last < len(height) - 1 and height[last + 1] > edge:
        last += 1
    rest = np.median(
        np.concatenate([own[max(0, first - flank) : max(1, first)], own[last + 1 : last + 1 + flank]]), axis=0
    )
    moved = own[apex] - rest
    far = np.linalg.norm(moved, axis=1)
    noise = np.sqrt((level**2).mean(1))
    inner_face = np.isin(np.arange(len(far)), geometry()[1]["all"])
    steady = np.nan_to_num(stretch.error[start + apex, side], nan=np.inf) <= _STEADY * stretch.known_error[side]
    clear = (far > _CLEAR * noise) & inner_face & steady & ~stretch.hidden[start + apex, side]
    if not clear.any():
        return None
    largest = float(far[clear].max())
    # A muscle takes part when its skin goes where the muscle pulls it; skin that is dragged along goes elsewhere.
    along = (moved * geometry()[2]).sum(1)
    takes_part = clear & (along >= _TAKES_PART * largest)
    if not takes_part.any():
        takes_part = clear & (far >= _TAKES_PART * largest)
    rows = _without_dragged([region for region, yes in zip(regions(), takes_part, strict=True) if yes])
    time = stretch.time_s
    zero_s, apex_s = float(time[start]), float(time[start + apex])
    return Shape(
        onset_s=float(np.clip(zero_s + foot(height, apex, -1, height[apex]) / rate, time[0], apex_s)),
        apex_s=apex_s,
        offset_s=float(
            np.clip(zero_s + foot(height, apex, 1, height[apex]) / rate, apex_s + 1 / rate, time[-1] + 1 / rate)
        ),
        amplitude_iod=largest * WINDOW_GAIN,
        muscles=tuple(dict.fromkeys(region.muscle for region in rows)),
        windows=tuple(region.name for region in rows),
        moved_iod=moved,
    )


def _without_dragged(rows: list[Region]) -> list[Region]:
    """Leaves out the cheek where only the eye pulls it: the zygomaticus ends at the mouth, and would move that too."""
    names = {row.name for row in rows}
    if names.intersection(groups()["eye"]) and not names.intersection(windows_of("zygomaticus_end")):
        return [row for row in rows if row.name not in windows_of("zygomaticus_way")]
    return rows


def foot(height: Array, start: int, way: int, size: float) -> float:
    """Where a course (picture,) of this size rises from the ground (``way`` -1) or reaches it again (1), as seen from
    ``start``, in pictures, between them too.

    The line through its half and its fifth is followed down to zero, but by no more than two pictures: a slow foot
    drowns in noise.
    """
    half, fifth = (_crossing(height, start, way, share * size) for share in (0.5, _EDGE))
    beyond = (fifth - half) * _EDGE / (0.5 - _EDGE)
    return fifth + float(np.clip(beyond, -2.0, 2.0))


def _crossing(height: Array, apex: int, way: int, level: float) -> float:
    i = apex
    while 0 <= i + way < len(height) and height[i + way] > level:
        i += way
    if not 0 <= i + way < len(height):
        return float(i)
    step = height[i] - height[i + way]
    return float(i + way * np.clip((height[i] - level) / max(step, 1e-12), 0.0, 1.0))


def _shared(evidence: Evidence, i: int, side: int) -> Array:
    """What both sides do alike at a moment, per window and direction: the smaller of the two where they agree."""
    own, other = evidence.moved[i, side], evidence.moved[i, 1 - side]
    return np.asarray(np.where(own * other > 0, np.sign(own) * np.minimum(np.abs(own), np.abs(other)), 0.0))


def _going_along(stretch: Stretch, evidence: Evidence, i: int, other: int, start: int, stop: int) -> Array:
    """What the side only does along with the other (a blink, a smile): the other's course where it clearly moves."""
    clear = np.abs(evidence.moved[i, other]) > _CLEAR * evidence.level[i, other]
    return np.asarray(stretch.moved[start:stop, other] * clear)
