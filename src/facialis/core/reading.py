"""Ordinary files of bounded size, opened so that no pipe, device, socket or endless file can hang the program.

Whatever a user or somebody's result folder names is opened here. Opening a pipe waits for a writer that may never come,
some devices never end, and a sparse file of a few bytes on disk can be larger than the memory.
"""

from __future__ import annotations

import codecs
import errno
import os
import stat
from pathlib import Path
from typing import BinaryIO, Final

from facialis.core.errors import FormatError
from facialis.core.knowledge import figure
from facialis.core.messages import OddFile, reason, said

__all__ = ["TABLE_BYTES", "above_standard", "as_text", "open_ordinary", "read_bytes", "reading", "unreadable"]

TABLE_BYTES: Final = 50_000_000  # chosen: a diary of years, the largest table of a person, has 0.1 MB; 5 - 500 MB
"""Most bytes of a table or text that a person wrote."""

_STANDARD: Final = 2  # standard input, output and error are 0, 1 and 2: POSIX
_CHUNK_BYTES: Final = 1 << 20  # chosen: 0.1 - 16 MB read equally fast
_KINDS: Final = (
    (stat.S_ISDIR, "odd_folder"),
    (stat.S_ISFIFO, "odd_pipe"),
    (stat.S_ISSOCK, "odd_socket"),
    (stat.S_ISCHR, "odd_device"),
    (stat.S_ISBLK, "odd_device"),
    (stat.S_ISLNK, "odd_link"),
)


class _NoName(OddFile, FileNotFoundError):
    """There can be no file of this name."""


def open_ordinary(path: Path | str, *, follow: bool = True) -> int:
    """Open an ordinary file for reading and return its descriptor, never one of the standard streams' 0 to 2.

    Parameters
    ----------
    path
        The file. It is looked at before it is opened and again after, so nothing else is touched.
    follow
        False: a symbolic link is no ordinary file.

    Raises
    ------
    OSError
        It is missing, may not be read, or is no ordinary file; ``strerror`` is a clause that says so.
    """
    try:
        _check(Path(path).stat(follow_symlinks=follow).st_mode, path)
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        file = os.open(path, flags if follow else flags | getattr(os, "O_NOFOLLOW", 0))
    except ValueError as error:  # a NUL in the name
        raise _NoName(errno.ENOENT, said("odd_name")["message"], os.fspath(path)) from error
    try:
        _check(os.fstat(file).st_mode, path)
    except OSError:
        os.close(file)
        raise
    return above_standard(file)


def _check(mode: int, path: Path | str) -> None:
    if stat.S_ISREG(mode):
        return
    kind = next((key for holds, key in _KINDS if holds(mode)), "odd_other")
    number = errno.EISDIR if stat.S_ISDIR(mode) else errno.EINVAL
    raise OddFile(number, said(kind)["message"], os.fspath(path))


def above_standard(file: int) -> int:
    """Return the same open file under a number above 2, and close the lower one.

    A file gets a number that low where whoever started this process had closed a standard stream; another process
    that the file is handed to would take it for its own.
    """
    if file > _STANDARD:
        return file
    held = [file]
    try:
        while held[-1] <= _STANDARD:
            held.append(os.dup(held[-1]))
        return held.pop()
    finally:
        for low in held:
            os.close(low)


def reading(path: Path | str, most_bytes: int, *, follow: bool = True) -> BinaryIO:
    """Open an ordinary file of at most ``most_bytes`` as a binary stream; OSError as `open_ordinary`, or if larger."""
    file = open_ordinary(path, follow=follow)
    if os.fstat(file).st_size > most_bytes:
        os.close(file)
        raise _too_large(path, most_bytes)
    return os.fdopen(file, "rb")


def read_bytes(path: Path | str, most_bytes: int, *, follow: bool = True) -> bytes:
    """Read an ordinary file whole.

    Parameters
    ----------
    path
        The file.
    most_bytes
        How large it may be, whatever size the system states: a file can grow while it is read.
    follow
        False: a symbolic link is no ordinary file.

    Raises
    ------
    OSError
        As `open_ordinary`, or the file is larger.
    """
    content = bytearray()
    with reading(path, most_bytes, follow=follow) as file:
        while chunk := file.read(min(_CHUNK_BYTES, most_bytes + 1 - len(content))):
            content += chunk
            if len(content) > most_bytes:
                raise _too_large(path, most_bytes)
    return bytes(content)


def as_text(raw: bytes) -> str:
    """The text of a file in whichever coding a program saved it: UTF-8, UTF-16 with or without its mark, Windows.

    Raises
    ------
    ValueError
        It is no text.

    Examples
    --------
    >>> as_text("Müdigkeit".encode("cp1252")), as_text("Tag".encode("utf-16-le"))
    ('Müdigkeit', 'Tag')
    """
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        codings: tuple[str, ...] = ("utf-16",)
    elif b"\0" in raw:
        # Without a mark: the letters of European languages have their zero behind them, or before.
        behind, before = raw[1::2].count(0), raw[::2].count(0)
        codings = ("utf-16-le",) if behind > before else ("utf-16-be",)
        if 4 * max(behind, before) < len(raw) or min(behind, before):
            raise ValueError("no text")
    else:
        codings = ("utf-8-sig", "cp1252")
    for coding in codings:
        try:
            return raw.decode(coding)
        except UnicodeDecodeError:
            continue
    raise ValueError("no text")


def _too_large(path: Path | str, most_bytes: int) -> OSError:
    size = figure(f"{most_bytes / 1e6:.3g} MB") if most_bytes >= 1_000_000 else f"{most_bytes} bytes"
    return OddFile(errno.EFBIG, said("odd_large", size=size)["message"], os.fspath(path))


def unreadable(path: Path, error: OSError, advice: str = "") -> FormatError:
    """Return the error for a side file that could not be read; ``advice`` replaces what the reason itself suggests."""
    why, usual = reason(error)
    return FormatError(**said("side_file", name=path.name, why=why, advice=advice or usual))
