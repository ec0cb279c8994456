"""Skin that a spasm moves far is stretched as well: it no longer looks like itself until that is undone.

A window is followed as it is; the cheek of a violent spasm is pulled out of shape by a quarter, and then fits as badly
as hair does that passes. So where a window has gone far on one side alone, the same skin is looked for once more,
moved, turned and stretched; skin stretches only so far, an edge that passes needs twice as much.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.measure.face.raster import Levels
from facialis.measure.regions import RASTER_IOD_PX, groups, window_index
from facialis.numeric.images.registration import Reference, Shift

__all__ = ["stretched_match"]

Array = NDArray[np.float64]

_FAR_PX = 0.05 * RASTER_IOD_PX  # chosen: skin that goes less far fits as it is; 0.03 - 0.07 IOD
_ONE_SIDED = 0.4  # chosen: where the other side goes as far the face moves, and nothing passes; 0.3 - 0.6
_FITS = 0.85  # chosen: a window that fits so well needs no second look; 0.8 - 0.95
_STRETCH = 0.35  # cheek, nose in spasms of 0.2 IOD to 0.27, of 0.3 to 0.45 (puppets); hair, drawings mostly 0.6 - 1
_LIKE = 0.1  # fall of the match that is left in spasms of 0.2 IOD to 0.05, of 0.3 to 0.17 (puppets); 0.06 - 0.12
_ROOM_PX = 24  # chosen: pixels round a window in which stretched skin is looked for; 16 - 32
_STEPS = 30  # chosen: what has not settled by then does not fit; 20 - 50
_SETTLED = 1e-3  # chosen: gain in correlation of a last step; 1e-4 - 1e-2


def stretched_match(reference: Reference, levels: Levels, found_px: Array, muscles: Shift, usual: Array) -> Array:
    """Match (n,) of the windows over muscles, those of cheek and nose that have gone far stretched to fit.

    Parameters
    ----------
    reference
        How they look at rest; the first n of its windows are those over muscles, the right side first.
    levels
        The picture in the raster.
    found_px
        (n, 2) how far each has gone in it, in pixels.
    muscles
        The same with the motion of the head taken out, and how well it fits.
    usual
        How well each fits as a rule (n,). What does not fit nearly as well when stretched keeps its match.
    """
    match = muscles.match.copy()
    count = len(match) // 2
    gone = np.linalg.norm(muscles.shift_px, axis=1).reshape(2, count)
    far = (gone > _FAR_PX) & (gone[::-1] < _ONE_SIDED * gone) & (match.reshape(2, count) < _FITS)
    for side in (0, 1):
        for window in window_index(*groups()["mid"]):
            if far[side, window]:
                k = side * count + int(window)
                fit = _fit(reference, levels, k, found_px[k])
                match[k] = fit if fit > max(match[k], usual[k] - _LIKE) else match[k]
    return match


def _fit(reference: Reference, levels: Levels, k: int, found_px: Array) -> float:
    """How well one window fits when it is stretched; 0 where it does not, or not as skin stretches."""
    rest, weight, corner = reference.window(k)
    side = len(rest)
    image = levels[0]
    low = np.maximum(np.floor(corner + found_px).astype(int) - _ROOM_PX, 0)
    high = np.minimum(low + side + 2 * _ROOM_PX, np.array(image.shape[::-1]))
    if (high - low < side).any():
        return 0.0
    part = np.ascontiguousarray(image[low[1] : high[1], low[0] : high[0]])
    matrix = np.eye(2, 3, dtype=np.float32)
    matrix[:, 2] = corner + found_px - low
    ends = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _STEPS, _SETTLED)
    try:
        whole = np.ones(part.shape, np.uint8)
        _, moved = cv2.findTransformECC(rest, part, matrix, cv2.MOTION_AFFINE, ends, whole, 1)
    except cv2.error:  # it says so where it does not settle
        return 0.0
    found = np.asarray(moved, dtype=np.float64)
    if np.abs(np.linalg.svd(found[:, :2], compute_uv=False) - 1.0).max() > _STRETCH:
        return 0.0
    here = cv2.warpAffine(part, found, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    a, b = (values - np.average(values, weights=weight) for values in (rest, here))
    power = np.average(a * a, weights=weight) * np.average(b * b, weights=weight)
    both = float(np.average(a * b, weights=weight))
    return max(both, 0.0) ** 2 / float(power) if power > 0 else 0.0
