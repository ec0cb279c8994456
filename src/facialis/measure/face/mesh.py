"""Where the face is: the face mesh of ``face_landmarker.task`` on LiteRT, its region tracked, nothing smoothed.

Landmarks say where the face is; what a muscle does is read from the pixels (see :mod:`facialis.measure.face.motion`).
The only room that imports LiteRT.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol, runtime_checkable

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import data_bytes
from facialis.core.records import Frame
from facialis.measure.regions import canthi_points, mirror
from facialis.numeric.images.similarity import IDENTITY, Similarity

__all__ = [
    "LANDMARKS",
    "MODEL_SHA256",
    "FaceBox",
    "FaceMesh",
    "Look",
    "Mesh",
    "MeshBackend",
    "PacedMesh",
    "SyntheticMesh",
    "crop_rgb",
]

Array = NDArray[np.float64]

LANDMARKS = 478  # points of Face Mesh V2 with irises (model card of face_landmarker.task)
MODEL_SHA256 = (
    "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"  # MediaPipe Face Landmarker, version 1
)
_DETECTOR_SIDE = 128  # input of face_detector.tflite
_MESH_SIDE = 256  # input of face_landmarks_detector.tflite
_BOX_SCORE = 0.5  # default detection confidence of the Face Landmarker task
_PRESENCE = 0.5  # default presence confidence of the Face Landmarker task
_OVERLAP = 0.3  # suppression overlap of the Face Landmarker task
_ROI_SCALE = 1.5  # the mesh was trained on boxes 1.5 times the face (Face Landmarker task)
_DETECTOR_ROI_SCALE = 2.0  # chosen: brings the detector's box to the mesh's; 1.8 - 2.2 give the same mesh
_ROI_SLACK = 0.06  # chosen: the region stays put until the face has moved 6 % of it; 3 - 10 % give the same signals
_ROI_STIR = 0.03  # chosen: the region goes with the head once that has moved by 3 % of it; 2 - 4 %
_PACE_S = 1.0  # chosen: longest time between looks at a face that does not change; 0.5 - 2 s give the same twitches
_LOOK_EVERY_S = 1.0  # chosen: how often other faces are looked for; 0.2 - 1 s find the same people


@dataclass(frozen=True, kw_only=True)
class FaceBox:
    """A face found by the detector: centre and side of its box in pixels, roll in radians, score 0-1."""

    x_px: float
    y_px: float
    side_px: float
    roll_rad: float
    score: float

    def overlap(self, other: FaceBox) -> float:
        """Intersection over union of the two upright boxes, 0-1."""
        half, half_other = self.side_px / 2, other.side_px / 2
        w = min(self.x_px + half, other.x_px + half_other) - max(self.x_px - half, other.x_px - half_other)
        h = min(self.y_px + half, other.y_px + half_other) - max(self.y_px - half, other.y_px - half_other)
        if w <= 0 or h <= 0:
            return 0.0
        return w * h / (self.side_px**2 + other.side_px**2 - w * h)


@dataclass(frozen=True, kw_only=True)
class Mesh:
    """The mesh in one picture: (478, 3) x, y, depth in pixels of the upright picture, and presence 0-1.

    Points are numbered as in MediaPipe's Face Mesh V2. Depth is relative and rough. A mesh is a plausible face: it is
    nearly blind to a movement of one side alone and must not be used to measure one.
    """

    points_px: Array
    presence: float


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was seen in one picture: the followed face or None, and the faces found if they were looked for."""

    mesh: Mesh | None
    boxes: tuple[FaceBox, ...] | None


class MeshBackend(Protocol):
    """Anything that finds the followed face in one picture after the other."""

    def look(self, frame: Frame) -> Look:
        """The face in the next picture, in order of time."""
        ...


@runtime_checkable
class PacedMesh(MeshBackend, Protocol):
    """A backend that costs so much that it is asked only where something may have changed."""

    pace_s: float
    """The longest time between two looks while nothing changes; 0: it is asked about every picture."""

    def moved(self, motion: Similarity) -> None:
        """The face has moved so, in px of the picture, from the last look to the next one, as its skin says."""
        ...


