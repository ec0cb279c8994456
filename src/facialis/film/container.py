"""What a file says about itself before any decoder is trusted with it.

Files are recognised by their first bytes, never by their name, and only the containers listed in `DEMUXERS` are
opened: playlists, concatenation scripts, image sequences and network addresses have no way in.
"""

from __future__ import annotations

import struct
from collections import Counter, deque
from collections.abc import Callable, Collection
from typing import BinaryIO, Final

from facialis.film.matroska import matroska_state

__all__ = ["DEMUXERS", "HEAD_BYTES", "demuxer_of", "ends_early", "holds_another", "is_broken"]

HEAD_BYTES: Final = 64
"""How much of a file `demuxer_of` needs to see."""

DEMUXERS: Final = {
    "mov": "MP4 or QuickTime",
    "matroska": "Matroska or WebM",
    "avi": "AVI",
    "mpeg": "MPEG program stream",
    "mpegvideo": "MPEG video",
    "flv": "Flash video",
    "gif": "GIF",
}
"""The containers that are opened: FFmpeg's demuxer name and a name for people."""

_STEPS: Final = 3_000_000  # chosen: blocks to walk before giving up, some seconds; a recording of 6 h has 2 million

_LAST_PACKETS: Final = 400  # chosen: 0.8 MB, some pictures of the best DVD; 100 - 2000 changes nothing

_PACKET_BYTES: Final = 4096  # chosen: the closing code is among the last bytes, stuffing may follow it
_USUAL_COUNT, _USUAL_SHARE = 2, 0.8  # chosen: packets of one length this often are filled on purpose; 2 - 5, 0.7 - 0.9

_FLV: Final = b"FLV\x01"
_MP4_BOXES: Final = frozenset((b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"pnot"))


def demuxer_of(head: bytes) -> str | None:
    """The demuxer (a key of `DEMUXERS`) for a file that starts with these bytes, or None if it is none of them."""
    if head[4:8] in _MP4_BOXES:
        return "mov"
    if head.startswith(b"\x1a\x45\xdf\xa3"):
        return "matroska"
    if head.startswith(b"RIFF") and head[8:12] == b"AVI ":
        return "avi"
    if head.startswith(b"\x00\x00\x01\xba"):
        return "mpeg"
    if head.startswith(b"\x00\x00\x01\xb3"):
        return "mpegvideo"
    if head.startswith(_FLV):
        return "flv"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    return None


def ends_early(file: BinaryIO, demuxer: str) -> bool | None:
    """Whether a file stops before its own structure does: cut off while it was copied or recorded.

    Parameters
    ----------
    file
        Opened for reading; only the frame of the container is read, no picture.
    demuxer
        What `demuxer_of` said.

    Returns
    -------
    True if a block, box or packet reaches beyond the end of the file, or a closing mark is missing; False if all ends
    where it should; None if that cannot be told (a structure that states no lengths, or that is damaged before its
    end). A file cut exactly between two blocks may look whole: compare with the declared duration as well.
    """
    walk = _WALKS.get(demuxer)
    if walk is None:
        return None
    size = file.seek(0, 2)
    file.seek(0)
    try:
        return walk(file, size)
    except _Short:
        return True


def holds_another(file: BinaryIO, demuxer: str) -> bool:
    """Whether another recording follows the first in the same file, as when files were joined byte by byte.

    Only the first is read then. Told for MP4 and QuickTime (a second index, or another beginning behind the first
    index) and for Flash video; other formats are read on to their end.
    """
    size = file.seek(0, 2)
    file.seek(0)
    heads = {"mov": _mov_heads, "flv": _flv_heads}.get(demuxer)
    try:
        return heads is not None and heads(file, size) > 1
    except _Short:
        return False


