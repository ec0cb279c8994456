"""A still of the camera, looked at for a moment: where the face is in it. Nothing of it is kept.

It comes as bare pixels, so that nothing has to be decoded that somebody else may have made.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Frame
from facialis.measure.face.mesh import FaceMesh, Mesh
from facialis.measure.face.raster import interocular_px, pose_of

__all__ = ["MOST_SIDE_PX", "Face", "Seen", "look_at"]

MOST_SIDE_PX = 640
"""Chosen: the network reads 256 pixels of a face; 320 - 1280."""
_LUMA = np.array([0.299, 0.587, 0.114])  # ITU-R BT.601, full range, as browsers give RGB
_BLUE, _RED = 0.564, 0.713  # of the same
_ONE_AT_A_TIME = threading.Lock()


@dataclass(frozen=True, kw_only=True)
class Face:
    """Where a face is: shares of the picture's width or height, from its upper left; degrees; luma of 255."""

    iod_share: float
    left: float
    right: float
    top: float
    bottom: float
    yaw_deg: float
    pitch_deg: float
    roll_deg: float
    luma: float


@dataclass(frozen=True, kw_only=True)
class Seen:
    """What was seen in a still: the largest face or None, how many faces, and luma of the whole (0-255)."""

    face: Face | None
    faces: int
    luma: float


def look_at(pixels: bytes, width_px: int, height_px: int) -> Seen | None:
    """Look for a face in a picture.

    Parameters
    ----------
    pixels
        Rows of RGB, three bytes a pixel.
    width_px, height_px
        Of the picture.

    Returns
    -------
    Seen or None
        None where the bytes are no such picture.
    """
    within = 16 <= width_px <= MOST_SIDE_PX and 16 <= height_px <= MOST_SIDE_PX
    if not within or len(pixels) != 3 * width_px * height_px:
        return None
    frame = _frame(np.frombuffer(pixels, np.uint8).reshape(height_px, width_px, 3))
    with _ONE_AT_A_TIME:
        look = FaceMesh().look(frame)
    face = None if look.mesh is None else _face(look.mesh, frame.luma)
    return Seen(face=face, faces=len(look.boxes or ()), luma=float(frame.luma.mean()))


def _frame(rgb: NDArray[np.uint8]) -> Frame:
    """The picture as films are read: luma in full, colour at half the size."""
    luma = rgb @ _LUMA
    half = rgb[::2, ::2].astype(np.float64)  # the mesh reads colour at half the size, and coarsely
    grey = half @ _LUMA
    chroma = [128 + (half[:, :, 2] - grey) * _BLUE, 128 + (half[:, :, 0] - grey) * _RED]
    return Frame(
        index=0,
        time_s=0.0,
        luma=np.rint(luma).astype(np.uint8),
        chroma=np.clip(np.rint(chroma), 0, 255).astype(np.uint8),
    )


def _face(mesh: Mesh, luma: NDArray[np.uint8]) -> Face:
    height, width = luma.shape
    points = mesh.points_px[:, :2] / [width, height]
    (left, top), (right, bottom) = points.min(0), points.max(0)
    rows = slice(max(0, int(top * height)), max(1, int(bottom * height)))
    columns = slice(max(0, int(left * width)), max(1, int(right * width)))
    skin = luma[rows, columns]
    pose = pose_of(mesh)
    return Face(
        iod_share=interocular_px(mesh) / width,
        left=float(left),
        right=float(right),
        top=float(top),
        bottom=float(bottom),
        yaw_deg=pose.yaw_deg,
        pitch_deg=pose.pitch_deg,
        roll_deg=pose.roll_deg,
        luma=float(skin.mean()) if skin.size else float(luma.mean()),
    )