def _sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-np.clip(x, -80, 80)))


@cache
def _members() -> dict[str, bytes]:
    content = data_bytes("models/face_landmarker.task")
    if hashlib.sha256(content).hexdigest() != MODEL_SHA256:
        raise KnowledgeError(
            "The face mesh of this installation is damaged (its checksum is wrong).", advice="Install facialis again."
        )
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


class _Model:
    """One network of the task file, on one thread so that results do not depend on the machine."""

    def __init__(self, member: str) -> None:
        from ai_edge_litert.interpreter import Interpreter

        self._interpreter = Interpreter(model_content=_members()[member], num_threads=1)
        self._interpreter.allocate_tensors()
        self._input: int = self._interpreter.get_input_details()[0]["index"]
        self._outputs: list[int] = [d["index"] for d in self._interpreter.get_output_details()]

    def __call__(self, values: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        self._interpreter.set_tensor(self._input, values)
        self._interpreter.invoke()
        return [self._interpreter.get_tensor(index) for index in self._outputs]


def _anchors() -> Array:
    """Centres (896, 2) in share of the input of the boxes the short-range detector predicts relative to."""
    rows = []
    for cells, boxes in ((16, 2), (8, 6)):  # layout of the short-range detector: strides 8 and 16
        centre = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(centre, centre, indexing="ij")
        rows.append(np.repeat(np.stack([x.ravel(), y.ravel()], 1), boxes, axis=0))
    return np.concatenate(rows)


def crop_rgb(frame: Frame, matrix: Array, side_px: int) -> NDArray[np.uint8]:
    """The part of a picture that the 2×3 ``matrix`` (picture to crop) selects, (side, side, 3) RGB, black outside."""
    half = matrix.copy()
    # Chroma planes have half the size and sit between luma samples: x_luma = 2 x_chroma + 0.5.
    half[:, :2] = matrix[:, :2] * 2
    half[:, 2] = matrix[:, 2] + matrix[:, :2] @ np.array([0.5, 0.5])
    size = (side_px, side_px)
    planes = [cv2.warpAffine(frame.luma, matrix, size, flags=cv2.INTER_LINEAR)]
    planes += [cv2.warpAffine(frame.chroma[k], half, size, flags=cv2.INTER_LINEAR, borderValue=128.0) for k in (1, 0)]
    return np.asarray(cv2.cvtColor(cv2.merge(planes), cv2.COLOR_YCrCb2RGB), dtype=np.uint8)


def _region_matrix(x: float, y: float, side: float, roll: float, out_side: int) -> Array:
    """Picture to crop for a turned square region."""
    scale = out_side / side
    c, s = np.cos(roll) * scale, np.sin(roll) * scale
    matrix = np.array([[c, s, 0.0], [-s, c, 0.0]])
    matrix[:, 2] = out_side / 2 - matrix[:, :2] @ np.array([x, y])
    return matrix


class FaceMesh:
    """The mesh of one followed face; its region comes from the last picture, so nothing lags and nothing is smoothed.

    Parameters
    ----------
    start
        The face to follow, as found before; None follows the largest one of the first picture that has any.
    every_s
        How often other faces are looked for.
    pace_s
        The longest time between two looks while nothing changes; 0: every picture, at several times the cost.
    """

    def __init__(
        self, start: FaceBox | None = None, *, every_s: float = _LOOK_EVERY_S, pace_s: float = _PACE_S
    ) -> None:
        self.pace_s = pace_s
        self._detector = _Model("face_detector.tflite")
        self._landmarks = _Model("face_landmarks_detector.tflite")
        self._anchors = _anchors()
        self._region: tuple[float, float, float, float] | None = None
        self._moved = IDENTITY
        self._last: FaceBox | None = start
        self._every_s = every_s
        self._looked_s = -np.inf

    def moved(self, motion: Similarity) -> None:
        """The face has moved so, in px of the picture, since the last look: the region goes with it, if it has to."""
        # What the network reads hangs on where the face lies in its region, by some 0.006 IOD of eye opening.
        if self._region is None:
            return
        x, y, side, roll = self._region
        whole = motion.after(self._moved)
        centre = whole.of(np.array([[x, y]]))[0]
        turned = float(np.angle(whole.turn))
        if max(abs(centre[0] - x), abs(centre[1] - y)) > _ROI_STIR * side or abs(turned) > _ROI_STIR:
            self._region = (float(centre[0]), float(centre[1]), side * whole.scale, roll + turned)
            whole = IDENTITY
        self._moved = whole

    def look(self, frame: Frame) -> Look:
        """The followed face in the next picture; ``mesh`` is None where it is not seen."""
        boxes: tuple[FaceBox, ...] | None = None
        if self._region is None or frame.time_s - self._looked_s >= self._every_s:
            boxes = self.detect(frame)
            self._looked_s = frame.time_s
        mesh = self._mesh_in_region(frame) if self._region is not None else None
        if mesh is None:
            self._region = None
            box = self._choose(boxes if boxes is not None else self.detect(frame))
            if box is not None:
                side = box.side_px * _DETECTOR_ROI_SCALE
                self._region = (box.x_px, box.y_px, side, box.roll_rad)
                mesh = self._mesh_in_region(frame)
                if mesh is not None:
                    self._follow(mesh, slack=0.0)
                    # Once more from the mesh's own region, as for later pictures; and from its mirror image as well,
                    # since what is measured hangs on where the windows are put now, and the network is not even-handed.
                    mesh = self._mesh_in_region(frame, mirrored_too=True)
        if mesh is not None:
            self._follow(mesh, slack=_ROI_SLACK)
        else:
            self._region = None
        return Look(mesh=mesh, boxes=boxes)

    def detect(self, frame: Frame) -> tuple[FaceBox, ...]:
        """All faces in a picture, largest first. A face narrower than about a tenth of the picture is not found."""
        height, width = frame.luma.shape
        side = float(max(height, width))
        rgb = crop_rgb(frame, _region_matrix(width / 2, height / 2, side, 0.0, _DETECTOR_SIDE), _DETECTOR_SIDE)
        raw, logits = self._detector(((rgb.astype(np.float32) - 127.5) / 127.5)[None])
        if raw.shape[-1] == 1:
            raw, logits = logits, raw
        scores = _sigmoid(logits[0, :, 0].astype(np.float64))
        keep = np.flatnonzero(scores >= _BOX_SCORE)
        values = raw[0, keep].astype(np.float64) / _DETECTOR_SIDE
        offset = np.array([width / 2 - side / 2, height / 2 - side / 2])
        found: list[FaceBox] = []
        for k in np.argsort(-scores[keep]):
            row, anchor = values[k], self._anchors[keep[k]]
            centre = (row[:2] + anchor) * side + offset
            right_eye, left_eye = row[4:6] + anchor, row[6:8] + anchor
            roll = float(np.arctan2(left_eye[1] - right_eye[1], left_eye[0] - right_eye[0]))
            box = FaceBox(
                x_px=float(centre[0]),
                y_px=float(centre[1]),
                side_px=float(row[2:4].max() * side),
                roll_rad=roll,
                score=float(scores[keep[k]]),
            )
            if all(box.overlap(other) < _OVERLAP for other in found):
                found.append(box)
        return tuple(sorted(found, key=lambda b: -b.side_px))

    def _choose(self, boxes: tuple[FaceBox, ...]) -> FaceBox | None:
        if not boxes:
            return None
        if self._last is None:
            return boxes[0]
        last = self._last
        near = [
            b
            for b in boxes
            if np.hypot(b.x_px - last.x_px, b.y_px - last.y_px) < 1.5 * last.side_px
            and 0.5 < b.side_px / last.side_px < 2.0
        ]
        if near:
            return min(near, key=lambda b: float(np.hypot(b.x_px - last.x_px, b.y_px - last.y_px)))
        # Nobody where the face was: it may have moved while unseen, but only one of like size is taken for it.
        alike = [b for b in boxes if 0.6 < b.side_px / last.side_px < 1.7]
        return alike[0] if len(boxes) == 1 and alike else None

    def _mesh_in_region(self, frame: Frame, *, mirrored_too: bool = False) -> Mesh | None:
        assert self._region is not None
        matrix = _region_matrix(*self._region, _MESH_SIDE)
        rgb = crop_rgb(frame, matrix, _MESH_SIDE)
        points, presence = self._run(rgb)
        if presence < _PRESENCE:
            return None
        if mirrored_too:
            other, _ = self._run(np.ascontiguousarray(rgb[:, ::-1]))
            other[:, 0] = _MESH_SIDE - 1 - other[:, 0]
            points = (points + other[mirror()]) / 2
        inverse = cv2.invertAffineTransform(matrix)
        xy = points[:, :2] @ inverse[:, :2].T + inverse[:, 2]
        depth = points[:, 2:] * (self._region[2] / _MESH_SIDE)
        return Mesh(points_px=np.hstack([xy, depth]), presence=presence)

    def _run(self, rgb: NDArray[np.uint8]) -> tuple[Array, float]:
        """Points (478, 3) in pixels of the crop, and presence."""
        outputs = self._landmarks((rgb.astype(np.float32) / 255.0)[None])
        points = next(o for o in outputs if o.size == LANDMARKS * 3).reshape(LANDMARKS, 3).astype(np.float64)
        presence = float(_sigmoid(next(o for o in outputs if o.ndim == 4 and o.size == 1).ravel()[0]))
        return points, presence

    def _follow(self, mesh: Mesh, *, slack: float) -> None:
        xy = mesh.points_px[:, :2]
        right, left = canthi_points()[:, 0]
        axis = xy[left] - xy[right]  # the line through the outer corners of the eyes is the roll of the face
        roll = float(np.arctan2(axis[1], axis[0]))
        turn = np.array([[np.cos(roll), np.sin(roll)], [-np.sin(roll), np.cos(roll)]])
        flat = xy @ turn.T
        low, high = flat.min(0), flat.max(0)
        centre = turn.T @ ((low + high) / 2)
        side = float((high - low).max() * _ROI_SCALE)
        self._last = FaceBox(
            x_px=float(centre[0]),
            y_px=float(centre[1]),
            side_px=side / _ROI_SCALE * 0.9,
            roll_rad=roll,
            score=mesh.presence,
        )
        if slack and self._region is not None:
            x, y, old_side, old_roll = self._region
            moved = max(abs(centre[0] - x), abs(centre[1] - y), abs(side - old_side)) / old_side
            if moved < slack and abs(roll - old_roll) < slack:
                return
        self._region = (float(centre[0]), float(centre[1]), side, roll)
        self._moved = IDENTITY


class SyntheticMesh:
    """A mesh from a known function of time, for phantoms and tests: the same one method, no network.

    Parameters
    ----------
    points_at
        Gives the (478, 3) points in pixels at a time in seconds, or None where there is no face.
    """

    def __init__(self, points_at: Callable[[float], Array | None]) -> None:
        self._points_at = points_at

    def look(self, frame: Frame) -> Look:
        """The face that the function puts into this picture."""
        points = self._points_at(frame.time_s)
        if points is None:
            return Look(mesh=None, boxes=())
        if points.shape != (LANDMARKS, 3):
            raise ValueError(f"points have shape {points.shape}, should have ({LANDMARKS}, 3)")
        low, high = points[:, :2].min(0), points[:, :2].max(0)
        centre = (low + high) / 2
        box = FaceBox(
            x_px=float(centre[0]), y_px=float(centre[1]), side_px=float((high - low).max()), roll_rad=0.0, score=1.0
        )
        return Look(mesh=Mesh(points_px=points, presence=1.0), boxes=(box,))
