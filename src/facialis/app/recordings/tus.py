"""The upload protocol tus 1.0 (tus.io): what its headers say, and what is answered.

With its extensions creation, creation-defer-length, checksum and termination.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from facialis.app.recordings.uploads import MOST_BYTES
from facialis.core.errors import FacialisError

__all__ = [
    "VERSION",
    "NotTus",
    "answered",
    "capabilities",
    "check_version",
    "digest_of",
    "length_of",
    "metadata_of",
    "offset_of",
    "refused",
]

VERSION = "1.0.0"
PIECE_TYPE = "application/offset+octet-stream"
_EXTENSIONS = "creation,creation-defer-length,checksum,termination"
_CHECKSUMS: dict[str, Callable[[], Any]] = {"sha1": hashlib.sha1, "sha256": hashlib.sha256}
_MOST_METADATA = 16_000  # chosen: characters; a name of a file and a handful of answers have a tenth; 4,000 - 64,000


class NotTus(Exception):
    """A request that does not speak this protocol; ``status`` is what it gets for an answer."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def answered(status: int, **headers: object) -> HttpResponse:
    """An answer without a body; ``Upload_Offset=5`` becomes the header ``Upload-Offset: 5``."""
    answer = HttpResponse(status=status)
    answer.headers["Tus-Resumable"] = VERSION
    for name, value in headers.items():
        answer.headers[name.replace("_", "-")] = str(value)
    return answer


def refused(error: FacialisError) -> HttpResponse:
    """Why a film is not taken, as a sentence for the page."""
    answer = JsonResponse({"message": str(error)}, status=error.http_status)
    answer.headers["Tus-Resumable"] = VERSION
    return answer


def capabilities() -> HttpResponse:
    """What is spoken here, for whoever asks with OPTIONS."""
    return answered(
        204,
        Tus_Version=VERSION,
        Tus_Extension=_EXTENSIONS,
        Tus_Max_Size=MOST_BYTES,
        Tus_Checksum_Algorithm=",".join(_CHECKSUMS),
    )


def check_version(request: HttpRequest) -> None:
    """NotTus (412) where another version is spoken."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise NotTus(412)


def offset_of(request: HttpRequest) -> int:
    """Where a piece begins, in bytes; -1 where that is no number, which continues nothing.

    Raises
    ------
    NotTus
        It is no piece (415).
    """
    if request.content_type != PIECE_TYPE:
        raise NotTus(415)
    return _number(request.headers.get("Upload-Offset", ""), -1)


def length_of(request: HttpRequest) -> int | None:
    """How long the film will be, in bytes; None where that is said later, or was said before.

    Raises
    ------
    NotTus
        It is no length (400).
    """
    text = request.headers.get("Upload-Length")
    if text is None:
        return None
    length = _number(text, -1)
    if length < 0:
        raise NotTus(400)
    return length


def metadata_of(request: HttpRequest) -> dict[str, str]:
    """What is said of a film: pairs of a key and a value in base64.

    Raises
    ------
    NotTus
        They cannot be read (400).
    """
    text = request.headers.get("Upload-Metadata", "")
    if len(text) > _MOST_METADATA:
        raise NotTus(400)
    said: dict[str, str] = {}
    for pair in filter(None, text.split(",")):
        key, _, value = pair.strip().partition(" ")
        try:
            said[key] = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, UnicodeDecodeError, ValueError):
            raise NotTus(400) from None
    return said


def digest_of(request: HttpRequest) -> tuple[Any, bytes] | None:
    """What a piece must amount to: an empty hash and its value in the end; None where nothing is said of it.

    Raises
    ------
    NotTus
        The algorithm is not known, or the value is none (400).
    """
    text = request.headers.get("Upload-Checksum")
    if text is None:
        return None
    name, _, value = text.partition(" ")
    try:
        return _CHECKSUMS[name](), base64.b64decode(value, validate=True)
    except (KeyError, binascii.Error, ValueError):
        raise NotTus(400) from None


def _number(text: str, otherwise: int) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else otherwise
