"""A film, or a part of it, as a browser asks for it: without ranges Safari plays nothing, and nobody can seek."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

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


def ranged(request: HttpRequest, path: Path, content_type: str) -> HttpResponseBase:
    """The file, or the one range of it that is asked for (206); 416 where there is no such range."""
    facts = path.stat()
    tag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
    first, last, partial = 0, facts.st_size - 1, False
    asked = _RANGE.fullmatch(request.headers.get("Range", ""))
    if asked and any(asked.groups()) and request.headers.get("If-Range", tag) == tag:
        first, last, partial = *_bounds(asked[1], asked[2], facts.st_size), True
        if first > last:
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{facts.st_size}"})
    body = _bytes(path, first, last - first + 1) if request.method != "HEAD" else iter(())
    answer = StreamingHttpResponse(body, status=206 if partial else 200, content_type=content_type)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Content-Length"] = str(last - first + 1)
    answer.headers["ETag"] = tag
    if partial:
        answer.headers["Content-Range"] = f"bytes {first}-{last}/{facts.st_size}"
    return answer


def _bounds(first: str, last: str, size: int) -> tuple[int, int]:
    """First and last byte; the first behind the last where there is nothing of the kind."""
    if not first:
        return max(0, size - int(last)), size - 1 if int(last) else -1
    return int(first), min(int(last), size - 1) if last else size - 1


def _bytes(path: Path, first: int, left: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(first)
        while left > 0 and (chunk := file.read(min(_BUFFER_BYTES, left))):
            left -= len(chunk)
            yield chunk
