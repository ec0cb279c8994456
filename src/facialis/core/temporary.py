"""Temporary files and folders beside the place of a result, and the removal of those that a killed run left behind.

A run that ends, however it is stopped, removes its own. One that is killed outright cannot, and what it leaves may show
a face. So each is locked while it is in use, and whoever writes beside it later removes it once it is a day old and
nobody holds it. Only names that facialis makes are looked at, only where they belong to the same user.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import secrets
import shutil
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

__all__ = ["REPLACED", "remove_leftovers", "temporary_file", "temporary_folder"]

REPLACED: Final = ".replaced"
"""What an earlier result is called once it is no longer needed."""

_EARLIER: Final = ".earlier"
_NAME: Final = re.compile(r"\.facialis-[a-z0-9_]{8}\.(partial|old|earlier|part(\.[a-z0-9]{1,5})?)", re.ASCII)
_UNUSED_S: Final = 24 * 3600.0  # chosen: a result is written in seconds, a phantom in minutes; 2 h - a week
_UNKNOWN_S: Final = 7 * _UNUSED_S  # chosen: where the file system knows no locks, age alone has to do; 2 - 30 days
_NO_LOCKS: Final = (errno.ENOLCK, errno.ENOTSUP, errno.ENOSYS, errno.EBADF, errno.EINVAL)


@contextmanager
def temporary_folder(parent: Path, *, holding: str = "") -> Iterator[Path]:
    """Make an empty folder in ``parent`` for the time of the block; removed afterwards unless it was renamed.

    Parameters
    ----------
    parent
        Where; must exist.
    holding
        The name of an earlier result that will be kept in it for a moment. If the program is killed just then,
        `remove_leftovers` puts the result back under this name, unless it was renamed to `REPLACED`.

    Raises
    ------
    OSError
        The place cannot be written.
    """
    path = parent / _name(_EARLIER if holding else ".partial")
    path.mkdir()
    with _held(path):
        try:
            yield path
        finally:
            if not (holding and os.path.lexists(path / holding)):
                shutil.rmtree(path, ignore_errors=True)


@contextmanager
def temporary_file(parent: Path, suffix: str = "", *, private: bool = False) -> Iterator[Path]:
    """Make an empty file in ``parent`` for the time of the block; removed afterwards unless it was renamed.

    Parameters
    ----------
    parent
        Where; must exist.
    suffix
        What the name ends in, for whoever chooses a format by it, e.g. ``.mp4``.
    private
        Nobody but the user may read it; else that is as for any new file of theirs.

    Raises
    ------
    OSError
        The place cannot be written.
    """
    path = parent / _name(f".part{suffix.lower()}")
    path.touch(0o600 if private else 0o666, exist_ok=False)
    with _held(path):
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


def _name(suffix: str) -> str:
    return f".facialis-{secrets.token_hex(4)}{suffix}"


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Lock a file or folder that was just made, as far as its file system can; the lock ends with the process."""
    handle = _lock(path, patient=True)[0]
    try:
        yield
    finally:
        if handle is not None:
            os.close(handle)


def _lock(path: Path, *, patient: bool = False) -> tuple[int | None, bool]:
    """The descriptor that holds the lock, None where there is none; and whether somebody else holds it.

    ``patient``: wait for it. A thing that was just made is held by others no longer than it takes to look at it.
    """
    if sys.platform == "win32":
        return None, False
    import fcntl

    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOFOLLOW)
    except OSError:
        return None, False
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if patient else fcntl.LOCK_NB))
    except OSError as error:
        os.close(handle)
        return None, error.errno not in _NO_LOCKS
    return handle, False


def remove_leftovers(parent: Path) -> None:
    """Remove what killed runs left in ``parent`` more than a day ago; an earlier result among it is put back.

    Never raises: what cannot be removed stays.
    """
    try:
        found = [path for path in parent.iterdir() if _NAME.fullmatch(path.name)]
    except OSError:
        return
    for path in found:
        with contextlib.suppress(OSError):
            _remove(path)


def _remove(path: Path) -> None:
    facts = path.lstat()
    if not (stat.S_ISDIR(facts.st_mode) or stat.S_ISREG(facts.st_mode)):
        return
    if hasattr(os, "getuid") and facts.st_uid != os.getuid():
        return
    handle, taken = _lock(path)
    if taken:
        return
    try:
        if handle is not None and path.name.endswith(_EARLIER):
            _put_back(path)
        if time.time() - _changed_s(path) < (_UNUSED_S if handle is not None else _UNKNOWN_S):
            return
        if stat.S_ISDIR(facts.st_mode):
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    finally:
        if handle is not None:
            os.close(handle)


def _put_back(path: Path) -> None:
    """An earlier result whose place is empty: the run was killed between taking it away and putting the new one."""
    for kept in path.iterdir():
        if kept.name != REPLACED and not os.path.lexists(path.parent / kept.name):
            kept.rename(path.parent / kept.name)


def _changed_s(path: Path) -> float:
    """When anything of it last changed."""
    inside: Iterable[Path] = path.rglob("*") if path.is_dir() else ()
    return max(item.lstat().st_mtime for item in (path, *inside))
