"""When a candidate begins, peaks and ends, how large it is, and which muscles take part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facialis.measure.evidence import Stretch, geometry
from facialis.measure.regions import regions
from facialis.numeric.detection import Evidence

__all__ = ["Shape", "shape_of"]

Array = NDArray[np.float64]

_EDGE = 0.2  # chosen: an event lasts while it is above a fifth of its height; 0.1 - 0.3
_TAKES_PART = 0.35  # chosen: a muscle takes part when it moves a third as far as the strongest; 0.25 - 0.5
_STEADY = 10.0  # chosen: a window that fits ten times worse than usual has lost its skin; 6 - 15
_CLEAR = 3.0  # chosen: standard errors by which a window must have moved to count; 2.5 - 4


@dataclass(frozen=True, kw_only=True)
class Shape:
    """Course of one event. Times in seconds, ``moved_iod`` (window, 2) displacement at the apex, [lateral, up]."""

    onset_s: float
    apex_s: float
    offset_s: float
    amplitude_iod: float
    muscles: tuple[str, ...]
    windows: tuple[str, ...]
    moved_iod: Array


def shape_of(stretch: Stretch, evidence: Evidence, i: int, side: int, duration_s: float) -> Shape | None:
    """The course of what peaks at picture ``i``: the movement of its side beyond what the other does at that time.

    None if no window moved clearly: then it was not seen what moved, and nothing can be said of it.
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
    usual = np.nanmedian(stretch.error[:, side], axis=0)
    steady = np.nan_to_num(stretch.error[start + apex, side], nan=np.inf) <= _STEADY * usual
    clear = (far > _CLEAR * noise) & inner_face & steady & ~stretch.hidden[start + apex, side]
    if not clear.any():
        return None
    largest = float(far[clear].max())
    takes_part = clear & (far >= _TAKES_PART * largest)
    rows = [region for region, yes in zip(regions(), takes_part, strict=True) if yes]
    time = stretch.time_s
    return Shape(
        onset_s=float(time[start + first]),
        apex_s=float(time[start + apex]),
        offset_s=float(time[start + last] + 1 / rate),
        amplitude_iod=largest,
        muscles=tuple(dict.fromkeys(region.muscle for region in rows)),
        windows=tuple(region.name for region in rows),
        moved_iod=moved,
    )


def _shared(evidence: Evidence, i: int, side: int) -> Array:
    """What both sides do alike at a moment, per window and direction: the smaller of the two where they agree."""
    own, other = evidence.moved[i, side], evidence.moved[i, 1 - side]
    return np.asarray(np.where(own * other > 0, np.sign(own) * np.minimum(np.abs(own), np.abs(other)), 0.0))


def _going_along(stretch: Stretch, evidence: Evidence, i: int, other: int, start: int, stop: int) -> Array:
    """What the side only does along with the other (a blink, a smile): the other's course where it clearly moves."""
    clear = np.abs(evidence.moved[i, other]) > _CLEAR * evidence.level[i, other]
    return np.asarray(stretch.moved[start:stop, other] * clear)
