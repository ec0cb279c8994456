"""A face as a sheet of triangles: move its corners, and the picture follows, exactly.

The generator of the proof. It shares nothing with `facialis.phantom.animate` (smooth patches added to one another) or
the rendered head: here the corners of a triangulated mesh are moved, every triangle carries its pixels by the affine
map that its three corners give, and skin that moves over the eye covers it instead of stretching it. The inverse of
such a map is of the same kind, so a mesh point lies afterwards exactly where it was sent.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates, spline_filter
from scipy.spatial import Delaunay

from facialis.measure.regions import outline_points, template

__all__ = ["EYES", "INNER_LIPS", "POINTS", "RINGS", "eye_distance_px", "moved_map", "sheet", "triangles", "warped"]

Array = NDArray[np.float64]
Bytes = NDArray[np.uint8]

POINTS = 478  # of the mesh; the sheet's further corners follow them
RINGS = (1.3, 2.0)  # chosen: rings round the face, in shares of its outline, on which movement dies away; 1.2 - 3
EYES = (
    (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7),
    (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249),
)  # lid margins, right and left (Face Mesh V2)
_IRISES = ((468, 473), (473, 478))  # right and left, from and up to
INNER_LIPS = (78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95)
_SMALL_PX = 1e-3  # chosen: corners that move less are said to stand still, a hundredth of what a camera resolves
_BITS = 5  # corners are drawn to 1/32 of a pixel; where a pixel is taken from is exact all the same


def sheet(points_px: Array) -> Array:
    """Corners of the sheet (n, 2 or 3): the mesh, and rings round it."""
    oval = points_px[outline_points()["face"][:-1]]
    centre = oval.mean(0)
    return np.concatenate([points_px, *(centre + share * (oval - centre) for share in RINGS)])


@cache
def triangles() -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Corners of each triangle (m, 3), and which of them lie in the opening of an eye (m,)."""
    places = sheet(template()[:, :2])
    # Skin hangs on no iris: an eyeball stands still under a lid that falls.
    balls = np.concatenate([np.arange(*iris) for iris in _IRISES])
    skin = _delaunay(places, np.setdiff1d(np.arange(len(places)), balls))
    eyes = []
    for margin, iris in zip(EYES, _IRISES, strict=True):
        skin = skin[~np.isin(skin, margin).all(1)]
        own = _delaunay(places, np.array([*margin, *range(*iris)]))
        outline = places[list(margin)].astype(np.float32)
        centres = places[own].mean(1)
        eyes.append(own[[cv2.pointPolygonTest(outline, (float(x), float(y)), False) > 0 for x, y in centres]])
    corners = np.concatenate([skin, *eyes])
    return corners, np.arange(len(corners)) >= len(skin)


def _delaunay(places: Array, which: NDArray[np.int64]) -> NDArray[np.int64]:
    """Triangles between those of ``places`` (n, 2) that are named."""
    return np.asarray(which[Delaunay(places[which]).simplices], dtype=np.int64)


def eye_distance_px(points_px: Array) -> float:
    """Distance of the eyes' centres in pixels, depth included: as if the face were seen from the front."""
    right, left = (points_px[[eye[0], eye[8]]].mean(0) for eye in EYES)
    return float(np.linalg.norm(left - right))


def moved_map(
    corners: Array, goal: Array, size: tuple[int, int], origin: tuple[int, int] = (0, 0), eyes: Array | None = None
) -> Array:
    """Where the pixels of a picture come from when ``corners`` (n, 2) go to ``goal``: (height, width, 2) x, y.

    ``size`` is (height, width) of the part that starts at ``origin`` (x, y). Skin is drawn over the eyes, whose opening
    and balls lie where ``eyes`` (n, 2) says, whatever the lids do (None: where they were); where lids leave the eye, it
    stretches.
    """
    simplices, inside = triangles()
    under = corners if eyes is None else eyes
    moving = (np.maximum(np.abs(goal - corners), np.abs(under - corners)).max(1)[simplices] > _SMALL_PX).any(1)
    skin, eye = np.flatnonzero(moving & ~inside), np.flatnonzero(moving & inside)
    label = np.zeros(size, np.int32)
    to, below = goal - origin, under - origin
    _fill(label, to[simplices[eye]], eye + 1)
    _fill(label, below[simplices[eye]], eye + 1 + len(simplices))
    # Small triangles first: their neighbours, drawn over them, carry their rims better than they do.
    area = np.abs(_area(to[simplices[skin]]))
    skin = skin[np.argsort(area > 1.0, kind="stable")]
    _fill(label, to[simplices[skin]], skin + 1)
    seen = np.flatnonzero(np.bincount(label.ravel(), minlength=2 * len(simplices) + 1)[1:])
    # Of each label what takes a pixel to its source; of label 0, which no triangle covers, what leaves it where it is.
    matrix = np.zeros((2, 3, 2 * len(simplices) + 1))
    matrix[:, :, 0] = [[1.0, 0.0, origin[0]], [0.0, 1.0, origin[1]]]
    for offset, where in ((0, to), (len(simplices), below)):
        used = seen[(seen >= offset) & (seen < offset + len(simplices))] - offset
        matrix[:, :, used + offset + 1] = _affine(where[simplices[used]], corners[simplices[used]]).transpose(2, 1, 0)
    x, y = np.arange(size[1], dtype=np.float64), np.arange(size[0], dtype=np.float64)[:, None]
    out = np.empty((*size, 2))
    for axis in (0, 1):
        along, across, still = matrix[axis]
        out[..., axis] = along.take(label) * x + across.take(label) * y + still.take(label)
    return out


