"""Moments at which one side of the face did something the other did not, with what speaks for and against a twitch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facialis.measure.events.evidence import DURATIONS_S, Stretch, collect, geometry, group_sizes, significance
from facialis.measure.events.features import features_of, scene_of
from facialis.measure.events.lids import lid_doubt
from facialis.measure.events.shape import Shape, shape_of
from facialis.numeric.signals.detection import Evidence
from facialis.numeric.signals.filters import rolling_median

__all__ = ["MAY_MOVE_ALONE", "REFERENCE_S", "Candidate", "Candidates", "NoiseSummary", "find_candidates"]

Array = NDArray[np.float64]

REFERENCE_S = 0.12
"""The duration (of `DURATIONS_S`) whose filter answers best to the reference contraction of 150 ms."""

_APART_S = 0.12  # chosen: two twitches nearer than this are one peak; clonic trains reach about 8 per s
_REST_S = 3.0  # chosen: where the skin lies half the time of six seconds is its rest; 2 - 5 s
_AWAY = 0.3  # chosen: share of a movement that must lead away from rest; 0.1 - 0.5
MAY_MOVE_ALONE = ("all", "face", "eye", "mid")
"""The groups of windows in which a peak of evidence is looked for."""
_QUIET_SHARE = 0.5  # chosen: a face is calm for half of a recording; 0.3 - 0.6
_SEEN = 0.875  # half a bump and half of a flank (numeric.signals.filters.pulse_kernel), in durations
_GATE = 0.0  # less than the mean of noise is no peak; the rule of kinds.yaml judges all others


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A peak of evidence. It is not yet an event: most are noise.

    Attributes
    ----------
    index
        Frame of the stretch's grid, from 0.
    time_s
        Its time in s from the first frame of the recording.
    side
        Index into `facialis.core.records.SIDES`: 0 right, 1 left.
    scale
        Index into `facialis.measure.events.evidence.DURATIONS_S` of the filter that answered.
    deviate
        Height of the peak, a standard normal deviate.
    above_noise
        Deviate of the movement itself, the other side not held against it, against the noise of the stretch's quiet
        parts: a face that moves is far above it, a still one seldom by chance.
    features
        Values (feature,) of `facialis.measure.events.features.feature_names`, all finite.
    shape
        Course, size and muscles; None if no window moved clearly.
    """

    index: int
    time_s: float
    side: int
    scale: int
    deviate: float
    above_noise: float
    features: Array
    shape: Shape | None


@dataclass(frozen=True, kw_only=True)
class Candidates:
    """All peaks of a stretch; ``deviate`` (time, side) is what they are peaks of, ``noise`` how loud the stretch was.

    The evidence itself is not kept: a recording of hours would not fit.
    """

    peaks: tuple[Candidate, ...]
    deviate: Array
    noise: NoiseSummary | None


@dataclass(frozen=True, kw_only=True)
class NoiseSummary:
    """Noise of a stretch for the duration of the reference contraction.

    ``level`` (side, channel) its median over time, ``correlation`` (channel, channel), ``ordinary`` (side, channel)
    the usual variance of asymmetry; channels in the order window, direction.
    """

    level: Array
    correlation: Array
    ordinary: Array


def _deviate(evidence: list[Evidence]) -> tuple[Array, NDArray[np.int64]]:
    sizes = group_sizes()
    best = np.stack([np.max([significance(e.energy[g], sizes[g]) for g in MAY_MOVE_ALONE], axis=0) for e in evidence])
    return best.max(0), best.argmax(0)


