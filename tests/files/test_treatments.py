"""Treatments and their days as people write them; what is not read is said, and stops every word of the course."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from facialis.actions.answer import answer
from facialis.core.person.casefile import Casefile
from facialis.files.person import read_person
from facialis.report.person.course_words import opening_sentences

TODAY = date(2026, 11, 30)


def read(place: Path, treatments: str = "", person: str = "", **more: str) -> Casefile:
    files = {"treatments.csv": treatments, "person.yaml": person, **{f"{n}.csv": text for n, text in more.items()}}
    for name, text in files.items():
        if text:
            (place / name).write_text(text, encoding="utf-8")
    return read_person(place, today=TODAY)


def falling() -> str:
    """Recordings once a week for a year, of which the later third is nearly quiet: what an injection looks like."""
    days = [TODAY - timedelta(days=7 * k) for k in reversed(range(52))]
    rows = [f"{day},5,{25 if day < date(2026, 8, 1) else 1},0.01,left" for day in days]
    return "date,usable_min,twitches,limit_iod,side\n" + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    "row",
    [
        *("2026-08-01,Botox", "1.8.26,Xeomin", "15/08/2026,Botulinumtoxin", "1. August 2026,Dysport", "2026-08,botox"),
        *("August 2026,BoNT-A", "2026-08-01,Tegretol", "08/2026,MVD", "2026,Dekompression"),
    ],
)
def test_a_treatment_as_people_write_it_is_read_and_is_no_healing(row: str, tmp_path: Path) -> None:
    case = read(tmp_path, f"date,kind\n{row}\n", sessions=falling())
    assert (len(case.treatments), case.problems, case.unread_treatments) == (1, (), ())
    said = answer(case).course
    assert said.verdict != "course_verdict_resolving"
    assert said.remission == "none"


def test_without_any_treatment_it_is_less(tmp_path: Path) -> None:
    # The other way round: what these tests rest on would otherwise be said.
    assert answer(read(tmp_path, sessions=falling())).course.verdict == "course_verdict_resolving"


@pytest.mark.parametrize(
    "row",
    [
        "2026-08-01,Botxo",
        "03/04/2026,Botox",
        "last summer,Botox",
        "2026-08-01,magic",
        ",Botox",
        "2027-08-01,Botox",
        "2026-08-01,",
    ],
)
def test_a_treatment_that_cannot_be_read_stops_the_verdict(row: str, tmp_path: Path) -> None:
    case = read(tmp_path, f"date,kind\n2024-01-01,physio\n{row}\n", sessions=falling())
    assert [problem.line for problem in case.unread_treatments] == [3]
    said = answer(case)
    assert said.course.verdict == "course_verdict_treatment_unread"
    assert said.course.probabilities is None
    assert said.course.rate_per_min is None
    assert {row.why for row in said.withheld} == {"course_blocked_treatment_unread"}
    assert said.course.line == ()
    assert opening_sentences(said)[1] == str(case.unread_treatments[0])


def test_a_row_with_too_many_cells_is_an_unread_treatment_too(tmp_path: Path) -> None:
    case = read(tmp_path, "date,kind\n2026-08-01,Botox,left,right\n")
    assert len(case.unread_treatments) == 1


def test_a_treatment_of_the_history_that_cannot_be_read_is_unread_too(tmp_path: Path) -> None:
    case = read(tmp_path, person="toxin_days_ago: a while\n")
    assert [problem.field for problem in case.unread_treatments] == ["toxin_days_ago"]


def test_the_same_treatment_twice_counts_once_and_stops_nothing(tmp_path: Path) -> None:
    case = read(tmp_path, "date,kind\n2026-08-01,Botox\n1.8.2026,botox\n")
    assert len(case.treatments) == 1
    assert len(case.problems) == 1
    assert case.unread_treatments == ()


def test_a_month_is_a_span_up_to_today(tmp_path: Path) -> None:
    case = read(tmp_path, "date,kind\n2026-02,Botox\n2026-11,Botox\n")
    assert [(row.day, row.latest_day) for row in case.treatments] == [
        (date(2026, 2, 1), date(2026, 2, 28)),
        (date(2026, 11, 1), TODAY),
    ]


def test_the_order_of_day_and_month_is_that_of_the_column(tmp_path: Path) -> None:
    case = read(tmp_path, "date,kind\n12/25/2025,Botox\n3/4/2026,Botox\n")
    assert [row.day for row in case.treatments] == [date(2025, 12, 25), date(2026, 3, 4)]


ROWS = "date,kind,until\n2026-01-10,Tegretol,2026-03-01\n2026-05-01,Lyrica,\n2026-06-01,Keppra,2027-01-01\n"


def test_the_end_of_a_medicine_is_a_row_of_its_own(tmp_path: Path) -> None:
    case = read(tmp_path, ROWS)
    changes = [(row.day, row.product, row.change) for row in case.treatments]
    assert changes == [
        (date(2026, 1, 10), "carbamazepine", "begun"),
        (date(2026, 3, 1), "carbamazepine", "stopped"),
        (date(2026, 5, 1), "pregabalin", "begun"),
        (date(2026, 6, 1), "levetiracetam", "begun"),
    ]
    assert case.problems == ()


def test_an_end_before_the_beginning_is_named(tmp_path: Path) -> None:
    case = read(tmp_path, "date,kind,until\n2026-05-10,Tegretol,2026-03-01\n")
    assert [problem.field for problem in case.unread_treatments] == ["until"]


def test_the_end_of_a_medicine_that_cannot_be_read_stops_the_verdict_and_leaves_its_beginning(tmp_path: Path) -> None:
    case = read(tmp_path, "date,kind,until\n2026-05-10,Tegretol,some day\n", sessions=falling())
    assert [(row.change, row.day) for row in case.treatments] == [("begun", date(2026, 5, 10))]
    assert [(problem.field, problem.left_out) for problem in case.unread_treatments] == [("until", "value")]
    assert answer(case).course.verdict == "course_verdict_treatment_unread"


def test_a_row_that_stands_twice_may_bring_the_end(tmp_path: Path) -> None:
    case = read(tmp_path, "date,kind,until\n2026-05-10,Tegretol,\n2026-05-10,Tegretol,2026-07-01\n")
    assert [row.change for row in case.treatments] == ["begun", "stopped"]
    assert case.problems == ()


@pytest.mark.parametrize(
    ("row", "change"),
    [
        ("Tegretol,no side effects", "begun"),
        ("Tegretol,not bad", "begun"),
        ("Tegretol,kept up since then", "begun"),
        ("Tegretol nicht mehr,", "stopped"),
        ("Tegretol,abgesetzt", "stopped"),
        ("Tegretol,dose halved", "changed"),
    ],
)
def test_a_note_tells_what_became_of_a_medicine_and_nothing_it_does_not_say(
    row: str, change: str, tmp_path: Path
) -> None:
    case = read(tmp_path, f"date,kind,note\n2026-05-10,{row}\n")
    assert [treatment.change for treatment in case.treatments] == [change]
    assert case.problems == ()


def test_a_mistyped_year_is_no_plan_because_its_note_says_not(tmp_path: Path) -> None:
    case = read(tmp_path, "date,kind,note\n2027-05-10,Botox,not painful\n")
    assert [problem.line for problem in case.unread_treatments] == [2]


@pytest.mark.parametrize("note", ["refused", "abgelehnt"])
def test_what_a_note_says_was_refused_was_not_had(note: str, tmp_path: Path) -> None:
    assert read(tmp_path, f"date,kind,note\n2026-05-10,Botox,{note}\n").treatments == ()


# ---- answers in days --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("person", "days"),
    [
        ("answered_on: 2025-11-30\nduration_days: 5\n", 370.0),
        ("duration_days: 2026-11-20\n", 10.0),
        ("answered_on: 2026-11-30\nduration_days: 5\n", 5.0),
    ],
)
def test_an_answer_in_days_grows_with_the_calendar(person: str, days: float, tmp_path: Path) -> None:
    assert read(tmp_path, person=person).person.number("duration_days") == days


def test_where_the_day_of_answering_is_not_given_it_is_that_of_the_file_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "person.yaml").write_text("toxin_days_ago: 20\n", encoding="utf-8")
    then = (TODAY - timedelta(days=100)).toordinal() - date(1970, 1, 1).toordinal()
    os.utime(tmp_path / "person.yaml", (then * 86400 + 43200,) * 2)
    case = read(tmp_path)
    assert case.person.number("toxin_days_ago") == 120.0
    assert [(problem.field, problem.left_out) for problem in case.problems] == [("toxin_days_ago", "")]
    assert "answered_on" in case.problems[0].message


def test_what_had_not_begun_on_an_earlier_day_is_unknown_then(tmp_path: Path) -> None:
    (tmp_path / "person.yaml").write_text("answered_on: 2026-11-30\ntoxin_days_ago: 20\n", encoding="utf-8")
    early = read_person(tmp_path, today=TODAY, as_of=TODAY - timedelta(days=30))
    assert not early.person.known("toxin_days_ago")
    assert read_person(tmp_path, today=TODAY, as_of=TODAY - timedelta(days=5)).person.number("toxin_days_ago") == 15.0


@pytest.mark.parametrize(("text", "reply"), [("yes", True), ("nein", False), ("2019", date(2019, 7, 1))])
def test_a_palsy_may_be_answered_with_yes_no_or_a_day(text: str, reply: object, tmp_path: Path) -> None:
    case = read(tmp_path, person=f"previous_palsy: {text}\n")
    assert (case.person.replies, case.problems) == ({"previous_palsy": reply}, ())


def test_a_palsy_that_is_none_of_these_is_named(tmp_path: Path) -> None:
    (problem,) = read(tmp_path, person="previous_palsy: maybe\n").problems
    assert "Yes or no will do" in problem.message


# ---- recordings that were caught ----------------------------------------------------------------------------------


def test_how_a_recording_came_about_is_a_column(tmp_path: Path) -> None:
    rows = "2026-11-01,5,9,caught\n2026-11-08,5,1,geplant\n2026-11-15,5,1,\n2026-11-22,5,1,sometimes\n"
    case = read(tmp_path, sessions="date,usable_min,twitches,filmed\n" + rows)
    assert [row.filmed for row in case.sessions] == ["caught", "planned", None, None]
    assert [(problem.line, problem.left_out) for problem in case.problems] == [(5, "value")]


def test_alone_and_as_filmed_are_columns_in_which_unknown_is_not_no(tmp_path: Path) -> None:
    rows = "2026-11-01,5,9,yes,no\n2026-11-08,5,1,nein,ja\n2026-11-15,5,1,,unknown\n2026-11-22,5,1,perhaps,\n"
    case = read(tmp_path, sessions="date,usable_min,twitches,allein,as_filmed\n" + rows)
    assert [(row.alone, row.as_filmed) for row in case.sessions] == [
        (True, False),
        (False, True),
        (None, None),
        (None, None),
    ]
    assert [(problem.line, problem.left_out) for problem in case.problems] == [(5, "value")]


@pytest.mark.parametrize("row", ["2027-01-12,Botox,planned", "2027-01-12,Botox,Termin"])
def test_what_is_planned_is_no_treatment_yet_and_stops_nothing(row: str, tmp_path: Path) -> None:
    case = read(tmp_path, f"date,kind,note\n{row}\n")
    assert (case.treatments, case.problems, case.unread_treatments) == ((), (), ())