def _fill(label: NDArray[np.int32], corners: Array, numbers: NDArray[np.int64]) -> None:
    """Draw triangles (m, 3, 2) in order, each with its number."""
    rows = np.rint(corners * 2**_BITS).astype(np.int32)
    for triangle, number in zip(rows, numbers.tolist(), strict=True):
        cv2.fillConvexPoly(label, triangle, number, lineType=8, shift=_BITS)


def _area(corners: Array) -> Array:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    return np.asarray((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]) / 2)


def _affine(goal: Array, source: Array) -> Array:
    """(m, 3, 2) that takes (x, y, 1) of ``goal`` to ``source``; flat triangles only move."""
    full = np.concatenate([goal, np.ones((*goal.shape[:2], 1))], 2)
    flat = np.abs(_area(goal)) < 0.05  # chosen: thinner than a tenth of a pixel it covers none; 0.01 - 0.2
    full[flat] = np.eye(3)
    out = np.linalg.solve(full, source)
    out[flat] = 0.0
    out[flat, 0, 0] = out[flat, 1, 1] = 1.0
    out[flat, 2] = (source - goal)[flat].mean(1)
    return out


def warped(luma: Bytes, chroma: Bytes, corners: Array, goal: Array) -> tuple[Bytes, Bytes]:
    """A picture whose ``corners`` (n, 2), in pixels, have gone to ``goal``; what does not move keeps its bytes.

    Interpolation is by cubic splines, exact in position, so that displacements of thousandths of a pixel are there.
    """
    moving = np.abs(goal - corners).max(1) > _SMALL_PX
    if not moving.any():
        return luma, chroma
    near = moving[triangles()[0]].any(1)
    touched = np.concatenate([corners[triangles()[0][near].ravel()], goal[triangles()[0][near].ravel()]])
    height, width = luma.shape
    low = np.clip(np.floor(touched.min(0)).astype(int) - 2, 0, [width, height]) // 2 * 2
    high = np.clip(np.ceil(touched.max(0)).astype(int) + 4, 0, [width, height])
    if (high - low < 4).any():
        return luma, chroma
    size = (int(high[1] - low[1]), int(high[0] - low[0]))
    origin = (int(low[0]), int(low[1]))
    where = moved_map(corners, goal, size, origin)
    out = luma.copy()
    _move(out, luma, where, origin)
    halves = np.stack(
        [cv2.resize(where[..., k], (size[1] // 2, size[0] // 2), interpolation=cv2.INTER_AREA) for k in (0, 1)], -1
    )
    small = chroma.copy()
    for k in (0, 1):
        _move(small[k], chroma[k], (halves - 0.5) / 2, (origin[0] // 2, origin[1] // 2))
    return out, small


def _move(out: Bytes, plane: Bytes, where: Array, origin: tuple[int, int]) -> None:
    """Write the pixels of the part at ``origin`` that come from elsewhere."""
    height, width = where.shape[:2]
    x, y = np.meshgrid(np.arange(width) + origin[0], np.arange(height) + origin[1])
    rows, columns = np.nonzero((np.abs(where[..., 0] - x) > _SMALL_PX) | (np.abs(where[..., 1] - y) > _SMALL_PX))
    if not rows.size:
        return
    source = where[rows, columns]
    low = np.maximum(np.floor(source.min(0)).astype(int) - 12, 0)  # a spline reaches a dozen pixels
    high = np.ceil(source.max(0)).astype(int) + 13
    part = spline_filter(plane[low[1] : high[1], low[0] : high[0]].astype(np.float32), order=3, output=np.float32)
    values = map_coordinates(
        part, [source[:, 1] - low[1], source[:, 0] - low[0]], order=3, mode="mirror", prefilter=False
    )
    out[rows + origin[1], columns + origin[0]] = np.clip(np.rint(values), 0, 255).astype(np.uint8)
