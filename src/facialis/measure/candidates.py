"""Moments at which one side of the face did something the other did not, with what speaks for and against a twitch."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from facialis.measure.evidence import DURATIONS_S, Stretch, collect, group_sizes, significance
from facialis.measure.lids import lid_doubt
from facialis.measure.shape import Shape, shape_of
from facialis.numeric.detection import Evidence
from facialis.numeric.filters import rolling_median

__all__ = ["FEATURES", "REFERENCE_S", "Candidate", "Candidates", "NoiseSummary", "find_candidates", "head_speed"]

Array = NDArray[np.float64]

REFERENCE_S = 0.12
"""The duration (of `DURATIONS_S`) whose filter answers best to the reference contraction of 150 ms."""

_APART_S = 0.12  # chosen: two twitches nearer than this are one peak; clonic trains reach about 8 per s
_NEAR_S = 0.08  # asynchrony of two sides that counts as the same moment, see numeric.detection.Noise.lag_s
_AROUND_S = (0.25, 1.5)  # chosen: "the seconds around" begin where the twitch itself has ended
_REST_S = 3.0  # chosen: where the skin lies half the time of six seconds is its rest; 2 - 5 s
_AWAY = 0.3  # chosen: share of a movement that must lead away from rest; 0.1 - 0.5
_GATE = 3.0  # chosen: least deviate that is looked at; the asked-for rate sets the threshold above it

FEATURES = (
    "energy_face", "energy_eye", "energy_mid", "energy_mouth", "ratio_face", "ratio_eye", "ratio_raw", "stands_out",
    "stands_out_raw", "toward", "matched", "matched_but_one", "matched_around", "matched_other", "speed", "duration",
    "deviate", "activity", "returns",
)  # fmt: skip
"""What a candidate's probability is computed from, in order; logarithms where they are ratios."""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A peak of evidence.

    ``index`` counts pictures of the stretch, ``scale`` durations; ``deviate`` is its height. ``shape`` is None if no
    window moved clearly.
    """

    index: int
    time_s: float
    side: int
    scale: int
    deviate: float
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
    best = np.stack(
        [np.max([significance(e.energy[g], sizes[g]) for g in ("all", "face", "eye", "mid")], axis=0) for e in evidence]
    )
    return best.max(0), best.argmax(0)


def find_candidates(stretch: Stretch) -> Candidates:
    """Peaks of one-sided evidence in a stretch, in order of time, each on the side where the evidence is stronger."""
    doubt = lid_doubt(stretch)
    blinking = doubt.max(1) > 1
    evidence = collect(stretch, doubt)
    deviate, scale = _deviate(evidence)
    time = stretch.time_s
    found: list[Candidate] = []
    speed = head_speed(stretch)
    leaves_rest = _leaves_rest(stretch, evidence, scale)
    apart = max(1, round(_APART_S * stretch.rate_hz))
    for side in (0, 1):
        free = np.ones(len(time), bool)
        stronger = (deviate[:, side] >= deviate[:, 1 - side]) & leaves_rest[:, side]
        own = np.where(stronger, deviate[:, side], -np.inf)
        for i in np.argsort(-own):
            if own[i] < _GATE:
                break
            window = slice(max(0, i - apart), i + apart + 1)
            if free[i] and own[i] >= own[window].max():
                found.append(
                    _candidate(
                        stretch, evidence, int(i), side, int(scale[i, side]), float(own[i]), speed, bool(blinking[i])
                    )
                )
                free[window] = False
    return Candidates(peaks=tuple(sorted(found, key=lambda c: c.time_s)), deviate=deviate, noise=_summary(evidence))


def _summary(evidence: list[Evidence]) -> NoiseSummary | None:
    scale = DURATIONS_S.index(REFERENCE_S)
    if scale >= len(evidence):
        return None
    level = np.median(evidence[scale].level, axis=0).reshape(2, -1)
    return NoiseSummary(level=level, correlation=evidence[scale].correlation, ordinary=evidence[scale].ordinary)


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


def head_speed(stretch: Stretch) -> Array:
    """How fast the head turns (time,), degrees a second, the mesh's jitter smoothed away."""
    smooth = gaussian_filter1d(stretch.pose_deg, 0.05 * stretch.rate_hz, axis=0)
    step = np.linalg.norm(np.diff(smooth, axis=0, prepend=smooth[:1]), axis=1)
    return np.asarray(step * stretch.rate_hz)


