"""Workers answer, die alone, and leave nobody behind."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from facialis.actions.workers import Died, run_here, run_in_processes

Report = Callable[[str, float], None]

ROOT = Path(__file__).resolve().parents[2]


def double(task: int, report: Report) -> int:
    report("doubling", 0.5)
    return 2 * task


def die_at_three(task: int, report: Report) -> int:
    report("about to live or die", 0.5)
    if task == 3:
        os.kill(os.getpid(), signal.SIGSEGV)
    return task


def hang_with_a_child(task: Path, report: Report) -> int:
    try:
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        task.write_text(f"{os.getpid()} {child.pid}")
        report("hanging", 0.0)
        child.wait()
    finally:
        task.with_suffix(".tidied").touch()
    return 0


def ignore(_task: object, _stage: str, _share: float) -> None:
    return None


def gone(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return True
    return state == "Z"


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_task_is_answered_and_reported(jobs: int) -> None:
    reports: list[tuple[int, str, float]] = []
    tasks = iter(range(5))
    if jobs == 1:
        answers = dict(run_here(double, tasks, lambda *row: reports.append(row)))
    else:
        answers = dict(run_in_processes(double, tasks, jobs=jobs, report=lambda *row: reports.append(row)))
    assert answers == {n: 2 * n for n in range(5)}
    assert sorted(reports) == [(n, "doubling", 0.5) for n in range(5)]


def test_a_worker_that_dies_takes_only_its_own_task_with_it() -> None:
    answers = dict(run_in_processes(die_at_three, iter(range(6)), jobs=2, report=ignore))
    died = answers.pop(3)
    assert isinstance(died, Died)
    assert "SIGSEGV" in str(died)
    assert answers == {n: n for n in (0, 1, 2, 4, 5)}


def test_stopping_ends_workers_and_their_children_after_tidying(tmp_path: Path) -> None:
    marks = [tmp_path / "0", tmp_path / "1"]
    hanging = 0

    def stop_when_both_hang(_task: Path, _stage: str, _share: float) -> None:
        nonlocal hanging
        hanging += 1
        if hanging == 2:
            raise KeyboardInterrupt

    started_s = time.monotonic()
    with (
        pytest.raises(KeyboardInterrupt),
        closing(run_in_processes(hang_with_a_child, iter(marks), jobs=2, report=stop_when_both_hang)) as answers,
    ):
        next(answers)
    assert time.monotonic() - started_s < 20
    for mark in marks:
        assert mark.with_suffix(".tidied").exists()
        for pid in map(int, mark.read_text().split()):
            assert gone(pid), f"process {pid} of {mark} lives on"


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux (states of processes)")
def test_when_facialis_is_killed_its_workers_tidy_up_and_end_at_once(tmp_path: Path) -> None:
    marks = [tmp_path / "0", tmp_path / "1"]
    script = (
        "import os, signal, sys\nfrom pathlib import Path\n"
        "from facialis.actions.workers import run_in_processes\n"
        "from tests.actions.test_workers import hang_with_a_child\n"
        "hanging = []\n"
        "def kill_when_both_hang(*_):\n"
        "    hanging.append(1)\n"
        "    if len(hanging) == 2: os.kill(os.getpid(), signal.SIGKILL)\n"
        "tasks = iter(Path(path) for path in sys.argv[1:])\n"
        "next(run_in_processes(hang_with_a_child, tasks, jobs=2, report=kill_when_both_hang))\n"
    )
    done = subprocess.run([sys.executable, "-c", script, *map(str, marks)], check=False, cwd=ROOT)
    assert done.returncode == -signal.SIGKILL
    for pid in (int(pid) for mark in marks for pid in mark.read_text().split()):
        with contextlib.suppress(ProcessLookupError):
            watch = os.pidfd_open(pid)
            assert select.select([watch], [], [], 10)[0], f"process {pid} lives on"
            os.close(watch)
    assert all(mark.with_suffix(".tidied").exists() for mark in marks)


@pytest.mark.skipif(sys.platform == "win32", reason="needs Linux or macOS (limits of processes)")
@pytest.mark.parametrize("spare", [0, 2, 12])
def test_where_no_worker_can_be_started_the_tasks_are_done_all_the_same(spare: int) -> None:
    script = (
        "import os, resource, sys\n"
        "from facialis.actions.workers import run_in_processes\nfrom tests.actions.test_workers import double\n"
        "most = max(map(int, os.listdir('/dev/fd'))) + int(sys.argv[1])\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))\n"
        "done = run_in_processes(double, iter(range(3)), jobs=3, report=lambda *_: None)\n"
        "print(sorted(task for task, answer in done if answer == 2 * task))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(spare)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.stdout == "[0, 1, 2]\n", done.stderr
