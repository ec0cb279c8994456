"""The stabilised face: every picture warped so that rigid skin stands still.

The mesh says roughly where the face is; windows of rigid skin (nose bridge, forehead, temples) say it exactly. While
the head is still the warp is held fixed, so that interpolation adds nothing that moves.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Frame
from facialis.measure.mesh import LANDMARKS, Mesh
from facialis.measure.regions import (
    RASTER_EYES_Y_PX,
    RASTER_HEIGHT_PX,
    RASTER_IOD_PX,
    RASTER_WIDTH_PX,
    rigid_points,
    template,
)
from facialis.numeric.registration import Pyramid, similarity

__all__ = [
    "Pose",
    "compose",
    "eye_aperture_iod",
    "interocular_px",
    "mesh_to_raster",
    "pose_of",
    "pyramid",
    "raster_of",
    "raster_points",
]

Array = NDArray[np.float64]

# Lid margins, (upper, lower) pairs and canthi of each eye, right then left (Face Mesh V2 numbering).
_LIDS = (((159, 145), (158, 153), (160, 144)), ((386, 374), (385, 380), (387, 373)))
_CANTHI = ((33, 133), (362, 263))


@dataclass(frozen=True, kw_only=True)
class Pose:
    """Turn of the head in degrees: see `facialis.core.records.Motion` for the signs."""

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


def raster_points() -> Array:
    """Where the mesh points of the template lie in the raster (478, 2), in pixels."""
    return template()[:, :2] * RASTER_IOD_PX + [(RASTER_WIDTH_PX - 1) / 2, RASTER_EYES_Y_PX]


def mesh_to_raster(mesh: Mesh) -> Array:
    """The 2×3 similarity that brings the rigid points of a mesh to those of the template."""
    rigid = sorted({point for window in rigid_points() for point in window})
    return similarity(mesh.points_px[rigid, :2], raster_points()[rigid], np.ones(len(rigid)))


def compose(second: Array, first: Array) -> Array:
    """The 2×3 matrix that applies ``first``, then ``second``."""
    full = np.vstack([first, [0.0, 0.0, 1.0]])
    return np.asarray(second @ full)


def raster_of(frame: Frame, to_raster: Array) -> NDArray[np.uint8]:
    """The face in the raster, (320, 256) uint8 luma; averaged down first where the picture is much finer."""
    luma = frame.luma
    matrix = to_raster
    scale = float(np.sqrt(abs(np.linalg.det(to_raster[:, :2]))))
    if scale < 0.7:  # chosen: below this, bilinear sampling would skip pixels; 0.6 - 0.8
        size = (RASTER_WIDTH_PX, RASTER_HEIGHT_PX)
        corners = np.array([[0, 0], [size[0], 0], [0, size[1]], size], dtype=np.float64)
        inverse = cv2.invertAffineTransform(to_raster)
        box = corners @ inverse[:, :2].T + inverse[:, 2]
        x0, y0 = np.maximum(np.floor(box.min(0)).astype(int) - 2, 0)
        x1, y1 = np.ceil(box.max(0)).astype(int) + 2
        part = luma[y0:y1, x0:x1]
        if part.size:
            factor = int(np.clip(round(1 / scale), 2, 8))
            small = cv2.resize(
                part, (max(1, part.shape[1] // factor), max(1, part.shape[0] // factor)), interpolation=cv2.INTER_AREA
            )
            step = np.array([part.shape[1] / small.shape[1], part.shape[0] / small.shape[0]])
            # Pixel centres: x = x0 + (x_small + 0.5) * step - 0.5
            enlarge = np.array([[step[0], 0.0, x0 + step[0] / 2 - 0.5], [0.0, step[1], y0 + step[1] / 2 - 0.5]])
            luma, matrix = np.asarray(small, dtype=np.uint8), compose(to_raster, enlarge)
    warped = cv2.warpAffine(
        luma, matrix, (RASTER_WIDTH_PX, RASTER_HEIGHT_PX), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(warped, dtype=np.uint8)


def pyramid(image: NDArray[np.uint8]) -> Pyramid:
    """The levels of a raster picture, finest first, float32, slightly smoothed against interpolation."""
    finest = cv2.GaussianBlur(image.astype(np.float32), (0, 0), 0.8)  # chosen: 0.6 - 1.0 px
    half = cv2.pyrDown(finest)
    levels = (finest, half, cv2.pyrDown(half))
    return tuple(np.asarray(level, dtype=np.float32) for level in levels)


def interocular_px(mesh: Mesh) -> float:
    """Distance between the eye centres in pixels, as if the face were seen frontally (depth included)."""
    right, left = (mesh.points_px[list(pair)].mean(0) for pair in _CANTHI)
    return float(np.linalg.norm(left - right))


def eye_aperture_iod(mesh: Mesh) -> Array:
    """Eye opening (2,) right and left, lid to lid, in share of the interocular distance, from the mesh."""
    points = mesh.points_px
    gaps = [np.mean([np.linalg.norm(points[u] - points[v]) for u, v in eye]) for eye in _LIDS]
    return np.array(gaps) / interocular_px(mesh)


def pose_of(mesh: Mesh) -> Pose:
    """Turn of the head, from the rigid points of the mesh against the template (orthogonal Procrustes fit).

    The mesh's depth is rough: angles are good to some degrees, their changes to about one.
    """
    rigid = sorted({point for window in rigid_points() for point in window} | {33, 133, 362, 263, 1, 2, 98, 327})
    assert max(rigid) < LANDMARKS
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
