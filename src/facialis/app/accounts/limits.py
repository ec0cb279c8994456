"""How often a door may be tried: passwords and codes cannot be guessed by trying, and a lock ends by itself."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from facialis.app.accounts.models import FailedLogin

__all__ = ["MOST_PER_ADDRESS", "MOST_PER_NAME", "PER_ADDRESS", "PER_NAME", "clear_failures", "may_try"]

MOST_PER_NAME = 5  # OWASP ASVS 5.0, 6.3.1: guessing must be made slow; chosen: 5 in 5 minutes, 3 - 10
MOST_PER_ADDRESS = 10  # chosen: failures a minute from one address, whatever the name; a household has fewer, 5 - 30
PER_NAME = timedelta(minutes=5)
PER_ADDRESS = timedelta(minutes=1)


def may_try(name: str, address: str) -> bool:
    """Whether this name may be tried from this address now.

    The attempt counts as failed until `clear_failures` is called, so that many at once are no way around it. Names
    that no account has are locked like others.
    """
    now = timezone.now()
    name, address = name[:80], address[:45]
    failures = FailedLogin.objects
    with transaction.atomic():
        if (
            failures.filter(name=name, at__gt=now - PER_NAME).count() >= MOST_PER_NAME
            or failures.filter(address=address, at__gt=now - PER_ADDRESS).count() >= MOST_PER_ADDRESS
        ):
            return False
        failures.filter(at__lt=now - PER_NAME).delete()
        failures.create(name=name, address=address, at=now)
    return True


def clear_failures(name: str) -> None:
    """Forget the failures of a name whose owner has come in."""
    FailedLogin.objects.filter(name=name[:80]).delete()
