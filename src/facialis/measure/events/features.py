"""What speaks for and against a twitch at one moment and side, as numbers for the rule of kinds."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d

from facialis.measure.events.evidence import Stretch, geometry
from facialis.measure.events.lids import closed_share
from facialis.measure.regions import feature_parts, regions
from facialis.numeric.signals.detection import Evidence

__all__ = ["Scene", "feature_names", "features_of", "head_speed", "scene_of"]

Array = NDArray[np.float64]

_NEAR_S = 0.08  # asynchrony of two sides that counts as the same moment, see numeric.signals.detection.Noise.lag_s
_AROUND_S = (0.25, 1.5)  # chosen: "the seconds around" begin where the twitch itself has ended
_UNIT_IOD = 0.002  # chosen: sizes below this are seen linearly, larger ones by their logarithm; 0.001 - 0.005
_NOT_SEEN_IOD = 0.05  # error of a window that was not seen, see numeric.signals.detection.Noise.hidden_iod
_LEAST_ERROR_IOD = 1e-4  # chosen: a hundredth of a pixel at the raster's scale; smaller changes nothing
_LEAST_IOD = 0.0005  # chosen: a twentieth of a raster pixel, so that ratios to nothing stay finite; 0.0002 - 0.001

_WHOLE = (
    "energy_face",
    "energy_eye",
    "energy_mid",
    "energy_mouth",
    "ratio_face",
    "ratio_eye",
    "ratio_raw",
    "stands_out",
    "stands_out_raw",
    "toward",
    "matched",
    "matched_but_one",
    "matched_around",
    "matched_other",
    "speed",
    "duration",
    "deviate",
    "activity",
    "returns",
)
_OF_A_PART = ("own", "other", "across", "beyond", "ground")
_OF_LIDS = ("closed", "closed_near", "closed_differs", "hidden", "hidden_other", "quiet")
_OF_ERROR = ("error", "error_other", "error_risen")


@cache
def feature_names() -> tuple[str, ...]:
    """What a candidate's probability is computed from, in order; docs/reference/method.md says what each is."""
    of_parts = (f"{part}_{what}" for part in feature_parts() for what in _OF_A_PART)
    return (*_WHOLE, *of_parts, *_OF_LIDS, *_OF_ERROR)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A stretch with what is worked out once for all its candidates: ``speed`` (time,) of the head in degrees a second,
    ``blinking`` (time,), ``closed`` (time, 2) how far each eye is closed, ``usual_error`` (2, window) in IOD.
    """

    stretch: Stretch
    speed: Array
    blinking: NDArray[np.bool_]
    closed: Array
    usual_error: Array


def scene_of(stretch: Stretch, doubt: Array) -> Scene:
    """The scene of a stretch; ``doubt`` from `facialis.measure.events.lids.lid_doubt`."""
    return Scene(
        stretch=stretch,
        speed=head_speed(stretch),
        blinking=doubt.max(1) > 1,
        closed=closed_share(stretch)[0],
        usual_error=np.median(_error(stretch.error), axis=0),
    )


def head_speed(stretch: Stretch) -> Array:
    """How fast the head turns (time,), degrees a second, the mesh's jitter smoothed away."""
    smooth = gaussian_filter1d(stretch.pose_deg, 0.05 * stretch.rate_hz, axis=0)
    step = np.linalg.norm(np.diff(smooth, axis=0, prepend=smooth[:1]), axis=1)
    return np.asarray(step * stretch.rate_hz)


def _log(value: float) -> float:
    return float(np.log(value + 0.1))  # chosen: 0.1 keeps ratios of nothing finite; 0.03 - 0.3


def features_of(scene: Scene, now: Evidence, i: int, side: int, duration_s: float, deviate: float) -> Array:
    """Values of `feature_names` at picture ``i``, all finite; ``now`` is the evidence of the duration that answered."""
    around = _around(scene.stretch, i)
    values = [*_whole(scene, now, i, side, duration_s, deviate, around), *_parts(scene, now, i, side, around)]
    values += [*_lids(scene, now, i, side), *_errors(scene, i, side)]
    assert len(values) == len(feature_names())
    return np.array(values)


def _near(stretch: Stretch, i: int) -> slice:
    reach = max(1, round(_NEAR_S * stretch.rate_hz))
    return slice(max(0, i - reach), i + reach + 1)


def _around(stretch: Stretch, i: int) -> NDArray[np.int64]:
    n, rate = len(stretch.time_s), stretch.rate_hz
    reach = int(_AROUND_S[1] * rate)
    index = np.arange(max(0, i - reach), min(n, i + reach + 1))
    far = index[np.abs(index - i) / rate > _AROUND_S[0]]
    return far if len(far) else index[index != i]


