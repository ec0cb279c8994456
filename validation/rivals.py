"""What people measure faces with, written anew from its descriptions: a number a side and picture, or a difference.

- *Eye-aspect-ratio peaks*, as JeFaPaTo does (Büchner et al. 2024, JOSS): the ratio of lid gap to eye width of each eye,
  smoothed or not; minima by their prominence; one of a single eye is a one-sided event.
- *Relative eye-aspect-ratio difference*, as HFS_analysis_app describes: the difference of both over their mean; runs
  beyond a multiple of the clip's standard deviation; short runs are clonic, long ones tonic.
- *Blendshape asymmetry* and *landmark asymmetry*: right less left (validation/blendshapes.py).
- *Dense optical flow*: DIS (Kroeger et al. 2016, OpenCV) in a crop aligned by the eyes, mean over regions, right less
  left; from picture to picture and added up, or against the picture of 0.2 s before.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Frame
from facialis.film.video import VideoFile
from facialis.measure.face.mesh import FaceMesh, Mesh
from facialis.measure.regions import mirror
from facialis.numeric.signals.filters import fill_gaps
from validation.blendshapes import Blendshapes, asymmetries
from validation.surface import EYES
from validation.trial import code_key

__all__ = ["Signals", "signals_of"]

Array = NDArray[np.float64]
Signals = Mapping[str, Array]
"""By name, one value a picture; ``time_s`` among them. All but ``ear right`` and ``ear left`` are right less left."""

# Upper and lower lid points of the six-point ratio (Soukupová and Čech 2016), right eye, then left.
_EAR = ((33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380))
_CROP = (192, 224)  # width and height in pixels; chosen: the eyes 72 pixels apart, as in the first trials
_CROP_IOD_PX = 72.0
_BACK_S = 0.2  # chosen: longer than a twitch's rise; 0.1 - 0.3 s
# Places of the right side whose mean flow is taken, with the half size of the square in IOD.
_PLACES: Mapping[str, tuple[tuple[int, ...], float]] = {
    "lower lid": ((145, 23, 230), 0.10),
    "upper lid": ((159, 27, 28), 0.10),
    "eye": ((33, 133, 159, 145), 0.22),
    "cheek": ((50, 205), 0.16),
    "mouth corner": ((61, 57), 0.13),
    "side of the face": ((50, 145, 61, 205), 0.35),
}


def _ear(mesh: Mesh) -> Array:
    out = []
    for eye in _EAR:
        p = mesh.points_px[list(eye), :2]
        out.append((np.linalg.norm(p[1] - p[5]) + np.linalg.norm(p[2] - p[4])) / (2 * np.linalg.norm(p[0] - p[3])))
    return np.array(out)


class _Flow:
    """Mean flow of places in the aligned crop, per side: (places, 2 sides, lateral and up) in IOD."""

    def __init__(self, rate_hz: float) -> None:
        self._dis = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
        self._before: list[NDArray[np.uint8]] = []
        self._back = max(1, round(_BACK_S * rate_hz))
        self._matrix: Array | None = None

    def step(self, frame: Frame, mesh: Mesh) -> tuple[Array, Array]:
        xy = mesh.points_px[:, :2]
        right, left = (xy[[eye[0], eye[8]]].mean(0) for eye in EYES)
        scale = _CROP_IOD_PX / float(np.linalg.norm(left - right))
        turn = float(np.arctan2(left[1] - right[1], left[0] - right[0]))
        c, s = scale * np.cos(turn), scale * np.sin(turn)
        matrix = np.array([[c, s, 0.0], [-s, c, 0.0]])
        matrix[:, 2] = [_CROP[0] / 2, 0.33 * _CROP[1]] - matrix[:, :2] @ ((left + right) / 2)
        # Smoothed: the mesh's jitter would be taken for movement of the whole face.
        self._matrix = matrix if self._matrix is None else 0.7 * self._matrix + 0.3 * matrix
        crop = np.asarray(cv2.warpAffine(frame.luma, self._matrix, _CROP, flags=cv2.INTER_AREA), dtype=np.uint8)
        points = xy @ self._matrix[:, :2].T + self._matrix[:, 2]
        before = self._before or [crop]
        out = []
        for old in (before[-1], before[0]):
            flow = np.asarray(self._dis.calc(old, crop, np.zeros((*crop.shape, 2), np.float32)), dtype=np.float64)
            out.append(self._means(flow, points))
        self._before = [*self._before, crop][-self._back :]
        return out[0], out[1]

    def _means(self, flow: Array, points: Array) -> Array:
        rows = np.zeros((len(_PLACES), 2, 2))
        for k, (numbers, half_iod) in enumerate(_PLACES.values()):
            for side in (0, 1):
                at = points[[n if side == 0 else int(mirror()[n]) for n in numbers]].mean(0)
                half = half_iod * _CROP_IOD_PX
                x0, x1 = (int(np.clip(at[0] + d, 0, _CROP[0] - 1)) for d in (-half, half))
                y0, y1 = (int(np.clip(at[1] + d, 0, _CROP[1] - 1)) for d in (-half, half))
                mean = flow[y0 : y1 + 1, x0 : x1 + 1].mean((0, 1)) / _CROP_IOD_PX
                rows[k, side] = [mean[0] if side else -mean[0], -mean[1]]
        return rows


def signals_of(path: Path, cache: Path, network: Blendshapes) -> Signals:
    """All signals of a clip that this trial made; the mesh is asked in every picture."""
    own = hashlib.sha256(Path(__file__).read_bytes() + code_key("measure/face/mesh").encode()).hexdigest()[:8]
    kept = cache / f"{path.stem}.{own}.signals.npz"
    if not kept.exists():
        with VideoFile(path) as video:
            found = _signals(video, network)
        with kept.open("wb") as file:
            np.savez(file, **found)  # type: ignore[arg-type]
    with np.load(kept) as rows:
        return {name: rows[name] for name in rows.files}


def _signals(video: VideoFile, network: Blendshapes) -> dict[str, Array]:
    mesh = FaceMesh()
    flow = _Flow(video.declared.rate_hz or 30.0)
    times, meshes, ears, steps, backs = [], [], [], [], []
    nothing = np.full((len(_PLACES), 2, 2), np.nan)
    for frame in video.frames():
        found = mesh.look(frame).mesh
        times.append(frame.time_s)
        meshes.append(found)
        ears.append(np.full(2, np.nan) if found is None else _ear(found))
        step, back = (nothing, nothing) if found is None else flow.step(frame, found)
        steps.append(step)
        backs.append(back)
    out = {"time_s": np.array(times)} | asymmetries(meshes, network)
    eyes = fill_gaps(np.array(ears))
    out |= {"ear right": eyes[:, 0], "ear left": eyes[:, 1]}
    for label, rows in (("added up", np.cumsum(fill_gaps(np.array(steps)), axis=0)), ("0.2 s", np.array(backs))):
        for k, place in enumerate(_PLACES):
            for axis, direction in enumerate(("outward", "up")):
                apart = rows[:, k, 0, axis] - rows[:, k, 1, axis]
                out[f"flow {place} {direction}, {label}"] = fill_gaps(apart)
    return out
