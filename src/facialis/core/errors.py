"""The one error tree of facialis.

::

    FacialisError
    ├── InputError        what the user gave
    │   ├── VideoError    not_found · not_readable · unreadable · empty · too_short · rate_too_low · time_lapse
    │   │                 too_large · decoder_failed
    │   ├── FaceError     no_face · face_lost · several_faces
    │   ├── FormatError   a file that is not in the format it claims
    │   └── SettingsError
    ├── OutputError       disk full, folder not writable
    ├── RecordError       data that break their schema
    ├── KnowledgeError    a data file that is broken or cites no source
    ├── EstimateError     not_enough_data · did_not_converge
    └── MissingExtra      says the exact install line

Each class states its exit code and HTTP status once. Exceptions of other libraries are mapped at the door of the
room that owns the library; none gets out.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar, Final

__all__ = [
    "EstimateError",
    "FaceError",
    "FacialisError",
    "FormatError",
    "InputError",
    "KnowledgeError",
    "MissingExtra",
    "OutputError",
    "RecordError",
    "SettingsError",
    "VideoError",
    "as_error",
    "reason",
]


class FacialisError(Exception):
    """Anything facialis refuses or fails at.

    Parameters
    ----------
    message
        One sentence: what was wrong.
    advice
        One sentence: what to do about it. May be empty.
    code
        A short stable word for programs, one of ``codes`` of the class where that is not empty.
    """

    exit_code: ClassVar[int] = 1
    http_status: ClassVar[int] = 500
    codes: ClassVar[tuple[str, ...]] = ()

    def __init__(self, message: str, *, advice: str = "", code: str = "") -> None:
        if self.codes and code not in self.codes:
            raise ValueError(f"{type(self).__name__} has no code {code!r}; it has {', '.join(self.codes)}")
        super().__init__(message)
        self.message = message
        self.advice = advice
        self.code = code

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()

    def __reduce__(self) -> tuple[object, ...]:
        # Errors cross from worker processes to their parent, so keyword-only arguments must survive pickling.
        return (_rebuild, (type(self), self.message, self.advice, self.code))


def _rebuild(kind: type[FacialisError], message: str, advice: str, code: str) -> FacialisError:
    return kind(message, advice=advice, code=code)


class InputError(FacialisError):
    """What the user gave cannot be used."""

    exit_code = 2
    http_status = 422


class VideoError(InputError):
    """The input cannot be read, is no video, or lies outside the limits."""

    exit_code = 3
    http_status = 415
    codes = (
        "not_found",
        "not_readable",
        "unreadable",
        "empty",
        "too_short",
        "rate_too_low",
        "time_lapse",
        "too_large",
        "decoder_failed",
    )


class FaceError(InputError):
    """No face, or too little of one, to measure."""

    exit_code = 4
    http_status = 422
    codes = ("no_face", "face_lost", "several_faces")


class FormatError(InputError):
    """A side file (specification, blocks, events) is not in the format it should have."""


class SettingsError(InputError):
    """A setting lies outside its range or is not known."""


class OutputError(FacialisError):
    """A result could not be written, or the computer lacks what that takes; nothing half-written is left behind."""

    exit_code = 1
    http_status = 507


class RecordError(FacialisError):
    """Data that break their own schema: a fault of facialis or of whoever made the data."""


class KnowledgeError(FacialisError):
    """A data file that is broken or cites no source."""


class EstimateError(FacialisError):
    """An estimate that the data do not allow."""

    http_status = 422
    codes = ("not_enough_data", "did_not_converge")


class MissingExtra(FacialisError):
    """An optional part is not installed; the advice holds the exact install line."""

    exit_code = 2
    http_status = 501


REPORT_IT = (
    "Please report it with what 'facialis info' prints (CONTRIBUTING.md says how); the option --debug shows where it "
    "happened."
)


_DISK = "Copy everything to another disk, best the one inside this computer, and try again."
_REASONS: Final[Mapping[int, tuple[str, str]]] = {
    errno.ENOSPC: ("the disk is full (No space left on device)", "Free some space or choose a place on another disk."),
    errno.EDQUOT: ("the share of the disk that is yours is full", "Free some space or choose a place on another disk."),
    errno.EFBIG: ("the file is larger than it may be", "Choose a place on another disk."),
    errno.EROFS: ("the disk can be read but not written", "Choose a place on another disk."),
    errno.EIO: ("the disk, or the connection to it, reports a fault (Input/output error)", _DISK),
    errno.ESTALE: ("the connection to the disk was lost", _DISK),
    errno.ENODEV: ("the disk is not connected", "Connect it and try again."),
    errno.ENXIO: ("the disk is not connected", "Connect it and try again."),
    errno.EMFILE: (
        "too many files are open (Too many open files)",
        "Measure fewer recordings at once (--jobs 1), or allow more open files (ulimit -n 1024).",
    ),
    errno.ENFILE: ("too many files are open on this computer", "Close other programs and try again."),
    errno.ENAMETOOLONG: ("the name is too long (File name too long)", "Choose shorter names for file and folders."),
    errno.ELOOP: ("links lead round in a circle", "Name the file itself instead of a link to it."),
    errno.EACCES: ("you may not (Permission denied)", "Change the permissions, or choose a place of your own."),
    errno.EPERM: ("you may not (Operation not permitted)", "Change the permissions, or choose a place of your own."),
    errno.EAGAIN: ("the computer is too busy to do it now", "Close other programs and try again."),
    errno.ENOMEM: ("there is not enough memory", "Close other programs and try again."),
}
"""Why the system refuses something, as a clause, and what to do about it. Numbers are those of POSIX."""


def reason(error: OSError) -> tuple[str, str]:
    """Return why the system refused something, as a clause without its full stop, and a sentence on what to do."""
    said = error.strerror or str(error) or type(error).__name__
    known = _REASONS.get(error.errno or 0)
    if known is None:
        return said.rstrip("."), ""
    # One of our own clauses says more than the number does.
    return (said if said.startswith("it is ") else known[0]), known[1]


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
        return OutputError("There is not enough memory.", advice="Close other programs and try again.")
    if isinstance(error, OSError):
        if _folder_gone():
            return OutputError("The folder in which facialis was started is gone.", advice="Change to one that exists.")
        # A result that could not be written: reading is mapped by the rooms that read.
        why, advice = reason(error)
        if error.errno == errno.ENAMETOOLONG:
            return InputError(f"{_named(error.filename or 'A name')}: {why}.", advice=advice)
        if error.filename is not None:
            return OutputError(f"{_named(error.filename)}: {why}.", advice=advice or "Choose another place with --out.")
        if error.errno in _REASONS:
            return OutputError(f"It cannot go on: {why}.", advice=advice)
    detail = f"{type(error).__name__}: {error}".strip().rstrip(".")
    return FacialisError(f"This is a fault of facialis, not of what you gave it ({detail}).", advice=REPORT_IT)


def _named(name: object) -> str:
    """A file's name as the system gave it: text, bytes, or a descriptor."""
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
