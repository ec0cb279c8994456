"""A standard stream that the caller closed changes nothing of what is measured."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from itertools import combinations
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

CLOSED = [numbers for count in (1, 2, 3) for numbers in combinations(range(3), count)]

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs Linux or macOS, to close a stream of a child")


def close(numbers: tuple[int, ...]) -> None:
    for number in numbers:
        os.close(number)


@pytest.mark.parametrize("closed", CLOSED, ids=str)
def test_what_was_closed_is_open_before_anything_else_is(tmp_path: Path, closed: tuple[int, ...]) -> None:
    script = (
        "import os, sys; from facialis.cli.faults import open_closed_streams; "
        "open_closed_streams(); file = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT); "
        "print(sys.stdin.read(), 'said'); print('warned', file=sys.stderr); sys.stdout.flush(); "
        "child = os.posix_spawn('/bin/sh', ['sh', '-c', 'echo child >&2; echo child; cat'], os.environ); "
        "os.write(file, b'%d %d' % (file, os.waitpid(child, 0)[1]))"
    )
    command = [sys.executable, "-W", "error", "-c", script, str(tmp_path / "own")]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
        preexec_fn=partial(close, closed),
        timeout=60,
    )
    assert done.returncode == 0
    number, status = map(int, (tmp_path / "own").read_text().split())
    assert number > 2
    assert status == 0
    assert (done.stdout == " said\nchild\n") == (1 not in closed)
    assert (done.stderr == "warned\nchild\n") == (2 not in closed)


@pytest.mark.parametrize("closed", [(2,), (0, 2), (0, 1, 2)], ids=str)
def test_a_film_stays_a_film(clips: Path, run: Run, tmp_path: Path, closed: tuple[int, ...]) -> None:
    done = run("analyse", clips / "nobody.mp4", preexec_fn=partial(close, closed))
    assert done.returncode == 4, "read to its end, and nobody was in it"
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_workers_read_films_too(clips: Path, run: Run) -> None:
    videos = (clips / "nobody.mp4", clips / "text.mp4")
    done = run("analyse", *videos, "--jobs", 2, "--json", preexec_fn=partial(close, (0, 2)))
    assert done.returncode == 3, "of two failures the lower code"
    assert '"FaceError"' in done.stdout


@pytest.mark.parametrize("closed", CLOSED, ids=str)
def test_a_film_is_read_from_python_too(clips: Path, closed: tuple[int, ...]) -> None:
    script = (
        "import os, sys; from facialis.film.video import VideoFile; "
        "[os.close(int(n)) for n in sys.argv[2]]; "
        "count = sum(1 for _ in VideoFile(sys.argv[1]).frames()); os._exit(count)"
    )
    command = [sys.executable, "-c", script, str(clips / "nobody.mp4"), "".join(map(str, closed))]
    assert subprocess.run(command, capture_output=True, check=False, timeout=120).returncode == 60
