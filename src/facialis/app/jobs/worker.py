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
from dataclasses import replace
from types import FrameType
from typing import Protocol

from django.db import connection, transaction

from facialis.actions.analyse import Outcome, Task, analyse_one
from facialis.app.audit.trail import note
from facialis.app.jobs.models import Job
from facialis.app.jobs.progress import forget_progress, write_progress
from facialis.app.jobs.queue import end, fail, put_in, renew, return_unharmed, take
from facialis.app.practice.painting import paint_one
from facialis.app.rating.films import make_one_film
from facialis.app.recordings.corrections import catch_up, told_of
from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import forget_stray, keep_result, plain_film
from facialis.app.vault.plain import private_folder
from facialis.app.watching.curves import keep_numbers
from facialis.app.watching.preparing import prepare_one, start_anew
from facialis.app.watching.tracks import keep_track
from facialis.core.messages import as_error
from facialis.core.records import Block, Session
from facialis.core.settings import Settings

__all__ = ["Worker", "main", "stay"]

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
        """Work until told to leave: what waits is measured first, then pages are prepared, then films for raters."""
        while not self.leaving.is_set():
            leaving = self.leaving.is_set
            if not (self.do_one() or prepare_one(leaving) or make_one_film(leaving) or paint_one(leaving)):
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
            forget_stray(job.recording.token)
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
                    _count(job)


def _count(job: Job) -> None:
    """Let a result count, with what was corrected meanwhile; measure again where left and right were."""
    now = Recording.objects.get(pk=job.recording_id)
    if not catch_up(now, told_of(job.recording)):
        put_in(Job.objects.get(pk=job.pk))
        return
    Recording.objects.filter(pk=now.pk).update(measured=True)
    start_anew(now.pk)
    now.person.changed()
    note(now.owner, "recording_measured", now.pk, person=now.person)


def _measure(job: Job, report: Callable[[str, float], None]) -> Outcome:
    """Measure a film that is plain only as long as that takes, and keep what was found."""
    recording = job.recording
    shutil.rmtree(recording.result, ignore_errors=True)
    found: list[Session] = []
    task = Task(
        number=0,
        video=recording.film,
        name=recording.shown_name or recording.day.isoformat(),
        folder=recording.result,
        settings=Settings(),
        blocks=tuple(Block(**block) for block in recording.blocks),
        faces=True,
        told=told_of(recording),
        language=job.language,
        also=found.append,
    )
    try:
        with plain_film(recording) as film, private_folder() as work:
            outcome = analyse_one(replace(task, video=film, folder=work / recording.result.name), report)
            if outcome.error is None and outcome.folder is not None:
                keep_result(recording, outcome.folder)
                for session in found:
                    keep_numbers(recording, session)
                    keep_track(recording, session.track)
            return outcome
    except Exception as error:  # noqa: BLE001 - the job has failed, not the worker
        return Outcome(number=0, video=recording.film, error=as_error(error))


def main(name: str) -> None:
    """Work until the parent is gone or says so."""
    stay(Worker(name))


class _Leaves(Protocol):
    leaving: threading.Event

    def run(self) -> None: ...


def stay(worker: _Leaves) -> None:
    """Let a worker run in this process until the parent is gone or says so."""

    def leave(_signum: int, _frame: FrameType | None) -> None:
        worker.leaving.set()

    for signum in ("SIGTERM", "SIGINT", "SIGHUP"):
        if hasattr(signal, signum):
            signal.signal(getattr(signal, signum), leave)
    threading.Thread(target=_leave_with_parent, args=(worker,), daemon=True).start()
    worker.run()


def _leave_with_parent(worker: _Leaves) -> None:
    while os.read(0, 1):
        pass
    worker.leaving.set()
    time.sleep(_TIDY_S)  # the process has ended before, unless it hangs
    os._exit(1)
