"""The answer about a person as it was worked out last, and who is working it out anew."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from facialis.app.ownership import Owned, OwnedQuery
from facialis.app.people.models import Person

__all__ = ["Answering", "KeptAnswer"]


class KeptAnswer(Owned):
    """What facialis said about a person in one language, and of what.

    ``revision`` of the person, ``day`` and ``program`` are those it was made of and by; ``inputs`` is a hash of all
    that was read. ``content`` is empty where nothing could be said, and ``error`` then says why. ``glance`` is what
    lists say of it, see `facialis.app.course.glances`; empty where nothing could be said.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="kept_answers")
    language = models.CharField(max_length=5)
    revision = models.PositiveIntegerField()
    day = models.DateField()
    program = models.CharField(max_length=200)
    inputs = models.CharField(max_length=64)
    content = models.BinaryField()
    error = models.TextField(blank=True)
    glance = models.JSONField(default=dict)
    worked_out_at = models.DateTimeField()

    objects: ClassVar[OwnedQuery[KeptAnswer]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """One in a language."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["person", "language"], name="one_answer_in_a_language")
        ]


class Answering(Owned):
    """That somebody asks for the answer about a person; whoever works it out holds a lease, as with a job.

    ``attempts`` counts how often it was begun for ``revision`` without an end.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="answering")
    asked_at = models.DateTimeField()
    language = models.CharField(max_length=5, default="en")
    revision = models.PositiveIntegerField(default=0)
    attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    took_s = models.FloatField(null=True, blank=True)

    objects: ClassVar[OwnedQuery[Answering]] = OwnedQuery.as_manager()  # type: ignore[assignment]
