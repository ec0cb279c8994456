"""Loops that are being made while somebody waits for them: one after the other, and how far each is."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field

from django.db import connection

from facialis.app.jobs.progress import Progress
from facialis.app.recordings.models import Recording
from facialis.app.watching.loops import make_loop
from facialis.core.errors import FacialisError, InputError
from facialis.core.knowledge import language, spoken
from facialis.core.messages import as_error, said
from facialis.core.records import Event

__all__ = ["Making", "begin", "making"]

_MOST = 8  # chosen: somebody who asks for more at once does not look at them; 3 - 20


@dataclass
class Making:
    """A loop that is being made. ``error``: why there is none; ``done``: it is kept, or failed."""

    began_s: float = field(default_factory=time.monotonic)
    share: float = 0.0
    error: FacialisError | None = None
    done: threading.Event = field(default_factory=threading.Event)

    @property
    def progress(self) -> Progress:
        """How far it is, as a page shows it."""
        return Progress(stage="films", share=self.share, spent_s=time.monotonic() - self.began_s)


_BEGIN, _TURN = threading.Lock(), threading.Lock()
_makings: dict[tuple[str, str], Making] = {}


def making(recording: Recording, name: str) -> Making | None:
    """A loop that is being made, or could not be made; None where nobody has asked for it."""
    return _makings.get((recording.token, name))


def begin(recording: Recording, name: str, event: Event) -> tuple[Making, bool]:
    """Begin to make a loop, unless it is being made already; returns how far it is, and whether it was begun.

    Raises
    ------
    InputError
        Too many are waiting.
    """
    with _BEGIN:
        for key in [key for key, one in _makings.items() if one.done.is_set()]:
            del _makings[key]
        made = _makings.get((recording.token, name))
        if made is not None:
            return made, False
        if len(_makings) >= _MOST:
            raise InputError(**said("loop_too_many"))
        made = _makings[recording.token, name] = Making()
    work = threading.Thread(target=_run, args=(recording, event, made, spoken()), name="loop", daemon=True)
    work.start()
    return made, True


def _run(recording: Recording, event: Event, made: Making, code: str) -> None:
    def report(share: float) -> None:
        made.share = share

    try:
        with _TURN, language(code):
            made.began_s = time.monotonic()
            make_loop(recording, event, report)
    except Exception as error:  # noqa: BLE001 - the page says what it was
        made.error = as_error(error)
    finally:
        made.done.set()
        connection.close()  # each thread has its own
