"""A session ends when nobody has used it for a while, and at the latest after half a day."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from facialis.app.accounts.models import Account
from facialis.app.words import LANGUAGE_KEY

__all__ = ["CAME", "IDLE_CHOICES_MIN", "SEEN", "Locking", "let_out"]

IDLE_CHOICES_MIN = (5, 10, 15, 30, 60)
"""OWASP ASVS 5.0, 7.3.1: a session that is not used ends after a stated time; chosen: 30 minutes, until its owner
chooses another."""
_STEP_S = 60.0  # chosen: the time is written at most this often, so that reading a page is no write; 10 - 300 s
CAME, SEEN = "came_s", "seen_s"


class Locking:
    """Logs out whoever has been away. What a page asks for by itself (progress) does not count as use."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Log out whom the time is up for, and go on."""
        if isinstance(request.user, Account):
            now = time.time()
            session = request.session
            came, seen = session.get(CAME, now), session.get(SEEN, now)
            if now - seen > 60 * request.user.idle_min or now - came > settings.SESSION_COOKIE_AGE:
                let_out(request)
            elif CAME not in session:
                session[CAME] = session[SEEN] = now
            elif now - seen > _STEP_S and "HX-Request" not in request.headers:
                session[SEEN] = now
        return self.get_response(request)


def let_out(request: HttpRequest) -> None:
    """End the session at once and for good; the door goes on speaking the same language."""
    language = request.session.get(LANGUAGE_KEY)
    logout(request)
    if language:
        request.session[LANGUAGE_KEY] = language
