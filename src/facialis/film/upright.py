"""How a stored picture becomes upright, by the display matrix that comes with it, and comes into the ring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from facialis.film.protocol import Layout

__all__ = ["Turn", "draw", "turn_of"]

_FULL: Final = 2  # AVCOL_RANGE_JPEG


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


def draw(frame: Any, stored: tuple[int, int], turn: Turn, layout: Layout, slot: NDArray[np.uint8]) -> bool:
    """Write one picture, upright and with square pixels, into a ring slot; returns whether it has full range.

    ``stored`` is its width and height with square pixels before it is turned.
    """
    width, height = stored
    name = frame.format.name
    plain = (frame.width, frame.height) == stored and name in ("yuv420p", "yuvj420p", "gray")
    if not plain:
        frame = frame.reformat(
            width=width, height=height, format="yuv420p", dst_color_range="JPEG", interpolation="BICUBIC"
        )
    full = not plain or name != "yuv420p" or frame.color_range == _FULL
    luma = slot[: layout.luma_bytes].reshape(layout.luma_shape)
    chroma = slot[layout.luma_bytes : layout.slot_bytes].reshape(layout.chroma_shape)
    np.copyto(luma, turn.apply(_plane(frame.planes[0], width, height)))
    if plain and name == "gray":
        chroma.fill(128)
        return full
    for target, plane in zip(chroma, frame.planes[1:3], strict=True):
        np.copyto(target, turn.apply(_plane(plane, (width + 1) // 2, (height + 1) // 2)))
    return full


def _plane(plane: Any, width: int, height: int) -> NDArray[np.uint8]:
    """A plane as an array, without copying it."""
    stored = np.frombuffer(plane, dtype=np.uint8, count=plane.line_size * height)
    return stored.reshape(height, plane.line_size)[:, :width]
