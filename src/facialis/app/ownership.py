"""Whose something is: every record has an owner, and every view first asks what its user may see."""

from __future__ import annotations

from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db import models

__all__ = ["Owned", "OwnedQuery"]

Record = TypeVar("Record", bound=models.Model)


class OwnedQuery(models.QuerySet[Record]):
    """Records that belong to somebody."""

    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> OwnedQuery[Record]:
        """Those that a user may see, their own and what is shared with them; none for whoever has not logged in.

        A record that can be shared says so by ``SHARED``: the way to its person, and what has to be shared of them
        (empty: anything). Which addresses show it is decided in `facialis.app.sharing.scopes`.
        """
        if not user.is_authenticated:
            return self.none()
        seen = models.Q(owner_id=user.pk)
        way, scope = getattr(self.model, "SHARED", ("", ""))
        if way:
            # Who was received is seen by a share with their owner, within what was sent and up to its day.
            seen &= models.Q(**{("" if way == "pk" else f"{way}__") + "received_at": None})
            shares: Any = apps.get_model("casebook.Share")._default_manager
            seen |= models.Q(**{f"{way}__in": shares.now(user, scope).values("person")})
        return self.filter(seen)

    def owned_by(self, user: AbstractBaseUser | AnonymousUser) -> OwnedQuery[Record]:
        """A user's own; none for somebody who has not logged in."""
        return self.filter(owner_id=user.pk) if user.is_authenticated else self.none()


class Owned(models.Model):
    """A record with an owner."""

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """No table of its own."""

        abstract = True
