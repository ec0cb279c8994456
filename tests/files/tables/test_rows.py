"""Tables of spreadsheets of several countries, with codes, titles and words: read, or named once for a column."""

from __future__ import annotations

import math
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from facialis.core.errors import FormatError
from facialis.core.knowledge import language
from facialis.core.person.casefile import Casefile
from facialis.files.person import read_person
from facialis.files.tables.rows import read_table
from facialis.follow.questionnaires import score_all
from tests.odd_files import at_once

TODAY = date(2026, 11, 24)


def read(place: Path, coding: str = "utf-8", **files: str) -> Casefile:
    place.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (place / (f"{name}.yaml" if name == "person" else f"{name}.csv")).write_bytes(text.encode(coding))
    return read_person(place, today=TODAY)


def said(case: Casefile) -> list[str]:
    return [str(problem) for problem in case.problems]


def diary(header: str, *rows: str, sep: str = ";") -> str:
    days = [TODAY - timedelta(days=len(rows) - k) for k in range(len(rows))]
    return "\n".join([f"date{sep}{header}", *(f"{d}{sep}{row}" for d, row in zip(days, rows, strict=True))]) + "\n"


def test_thousands_are_read_and_said_once(tmp_path: Path) -> None:
    case = read(tmp_path, diary=diary("Schritte", "4.310", "11.075", "640"))
    assert list(case.diary.column("Schritte")) == [4310, 11075, 640]
    assert said(case) == ["diary.csv, line 2, Schritte: '4.310' is read as 4310: its mark parts thousands."]


def test_a_column_that_can_be_two_is_refused_in_one_sentence(tmp_path: Path) -> None:
    case = read(tmp_path, diary=diary("x;sleep (h)", *["4.310;7"] * 60))
    assert all(map(math.isnan, case.diary.column("x")))
    (problem,) = said(case)
    assert "'4.310' can mean two numbers" in problem
    assert problem.endswith("The same holds for 59 further lines, the last of which is line 61.")


@pytest.mark.parametrize("mark", [".", " ", "\u202f", "\u00a0", "'", "\u2019", ","])
def test_a_column_is_the_same_however_its_thousands_are_written(tmp_path: Path, mark: str) -> None:
    steps = [350 + 977 * (k % 13) for k in range(40)]
    written = [f"{n:,}".replace(",", mark) for n in steps]
    rows = [f"{k % 7};{n}" for k, n in enumerate(written)]
    case = read(tmp_path, diary=diary("spasms (0-10);steps", *rows))
    assert list(case.diary.column("steps")) == steps


def test_codes_and_empty_cells_say_the_same(tmp_path: Path) -> None:
    hours = [f"{5 + k % 4}.{k % 10}" for k in range(40)]
    rows = [[f"{k % 7},{gap if k % 6 == 0 else h}" for k, h in enumerate(hours)] for gap in ("", "-99", "999", "99")]
    cases = [read(tmp_path / str(k), diary=diary("spasms,sleep", *r, sep=",")) for k, r in enumerate(rows)]
    assert [len(case.problems) for case in cases] == [0, 1, 1, 1]
    for case in cases[1:]:
        np.testing.assert_array_equal(case.diary.values, cases[0].diary.values)


def test_a_german_table_of_steps_has_thousands(tmp_path: Path) -> None:
    steps = ["4.310", "11.075", "5.200"]
    german = "Datum;Schritte;Tassen\n" + "".join(f"{k}.5.2026;{n};{k}\n" for k, n in enumerate(steps, start=1))
    case = read(tmp_path, diary=german)
    assert list(case.diary.column("Schritte")) == [4310, 11075, 5200]
    assert len(said(case)) == 1
    odd = german.replace("11.075", "3").replace("4.310", "1.125")
    assert all(map(math.isnan, read(tmp_path, diary=odd).diary.column("Schritte"))), (
        "5200 beside 3 may be five and a bit"
    )


def test_codes_are_named_in_one_sentence_and_taken_as_missing(tmp_path: Path) -> None:
    rows = ["3;5", "-99;4", "2;6", "99;5", "4;-99", "1;7"]
    case = read(tmp_path, diary=diary("stress (0-10);tea", *rows))
    assert [math.isnan(value) for value in case.diary.column("stress")] == [False, True, False, True, False, False]
    assert math.isnan(case.diary.column("tea")[4])
    assert [p.field for p in case.problems] == ["stress (0-10)", "tea"]
    assert "codes for a missing value and are taken as not noted: -99, 99." in said(case)[0]


def test_a_code_is_no_answer_to_a_questionnaire(tmp_path: Path) -> None:
    items = ",".join(f"item_{k}" for k in range(1, 10))
    text = (
        f"date,instrument,{items},total\n"
        "2026-10-01,PHQ-9,0,1,0,1,0,1,0,1,999,\n"
        "2026-10-02,PHQ-9,,,,,,,,,,-99\n"
        "2026-10-03,HFS-30,,,,,,,,,,99\n"
        "2026-10-04,PHQ-9,0,0,0,0,0,0,0,0,3,\n"
    )
    case = read(tmp_path, questionnaires=text)
    assert [(form.items[8:], form.total) for form in case.forms] == [((), None), ((), 99.0), ((3.0,), None)]
    assert [score.help_now for score in score_all(case)] == [False, False, True], "999 is no answer, 3 is one"
    assert ["codes for a missing value" in problem for problem in said(case)] == [True, True, False]


