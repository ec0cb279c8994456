"""From a folder to a casebook that can be asked: its key, Django, and tables in the form of this facialis."""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from facialis.app.place import Place

__all__ = ["prepare", "ready", "work"]

_KEPT_BACKUPS = 10  # chosen: one for each of the last changes of form; 3 - 50


def prepare(place: Place) -> None:
    """Make the folder ready and bring its tables into the form of this facialis; a copy is kept from before.

    Raises
    ------
    OutputError
        The folder cannot be used.
    """
    place.make()
    if not place.secret.exists():
        handle = os.open(place.secret, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    os.environ["FACIALIS_DATA"] = str(place.root.absolute())
    ready()
    _migrate(place)
    place.database.chmod(0o600)
    from facialis.app.recordings.store import forget_strays
    from facialis.app.recordings.uploads import forget_old

    forget_old()
    forget_strays()


def ready() -> None:
    """Set Django up for the folder named in the environment."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "facialis.app.settings"
    import django

    django.setup()


def work() -> None:
    """What a worker's process runs; its name is its only argument."""
    ready()
    from facialis.app.jobs.worker import main

    main(sys.argv[1])


def _migrate(place: Place) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if connection.introspection.table_names():
        _back_up(place)
    call_command("migrate", verbosity=0, interactive=False)


def _back_up(place: Place) -> Path:
    """A whole copy of the database, whatever is being written; the oldest copies go."""
    import sqlite3

    from facialis.core.version import __version__

    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    target = place.backups / f"{moment}-before-{__version__}.sqlite3"
    part = target.with_suffix(".part")
    with closing(sqlite3.connect(place.database)) as source, closing(sqlite3.connect(part)) as copy:
        source.backup(copy)
    part.chmod(0o600)
    part.replace(target)
    for old in sorted(place.backups.glob("*.sqlite3"))[:-_KEPT_BACKUPS]:
        old.unlink()
    return target
