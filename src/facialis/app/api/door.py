"""Who asks at the addresses for programs: by a key, or by the log-in of a page of the casebook itself."""

from __future__ import annotations

import math
from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from facialis.app.api import limits
from facialis.app.api.faults import fault_of_status, in_words
from facialis.app.api.models import token_of
from facialis.app.api.tokens import find_token
from facialis.core.knowledge import spoken

__all__ = ["PREFIX", "Door"]

PREFIX = "api/"
"""What the addresses for programs begin with."""
_LOOKS = frozenset({"GET", "HEAD"})
_OWN_SITES = frozenset({"same-origin", "none", ""})  # `none`: typed by the person; empty: a browser that does not say
_BEARER = "bearer "


class Door:
    """Sees to it that a key opens these addresses and no other, and that what is refused is told as JSON.

    Without a key, a log-in counts where a page of the casebook asks, to look: no other program's page can make a
    browser read for it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer whoever may ask now."""
        if not request.path_info.startswith(f"/{PREFIX}"):
            return self.get_response(request)
        answer = self._answer(request)
        answer.headers.setdefault("Content-Language", spoken())
        patch_vary_headers(answer, ("Accept-Language", "Authorization"))
        return answer

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        who = self._who(request)
        if not who:
            answer = fault_of_status(401)
            answer.headers["WWW-Authenticate"] = "Bearer"
            return answer
        if request.method not in _LOOKS:
            answer = fault_of_status(405)
            answer.headers["Allow"] = "GET"
            return answer
        wait_s = limits.wait_s(who)
        if wait_s > 0:
            answer = fault_of_status(429, seconds=math.ceil(wait_s))
            answer.headers["Retry-After"] = str(math.ceil(wait_s))
            return answer
        return in_words(self.get_response(request))

    def _who(self, request: HttpRequest) -> str:
        """By what somebody asks; empty: they may not."""
        given = request.headers.get("Authorization", "")
        if given:
            token = find_token(given[len(_BEARER) :].strip()) if given.lower().startswith(_BEARER) else None
            request.user = AnonymousUser() if token is None else token.owner
            if token is None:
                return ""
            token_of(request, token)
            return f"token {token.pk}"
        if not request.user.is_authenticated or not _from_here(request):
            request.user = AnonymousUser()
            return ""
        return f"account {request.user.pk}"


def _from_here(request: HttpRequest) -> bool:
    """Whether a page of the casebook asks, or the person themselves, as far as the browser says."""
    origin = request.headers.get("Origin", "")
    return request.headers.get("Sec-Fetch-Site", "") in _OWN_SITES and origin in (
        "",
        f"{request.scheme}://{request.get_host()}",
    )
