"""A person, and their tables row by row as they were written."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from facialis.app.ownership import Owned, OwnedQuery

__all__ = ["Person", "RemovedRow", "Row", "Sheet"]


class Person(Owned):
    """Somebody whose face is followed. ``revision`` grows with every change of anything that is known of them.

    ``not_before``: nobody is reminded of questionnaires before this day; None: nobody has asked for that.
    ``received_at``: when they came as a bundle of another computer; their owner sees what was sent and changes nothing.
    """

    SHARED: ClassVar = ("pk", "")

    name = models.CharField(max_length=80)
    revision = models.PositiveIntegerField(default=0)
    not_before = models.DateField(null=True)
    received_at = models.DateTimeField(null=True)

    objects: ClassVar[OwnedQuery[Person]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    def changed(self) -> None:
        """Say that something has changed: whatever was worked out before is out of date."""
        Person.objects.filter(pk=self.pk).update(revision=models.F("revision") + 1)
        self.refresh_from_db(fields=["revision"])


class Sheet(Owned):
    """A file of a person's folder.

    A table has its rows beside it, and ``opening`` is all up to its header; of any other file ``opening`` is the whole.
    ``written_at`` is when the file was last changed, by which days without a date of their own are counted.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sheets")
    file = models.CharField(max_length=120)
    opening = models.TextField(blank=True)
    coding = models.CharField(max_length=20, default="utf-8")
    written_at = models.DateTimeField()

    objects: ClassVar[OwnedQuery[Sheet]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """One file of a name."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "file"], name="one_file_of_a_name")]


class Row(Owned):
    """A row of a table, as it was written: with its separators, quotes and line end.

    ``entered_by`` is who entered it where that was somebody else than its owner.
    """

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="rows")
    place = models.PositiveIntegerField()
    written = models.TextField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects: ClassVar[OwnedQuery[Row]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """In the order of the file; found by when they came, as a clinic's day counts what is new of everybody."""

        ordering: ClassVar = ["place"]
        indexes: ClassVar = [models.Index(fields=["sheet", "made_at"], name="row_by_when_it_came")]
        constraints: ClassVar = [models.UniqueConstraint(fields=["sheet", "place"], name="one_row_in_a_place")]


class RemovedRow(Owned):
    """A row that was removed, as it was written, so that it can be put back."""

    sheet = models.ForeignKey(Sheet, on_delete=models.CASCADE, related_name="removed")
    place = models.PositiveIntegerField()
    written = models.TextField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects: ClassVar[OwnedQuery[RemovedRow]] = OwnedQuery.as_manager()  # type: ignore[assignment]
