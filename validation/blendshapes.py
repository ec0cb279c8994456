"""The mesh alone, as the peers use it: blendshapes and landmarks, right less left, at the best threshold in hindsight.

Only for comparison: facialis measures nothing this way. Which 146 of the mesh's points the network takes, in pixels,
and what its 52 outputs are called, is said by MediaPipe, mediapipe/tasks/cc/vision/face_landmarker/
face_blendshapes_graph.cc (github.com/google-ai-edge/mediapipe, commit 85c0cdc, 2026-08-21).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray
from scipy.ndimage import correlate1d, median_filter

from facialis.core.knowledge import data_bytes
from facialis.core.records import Event, Frame
from facialis.measure.face.mesh import FaceMesh, Look, Mesh
from facialis.measure.face.raster import eye_aperture_iod, interocular_px
from facialis.numeric.signals.filters import fill_gaps, pulse_kernel
from validation.matching import Score, match

__all__ = ["NAMES", "Best", "Blendshapes", "Watched", "asymmetries", "best_in_hindsight"]

Array = NDArray[np.float64]

_POINTS_TEXT = """
0 1 4 5 6 7 8 10 13 14 17 21 33 37 39 40 46 52 53 54 55 58 61 63 65 66 67 70 78 80 81 82 84 87 88 91 93 95
103 105 107 109 127 132 133 136 144 145 146 148 149 150 152 153 154 155 157 158 159 160 161 162 163 168 172
173 176 178 181 185 191 195 197 234 246 249 251 263 267 269 270 276 282 283 284 285 288 291 293 295 296 297
300 308 310 311 312 314 317 318 321 323 324 332 334 336 338 356 361 362 365 373 374 375 377 378 379 380 381
382 384 385 386 387 388 389 390 397 398 400 402 405 409 415 454 466 468 469 470 471 472 473 474 475 476 477
"""
_BOTH = (
    "browDown",
    "browOuterUp",
    "cheekSquint",
    "eyeBlink",
    "eyeLookDown",
    "eyeLookIn",
    "eyeLookOut",
    "eyeLookUp",
    "eyeSquint",
    "eyeWide",
    "mouthDimple",
    "mouthFrown",
    "mouthLowerDown",
    "mouthPress",
    "mouthSmile",
    "mouthStretch",
    "mouthUpperUp",
    "noseSneer",
)
_NAMES_TEXT = """
_neutral browDownLeft browDownRight browInnerUp browOuterUpLeft browOuterUpRight cheekPuff cheekSquintLeft
cheekSquintRight eyeBlinkLeft eyeBlinkRight eyeLookDownLeft eyeLookDownRight eyeLookInLeft eyeLookInRight
eyeLookOutLeft eyeLookOutRight eyeLookUpLeft eyeLookUpRight eyeSquintLeft eyeSquintRight eyeWideLeft
eyeWideRight jawForward jawLeft jawOpen jawRight mouthClose mouthDimpleLeft mouthDimpleRight mouthFrownLeft
mouthFrownRight mouthFunnel mouthLeft mouthLowerDownLeft mouthLowerDownRight mouthPressLeft mouthPressRight
mouthPucker mouthRight mouthRollLower mouthRollUpper mouthShrugLower mouthShrugUpper mouthSmileLeft
mouthSmileRight mouthStretchLeft mouthStretchRight mouthUpperUpLeft mouthUpperUpRight noseSneerLeft
noseSneerRight
"""
NAMES: tuple[str, ...] = tuple(_NAMES_TEXT.split())
_POINTS = np.array(_POINTS_TEXT.split(), dtype=np.int64)
# Landmarks whose height or distance from the nose a contraction changes: (right, left), numbers of Face Mesh.
_LANDMARKS: Mapping[str, tuple[int, int, str]] = {
    "lower lid, height": (145, 374, "y"),
    "upper lid, height": (159, 386, "y"),
    "mouth corner, height": (61, 291, "y"),
    "mouth corner, outward": (61, 291, "x"),
    "cheek, height": (205, 425, "y"),
    "brow, height": (105, 334, "y"),
}

# Several at once, the one that stands out most: what each does on the side that contracts.
_TOGETHER: Mapping[str, Mapping[str, int]] = {
    "blendshape": {"blendshape eyeBlink": 1, "blendshape eyeSquint": 1, "blendshape mouthSmile": 1},
    "landmark": {"landmark eye aperture": -1, "landmark lower lid, height": 1, "landmark mouth corner, height": 1},
}


class Blendshapes:
    """The blendshape network of the task file."""

    def __init__(self) -> None:
        with zipfile.ZipFile(io.BytesIO(data_bytes("models/face_landmarker.task"))) as archive:
            self._network = Interpreter(model_content=archive.read("face_blendshapes.tflite"), num_threads=1)
        self._network.allocate_tensors()
        self._input = self._network.get_input_details()[0]["index"]
        self._output = self._network.get_output_details()[0]["index"]

    def of(self, mesh: Mesh) -> Array:
        """The 52 outputs, 0-1, in the order of `NAMES`."""
        self._network.set_tensor(self._input, mesh.points_px[_POINTS, :2].astype(np.float32)[None])
        self._network.invoke()
        return np.asarray(self._network.get_tensor(self._output), dtype=np.float64)


class Watched:
    """The face mesh, and what it saw in every picture, for those who measure the mesh itself."""

    def __init__(self, mesh: FaceMesh) -> None:
        self._mesh = mesh
        self.time_s: list[float] = []
        self.meshes: list[Mesh | None] = []

    def look(self, frame: Frame) -> Look:
        """Passed on."""
        found = self._mesh.look(frame)
        self.time_s.append(frame.time_s)
        self.meshes.append(found.mesh)
        return found


def asymmetries(meshes: Sequence[Mesh | None], network: Blendshapes) -> dict[str, Array]:
    """Right less left over time, by name: every two-sided blendshape, the eye apertures, and some landmarks."""
    shapes = np.stack([np.full(52, np.nan) if m is None else network.of(m) for m in meshes])
    out = {
        f"blendshape {name}": shapes[:, NAMES.index(f"{name}Right")] - shapes[:, NAMES.index(f"{name}Left")]
        for name in _BOTH
    }
    places = np.stack([np.full((478, 2), np.nan) if m is None else _head_frame(m) for m in meshes])
    for name, (right, left, axis) in _LANDMARKS.items():
        if axis == "y":
            out[f"landmark {name}"] = places[:, right, 1] - places[:, left, 1]
        else:
            out[f"landmark {name}"] = -places[:, right, 0] - places[:, left, 0]
    apertures = np.stack([np.full(2, np.nan) if m is None else eye_aperture_iod(m) for m in meshes])
    out["landmark eye aperture"] = apertures[:, 0] - apertures[:, 1]
    return {name: fill_gaps(values) for name, values in out.items()}


def _head_frame(mesh: Mesh) -> Array:
    """Points in IOD from between the inner canthi; x to the person's left along the line of the canthi, y up."""
    xy = mesh.points_px[:, :2]
    axis = xy[263] - xy[33]
    axis = axis / np.linalg.norm(axis)
    rest = (xy - (xy[133] + xy[362]) / 2) / interocular_px(mesh)
    return np.stack([rest @ axis, rest @ np.array([axis[1], -axis[0]])], axis=1)


