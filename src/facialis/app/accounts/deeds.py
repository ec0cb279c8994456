"""What can be done with accounts."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note

__all__ = ["make_first_account"]


def make_first_account(name: str, password: str) -> Account:
    """Make the account of whoever sets the casebook up.

    Raises
    ------
    PermissionDenied
        There is one already: further ones are not made at the door.
    """
    with transaction.atomic():
        if Account.objects.exists():
            raise PermissionDenied
        account = Account(name=name)
        account.set_password(password)
        account.save()
        note(account, "account_made", name)
    return account
