"""One line of the trail."""

from __future__ import annotations

from django.db import models

from facialis.app.ownership import Owned

__all__ = ["Entry"]


class Entry(Owned):
    """One deed. ``thing`` names what it was done to; it outlives the thing, and never holds what was written in it."""

    deed = models.CharField(max_length=40)
    thing = models.CharField(max_length=200, blank=True)
