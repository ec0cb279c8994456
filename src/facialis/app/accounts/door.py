"""Letting in: by password (and an app's code where there is one), by passkey, or by a code from paper."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth import authenticate, login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme

from facialis.app.accounts import authenticator, codes, passkeys
from facialis.app.accounts.limits import clear_failures, may_try
from facialis.app.accounts.models import Account, Authenticator
from facialis.app.audit.trail import note

__all__ = ["by_code", "by_paper", "by_passkey", "by_password", "half_in", "let_in", "proves", "wanted_page"]

_HALF = "half"
_PATIENCE_S = 300.0  # chosen: an app on a phone is found within it; 1 - 10 minutes


def by_password(request: HttpRequest, name: str, password: str) -> Account | None:
    """The account, or None: the same answer, and the same work, whether name, password or patience is at fault."""
    if not may_try(name, _address(request)):
        return None
    account = authenticate(name=name, password=password)
    return account if isinstance(account, Account) and account.closed_at is None else None


def by_passkey(request: HttpRequest, answer: str) -> Account | None:
    """Whose passkey has answered, or None. Nothing is counted: a signature cannot be guessed."""
    try:
        return passkeys.checked(request, answer)
    except passkeys.Refused:
        return None


def by_code(request: HttpRequest, account: Account, code: str) -> bool:
    """Whether this is what the account's app shows."""
    return may_try(account.name, _address(request)) and authenticator.use_code(account, code)


def by_paper(request: HttpRequest, name: str, code: str) -> Account | None:
    """The account that a recovery code opens, or None."""
    return codes.use_code(name, code) if may_try(name, _address(request)) else None


def proves(request: HttpRequest, account: Account, told: dict[str, Any]) -> bool:
    """Whether a password or a passkey shows that this is the account's owner."""
    if told["passkey"]:
        return by_passkey(request, told["passkey"]) == account
    if by_password(request, account.name, told["password"]) != account:
        return False
    clear_failures(account.name)
    return True


def let_in(request: HttpRequest, account: Account, way: str, wanted: str = "home") -> HttpResponse:
    """Open the door, or ask for the app's code first where a password alone does not do."""
    if way == "password" and Authenticator.objects.filter(owner=account).exists():
        request.session[_HALF] = {"account": account.pk, "at": time.time(), "wanted": wanted}
        return redirect("second_step")
    request.session.pop(_HALF, None)
    clear_failures(account.name)
    login(request, account)
    note(account, f"logged_in_{way}")
    return redirect(wanted)


def half_in(request: HttpRequest) -> tuple[Account | None, str]:
    """Who has given a password and has to give a code, and where they wanted to go."""
    told = request.session.get(_HALF)
    if told is None or time.time() - told["at"] > _PATIENCE_S:
        return None, "login"
    return Account.objects.open().filter(pk=told["account"]).first(), told["wanted"]


def wanted_page(request: HttpRequest) -> str:
    """Where somebody wanted to go, if it is a page of the casebook."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, {request.get_host()}) else "home"


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))
