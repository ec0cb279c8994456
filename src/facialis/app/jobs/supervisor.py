"""Starts a worker, and another one when it dies; what it was working on is given back at once."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
import sys
import threading
from typing import Protocol

from facialis.app.jobs.queue import give_back

__all__ = ["Supervisor"]

_TIDY_S = 5.0  # chosen: enough to leave a recording and remove what is half-written; 2 - 15 s
_AGAIN_S = 1.0  # chosen: a worker that cannot start must not be started without end; 0.5 - 10 s


class _GiveBack(Protocol):
    def __call__(self, *, worker: str, unharmed: bool = False) -> None: ...


class Supervisor:
    """Keeps one worker running for as long as it is used in a ``with`` statement.

    Parameters
    ----------
    work
        The function of `facialis.app.start` that the worker's process runs.
    return_work
        Gives back what a worker that is gone was working on.

    Attributes
    ----------
    worker
        The number of its process; None until it is started.
    """

    def __init__(self, work: str = "work", return_work: _GiveBack = give_back) -> None:
        self.worker: int | None = None
        self._work, self._return = work, return_work
        self._leaving = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="worker", daemon=True)

    def __enter__(self) -> Supervisor:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._leaving.set()
        self._thread.join(2 * _TIDY_S)

    def _watch(self) -> None:
        from django.db import connection

        try:
            while not self._leaving.is_set():
                name = secrets.token_hex(8)
                self._run(name)
                self._return(worker=name, unharmed=self._leaving.is_set())
                self._leaving.wait(_AGAIN_S)
        finally:
            connection.close()

    def _run(self, name: str) -> None:
        command = [sys.executable, "-c", f"from facialis.app.start import {self._work}; {self._work}()", name]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL) as worker:
            self.worker = worker.pid
            while worker.poll() is None and not self._leaving.wait(0.2):
                pass
            if worker.stdin is not None:
                worker.stdin.close()  # its sign to leave
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.wait(_TIDY_S)
            worker.kill()
