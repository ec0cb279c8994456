"""What the decoding library says of damage: its messages of errors, counted, in bounded memory.

The library hides much of what it meets: it fills holes in a picture, and leaves pictures out, without an error that a
caller could see. It says so in its log alone, which goes to the standard error of the decoding process. There a pipe of
bounded size takes it up; what does not fit is lost, and enough is left to know.
"""

from __future__ import annotations

import os

__all__ = ["Complaints"]

_STDERR = 2
_MOST_BYTES = 1 << 20  # chosen: more than a pipe holds; 64 kB - 16 MB


class Complaints:
    """Takes up standard error of this process, for good."""

    def __init__(self) -> None:
        self._end, write = os.pipe()
        os.set_blocking(self._end, False)
        os.set_blocking(write, False)
        os.dup2(write, _STDERR)
        os.close(write)

    def count(self, *names: str) -> int:
        """How many errors these parts named since the last call; what others said, as of sound, is thrown away."""
        try:
            said = os.read(self._end, _MOST_BYTES)
        except BlockingIOError:
            return 0
        marks = tuple(f"[{name} @".encode() for name in names)
        return sum(line.startswith(marks) for line in said.splitlines())
