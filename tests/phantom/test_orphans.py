"""Processes that make pictures end with the one that started them, however it ends."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux (process file descriptors)")

SPEC = "duration_s: 60\ncamera: {width_px: 160, height_px: 160, iod_share: 0.3}\n"


def descendants(pid: int) -> set[int]:
    own = {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}
    return own.union(*map(descendants, own))


def test_a_parent_that_is_killed_leaves_no_worker_and_no_half_recording(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom facialis.phantom.recording import write_phantom\n"
        "if __name__ == '__main__':\n"
        "    write_phantom(sys.argv[1], sys.argv[2], jobs=2, progress=lambda done, all: print(done, flush=True))\n"
    )
    (tmp_path / "make.py").write_text(script)
    (tmp_path / "spec.yaml").write_text(SPEC)
    out = tmp_path / "out"
    out.mkdir()
    command = [sys.executable, str(tmp_path / "make.py"), str(tmp_path / "spec.yaml"), str(out / "x.mp4")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"1\n", "pictures come from workers by now"
        workers = descendants(parent.pid)
        assert len(workers) >= 2
        watched = [os.pidfd_open(pid) for pid in workers]
        os.kill(parent.pid, signal.SIGKILL)
    try:
        for watch in watched:
            assert select.select([watch], [], [], 20)[0], "a worker waits for ever"
    finally:
        for watch in watched:
            os.close(watch)
    assert all(path.name.startswith(".facialis-") for path in out.iterdir())
