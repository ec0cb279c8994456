"""``facialis person`` says what it made and what it kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from facialis.cli.person import person


def test_it_says_what_was_made_and_what_was_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "person.yaml").write_text("side: left\n", encoding="utf-8")
    assert person(tmp_path, code="en", quiet=False) == 0
    said = capsys.readouterr().err
    assert "made sessions.csv, treatments.csv, diary.csv, questionnaires.csv, READ-ME.txt" in said
    assert "is kept: person.yaml" in said
    assert person(tmp_path, code="en", quiet=True) == 0
    assert capsys.readouterr().err == ""