def _whole(
    scene: Scene, now: Evidence, i: int, side: int, duration_s: float, deviate: float, around: NDArray[np.int64]
) -> list[float]:
    other, near = 1 - side, _near(scene.stretch, i)

    def ratio(values: Array) -> float:
        return _log(float(values[near, side].max())) - _log(float(values[near, other].max()))

    def stands_out(values: Array) -> float:
        return _log(float(values[i, side])) - _log(float(np.quantile(values[around, side], 0.95)))

    matched = max(float(m[i, side]) for m in now.matched.values())
    but_one = max(float(m[i, side]) for m in now.matched_but_one.values())
    hemiface = np.abs(now.matched["hemiface"])
    # In a blink the lids tell little of one side: cheek and mouth stand in for them.
    eye = now.energy["eye"] if not scene.blinking[i] else np.maximum(now.energy["mid"], now.energy["mouth"])
    return [
        _log(float(now.energy["face"][i, side])),
        _log(float(eye[i, side])),
        _log(float(now.energy["mid"][i, side])),
        _log(float(now.energy["mouth"][i, side])),
        ratio(now.energy["face"]),
        ratio(eye),
        ratio(now.raw),
        stands_out(now.energy["all"]),
        stands_out(now.raw),
        float(now.toward["face"][i, side]),
        float(np.sign(matched) * np.log1p(abs(matched))),
        float(np.sign(but_one) * np.log1p(abs(but_one))),
        float(np.log1p(np.quantile(hemiface[around, side], 0.97))),
        float(np.log1p(hemiface[near, other].max())),
        float(np.log1p(scene.speed[near].max())),
        float(np.log(duration_s)),
        _log(max(deviate, 0.0)),
        _activity(now, i, other, scene.stretch.rate_hz),
        _returns(scene.stretch, now, i, side, duration_s),
    ]


def _parts(scene: Scene, now: Evidence, i: int, side: int, around: NDArray[np.int64]) -> list[float]:
    near, other = _near(scene.stretch, i), 1 - side
    pull, mean = geometry()[2], _means()
    across = (now.moved[i, side] - now.moved[i, other]) @ np.array([[0.0, 1.0], [-1.0, 0.0]])
    across = np.abs((across * pull).sum(1)) @ mean

    def along(times: int | slice | NDArray[np.int64], s: int) -> Array:
        return np.asarray((now.moved[times, s] * pull).sum(-1))

    own, rival, there = along(i, side) @ mean, along(i, other) @ mean, along(near, other) @ mean
    strongest = there[np.argmax(np.abs(there), axis=0), np.arange(there.shape[1])]
    differs = np.abs((along(around, side) - along(around, other)) @ mean)
    ground = np.quantile(differs, 0.9, axis=0) + _LEAST_IOD
    columns = [
        np.arcsinh(own / _UNIT_IOD),
        np.arcsinh(strongest / _UNIT_IOD),
        np.arcsinh(across / _UNIT_IOD),
        np.arcsinh((own - rival) / ground),
        np.log(ground),
    ]
    return [float(value) for value in np.stack(columns, 1).ravel()]


@cache
def _means() -> Array:
    """What takes the mean of each of the `facialis.measure.regions.feature_parts` (window, part)."""
    names = [region.name for region in regions()]
    return np.array([[(name in members) / len(members) for members in feature_parts().values()] for name in names])


def _lids(scene: Scene, now: Evidence, i: int, side: int) -> list[float]:
    near, closed, hidden = _near(scene.stretch, i), scene.closed, scene.stretch.hidden
    return [
        float(closed[i, side]),
        float(closed[near].max()),
        float(np.abs(closed[near, 0] - closed[near, 1]).max()),
        float(hidden[i, side].mean()),
        float(hidden[i, 1 - side].mean()),
        float(np.log(now.usual_level[side] + 1e-6)),
    ]


def _error(error: Array) -> Array:
    """Standard errors, all finite: a window that was not seen has a large one."""
    return np.nan_to_num(error, nan=_NOT_SEEN_IOD)


def _errors(scene: Scene, i: int, side: int) -> list[float]:
    """How well the skin of each side is seen now, and of the own side against the usual: a codec that copies skin lets
    it stand still and then jump.
    """
    now = _error(scene.stretch.error[i])
    risen = float(np.median(now[side] / (scene.usual_error[side] + _LEAST_ERROR_IOD)))
    return [*(float(np.log(np.median(now[s]) + _LEAST_ERROR_IOD)) for s in (side, 1 - side)), _log(risen)]


def _activity(now: Evidence, i: int, other: int, rate: float) -> float:
    """How much the other side moves in the second around, against the quiet parts of the stretch (logarithm)."""
    half = max(1, round(0.5 * rate))
    size = now.size[max(0, i - half) : i + half + 1, other].mean()
    return float(np.log(size + 1e-5) - np.log(now.quiet_size[other] + 1e-5))


def _returns(stretch: Stretch, now: Evidence, i: int, side: int, duration_s: float) -> float:
    """How nearly the skin is back where it was: 0 a pulse, 1 a step of the same height or more."""
    reach = max(2, round(duration_s * stretch.rate_hz)) + 1
    weight = now.moved[i, side] / now.level[i, side] ** 2
    own = stretch.moved[:, side]
    before, after = own[max(0, i - reach)], own[min(len(own) - 1, i + reach)]
    height = float(((own[i] - (before + after) / 2) * weight).sum())
    return float(np.clip(abs(((after - before) * weight).sum()) / max(abs(height), 1e-9), 0.0, 1.0))
