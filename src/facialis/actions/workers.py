"""Several recordings at once, each worker a process of its own.

A worker that dies takes only its own recording with it. Workers are spawned (native libraries do not survive a fork)
and lead a process group each, so that stopping facialis stops them and whatever they started. When facialis is killed,
they tidy up and end by themselves.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Generic, TypeVar

from facialis.core.messages import said

__all__ = ["Died", "run_here", "run_in_processes"]

TIDY_S = 3.0  # chosen: enough to remove a half-written folder, short enough for a person who waits; 1-10 s

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")
Report = Callable[[str, float], None]


class Died(Exception):
    """A worker ended without an answer."""


@dataclass
class _Worker(Generic[Task]):
    process: SpawnProcess
    pipe: Connection
    task: Task | None = None


def run_here(
    work: Callable[[Task, Report], Outcome], tasks: Iterator[Task], report: Callable[[Task, str, float], None]
) -> Generator[tuple[Task, Outcome | Died], None, None]:
    """Do all tasks in this process, one after the other; yields each with its answer."""
    for task in tasks:
        yield task, work(task, partial(report, task))


def run_in_processes(
    work: Callable[[Task, Report], Outcome],
    tasks: Iterator[Task],
    *,
    jobs: int,
    report: Callable[[Task, str, float], None],
) -> Generator[tuple[Task, Outcome | Died], None, None]:
    """Do all tasks in ``jobs`` processes; yields each with its answer, in the order in which they end.

    ``work`` must be importable and must not raise. Tasks are drawn when a worker is free. When the generator is closed,
    or interrupted, no worker is left.
    """
    idle: list[_Worker[Task]] = []
    busy: list[_Worker[Task]] = []
    put_off: list[Task] = []
    more = True
    try:
        while True:
            while more and len(busy) < jobs:
                task = put_off.pop() if put_off else next(tasks, None)
                if task is None:
                    more = False
                    break
                try:
                    worker = idle.pop() if idle else _start(work)
                except OSError:  # the system lets no more be started: go on with those there are, or here
                    if busy:
                        put_off.append(task)
                        jobs = len(busy)
                    else:
                        yield task, work(task, partial(report, task))
                    continue
                busy.append(worker)
                worker.task = task
                # A worker that is already dead shows as the end of its pipe below.
                with contextlib.suppress(BrokenPipeError):
                    worker.pipe.send(task)
            if not busy:
                return
            ready = wait([worker.pipe for worker in busy])
            for worker in [worker for worker in busy if worker.pipe in ready]:
                task = worker.task
                assert task is not None
                try:
                    kind, content = worker.pipe.recv()
                except (EOFError, OSError):
                    kind, content = "answer", _died(worker)
                if kind == "progress":
                    report(task, *content)
                    continue
                busy.remove(worker)
                if isinstance(content, Died):
                    worker.pipe.close()
                else:
                    idle.append(worker)
                yield task, content
    finally:
        _end(idle + busy)


def _start(work: Callable[[Task, Report], Outcome]) -> _Worker[Task]:
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe()
    process = spawn.Process(target=_serve, args=(work, theirs))
    process.start()
    theirs.close()
    return _Worker(process=process, pipe=ours)


def _died(worker: _Worker[Task]) -> Died:
    worker.process.join(TIDY_S)
    code = worker.process.exitcode
    how = signal.Signals(-code).name if code is not None and code < 0 else f"exit code {code}"
    return Died(said("worker_died", how=how)["message"])


def _serve(work: Callable[[Task, Report], Outcome], pipe: Connection) -> None:
    if hasattr(os, "setsid"):
        os.setsid()  # a Ctrl-C in the terminal is for the parent, which then ends this group
    signal.signal(signal.SIGINT, signal.default_int_handler)
    threading.Thread(target=_end_with_parent, daemon=True).start()

    def report(stage: str, share: float) -> None:
        try:
            pipe.send(("progress", (stage, share)))
        except OSError:
            raise KeyboardInterrupt from None  # the parent is gone: tidy up and end

    try:
        while True:
            task = pipe.recv()
            pipe.send(("answer", work(task, report)))
    except (KeyboardInterrupt, EOFError, OSError):
        return


def _end_with_parent() -> None:
    """A parent that is killed tells nobody: stop as it would have stopped this worker, and end whatever is left."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    wait([parent.sentinel])
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpid(), signal.SIGINT)
        time.sleep(TIDY_S)  # the process is gone before, unless tidying hangs
        os.killpg(os.getpid(), signal.SIGKILL)
    os._exit(1)


def _end(workers: list[_Worker[Task]]) -> None:
    for worker in workers:
        worker.pipe.close()
        if worker.task is not None:
            _signal(worker.process, signal.SIGINT)
    until_s = time.monotonic() + TIDY_S
    for worker in workers:
        worker.process.join(max(0.0, until_s - time.monotonic()))
        if worker.process.is_alive():
            _signal(worker.process, getattr(signal, "SIGKILL", signal.SIGTERM))
            worker.process.kill()
            worker.process.join()
        worker.process.close()


def _signal(process: SpawnProcess, signum: int) -> None:
    if process.pid is None:
        return
    # Its group where it has made one already, else the process alone; it may just have ended.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg") and os.getpgid(process.pid) == process.pid:
            os.killpg(process.pid, signum)
        else:
            process.kill()
