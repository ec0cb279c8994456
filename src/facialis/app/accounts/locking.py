"""A session ends when nobody has used it for a while, and at the latest after half a day."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase

__all__ = ["IDLE_S", "Locking"]

IDLE_S = 30 * 60.0
"""OWASP ASVS 5.0, 7.3.1: a session that is not used ends after a stated time; chosen: 30 minutes, 10 - 60."""
_STEP_S = 60.0  # chosen: the time is written at most this often, so that reading a page is no write; 10 - 300 s
_CAME, _SEEN = "came_s", "seen_s"


class Locking:
    """Logs out whoever has been away. What a page asks for by itself (progress) does not count as use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Log out whom the time is up for, and go on."""
        if request.user.is_authenticated:
            now = time.time()
            session = request.session
            came, seen = session.get(_CAME, now), session.get(_SEEN, now)
            if now - seen > IDLE_S or now - came > settings.SESSION_COOKIE_AGE:
                logout(request)
            elif _CAME not in session:
                session[_CAME] = session[_SEEN] = now
            elif now - seen > _STEP_S and "HX-Request" not in request.headers:
                session[_SEEN] = now
        return self.get_response(request)
