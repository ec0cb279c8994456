"""One line of the trail."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from facialis.app.ownership import Owned, OwnedQuery

__all__ = ["Entry"]


class Entry(Owned):
    """One deed or one look, by its ``owner``. It outlives what it was done to, and never holds what was written in it.

    ``thing`` names what it was done to, ``person`` is the number of the person and ``data_of`` that of the account that
    owns the person. ``digest`` binds the line to all before it.
    """

    deed = models.CharField(max_length=40)
    thing = models.CharField(max_length=200, blank=True)
    person = models.PositiveBigIntegerField(null=True, blank=True)
    data_of = models.PositiveBigIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64, blank=True)

    objects: ClassVar[OwnedQuery[Entry]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """Found by whose data it is about, and by what has been written within the hour."""

        indexes: ClassVar = [
            models.Index(fields=["data_of"], name="entry_data_of"),
            models.Index(fields=["owner", "person", "deed", "made_at"], name="entry_within_the_hour"),
        ]
