"""Whose something is: every record has an owner, and every view first asks what its user may see."""

from __future__ import annotations

from typing import TypeVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models

__all__ = ["Owned", "OwnedQuery"]

Record = TypeVar("Record", bound=models.Model)


class OwnedQuery(models.QuerySet[Record]):
    """Records that belong to somebody."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> OwnedQuery[Record]:
        """Those that a user may see; none for somebody who has not logged in."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()


class Owned(models.Model):
    """A record with an owner."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """No table of its own."""

        abstract = True
