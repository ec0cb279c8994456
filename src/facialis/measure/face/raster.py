"""The stabilised face: every picture warped so that rigid skin stands still.

The mesh says roughly where the face is; windows of rigid skin (nose bridge, forehead, temples) say it exactly. While
the head is still the warp is held fixed, so that interpolation adds nothing that moves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Frame
from facialis.measure.face.mesh import Mesh
from facialis.measure.regions import (
    RASTER_EYES_Y_PX,
    RASTER_HEIGHT_PX,
    RASTER_IOD_PX,
    RASTER_WIDTH_PX,
    canthi_points,
    lid_points,
    pose_points,
    rigid_points,
    template,
)
from facialis.numeric.images.similarity import Similarity, fit_similarity

__all__ = [
    "Levels",
    "Pose",
    "eye_aperture_iod",
    "interocular_px",
    "mesh_to_raster",
    "pose_of",
    "raster_of",
    "raster_points",
]

Array = NDArray[np.float64]
Image = NDArray[np.float32]

_BLUR_PX = 0.8  # chosen: smooths against interpolation; 0.6 - 1.0 px
_BLUR = cv2.getGaussianKernel(7, _BLUR_PX, cv2.CV_32F)  # as OpenCV sizes it: to 3.75 standard deviations


@dataclass(frozen=True, kw_only=True)
class Pose:
    """Turn of the head in degrees: see `facialis.core.records.Motion` for the signs."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


def raster_points() -> Array:
    """Where the mesh points of the template lie in the raster (478, 2), in pixels."""
    return template()[:, :2] * RASTER_IOD_PX + [(RASTER_WIDTH_PX - 1) / 2, RASTER_EYES_Y_PX]


@cache
def _rigid() -> list[int]:
    return sorted({point for window in rigid_points() for point in window})


def mesh_to_raster(mesh: Mesh) -> Similarity:
    """The similarity that brings the rigid points of a mesh to those of the template."""
    rigid = _rigid()
    return fit_similarity(mesh.points_px[rigid, :2], raster_points()[rigid], np.ones(len(rigid)))


def raster_of(frame: Frame, to_raster: Similarity) -> NDArray[np.uint8]:
    """The face in the raster, (320, 256) uint8 luma; averaged down first where the picture is much finer."""
    luma = frame.luma
    if to_raster.scale < 0.7:  # chosen: below this, bilinear sampling would skip pixels; 0.6 - 0.8
        size = (RASTER_WIDTH_PX, RASTER_HEIGHT_PX)
        corners = np.array([[0, 0], [size[0], 0], [0, size[1]], size], dtype=np.float64)
        box = to_raster.inverse.of(corners)
        x0, y0 = np.maximum(np.floor(box.min(0)).astype(int) - 2, 0)
        x1, y1 = np.ceil(box.max(0)).astype(int) + 2
        part = luma[y0:y1, x0:x1]
        if part.size:
            factor = int(np.clip(round(1 / to_raster.scale), 2, 8))
            # Whole blocks only: then every pixel of the smaller picture is the mean of as many.
            rows, columns = max(1, part.shape[0] // factor), max(1, part.shape[1] // factor)
            part = part[: rows * factor, : columns * factor]
            luma = np.asarray(cv2.resize(part, (columns, rows), interpolation=cv2.INTER_AREA), dtype=np.uint8)
            step = complex(part.shape[1] / columns, 0.0)
            # Pixel centres: x = x0 + (x_small + 0.5) * step - 0.5
            corner = complex(x0, y0) + (step - 1.0) * (0.5 + 0.5j)
            to_raster = to_raster.after(Similarity(step, corner))
    warped = cv2.warpAffine(
        luma,
        to_raster.matrix,
        (RASTER_WIDTH_PX, RASTER_HEIGHT_PX),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return np.asarray(warped, dtype=np.uint8)


class Levels:
    """The levels of a raster picture, finest first, float32, slightly smoothed; coarse ones are made when asked for."""

    def __init__(self, raster: NDArray[np.uint8]) -> None:
        finest = cv2.sepFilter2D(raster, cv2.CV_32F, _BLUR, _BLUR)
        self._levels: list[Image] = [np.asarray(finest, dtype=np.float32)]

    def __getitem__(self, level: int, /) -> Image:
        while len(self._levels) <= level:
            self._levels.append(np.asarray(cv2.pyrDown(self._levels[-1]), dtype=np.float32))
        return self._levels[level]


def interocular_px(mesh: Mesh) -> float:
    """Distance between the eye centres in pixels, as if the face were seen frontally (depth included)."""
    right, left = (mesh.points_px[pair].mean(0) for pair in canthi_points())
    return float(np.linalg.norm(left - right))


def eye_aperture_iod(mesh: Mesh) -> Array:
    """Eye opening (2,) right and left, lid to lid, in share of the interocular distance, from the mesh."""
    points = mesh.points_px
    gaps = [np.mean([np.linalg.norm(points[u] - points[v]) for u, v in eye]) for eye in lid_points()]
    return np.array(gaps) / interocular_px(mesh)


def pose_of(mesh: Mesh) -> Pose:
    """Turn of the head, from the rigid points of the mesh against the template (orthogonal Procrustes fit).

    The mesh's depth is rough: angles are good to some degrees, their changes to about one.
    """
    rigid = list(pose_points())
    a = template()[rigid]
    b = mesh.points_px[rigid]
    a, b = a - a.mean(0), b - b.mean(0)
    u, _, vt = np.linalg.svd(a.T @ b)
    turn = (u @ np.diag([1.0, 1.0, np.sign(np.linalg.det(u @ vt))]) @ vt).T
    # Axes: x to the person's left as seen in the picture, y down, depth away from the camera.
    yaw = np.degrees(np.arctan2(-turn[0, 2], turn[2, 2]))
    pitch = np.degrees(np.arctan2(turn[1, 2], np.hypot(turn[0, 2], turn[2, 2])))
    roll = np.degrees(np.arctan2(turn[1, 0], turn[1, 1]))
    return Pose(yaw_deg=float(yaw), pitch_deg=float(pitch), roll_deg=float(roll))
