"""``facialis info`` and ``--version``."""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

from facialis.cli.info import LIBRARIES
from facialis.core.settings import Settings
from facialis.core.version import __version__

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_it_says_what_a_fault_report_needs(run: Run, tmp_path: Path) -> None:
    told = run("info", "--json")
    assert (told.returncode, told.stderr) == (0, "")
    content = json.loads(told.stdout)
    assert content["facialis"] == __version__
    assert content["settings_fingerprint"] == Settings().fingerprint()
    assert content["model"]["as_shipped"] is True
    assert all(content["libraries"].values())
    assert list(tmp_path.iterdir()) == []

    plain = run("info")
    assert plain.returncode == 0
    for part in (__version__, content["model"]["sha256"], "av"):
        assert part in plain.stdout


def test_every_library_is_named() -> None:
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))
    needed = {re.match(r"[\w-]+", line).group() for line in project["project"]["dependencies"]}  # type: ignore[union-attr]
    assert set(LIBRARIES) == needed


def test_version(run: Run) -> None:
    told = run("--version")
    assert (told.returncode, told.stdout) == (0, f"facialis {__version__}\n")
