"""What the second listener answers: the page and the upload of one open link, and 404 to everything else."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from django.conf import settings
from django.db import connection
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

from facialis.app.phone.deeds import begin_film, find_link, open_page, take_film_piece
from facialis.app.phone.forms import PhoneForm
from facialis.app.phone.models import PhoneLink
from facialis.app.phone.pieces import arrived_bytes
from facialis.app.phone.whole import take_whole
from facialis.app.recordings.models import Recording
from facialis.app.recordings.uploads import MOST_BYTES, MOST_PIECE_BYTES, Busy, WrongOffset
from facialis.app.words import every_page
from facialis.core.errors import FacialisError
from facialis.core.knowledge import LANGUAGES, language, wording

if TYPE_CHECKING:
    from facialis.app.phone.door import Listener

__all__ = ["HEADERS", "Answers", "Body"]

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; img-src data:; script-src 'self'; style-src 'self'; connect-src 'self'; "
        "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""On every answer of the second listener."""

_MOST_TOLD_BYTES = 20_000  # chosen: a form with a name of 4,000 characters, each written as %XX; 10 - 100 kB
_MOST_AROUND_BYTES = 100_000  # chosen: what a form in parts has round its film; 20 kB - 1 MB
_AT_ONCE_BYTES = 1 << 18
_PIECE_BYTES = 2_000_000  # chosen: what a lost network costs; 0.5 - 8 MB
_PATIENCE_S = 20.0  # chosen: a phone that says nothing for so long has gone; 10 - 60 s
_PIECE_S = 120.0  # chosen: the slowest Wi-Fi brings a piece in a minute; 60 - 600 s
_HTML = "text/html; charset=utf-8"
_FILES = {
    "casebook.css": ("casebook.css", "text/css; charset=utf-8"),
    "phone.css": ("phone.css", "text/css; charset=utf-8"),
    "phone.js": ("built/phone.js", "text/javascript; charset=utf-8"),
}


class Body:
    """What a request carries, read no further than it said, and not for ever."""

    def __init__(self, source: Any, size: int, seconds: float) -> None:
        self._source, self.left, self._ends_s = source, size, time.monotonic() + seconds

    def read(self, size: int = -1, /) -> bytes:
        """``size`` bytes, fewer only at the end; OSError where the sender is too slow or has gone."""
        wanted = self.left if size < 0 else min(size, self.left)
        content = bytearray()
        while len(content) < wanted:
            chunk = self._source.read1(min(wanted - len(content), _AT_ONCE_BYTES))
            if not chunk or time.monotonic() > self._ends_s:
                raise TimeoutError
            content += chunk
        self.left -= wanted
        return bytes(content)


