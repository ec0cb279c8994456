"""``facialis demo``: what was put in, what was found, and nothing made twice."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def test_the_demo_shows_what_was_put_in_and_found(run: Run, tmp_path: Path) -> None:
    shown = run("demo", "--no-open", "--quiet")
    assert (shown.returncode, shown.stderr) == (0, "")
    out = tmp_path / "facialis-out"
    assert {path.name for path in out.iterdir()} == {"demo", "demo.mp4", "demo.events.tsv", "demo-person"}
    assert (out / "demo-person" / "report" / "visit.pdf").exists()
    assert "made-up person" in shown.stdout
    assert str(out / "demo" / "report.html") in shown.stdout
    counts = re.search(r"(\d+) of (\d+) found, (\d+) with the right side.\n.*being there: (\d+)", shown.stdout)
    assert counts is not None
    found, put_in, right, false = map(int, counts.groups())
    assert put_in == 19
    assert found >= 17, shown.stdout
    assert right == found, shown.stdout
    assert false <= 1, shown.stdout

    def made_ns() -> dict[Path, int]:
        return {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file()}

    before = made_ns()
    again = run("demo", "--no-open")
    assert again.returncode == 0
    assert made_ns() == before, "the second run made something again"
    assert "there already" in again.stderr
    assert counts.group(0) in again.stdout
    assert str(out / "demo-person" / "report" / "report.html") in again.stdout
