"""A sealed file that is still coming in: whole pieces are added at its end, and what is less than one waits beside it.

The rest, with the number of the piece that it begins, replaces the one before in one step, once all before it lies on
the disk, and says how much is here; so nothing that was acknowledged is lost, whenever the program or the power fails.
"""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from facialis.app.vault.sealed import (
    HEAD_BYTES,
    MAGIC,
    PIECE_BYTES,
    Sealer,
    is_sealed,
    place_of,
    reader_of,
    synced,
)
from facialis.core.errors import FormatError
from facialis.core.messages import said

__all__ = ["Growing", "is_disk"]

_REST, _PART = ".rest", ".part"
_NUMBER_BYTES = 8
_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG)


def is_disk(error: BaseException) -> bool:
    """Whether an error is the disk's: it is full, broken, or may not be written."""
    return isinstance(error, OSError) and error.errno in _DISK


class Growing:
    """A file that grows.

    Parameters
    ----------
    path
        Where its whole pieces lie. The rest lies beside it, under the same name and ``.rest``.
    key
        Of the folder that it will lie in.
    name
        What it will be called there.

    Raises
    ------
    FormatError
        What is there was not written with this key, or is broken.
    """

    def __init__(self, path: Path, key: bytes, name: str) -> None:
        self._path, self._key, self._name = path, key, name
        self._rest_path = path.with_name(path.name + _REST)
        self._count, self._rest = 0, b""
        self._own = b""
        with suppress(FileNotFoundError), path.open("rb") as file:
            self._find(file)

    def _find(self, file: BinaryIO) -> None:
        with suppress(FileNotFoundError), self._rest_path.open("rb") as rest:
            head, number = file.read(HEAD_BYTES), int.from_bytes(rest.read(_NUMBER_BYTES), "big")
            whole = (os.fstat(file.fileno()).st_size - HEAD_BYTES) // (place_of(1) - HEAD_BYTES)
            if not is_sealed(head) or number > whole:
                raise FormatError(**said("vault_broken", name=self._name), code="vault_broken")
            self._own = head[len(MAGIC) :]
            # Whatever else was written was not acknowledged, and is written over.
            self._rest, self._count = self._sealer().open(rest.read(), number, last=True), number

    def _sealer(self) -> Sealer:
        return Sealer(self._key, self._name, self._own)

    @property
    def size(self) -> int:
        """How many bytes are here, for good."""
        return self._count * PIECE_BYTES + len(self._rest)

    def append(self, chunks: Iterable[bytes]) -> None:
        """Add bytes at the end. When it returns they lie on the disk.

        Where the chunks end with an exception, those before it are kept, and it is raised.

        Raises
        ------
        OSError
            The disk is full or broken. What was here is still here.
        """
        ended: BaseException | None = None
        with os.fdopen(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600), "r+b") as file:
            if not self._own:
                self._own = secrets.token_bytes(HEAD_BYTES - len(MAGIC))
                file.write(MAGIC + self._own)
            sealer, number, waiting = self._sealer(), self._count, bytearray(self._rest)
            file.seek(place_of(number))
            try:
                for chunk in chunks:
                    waiting += chunk
                    while len(waiting) >= PIECE_BYTES:
                        # Which is the last one is known at the end alone; the end has a piece of its own then.
                        file.write(sealer.seal(bytes(waiting[:PIECE_BYTES]), number, last=False))
                        del waiting[:PIECE_BYTES]
                        number += 1
            except Exception as error:
                if is_disk(error):
                    raise
                ended = error
            file.flush()
            os.fsync(file.fileno())
        self._write_rest(sealer.seal(bytes(waiting), number, last=True), number)
        self._count, self._rest = number, bytes(waiting)
        if ended is not None:
            raise ended

    def _write_rest(self, sealed: bytes, number: int) -> None:
        part = self._path.with_name(self._path.name + _PART)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(number.to_bytes(_NUMBER_BYTES, "big") + sealed)
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._rest_path)
        synced(self._path.parent)

    def finish(self) -> BinaryIO:
        """Put the last piece behind the others, and return the whole to be read; it can still grow afterwards."""
        if not self._own:
            self.append([])
        with self._path.open("r+b") as file:
            file.seek(place_of(self._count))
            file.write(self._sealer().seal(self._rest, self._count, last=True))
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
        return reader_of(self._path, self._key, self._name)

    def discard(self) -> None:
        """Leave nothing of it; the file itself may have got another name."""
        for path in (self._path, self._rest_path, self._path.with_name(self._path.name + _PART)):
            path.unlink(missing_ok=True)