def _log(value: float) -> float:
    return float(np.log(value + 0.1))  # chosen: 0.1 keeps ratios of nothing finite; 0.03 - 0.3


def _candidate(
    stretch: Stretch,
    evidence: list[Evidence],
    i: int,
    side: int,
    scale: int,
    deviate: float,
    speed: Array,
    blinking: bool,
) -> Candidate:
    other = 1 - side
    now, rate, n = evidence[scale], stretch.rate_hz, len(stretch.time_s)
    reach = max(1, round(_NEAR_S * rate))
    near = slice(max(0, i - reach), i + reach + 1)
    away = np.abs(np.arange(n) - i) / rate
    around = (away > _AROUND_S[0]) & (away <= _AROUND_S[1])
    if not around.any():
        around = away > 0

    def ratio(values: Array) -> float:
        return _log(float(values[near, side].max())) - _log(float(values[near, other].max()))

    def stands_out(values: Array) -> float:
        return _log(float(values[i, side])) - _log(float(np.quantile(values[around, side], 0.95)))

    matched = max(float(m[i, side]) for m in now.matched.values())
    but_one = max(float(m[i, side]) for m in now.matched_but_one.values())
    hemiface = np.abs(now.matched["hemiface"])
    # In a blink the lids tell nothing of one side: cheek and mouth stand in for them.
    eye = now.energy["eye"] if not blinking else np.maximum(now.energy["mid"], now.energy["mouth"])
    values = [
        _log(float(now.energy["face"][i, side])), _log(float(eye[i, side])),
        _log(float(now.energy["mid"][i, side])), _log(float(now.energy["mouth"][i, side])),
        ratio(now.energy["face"]), ratio(eye), ratio(now.raw), stands_out(now.energy["all"]),
        stands_out(now.raw), float(now.toward["face"][i, side]),
        float(np.sign(matched) * np.log1p(abs(matched))), float(np.sign(but_one) * np.log1p(abs(but_one))),
        float(np.log1p(np.quantile(hemiface[around, side], 0.97))), float(np.log1p(hemiface[near, other].max())),
        float(np.log1p(speed[near].max())), float(np.log(DURATIONS_S[scale])),
        float(np.log(deviate)), _activity(now, i, other, rate), _returns(stretch, now, i, side, DURATIONS_S[scale]),
    ]  # fmt: skip
    assert len(values) == len(FEATURES)
    return Candidate(index=i, time_s=float(stretch.time_s[i]), side=side, scale=scale, deviate=deviate,
                     features=np.array(values), shape=shape_of(stretch, now, i, side, DURATIONS_S[scale]))  # fmt: skip


def _activity(now: Evidence, i: int, other: int, rate: float) -> float:
    """How much the other side moves in the second around, against the quiet parts of the stretch (logarithm)."""
    size = np.sqrt((now.moved[:, other] ** 2).mean((1, 2)))
    half = max(1, round(0.5 * rate))
    return float(np.log(size[max(0, i - half) : i + half + 1].mean() + 1e-5) - np.log(np.quantile(size, 0.2) + 1e-5))


def _returns(stretch: Stretch, now: Evidence, i: int, side: int, duration_s: float) -> float:
    """How nearly the skin is back where it was: 0 a pulse, 1 a step of the same height or more."""
    reach = max(2, round(duration_s * stretch.rate_hz)) + 1
    weight = now.moved[i, side] / now.level[i, side] ** 2
    own = stretch.moved[:, side]
    before, after = own[max(0, i - reach)], own[min(len(own) - 1, i + reach)]
    height = float(((own[i] - (before + after) / 2) * weight).sum())
    return float(np.clip(abs(((after - before) * weight).sum()) / max(abs(height), 1e-9), 0.0, 1.0))
