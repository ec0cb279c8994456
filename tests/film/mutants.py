"""Damaged copies of media files, each made from a number so that it can be made again."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

__all__ = ["WAYS", "mutant_of"]


def _flip(data: bytearray, dice: Random) -> None:
    """Single bits, as a bad cable or memory does."""
    for _ in range(dice.choice((1, 3, 10, 60))):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)


def _write_over(data: bytearray, dice: Random) -> None:
    """Bytes of one kind or of none, mostly in the head where lengths and counts are."""
    end = dice.choice((64, 1024, len(data)))
    for _ in range(dice.choice((1, 4, 16))):
        at = dice.randrange(min(end, len(data) - 4))
        data[at : at + 4] = dice.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff", dice.randbytes(4)))


def _cut(data: bytearray, dice: Random) -> None:
    """The end is missing, as after an interrupted copy."""
    del data[dice.randrange(1, len(data)) :]


def _blank(data: bytearray, dice: Random) -> None:
    """A block of zeros, as from a sparse or failing disk."""
    at, size = dice.randrange(len(data)), dice.choice((16, 512, 4096))
    data[at : at + size] = bytes(len(data[at : at + size]))


def _leave_out(data: bytearray, dice: Random) -> None:
    """A block is missing in the middle."""
    at = dice.randrange(len(data))
    del data[at : at + dice.choice((1, 64, 2048))]


def _repeat(data: bytearray, dice: Random) -> None:
    """A block comes twice."""
    at, size = dice.randrange(len(data)), dice.choice((16, 512, 4096))
    data[at:at] = data[at : at + size]


WAYS: dict[str, Callable[[bytearray, Random], None]] = {
    "flip": _flip,
    "write over": _write_over,
    "cut": _cut,
    "blank": _blank,
    "leave out": _leave_out,
    "repeat": _repeat,
}


def mutant_of(data: bytes, seed: int) -> tuple[str, bytes]:
    """The way and the damaged copy that belong to this number."""
    dice = Random(seed)
    way = sorted(WAYS)[seed % len(WAYS)]
    copy = bytearray(data)
    WAYS[way](copy, dice)
    return way, bytes(copy)
