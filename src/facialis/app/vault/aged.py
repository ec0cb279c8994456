"""What is under age (pyrage) as a stream: pieces that are pulled into it, and a file that is read out of it."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, BinaryIO

import pyrage

from facialis.core.errors import FormatError

__all__ = ["Pulled", "decrypted"]


class Pulled:
    """Pieces as a file that is read from the beginning to the end."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        """Some of it, at most ``size`` bytes; nothing at the end."""
        while self._at >= len(self._held):
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._held, self._at = piece, 0
        part = self._held[self._at : self._at + size if size >= 0 else None]
        self._at += len(part)
        return part


@contextmanager
def decrypted(
    source: Any, identity: pyrage.x25519.Identity, refusal: Callable[[bool], FormatError]
) -> Iterator[BinaryIO]:
    """What is under age, as a file read from its beginning; errors of age are raised at the end of the block.

    Parameters
    ----------
    source
        A file that can be read.
    identity
        Its key.
    refusal
        What is raised: called with whether it is for another key (else it was cut or changed).
    """
    out, into = os.pipe()
    failed: list[Exception] = []

    def pump() -> None:
        try:
            with os.fdopen(into, "wb") as target:
                pyrage.decrypt_io(source, target, [identity])
        except Exception as error:  # noqa: BLE001 - it belongs to whoever reads
            failed.append(error)

    thread = threading.Thread(target=pump, name="age", daemon=True)
    thread.start()
    problem: BaseException | None = None
    with os.fdopen(out, "rb") as plain:
        try:
            yield plain
        except GeneratorExit:
            raise
        except FormatError as error:
            problem = error
        finally:
            with suppress(OSError):
                plain.close()  # whoever writes hears of it
            thread.join()
    broken = next((error for error in failed if not isinstance(error, BrokenPipeError)), None)
    if isinstance(broken, pyrage.DecryptError):
        raise refusal("No matching keys" in str(broken)) from problem
    if problem is not None:
        raise problem
