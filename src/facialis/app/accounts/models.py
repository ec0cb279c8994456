"""An account: a name and a password on this computer; and the log-ins that failed."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

__all__ = ["Account", "FailedLogin"]


class Account(AbstractBaseUser):
    """Somebody who may log in. There is no mail server at a kitchen table: people are known by name alone."""

    name = models.CharField(max_length=80, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[BaseUserManager[Account]] = BaseUserManager()  # type: ignore[assignment]

    USERNAME_FIELD = "name"
    REQUIRED_FIELDS: ClassVar[list[str]] = []


class FailedLogin(models.Model):
    """One failed attempt, by the name that was tried, whether there is such an account or not."""

    name = models.CharField(max_length=80)
    at = models.DateTimeField(db_index=True)
