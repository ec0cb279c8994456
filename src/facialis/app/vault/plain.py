"""Plain copies for as long as somebody reads them: in memory where the system can, never under a name that stays.

A decoder has to be given a file. On Linux that file has no name: it lies in memory or, where it is too large for that,
on the disk without one, so that nothing is left of it however the program ends. Elsewhere it is a file that only its
user can read, removed afterwards and, where the program was killed, at the next start.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from facialis.core.temporary import temporary_file, temporary_folder

__all__ = ["clear_private", "make_private", "memory_place", "plain_copy", "private_folder", "private_folder_at"]

_SHARED = Path("/dev/shm")  # a file system in memory; ours is a folder of its own that others cannot enter
_MEMORY = Path("/proc/meminfo")
_SHARE = 4  # chosen: a plain copy may take this part of the memory that is free, leaving the rest to measuring; 2 - 8
_RESULT_BYTES = 200_000_000  # chosen: the result of an hour of film has half of it; 50 MB - 1 GB
_BUFFER_BYTES = 1 << 20


def memory_place(root: Path) -> Path:
    """The folder in memory that belongs to the casebook in ``root``; it need not exist, nor the system have one."""
    mark = hashlib.sha256(os.fsencode(root.absolute())).hexdigest()[:16]
    return _SHARED / f"facialis-{os.getuid() if hasattr(os, 'getuid') else 0}-{mark}"


def _in_memory(room_bytes: int) -> Path | None:
    """The folder in memory, made where it is missing; None where there is none of ours, or not enough room."""
    place = memory_place(settings.PLACE.root)
    try:
        if shutil.disk_usage(_SHARED).free < _SHARE * room_bytes or _free_bytes() < _SHARE * room_bytes:
            return None
        place.mkdir(mode=0o700, exist_ok=True)
        facts = place.lstat()
    except OSError:
        return None
    return place if (facts.st_uid, facts.st_mode) == (os.getuid(), 0o040700) else None


def _free_bytes() -> int:
    with suppress(OSError, ValueError, IndexError):
        for line in _MEMORY.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return 1024 * int(line.split()[1])
    return 0


@contextmanager
def private_folder(room_bytes: int = _RESULT_BYTES) -> Iterator[Path]:
    """An empty folder that nobody else can enter, for the time of the block; in memory where there is room for it."""
    with temporary_folder(_in_memory(room_bytes) or settings.PLACE.temporary) as folder:
        folder.chmod(0o700)
        yield folder


@contextmanager
def private_folder_at(place: Path) -> Iterator[Path]:
    """As `private_folder`, for whoever has no casebook: in memory where there is one, else in ``place``."""
    there = _SHARED.is_dir() and os.access(_SHARED, os.W_OK)
    with temporary_folder(_SHARED if there else place) as folder:
        folder.chmod(0o700)
        yield folder


@contextmanager
def plain_copy(source: BinaryIO) -> Iterator[Path]:
    """A path under which what a source holds can be read, for the time of the block, by us and whoever we start."""
    size = source.seek(0, os.SEEK_END)
    source.seek(0)
    with ExitStack() as stack:
        path = _nameless(stack, size) or stack.enter_context(temporary_file(settings.PLACE.temporary, private=True))
        with path.open("r+b") as file:
            shutil.copyfileobj(source, file, _BUFFER_BYTES)
        yield path


def _nameless(stack: ExitStack, size: int) -> Path | None:
    """A file without a name, by the number under which the system shows it; None where it shows none."""
    if not Path("/proc/self/fd").is_dir():
        return None
    try:
        if _free_bytes() >= _SHARE * size:
            handle = os.memfd_create("facialis", os.MFD_CLOEXEC)
        else:
            handle = os.open(settings.PLACE.temporary, os.O_TMPFILE | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except (OSError, AttributeError):
        return None
    stack.callback(os.close, handle)
    return Path(f"/proc/{os.getpid()}/fd/{handle}")


def clear_private() -> None:
    """Remove what a program that was killed left; nobody else may use the casebook just then."""
    for place in (memory_place(settings.PLACE.root), Path(settings.PLACE.temporary)):
        with suppress(OSError):
            for path in place.iterdir():
                if path.is_dir() and not path.is_symlink():
                    shutil.rmtree(path, ignore_errors=True)
                else:
                    path.unlink(missing_ok=True)
    with suppress(OSError):
        memory_place(settings.PLACE.root).rmdir()


def make_private(folder: Path) -> None:
    """Make a folder, and those it lies in, so that nobody else can enter what was made."""
    for path in reversed((folder, *folder.parents)):
        if not path.exists():
            path.mkdir(mode=0o700, exist_ok=True)
