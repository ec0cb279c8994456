"""Something that was deleted and can still be brought back."""

from __future__ import annotations

import math
from typing import ClassVar

from django.db import models
from django.utils import timezone

from facialis.app.ownership import Owned, OwnedQuery
from facialis.app.people.models import Person

__all__ = ["Binned"]


class Binned(Owned):
    """A person or a recording that was deleted: no row of it is left but this one, which holds all of them.

    So nothing that asks for people or recordings has to know of the bin. Keys are among ``content``: with this row they
    are destroyed. ``tokens`` are the names of the folders that belong to it. ``person``: whose recording it was; a
    person's own is in nobody's place.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    label = models.CharField(max_length=300)
    due_at = models.DateTimeField(db_index=True)
    tokens = models.JSONField(default=list)
    content = models.BinaryField()

    objects: ClassVar[OwnedQuery[Binned]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """What goes first, first."""

        ordering: ClassVar = ["due_at", "pk"]

    @property
    def days_left(self) -> int:
        """Days until it goes, begun ones counted whole."""
        return max(0, math.ceil((self.due_at - timezone.now()).total_seconds() / 86_400))
