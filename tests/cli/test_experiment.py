"""``facialis experiment``: a plan is written once, whole, and what came of it is said."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from facialis.cli.experiment import analyse, plan
from facialis.core.errors import FormatError, InputError

TODAY = date(2025, 3, 1)


def test_a_plan_is_written_and_never_over_another(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert plan(tmp_path, factor="coffee", days=42, seed=1, today=TODAY) == 0
    said = capsys.readouterr()
    assert "20 with coffee, 20 without" in said.out
    assert "medicines as always" in said.out
    assert [p.name for p in tmp_path.iterdir()] == ["experiment.csv"]
    text = (tmp_path / "experiment.csv").read_text()
    assert "2025-03-02" in text
    with pytest.raises(InputError, match="there already"):
        plan(tmp_path, factor="tea", days=42, today=TODAY)
    assert (tmp_path / "experiment.csv").read_text() == text


def test_the_scatter_of_the_diary_is_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"2025-02-{d:02d},{3 + d % 3}" for d in range(1, 29)]
    (tmp_path / "diary.csv").write_text("\n".join(["date,spasm (0-10)", *rows]), encoding="utf-8")
    plan(tmp_path, factor="coffee", days=60, design="abab", seed=1, today=TODAY)
    assert "your own days" in capsys.readouterr().out


def test_what_cannot_be_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No experiment"):
        plan(tmp_path, factor="botox", days=42, today=TODAY)
    with pytest.raises(InputError, match="no design"):
        plan(tmp_path, factor="coffee", days=42, design="other", today=TODAY)
    with pytest.raises(FormatError, match="no folder"):
        plan(tmp_path / "none", factor="coffee", days=42, today=TODAY)
    assert list(tmp_path.iterdir()) == []


def test_what_came_of_it_is_said_with_its_problems(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan(tmp_path, factor="coffee", days=42, seed=1, today=TODAY)
    path = tmp_path / "experiment.csv"
    lines = path.read_text().splitlines()
    out = lines[:2] + [line.replace(",,,", f",yes,{6 if ',with ' in line else 3},") for line in lines[2:]]
    out[4] = out[4].replace(",yes,", ",maybe,", 1)
    path.write_text("\n".join(out), encoding="utf-8")
    capsys.readouterr()
    assert analyse(tmp_path) == 0
    said = capsys.readouterr()
    assert "3.0 points more spasm" in said.out
    assert "experiment.csv, line 5, done" in said.err
