"""An empty folder of a person can be read as it is, has the columns of the documentation, and never overwrites."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from facialis.core.errors import FormatError, OutputError
from facialis.core.knowledge import language, load, translation
from facialis.files.columns import DIARY, QUESTIONNAIRES, SESSIONS, TABLES, TREATMENTS, PersonTable
from facialis.files.empty_person import EmptyPerson, templates, write_empty_person
from facialis.files.person import FILES, read_person
from facialis.files.tables.rows import read_table

TODAY = date(2026, 11, 24)
PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "person-folder.md"


@pytest.mark.parametrize("code", ["en", "de"])
def test_an_empty_folder_is_read_without_a_complaint(tmp_path: Path, code: str) -> None:
    place = tmp_path / "anna"
    with language(code):
        files = write_empty_person(place, code)
    assert files == EmptyPerson(made=tuple(templates(code)), kept=())
    case = read_person(place, today=TODAY)
    assert case.problems == ()
    assert case.sessions == ()
    assert dict(case.person.replies) == {}
    assert {path.name for path in place.iterdir()} == {*FILES, "READ-ME.txt"}


def test_every_question_is_asked_in_its_language() -> None:
    for code in ("en", "de"):
        text = templates(code)["person.yaml"]
        for key, row in load("history.yaml").items():
            assert f"\n{key}:\n" in text
            assert str(translation("history.yaml", code).get(key, row["ask"])) in text


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    (tmp_path / "person.yaml").write_text("side: left\n", encoding="utf-8")
    (tmp_path / "sessions").mkdir()
    assert write_empty_person(tmp_path).kept == ("person.yaml",)
    assert write_empty_person(tmp_path).made == ()
    assert (tmp_path / "person.yaml").read_text(encoding="utf-8") == "side: left\n"
    assert (tmp_path / "diary.csv").exists()
    assert not list(tmp_path.glob(".facialis-*"))


def test_a_file_in_the_way_is_refused(tmp_path: Path) -> None:
    (tmp_path / "anna").write_text("", encoding="utf-8")
    with pytest.raises(OutputError, match="anna"):
        write_empty_person(tmp_path / "anna")
    with pytest.raises(FormatError):
        read_person(tmp_path / "anna", today=TODAY)


def test_the_columns_are_those_that_other_programs_were_promised() -> None:
    assert SESSIONS.columns == (
        *("date", "usable_min", "twitches", "burden_share", "tonic_share"),
        *("median_amplitude_iod", "limit_iod", "side", "regions", "block", "filmed"),
    )
    assert TREATMENTS.columns == ("date", "kind", "product", "dose_units", "sites", "note", "until")
    assert DIARY.columns[0] == "date"
    assert QUESTIONNAIRES.columns[:4] == ("date", "instrument", "item_1", "item_2")
    assert QUESTIONNAIRES.columns[-1] == "total"
    assert [table.file for table in TABLES] == ["sessions.csv", "treatments.csv", "diary.csv", "questionnaires.csv"]


def test_the_columns_are_those_of_the_documentation() -> None:
    parts = {part.split("\n")[0].strip("`"): part for part in PAGE.read_text(encoding="utf-8").split("\n## ")}
    sessions = re.findall(r"^\| `(\w+)` \|", parts["sessions.csv"], flags=re.MULTILINE)
    assert set(sessions) == {*SESSIONS.columns, *SESSIONS.further}
    named = set(re.findall(r"`(\w+)`", parts["treatments.csv"])) - {"toxin", "decompression", "drug", "other"}
    assert named == set(TREATMENTS.columns)
    assert set(re.findall(r"`(\w+)`", parts["questionnaires.csv"])) <= set(QUESTIONNAIRES.columns)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.file)
def test_every_column_that_is_described_is_read(tmp_path: Path, table: PersonTable) -> None:
    path = tmp_path / table.file
    more = ",".join((*table.further, *([f"{table.numbered}12"] if table.numbered else []), "note"))
    path.write_text(f"{','.join(table.columns).replace(',note', '')},{more}\n", encoding="utf-8")
    assert read_table(path, table.needed, table.names, numbered=table.numbered, free=table.free).found.problems == []
    path.write_text(f"{','.join(table.columns)},other\n", encoding="utf-8")
    assert len(
        read_table(path, table.needed, table.names, numbered=table.numbered, free=table.free).found.problems
    ) == (0 if table.free else 1)


def test_cells_are_written_so_that_they_come_back(tmp_path: Path) -> None:
    path = tmp_path / TREATMENTS.file
    path.write_text(TREATMENTS.text([{"date": TODAY, "kind": "toxin", "sites": "a,b", "note": 'say "x"'}]), "utf-8")
    ((_, cells),) = read_table(path, TREATMENTS.needed, TREATMENTS.names)
    assert cells == {
        "date": "2026-11-24",
        "kind": "toxin",
        "product": "",
        "dose_units": "",
        "sites": "a,b",
        "note": 'say "x"',
        "until": "",
    }
    with pytest.raises(ValueError, match="dose"):
        TREATMENTS.text([{"dose": 1}])
