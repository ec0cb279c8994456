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

Each class states its exit code and HTTP status once. What people read comes from `facialis.core.messages`, in the
language spoken; `RecordError` and `KnowledgeError` speak to programmers, in English. Exceptions of other libraries are
mapped at the door of the room that owns the library; none gets out.
"""

from __future__ import annotations

from typing import ClassVar

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
