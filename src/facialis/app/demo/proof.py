"""Where nobody sits before a screen, the demo's casebook shows by itself that its first page answers.

The pages are asked for within the program: facialis makes no network connection, not even to itself.
"""

from __future__ import annotations

from http.cookies import SimpleCookie
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

__all__ = ["first_page_answers"]


def first_page_answers(address: str) -> bool:
    """Whether the door at ``address`` opens, and the page behind it is a page of the demo; as a browser would ask."""
    asked = urlsplit(address)
    _, headers, _ = _answer(asked.netloc, asked.path, "")
    location = next((value for name, value in headers if name == "Location"), "/")
    jar = SimpleCookie("; ".join(value for name, value in headers if name == "Set-Cookie"))
    cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in jar.items())
    status, _, page = _answer(asked.netloc, location, cookies)
    return status.startswith("200") and b'class="demo"' in page


def _answer(host: str, path: str, cookies: str) -> tuple[str, list[tuple[str, str]], bytes]:
    from django.core.wsgi import get_wsgi_application

    asked = urlsplit(path)
    environ: dict[str, object] = {"HTTP_HOST": host, "HTTP_COOKIE": cookies}
    environ |= {"PATH_INFO": asked.path, "QUERY_STRING": asked.query}
    setup_testing_defaults(environ)
    said: list[tuple[str, list[tuple[str, str]]]] = []

    def start(status: str, headers: list[tuple[str, str]], _error: object = None) -> None:
        said.append((status, headers))

    answer = get_wsgi_application()(environ, start)  # type: ignore[arg-type]
    try:
        return *said[0], b"".join(answer)
    finally:
        if hasattr(answer, "close"):
            answer.close()
