"""A recording of a person, and an upload that is to become one."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import ClassVar

from django.conf import settings
from django.db import models

from facialis.app.ownership import Owned, OwnedQuery
from facialis.app.people.models import Person

__all__ = ["FILM", "RESULT", "Recording", "Upload", "new_token"]

FILM, RESULT = "film", "result"
"""What a film and the folder of its result are called, wherever they lie."""


def new_token() -> str:
    """A name that nobody can guess, for a file or a folder."""
    return secrets.token_hex(16)


class _Filmed(Owned):
    """What the person says of a film, and what is known of how it was made.

    ``alone`` is ``yes``, ``no`` or empty: nobody has said. ``blocks`` are the parts of the protocol, each with
    ``name``, ``start_s`` and ``stop_s`` in seconds of the film; ``capture`` says how the page filmed it: codec, rate,
    what was lost. Both are empty for a film that another device made. ``as_filmed``: whether the file is as the camera
    wrote it: ``yes``, ``no`` (made smaller on its way) or ``unknown``. ``filmed`` is ``planned``, ``caught`` or empty,
    ``mirrored`` None and ``time`` None where nobody has said.
    """

    KEPT: ClassVar = (
        *("owner_id", "person_id", "token", "day", "time", "mirrored", "filmed", "alone"),
        *("blocks", "capture", "as_filmed"),
    )
    """What a recording takes over from its upload."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    token = models.CharField(max_length=32, unique=True, default=new_token)
    day = models.DateField()
    time = models.TimeField(null=True)
    mirrored = models.BooleanField(null=True)
    filmed = models.CharField(max_length=10, default="planned", blank=True)
    alone = models.CharField(max_length=3, blank=True)
    blocks = models.JSONField(default=list)
    capture = models.JSONField(default=dict)
    as_filmed = models.CharField(max_length=10, default="unknown")

    class Meta:
        """No table of its own."""

        abstract = True


class Recording(_Filmed):
    """A film, or the result of one that is not here: ``container`` is empty then.

    ``name`` is that of its folder among a person's sessions; ``shown_name`` is what the file was called.
    ``said_before``: what was said of how it was filmed before each correction, the first one first.
    """

    SHARED: ClassVar = ("person", "recordings")

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="recordings")
    name = models.CharField(max_length=200)
    shown_name = models.CharField(max_length=200, blank=True)
    container = models.CharField(max_length=20, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    measured = models.BooleanField(default=False)
    said_before = models.JSONField(default=list)

    objects: ClassVar[OwnedQuery[Recording]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """The latest first."""

        ordering: ClassVar = ["-day", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["person", "name"], name="one_recording_of_a_name")]

    @property
    def is_asked(self) -> bool:
        """Whether it is open why it was filmed, or which side is which: both decide what it counts for."""
        return not self.filmed or self.mirrored is None

    @property
    def folder(self) -> Path:
        """Where all of it lies."""
        return Path(settings.PLACE.recordings) / self.token

    @property
    def film(self) -> Path:
        """Where the film lies, sealed; read it by `facialis.app.recordings.store`."""
        return self.folder / FILM

    @property
    def result(self) -> Path:
        """Where the result lies, sealed: the files that ``facialis analyse`` writes."""
        return self.folder / RESULT


class Upload(_Filmed):
    """A film that is coming in, piece by piece. How much of it is here is the size of its file.

    ``size_bytes`` is None while it is still being filmed.
    """

    shown_name = models.CharField(max_length=200, blank=True)
    size_bytes = models.PositiveBigIntegerField(null=True)

    objects: ClassVar[OwnedQuery[Upload]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    @property
    def path(self) -> Path:
        """Where it comes in."""
        return Path(settings.PLACE.incoming) / self.token
