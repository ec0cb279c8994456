"""Whether a Matroska or WebM file is cut off or damaged, by its own structure and checksums."""

from __future__ import annotations

import zlib
from typing import BinaryIO, Final

__all__ = ["matroska_state"]

_STEPS: Final = 3_000_000  # chosen: elements to walk before giving up, some seconds; a recording of 6 h has 2 million
_READ_BYTES: Final = 1 << 20  # chosen: 0.1 - 16 MB read equally fast

_SEGMENT: Final = 0x18538067
_CLUSTER: Final = 0x1F43B675
_CHECKSUM: Final = 0xBF  # RFC 8794, 11.3.1: the first child of what it protects
_CHECKSUM_BYTES: Final = 6
_VOID: Final = 0xEC
_PARTS: Final = frozenset(  # RFC 9559, 5.1: what stands in a segment, and what begins another file
    (0x1A45DFA3, _SEGMENT, 0x114D9B74, 0x1549A966, 0x1654AE6B, _CLUSTER, 0x1C53BB6B, 0x1941A469, 0x1043A770, 0x1254C367)
)
_TRACKS: Final = 0x1654AE6B
_TRACK: Final = 0xAE
_TRACK_NUMBER: Final = 0xD7
_BLOCKS: Final = (0xA3, 0xA1)  # alone, or in a group: they begin with the number of their track
_GROUP: Final = 0xA0
_PICTURES: Final = frozenset(  # RFC 9559, 5.1.3: what stands in a cluster, and in a group of it
    (*_BLOCKS, _GROUP, 0xE7, 0x5854, 0xA7, 0xAB, 0xAF, 0x9B, 0xFB, 0xA2, 0x75A1, 0xFA, 0xA4, 0x75A2, 0x8E, 0xC8)
)


class _Short(Exception):
    """The file ended within a header."""


def matroska_state(file: BinaryIO, size: int, *, thorough: bool) -> tuple[bool | None, bool]:
    """Whether a file stops before its structure does, and whether it is damaged in what comes before.

    Parameters
    ----------
    file
        Opened for reading.
    size
        Its length in bytes.
    thorough
        Look into clusters, too: at every picture's head, or at all bytes where there is a checksum.

    Returns
    -------
    As `facialis.film.container.ends_early`: True, False, or None where that cannot be told. And True if something
    stands where pictures should that is none, or a cluster's pictures do not agree with their checksum.

    Notes
    -----
    RFC 8794 and RFC 9559: elements of an identifier and a length; live recordings leave the length of a segment or a
    cluster open. Few writers of WebM write checksums; FFmpeg does in Matroska. Rubbish behind a segment of known length
    is no damage.
    """
    walk = _Walk(file, size, thorough)
    return walk.ends_early(), walk.broken


class _Walk:
    """From element to element, and what was met on the way."""

    def __init__(self, file: BinaryIO, size: int, thorough: bool) -> None:
        self._file, self._size, self._thorough = file, size, thorough
        self.broken = False
        self._tracks: set[int] = set()
        # Where lists end; -1: not within one. For an open length the end of the file stands.
        self._segment_end, self._cluster_end = -1, -1

    def ends_early(self) -> bool | None:
        at = 0
        try:
            for _ in range(_STEPS):
                if at >= self._size:
                    return at > self._size
                if 0 <= self._cluster_end <= at:
                    self.broken |= at > self._cluster_end
                    at, self._cluster_end = self._cluster_end, -1
                    continue
                after = self._step(at)
                if after is None:
                    behind = 0 <= self._segment_end <= at and self._segment_end < self._size
                    self.broken |= self._segment_end >= 0 and not behind
                    return None
                at = after
        except _Short:
            return True
        return None

    def _step(self, at: int) -> int | None:
        """Where to go on after the element here; None where there is none."""
        file = self._file
        file.seek(at)
        name, name_bytes, _ = _number(file, 4, keep_marker=True)
        length, length_bytes, is_open = _number(file, 8, keep_marker=False) if name_bytes else (0, 0, False)
        if not name_bytes or not length_bytes or (at and is_open and name not in (_SEGMENT, _CLUSTER)):
            return None
        body = at + name_bytes + length_bytes
        if self._cluster_end >= 0 and name in _PICTURES:
            if name in _BLOCKS and self._tracks:
                self.broken |= _number(file, 8, keep_marker=False)[0] not in self._tracks
            return body if name == _GROUP else body + length
        if self._cluster_end >= 0 and name in _PARTS:
            self.broken |= self._cluster_end < self._size  # only an open cluster ends with what comes next
            self._cluster_end = -1
        self.broken |= name not in _PARTS and name not in (_VOID, _CHECKSUM)
        return self._part(name, body, self._size if is_open else body + length, is_open)

    def _part(self, name: int, body: int, end: int, is_open: bool) -> int:
        """Go into a list, or past what is none."""
        if end > self._size:
            raise _Short
        if name == _SEGMENT:
            self._segment_end = end
            return body
        if name == _CLUSTER and (self._thorough or is_open):
            agrees = None if is_open else _agrees(self._file, body, end)
            if agrees is None:
                self._cluster_end = end
                return body
            self.broken |= not agrees
        elif name == _TRACKS and self._thorough:
            self._tracks = _numbers_of_tracks(self._file, body, end)
        return end


def _agrees(file: BinaryIO, start: int, end: int) -> bool | None:
    """Whether content agrees with the checksum at its beginning; None where there is none."""
    file.seek(start)
    head = file.read(_CHECKSUM_BYTES)
    if head[:2] != bytes((_CHECKSUM, 0x84)) or len(head) < _CHECKSUM_BYTES:
        return None
    left, value = end - start - _CHECKSUM_BYTES, 0
    while left > 0 and (block := file.read(min(left, _READ_BYTES))):
        value = zlib.crc32(block, value)
        left -= len(block)
    return value == int.from_bytes(head[2:], "little")


def _numbers_of_tracks(file: BinaryIO, at: int, end: int) -> set[int]:
    """The numbers of the tracks that this list names; empty where it is damaged."""
    found = set()
    while at < end:
        file.seek(at)
        name, name_bytes, _ = _number(file, 4, keep_marker=True)
        length, length_bytes, is_open = _number(file, 8, keep_marker=False) if name_bytes else (0, 0, True)
        if is_open:
            return set()
        body = at + name_bytes + length_bytes
        if name == _TRACK_NUMBER:
            found.add(int.from_bytes(_read(file, min(length, 8)), "big"))
        at = body if name == _TRACK else body + length
    return found


def _number(file: BinaryIO, longest: int, *, keep_marker: bool) -> tuple[int, int, bool]:
    """A number of variable length, how many bytes it took (0: none was there), and whether it means "unknown"."""
    first = _read(file, 1)[0]
    count = 9 - first.bit_length()
    if not 1 <= count <= longest:
        return 0, 0, False
    value = int.from_bytes(bytes((first,)) + _read(file, count - 1), "big")
    plain = value & ((1 << 7 * count) - 1)
    return (value if keep_marker else plain), count, plain == (1 << 7 * count) - 1


def _read(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise _Short
    return data
