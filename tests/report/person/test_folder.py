"""The folder of results about a person: whole or not at all; tables that say the same as the answer."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from facialis.core.errors import OutputError
from facialis.core.person.answer import Answer
from facialis.core.person.casefile import Diary, Treatment
from facialis.files.tables.formulas import as_written
from facialis.report.person.answers import course_object, guidance_object
from facialis.report.person.export import TABLES, tables, write_export
from facialis.report.person.folder import write_person_folder
from tests.report import person_factory
from tests.report.person_factory import EVERYONE

COURSE_KEYS = {
    "verdict",
    "probabilities",
    "span_days",
    "rate_per_min",
    "change_per_year",
    "remission",
    "blocked_by",
    "smallest_change",
    "next_recording",
    "toxin",
    "triggers",
}


@pytest.mark.parametrize("make", EVERYONE.values(), ids=EVERYONE)
def test_the_json_has_the_fixed_keys(make: Callable[[], Answer]) -> None:
    course = json.loads(json.dumps(course_object(make()), allow_nan=False))
    assert set(course) >= COURSE_KEYS
    if course["rate_per_min"] is not None:
        assert set(course["rate_per_min"]) == {"now", "low", "high", "probability"}
        assert set(course["change_per_year"]) == {"estimate", "low", "high", "probability"}
        assert set(course["probabilities"]) == {"resolving", "stable", "worsening"}
    guide = json.loads(json.dumps(guidance_object(make()), allow_nan=False))
    assert set(guide) >= {"urgency", "rules", "resembles"}


def test_toxin_and_triggers_stand_in_the_json() -> None:
    course = course_object(person_factory.treated())
    assert set(course["toxin"]["wear_off"]) >= {"date", "low", "high", "probability"}
    assert set(course["triggers"][0]) >= {"name", "lag_days", "direction", "effect", "low", "high", "named"}


def test_what_the_page_tells_of_treatments_stands_in_the_json() -> None:
    answer = person_factory.treated()
    course = json.loads(json.dumps(course_object(answer)))
    assert [effect["what"] for effect in course["side_effects"]] == ["ptosis"] * 3
    first = course["side_effects"][0]
    assert (first["treatment"], first["date"], first["source"]) == ("toxin", first["treatment_date"], "note")
    assert [(row["date"], row["grade"], row["days_after"]) for row in course["grades"]] == [("2026-10-31", 2, 60)]
    assert [(row["entered"], row["key"] != "", row["side"]) for row in course["sites"][:4]] == [
        ("lower lid left", True, "left"),
        ("right cheek", True, "right"),
        ("cheek", True, None),
        ("somewhere", False, None),
    ]
    assert {row["why"] for row in course["withheld"]} == {"course_blocked_toxin_window"}


def test_what_lies_ahead_and_what_to_read_stand_in_the_json() -> None:
    answer = person_factory.treated()
    guide = json.loads(json.dumps(guidance_object(answer)))
    assert guide["questions"] == [row.text for row in answer.pathway.ask]
    assert guide["ahead"]["expect"]
    assert all(row["text"] and row["references"] for rows in guide["ahead"].values() for row in rows)
    assert [row["key"] for row in guide["reading"]] == [item.key for item in answer.reading]
    assert all(row["title"] for row in guide["reading"])


@pytest.mark.parametrize("make", EVERYONE.values(), ids=EVERYONE)
def test_everything_is_written(make: Callable[[], Answer], tmp_path: Path) -> None:
    out = write_person_folder(make(), tmp_path / "out")
    assert {path.name for path in out.iterdir()} == {
        "report.html",
        "visit.pdf",
        "visit-clinician.pdf",
        "visit.html",
        "course.json",
        "guidance.json",
        "data",
    }
    write_person_folder(make(), tmp_path / "out")
    assert not list(tmp_path.glob(".facialis-*"))


def test_tables_come_back_as_they_were(tmp_path: Path) -> None:
    answer = person_factory.treated()
    write_export(answer, tmp_path)
    book = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert [r["name"] for r in book["resources"]] == list(TABLES)
    for resource in book["resources"]:
        parquet = pq.read_table(tmp_path / f"{resource['name']}.parquet")
        assert parquet.equals(tables(answer)[resource["name"]])
        assert parquet.column_names == [field["name"] for field in resource["schema"]["fields"]]
        if parquet.num_rows:
            assert pc.read_csv(tmp_path / resource["path"]).column_names == parquet.column_names
    assert pq.read_table(tmp_path / "sessions.parquet").num_rows == len(answer.casefile.sessions)
    assert pq.read_table(tmp_path / "diary.parquet").num_rows == 31


def test_other_peoples_files_are_never_replaced(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.doc").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="other files"):
        write_person_folder(person_factory.empty(), tmp_path / "out")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    with pytest.raises(OutputError):
        write_person_folder(person_factory.empty(), tmp_path / "file")
    assert not list(tmp_path.glob(".facialis-*"))


def test_what_the_report_did_not_make_stays(tmp_path: Path) -> None:
    out = write_person_folder(person_factory.resolving(), tmp_path / "out")
    own = [out / ".notes", out / "data" / "mine.xlsx", out / "data" / "drafts" / "a.csv"]
    for path in own:
        path.parent.mkdir(exist_ok=True)
        path.write_text("mine", encoding="utf-8")
    (out / "data" / "sessions.csv").write_text("old", encoding="utf-8")
    write_person_folder(person_factory.empty(), out)
    assert [path.read_text(encoding="utf-8") for path in own] == ["mine"] * 3
    assert (out / "data" / "sessions.csv").read_text(encoding="utf-8") != "old"


def test_no_text_of_a_table_is_a_formula(tmp_path: Path) -> None:
    odd = ['=HYPERLINK("http://x.example")', "+1", "-2 units", "@sum", "\tx", "'=a", "\uff1d1", "'tis", "fine"]
    answer = person_factory.treated()
    days = [date(2026, 1, 1 + k) for k in range(len(odd))]
    case = replace(
        answer.casefile,
        treatments=tuple(Treatment(day=d, kind="other", note=text) for d, text in zip(days, odd, strict=True)),
        diary=Diary(columns=("=evil",), units=("h",), days=(days[0],), values=np.array([[-2.5]])),
    )
    write_export(replace(answer, casefile=case), tmp_path)
    with (tmp_path / "treatments.csv").open(encoding="utf-8", newline="") as file:
        notes = [row["note"] for row in csv.DictReader(file)]
    assert not any(note[0] in "=+-@\t\r\uff1d" for note in notes)
    assert [as_written(note) for note in notes] == odd
    assert pq.read_table(tmp_path / "treatments.parquet").column("note").to_pylist() == odd
    with (tmp_path / "diary.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["what"], row["value"]) == ("'=evil", "-2.5")


def test_what_fails_leaves_the_old_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = write_person_folder(person_factory.resolving(), tmp_path / "out")
    before = (out / "course.json").read_bytes()

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OutputError, match="No space"):
        write_person_folder(person_factory.quiet(), tmp_path / "out")
    monkeypatch.undo()
    assert (out / "course.json").read_bytes() == before
    assert not list(tmp_path.glob(".facialis-*"))


def test_a_persons_own_folder_is_never_replaced_by_its_report(tmp_path: Path) -> None:
    for name in ("sessions.csv", "course.json"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    with pytest.raises(OutputError, match="other files"):
        write_person_folder(person_factory.empty(), tmp_path)
    assert (tmp_path / "sessions.csv").read_text(encoding="utf-8") == "x"
