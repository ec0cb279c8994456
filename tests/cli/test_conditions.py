"""Real conditions of a computer that is in a bad state: said in words, with what to do, not as a fault of facialis."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux (limits of processes, small disks)")


def said_well(done: subprocess.CompletedProcess[str], code: int) -> str:
    assert done.returncode == code, done.stderr
    assert "fault of facialis" not in done.stderr
    assert "Traceback" not in done.stderr
    said = done.stderr.splitlines()[-1]
    assert said.count(". ") >= 1, "says what, and what to do"
    return said


def few_files(most: int) -> Callable[[], None]:
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


@pytest.mark.parametrize("most", [8, 10, 12, 20])
def test_few_open_files(clips: Path, run: Run, tmp_path: Path, most: int) -> None:
    done = run("analyse", clips / "nobody.mp4", "--quiet", preexec_fn=few_files(most))
    if done.returncode != 4:  # enough to read it to its end, and nobody was in it
        assert "too many files are open" in said_well(done, 1)
    assert list(tmp_path.iterdir()) == []


def test_few_open_files_for_several_at_once(clips: Path, run: Run) -> None:
    videos = [clips / "nobody.mp4", clips / "text.mp4", clips / "empty.mp4"]
    done = run("analyse", *videos, "--jobs", 3, preexec_fn=few_files(16))
    assert done.returncode in (1, 3, 5), done.stderr
    assert "fault of facialis" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["analyse", "x.mp4"], ["course", "anna"], ["phantom", "x.mp4"], ["person", "x"]])
def test_a_working_folder_that_is_gone(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    here = tmp_path / "gone"
    here.mkdir()
    done = run(*arguments, cwd=here, preexec_fn=here.rmdir)
    assert done.returncode in (1, 2, 3)
    assert "fault of facialis" not in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stderr.count(". ") >= 1


def test_a_recording_elsewhere_is_read_from_a_folder_that_is_gone(clips: Path, run: Run, tmp_path: Path) -> None:
    here = tmp_path / "gone"
    here.mkdir()
    done = run("analyse", clips / "nobody.mp4", "--quiet", "--out", tmp_path, cwd=here, preexec_fn=here.rmdir)
    assert done.returncode == 4, done.stderr


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["analyse", "LONG.mp4"], 3),
        (["analyse", "NOBODY", "--out", "LONG"], 2),
        (["analyse", "NOBODY", "--blocks", "LONG"], 2),
        (["phantom", "LONG.mp4"], 2),
        (["person", "LONG"], 1),
        (["course", "LONG"], 2),
        (["report", "LONG"], 2),
        (["experiment", "LONG"], 2),
    ],
)
def test_names_that_are_too_long(clips: Path, run: Run, tmp_path: Path, arguments: list[str], code: int) -> None:
    words = [word.replace("LONG", "n" * 300).replace("NOBODY", str(clips / "nobody.mp4")) for word in arguments]
    assert said_well(run(*words), code)
    assert list(tmp_path.iterdir()) == []


def can_mount() -> bool:
    trial = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=64k,ro tmpfs /mnt"]
    return bool(shutil.which("unshare")) and subprocess.run(trial, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="needs Linux that lets users mount a small disk")
@pytest.mark.parametrize("arguments", ["analyse '{nobody}'", "person x", "phantom x.mp4"])
def test_a_disk_that_can_only_be_read(clips: Path, tmp_path: Path, arguments: str) -> None:
    (tmp_path / "disk").mkdir()
    words = arguments.format(nobody=clips / "nobody.mp4")
    script = (
        f"mount -t tmpfs -o size=64k,ro tmpfs '{tmp_path / 'disk'}' && cd '{tmp_path / 'disk'}' || exit 99; "
        f"'{sys.executable}' -m facialis {words}"
    )
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False)
    assert "written" in said_well(done, 1)


def test_what_was_said_on_a_full_disk_ends_it(run: Run) -> None:
    with Path("/dev/full").open("w") as full:
        done = run("info", capture_output=False, stdout=full, stderr=-1)
    assert "Standard output" in said_well(done, 1)
    assert "full" in done.stderr


def test_one_odd_result_does_not_end_the_batch(clips: Path, run: Run, tmp_path: Path) -> None:
    long = tmp_path / f"{'ä' * 120}.mp4"
    shutil.copy(clips / "text.mp4", long)
    out = tmp_path / "out"
    (out / "text").mkdir(parents=True)
    os.mkfifo(out / "text" / "session.json")
    (out / "empty").mkdir()
    (out / "empty" / "session.json").write_text("[" * 100_000)
    (out / "cut").symlink_to("cut")
    (out / "nobody").mkdir()
    (out / "nobody" / "session.json").mkdir()
    videos = [clips / f"{name}.mp4" for name in ("text", "empty", "cut", "nobody")]
    done = run("analyse", *videos, long, tmp_path / f"{'n' * 300}.mp4", clips / "face.mp4", "--out", out, "--no-faces")
    assert done.returncode == 5, done.stderr
    failed = [line for line in done.stderr.splitlines() if line.startswith("failed ")]
    assert len(failed) == 6
    assert not any("fault of facialis" in line for line in failed)
    assert done.stderr.splitlines()[-1] == "1 done, 0 skipped (done before), 6 failed"
    assert (out / "face" / "report.html").is_file()
