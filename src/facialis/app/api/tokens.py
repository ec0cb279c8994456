"""Keys for programs: made, found by what is shown of them once, and taken away."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.api.models import ReadToken
from facialis.app.audit.trail import note

__all__ = ["LASTS_DAYS", "USUAL_DAYS", "find_token", "make_token", "revoke_token"]

LASTS_DAYS = (7, 30, 90, 365)
USUAL_DAYS = 90
"""chosen: a season of work with a program; whoever forgets a key is rid of it then. 30 - 180 days"""
_BEGIN = "facialis_"  # so that whoever finds one in a file knows what it opens
_BYTES = 32  # 256 bits: a digest of it cannot be turned back by trying, so it needs no slow one
_STEP = timedelta(minutes=1)  # chosen: how often its use is written down, so that reading is no write; 10 s - 1 h


def make_token(account: Account, name: str, days: int) -> tuple[ReadToken, str]:
    """Make a key; returns its record, and the key itself, which is shown this once."""
    word = _BEGIN + secrets.token_urlsafe(_BYTES)
    with transaction.atomic():
        made = ReadToken.objects.create(
            owner=account, name=name, digest=_digest(word), ends_at=timezone.now() + timedelta(days=days)
        )
        note(account, "token_made", made.pk)
    return made, word


def revoke_token(account: Account, token: ReadToken) -> None:
    """Let a key open nothing any more, at once."""
    if token.owner_id != account.pk:
        raise PermissionDenied
    with transaction.atomic():
        number = token.pk
        token.delete()
        note(account, "token_revoked", number)


def find_token(word: str) -> ReadToken | None:
    """The key of this word, if it opens anything now; that it was used is written down."""
    now = timezone.now()
    found = ReadToken.objects.select_related("owner").filter(digest=_digest(word), ends_at__gt=now).first()
    if found is None or found.owner.closed_at is not None:
        return None
    if found.used_at is None or now - found.used_at > _STEP:
        ReadToken.objects.filter(pk=found.pk).update(used_at=now)
    return found


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode("utf-8", "replace")).hexdigest()
