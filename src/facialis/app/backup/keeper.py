"""What is done by itself while the casebook is open: the backup of the day, and emptying the bin of what is due."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import date

from django.conf import settings
from django.db import Error, connection

from facialis.app.backup.automatic import make_daily
from facialis.app.bin.deeds import empty_due
from facialis.app.bin.erasing import finish_erasing
from facialis.app.bundle.taking import end_due
from facialis.app.comments.deeds import forget_gone
from facialis.core.errors import FacialisError

__all__ = ["Keeper", "look_after"]

_EVERY_S = 60.0  # chosen: what is due goes within that; 10 s - 1 h


def look_after() -> None:
    """Do once what is to be done now; what fails (a full disk) is tried again the next time."""
    with suppress(Error, OSError, FacialisError):
        empty_due()
        end_due()
        forget_gone()
        finish_erasing()
    with suppress(Error, OSError, FacialisError):
        make_daily(settings.PLACE, date.today())  # noqa: DTZ011 - a person's own calendar day


class Keeper:
    """Looks after the casebook every minute, for as long as it is used in a ``with`` statement."""

    def __init__(self) -> None:
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="keeper", daemon=True)

    def __enter__(self) -> Keeper:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._thread.join(_EVERY_S)

    def _watch(self) -> None:
        try:
            while not self._leaving.is_set():
                look_after()
                self._leaving.wait(_EVERY_S)
        finally:
            connection.close()
