"""A recording of a person, and an upload that is to become one."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models

from facialis.app.ownership import Owned, OwnedQuery
from facialis.app.people.models import Person

__all__ = ["Recording", "Upload", "new_token"]


def new_token() -> str:
    """A name that nobody can guess, for a file or a folder."""
    return secrets.token_hex(16)


class _Filmed(Owned):
    """What the person says of a film."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=32, unique=True, default=new_token)
    day = models.DateField()
    mirrored = models.BooleanField(default=False)
    filmed = models.CharField(max_length=10, default="planned")

    class Meta:
        """No table of its own."""

        abstract = True


class Recording(_Filmed):
    """A film, or the result of one that is not here: ``container`` is empty then.

    ``name`` is that of its folder among a person's sessions; ``shown_name`` is what the file was called.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recordings")
    name = models.CharField(max_length=200)
    shown_name = models.CharField(max_length=200, blank=True)
    container = models.CharField(max_length=20, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    measured = models.BooleanField(default=False)

    objects: ClassVar[OwnedQuery[Recording]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """The latest first."""

        ordering: ClassVar = ["-day", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "name"], name="one_recording_of_a_name")]

    @property
    def folder(self) -> Path:
        """Where all of it lies."""
        return Path(settings.PLACE.recordings) / self.token

    @property
    def film(self) -> Path:
        """The film, exactly as it came."""
        return self.folder / "film"

    @property
    def result(self) -> Path:
        """What was measured: a folder as ``facialis analyse`` writes it."""
        return self.folder / "result"


class Upload(_Filmed):
    """A film that is coming in, piece by piece. How much of it is here is the size of its file."""

    shown_name = models.CharField(max_length=200, blank=True)
    size_bytes = models.PositiveBigIntegerField()

    objects: ClassVar[OwnedQuery[Upload]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    @property
    def path(self) -> Path:
        """Where it comes in."""
        return Path(settings.PLACE.incoming) / self.token
