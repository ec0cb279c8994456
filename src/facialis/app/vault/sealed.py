"""A file in sealed pieces: any part of it can be read, and none can be changed, moved, left out or put elsewhere.

It begins with `MAGIC` and 16 random bytes, the file's own name. Pieces of `PIECE_BYTES` follow, the last one shorter or
equal: a nonce of 12 bytes, the encrypted piece, a tag of 16 bytes (AES-256-GCM). Name of the file, what it is called in
its folder, number of the piece, and whether it is the last, are authenticated with each piece.
"""

from __future__ import annotations

import io
import os
import secrets
import struct
from pathlib import Path
from typing import BinaryIO, Final, cast

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from facialis.core.errors import FormatError
from facialis.core.messages import said

__all__ = [
    "HEAD_BYTES",
    "MAGIC",
    "PIECE_BYTES",
    "SealedFile",
    "Sealer",
    "is_sealed",
    "pieces_in",
    "place_of",
    "reader_of",
    "seal",
    "synced",
]

MAGIC: Final = b"facialis sealed1"
PIECE_BYTES: Final = 1 << 16
"""Chosen: what a player asks for begins anywhere, and a piece is the least that is read; 16 kB - 1 MB."""
_NAME_BYTES: Final = 16
HEAD_BYTES: Final = len(MAGIC) + _NAME_BYTES
_NONCE_BYTES: Final = 12  # NIST SP 800-38D, 8.2: random ones serve for 2^32 pieces of a key, which are 256 TiB
_TAG_BYTES: Final = 16
_MORE_BYTES: Final = _NONCE_BYTES + _TAG_BYTES
_PLACE: Final = struct.Struct(">Q?")


class Sealer:
    """Seals and opens the pieces of one file.

    Parameters
    ----------
    key
        Of the folder that it lies in.
    name
        What it is called there.
    own
        Its 16 random bytes.
    """

    def __init__(self, key: bytes, name: str, own: bytes) -> None:
        self._cipher = AESGCM(key)
        self._name = name
        self._about = own + name.encode()

    def seal(self, piece: bytes, number: int, *, last: bool) -> bytes:
        """A piece as it is written."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, piece, self._about + _PLACE.pack(number, last))

    def open(self, sealed: bytes, number: int, *, last: bool) -> bytes:
        """A piece as it was; FormatError unless it is this piece of this file and as it was written."""
        try:
            return self._cipher.decrypt(
                sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], self._about + _PLACE.pack(number, last)
            )
        except (InvalidTag, ValueError) as error:
            raise FormatError(**said("vault_broken", name=self._name), code="vault_broken") from error


def is_sealed(head: bytes) -> bool:
    """Whether a file that begins like this is a sealed one."""
    return head.startswith(MAGIC)


def pieces_in(size: int) -> int:
    """How many pieces a sealed file of this size has."""
    return -(-(size - HEAD_BYTES) // (PIECE_BYTES + _MORE_BYTES))


def place_of(number: int) -> int:
    """Where a piece begins in its file."""
    return HEAD_BYTES + number * (PIECE_BYTES + _MORE_BYTES)


def seal(source: BinaryIO, target: BinaryIO, key: bytes, name: str) -> int:
    """Write all that is left of a source as a sealed file; returns how many bytes it held."""
    own = secrets.token_bytes(_NAME_BYTES)
    target.write(MAGIC + own)
    sealer = Sealer(key, name, own)
    number = size = 0
    piece = _whole(source)
    while True:
        following = _whole(source) if len(piece) == PIECE_BYTES else b""
        target.write(sealer.seal(piece, number, last=not following))
        size += len(piece)
        if not following:
            return size
        piece, number = following, number + 1


def synced(folder: Path) -> None:
    """Let names that were given in a folder outlast a power failure, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _whole(source: BinaryIO) -> bytes:
    """A whole piece, or what is left of the source: some give less than they are asked for."""
    piece = source.read(PIECE_BYTES)
    while 0 < len(piece) < PIECE_BYTES and (more := source.read(PIECE_BYTES - len(piece))):
        piece += more
    return piece


def reader_of(path: Path, key: bytes, name: str) -> BinaryIO:
    """A sealed file as a binary file that can be read from any place; parameters and errors as `SealedFile`."""
    return cast(BinaryIO, io.BufferedReader(SealedFile(path, key, name), PIECE_BYTES))


class SealedFile(io.RawIOBase):
    """A sealed file as a binary file that can be read from any place.

    Its last piece is opened at once: a file that was cut is refused, wherever it is to be read.

    Parameters
    ----------
    path
        The file.
    key
        Of the folder that it lies in.
    name
        What it is called there.

    Raises
    ------
    FormatError
        It is no sealed file, was sealed with another key or under another name, or is cut or changed. The same is
        raised by `read`, for the piece that it comes to.
    OSError
        It cannot be read.
    """

    def __init__(self, path: Path, key: bytes, name: str) -> None:
        super().__init__()
        self._file = path.open("rb", buffering=0)
        try:
            head = self._file.read(HEAD_BYTES)
            stored = os.fstat(self._file.fileno()).st_size
            self._count = pieces_in(stored)
            if len(head) != HEAD_BYTES or not is_sealed(head) or self._count < 1:
                raise FormatError(**said("vault_broken", name=name), code="vault_broken")
            self._sealer = Sealer(key, name, head[len(MAGIC) :])
            self._held, self._piece = -1, b""
            self._at = 0
            self.size = (self._count - 1) * PIECE_BYTES + len(self._open(self._count - 1))
        except BaseException:
            self._file.close()
            raise

    def _open(self, number: int) -> bytes:
        if number != self._held:
            self._file.seek(place_of(number))
            sealed = self._file.read(PIECE_BYTES + _MORE_BYTES)
            self._piece = self._sealer.open(sealed, number, last=number == self._count - 1)
            self._held = number
        return self._piece

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read from where it stands, at most to the end of a piece; returns how many bytes."""
        view = memoryview(buffer).cast("B")
        number, within = divmod(self._at, PIECE_BYTES)
        if self._at >= self.size or not view:
            return 0
        part = self._open(number)[within : within + len(view)]
        view[: len(part)] = part
        self._at += len(part)
        return len(part)

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Stand elsewhere."""
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def tell(self) -> int:
        """Where it stands."""
        return self._at

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def close(self) -> None:
        """Close it; any number of times."""
        self._file.close()
        super().close()