@dataclass(frozen=True, kw_only=True)
class Best:
    """What the mesh alone reaches with the signal, filter and threshold that suit these very clips best."""

    signal: str
    filtered: bool
    threshold: float
    score: Score


def _reports(values: Array, time_s: Array, sign: int) -> list[Event]:
    """All peaks of a signal as reports; ``amplitude_iod`` is their height (of whatever unit), sorted out later."""
    height = np.abs(values)
    peaks = np.flatnonzero((height[1:-1] >= height[:-2]) & (height[1:-1] > height[2:])) + 1
    order = peaks[np.argsort(-height[peaks])]
    kept: list[int] = []
    for i in order:
        if all(abs(time_s[i] - time_s[k]) > 0.12 for k in kept):
            kept.append(int(i))
    return [
        Event(
            onset_s=float(time_s[i]),
            duration_s=0.0,
            trial_type="twitch",
            side="right" if sign * values[i] > 0 else "left",
            regions=(),
            apex_s=float(time_s[i]),
            amplitude_iod=float(height[i]),
            probability=0.5,
            detector="mesh",
        )
        for i in kept
    ]


def _prepared(values: Array, time_s: Array, filtered: bool) -> Array:
    rate = 1.0 / float(np.median(np.diff(time_s)))
    if filtered:  # the same matched filter as the detector's, for 120 ms
        return np.asarray(correlate1d(values, pulse_kernel(0.12, rate), mode="nearest"))
    return np.asarray(values - median_filter(values, 2 * round(0.5 * rate) + 1, mode="nearest"))


