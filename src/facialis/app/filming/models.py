"""A camera whose left and right are known."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from facialis.app.ownership import Owned, OwnedQuery

__all__ = ["Camera"]


class Camera(Owned):
    """A camera of an account, and whether it gives pictures as in a mirror: asked once, by raising a hand.

    ``key`` is what the browser calls it, another word for each installation; ``name`` is for people.
    """

    key = models.CharField(max_length=128)
    name = models.CharField(max_length=200, blank=True)
    mirrored = models.BooleanField()

    objects: ClassVar[OwnedQuery[Camera]] = OwnedQuery.as_manager()  # type: ignore[assignment]

    class Meta:
        """Each once an account."""

        constraints: ClassVar = [models.UniqueConstraint(fields=["owner", "key"], name="one_camera_of_a_key")]
