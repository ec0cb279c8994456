"""Two recordings aligned on their task: which moment of one stands beside which of the other."""

from __future__ import annotations

from dataclasses import dataclass

from facialis.app.filming.protocol import block_words
from facialis.app.recordings.models import Recording

__all__ = ["Beside", "shared_blocks"]


@dataclass(frozen=True)
class Beside:
    """A part of the task that both have: its name in words, and when it begins in each (s from the first frame)."""

    name: str
    left_s: float
    right_s: float


def shared_blocks(left: Recording, right: Recording) -> tuple[Beside, ...]:
    """Parts of the task that both recordings have, in the order of the left one; empty: they have none in common.

    A part that comes again stands beside the same time of it in the other. One that would lead back in the right one
    is left out: what follows in one follows in the other.
    """
    open_blocks = [(block["name"], float(block["start_s"])) for block in right.blocks]
    found: list[Beside] = []
    for block in left.blocks:
        last_s = found[-1].right_s if found else -1.0
        match = next((row for row in open_blocks if row[0] == block["name"] and row[1] > last_s), None)
        if match is not None:
            found.append(Beside(block_words(block["name"]), float(block["start_s"]), match[1]))
            open_blocks.remove(match)
    return tuple(found)
