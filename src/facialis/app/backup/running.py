"""A backup that somebody has begun in the page: one at a time, in a thread of its own, and how far it is."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from facialis.app.backup.automatic import keep_last
from facialis.app.backup.locks import Lock
from facialis.app.backup.making import make_backup
from facialis.app.jobs.progress import Progress
from facialis.app.place import Place
from facialis.core.errors import FacialisError, InputError
from facialis.core.messages import as_error, said

__all__ = ["State", "begin", "file_in", "state"]


@dataclass
class State:
    """The last backup that was begun. ``error``: why there is none; ``target``: where it lies once ``done``."""

    target: Path
    began_s: float
    share: float = 0.0
    done: bool = False
    error: FacialisError | None = None

    @property
    def progress(self) -> Progress:
        """How far it is, as a page shows it."""
        return Progress(stage="sealing", share=self.share, spent_s=time.monotonic() - self.began_s)


_BEGIN = threading.Lock()
_states: list[State] = []


def state() -> State | None:
    """The last backup that was begun since the casebook was opened."""
    return _states[-1] if _states else None


def file_in(folder: Path) -> Path:
    """What a backup is called in a folder: by the minute, so that none takes the place of another."""
    return folder / f"facialis-{datetime.now().astimezone():%Y-%m-%d-%H%M}.backup"


def begin(place: Place, folder: Path, lock: Lock) -> State:
    """Begin a backup into a folder.

    Raises
    ------
    InputError
        There is no such folder, it is the casebook's own, or another backup is under way.
    """
    if not folder.is_dir():
        raise InputError(**said("backup_no_folder", folder=folder))
    if folder.resolve().is_relative_to(place.root.resolve()):
        raise InputError(**said("backup_own_folder"))
    with _BEGIN:
        now = state()
        if now is not None and not now.done:
            raise InputError(**said("backup_under_way"))
        made = State(file_in(folder), time.monotonic())
        _states[:] = [made]
    threading.Thread(target=_run, args=(place, lock, made), name="backup", daemon=True).start()
    return made


def _run(place: Place, lock: Lock, made: State) -> None:
    def report(share: float) -> None:
        made.share = share

    try:
        keep_last(place, made.target, make_backup(place, made.target, lock, report=report))
    except Exception as error:  # noqa: BLE001 - the page says what it was
        made.error = as_error(error)
    finally:
        made.done = True
