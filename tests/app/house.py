"""A casebook for tests: Django set up once in a folder of its own, and a fresh casebook for each test."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from facialis.app.place import Place
from facialis.app.start import prepare
from facialis.app.vault.installation import make_installation_key

if TYPE_CHECKING:
    from django.test import Client

    from facialis.app.accounts.models import Account

__all__ = ["LogIn", "move_in", "set_up"]

LogIn = Callable[[str], "tuple[Account, Client]"]


@cache
def set_up() -> Path:
    """Django, ready, with quick passwords; returns a database in the form of today, to be copied."""
    place = Place(Path(tempfile.mkdtemp(prefix="casebook-")))
    prepare(place)
    from django.conf import settings
    from django.db import connection

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    connection.close()
    return place.database


def move_in(root: Path) -> Place:
    """A fresh casebook in ``root``, which Django speaks to from now on."""
    from django.conf import settings
    from django.db import connection

    model = set_up()
    from facialis.app.course import answers

    place = Place(root)
    place.make()
    make_installation_key(place.vault)
    connection.close()
    shutil.copyfile(model, place.database)
    connection.settings_dict["NAME"] = str(place.database)
    settings.PLACE = place
    settings.DATABASES["default"]["NAME"] = place.database
    answers._READ.clear()  # the people of another casebook have the same numbers
    return place
