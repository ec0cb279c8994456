"""The plan of an experiment comes back as it was filled in, and what was changed in it is named."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from facialis.core.errors import FormatError, OutputError
from facialis.core.person.experiment import Design, ExperimentPlan
from facialis.files.experiment import FILE, experiment_text, read_experiment, write_experiment
from facialis.follow.experiment import plan_experiment


def made(design: Design = "random") -> ExperimentPlan:
    return plan_experiment("coffee", days=60, start=date(2025, 3, 1), seed=1, design=design)


def filled(folder: Path, *, design: Design = "random") -> Path:
    """A plan whose every day was followed; the spasm was 6 on days with and 4 on days without."""
    lines = experiment_text(made(design)).splitlines()
    for k, line in enumerate(lines[2:], start=2):
        cells = line.split(",")
        cells[2], cells[3] = "yes", "6" if cells[1].startswith("with ") else "4"
        lines[k] = ",".join(cells)
    path = folder / FILE
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize("design", ["random", "abab"])
def test_a_plan_comes_back_with_what_was_filled_in(tmp_path: Path, design: Design) -> None:
    plan = made(design)
    write_experiment(plan, tmp_path / FILE)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    empty = read_experiment(tmp_path / FILE)
    assert (empty.factor, empty.problems) == ("coffee", ())
    drawn = [(d.given, d.block, d.unit, d.counted) for d in plan.days]
    assert [(d.given, d.block, d.unit, d.counted) for d in empty.days] == drawn
    assert {(d.done, d.rating) for d in empty.days} == {(None, None)}, "what was not noted is not known"

    full = read_experiment(filled(tmp_path, design=design))
    assert [(d.given, d.block, d.unit, d.counted) for d in full.days] == drawn
    assert {(d.given, d.done, d.rating) for d in full.days} == {(True, True, 6.0), (False, True, 4.0)}


def test_a_plan_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        write_experiment(made(), tmp_path / FILE)
    assert [path.name for path in tmp_path.iterdir()] == [FILE]


def test_mistakes_in_the_table_are_named(tmp_path: Path) -> None:
    path = filled(tmp_path)
    lines = path.read_text().splitlines()
    lines[3] = lines[3].replace("coffee", "tea")
    lines[4] = lines[4].replace(",yes,", ",perhaps,", 1)
    lines[5] = ",".join([*lines[5].split(",")[:3], "44", *lines[5].split(",")[4:]])
    lines[6] = lines[6].replace("with", "w/").replace("w/out", "w/o")
    lines.append(lines[7])
    path.write_text("\n".join(lines), encoding="utf-8")
    problems = read_experiment(path).problems
    assert {(p.line, p.field) for p in problems} == {
        (4, "condition"),
        (5, "done"),
        (6, "spasm (0-10)"),
        (7, "condition"),
        (63, "date"),
    }


def test_files_that_are_no_plan_are_refused(tmp_path: Path) -> None:
    path = tmp_path / FILE
    with pytest.raises(FormatError, match="There is no"):
        read_experiment(path)
    path.write_text("date,condition\n", encoding="utf-8")
    with pytest.raises(FormatError, match="missing"):
        read_experiment(path)
    path.write_text("date,condition,done,block,unit,counted\n", encoding="utf-8")
    with pytest.raises(FormatError, match="spasm"):
        read_experiment(path)
    path.write_text("date,condition,done,spasm,block,unit,counted\n", encoding="utf-8")
    with pytest.raises(FormatError, match="no day"):
        read_experiment(path)
    text = filled(tmp_path, design="abab").read_text().splitlines()
    text[2] = text[2].replace("with ", "without ") if ",with " in text[2] else text[2].replace("without ", "with ")
    path.write_text("\n".join(text), encoding="utf-8")
    with pytest.raises(FormatError, match="one unit"):
        read_experiment(path)


def test_days_to_come_are_not_analysed(tmp_path: Path) -> None:
    today = date(2025, 3, 20)
    rows = read_experiment(filled(tmp_path), today=today)
    assert len(rows.days) == 60, "the lot drew them together"
    assert [row.rating is None for row in rows.days] == [False] * 20 + [True] * 40
    (problem,) = rows.problems
    assert "2025-03-21 lies in the future" in problem.message
    assert "39 further lines" in problem.message
    assert not read_experiment(filled(tmp_path), today=date(2025, 6, 1)).problems


def test_a_plan_that_a_spreadsheet_saved_again_is_read(tmp_path: Path) -> None:
    lines = filled(tmp_path).read_text(encoding="utf-8").splitlines()
    german = [line.replace(",", ";") for line in lines[1:]]
    german = [re.sub(r"^(\d{4})-(\d\d)-(\d\d)", r"\3.\2.\1", line).replace(";yes;", ";ja;") for line in german]
    (tmp_path / FILE).write_bytes("\r\n".join([lines[0], *german]).encode("utf-16"))
    rows = read_experiment(tmp_path / FILE, today=date(2025, 6, 1))
    assert (len(rows.days), rows.problems) == (60, ())
    assert all(row.done for row in rows.days)
