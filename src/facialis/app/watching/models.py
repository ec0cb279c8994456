"""What was made of a recording for its page, after it was measured."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from facialis.app.ownership import Owned, OwnedQuery
from facialis.app.recordings.models import Recording

__all__ = ["Viewing"]


class Viewing(Owned):
    """How a recording is watched. ``misses``: moments that the detector saw and did not tell; None: not looked for yet.

    ``tries`` counts how often a worker began; one that died of it too often does not begin again.
    """

    class State(models.TextChoices):
        """What plays in the page."""

        WAITING = "waiting"
        FILM = "film"
        ASKED = "asked"
        COPY = "copy"
        FAILED = "failed"

    recording = models.OneToOneField(Recording, on_delete=models.CASCADE, related_name="viewing")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    misses = models.JSONField(null=True, blank=True)

    objects: ClassVar[OwnedQuery[Viewing]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    @property
    def is_open(self) -> bool:
        """Whether something is still to be made."""
        return self.state in (Viewing.State.WAITING, Viewing.State.ASKED)