def is_broken(file: BinaryIO, demuxer: str) -> bool:
    """Whether a file is damaged amid its pictures, by its structure or checksums; told for Matroska, WebM and GIF."""
    if demuxer == "gif":
        return ends_early(file, demuxer) is None
    size = file.seek(0, 2)
    file.seek(0)
    return demuxer == "matroska" and matroska_state(file, size, thorough=True)[1]


def _mov_heads(file: BinaryIO, size: int) -> int:
    at, indexes = 0, 0
    for _ in range(_STEPS):
        file.seek(at)
        head = file.read(16)
        if at >= size or len(head) < 8:
            break
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if kind == b"moov" or (kind == b"ftyp" and indexes):
            indexes += 1
        if length == 1:
            length = int.from_bytes(head[8:].ljust(8, b"\0"), "big")
        if length < 8:
            break
        at += length
    return indexes


def _flv_heads(file: BinaryIO, size: int) -> int:
    at = int.from_bytes(_read(file, 9)[5:], "big") + 4
    for _ in range(_STEPS):
        if at >= size:
            break
        file.seek(at)
        head = _read(file, 11)
        if head.startswith(_FLV):
            return 2
        if head[0] & 0x1F not in (8, 9, 18):
            break
        at += 15 + int.from_bytes(head[1:4], "big")
    return 1


class _Short(Exception):
    """The file ended within a header."""


def _read(file: BinaryIO, size: int) -> bytes:
    data = file.read(size)
    if len(data) < size:
        raise _Short
    return data


def _mov(file: BinaryIO, size: int) -> bool | None:
    """ISO/IEC 14496-12, 4.2: boxes of a 32 bit size (1: a 64 bit one follows; 0: up to the end) and a type."""
    at = 0
    for _ in range(_STEPS):
        if at >= size:
            return at > size
        file.seek(at)
        head = file.read(16)
        if len(head) < 8:
            return any(head)
        length, kind = int.from_bytes(head[:4], "big"), head[4:8]
        if length == 0:
            return False if at else None
        if length == 1:
            if len(head) < 16:
                return True
            length = int.from_bytes(head[8:], "big")
        if length < 8 or not kind.isalnum():
            return None
        at += length
    return None


def _matroska(file: BinaryIO, size: int) -> bool | None:
    return matroska_state(file, size, thorough=False)[0]


def _avi(file: BinaryIO, size: int) -> bool | None:
    """RIFF: a first chunk ``AVI `` that holds all, then more of ``AVIX`` in long recordings (OpenDML 1.02)."""
    at = 0
    while at + 12 <= size:
        file.seek(at)
        head = _read(file, 12)
        length = int.from_bytes(head[4:8], "little")
        if head[:4] != b"RIFF" or length < 4:
            return False if at else None
        at += 8 + length + (length & 1)
    return at - 1 > size


def _mpeg(file: BinaryIO, size: int) -> bool | None:
    """ISO/IEC 11172-1 and 13818-1: pack headers and packets; MPEG-1 and MPEG-2 differ in the pack header's length.

    Packets are often as long as a disk's blocks, so an interrupted copy may end between two. A whole file then ends
    with padding or a closing code; where it does not, the last packets of video tell.
    """
    at, padded = 0, False
    video: deque[tuple[int, int]] = deque(maxlen=_LAST_PACKETS)
    for _ in range(_STEPS):
        if at >= size:
            return at > size or (not padded and _video_ends_early(file, video))
        file.seek(at)
        head = file.read(14)
        if head[:3] != b"\0\0\1"[: len(head)]:
            return None if head.strip(b"\0\xff") else _video_ends_early(file, video)
        if len(head) < 6:
            return head[3:4] != b"\xb9"
        code = head[3]
        if code == 0xB9:
            return False
        padded = code == 0xBE
        if code == 0xBA:
            if len(head) < 14:
                return True
            at += 14 + (head[13] & 7) if head[4] >> 6 == 1 else 12
        elif code >= 0xBB:
            length = 6 + int.from_bytes(head[4:6], "big")
            if 0xE0 <= code <= 0xEF:
                video.append((at, length))
            at += length
        else:
            return None
    return None