def test_recordings_in_seconds_among_minutes_are_named(tmp_path: Path) -> None:
    rows = [f"2026-10-{k + 1:02d},{120 if k == 4 else 2 + k / 10},{30 + k}" for k in range(8)]
    case = read(tmp_path, sessions="date,usable_min,twitches\n" + "\n".join(rows) + "\n")
    assert len(case.sessions) == 7
    assert "sessions.csv, line 6, usable_min: '120' does not fit the other numbers of this column" in said(case)[0]


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_files_of_all_codings_are_read(tmp_path: Path, coding: str) -> None:
    case = read(
        tmp_path,
        coding,
        person="# für Käthe\nside: links\nregions: Auge, Wange\n",
        diary="Datum;Müdigkeit (0-10)\n3.5.2026;4\n",
    )
    assert said(case) == []
    assert case.person.replies == {"side": "left", "regions": ("eye", "cheek")}
    assert case.diary.columns == ("Müdigkeit",)


@pytest.mark.parametrize(
    "head",
    ["sep=;\r\n", '"sep=;"\n', "My diary;;\n;;\n", "Tagebuch von Anna, 2026\n\n\n", "\ufeffsep=;\n# a remark\n"],
)
def test_what_stands_above_the_header_is_passed(tmp_path: Path, head: str) -> None:
    case = read(tmp_path, diary=head + "Date;Stress (0-10);Note\n2026-05-01;3,5;warm\n2026-13-01;3;\n")
    assert list(case.diary.column("Stress")) == [3.5]
    line = head.count("\n") + 3
    assert said(case) == [f"diary.csv, line {line}, date: '2026-13-01' is no day of the calendar. The row is left out."]


def test_headers_and_answers_of_both_languages_are_known(tmp_path: Path) -> None:
    case = read(
        tmp_path,
        treatments="Datum;Art;Dosis (IE);Stellen;Notiz\n1.5.2026;Botox;25 IE;Unterlid;gut\n",
        sessions="Date;Usable min;Zuckungen;Seite;gefilmt\n2026-05-01;2 min;14;Links;geplant\n",
        diary="Tag;allein;Schlaf in Stunden;Kaffee\n1.5.2026;WAHR;7:30;2 Tassen\n2.5.2026;nein;8 h;1\n",
        questionnaires="Datum;Fragebogen;Frage 1;Frage 2;Summe\n1.5.2026;PHQ-9;1;2;\n",
    )
    assert said(case) == []
    assert (case.treatments[0].dose_units, case.treatments[0].sites, case.treatments[0].note) == (
        25,
        ("Unterlid",),
        "gut",
    )
    row = case.sessions[0]
    assert (row.usable_min, row.twitches, row.side, row.filmed) == (2, 14, "left", "planned")
    assert case.diary.units == ("yes/no", "h", "cups")
    assert case.diary.values.tolist() == [[1, 7.5, 2], [0, 8, 1]]
    assert case.forms[0].items == (1.0, 2.0)


def test_the_nearest_word_is_offered(tmp_path: Path) -> None:
    case = read(
        tmp_path,
        person="sied: left\nside: leftt\nin_sleep: yess\n",
        sessions="date,usable_min,twitches,sites,side\n2026-05-01,2,14,,lft\n",
    )
    offers = ["Did you mean side?", "Did you mean left?", "Did you mean yes?"]
    assert all(offer in problem for offer, problem in zip(offers, said(case), strict=False))
    assert "lft' is none of left, right, both. Did you mean left?" in said(case)[-1]
    with pytest.raises(FormatError, match="usable_min is missing") as refused:
        read(tmp_path / "b", sessions="date,usable minits,twitches\n2026-05-01,2,14\n")
    assert refused.value.advice.endswith("Did you mean usable_min?")


def test_an_own_name_goes_before_another_word_for_it(tmp_path: Path) -> None:
    path = tmp_path / "diary.csv"
    path.write_text("date,day,Datum\n2026-05-01,Friday,x\n", encoding="utf-8")
    assert read_table(path).header == ("date", "day", "Datum")


def test_an_apostrophe_that_disarms_a_formula_is_taken_away(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("date,note\n2026-05-01,'=1+1\n2026-05-02,''@x\n2026-05-03,'tis fine\n", encoding="utf-8")
    assert [cells["note"] for _, cells in read_table(path)] == ["=1+1", "'@x", "'tis fine"]


def test_years_of_recordings_are_read_in_seconds(tmp_path: Path) -> None:
    rows = "".join(f"{TODAY - timedelta(days=k)},2,{20 + k % 30},left\n" for k in range(3000))
    with at_once():  # one comparison of every row with every other took most of a minute
        case = read(tmp_path, sessions=f"date,usable_min,twitches,side\n{rows}")
    assert len(case.sessions) == 3000


def test_the_sentence_for_a_column_is_german_as_well(tmp_path: Path) -> None:
    with language("de"):
        case = read(tmp_path, diary=diary("Stress (0-10)", "viel", "sehr viel", "wenig"))
    (problem,) = said(case)
    assert problem.endswith("Dasselbe gilt für 2 weitere Zeilen, zuletzt für Zeile 4.")
