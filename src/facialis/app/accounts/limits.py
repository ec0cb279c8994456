"""How often a name may be tried: passwords cannot be guessed by trying, and a lock ends by itself."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from facialis.app.accounts.models import FailedLogin

__all__ = ["clear_failures", "is_locked", "note_failure"]

MOST_PER_NAME = 5  # OWASP ASVS 5.0, 6.3.1: guessing must be made slow; chosen: 5 in 5 minutes, 3 - 10
MOST_IN_ALL = 10  # chosen: failures a minute, whatever the name; a household has fewer, 5 - 30
PER_NAME = timedelta(minutes=5)
IN_ALL = timedelta(minutes=1)


def is_locked(name: str) -> bool:
    """Whether this name, or this casebook, has been tried too often just now."""
    now = timezone.now()
    failures = FailedLogin.objects
    return (
        failures.filter(name=name[:80], at__gt=now - PER_NAME).count() >= MOST_PER_NAME
        or failures.filter(at__gt=now - IN_ALL).count() >= MOST_IN_ALL
    )


def note_failure(name: str) -> None:
    """Write down a failed attempt, and forget those that no longer count."""
    now = timezone.now()
    with transaction.atomic():
        FailedLogin.objects.filter(at__lt=now - PER_NAME).delete()
        FailedLogin.objects.create(name=name[:80], at=now)


def clear_failures(name: str) -> None:
    """Forget the failures of a name whose owner has come in."""
    FailedLogin.objects.filter(name=name[:80]).delete()