class Answers(BaseHTTPRequestHandler):
    """One connection of a phone."""

    server: Listener
    body: Body | None = None
    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE_S

    def log_message(self, *_: object) -> None:
        """Keep no log: an address holds the secret of its link."""

    def version_string(self) -> str:
        """Nothing of what answers."""
        return "casebook"

    def finish(self) -> None:
        """Each connection has a thread of its own, and each thread its own way to the database."""
        try:
            super().finish()
        finally:
            connection.close()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:  # noqa: ARG002
        """The number, and nothing else."""
        self.close_connection = True
        self._send(code)

    def do_GET(self) -> None:
        """The page of a link, or one of its files."""
        self._answer({"": self._page, **dict.fromkeys(_FILES, self._file)})

    def do_HEAD(self) -> None:
        """How much of a film is here."""
        self._answer({"": self._page, "film": self._here, **dict.fromkeys(_FILES, self._file)})

    def do_POST(self) -> None:
        """Announce a film; or send one whole, from a page whose script does not run."""
        self._answer({"": self._whole, "film": self._announce})

    def do_PATCH(self) -> None:
        """The next piece of a film."""
        self._answer({"film": self._piece})

    def _answer(self, known: dict[str, Callable[[PhoneLink, str], None]]) -> None:
        self.body = None
        secret, slash, name = self.path.removeprefix("/").partition("/")
        if not self.server.is_calm():
            return self.send_error(429)
        answer, link = known.get(name), find_link(secret) if self.path.startswith("/") else None
        if answer is None or link is None or self.headers.get("Host", "") != self.server.host:
            return self.send_error(404)
        if not slash:
            return self._send(302, location=f"/{secret}/")
        code = self._language()
        try:
            with language(code), translation.override(code):
                if link.is_open or name in _FILES:
                    answer(link, name)
                else:
                    self._done()
            self._drain()
        except OSError:
            self.close_connection = True
        return None

    def _drain(self) -> None:
        """Read what a refused piece still holds: a phone that is cut off while it sends never hears why."""
        if self.command == "PATCH" and self.body is None:
            self._body(MOST_PIECE_BYTES, _PATIENCE_S)
        with contextlib.suppress(OSError):
            while self.body is not None and self.body.left <= MOST_PIECE_BYTES and self.body.read(_AT_ONCE_BYTES):
                pass

    def _language(self) -> str:
        asked = (code.split("-")[0] for code, _ in parse_accept_lang_header(self.headers.get("Accept-Language", "")))
        return next((code for code in asked if code in LANGUAGES), LANGUAGES[0])

    def _page(self, link: PhoneLink, _name: str, form: PhoneForm | None = None, status: int = 200) -> None:
        open_page(link)
        page = {"form": form or PhoneForm(), "piece": _PIECE_BYTES, **every_page(None)}
        self._send(status, render_to_string("casebook/phone_page.html", page).encode(), content_type=_HTML)

    def _file(self, _link: PhoneLink, name: str) -> None:
        file, kind = _FILES[name]
        path = Path(settings.STATIC_ROOT) / file
        if path.is_file():
            self._send(200, path.read_bytes(), content_type=kind)
        else:
            self.send_error(404)

    def _here(self, link: PhoneLink, _name: str) -> None:
        if link.upload is None:
            return self.send_error(404)
        return self._send(200, upload_offset=arrived_bytes(link.upload))

    def _announce(self, link: PhoneLink, _name: str) -> None:
        body = self._body(_MOST_TOLD_BYTES, _PATIENCE_S)
        if body is None:
            return None
        told = parse_qs(body.read().decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20)
        form = PhoneForm({key: values[-1] for key, values in told.items()})
        if not form.is_valid():
            return self._say(422, message=form.faults)
        try:
            upload = begin_film(link, form.told)
        except FacialisError as error:
            return self._say(error.http_status, message=str(error))
        return self._send(201, upload_offset=arrived_bytes(upload))

    def _piece(self, link: PhoneLink, _name: str) -> None:
        body = self._body(MOST_PIECE_BYTES, _PIECE_S)
        if body is None:
            return None
        text = self.headers.get("Upload-Offset", "")
        offset = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else -1
        try:
            done = take_film_piece(link, offset, body)
        except Busy:
            return self.send_error(503)
        except WrongOffset:
            self.close_connection = True
            return self._send(409, upload_offset=arrived_bytes(link.upload) if link.upload else 0)
        except FacialisError as error:
            self.close_connection = True
            return self._say(error.http_status, message=str(error))
        if isinstance(done, Recording):
            return self._done()
        return self._send(204, upload_offset=done)

    def _whole(self, link: PhoneLink, _name: str) -> None:
        body = self._body(MOST_BYTES + _MOST_AROUND_BYTES, self.server.most_s)
        if body is None:
            return None
        self.close_connection = True  # whatever of it was not read
        refused = take_whole(link, self.headers, body)
        if refused is not None:
            return self._page(link, "", *refused)
        return self._done()

    def _done(self) -> None:
        """The film is here: as a page where one is asked for, else as the answer to its last piece."""
        if self.command in ("GET", "POST") and self.path.endswith("/"):
            page = render_to_string("casebook/phone_done.html", every_page(None))
            return self._send(201, page.encode(), content_type=_HTML)
        self.close_connection = True
        return self._say(201, message=wording("app_phone_arrived"))

    def _body(self, most: int, seconds: float) -> Body | None:
        """What the request carries; refused where it does not say how much, or too much."""
        text = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (text.isascii() and text.isdecimal() and len(text) < 20):
            self.send_error(411)
            return None
        if int(text) > most:
            self.send_error(413)
            return None
        self.body = Body(self.rfile, int(text), seconds)
        return self.body

    def _say(self, status: int, **told: str) -> None:
        self._send(status, json.dumps(told).encode(), content_type="application/json")

    def _send(self, status: int, content: bytes = b"", **more: object) -> None:
        """Send an answer; what more there is of it: ``content_type``, ``upload_offset``, ``location``."""
        self.send_response(status)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        for key, told in more.items():
            self.send_header(key.replace("_", "-").title(), str(told))
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)
