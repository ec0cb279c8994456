"""_Accounts on this computer, by what their owners come in, and the log-ins that failed."""

from __future__ import annotations

import secrets
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

from facialis.app.ownership import Owned, OwnedQuery

__all__ = ["Account", "Authenticator", "FailedLogin", "Invitation", "Passkey", "RecoveryCode", "new_handle"]


def new_handle() -> str:
    """What a passkey knows an account by: nothing of the person."""
    return secrets.token_hex(32)


class _Accounts(BaseUserManager["Account"]):
    """All accounts, and those that are open."""

    def open(self) -> models.QuerySet[Account]:
        """Those that have not been deleted."""
        return self.filter(closed_at=None)


class Account(AbstractBaseUser):
    """Somebody who may log in. There is no mail server at a kitchen table: people are known by name alone.

    Of an account that was deleted the row stays, without its name, so that the trail keeps its numbers.
    An ``administrator`` adds and removes accounts, and sees nobody's people but their own. A ``clinician`` sees those
    who share with them.
    """

    name = models.CharField(max_length=80, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    handle = models.CharField(max_length=64, unique=True, default=new_handle)
    administrator = models.BooleanField(default=False)
    clinician = models.BooleanField(default=False)
    idle_min = models.PositiveSmallIntegerField(default=30)
    language = models.CharField(max_length=5, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[_Accounts] = _Accounts()

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class Passkey(Owned):
    """A key of a device by which its owner comes in. ``data`` is public; the secret never leaves the device."""

    name = models.CharField(max_length=60)
    credential = models.CharField(max_length=1400, unique=True)
    data = models.TextField()
    count = models.PositiveBigIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OwnedQuery[Passkey]] = OwnedQuery.as_manager()  # type: ignore[assignment]


class Authenticator(Owned):
    """An app that shows codes. ``step`` is that of the last code used: each serves once."""

    sealed = models.TextField()
    step = models.BigIntegerField(default=0)

    objects: ClassVar[OwnedQuery[Authenticator]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """One for each account."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["owner"], name="one_authenticator_of_an_account")]


class RecoveryCode(Owned):
    """A code on paper that opens an account once; only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True)

    objects: ClassVar[OwnedQuery[RecoveryCode]] = OwnedQuery.as_manager()  # type: ignore[assignment]


class Invitation(Owned):
    """A link by which the owner of a new account comes in for the first time; only its digest is kept."""

    digest = models.CharField(max_length=64, unique=True)
    ends_at = models.DateTimeField()

    objects: ClassVar[OwnedQuery[Invitation]] = OwnedQuery.as_manager()  # type: ignore[assignment]


class FailedLogin(models.Model):
    """One failed attempt, by the name that was tried, whether there is such an account or not, and from where."""

    name = models.CharField(max_length=80)
    address = models.CharField(max_length=45, blank=True)
    at = models.DateTimeField(db_index=True)
