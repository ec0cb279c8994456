"""How a stored picture becomes upright, by the display matrix that comes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Turn", "turn_of"]


@dataclass
class Turn:
    """How a stored picture becomes upright: transposed first, then flipped."""

    transpose: bool = False
    flip_rows: bool = False
    flip_columns: bool = False

    def apply(self, plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The upright view of a plane."""
        if self.transpose:
            plane = plane.T
        return plane[:: -1 if self.flip_rows else 1, :: -1 if self.flip_columns else 1]

    @property
    def clockwise_deg(self) -> int:
        """The rotation in it (a mirror image counts as its rotation)."""
        if self.transpose:
            return 90 if self.flip_columns else 270
        return 180 if self.flip_rows else 0


def turn_of(frame: Any) -> Turn:
    """Read a frame's display matrix, rounded to quarter turns (ISO/IEC 14496-12, 6.2.2: x' = ax + cy, y' = bx + dy)."""
    matrix = frame.side_data.get("DISPLAYMATRIX")
    if matrix is None:
        return Turn()
    a, b, _, c, d = np.frombuffer(bytes(matrix), dtype=np.int32)[:5].tolist()
    if abs(b) + abs(c) > abs(a) + abs(d):
        return Turn(transpose=True, flip_rows=b < 0, flip_columns=c < 0)
    return Turn(flip_rows=d < 0, flip_columns=a < 0)
