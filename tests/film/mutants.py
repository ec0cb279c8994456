"""Damaged copies of media files, each made from a number so that it can be made again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

__all__ = ["PACKET_WAYS", "WAYS", "mutant_of"]


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


def _swap(data: bytearray, dice: Random) -> None:
    """Two blocks have changed places, as on a damaged disk."""
    size = dice.choice((16, 512, 4096))
    one, other = sorted((dice.randrange(len(data)), dice.randrange(len(data))))
    size = min(size, other - one, len(data) - other)
    data[one : one + size], data[other : other + size] = data[other : other + size], data[one : one + size]


def _blank_packet(data: bytearray, packet: tuple[int, int], dice: Random) -> None:
    """The content of a picture is zeros, or its end is."""
    at, size = packet
    begin = dice.choice((0, size // 2))
    data[at + begin : at + size] = bytes(len(data[at + begin : at + size]))


def _flip_packet(data: bytearray, packet: tuple[int, int], dice: Random) -> None:
    """Single bits of one picture."""
    at, size = packet
    for _ in range(dice.choice((1, 10))):
        data[min(at + dice.randrange(size), len(data) - 1)] ^= 1 << dice.randrange(8)


WAYS: dict[str, Callable[[bytearray, Random], None]] = {
    "flip": _flip,
    "write over": _write_over,
    "cut": _cut,
    "blank": _blank,
    "leave out": _leave_out,
    "repeat": _repeat,
    "swap": _swap,
}

PACKET_WAYS: dict[str, Callable[[bytearray, tuple[int, int], Random], None]] = {
    "blank picture": _blank_packet,
    "flip picture": _flip_packet,
}


def mutant_of(data: bytes, seed: int, packets: Sequence[tuple[int, int]] = ()) -> tuple[str, bytes]:
    """The way and the damaged copy that belong to this number; with the places of packets, more ways are known."""
    dice = Random(seed)
    names = [*sorted(WAYS), *(sorted(PACKET_WAYS) if packets else ())]
    way = dice.choice(names)
    copy = bytearray(data)
    if way in WAYS:
        WAYS[way](copy, dice)
    else:
        for packet in dice.sample(packets, min(len(packets), dice.choice((1, 3)))):
            PACKET_WAYS[way](copy, packet, dice)
    return way, bytes(copy)
