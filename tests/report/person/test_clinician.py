"""The sheet for the clinician: on one page or two, complete, and unknown where nothing was told or measured."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

import pypdf
import pytest

from facialis.core.knowledge import language, load, wording
from facialis.core.person.answer import Answer
from facialis.core.person.casefile import Person, Treatment
from facialis.core.person.course import Blocked, LeftOut
from facialis.report.person.clinician.seen import change_words, cycle_table, recording_table, spread_words
from facialis.report.person.clinician.sheet import render_clinician_pdf
from facialis.report.person.clinician.told import alarm_keys, alarm_words, told_rows
from facialis.report.person.course_words import verdict_sentence
from tests.report import person_factory
from tests.report.person_factory import AS_OF, EVERYONE

WHO = pytest.mark.parametrize("make", EVERYONE.values(), ids=EVERYONE)


def pages(content: bytes) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(content))
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
    return [" ".join(page.extract_text().split()) for page in reader.pages]


@WHO
@pytest.mark.parametrize("code", ["en", "de"])
def test_it_is_one_page_with_the_answer_and_every_heading(make: Callable[[], Answer], code: str) -> None:
    with language(code):
        answer = make()
        (text,) = pages(render_clinician_pdf(answer))
        for key in ("title", "history", "spread", "change", "operation", "mri", "table", "toxin", "alarm", "notes"):
            assert wording(f"sheet_{key}") in text, key
        assert verdict_sentence(answer.course)[:40] in text


def test_the_longest_takes_two_pages_at_most() -> None:
    answer, word = person_factory.treated(), "W" * 140
    given = tuple(
        Treatment(
            day=AS_OF - timedelta(days=40 - k),
            kind=kind,  # type: ignore[arg-type]
            product=word,
            sites=(word,) * 20,
            note=word,
            change="begun" if kind == "drug" else None,
        )
        for k, kind in enumerate(("toxin", "drug", "other", "decompression") * 8)
    )
    case = replace(answer.casefile, name="N" * 255, treatments=given, person=Person(replies={}))
    left = tuple(
        LeftOut(name=f"{k}", day=AS_OF, why=why)
        for k, why in enumerate(("course_left_out_toxin", "course_left_out_caught", "course_left_out_medicine"))
    )
    course = replace(answer.course, blocked_by=get_args(Blocked), left_out=left)
    for code in ("en", "de"):
        with language(code):
            assert len(pages(render_clinician_pdf(replace(answer, casefile=case, course=course)))) <= 2


def test_what_nobody_told_is_unknown_and_never_no() -> None:
    answer = person_factory.empty()
    told = dict(told_rows(answer))
    unknown = wording("sheet_unknown")
    for key in ("history", "weakness", "operation", "drugs", "mri"):
        assert unknown in told[wording(f"sheet_{key}")]
    assert not re.search(rf": {wording('sheet_no')}\b", " ".join(told.values()))
    groups = dict(alarm_words(answer.casefile.person))
    assert groups[wording("sheet_alarm_no")] == wording("sheet_nothing")
    assert len(groups[wording("sheet_alarm_open")].split(", ")) >= len(alarm_keys())
    assert spread_words(answer.casefile) == unknown
    assert change_words(answer).startswith(unknown)
    _, rows = recording_table(person_factory.resolving())
    assert rows[0][5:] == ["?", "?", "?", "?"], "eye shut, tonic, Babinski-2 and synchrony were not measured"


def test_alarm_questions_are_those_of_the_urgent_rules_and_stand_where_they_were_answered() -> None:
    keys = alarm_keys()
    assert {"sudden_droop", "double_vision", "self_harm_thoughts", "breathing_trouble"} <= set(keys)
    assert not {"suppressible", "one_lid_only", "family"} & set(keys)
    assert set(keys) <= set(load("history.yaml"))
    yes, no, _ = alarm_words(Person(replies={"double_vision": True, "sudden_droop": False}))
    assert yes[1] == wording("alarm_double_vision")
    assert no[1] == wording("alarm_sudden_droop")


def test_measured_signs_stand_in_the_table() -> None:
    answer = person_factory.resolving()
    rows = answer.casefile.sessions
    last = replace(
        rows[-1], eye_shut_share=0.12, tonic_share=0.05, other_babinski_events=3.0, synchrony_share=0.8, usable_min=1.25
    )
    case = replace(answer.casefile, sessions=(*rows[:-1], last))
    head, cells = recording_table(replace(answer, casefile=case))
    found = dict(zip(head, cells[-1], strict=True))
    for name, value in (
        ("seconds", "75"),
        ("shut", "12 %"),
        ("tonic", "5 %"),
        ("babinski", "3"),
        ("synchrony", "80 %"),
    ):
        assert found[wording(f"sheet_col_{name}")] == value
    assert "0.6 %" in cells[-1]
    with language("de"):
        assert "0,6 %" in recording_table(answer)[1][-1]


def test_a_session_that_does_not_count_is_marked_and_rest_is_told_from_other_tasks() -> None:
    answer = person_factory.treated()
    _, cells = recording_table(answer)
    assert [row[0].endswith(" *") for row in cells[-2:]] == [True, True]
    assert not cells[0][0].endswith(" *")
    rows = tuple(replace(row, block="all") for row in answer.casefile.sessions)
    _, cells = recording_table(replace(answer, casefile=replace(answer.casefile, sessions=rows)))
    assert cells[0][2] == wording("sheet_not_rest", seconds="60")


def test_the_change_since_the_last_visit_is_as_counted() -> None:
    answer = person_factory.resolving()

    def said(**replies: date) -> str:
        case = replace(answer.casefile, person=Person(replies=replies))
        return change_words(replace(answer, casefile=case))

    assert said() == wording("sheet_change_no_visit")
    day = AS_OF - timedelta(days=80)
    counted = said(last_visit=day)
    assert counted.startswith("Visit on 12 Aug 2026: then ")
    then, now = (float(part.split()[0]) for part in counted.replace(",", "").split("then ")[1].split("now "))
    assert then > now > 0
    assert said(last_visit=AS_OF - timedelta(days=4000)).startswith(wording("sheet_unknown"))
    mixed = replace(answer, course=replace(answer.course, blocked_by=("mixed_sides",)))
    assert "different sides" in change_words(mixed)


def test_cycles_have_dose_and_sites_and_what_recordings_say() -> None:
    head, cells = cycle_table(person_factory.treated())
    assert len(head) == len(cells[0])
    assert "20 U" in cells[0][1]
    assert "lower lid left" in cells[0][1]
    assert cells[-1][4] == "?", "half gone is not known of the last one"


def test_medicines_and_an_mri_report_are_shown_as_entered() -> None:
    answer = person_factory.resolving()
    given = (
        Treatment(day=date(2026, 3, 1), kind="other", product="MRI", note="loop at the root exit"),
        Treatment(day=date(2026, 4, 1), kind="drug", product="Tegretal", change="begun"),
        Treatment(day=date(2026, 5, 1), kind="drug", product="Tegretal", change="stopped"),
    )
    told = dict(told_rows(replace(answer, casefile=replace(answer.casefile, treatments=given))))
    assert told[wording("sheet_mri")] == "1 Mar 2026: MRI, loop at the root exit"
    assert told[wording("sheet_drugs")] == "1 Apr 2026: Tegretal begun; 1 May 2026: Tegretal stopped"


def test_every_alarm_question_has_a_short_name() -> None:
    for key in alarm_keys():
        assert len(wording(f"alarm_{key}")) <= 40, key
