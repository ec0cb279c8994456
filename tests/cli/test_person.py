"""``facialis person``: an empty folder that can be read as it is, and never overwrites."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from facialis.cli.person import person, templates
from facialis.core.errors import FormatError, OutputError
from facialis.core.knowledge import load
from facialis.files.person import FILES, read_folder


def test_an_empty_folder_is_read_without_a_complaint(tmp_path: Path) -> None:
    place = tmp_path / "anna"
    assert person(place, code="en", quiet=True) == 0
    case = read_folder(place, today=date(2026, 11, 24))
    assert case.problems == ()
    assert case.sessions == ()
    assert dict(case.person.replies) == {}
    assert {path.name for path in place.iterdir()} == {*FILES, "READ-ME.txt"}


def test_every_question_is_asked() -> None:
    text = templates()["person.yaml"]
    for key, row in load("history.yaml").items():
        assert f"\n{key}:\n" in text
        assert row["ask"] in text


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "person.yaml").write_text("side: left\n", encoding="utf-8")
    (tmp_path / "sessions").mkdir()
    person(tmp_path, code="en", quiet=True)
    person(tmp_path, code="en", quiet=True)
    assert (tmp_path / "person.yaml").read_text(encoding="utf-8") == "side: left\n"
    assert (tmp_path / "diary.csv").exists()
    assert not list(tmp_path.glob(".facialis-*"))


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "anna").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="anna"):
        person(tmp_path / "anna", code="en", quiet=True)
    with pytest.raises(FormatError):
        read_folder(tmp_path / "anna", today=date(2026, 11, 24))
