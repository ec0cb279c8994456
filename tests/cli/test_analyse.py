"""``facialis analyse`` as a user meets it: files, JSON, exit codes, and nothing left behind."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from facialis.core.records import KINDS
from facialis.files.clips import read_clips
from facialis.files.events import read_events

Run = Callable[..., "subprocess.CompletedProcess[str]"]

FILES = {"report.html", "events.tsv", "session.json", "signals.parquet", "clips"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_recording_becomes_a_folder_and_is_not_done_twice(clips: Path, run: Run, tmp_path: Path) -> None:
    first = run("analyse", clips / "face.mp4")
    assert (first.returncode, first.stdout) == (0, "")
    folder = tmp_path / "facialis-out" / "face"
    assert names(tmp_path) == {"facialis-out"}
    assert names(folder.parent) == {"face"}
    assert names(folder) == FILES
    assert "% done" in first.stderr
    assert "facialis-out/face" in first.stderr
    made_ns = {name: (folder / name).stat().st_mtime_ns for name in FILES}

    again = run("analyse", clips / "face.mp4")
    assert (again.returncode, again.stdout) == (0, "")
    assert "skipped" in again.stderr
    assert {name: (folder / name).stat().st_mtime_ns for name in FILES} == made_ns

    # Without faces it is another result: the old one, with faces in it, must not stay.
    assert "data:image/jpeg" in (folder / "report.html").read_text(encoding="utf-8")
    assert {path.suffix for path in (folder / "clips").iterdir()} == {".json", ".jpg"}
    faceless = run("analyse", clips / "face.mp4", "--no-faces", "--quiet")
    assert (faceless.returncode, faceless.stdout, faceless.stderr) == (0, "", "")
    assert "data:image/jpeg" not in (folder / "report.html").read_text(encoding="utf-8")
    assert {path.suffix for path in (folder / "clips").iterdir()} == {".json", ".png"}
    assert names(folder) == FILES


def test_json_goes_to_standard_output_alone_and_leaves_no_files(clips: Path, run: Run, tmp_path: Path) -> None:
    done = run("analyse", clips / "face.mp4", clips / "text.mp4", "--json", "--jobs", 2)
    assert done.returncode == 5
    session, failure = map(json.loads, done.stdout.splitlines())
    assert session["recording"]["name"] == "face.mp4"
    assert set(session["events"]["by_type"]) <= set(KINDS)
    assert session["recording"]["frames"] == 120
    assert failure["input"].endswith("text.mp4")
    assert failure["error"]["kind"] == "VideoError"
    assert failure["error"]["exit_code"] == 3
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("missing.mp4", 3),
        ("folder.mp4", 3),
        ("empty.mp4", 3),
        ("text.mp4", 3),
        ("cut.mp4", 3),
        ("nobody.mp4", 4),
    ],
)
def test_what_cannot_be_measured_is_refused_in_a_sentence(
    clips: Path, run: Run, tmp_path: Path, name: str, code: int
) -> None:
    refused = run("analyse", clips / name, "--quiet")
    assert refused.returncode == code, refused.stderr
    assert refused.stdout == ""
    (said,) = refused.stderr.splitlines()
    assert said.startswith("facialis: ")
    assert said.count(".") >= 2, "says what, and what to do"
    assert list(tmp_path.iterdir()) == []


def give_up_reading_everything() -> None:
    """Take from root the right to read what its permissions forbid; nothing changes for anybody else."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH: linux/capability.h
            libc.prctl(24, capability, 0, 0, 0)  # PR_CAPBSET_DROP: linux/prctl.h


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux, to lock root out")
def test_a_recording_that_may_not_be_read_is_refused(clips: Path, run: Run, tmp_path: Path) -> None:
    locked = tmp_path / "locked.mp4"
    shutil.copy(clips / "face.mp4", locked)
    locked.chmod(0)
    refused = run("analyse", locked, "--quiet", preexec_fn=give_up_reading_everything)
    assert refused.returncode == 3, refused.stderr
    assert "may not be read" in refused.stderr
    assert names(tmp_path) == {"locked.mp4"}


