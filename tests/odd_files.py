"""Things that are no ordinary file, to be put where one is expected, and an alarm for whoever would wait on them."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

__all__ = ["ODD", "at_once", "put"]


def _socket(path: Path) -> None:
    here = Path.cwd()
    os.chdir(path.parent)  # a socket's whole name has at most 108 bytes
    try:
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(path.name)
    finally:
        os.chdir(here)


def _endless(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(2**43)  # takes no room on the disk: it is one hole


ODD: dict[str, Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "socket": _socket,
    "folder": Path.mkdir,
    "zeros": lambda path: path.symlink_to("/dev/zero"),
    "noise": lambda path: path.symlink_to("/dev/random"),
    "endless": _endless,
    "circle": lambda path: path.symlink_to(path.name),
}


def put(kind: str, path: Path) -> Path:
    """Make one of `ODD` in the place of a file, and return its path."""
    path.unlink(missing_ok=True)
    ODD[kind](path)
    return path


@contextmanager
def at_once(limit_s: float = 20.0) -> Iterator[None]:
    """Fail if the block waits; generous, since a busy machine is slow but a pipe without a writer is for ever."""

    def ring(_signum: int, _frame: FrameType | None) -> None:
        raise AssertionError(f"nothing came for {limit_s} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, limit_s)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
