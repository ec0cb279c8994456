"""What two pictures have in common, compiled: the share of pixels that are the same, and how bright they are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facialis.numeric.compiled import compiled

__all__ = ["mean_difference", "mean_grey", "same_share"]

Picture = NDArray[np.uint8]
Array = NDArray[np.float64]


@compiled
def same_share(now: Picture, before: Picture, centres: Array, half: int, step: int) -> Array:
    """Share 0-1 of pixels (n,) that are the same in two pictures of equal size, in squares round ``centres`` (n, 2).

    A square reaches ``half`` pixels to either side, and no further than the picture; every ``step``-th pixel of every
    ``step``-th row counts. A centre outside is taken to the edge.
    """
    height, width = now.shape
    share = np.zeros(len(centres))
    for k in range(len(centres)):
        x = min(max(int(np.rint(centres[k, 0])), 0), width - 1)
        y = min(max(int(np.rint(centres[k, 1])), 0), height - 1)
        left, right = max(x - half, 0), min(x + half + 1, width)
        same, rows = 0, 0
        for row in range(max(y - half, 0), min(y + half + 1, height), step):
            one, other = now[row, left:right], before[row, left:right]
            rows += 1
            if step == 1:
                for j in range(len(one)):
                    same += one[j] == other[j]
            else:
                for j in range(0, len(one), step):
                    same += one[j] == other[j]
        share[k] = same / (rows * ((right - left + step - 1) // step))
    return share


@compiled
def mean_difference(now: Picture, before: Picture, step: int) -> float:
    """Mean absolute difference in grey levels of two pictures of equal size, by every ``step``-th pixel and row."""
    height, width = now.shape
    total, count = 0.0, 0
    for i in range(0, height, step):
        for j in range(0, width, step):
            total += abs(float(now[i, j]) - float(before[i, j]))
            count += 1
    return total / count


@compiled
def mean_grey(picture: Picture, x0: int, y0: int, x1: int, y1: int, step: int) -> float:
    """Mean of every ``step``-th pixel and row of a part of a picture, half-open; NaN if nothing of it is inside."""
    height, width = picture.shape
    total, count = 0.0, 0
    for i in range(max(y0, 0), min(y1, height), step):
        for j in range(max(x0, 0), min(x1, width), step):
            total += float(picture[i, j])
            count += 1
    if not count:
        return np.nan
    return total / count