def _together(signals: Mapping[str, Array], parts: Mapping[str, int], time_s: Array, filtered: bool) -> Array:
    rows = np.stack([sign * _prepared(signals[name], time_s, filtered) for name, sign in parts.items()])
    if len(rows) > 1:
        rows /= np.median(np.abs(rows), axis=1, keepdims=True) + 1e-12
    return np.asarray(rows[np.abs(rows).argmax(0), np.arange(rows.shape[1])])


def best_in_hindsight(
    clips: Sequence[tuple[str, Array, Mapping[str, Array], Sequence[Event], float]],
    most_false_per_min: float,
    prefix: str,
) -> Best:
    """The best that signals whose name begins with ``prefix`` can do at no more than this many false reports a minute.

    Chosen among all signals, with and without a matched filter, both signs, all thresholds, knowing the truth of these
    clips: far more than anybody could know beforehand. ``clips``: (name, times, signals, truth, duration).
    """
    best: Best | None = None
    sets = {name.removeprefix(f"{prefix} "): {name: 1} for name in clips[0][2] if name.startswith(prefix)}
    sets["the most prominent of three"] = dict(_TOGETHER[prefix])
    for name, parts in sets.items():
        for filtered in (False, True):
            for sign in (1, -1):
                reports = [_reports(_together(c[2], parts, c[1], filtered), c[1], sign) for c in clips]
                trial = _best_threshold(clips, reports, most_false_per_min)
                row = Best(signal=name, filtered=filtered, threshold=trial[0], score=trial[1])
                if best is None or _rank(row.score) > _rank(best.score):
                    best = row
    assert best is not None, f"no signal is called {prefix}…"
    return best


def _rank(score: Score) -> tuple[int, float]:
    return sum(m.side_right for m in score.matches), -score.false_per_min


def _best_threshold(
    clips: Sequence[tuple[str, Array, Mapping[str, Array], Sequence[Event], float]],
    reports: Sequence[Sequence[Event]],
    most_false_per_min: float,
) -> tuple[float, Score]:
    heights = np.array([r.amplitude_iod for rows in reports for r in rows])
    best: tuple[float, Score] = (np.inf, _score(clips, reports, np.inf))
    for threshold in np.unique(np.quantile(heights, np.linspace(0.3, 1.0, 60))):
        score = _score(clips, reports, float(threshold))
        if score.false_per_min <= most_false_per_min and _rank(score) > _rank(best[1]):
            best = (float(threshold), score)
    return best


def _score(
    clips: Sequence[tuple[str, Array, Mapping[str, Array], Sequence[Event], float]],
    reports: Sequence[Sequence[Event]],
    threshold: float,
) -> Score:
    total = Score()
    for (name, _, _, truth, duration_s), rows in zip(clips, reports, strict=True):
        total.add(match(truth, [r for r in rows if r.amplitude_iod >= threshold], duration_s, name))
    return total
