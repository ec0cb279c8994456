"""Whatever goes wrong ends in one sentence and a documented exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from facialis.cli.faults import Stopped, exit_code, guarded, printable
from facialis.core.errors import FaceError, FacialisError, OutputError, SettingsError, VideoError
from facialis.core.messages import as_error

Run = Callable[..., "subprocess.CompletedProcess[str]"]

NO_VIDEO = VideoError("It is no video.", advice="Give another.", code="unreadable")
NO_FACE = FaceError("There is no face.", code="no_face")
FAULT = FacialisError("It broke.")


@pytest.mark.parametrize(
    ("failures", "inputs", "code"),
    [
        ([], 1, 0),
        ([], 3, 0),
        ([NO_VIDEO], 1, 3),
        ([NO_FACE], 1, 4),
        ([FAULT], 1, 1),
        ([NO_VIDEO], 2, 5),
        ([FAULT, NO_FACE], 3, 5),
        ([NO_VIDEO, NO_VIDEO], 2, 3),
        ([NO_FACE, NO_VIDEO], 2, 3),
        ([NO_FACE, FAULT], 2, 1),
    ],
)
def test_exit_codes(failures: list[FacialisError], inputs: int, code: int) -> None:
    assert exit_code(failures, inputs=inputs) == code


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (NO_VIDEO, 3, "facialis: It is no video. Give another."),
        (NO_FACE, 4, "facialis: There is no face."),
        (SettingsError("face is 0."), 2, "facialis: face is 0."),
        (OutputError("The disk is full."), 1, "facialis: The disk is full."),
        (ZeroDivisionError("by zero"), 1, "ZeroDivisionError: by zero"),
        (OSError(28, "No space left on device", "there/x"), 1, "there/x: the disk is full (No space left on device)."),
    ],
)
def test_errors_become_one_sentence_and_a_code(
    error: Exception, code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(typer.Exit) as caught, guarded(debug=False):
        raise error
    assert caught.value.exit_code == code
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert len(err.splitlines()) == 1
    assert "Traceback" not in err


def test_a_foreign_exception_says_where_to_report_it() -> None:
    own = as_error(KeyError("x"))
    assert own.exit_code == 1
    assert "facialis info" in str(own)
    assert "--debug" in str(own)


def test_debug_shows_the_trace(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), guarded(debug=True):
        raise ZeroDivisionError
    assert "Traceback" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (Stopped(signal.SIGINT), 130), (Stopped(signal.SIGTERM), 143)]
)
def test_stopping_has_the_code_of_its_signal(error: BaseException, code: int) -> None:
    with pytest.raises(typer.Exit) as caught, guarded(debug=False):
        raise error
    assert caught.value.exit_code == code


def test_names_cannot_play_with_the_terminal() -> None:
    assert printable("a\x1b[2Jb\u202ec\nd") == "a\N{REPLACEMENT CHARACTER}[2Jb" + "\N{REPLACEMENT CHARACTER}c" + (
        "\N{REPLACEMENT CHARACTER}d"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux (pipes and devices)")
@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["analyse", "odd.mp4"], 3),
        (["analyse", "none.mp4", "--blocks", "odd.mp4"], 2),
        (["phantom", "x.mp4", "--spec", "odd.mp4"], 2),
        (["phantom", "odd.mp4"], 2),
        (["course", "odd.mp4"], 2),
    ],
)
def test_a_pipe_is_refused_in_a_sentence(run: Run, tmp_path: Path, arguments: list[str], code: int) -> None:
    os.mkfifo(tmp_path / "odd.mp4")
    refused = run(*arguments, "--quiet", timeout=60)
    assert refused.returncode == code
    (said,) = refused.stderr.splitlines()
    assert "odd.mp4" in said
    assert said.count(".") >= 3, "says what, and what to do"
    assert [path.name for path in tmp_path.iterdir()] == ["odd.mp4"]
