"""Tonic spasms: one side goes somewhere, stays for a second or more, and comes back.

The reference never learns where the skin is, so a spasm that holds stays visible; here its two edges are paired.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facialis.measure.events.evidence import Stretch, evidence_for, geometry, group_sizes, significance
from facialis.measure.events.features import head_speed
from facialis.measure.events.lids import lid_doubt
from facialis.measure.events.neighbours import movement
from facialis.measure.events.shape import WINDOW_GAIN, Shape, foot
from facialis.measure.regions import muscles_of, regions
from facialis.numeric.geometry import cosine
from facialis.numeric.signals.detection import Evidence
from facialis.numeric.signals.filters import step_kernel

__all__ = ["Hold", "Pulse", "find_holds", "held_between"]

Array = NDArray[np.float64]

_HOLD_S = 1.0  # definition of a tonic spasm in events.tsv
_LONGEST_S = 120.0  # tonic episodes last seconds to over a minute (chosen bound; 60 - 300 s)
_EDGE_S = 0.25  # chosen: an edge is seen over a quarter second on either side; 0.15 - 0.4 s
_OPPOSITE = -0.6  # chosen: release undoes the onset; cosine between the two, -0.5 to -0.8
_STAYS = 0.4  # chosen: between its edges the movement stays above this share of its size; 0.3 - 0.6
_GROWS = 2.0  # chosen: nor does it grow to more than this, or something else came; 1.5 - 3
_BEFORE_S = 2.0  # chosen: before or after a hold the skin lies where it rests for most of this; 1 - 4 s
_KNOWN_S = 0.2  # chosen: less than this before or after says nothing of where the skin rests; 0.1 - 0.4 s
_ONE_SIDED = 1.5  # chosen: how many times the stronger side exceeds the weaker at both edges, 1.5 - 2.5
_STILL_DEG_PER_S = 15.0  # chosen: a head that turns faster at an edge explains it; 10 - 25
_SURE = 0.6  # chosen: less sure is not told; 0.55 - 0.7
_LEAST_IOD = 0.01  # chosen: a hold smaller than this is not told from drift; 0.008 - 0.02
_FULL = 0.6  # chosen: skin that stays this far out between two pulses never let go; 0.5 - 0.7
_NEXT_S = 5.0  # chosen: pulses further apart are not looked at as edges of one hold; 3 - 10 s


@dataclass(frozen=True, kw_only=True)
class Hold:
    """A movement that stayed. ``side`` counts `facialis.core.records.SIDES`."""

    side: int
    onset_s: float
    apex_s: float
    offset_s: float
    amplitude_iod: float
    muscles: tuple[str, ...]
    probability: float


@dataclass(frozen=True, kw_only=True)
class _Edge:
    index: int
    side: int
    deviate: float
    ratio: float
    moved: Array
    weight: Array
    along_iod: float  # all windows together, along their pulls
    speed: float


def find_holds(stretch: Stretch, threshold: float) -> list[Hold]:
    """Find tonic spasms in a stretch: one side goes somewhere, stays for 1 to 120 s, and comes back.

    Parameters
    ----------
    stretch
        Displacement (time, side, window, direction) in IOD, hidden windows, pose in deg and eye opening.
    threshold
        Deviate that both edges must reach, as `facialis.measure.events.threshold.noise_threshold` gives it.

    Returns
    -------
    list of Hold
        In order of their first edges, with times in s, size in IOD, muscles and probability (0.6–0.98). The first edge
        of each lies after the end of the one before on its side.

    Notes
    -----
    Both edges must lie in the stretch: a spasm that began before a gap, or lasts into one, is not found. Its muscles
    are those of windows that were seen for half of its time or more. Edges are seen over 0.25 s on either side (at
    least two frames) at any rate. A spasm that grows more slowly, or comes while the head turns faster than 15 deg/s at
    an edge, is missed. The probability is a scale of how one-sided and how opposite the edges are. A smile or squint of
    one side that is held at will looks the same.

    Source
    ------
    ``docs/reference/events.md``, ``tonic_spasm``.

    Examples
    --------
    >>> [(hold.onset_s, hold.offset_s) for hold in find_holds(stretch, 5.0)]  # doctest: +SKIP
    [(4.07, 6.97)]
    """
    if stretch.time_s[-1] - stretch.time_s[0] < _HOLD_S + 4 * _EDGE_S:
        return []
    evidence = evidence_for(stretch, step_kernel(_EDGE_S, stretch.rate_hz), lid_doubt(stretch))
    edges = _edges(stretch, evidence, threshold)
    found: list[Hold] = []
    free_from = {0: -np.inf, 1: -np.inf}
    for k, onset in enumerate(edges):
        if stretch.time_s[onset.index] < free_from[onset.side] or onset.along_iod <= 0:
            continue
        for release in edges[k + 1 :]:
            length = stretch.time_s[release.index] - stretch.time_s[onset.index]
            if release.side != onset.side or length < _HOLD_S - _EDGE_S:
                continue
            if length > _LONGEST_S:
                break
            hold = _pair(stretch, onset, release, free_from[onset.side])
            if hold is not None:
                found.append(hold)
                free_from[onset.side] = hold.offset_s
                break
    return found


def _edges(stretch: Stretch, evidence: Evidence, threshold: float) -> list[_Edge]:
    sizes = group_sizes()
    deviate = np.max([significance(evidence.energy[g], sizes[g]) for g in ("face", "eye", "mid")], axis=0)
    reach = max(1, round(_EDGE_S * stretch.rate_hz))
    speed = head_speed(stretch)
    edges = []
    for side in (0, 1):
        for i in range(len(deviate)):
            window = slice(max(0, i - reach), i + reach + 1)
            if deviate[i, side] < threshold or deviate[i, side] < deviate[window, side].max():
                continue
            ratio = float(np.sqrt(evidence.raw[i, side] / max(evidence.raw[i, 1 - side], 1e-9)))
            if ratio >= _ONE_SIDED:
                which, pull = geometry()[1]["all"], geometry()[2]
                moved, level = evidence.moved[i, side], evidence.level[i, side]
                edges.append(
                    _Edge(
                        index=i,
                        side=side,
                        deviate=float(deviate[i, side]),
                        ratio=ratio,
                        moved=moved / level,
                        weight=moved / level**2,
                        along_iod=float((moved * pull)[which].sum()),
                        speed=float(speed[window].max()),
                    )
                )
    return sorted(edges, key=lambda e: e.index)


def _pair(stretch: Stretch, onset: _Edge, release: _Edge, free_from_s: float) -> Hold | None:
    if max(onset.speed, release.speed) > _STILL_DEG_PER_S:
        return None
    which = geometry()[1]["all"]
    opposite = cosine(onset.moved[which], release.moved[which])
    if opposite > _OPPOSITE:
        return None
    side, rate = onset.side, stretch.rate_hz
    reach = max(1, round(_EDGE_S * rate))
    first, last = max(0, onset.index - reach), min(len(stretch.time_s), release.index + reach + 1)
    own = stretch.moved[first:last, side] - stretch.moved[first:last, 1 - side]
    inner_face = np.zeros(own.shape[1], bool)
    inner_face[geometry()[1]["all"]] = True
    # In units of the onset's own step, so that what stays can be compared with what came.
    trace = (own * onset.weight)[:, inner_face].sum((1, 2)) / (onset.moved[inner_face] ** 2).sum()
    ground = np.interp(np.arange(len(trace)), [0, len(trace) - 1], [trace[0], trace[-1]])
    height = trace - ground
    inner = height[2 * reach : -2 * reach]
    if len(inner) == 0 or np.quantile(inner, 0.1) < max(_STAYS, _STAYS * np.median(inner)) or np.median(inner) > _GROWS:
        return None
    if not _leaves_rest(stretch, onset, slice(first, last), float(np.median(inner)), free_from_s):
        return None
    begin, end, length_s = _feet(height, float(np.median(inner)), rate)
    if length_s < _HOLD_S:
        return None
    far = _far(stretch, side, slice(first + begin, first + end), (own[0] + own[-1]) / 2)
    if far.max() < _LEAST_IOD:
        return None
    rows = _muscles(far)
    # Both edges must be one-sided and opposite: the weaker of the two decides.
    weakest = min(onset.ratio, release.ratio)
    probability = float(np.clip(1 - 0.5 * (_ONE_SIDED / weakest) * (1 + (opposite + 1) / 2), 0.5, 0.98))
    if probability < _SURE or ("orbicularis_oculi" not in rows and len(set(rows) - muscles_of("brow")) < 2):
        return None  # one window that stays away, the eye not taking part, is a turned head more often than a spasm
    return Hold(
        side=side,
        onset_s=float(stretch.time_s[first + begin]),
        apex_s=float(stretch.time_s[first + begin + int(np.argmax(height[begin:end]))]),
        offset_s=float(stretch.time_s[first + end - 1] + 1 / rate),
        amplitude_iod=float(far.max()) * WINDOW_GAIN,
        muscles=tuple(dict.fromkeys(rows)),
        probability=probability,
    )


def _feet(height: Array, size: float, rate: float) -> tuple[int, int, float]:
    """Where a course of this size leaves the ground and is back on it, in pictures, and how long that takes in s."""
    above = np.flatnonzero(height > 0.5 * size)
    if len(above) == 0:
        return 0, 1, 0.0
    begin, end = foot(height, int(above[0]), -1, size), foot(height, int(above[-1]), 1, size)
    first, last = max(0, int(np.ceil(begin))), min(len(height), int(np.floor(end)) + 1)
    return first, max(last, first + 1), (end - begin) / rate


def _far(stretch: Stretch, side: int, held: slice, rest: Array) -> Array:
    """How far each window (window,) is away from ``rest`` (window, 2) in a hold; 0 where it was hardly seen."""
    own = stretch.moved[held, side] - stretch.moved[held, 1 - side]
    counts = np.isin(np.arange(own.shape[1]), geometry()[1]["all"]) & (stretch.hidden[held, side].mean(0) < 0.5)
    return np.asarray(np.linalg.norm(np.median(own, axis=0) - rest, axis=1) * counts)


def _muscles(far: Array) -> list[str]:
    return [region.muscle for region, size in zip(regions(), far, strict=True) if size >= 0.35 * far.max()]


@dataclass(frozen=True, kw_only=True)
class Pulse:
    """A movement of one side that was taken for a twitch: its course, and its probability of being one."""

    side: int
    shape: Shape
    probability: float


def held_between(stretch: Stretch, pulses: Sequence[Pulse]) -> list[Hold]:
    """Holds of which only the edges, or a few trembles, were taken for twitches: the skin never lets go between them.

    Of a hold that is small, or grows slowly, the steps do not stand out of the noise, but the first and the last moment
    of it still look like a pulse. ``pulses`` are those of the stretch, in any order.
    """
    found: list[Hold] = []
    for side in (0, 1):
        own = sorted((p for p in pulses if p.side == side), key=lambda p: p.shape.apex_s)
        k = 0
        while k < len(own) - 1:
            last, best = k, None
            while last + 1 < len(own) and own[last + 1].shape.apex_s - own[last].shape.apex_s < _NEXT_S:
                hold = _bridge(stretch, own[k], own[last + 1])
                if hold is None:
                    break
                last, best = last + 1, hold
            if best is not None and best.offset_s - best.onset_s >= _HOLD_S:
                found.append(best)
            k = max(last, k + 1)
    return found


def _bridge(stretch: Stretch, first: Pulse, last: Pulse) -> Hold | None:
    """The movement from one pulse to another, however short; None where the skin goes back between them."""
    side, rate, time = first.side, stretch.rate_hz, stretch.time_s
    which = geometry()[1]["all"]
    times = (first.shape.onset_s, first.shape.apex_s, last.shape.apex_s, last.shape.offset_s)
    onset, rise, fall, offset = (int(np.searchsorted(time, t - 0.5 / rate)) for t in times)
    reach, least = round(_EDGE_S * rate), round(_KNOWN_S * rate)
    start, stop = max(0, onset - reach), min(len(time), offset + reach)
    if onset - start < least or stop - offset < least or fall <= rise:
        return None
    own = stretch.moved[start:stop, side] - stretch.moved[start:stop, 1 - side]
    before, after = np.median(own[: onset - start], axis=0), np.median(own[offset - start :], axis=0)
    share = np.linspace(0.0, 1.0, len(own))[:, None, None]
    away = own - (before * (1 - share) + after * share)
    held = np.median(away[rise - start : fall - start + 1], axis=0)
    size = float((held[which] ** 2).sum())
    trace = (away[:, which] * held[which]).sum((1, 2)) / max(size, 1e-12)
    inner = trace[rise - start : fall - start + 1]
    begin, end, length_s = _feet(trace, 1.0, rate)
    far = _far(stretch, side, slice(start + begin, start + end), (before + after) / 2)
    largest = max(first.shape.amplitude_iod, last.shape.amplitude_iod) / WINDOW_GAIN
    gone = np.quantile(inner, 0.1) < _FULL or far.max() < max(_LEAST_IOD, _STAYS * largest)
    if gone or cosine(held[which], movement(first.shape)) < -_OPPOSITE or length_s <= 0:
        return None
    return Hold(
        side=side,
        onset_s=float(time[start + begin]),
        apex_s=float(time[start + begin + int(np.argmax(trace[begin:end]))]),
        offset_s=float(time[start + begin]) + length_s,
        amplitude_iod=float(far.max()) * WINDOW_GAIN,
        muscles=tuple(dict.fromkeys(_muscles(far))),
        probability=min(first.probability, last.probability, 0.98),
    )


def _leaves_rest(stretch: Stretch, onset: _Edge, whole: slice, size: float, free_from_s: float) -> bool:
    """Whether the skin lies elsewhere before or after: between two strong twitches it only seems to hold, at rest.

    ``whole`` is the hold with its edges, ``size`` in units of the onset's own step; before ``free_from_s`` the side was
    in another hold.
    """
    which = geometry()[1]["all"]
    first, last = whole.start, whole.stop
    far = round(_BEFORE_S * stretch.rate_hz)
    free = int(np.searchsorted(stretch.time_s, free_from_s))
    start, stop = min(first, max(0, first - far, free)), min(len(stretch.time_s), last + far)
    own = stretch.moved[start:stop, onset.side] - stretch.moved[start:stop, 1 - onset.side]
    trace = (own * onset.weight)[:, which].sum((1, 2)) / (onset.moved[which] ** 2).sum()
    edge = (last - first) // 4
    held = np.median(trace[first - start + edge : last - start - edge])
    least = round(_KNOWN_S * stretch.rate_hz)
    around = [part for part in (trace[: first - start], trace[last - start :]) if len(part) >= least]
    return not around or max(held - np.median(part) for part in around) > _STAYS * size
