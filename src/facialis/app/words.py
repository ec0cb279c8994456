"""The language of each request, and what every page says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from facialis.app.sharing.access import guest_of, parts_seen
from facialis.core.knowledge import LANGUAGES, language, spoken
from facialis.core.version import __version__

__all__ = ["LANGUAGE_KEY", "Spoken", "every_page"]

LANGUAGE_KEY = "language"
EMERGENCY = ("stroke", "brain", "seizure", "toxin", "surgery")


class Spoken:
    """Speaks the language that was chosen, else the first that the browser asks for and that there is."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the language of the request."""
        chosen = request.session.get(LANGUAGE_KEY)
        code = chosen if chosen in LANGUAGES else translation.get_language_from_request(request)
        with language(code), translation.override(code):
            return self.get_response(request)


def every_page(request: HttpRequest | None) -> dict[str, Any]:
    """What the frame of a page needs; ``guest``: the share by which it is seen, None: it is one's own.

    ``guest_parts``: what has to stay shared for it. ``demo``: the key of its door, empty in any other casebook.
    """
    return {
        "guest": None if request is None else guest_of(request),
        "guest_parts": () if request is None else parts_seen(request),
        "spoken": spoken(),
        "emergency": [f"emergency_{part}" for part in EMERGENCY],
        "version": __version__,
        "demo": settings.PLACE.demo_key,
    }
