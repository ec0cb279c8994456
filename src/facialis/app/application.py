"""The casebook as Django knows it: one application, so that its tables have one history."""

from __future__ import annotations

from django.apps import AppConfig

__all__ = ["Casebook"]


class Casebook(AppConfig):
    """All nouns of the casebook."""

    name = "facialis.app"
    label = "casebook"
