"""A job: one recording to be measured."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from facialis.app.ownership import Owned, OwnedQuery
from facialis.app.recordings.models import Recording

__all__ = ["Job"]


class Job(Owned):
    """One recording to be measured.

    Whoever works on it holds a lease and renews it; a lease that has run out, as after a power cut, gives the job back.
    ``attempts`` counts how often it was begun; a job whose worker died too often has failed.
    """

    class State(models.TextChoices):
        """What has become of it."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        STOPPED = "stopped"

    SHARED: ClassVar = ("recording__person", "recordings")

    recording = models.OneToOneField(Recording, on_delete=models.CASCADE, related_name="job")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING, db_index=True)
    language = models.CharField(max_length=5, default="en")
    attempts = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    stop_asked = models.BooleanField(default=False)
    error_code = models.CharField(max_length=40, blank=True)
    error_message = models.TextField(blank=True)
    error_advice = models.TextField(blank=True)

    objects: ClassVar[OwnedQuery[Job]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.state in (Job.State.WAITING, Job.State.RUNNING)
