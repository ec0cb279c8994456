"""One step of a review. Steps are added and never changed: the review is what they amount to."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from facialis.app.ownership import Owned, OwnedQuery
from facialis.app.recordings.models import Recording

__all__ = ["Step", "Verdict"]


class Verdict(models.TextChoices):
    """What may be said of an event."""

    ACCEPT = "accept"
    REJECT = "reject"
    UNSURE = "unsure"


class Step(Owned):
    """One step: who (``owner``), when (``made_at``), and what.

    ``event`` and ``verdict`` belong to a judgement; ``start_s``, ``stop_s`` (seconds from the first frame) and
    ``reason`` to a stretch that shall not count; ``of`` is the step of the stretch that shall count again. An event
    that is added has its ends, ``kind``, ``side`` and ``region``; one that is moved has its new ends, and is named by
    ``event`` or, if it was added, by ``of``, as one that is removed.
    """

    class Deed(models.TextChoices):
        """What was done."""

        JUDGE = "judge"
        EXCLUDE = "exclude"
        INCLUDE = "include"
        UNDO = "undo"
        REDO = "redo"
        ADD = "add"
        MOVE = "move"
        REMOVE = "remove"

    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="steps")
    deed = models.CharField(max_length=10, choices=Deed)
    event = models.CharField(max_length=80, blank=True)
    verdict = models.CharField(max_length=10, choices=Verdict, blank=True)
    start_s = models.FloatField(null=True, blank=True)
    stop_s = models.FloatField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=20, blank=True)
    side = models.CharField(max_length=10, blank=True)
    region = models.CharField(max_length=40, blank=True)
    of = models.PositiveBigIntegerField(null=True, blank=True)

    objects: ClassVar[OwnedQuery[Step]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """In the order in which they were taken."""

        ordering: ClassVar = ["pk"]
