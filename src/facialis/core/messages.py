"""What errors say: rows of ``wording_errors.yaml`` in the language spoken, and why the system refuses something."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final, TypedDict

from facialis.core.errors import FacialisError, InputError, OutputError
from facialis.core.knowledge import sentences, wording

__all__ = ["OddFile", "Said", "as_error", "clause", "reason", "said"]

_KNOWN: Final = (
    "ENOSPC",
    "EDQUOT",
    "EFBIG",
    "EROFS",
    "EIO",
    "ESTALE",
    "ENODEV",
    "ENXIO",
    "EMFILE",
    "ENFILE",
    "ENAMETOOLONG",
    "ELOOP",
    "EACCES",
    "EPERM",
    "EAGAIN",
    "ENOMEM",
)
"""Refusals of the system that have words of their own. Names are those of POSIX; not every system has all."""
_NAMES: Final = {number: name for name in _KNOWN if (number := getattr(errno, name, None)) is not None}


class OddFile(OSError):
    """A file that is not opened, with a clause of our own as its ``strerror``, in the language spoken."""


class Said(TypedDict):
    """What an error is made with: ``raise VideoError(**said("no_film", name=name), code="not_found")``."""

    message: str
    advice: str


def said(key: str, /, *, advice: str = "", **values: object) -> Said:
    """Return the message and the advice of an error, in the language spoken.

    Parameters
    ----------
    key
        The row ``error_<key>`` of ``wording_errors.yaml``; the advice is ``error_<key>_advice``, if there is one.
    advice
        Advice that knows more than the row's own, in the same language; empty: the row's own.
    values
        What fills the ``{placeholders}`` of both.

    Raises
    ------
    KnowledgeError
        There is no such row, or a placeholder is not filled.

    Examples
    --------
    >>> said("no_film", name="face.mp4")["message"]
    'There is no file face.mp4.'
    """
    own = f"error_{key}_advice"
    if not advice and own in sentences():
        advice = wording(own, **values)
    return Said(message=wording(f"error_{key}", **values), advice=advice)


def clause(key: str, /, **values: object) -> str:
    """Return the message of a row alone, for what is part of a longer one."""
    return wording(f"error_{key}", **values)


def reason(error: OSError) -> tuple[str, str]:
    """Return why the system refused something, as a clause without its full stop, and a sentence on what to do."""
    found = error.strerror or str(error) or type(error).__name__
    name = _NAMES.get(error.errno or 0)
    if name is not None:
        known = said(f"system_{name}")
        # One of our own clauses says more than the number does.
        return (found if isinstance(error, OddFile) else known["message"]), known["advice"]
    if error.errno == errno.ENOENT and not isinstance(error, OddFile):
        return wording("error_system_ENOENT"), ""
    return found.rstrip("."), ""


def _folder_gone() -> bool:
    """Whether the folder that the program was started in has been removed."""
    try:
        Path.cwd()
    except OSError:
        return True
    return False


def as_error(error: Exception) -> FacialisError:
    """Return any exception as one of this tree: whatever no room has mapped is a fault of facialis and says so.

    Parameters
    ----------
    error
        What was raised. One of this tree comes back as it is.
    """
    if isinstance(error, FacialisError):
        return error
    if isinstance(error, MemoryError):
        return OutputError(**said("no_memory"))
    if isinstance(error, OSError):
        if _folder_gone():
            return OutputError(**said("folder_gone"))
        # A result that could not be written: reading is mapped by the rooms that read.
        why, advice = reason(error)
        if error.errno == errno.ENAMETOOLONG:
            name = _named(error.filename or wording("error_a_name"))
            return InputError(**said("name_refused", name=name, why=why, advice=advice))
        if error.filename is not None:
            return OutputError(**said("not_written", name=_named(error.filename), why=why, advice=advice))
        if error.errno in _NAMES:
            return OutputError(**said("cannot_go_on", why=why, advice=advice))
    detail = f"{type(error).__name__}: {error}".strip().rstrip(".")
    return FacialisError(**said("fault", detail=detail))


def _named(name: object) -> str:
    """A file's name as the system gave it: text, bytes, or a descriptor."""
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
