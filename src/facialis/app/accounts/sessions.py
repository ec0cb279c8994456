"""Open sessions: on which device, since when, and how to end them."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.models import Session
from django.http import HttpRequest
from django.utils import timezone

from facialis.app.accounts.locking import CAME, SEEN
from facialis.app.accounts.models import Account
from facialis.app.accounts.proof import prove
from facialis.app.words import LANGUAGE_KEY

__all__ = ["OpenSession", "end_session", "end_sessions", "forget_ended", "open_sessions"]

_DEVICE, _REF = "device", "ref"
# The first that fits; names that stand within others come after them.
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("OPR", "Opera"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """Somebody who has come in and not gone. ``device`` is empty where the browser does not say what it is."""

    ref: str
    device: str
    since: datetime
    seen: datetime
    here: bool


def _begin(request: HttpRequest, user: Any, **_: object) -> None:
    """What is kept of a session from its first moment on."""
    session, now = request.session, time.time()
    session[CAME] = session[SEEN] = now
    session[_REF] = secrets.token_hex(8)
    session[_DEVICE] = _device(request.META.get("HTTP_USER_AGENT", ""))
    prove(request)
    if isinstance(user, Account) and user.language:
        session[LANGUAGE_KEY] = user.language


user_logged_in.connect(_begin, dispatch_uid="facialis.app.accounts.sessions")


def _device(agent: str) -> str:
    found = [next((name for sign, name in signs if re.search(sign, agent)), "") for signs in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, found))


def open_sessions(account: Account, key: str | None = None) -> list[OpenSession]:
    """Sessions of an account, the latest used first. ``key`` is that of the session which asks."""
    found = [
        OpenSession(
            ref=str(told.get(_REF, "")),
            device=str(told.get(_DEVICE, "")),
            since=_moment(told.get(CAME, 0.0)),
            seen=_moment(told.get(SEEN, 0.0)),
            here=session.session_key == key,
        )
        for session, told in _of(account)
    ]
    return sorted(found, key=lambda item: (item.here, item.seen), reverse=True)


def end_session(account: Account, ref: str) -> bool:
    """End the one session of this mark; False where there is none."""
    found = [session for session, told in _of(account) if told.get(_REF) == ref]
    for session in found:
        session.delete()
    return bool(found)


def end_sessions(account: Account, *, but: str | None = None) -> None:
    """End all sessions of an account, but the one of this key."""
    for session, _ in _of(account):
        if session.session_key != but:
            session.delete()


def forget_ended() -> None:
    """Remove what is left of sessions whose time is up."""
    Session.objects.filter(expire_date__lt=timezone.now()).delete()


def _of(account: Account) -> list[tuple[Session, dict[str, Any]]]:
    """Sessions by which the account is in. A household has few; what each is about only it can say."""
    told = [(session, session.get_decoded()) for session in Session.objects.filter(expire_date__gt=timezone.now())]
    now, right = time.time(), account.get_session_auth_hash()
    return [
        (session, data)
        for session, data in told
        if data.get(SESSION_KEY) == str(account.pk)
        and data.get(HASH_SESSION_KEY) == right
        and now - data.get(SEEN, now) <= 60 * account.idle_min
    ]


def _moment(at_s: float) -> datetime:
    return datetime.fromtimestamp(at_s).astimezone()
