"""The worker: a process of its own that measures one recording after the other.

The film is decoded in a confined child of it, as on the command line. Its parent holds the other end of its standard
input: when that closes, however the parent ended, the worker stops as well.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from types import FrameType

from django.db import connection, transaction

from facialis.actions.analyse import Outcome, Task, analyse_one
from facialis.app.jobs.models import Job
from facialis.app.jobs.progress import forget_progress, write_progress
from facialis.app.jobs.queue import end, fail, renew, return_unharmed, take
from facialis.app.recordings.models import Recording
from facialis.core.occasion import Told
from facialis.core.settings import Settings

__all__ = ["Worker", "main"]

_LOOK_S = 0.5  # chosen: how long a new recording waits for its worker; 0.2 - 2 s
_RENEW_S = 1.0  # chosen: how soon a worker hears that it shall stop, well within a lease; 0.5 - 5 s
_TIDY_S = 5.0  # chosen: enough to remove what is half-written; 2 - 15 s
_SHOW_S = 0.3  # chosen: the page asks once per second; 0.1 - 1 s


class _Stopping(BaseException):
    """The work is to be left; not an `Exception`, so that nothing on the way takes it for a fault of the recording."""


class Worker:
    """Takes jobs and does them until it is told to leave.

    Parameters
    ----------
    name
        By which its jobs are known.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.leaving = threading.Event()

    def run(self) -> None:
        """Work until told to leave."""
        while not self.leaving.is_set():
            if not self.do_one():
                self.leaving.wait(_LOOK_S)

    def do_one(self) -> bool:
        """Do the job that has waited longest; False where there is none."""
        job = take(self.name)
        if job is None:
            return False
        lost = threading.Event()
        done = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(job, lost, done), daemon=True)
        keeper.start()
        try:
            outcome = _measure(job, self._reporter(job, lost))
        except _Stopping:
            outcome = None
        finally:
            done.set()
            keeper.join()
            forget_progress(job.pk)
        self._settle(job, outcome)
        return True

    def _keep(self, job: Job, lost: threading.Event, done: threading.Event) -> None:
        try:
            while not done.wait(_RENEW_S):
                if not renew(job, self.name):
                    lost.set()
                    return
        finally:
            connection.close()  # each thread has its own

    def _reporter(self, job: Job, lost: threading.Event) -> Callable[[str, float], None]:
        began_s = time.monotonic()
        shown_s = 0.0

        def report(stage: str, share: float) -> None:
            nonlocal shown_s
            if lost.is_set() or self.leaving.is_set():
                raise _Stopping
            now_s = time.monotonic()
            if now_s - shown_s >= _SHOW_S:
                shown_s = now_s
                write_progress(job.pk, stage, share, began_s)

        return report

    def _settle(self, job: Job, outcome: Outcome | None) -> None:
        if not Job.objects.filter(pk=job.pk).exists():  # deleted meanwhile, with all that was there of it by then
            shutil.rmtree(job.recording.folder, ignore_errors=True)
        elif outcome is None:
            if self.leaving.is_set() and renew(job, self.name):
                return_unharmed(job, self.name)
            else:
                end(job, self.name, Job.State.STOPPED)
        elif outcome.error is not None:
            fail(job, self.name, outcome.error)
        else:
            with transaction.atomic():
                if end(job, self.name, Job.State.DONE):
                    Recording.objects.filter(pk=job.recording_id).update(measured=True)
                    job.recording.person.changed()


def _measure(job: Job, report: Callable[[str, float], None]) -> Outcome:
    recording = job.recording
    shutil.rmtree(recording.result, ignore_errors=True)
    told = Told(day=recording.day, mirrored=recording.mirrored, filmed=recording.filmed)  # type: ignore[arg-type]
    task = Task(
        number=0,
        video=recording.film,
        folder=recording.result,
        settings=Settings(),
        blocks=(),
        faces=True,
        told=told,
        language=job.language,
    )
    return analyse_one(task, report)


def main(name: str) -> None:
    """Work until the parent is gone or says so."""
    worker = Worker(name)

    def leave(_signum: int, _frame: FrameType | None) -> None:
        worker.leaving.set()

    for signum in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, signum):
            signal.signal(getattr(signal, signum), leave)
    threading.Thread(target=_leave_with_parent, args=(worker,), daemon=True).start()
    worker.run()


def _leave_with_parent(worker: Worker) -> None:
    while os.read(0, 1):
        pass
    worker.leaving.set()
    time.sleep(_TIDY_S)  # the process has ended before, unless it hangs
    os._exit(1)
