"""``facialis phantom``: a recording, its truth beside it, and nobody's recording overwritten."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from facialis.files.events import read_events

Run = Callable[..., "subprocess.CompletedProcess[str]"]

SPEC = """\
duration_s: 1
frame_rate_hz: 30
camera: {width_px: 160, height_px: 160, iod_share: 0.3}
acts:
  - {act: contraction, side: left, onset_s: 0.3, duration_s: 0.2, amplitude_iod: 0.03}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC)
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_a_phantom_and_its_truth_are_made_anew(run: Run, spec: Path, tmp_path: Path) -> None:
    for _ in range(2):
        made = run("phantom", "new/made.mp4", "--spec", spec, "--quiet")
        assert (made.returncode, made.stdout, made.stderr) == (0, "", "")
        assert names(tmp_path / "new") == {"made.mp4", "made.events.tsv"}
        (event,) = read_events(tmp_path / "new" / "made.events.tsv")
        assert (event.trial_type, event.side) == ("twitch", "left")
        assert event.onset_s == pytest.approx(0.3)


def test_a_recording_that_is_there_is_not_overwritten(run: Run, spec: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.mp4"
    mine.write_bytes(b"my only recording")
    refused = run("phantom", "mine.mp4", "--spec", spec, "--quiet")
    assert refused.returncode == 2
    assert "may be a real recording" in refused.stderr
    assert mine.read_bytes() == b"my only recording"
    assert names(tmp_path) == {"mine.mp4", "spec.yaml"}
    assert run("phantom", "mine.mp4", "--spec", spec, "--quiet", "--force").returncode == 0
    assert mine.read_bytes() != b"my only recording"


@pytest.mark.parametrize(
    "content", ["acts: [", "acts: [{act: dance, onset_s: 0}]\n", "duration_s: -1\n", "- 1\n", "\0"]
)
def test_a_broken_specification_is_refused(run: Run, tmp_path: Path, content: str) -> None:
    (tmp_path / "spec.yaml").write_text(content)
    refused = run("phantom", "made.mp4", "--spec", "spec.yaml", "--quiet")
    assert refused.returncode == 2, refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert names(tmp_path) == {"spec.yaml"}


@pytest.mark.parametrize("arguments", [["made.mp4", "--spec", "none.yaml"], ["."], ["made.txt"]])
def test_wrong_usage_leaves_nothing(run: Run, tmp_path: Path, arguments: list[str]) -> None:
    refused = run("phantom", *arguments, "--quiet")
    assert refused.returncode == 2, refused.stderr
    assert "Traceback" not in refused.stderr
    assert list(tmp_path.iterdir()) == []
