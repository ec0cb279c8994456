"""Whatever happens to the decoding process or to its parent: one clear error, no process left behind."""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from facialis.core.errors import RecordError, VideoError
from facialis.core.settings import DecodeLimits
from facialis.film.video import VideoFile
from tests.film import media

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux (process file descriptors)")

PATIENT = DecodeLimits(idle_s=20)


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Long enough that the decoder cannot have finished it before it is read (the ring holds 16 pictures)."""
    return media.make_kind(tmp_path_factory.mktemp("film"), "h264.mp4", frames=400)


def children() -> set[int]:
    """The processes that this one has started and not yet taken away."""
    return {int(pid) for task in Path("/proc/self/task").iterdir() for pid in (task / "children").read_text().split()}


def open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.fixture(autouse=True)
def nothing_left_behind() -> Iterator[None]:
    before, files = children(), open_files()
    yield
    gc.collect()
    assert children() <= before, "a child process (or a zombie) was left behind"
    assert open_files() <= files, "an open file was left behind"


def the_child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def ends(pid: int) -> bool:
    """Wait for a process that need not be ours; False if it still runs after ten seconds."""
    try:
        watch = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watch], [], [], 10)[0])
    finally:
        os.close(watch)


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGKILL, signal.SIGABRT, signal.SIGXCPU])
def test_a_decoder_that_dies_is_one_clear_error(film: Path, number: signal.Signals) -> None:
    before = children()
    with VideoFile(film, PATIENT) as video:
        frames = video.frames()
        next(frames)
        (pid,) = children() - before
        os.kill(pid, number)
        with pytest.raises(VideoError) as caught:
            for _ in frames:
                pass
        assert caught.value.code == "decoder_failed"
        assert number.name not in str(caught.value)
        assert any(number.name in note for note in caught.value.__notes__)
        assert sum(1 for _ in video.frames()) == 400, "the next one runs"


def test_a_decoder_that_hangs_is_ended(film: Path) -> None:
    before = children()
    with VideoFile(film, DecodeLimits(idle_s=2)) as video:
        frames = video.frames()
        next(frames)
        (pid,) = children() - before
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(VideoError) as caught:
            for _ in frames:
                pass
    assert caught.value.code == "decoder_failed"
    assert ends(pid)


def test_a_decoder_that_runs_out_of_memory_is_one_clear_error(tmp_path: Path) -> None:
    large = media.make_kind(tmp_path, "mjpeg.avi", width=3200, height=2400, frames=30)
    for bytes_allowed in (60_000_000, 300_000_000):
        with pytest.raises(VideoError) as caught, VideoFile(large, DecodeLimits(memory_bytes=bytes_allowed)) as video:
            for _ in video.frames():
                pass
        assert caught.value.code == "decoder_failed"
    with VideoFile(large) as video:
        assert sum(1 for _ in video.frames()) == 30


def test_processor_time_is_limited() -> None:
    code = "from facialis.film.sandbox import allow_cpu\nallow_cpu(0.1)\nwhile True: pass"
    run = subprocess.run([sys.executable, "-c", code], env=with_source(), timeout=30)
    assert run.returncode == -signal.SIGXCPU


def test_memory_and_files_are_limited(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom facialis.film.sandbox import confine\nconfine(200_000_000)\n"
        "try:\n    bytearray(300_000_000)\nexcept MemoryError:\n    print('no memory')\n"
        "try:\n    open(sys.argv[1], 'w').write('x' * 10000)\nexcept OSError:\n    print('no file')\n"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "x")]
    run = subprocess.run(command, env=with_source(), capture_output=True, text=True, timeout=30)
    assert run.stdout.split("\n")[:2] == ["no memory", "no file"]


@pytest.mark.parametrize("how", ["generator", "file", "nothing"])
def test_closing_early_leaves_nothing(film: Path, how: str) -> None:
    before = children()
    video = VideoFile(film, PATIENT)
    frames = video.frames()
    next(frames)
    assert len(children() - before) == 1
    if how == "generator":
        frames.close()  # type: ignore[attr-defined]
        assert children() == before
    elif how == "file":
        video.close()
        assert children() == before
        with pytest.raises(RecordError, match="closed"):
            list(frames)
    del video, frames
    gc.collect()
    assert children() == before


def test_an_exception_in_the_consumer_leaves_nothing(film: Path) -> None:
    before = children()

    def read() -> None:
        with VideoFile(film, PATIENT) as video:
            for frame in video.frames():
                if frame.index == 20:
                    raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read()
    assert children() == before


def with_source() -> dict[str, str]:
    """The environment in which a new Python finds the same facialis."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}


# A signal that comes just before a read that blocks for ever is only seen after it: so it waits in short turns.
WAITS = "while not select.select([sys.stdin], [], [], 0.1)[0]: pass"
READER = """
import select, sys
from facialis.film.video import VideoFile
video = VideoFile(sys.argv[1])
for frame in video.frames():
    if frame.index == 5:
        print("reading", flush=True)
        {then}
"""