def _video_ends_early(file: BinaryIO, packets: Collection[tuple[int, int]]) -> bool:
    """Whether the last packets of video look like the middle of a stream.

    Either the last picture lacks rows that the one before it has (start code 0 begins a picture, 1-175 are its slices
    and give their row: ISO/IEC 11172-2, 2.4.1; 13818-2, 6.2). Or packets are filled to a fixed length, and so is the
    last, by chance in one of a thousand whole files; a stream that is closed with code 0xB7 is whole.
    """
    stream = bytearray()
    for at, length in packets:
        file.seek(at + 6)
        packet = file.read(length - 6)
        stream += packet[_packet_head(packet) :]
    if b"\0\0\1\xb7" in stream[-_PACKET_BYTES:]:
        return False
    rows: list[int] = []
    at = stream.find(b"\0\0\1")
    while 0 <= at < len(stream) - 3:
        code = stream[at + 3]
        if code == 0:
            rows.append(0)
        elif code <= 0xAF and rows:
            rows[-1] = code
        at = stream.find(b"\0\0\1", at + 3)
    if len(rows) > 2 and rows[-1] < rows[-2]:
        return True
    lengths = [length for _, length in packets]
    usual = {length: count for length, count in Counter(lengths).items() if count >= _USUAL_COUNT}
    return bool(usual) and sum(usual.values()) >= _USUAL_SHARE * len(lengths) and lengths[-1] in usual


def _packet_head(packet: bytes) -> int:
    """How many bytes before a packet's content: stuffing, buffer size and stamps (MPEG-1), or a counted head."""
    if len(packet) > 2 and packet[0] >> 6 == 2:
        return 3 + packet[2]
    at = 0
    while at < len(packet) and packet[at] == 0xFF:
        at += 1
    if at < len(packet) and packet[at] >> 6 == 1:
        at += 2
    kind = packet[at] >> 4 if at < len(packet) else 0
    return at + {2: 5, 3: 10}.get(kind, 1)


def _flv(file: BinaryIO, size: int) -> bool | None:
    """Adobe FLV 10.1, annex E: tags of an 11 byte head, the content, and 4 bytes that repeat the length."""
    at = int.from_bytes(_read(file, 9)[5:], "big") + 4
    file.seek(at)
    begin = file.read(1 << 14)
    mark = begin.find(b"filesize\0")
    stated = begin[mark + 9 : mark + 17] if mark >= 0 else b""
    if len(stated) == 8 and struct.unpack(">d", stated)[0] > size:
        return True
    for _ in range(_STEPS):
        if at >= size:
            return at > size
        file.seek(at)
        head = _read(file, 11)
        if head[0] & 0x1F not in (8, 9, 18):
            return None
        at += 15 + int.from_bytes(head[1:4], "big")
    return None


def _gif(file: BinaryIO, size: int) -> bool | None:
    """GIF89a: blocks, each a row of sub-blocks that ends with an empty one; a semicolon closes the file."""
    screen = _read(file, 13)
    _skip_colours(file, screen[10])
    for _ in range(_STEPS):
        kind = _read(file, 1)
        if kind == b";":
            return False
        if kind == b"!":
            _read(file, 1)
        elif kind == b",":
            _skip_colours(file, _read(file, 9)[8])
            _read(file, 1)
        else:
            return None
        while length := _read(file, 1)[0]:
            if file.seek(length, 1) > size:
                return True
    return None


def _skip_colours(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << ((flags & 7) + 1), 1)


_WALKS: Final[dict[str, Callable[[BinaryIO, int], bool | None]]] = {
    "mov": _mov,
    "matroska": _matroska,
    "avi": _avi,
    "mpeg": _mpeg,
    "flv": _flv,
    "gif": _gif,
}
