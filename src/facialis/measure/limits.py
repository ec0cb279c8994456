"""The detection limit: the smallest contraction that would have been found nine times in ten, per region and side.

A quiet recording then says how quiet it could know itself to be.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from facialis.core.knowledge import load
from facialis.core.records import SIDES, Limit
from facialis.measure.candidates import REFERENCE_S
from facialis.measure.events import Found
from facialis.measure.evidence import geometry, without_head
from facialis.measure.kinds import found_at_deviate
from facialis.measure.regions import regions
from facialis.measure.shape import WINDOW_GAIN
from facialis.numeric.detection import Noise
from facialis.numeric.filters import pulse_kernel

__all__ = ["detection_limits", "evidence_limits"]

Array = NDArray[np.float64]

_PULSE_S = 0.15  # the reference contraction: 150 ms, a raised cosine (validation/contractions.py uses the same)
_FOUND = 0.9  # nine times in ten
_FLOOR_IOD = 0.001  # chosen: a tenth of a raster pixel, the systematic error of registration; 0.0005 - 0.002
_HIDDEN_SHARE = 0.5  # chosen: a window hidden more than half of the time has no limit


def detection_limits(found: Found) -> tuple[Limit, ...]:
    """Limits of all regions and both sides: the smallest contraction of one region alone that would have been told.

    For a contraction of one region that lasts 150 ms; one of several regions at once is found when smaller. The size is
    that of the point that moves most. ``limit_iod`` is None where a window was mostly hidden, where nothing was usable,
    for the jaw, which takes no part in the detection, and for regions that are never told as a twitch when they move
    alone (``data/limits.yaml``). It does not say that a smaller one was not there.
    """
    known = load("limits.yaml")
    times, pictures = known["alone"]["times"], known["pictures"]["times"]
    rows: list[Limit] = []
    for row in evidence_limits(found):
        least, alone, beyond = row.limit_iod, times.get(row.region), pictures.get(row.region)
        limit = None if least is None or None in (alone, beyond) else least * float(alone) * float(beyond)
        rows.append(replace(row, limit_iod=limit))
    return tuple(rows)


def evidence_limits(found: Found) -> tuple[Limit, ...]:
    """The same as far as the evidence goes: what stands out of the noise nine times in ten, whatever it is told as.

    From the same noise as the detection, and the evidence that the rule of kinds asks for in a still face.
    """
    which, needed = geometry()[1], found_at_deviate(found.least)
    rows: list[Limit] = []
    for side in (0, 1):
        for k, region in enumerate(regions()):
            values, weights = [], []
            for stretch, candidates in zip(found.stretches, found.candidates, strict=True):
                seen = 1.0 - float(stretch.hidden[:, side, k].mean())
                noise = candidates.noise
                if seen < _HIDDEN_SHARE or noise is None or k not in which["all"]:
                    continue
                level = noise.level[side]
                spread = noise.correlation * np.outer(level, level) + np.diag(noise.ordinary[side])
                gain = _gain(stretch.rate_hz)
                values.append(_least(k, spread, which, needed) / gain * WINDOW_GAIN)
                weights.append(len(stretch.time_s) * seen)
            limit = max(float(np.average(values, weights=weights)), _FLOOR_IOD) if values else None
            rows.append(Limit(region=region.name, side=SIDES[side], limit_iod=limit))
    return tuple(rows)


@cache
def _gain(rate_hz: float) -> float:
    """Peak answer of the filter to the reference contraction of height 1, averaged over where its samples fall."""
    kernel = pulse_kernel(REFERENCE_S, rate_hz)
    tops = []
    for shift in np.linspace(0, 1, 8, endpoint=False):
        t = (np.arange(-3 * len(kernel), 3 * len(kernel)) + shift) / rate_hz / _PULSE_S
        pulse = np.where((t > 0) & (t < 1), np.sin(np.pi * np.clip(t, 0, 1)) ** 2, 0.0)
        tops.append(np.correlate(pulse, kernel, mode="same").max())
    return float(np.mean(tops))


def _least(window: int, noise: Array, which: dict[str, NDArray[np.int64]], threshold: float) -> float:
    head, _, pull, _ = geometry()
    size = len(noise)
    modes = head[:, 0].reshape(len(head), size)
    # What taking out the head's movement leaves of a region that moves alone.
    alone = np.zeros((1, 2, size))
    alone[0, 0, 2 * window : 2 * window + 2] = pull[window]
    pattern = without_head(alone.reshape(1, 2, -1, 2), np.zeros((1, 2, size // 2), bool)).reshape(2, size)[0]
    best = np.inf
    for name in ("all", "face", "eye", "mid"):
        members = which[name]
        if window not in members:
            continue
        index = np.stack([2 * members, 2 * members + 1], 1).ravel()
        block = noise[np.ix_(index, index)] + Noise().head_iod ** 2 * modes[:, index].T @ modes[:, index]
        unit = float(pattern[index] @ np.linalg.solve(block, pattern[index]))
        best = min(best, float(np.sqrt(_needed(len(index), threshold) / unit)))
    return best


def _needed(freedom: int, threshold: float) -> float:
    """Squared signal-to-noise ratio at which the deviate exceeds the threshold nine times in ten."""
    energy = (threshold + np.sqrt(2 * freedom - 1)) ** 2 / 2
    return float(optimize.brentq(lambda x: 1.0 - special.chndtr(energy, freedom, x) - _FOUND, 0.1, 1e4))
