"""From a folder to a casebook that can be asked: its key, Django, and tables in the form of this facialis."""

from __future__ import annotations

import logging
import os
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from facialis.app.place import Place
from facialis.app.vault.installation import installation_key, make_installation_key
from facialis.core.errors import OutputError
from facialis.core.messages import said
from facialis.core.version import __version__

__all__ = ["prepare", "ready", "work", "work_out_answers"]

_KEPT_BACKUPS = 10  # chosen: one for each of the last changes of form; 3 - 50


def prepare(place: Place, sealing: Callable[[float], None] | None = None) -> None:
    """Make the folder ready and bring its tables into the form of this facialis; a copy is kept from before.

    Films and results from before there were keys are sealed; ``sealing`` is called with the share (0-1) that is done.

    Raises
    ------
    OutputError
        The folder cannot be used, or a newer facialis has written it.
    FormatError
        The key of the installation is gone.
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
    _find_key(place)
    _open_restored(place)
    from facialis.app.accounts.sessions import forget_ended
    from facialis.app.bin.erasing import finish_erasing
    from facialis.app.bundle.arriving import forget_arrivals
    from facialis.app.bundle.taking import end_due
    from facialis.app.comments.deeds import forget_gone
    from facialis.app.people.deeds import forget_removed
    from facialis.app.recordings.store import forget_strays
    from facialis.app.recordings.uploads import forget_old
    from facialis.app.vault.moving import move_in
    from facialis.app.vault.plain import clear_private

    clear_private()
    forget_ended()
    forget_old()
    forget_strays()
    forget_arrivals()
    end_due()
    move_in(sealing)
    finish_erasing()
    forget_removed()
    forget_gone()


def ready() -> None:
    """Set Django up for the folder named in the environment."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "facialis.app.settings"
    import django

    django.setup()
    # What is refused names an address, and some addresses are secrets; a fault is told, with where it happened.
    logging.getLogger("django").setLevel(logging.ERROR)


def work() -> None:
    """What the process of a worker that measures runs; its name is its only argument."""
    ready()
    from facialis.app.jobs.worker import main

    main(sys.argv[1])


def _find_key(place: Place) -> None:
    """Make the key that wraps all others, unless there are others already: another one would open none of them."""
    from facialis.app.bundle.models import BundleAddress
    from facialis.app.sharing.models import Issued
    from facialis.app.vault.models import PersonKey

    if any(kind.objects.exists() for kind in (PersonKey, Issued, BundleAddress)):
        installation_key(place.vault)
    else:
        make_installation_key(place.vault)


def _open_restored(place: Place) -> None:
    """Of a casebook that came out of a backup: what was stopped since that was made does not come to life again."""
    if place.restored.exists():
        from facialis.app.sharing.deeds import end_all_shares

        end_all_shares()
        place.restored.unlink()


def work_out_answers() -> None:
    """What the process of a worker that works answers out runs; its name is its only argument."""
    ready()
    from facialis.app.course.answerer import main

    main(sys.argv[1])


def _migrate(place: Place) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    known = executor.loader.disk_migrations
    if any(
        step not in known for step in executor.loader.applied_migrations if step[0] in executor.loader.migrated_apps
    ):
        raise OutputError(**said("casebook_newer", folder=place.root, version=__version__))
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return
    if connection.introspection.table_names():
        _back_up(place)
    call_command("migrate", verbosity=0, interactive=False)


def _back_up(place: Place) -> Path:
    """A whole copy of the database, whatever is being written; the oldest copies go."""
    from facialis.app.backup.making import copy_database

    moment = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
    target = place.backups / f"{moment}-before-{__version__}.sqlite3"
    part = target.with_suffix(".part")
    copy_database(place.database, part)
    part.chmod(0o600)
    part.replace(target)
    for old in sorted(place.backups.glob("*.sqlite3"))[:-_KEPT_BACKUPS]:
        old.unlink()
    return target
