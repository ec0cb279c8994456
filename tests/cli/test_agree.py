"""``facialis agree``: a table in, plain words or JSON out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from facialis.cli.agree import agree
from facialis.core.errors import FormatError, OutputError
from facialis.core.knowledge import language
from facialis.files.ratings import write_ratings
from tests.agree.factory import made_ratings


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "ratings.tsv"
    write_ratings(made_ratings(items=8, raters=2, repeats=2)[0], path)
    return path


def said(table: Path, *, as_json: bool = False, out: Path | None = None, detector: tuple[Path, ...] = ()) -> int:
    return agree(table, detector=detector, out=out, as_json=as_json, quiet=False)


def test_the_first_line_says_how_much_there_is(table: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table.write_text(table.read_text() + "x\tfilm-9\n", encoding="utf-8")
    assert said(table) == 0
    shown = capsys.readouterr()
    lines = shown.out.splitlines()
    assert lines[0].startswith("Raters: 2. Items: 8. Answers: ")
    assert lines[0].endswith("Rows that could not be used: 1.")
    assert "line" in shown.err
    assert "Size of the movements by area, Tunc-style, by a clinician" in lines
    assert "Round the eye (items 8, raters 2, missing answers 0)" in lines
    assert "one rater, ICC(2,1): 0." in shown.out
    assert "nan" not in shown.out.casefold()


def test_german_and_json_and_a_file(table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with language("de"):
        said(table)
    german = capsys.readouterr().out
    assert german.startswith("Beurteilende: 2. Filme: 8.")
    assert "eine Person, ICC(2,1): 0," in german
    said(table, as_json=True, out=tmp_path / "agreement.json")
    shown = capsys.readouterr()
    assert json.loads(shown.out) == json.loads((tmp_path / "agreement.json").read_text(encoding="utf-8"))
    assert "agreement.json" in shown.err


def test_what_cannot_be_read_or_written_is_said(table: Path, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no results"):
        said(table, detector=(tmp_path,))
    with pytest.raises(FormatError):
        said(tmp_path / "none.tsv")
    with pytest.raises(OutputError, match="could not be written"):
        said(table, out=tmp_path / "none" / "a.json")