@pytest.mark.parametrize("then", [WAITS, "pass"], ids=["waits", "goes on"])
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_the_child_ends_with_its_parent(film: Path, number: signal.Signals, then: str) -> None:
    command = [sys.executable, "-c", READER.format(then=then), str(film)]
    with subprocess.Popen(
        command, env=with_source(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"reading\n"
        child = the_child_of(parent.pid)
        os.kill(parent.pid, number)
        assert parent.wait(20) != 0 or then == "pass"
    assert ends(child)


HEIR = """
import os, sys
from facialis.film.video import VideoFile
video = VideoFile(sys.argv[1])
frames = video.frames()
next(frames)
if os.fork() == 0:
    sys.stdin.read()  # holds a copy of the pipe to the decoder
    os._exit(0)
print("reading", flush=True)
os.kill(os.getpid(), 9)
"""


def test_the_child_ends_with_its_parent_though_another_process_holds_the_pipe(film: Path) -> None:
    read, write = os.pipe()
    with subprocess.Popen(
        [sys.executable, "-c", HEIR, str(film)], env=with_source(), stdin=read, stdout=subprocess.PIPE
    ) as parent:
        os.close(read)
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"reading\n"
        siblings = [int(p) for p in (Path(f"/proc/{parent.pid}/task/{parent.pid}/children")).read_text().split()]
        decoder = [pid for pid in siblings if b"facialis" in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[3]]
        parent.wait(20)
        assert all(ends(pid) for pid in decoder)
        os.close(write)


WORKER = """
import multiprocessing, sys
from facialis.film.video import VideoFile

def read(path, pipe):
    with VideoFile(path) as video:
        pipe.send(sum(1 for _ in video.frames()))

if __name__ == "__main__":
    mine, theirs = multiprocessing.Pipe()
    context = multiprocessing.get_context(sys.argv[2])
    worker = context.Process(target=read, args=(sys.argv[1], theirs), daemon=True)
    worker.start()
    print(mine.recv() if mine.poll(60) else "nothing")
    worker.join(20)
"""


@pytest.mark.parametrize("way", ["spawn", "fork", "forkserver"])
def test_it_works_in_a_daemonic_worker(film: Path, tmp_path: Path, way: str) -> None:
    (tmp_path / "work.py").write_text(WORKER)
    command = [sys.executable, str(tmp_path / "work.py"), str(film), way]
    run = subprocess.run(command, env=with_source(), capture_output=True, text=True, timeout=90)
    assert run.stdout == "400\n", run.stderr


def test_several_threads_may_read_at_once(film: Path) -> None:
    counts: list[int] = []

    def read() -> None:
        with VideoFile(film, PATIENT) as video:
            counts.append(sum(1 for _ in video.frames()))

    threads = [threading.Thread(target=read) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert counts == [400, 400, 400]


SPEECHES: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "letters": lambda: b"Traceback (most recent call last):\n" * 100,
    "an endless message": lambda: b"H\xff\xff\xff\xff" + bytes(1000),
    "a header that is no JSON": lambda: b"H\x02\0\0\0{]",
    "a header without sizes": lambda: b"H\x02\0\0\0{}",
    "a refusal nobody knows": lambda: b"E\x1e\0\0\0" + b'{"code": "moon", "detail": ""}',
    "a refusal without a code": lambda: b"E\x02\0\0\0[]",
    "a picture before the header": lambda: b"F\x11\0\0\0" + bytes(17),
    "a size beyond the limit": lambda: header(width_px=100000, height_px=100000),
    "a negative size": lambda: header(width_px=-64, height_px=-64),
    "a size in words": lambda: header(width_px="many"),
    "a slot that is not there": lambda: header() + b"F\x11\0\0\0\xff" + bytes(16),
    "the same picture twice": lambda: header() + 2 * (b"F\x11\0\0\0\x00" + bytes(16)),
    "a silent end": lambda: header(),
    "an end without counts": lambda: header() + b"Z\x02\0\0\0{}",
}


def header(**more: object) -> bytes:
    facts = {
        "width_px": 96,
        "height_px": 64,
        "rotation_deg": 0,
        "duration_s": None,
        "frames": None,
        "rate_hz": 30.0,
        "codec": "h264",
        "tick_s": 0.001,
        "stated_end_s": None,
        "first_s": 0.0,
    }
    content = json.dumps({**facts, **more}).encode()
    return b"H" + len(content).to_bytes(4, "little") + content


@pytest.mark.parametrize("speech", SPEECHES)
def test_nonsense_from_a_decoder_that_was_taken_over_is_one_clear_error(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, speech: str
) -> None:
    (tmp_path / "speech").write_bytes(SPEECHES[speech]())
    impostor = tmp_path / "python"
    impostor.write_text(f"#!/bin/sh\nexec cat {tmp_path}/speech\n")
    impostor.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(impostor))
    with pytest.raises(VideoError) as caught, VideoFile(film, PATIENT) as video:
        for _ in video.frames():
            pass
    assert caught.value.code == "decoder_failed"
