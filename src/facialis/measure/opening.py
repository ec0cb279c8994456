"""How far each eye stands open at rest, and shuts: what weakness changes, and so may pass for a calmer spasm."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Interval, Measure
from facialis.measure.events.decision import Observed
from facialis.measure.events.lids import closed_share
from facialis.numeric.signals.filters import segments
from facialis.numeric.statistics.intervals import median_bounds

__all__ = ["opening_measures"]

Array = NDArray[np.float64]

_OPEN = 0.25  # chosen: an eye closed by less counts as open; 0.15 - 0.3, as the edge of a closure in `lids`
_SHUT = 0.6  # chosen: the eye that shuts farther does so by more than this; 0.5 - 0.7
_CELL_S = 5.0  # chosen: parts of which the median is taken; 3 - 10 s
_LEAST_S = 5.0  # chosen: less than this with open eyes says little of how they stand; 3 - 10 s


def opening_measures(found: Observed, parts: Sequence[Interval], block: str) -> list[Measure]:
    """``eye_opening_difference`` and ``closure_difference``: right less left, as shares.

    The first is the difference of the openings of both eyes, eyes open and at rest (``parts``), over their mean: above
    0 the left eye stands narrower. The second is how much farther the right eye shuts than the left at the deepest
    moment of each closure; above 0 the left shuts less. Both come from the mesh, which takes one side along with the
    other: a difference that is read is there, one that is not read may be there all the same.
    """
    return [_opening(found, parts, block), _closure(found, block)]


def _missing(name: str, why: str, block: str) -> Measure:
    return Measure(name=name, value=None, unit="share", why_not=why, block=block)


def _row(name: str, values: Array, block: str) -> Measure:
    value = float(np.median(values))
    if len(values) < 2:
        return Measure(name=name, value=value, unit="share", block=block)
    bounds = median_bounds(values)
    return Measure(
        name=name,
        value=value,
        unit="share",
        low=min(bounds.low, value),
        high=max(bounds.high, value),
        probability=bounds.probability,
        interval_kind=bounds.kind,
        block=block,
    )


def _opening(found: Observed, parts: Sequence[Interval], block: str) -> Measure:
    cells: list[float] = []
    seconds = 0.0
    for stretch in found.stretches:
        closed, _ = closed_share(stretch)
        still = np.zeros(len(stretch.time_s), bool)
        for part in parts:
            still |= (stretch.time_s >= part.start_s) & (stretch.time_s < part.stop_s)
        good = still & (closed.max(1) < _OPEN) & np.isfinite(stretch.aperture_iod).all(1)
        seconds += good.sum() / stretch.rate_hz
        right, left = stretch.aperture_iod[:, 0], stretch.aperture_iod[:, 1]
        difference = (right - left) / np.maximum((right + left) / 2, 1e-3)
        indices = np.array_split(np.arange(len(good)), max(1, round(len(good) / stretch.rate_hz / _CELL_S)))
        cells += [float(np.median(difference[i][good[i]])) for i in indices if good[i].mean() > 0.5]
    if seconds < _LEAST_S or not cells:
        return _missing("eye_opening_difference", "less than 5 s at rest with open eyes could be used", block)
    return _row("eye_opening_difference", np.array(cells), block)


def _closure(found: Observed, block: str) -> Measure:
    differences: list[float] = []
    for stretch in found.stretches:
        closed, _ = closed_share(stretch)
        for run in segments(closed.max(1) > _SHUT):
            deepest = run.start + int(np.argmax(closed[run].max(1)))
            differences.append(float(closed[deepest, 0] - closed[deepest, 1]))
    if not differences:
        return _missing("closure_difference", "no full closure of the eyes was seen", block)
    return _row("closure_difference", np.array(differences), block)
