"""A set of films to be rated blind, who rates it, and each film as one of them sees it."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from facialis.app.ownership import Owned, OwnedQuery
from facialis.app.recordings.models import Recording, new_token

__all__ = ["UNRATEABLE", "Film", "Rater", "RatingSet", "Turn", "new_seed"]

UNRATEABLE = "unrateable"
"""What stands for an answer where a rater could not judge."""


def new_seed() -> int:
    """What decides an order; small enough for any database."""
    return secrets.randbelow(2**31)


class RatingSet(Owned):
    """A set of films that are rated with one scale, made by its ``owner``. ``repeats``: share that is shown twice.

    ``name`` is for the owner alone: it may say more than a rater shall know. ``closed_at``: when the owner ended it.
    """

    name = models.CharField(max_length=80)
    scale = models.CharField(max_length=40)
    repeats = models.FloatField(default=0.2)
    seed = models.PositiveBigIntegerField(default=new_seed)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OwnedQuery[RatingSet]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """The latest first."""

        ordering: ClassVar = ["-pk"]

    @property
    def is_open(self) -> bool:
        """Whether somebody may still rate."""
        return self.closed_at is None and self.raters.filter(done_at=None).exists()


class Film(Owned):
    """A recording of a set, or a stretch of one in seconds of it; it goes with the recording.

    ``number`` is what it is called in the set. ``tries`` counts how often a worker began to make what is played of it.
    """

    MOST_TRIES: ClassVar = 3  # chosen: as often as a measurement is begun; 2 - 5

    rating_set = models.ForeignKey(RatingSet, on_delete=models.CASCADE, related_name="films")
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="rated")
    number = models.PositiveIntegerField()
    start_s = models.FloatField(null=True, blank=True)
    stop_s = models.FloatField(null=True, blank=True)
    ready = models.BooleanField(default=False)
    tries = models.PositiveSmallIntegerField(default=0)

    objects: ClassVar[OwnedQuery[Film]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """In the order in which they were chosen."""

        ordering: ClassVar = ["number"]

    @property
    def failed(self) -> bool:
        """Whether nothing of it can be played."""
        return not self.ready and self.tries >= self.MOST_TRIES


class Rater(Owned):
    """Somebody who rates a set: its ``owner``.

    ``practised``: what they answered last of each film for practice, by its key: ``answers``, ``taps_s``, and ``at``,
    when, as ISO 8601. It counts nowhere, and nobody else sees more of it than when.
    """

    rating_set = models.ForeignKey(RatingSet, on_delete=models.CASCADE, related_name="raters")
    token = models.CharField(max_length=32, unique=True, default=new_token)
    practised = models.JSONField(default=dict)
    done_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OwnedQuery[Rater]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """In the order in which they were asked, each once."""

        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["rating_set", "owner"], name="rater_once_in_a_set")]

    @property
    def practised_at(self) -> datetime | None:
        """When they answered a film for practice last; None: they have not."""
        times = [datetime.fromisoformat(one["at"]) for one in self.practised.values()]
        return max(times, default=None)


class Turn(Owned):
    """A film as a rater sees it: in their order, under a name of its own, with what they answered.

    ``film`` may be gone: then what was answered stays as a snapshot. ``number``, ``start_s`` and ``stop_s`` are those
    of the film. ``answers`` holds a value or `UNRATEABLE` by part; ``taps_s`` are seconds of what was played.
    """

    rater = models.ForeignKey(Rater, on_delete=models.CASCADE, related_name="turns")
    film = models.ForeignKey(Film, on_delete=models.DO_NOTHING, db_constraint=False, related_name="turns")
    number = models.PositiveIntegerField()
    start_s = models.FloatField(null=True, blank=True)
    stop_s = models.FloatField(null=True, blank=True)
    place = models.PositiveIntegerField()
    repeat = models.PositiveSmallIntegerField(default=1)
    token = models.CharField(max_length=32, unique=True, default=new_token)
    answers = models.JSONField(default=dict)
    taps_s = models.JSONField(default=list)
    took_s = models.FloatField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[OwnedQuery[Turn]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """In the rater's order."""

        ordering: ClassVar = ["place"]

    def finish(self) -> None:
        """Say that it has been rated now."""
        self.done_at = timezone.now()

    def answered(self, part: str) -> Any:
        """What was answered; None: nothing yet."""
        return self.answers.get(part)
