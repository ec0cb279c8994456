"""What the decoding child and its parent say to each other.

The parent hands the child an open file, an empty shared memory file and two pipes. The child answers on its standard
output in messages: one letter, four bytes of length, the content.

======= ========== ===========================================================================
letter  from       content
======= ========== ===========================================================================
``H``   child      JSON: what the container declares, and how large one ring slot must be
``F``   child      a picture lies in a ring slot: slot, index, seconds since the first frame, whether full range
``T``   child      nothing but "still alive": pictures before the start asked for are skipped
``Z``   child      JSON: the pass is over, and what was counted
``E``   child      JSON: refused, with a code of `REFUSALS` and a detail for a bug report
======= ========== ===========================================================================

The parent writes one ``START`` record once the ring has its size, then one byte per slot it has copied. Pictures go
through the ring (shared memory), never through a pipe. When the parent dies its end of the pipe closes and the child
ends.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final

__all__ = ["FRAME", "HEAD", "REFUSALS", "START", "Layout"]

HEAD: Final = struct.Struct("<cI")
FRAME: Final = struct.Struct("<Bqd?")
START: Final = struct.Struct("<dd")

REFUSALS: Final = ("unreadable", "no_picture", "too_many_pixels", "too_many_frames", "too_dense", "too_long", "failed")

_RING_BYTES: Final = 64 << 20  # chosen: 5 pictures of 4K; 32 - 256 MB changes nothing measurable
_SLOTS_FEW, _SLOTS_MANY = 3, 16  # chosen: one being written, one waiting, one being read; more only smooths the flow


@dataclass(frozen=True)
class Layout:
    """Where the planes of one upright picture lie in a ring slot: luma, then Cb, then Cr, without padding."""

    width_px: int
    height_px: int

    @property
    def luma_shape(self) -> tuple[int, int]:
        """Rows and columns of the luma plane."""
        return self.height_px, self.width_px

    @property
    def chroma_shape(self) -> tuple[int, int, int]:
        """Planes, rows and columns of the two chroma planes."""
        return 2, (self.height_px + 1) // 2, (self.width_px + 1) // 2

    @property
    def luma_bytes(self) -> int:
        """Size of the luma plane."""
        return self.height_px * self.width_px

    @property
    def slot_bytes(self) -> int:
        """Size of one picture."""
        planes, rows, columns = self.chroma_shape
        return self.luma_bytes + planes * rows * columns

    @property
    def slots(self) -> int:
        """How many pictures the ring holds: bounded in bytes, so memory does not depend on the recording's length."""
        return max(_SLOTS_FEW, min(_SLOTS_MANY, _RING_BYTES // self.slot_bytes))
