"""Recovery codes: on paper, for the day on which password and device are gone. Each opens an account once."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction

from facialis.app.accounts.models import Account, RecoveryCode

__all__ = ["codes_left", "digest_of", "make_codes", "use_code"]

COUNT = 8  # chosen: half a sheet of paper; 5 - 16
_GROUPS, _GROUP = 4, 4
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"  # none that is taken for another one
# 31^16 is more than 79 bits: a digest of one cannot be turned back by trying, so it needs no slow one.


def make_codes(account: Account) -> list[str]:
    """New codes for an account, to be shown this once; those before them open nothing any more."""
    codes = [
        "-".join("".join(secrets.choice(_LETTERS) for _ in range(_GROUP)) for _ in range(_GROUPS)) for _ in range(COUNT)
    ]
    with transaction.atomic():
        RecoveryCode.objects.filter(owner=account).delete()
        RecoveryCode.objects.bulk_create(RecoveryCode(owner=account, digest=digest_of(code)) for code in codes)
    return codes


def use_code(name: str, code: str) -> Account | None:
    """The account that this code of this name opens; the code is gone then. None: it opens nothing."""
    with transaction.atomic():
        found = RecoveryCode.objects.select_related("owner").filter(digest=digest_of(code), owner__name=name).first()
        if found is None or found.owner.closed_at is not None:
            return None
        found.delete()
    return found.owner


def codes_left(account: Account) -> int:
    """How many codes of an account have not been used."""
    return RecoveryCode.objects.filter(owner=account).count()


def digest_of(code: str) -> str:
    """What is kept of a code; how it was typed (capitals, blanks, dashes) does not matter."""
    return hashlib.sha256("".join(filter(str.isalnum, code.lower())).encode()).hexdigest()