def find_candidates(stretch: Stretch) -> Candidates:
    """Find the peaks of one-sided evidence in a stretch, each on the side where the evidence is stronger.

    Parameters
    ----------
    stretch
        Displacement (time, side, window, direction) in IOD on an even grid, with hidden windows, errors and pose.

    Returns
    -------
    Candidates
        Peaks in order of time; the deviate (time, side) that they are peaks of; and the noise of the stretch.

    Notes
    -----
    A peak has a deviate of 0 or more, is the largest within 0.12 s on its side, and leads away from where the skin
    rests (median over ±3 s). It lies at least 0.875 durations of its filter (2.5 frames if longer) from the ends of the
    stretch, so what lies next to a gap is not found. Hidden windows count for next to nothing. At a low rate short
    durations share one filter, and a twitch may fall between two frames. No candidate does not mean that nothing moved:
    both sides may have moved alike.

    Source
    ------
    ``docs/reference/method.md``, chapter 7.

    Examples
    --------
    >>> strongest = max(find_candidates(stretch).peaks, key=lambda peak: peak.deviate)  # doctest: +SKIP
    >>> strongest.time_s, SIDES[strongest.side]  # doctest: +SKIP
    (12.3, 'left')
    """
    doubt = lid_doubt(stretch)
    evidence = collect(stretch, doubt)
    deviate, scale = _deviate(evidence)
    time = stretch.time_s
    found: list[Candidate] = []
    scene = scene_of(stretch, doubt)
    quiet = [_Quiet(e) for e in evidence]
    allowed = _leaves_rest(stretch, evidence, scale) & _inside(stretch, scale)
    apart = max(1, round(_APART_S * stretch.rate_hz))
    for side in (0, 1):
        free = np.ones(len(time), bool)
        stronger = (deviate[:, side] >= deviate[:, 1 - side]) & allowed[:, side]
        own = np.where(stronger, deviate[:, side], -np.inf)
        for i in np.argsort(-own):
            if own[i] < _GATE:
                break
            window = slice(max(0, i - apart), i + apart + 1)
            if free[i] and own[i] >= own[window].max():
                k = int(scale[i, side])
                features = features_of(scene, evidence[k], int(i), side, DURATIONS_S[k], float(own[i]))
                shape = shape_of(stretch, evidence[k], int(i), side, DURATIONS_S[k])
                found.append(
                    Candidate(
                        index=int(i),
                        time_s=float(time[i]),
                        side=side,
                        scale=k,
                        deviate=float(own[i]),
                        above_noise=quiet[k].deviate(evidence[k].moved[i, side]),
                        features=features,
                        shape=shape,
                    )
                )
                free[window] = False
    return Candidates(
        peaks=tuple(sorted(found, key=lambda c: c.time_s)),
        deviate=deviate,
        noise=_summary(evidence),
    )


class _Quiet:
    """Noise of the quiet parts of a stretch: whitens the movement of one side, in the groups that may move alone."""

    def __init__(self, evidence: Evidence) -> None:
        level = np.quantile(evidence.level, _QUIET_SHARE, axis=0).reshape(2, -1).max(0)
        spread = evidence.correlation * np.outer(level, level)
        self._inverse: list[tuple[NDArray[np.int64], Array]] = []
        for which in (geometry()[1][name] for name in MAY_MOVE_ALONE):
            index = np.stack([2 * which, 2 * which + 1], 1).ravel()
            self._inverse.append((index, np.linalg.inv(spread[np.ix_(index, index)]).astype(np.float64)))

    def deviate(self, moved: Array) -> float:
        """The largest deviate of a movement (window, direction) over the groups."""
        flat = moved.ravel()
        return max(
            float(significance(np.array(flat[index] @ inverse @ flat[index] / len(index)), len(index) // 2))
            for index, inverse in self._inverse
        )


def _summary(evidence: list[Evidence]) -> NoiseSummary | None:
    scale = DURATIONS_S.index(REFERENCE_S)
    if scale >= len(evidence):
        return None
    level = np.median(evidence[scale].level, axis=0).reshape(2, -1)
    return NoiseSummary(level=level, correlation=evidence[scale].correlation, ordinary=evidence[scale].ordinary)


def _inside(stretch: Stretch, scale: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where (time, side) the bump that answered and half of each flank were seen: beyond an edge nothing is known."""
    n = len(stretch.time_s)
    from_edge = np.minimum(np.arange(n), np.arange(n)[::-1])[:, None] / stretch.rate_hz
    # The shortest kernel has flanks of two pictures.
    return np.asarray(from_edge >= np.maximum(_SEEN * np.array(DURATIONS_S)[scale], 2.5 / stretch.rate_hz))


def _leaves_rest(stretch: Stretch, evidence: list[Evidence], scale: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Where (time, side) a movement leads away from rest; between the pulses of a train it leads back to it."""
    rest = rolling_median(stretch.moved, max(2, round(_REST_S * stretch.rate_hz)))
    away = stretch.moved - rest
    result = np.zeros(scale.shape, bool)
    for k, found in enumerate(evidence):
        weight = found.moved / found.level**2
        along = (away * weight).sum((2, 3))
        result |= (scale == k) & (along > _AWAY * (found.moved * weight).sum((2, 3)))
    return result
