"""A key by which a program reads what its owner may see."""

from __future__ import annotations

from typing import ClassVar, cast

from django.db import models
from django.http import HttpRequest
from django.utils import timezone

from facialis.app.ownership import Owned, OwnedQuery

__all__ = ["ReadToken", "token_of"]

_TOKEN = "read_token"


class ReadToken(Owned):
    """A key that reads and never writes; only its digest is kept. ``used_at`` None: it has not been used yet."""

    name = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OwnedQuery[ReadToken]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """The latest first."""

        ordering: ClassVar = ["-pk"]

    @property
    def holds(self) -> bool:
        """Whether its time is not up."""
        return timezone.now() < self.ends_at


def token_of(request: HttpRequest, token: ReadToken | None = None) -> ReadToken | None:
    """By which key a request is asked, None: by none; ``token`` is written down where it is given."""
    if token is not None:
        vars(request)[_TOKEN] = token
    return cast(ReadToken | None, vars(request).get(_TOKEN))