def test_a_cut_recording_is_measured_as_far_as_it_goes_and_says_so(clips: Path, run: Run) -> None:
    done = run("analyse", clips / "cut.mkv", "--json", "--quiet")
    assert done.returncode == 0, done.stderr
    session = json.loads(done.stdout)
    assert session["recording"]["truncated"]
    assert "truncated" in [finding["code"] for finding in session["findings"]]
    assert session["recording"]["frames"] < 120


def test_of_two_faces_the_largest_is_followed_and_said_so(clips: Path, run: Run) -> None:
    largest = run("analyse", clips / "two.mp4", "--json", "--quiet")
    assert largest.returncode == 0, largest.stderr
    assert "several_faces" in [finding["code"] for finding in json.loads(largest.stdout)["findings"]]
    second = run("analyse", clips / "two.mp4", "--json", "--quiet", "--face", 2)
    assert second.returncode == 0, second.stderr
    assert json.loads(second.stdout)["provenance"]["settings"]["face"]["choice"] == 2
    third = run("analyse", clips / "two.mp4", "--json", "--quiet", "--face", 3)
    assert third.returncode == 4, third.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyse"],
        ["analyse", "--nonsense", "x.mp4"],
        ["analyse", "--jobs", "0", "x.mp4"],
        ["analyse", "--face", "smallest", "x.mp4"],
        ["analyse", "--false-alarms", "1000", "x.mp4"],
        ["analyse", "--blocks", "none.csv", "x.mp4"],
        ["phantom"],
        ["measure", "x.mp4"],
    ],
)
def test_wrong_usage_is_told_apart(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    refused = run(*arguments)
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr
    assert "Traceback" not in refused.stderr
    assert list(tmp_path.iterdir()) == []


def test_what_is_said_of_a_recording_is_kept_and_another_word_measures_it_again(
    clips: Path, run: Run, tmp_path: Path
) -> None:
    place = tmp_path / "out" / "face"

    def kept() -> tuple[object, ...]:
        content = json.loads((place / "session.json").read_text(encoding="utf-8"))
        return tuple(content[key] for key in ("date", "date_from", "mirrored", "filmed"))

    first = run("analyse", clips / "face.mp4", "--out", "out")
    assert first.returncode == 0, first.stderr
    said = first.stderr.splitlines()
    asked = next(k for k, line in enumerate(said) if "--date" in line)
    assert asked < next(k for k, line in enumerate(said) if "50% done" in line or "100% done" in line)
    assert kept() == (None, None, False, "planned")
    sides = {row.side for row in read_events(place / "events.tsv") if row.trial_type == "twitch"}
    assert sides == {"left"}

    options = ("--date", "31.5.2026", "--mirrored", "--caught")
    other = run("analyse", clips / "face.mp4", "--out", "out", *options)
    assert other.returncode == 0, other.stderr
    assert "Measured again" in other.stderr
    assert "--date" not in other.stderr
    assert kept() == ("2026-05-31", "given", True, "caught")
    assert {row.side for row in read_events(place / "events.tsv") if row.trial_type == "twitch"} == {"right"}
    assert len(read_clips(place)) > 0
    again = run("analyse", clips / "face.mp4", "--out", "out", *options)
    assert "skipped" in again.stderr


@pytest.mark.parametrize(
    ("option", "value"),
    [("--date", "yesterday"), ("--date", "2026-02-30"), ("--date", "2999-01-01"), ("--time-zone", "X/Y")],
)
def test_a_day_or_a_zone_that_cannot_be_is_refused_at_once(clips: Path, run: Run, option: str, value: str) -> None:
    refused = run("analyse", clips / "face.mp4", option, value)
    assert refused.returncode == 2
    (line,) = refused.stderr.splitlines()
    assert value in line or "date" in line


def test_many_recordings_end_with_what_failed_and_why(clips: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(clips / "face.mp4", tmp_path / "in" / "face.mp4")
    videos = [clips / "face.mkv", tmp_path / "in" / "face.mp4", clips / "text.mp4", clips / "face.mkv"]
    done = run("analyse", *videos, "--out", "results", "--jobs", 2)
    assert done.returncode == 5
    folders = names(tmp_path / "results")
    assert len(folders) == 2
    assert all(folder == "face" or folder.startswith("face-") for folder in folders)
    said = done.stderr.splitlines()
    assert said[-1] == "2 done, 0 skipped (done before), 1 failed"
    assert said[-2].startswith("failed ")
    assert "text.mp4" in said[-2]
    hashes = {
        json.loads((tmp_path / "results" / f / "session.json").read_text())["recording"]["sha256"] for f in folders
    }
    assert len(hashes) == 2

    again = run("analyse", *videos[::-1], "--out", "results")
    assert again.returncode == 5
    assert again.stderr.splitlines()[-1] == "0 done, 2 skipped (done before), 1 failed"
    assert names(tmp_path / "results") == folders


def test_a_result_of_an_older_measurement_is_made_again_and_says_why(clips: Path, run: Run, tmp_path: Path) -> None:
    assert run("analyse", clips / "face.mkv", "--out", "out", "--no-faces", "--quiet").returncode == 0
    stored = tmp_path / "out" / "face" / "session.json"
    session = json.loads(stored.read_text(encoding="utf-8"))
    revision = session["provenance"].pop("revision")
    stored.write_text(json.dumps(session), encoding="utf-8")
    again = run("analyse", clips / "face.mkv", "--out", "out", "--no-faces")
    assert again.returncode == 0, again.stderr
    assert "Measured again: the result was from before revisions" in again.stderr
    assert names(tmp_path / "out") == {"face"}
    assert json.loads(stored.read_text(encoding="utf-8"))["provenance"]["revision"] == revision
    done = run("analyse", clips / "face.mkv", "--out", "out", "--no-faces")
    assert "skipped" in done.stderr
    assert "Measured again" not in done.stderr


def test_hostile_names_do_no_harm(clips: Path, run: Run, tmp_path: Path) -> None:
    video = tmp_path / os.fsdecode(b"a\xff\x1b[2J\n..mp4")
    shutil.copy(clips / "face.mp4", video)
    done = run("analyse", video.name, "--out", "out", "--json", env=os.environ | {"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["recording"]["frames"] == 120
    assert "\x1b" not in done.stderr
    (folder,) = (tmp_path / "out").iterdir()
    assert names(folder) == FILES
    assert "\x1b" not in folder.name


def test_blocks_are_kept_with_the_result(clips: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "blocks.csv").write_text("block,start_s,stop_s\nrest,0,2\nspeech,2,4\n")
    done = run("analyse", clips / "face.mp4", "--blocks", "blocks.csv", "--json", "--quiet")
    assert done.returncode == 0, done.stderr
    assert [block["name"] for block in json.loads(done.stdout)["blocks"]] == ["rest", "speech"]


def marked_processes(mark: str) -> list[int]:
    """Living processes that inherited this mark in their environment."""
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if mark.encode() in (folder / "environ").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue  # it has ended, or is not ours
    return found


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs Linux, to look at processes")
@pytest.mark.parametrize(
    ("jobs", "signum", "code"), [(1, signal.SIGINT, 130), (2, signal.SIGINT, 130), (2, signal.SIGTERM, 143)]
)
def test_stopping_leaves_nothing(clips: Path, tmp_path: Path, jobs: int, signum: int, code: int) -> None:
    mark = f"FACIALIS_TEST_MARK={uuid.uuid4()}"
    videos = [tmp_path / f"{n}.mp4" for n in range(2)]
    for video in videos:
        shutil.copy(clips / "face.mp4", video)
    key, value = mark.split("=")
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "facialis",
            "analyse",
            *map(str, videos),
            "--out",
            str(tmp_path / "out"),
            "--jobs",
            str(jobs),
        ],
        env=os.environ | {key: value},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    for line in process.stderr:  # until measuring is under way
        if "% done" in line:
            break
    process.send_signal(signum)
    stopped_s = time.monotonic()
    out, err = process.communicate(timeout=30)
    assert time.monotonic() - stopped_s < 5
    assert process.returncode == code, err
    assert out == ""
    assert "stopped" in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()
    assert marked_processes(mark) == []


@pytest.mark.parametrize("out", ["mine.txt", "mine.txt/inside"])
def test_a_place_that_cannot_be_written_is_said_and_left_alone(clips: Path, run: Run, tmp_path: Path, out: str) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")
    refused = run("analyse", clips / "face.mp4", "--quiet", "--out", out)
    assert refused.returncode == 1
    (said,) = refused.stderr.splitlines()
    assert "mine.txt" in said
    assert "fault of facialis" not in said
    assert mine.read_text() == "mine"
    assert names(tmp_path) == {"mine.txt"}


def can_mount() -> bool:
    trial = ["unshare", "-rm", "sh", "-c", "mount -t tmpfs -o size=64k tmpfs /mnt"]
    return bool(shutil.which("unshare")) and subprocess.run(trial, capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not can_mount(), reason="needs Linux that lets users mount a small disk")
def test_a_full_disk_leaves_nothing(clips: Path, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    script = (
        f"mount -t tmpfs -o size=64k tmpfs '{disk}' && cd '{disk}' || exit 99; "
        f"'{sys.executable}' -m facialis analyse '{clips / 'face.mp4'}' --quiet; code=$?; ls -A; exit $code"
    )
    refused = subprocess.run(["unshare", "-rm", "sh", "-c", script], capture_output=True, text=True, check=False)
    assert refused.returncode == 1, refused.stderr
    assert refused.stdout == "", "something is left on the disk"
    (said,) = refused.stderr.splitlines()
    assert "No space left" in said


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux, for its full device")
def test_a_full_standard_output_is_said(clips: Path, run: Run) -> None:
    with Path("/dev/full").open("w") as full:
        refused = run("analyse", clips / "text.mp4", "--json", "--quiet", capture_output=False, stdout=full, stderr=-1)
    assert refused.returncode == 1
    assert "Standard output" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_reader_that_has_gone_ends_it_quietly(clips: Path, run: Run) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = run("analyse", clips / "text.mp4", "--json", "--quiet", capture_output=False, stdout=writing, stderr=-1)
    os.close(writing)
    assert done.returncode == 128 + signal.SIGPIPE
    assert "Traceback" not in done.stderr


def test_german_changes_words_and_no_number(clips: Path, run: Run, tmp_path: Path) -> None:
    done = run("analyse", clips / "face.mp4", clips / "missing.mp4", "--lang", "de", "--jobs", 2)
    assert done.returncode == 5
    assert "% fertig" in done.stderr
    assert "1 fertig, 0 übersprungen (schon fertig), 1 misslungen" in done.stderr
    folder = tmp_path / "facialis-out" / "face"
    assert '<html lang="de">' in (folder / "report.html").read_text(encoding="utf-8")
    german = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    kept = {name: (folder / name).read_bytes() for name in ("events.tsv", "signals.parquet", "clips/clips.json")}

    english = json.loads(run("analyse", clips / "face.mp4", "--json", "--quiet").stdout)
    assert {german["report"]["language"], english["report"]["language"]} == {"de", "en"}
    assert {k: v for k, v in english.items() if k not in ("input", "report")} == {
        k: v for k, v in german.items() if k != "report"
    }

    again = run("analyse", clips / "face.mp4")
    assert "nothing was measured again" in again.stderr
    assert "measuring" not in again.stderr
    assert '<html lang="en">' in (folder / "report.html").read_text(encoding="utf-8")
    assert {name: (folder / name).read_bytes() for name in kept} == kept


def test_an_unknown_language_is_refused(run: Run, tmp_path: Path) -> None:
    done = run("analyse", "face.mp4", "--lang", "xx")
    assert (done.returncode, done.stderr) == (2, "facialis: --lang is 'xx'. It must be one of en, de.\n")
    assert list(tmp_path.iterdir()) == []
