"""Help is there under both names, and the shell can complete commands."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.mark.parametrize("command", [[], ["analyse"], ["course"], ["report"]])
def test_the_short_option_says_what_the_long_one_says(run: Run, command: list[str]) -> None:
    short, long = (run(*command, option) for option in ("-h", "--help"))
    assert short.returncode == 0
    assert short.stdout == long.stdout
    assert "Usage: facialis" in short.stdout


def test_the_shell_completes_commands(run: Run) -> None:
    asked = {"_FACIALIS_COMPLETE": "complete_bash", "COMP_WORDS": "facialis an", "COMP_CWORD": "1"}
    done = run(env=os.environ | asked)
    assert done.stdout.split() == ["analyse"]
