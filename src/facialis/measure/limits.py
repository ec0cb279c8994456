"""The detection limit: the smallest contraction that would have been found nine times in ten, per region and side.

A quiet recording then says how quiet it could know itself to be. What counts is the contraction of a part of the face
that moves several windows together (``parts`` of ``data/regions.yaml``), not a window that moves alone: no muscle does.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special

from facialis.core.knowledge import load
from facialis.core.records import SIDES, DetectionLimit
from facialis.core.verdict import LEAST_S
from facialis.measure.events.candidates import MAY_MOVE_ALONE, REFERENCE_S
from facialis.measure.events.decision import Found
from facialis.measure.events.evidence import geometry, without_head
from facialis.measure.events.kinds import found_at_deviate
from facialis.measure.regions import Part, parts, regions
from facialis.measure.rest import rest_intervals, told_s
from facialis.numeric.signals.detection import Noise
from facialis.numeric.signals.filters import pulse_kernel

__all__ = ["PULSE_S", "detection_limits", "evidence_limits", "missing_rest", "pattern_of", "stated_limit"]

Array = NDArray[np.float64]

PULSE_S = 0.15
"""The reference contraction: 150 ms, a raised cosine (validation/contractions.py uses the same)."""
_FOUND = 0.9  # nine times in ten
_HIDDEN_SHARE = 0.5  # chosen: a window hidden more than half of the time has no limit
_SEEN_SHARE = 0.5  # chosen: a part of which less was seen, by the squares of its movement, has none; 0.3 - 0.7


def detection_limits(found: Found) -> tuple[DetectionLimit, ...]:
    """Give the smallest contraction that would have been reported as a twitch, for all regions and both sides.

    Parameters
    ----------
    found
        What `facialis.measure.events.decision.detect` gives: noise, hidden windows and bounds are read, no events.

    Returns
    -------
    tuple of DetectionLimit
        Right side first, regions in the order of `facialis.measure.regions.regions`; ``limit_iod`` in IOD or None.

    Notes
    -----
    For a contraction of 150 ms of the part of the face that the region is counted to: both lids (upper lid and outer
    corner of the eye), the lower lid (and what is below it), or what draws the corner of the mouth (mouth, upper lip,
    wing of the nose, cheek). The size is that of the point that moves most. It is what noise asks for, but no less than
    what the rule of kinds and pictures ask for however little noise there is, and more where the face was at rest for
    less than ten seconds (`missing_rest`). ``limit_iod`` is None where the window, or most of its part, was mostly
    hidden, where nothing was usable, and for regions that are not told as a twitch without another one (brow, chin,
    lower lip) or take no part (jaw). Gaps do not count. It is worked out for the recording's own frame rate, and falls
    as that rises. It does not say that a smaller one was not there.

    Source
    ------
    ``docs/reference/measures/detection_limit.md``; Kay 1998, chapter 6.

    Examples
    --------
    >>> [row.limit_iod for row in detection_limits(found) if row.region == "lower_lid"]  # doctest: +SKIP
    [0.0102, 0.0098]
    """
    by_noise, missing = evidence_limits(found), missing_rest(found)
    rows: list[DetectionLimit] = []
    for side in SIDES:
        seen = _seen(found, SIDES.index(side))
        limit_of: dict[str, float] = {}
        for part in parts():
            evidence = by_noise[part.name, side]
            if evidence is not None:
                limit_of |= dict.fromkeys(part.stands_for, stated_limit(part.name, evidence, missing))
        for region, share in zip(regions(), seen, strict=True):
            limit = limit_of.get(region.name) if share >= _HIDDEN_SHARE else None
            rows.append(DetectionLimit(region=region.name, side=side, limit_iod=limit))
    return tuple(rows)


def evidence_limits(found: Found) -> Mapping[tuple[str, str], float | None]:
    """Give the size that stands out of the noise nine times in ten, whatever kind it is reported as.

    Parameters
    ----------
    found
        What `facialis.measure.events.decision.detect` gives.

    Returns
    -------
    mapping
        (part, side) to the size in IOD of the point that moves most, for a pulse of 150 ms; None where less than half
        of the part (by the squares of its movement) was seen in every stretch.

    Notes
    -----
    From the same noise as the detection, and the evidence that the rule of kinds asks for in a still face: the mean
    over stretches, weighted by their frames. A window that was hidden for more than half of a stretch does not count
    in it. A higher frame rate gives a smaller size. It leaves out what the rule asks for beyond evidence, so a twitch
    of this size need not be reported as one: see `detection_limits`.

    Source
    ------
    ``docs/reference/measures/detection_limit.md``, steps 1 to 4.

    Examples
    --------
    >>> evidence_limits(found)["lids", "left"]  # doctest: +SKIP
    0.0041
    """
    which, needed = geometry()[1], found_at_deviate(found.least)
    result: dict[tuple[str, str], float | None] = {}
    for part in parts():
        for side in (0, 1):
            values, weights = [], []
            for stretch, candidates in zip(found.stretches, found.candidates, strict=True):
                seen = 1.0 - stretch.hidden[:, side].mean(0) >= _HIDDEN_SHARE
                pattern = pattern_of(part) * seen[:, None]
                noise = candidates.noise
                if noise is None or (part.share[seen] ** 2).sum() < _SEEN_SHARE * (part.share**2).sum():
                    continue
                level = noise.level[side]
                spread = noise.correlation * np.outer(level, level) + np.diag(noise.ordinary[side])
                values.append(_least(pattern, spread, which, needed) / _gain(stretch.rate_hz))
                weights.append(len(stretch.time_s))
            result[part.name, SIDES[side]] = float(np.average(values, weights=weights)) if values else None
    return result


def missing_rest(found: Found) -> float:
    """Give how much is missing of the rest that a limit at rest is stated for, 0–1: of ten seconds, or of all there is.

    A limit holds for rest, as the headline rate does, and enough rest makes it one however the face moves besides.
    Without rest hardly any size is found nine times in ten. 0 where nothing is usable.
    """
    usable_s = told_s(found, found.usable)
    if usable_s <= 0:
        return 0.0
    rest_s = told_s(found, rest_intervals(found))
    return max(0.0, 1.0 - rest_s / min(LEAST_S, usable_s))


def stated_limit(part: str, evidence_iod: float, missing: float) -> float:
    """Give the size in IOD that is told as a twitch nine times in ten, from what evidence asks for.

    Parameters
    ----------
    part
        A name of `facialis.measure.regions.parts`.
    evidence_iod
        What `evidence_limits` gives for it.
    missing
        How much is missing of the rest that it is stated for, 0–1: see `missing_rest`.

    Returns
    -------
    float
        IOD, of the point that moves most.

    Notes
    -----
    The root of the squares of what noise asks for and of what pictures ask for at least, times ``moving`` of
    ``data/limits.yaml`` to the power of what is missing. Gaps and frame rate are in the evidence. It does not say
    that smaller ones were not there.

    Source
    ------
    ``docs/reference/measures/detection_limit.md``, steps 5 to 7; ``python -m validation.stated_limit``.

    Examples
    --------
    >>> stated_limit("lids", 0.003, 0.0) < stated_limit("lids", 0.003, 1.0)
    True
    """
    known = load("limits.yaml")
    at_rest = float(np.hypot(known["noise"]["times"][part] * evidence_iod, known["least"]["iod"][part]))
    return at_rest * float(known["moving"]["times"] ** missing)


def pattern_of(part: Part) -> Array:
    """How far each window goes (region, 2) [lateral, up] when the point that moves most goes 1."""
    return np.asarray(geometry()[2] * part.share[:, None])


def _seen(found: Found, side: int) -> Array:
    """The share of the usable time in which each window was seen (region,); 0 where nothing was usable."""
    hidden = [stretch.hidden[:, side] for stretch in found.stretches]
    return 1.0 - np.concatenate(hidden).mean(0) if hidden else np.zeros(len(regions()))


@cache
def _gain(rate_hz: float) -> float:
    """Peak answer of the filter to the reference contraction of height 1, averaged over where its samples fall."""
    kernel = pulse_kernel(REFERENCE_S, rate_hz)
    tops = []
    for shift in np.linspace(0, 1, 8, endpoint=False):
        t = (np.arange(-3 * len(kernel), 3 * len(kernel)) + shift) / rate_hz / PULSE_S
        pulse = np.where((t > 0) & (t < 1), np.sin(np.pi * np.clip(t, 0, 1)) ** 2, 0.0)
        tops.append(np.correlate(pulse, kernel, mode="same").max())
    return float(np.mean(tops))


def _least(pattern: Array, noise: Array, which: dict[str, NDArray[np.int64]], threshold: float) -> float:
    head = geometry()[0]
    size = len(noise)
    modes = head[:, 0].reshape(len(head), size)
    # What taking out the head's movement leaves of a side that moves alone.
    alone = np.zeros((1, 2, size))
    alone[0, 0] = pattern.ravel()
    left = without_head(alone.reshape(1, 2, -1, 2), np.zeros((1, 2, size // 2), bool)).reshape(2, size)[0]
    best = np.inf
    for name in MAY_MOVE_ALONE:
        index = np.stack([2 * which[name], 2 * which[name] + 1], 1).ravel()
        if not pattern[which[name]].any():
            continue
        block = noise[np.ix_(index, index)] + Noise().head_iod ** 2 * modes[:, index].T @ modes[:, index]
        unit = float(left[index] @ np.linalg.solve(block, left[index]))
        best = min(best, float(np.sqrt(_needed(len(index), threshold) / unit)))
    return best


@cache
def _needed(freedom: int, threshold: float) -> float:
    """Squared signal-to-noise ratio at which the deviate exceeds the threshold nine times in ten."""
    energy = (threshold + np.sqrt(2 * freedom - 1)) ** 2 / 2
    return float(optimize.brentq(lambda x: 1.0 - special.chndtr(energy, freedom, x) - _FOUND, 0.1, 1e4))
