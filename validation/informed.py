"""What could be found if it were known what to look for: a measure of the material, beside `validation.baselines`.

From a copy and the untouched recording it is read how each muscle that was put in moves the windows of that very clip.
Then an adaptive matched filter looks for just these patterns: weighed with the covariance that the filtered movement of
both sides has in the recording, so that whatever a face does often (speech, blinks) counts little, and scaled by how
far the moment is from that covariance altogether (the adaptive cosine; Kraut, Scharf and McWhorter 2001,
doi:10.1109/78.890324). No detector knows a person's patterns beforehand. It is no upper bound: a detector that is
not linear may do better with less.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import SIDES, Motion
from facialis.film.video import VideoFile
from facialis.measure.events.evidence import DURATIONS_S, geometry, without_head
from facialis.numeric.signals.filters import correlate, fill_gaps, pulse_kernel
from validation.hindsight import Reports
from validation.mixed import CRF, MixedClip
from validation.motions import motion_of
from validation.overlaid import Footage
from validation.trial import Trial

__all__ = ["informed_reports"]

Array = NDArray[np.float64]

_LOADING = (0.05, 0.2)  # share of the mean power added to the covariance, so that few pictures do not fit it by chance
_FLOOR_IOD = 3e-4  # chosen: the least noise of a window; 0.0001 - 0.001
_PATTERN_S = 0.12  # the filter by which patterns are read, see measure.events.candidates.REFERENCE_S
_SCALES_S = DURATIONS_S[1:5]  # contractions here last 0.06 - 0.4 s
_APART_S = 0.12  # as for facialis


def _windows(motion: Motion) -> Array:
    """Movement (time, side, channel) of the windows that evidence is taken from, as facialis weighs it."""
    moved, which = motion.displacement_iod, geometry()[1]["all"]
    still = without_head(fill_gaps(moved), ~np.isfinite(moved[..., 0]))
    return still[:, :, which].reshape(len(moved), 2, -1)


def _filtered(values: Array, duration_s: float, rate_hz: float) -> Array:
    return correlate(values, pulse_kernel(duration_s, rate_hz))


def _patterns(clip: MixedClip, with_them: Motion, without: Motion, rate_hz: float) -> list[Array]:
    """How each set of muscles moves the channels of its side in this clip, of length 1."""
    count = min(len(with_them.time_s), len(without.time_s))
    difference = _filtered(_windows(with_them)[:count] - _windows(without)[:count], _PATTERN_S, rate_hz)
    rows: dict[tuple[str, ...], list[Array]] = {}
    for event in clip.truth:
        at = int(np.argmin(np.abs(with_them.time_s[:count] - event.apex_s)))
        rows.setdefault(event.regions, []).append(difference[at, SIDES.index(event.side)])
    means = [np.mean(some, axis=0) for some in rows.values()]
    return [mean / np.linalg.norm(mean) for mean in means if np.any(mean)]


def _score(moved: Array, patterns: list[Array], loading: float) -> Array:
    """Height (time, side) of the best pattern."""
    out = np.full(moved.shape[:2], -np.inf)
    for side in (0, 1):
        both = np.concatenate([moved[:, side], moved[:, 1 - side]], axis=1)
        covariance = both.T @ both / len(both)
        power = loading * np.trace(covariance) / len(covariance) + _FLOOR_IOD**2
        inverse = np.linalg.inv(covariance + power * np.eye(len(covariance)))
        far = np.sqrt(np.maximum(((both @ inverse) * both).sum(1) / both.shape[1], 1e-12))
        for pattern in patterns:
            weight = inverse @ np.concatenate([pattern, np.zeros_like(pattern)])
            matched = both @ weight / np.sqrt(weight[: len(pattern)] @ pattern)
            out[:, side] = np.maximum(out[:, side], np.minimum(matched, matched / far))
    return out


def informed_reports(clip: MixedClip, trial: Trial) -> dict[str, Reports]:
    """All peaks of a clip with their heights, by the loading of the covariance."""
    name = clip.name.split()[0]
    untouched = Footage(trial.footage / name, trial.cache).clip((), CRF)
    with_them, without = (_motion(path, trial.cache) for path in (clip.path, untouched))
    time = with_them.time_s
    rate = 1.0 / float(np.median(np.diff(time)))
    patterns, moved = _patterns(clip, with_them, without, rate), _windows(with_them)
    found: dict[str, Reports] = {}
    for loading in _LOADING:
        scores = [
            _score(_filtered(moved, scale, rate), patterns, loading)
            for scale in _SCALES_S
            if 3 * scale <= time[-1] - time[0] or scale == _SCALES_S[0]
        ]
        found[f"loading {loading:g}"] = _peaks(time, np.max(scores, axis=0), max(1, round(_APART_S * rate)))
    return found


def _motion(path: Path, cache: Path) -> Motion:
    with VideoFile(path) as video:
        motion = motion_of(video, cache, path.name)
    return replace(
        motion, displacement_iod=np.where(motion.quality[:, None, None, None] > 0, motion.displacement_iod, np.nan)
    )


def _peaks(time: Array, score: Array, apart: int) -> Reports:
    rows: list[tuple[float, bool, float]] = []
    for side in (0, 1):
        own = np.where(score[:, side] >= score[:, 1 - side], score[:, side], -np.inf)
        tops = [i for i in np.flatnonzero(own > 0) if own[i] >= own[max(0, i - apart) : i + apart + 1].max()]
        rows += [(float(time[i]), side == 0, float(own[i])) for i in tops]
    return Reports(
        time_s=np.array([r[0] for r in rows]),
        right=np.array([r[1] for r in rows], bool),
        height=np.array([r[2] for r in rows]),
    )
