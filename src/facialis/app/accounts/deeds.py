"""What can be done with accounts."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied
from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note

__all__ = ["change_password", "make_first_account"]


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


def change_password(account: Account, password: str) -> None:
    """Give an account a new password. All its sessions end with the old one, as Django ties them to it.

    Raises
    ------
    ValidationError
        It is short, common or only digits.
    """
    validate_password(password, account)
    with transaction.atomic():
        account.set_password(password)
        account.save()
        note(account, "password_changed", account.pk)
