"""A film, or a part of it, as a browser asks for it: without ranges Safari plays nothing, and nobody can seek."""

from __future__ import annotations

import os
import re
from typing import BinaryIO

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

__all__ = ["TYPES", "ranged"]

TYPES = {
    "mov": "video/mp4",
    "matroska": "video/webm",
    "avi": "video/x-msvideo",
    "mpeg": "video/mpeg",
    "mpegts": "video/mp2t",
    "flv": "video/x-flv",
    "gif": "image/gif",
}
"""By the container that the film's content shows, never by its name."""
_BUFFER_BYTES = 1 << 18
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def ranged(request: HttpRequest, source: BinaryIO, mark: str, content_type: str) -> HttpResponseBase:
    """A file, or the one range of it that is asked for (206); 416 where there is no such range.

    Parameters
    ----------
    request
        Who asks, and for what part.
    source
        The file; it is closed with the answer.
    mark
        What changes when the file does.
    content_type
        What it is.
    """
    size = source.seek(0, os.SEEK_END)
    tag = f'"{mark}-{size:x}"'
    first, last, partial = 0, size - 1, False
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked and any(asked.groups()) and request.headers.get("If-Range", tag) == tag:
        first, last, partial = *_bounds(asked[1], asked[2], size), True
        if first > last:
            source.close()
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    body = _Part(source, first, last - first + 1 if request.method != "HEAD" else 0)
    answer = StreamingHttpResponse(body, status=206 if partial else 200, content_type=content_type)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Length"] = str(last - first + 1)
    answer.headers["ETag"] = tag
    if partial:
        answer.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return answer


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """First and last byte; the first behind the last where there is nothing of the kind."""
    if not first:
        return max(0, size - int(last)), size - 1 if int(last) else -1
    return int(first), min(int(last), size - 1) if last else size - 1


class _Part:
    """A part of a file in pieces; closing it closes the file, whether any of it was read or not."""

    def __init__(self, source: BinaryIO, first: int, left: int) -> None:
        self._source, self._left = source, left
        source.seek(first)

    def __iter__(self) -> _Part:
        return self

    def __next__(self) -> bytes:
        chunk = self._source.read(min(_BUFFER_BYTES, self._left)) if self._left > 0 else b""
        if not chunk:
            raise StopIteration
        self._left -= len(chunk)
        return chunk

    def close(self) -> None:
        self._source.close()
