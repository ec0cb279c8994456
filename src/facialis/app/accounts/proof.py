"""Before what cannot be undone, and before the doors are changed, who asks must have proved who they are just now."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse

__all__ = ["ASKED_AGAIN", "FRESH_S", "Proof", "is_fresh", "prove"]

FRESH_S = 600.0
"""OWASP ASVS 5.0, 7.5: who wants to do something grave proves anew who they are; chosen: after 10 minutes, 5 - 15."""
_PROVED = "proved_s"
ASKED_AGAIN = {
    "delete_person": "",
    "empty_bin": "bin",
    "backup_now": "backup",
    "folder_zip": "",
    "new_share": "",
    "change_share": "",
    "send_bundle": "",
    "send_answer": "",
    "change_password": "",
    "add_passkey": "my_account",
    "remove_passkey": "my_account",
    "authenticator": "",
    "remove_authenticator": "my_account",
    "recovery_codes": "my_account",
    "new_token": "",
    "delete_account": "",
    "add_account": "accounts",
    "remove_account": "",
}
"""The routes, each with the page to which it leads back; empty: itself."""


def prove(request: HttpRequest) -> None:
    """Write down that whoever asks has just proved who they are."""
    request.session[_PROVED] = time.time()


def is_fresh(request: HttpRequest) -> bool:
    """Whether that was not long ago; of the demo, which nobody's password opens, always."""
    return settings.PLACE.demo.is_file() or bool(0.0 <= time.time() - request.session.get(_PROVED, 0.0) <= FRESH_S)


class Proof:
    """Leads to the page that asks again, and from there back."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_: Any) -> HttpResponseBase | None:
        """Before one of the grave views: lead away where the last proof is too old."""
        match = request.resolver_match
        if match is None or match.url_name not in ASKED_AGAIN or not request.user.is_authenticated:
            return None
        if is_fresh(request) or settings.PLACE.demo_key:  # the demo's made-up person has nothing to prove it with
            return None
        back = ASKED_AGAIN[match.url_name]
        wanted = reverse(back) if back else request.get_full_path()
        return HttpResponseRedirect(f"{reverse('confirm')}?{urlencode({'next': wanted})}")
