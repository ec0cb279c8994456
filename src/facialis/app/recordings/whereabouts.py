"""Where a film was taken: found in what the container says of itself, and blanked in whatever is handed out.

Phones write the coordinates of the place into their films. What is kept is the film as it came, encrypted; what leaves
the casebook, to a player or in a ZIP, has blanks there, and is the same byte for byte otherwise.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from typing import BinaryIO

__all__ = ["WithoutPlace", "place_spans"]

Span = tuple[int, int]

_MOST_BOXES = 20_000  # chosen: a film of a phone has some hundred besides its fragments; 2,000 - 200,000
_MOST_TAGS_BYTES = 4_000_000  # chosen: what a container says of itself with a cover picture; 0.5 - 20 MB
_LISTS = {b"moov", b"trak", b"udta", b"meta"}
_DEEP = 6  # chosen: a list in a list in a track; 4 - 20
# ISO/IEC 14496-12 and 3GPP TS 26.244 (loci), QuickTime user data (©xyz), Adobe XMP Specification part 3 (XMP_, uuid)
_PLACES = {b"\xa9xyz", b"loci", b"XMP_", b"uuid", b"GPMF", b"gps ", b"GPS "}
_TAGS, _TAG_NAME, _TAG_TEXT = b"\x12\x54\xc3\x67", b"\x45\xa3", b"\x44\x87"  # RFC 9559: Tags, TagName, TagString


def place_spans(file: BinaryIO, container: str) -> tuple[Span, ...]:
    """Where in a film its place is written: first byte and the one behind the last, of each.

    Parameters
    ----------
    file
        Opened for reading; only what the container says of itself is read.
    container
        As `facialis.film.container.demuxer_of` names it. Told for MP4 and QuickTime, and for Matroska and WebM; others
        have no field for it.

    Notes
    -----
    What a camera writes into a track of its own (action cameras do) is not found.
    """
    size = file.seek(0, os.SEEK_END)
    if container == "mov":
        return tuple(_in_boxes(file, 0, size))
    return tuple(_in_matroska(file, size)) if container == "matroska" else ()


def _boxes(file: BinaryIO, at: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Kind, begin and end of the content of each box (ISO/IEC 14496-12, 4.2)."""
    for _ in range(_MOST_BOXES):
        file.seek(at)
        head = file.read(16)
        length, kind, begin = int.from_bytes(head[:4], "big"), head[4:8], at + 8
        if length == 1:
            length, begin = int.from_bytes(head[8:16], "big"), at + 16
        stop = end if length == 0 else min(end, at + length)
        if at + 8 > end or stop < begin:
            return
        yield kind, begin, stop
        at = stop


def _in_boxes(file: BinaryIO, at: int, end: int, depth: int = 0) -> Iterator[Span]:
    places: set[int] = set()
    for kind, begin, stop in _boxes(file, at, end):
        if kind in _PLACES:
            yield begin, stop
        elif kind == b"keys" and stop - begin < _MOST_TAGS_BYTES:
            places = _keys_of_places(file, begin, stop)
        elif kind == b"ilst" and places:
            for number, (_, first, last) in enumerate(_boxes(file, begin, stop), 1):
                item = int.from_bytes(_kind_at(file, first), "big")
                if (item if item < _MOST_BOXES else number) in places:
                    yield min(last, first + 16), last  # behind its ``data`` box's head, type and language
        elif kind in _LISTS and depth < _DEEP:
            inner = begin + _skipped(file, begin) if kind == b"meta" else begin
            yield from _in_boxes(file, inner, stop, depth + 1)


def _kind_at(file: BinaryIO, begin: int) -> bytes:
    """The kind of the box whose content begins here."""
    file.seek(begin - 4)
    return file.read(4)


def _skipped(file: BinaryIO, begin: int) -> int:
    """A ``meta`` of ISO begins with a version, one of QuickTime does not: its first box is ``hdlr`` in both."""
    file.seek(begin)
    return 0 if file.read(8)[4:8] == b"hdlr" else 4


def _keys_of_places(file: BinaryIO, begin: int, stop: int) -> set[int]:
    """QuickTime file format, "Metadata": the names of items by number, from 1."""
    file.seek(begin + 8)
    content, at, number, found = file.read(stop - begin - 8), 0, 0, set()
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        if length < 8:
            break
        number += 1
        if b"location" in content[at + 8 : at + length].lower() or b"gps" in content[at + 8 : at + length].lower():
            found.add(number)
        at += length
    return found


def _in_matroska(file: BinaryIO, size: int) -> Iterator[Span]:
    """The texts of tags whose name speaks of a place, in what stands before the first pictures or at the end."""
    for begin in {0, max(0, size - _MOST_TAGS_BYTES)}:
        file.seek(begin)
        content = file.read(_MOST_TAGS_BYTES)
        at = content.find(_TAGS)
        while at >= 0:
            yield from ((begin + first, begin + last) for first, last in _in_tags(content, at))
            at = content.find(_TAGS, at + 4)


def _in_tags(content: bytes, at: int) -> Iterator[Span]:
    while (at := content.find(_TAG_NAME, at)) >= 0:
        name, at = _text(content, at + 2)
        if b"location" in name.lower() or b"gps" in name.lower():
            text = content.find(_TAG_TEXT, at, at + 64)
            if text >= 0:
                value, stop = _text(content, text + 2)
                yield stop - len(value), stop


def _text(content: bytes, at: int) -> tuple[bytes, int]:
    """What an element of Matroska holds, by the length that begins at ``at``; and where it ends."""
    first = content[at] if at < len(content) else 0
    width = 9 - first.bit_length()
    if not 1 <= width <= 8:
        return b"", at + 1
    length = int.from_bytes(content[at : at + width], "big") & ((1 << 7 * width) - 1)
    stop = min(len(content), at + width + length)
    return content[at + width : stop], stop


class WithoutPlace(io.RawIOBase):
    """A film with blanks where its place is written; as long as the film, and the same in all else.

    Parameters
    ----------
    file
        The film; it is closed with this.
    container
        As in `place_spans`.
    """

    def __init__(self, file: BinaryIO, container: str) -> None:
        super().__init__()
        self._file, self._spans = file, place_spans(file, container)
        file.seek(0)

    def readable(self) -> bool:
        """It is there to be read."""
        return True

    def seekable(self) -> bool:
        """From any place."""
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """As of any file."""
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        """As of any file."""
        return self._file.tell()

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes, blanks where the place is written."""
        at = self._file.tell()
        content = self._file.read(size)
        for first, last in self._spans:
            begin, stop = max(first, at), min(last, at + len(content))
            if begin < stop:
                content = content[: begin - at] + b" " * (stop - begin) + content[stop - at :]
        return content

    def close(self) -> None:
        """Close the film as well."""
        self._file.close()
        super().close()
