"""A person's folder: what is there is read, what cannot be used is named with file, line and field."""

from __future__ import annotations

import json
import re
import string
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facialis.core.errors import FacialisError, FormatError
from facialis.core.knowledge import load
from facialis.core.person.casefile import Casefile
from facialis.core.person.written_days import day_of
from facialis.files.person import read_person
from tests.odd_files import ODD, at_once, put

TODAY = date(2026, 11, 24)


def folder(place: Path, **files: str) -> Path:
    """A person's folder with these files; ``person`` is person.yaml, all others are CSV."""
    place.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (place / (f"{name}.yaml" if name == "person" else f"{name}.csv")).write_text(text, encoding="utf-8")
    return place


def read(place: Path, **files: str) -> Casefile:
    return read_person(folder(place, **files), today=TODAY)


def said(case: Casefile) -> list[str]:
    return [str(problem) for problem in case.problems]


def session(place: Path, name: str, **changes: object) -> None:
    """What `analyse` writes, as far as the course needs it."""
    content = {
        "format_version": 1,
        "recording": {"sha256": name, "recorded_at": "2026-05-01T10:00:00Z"},
        "usable_s": 60.0,
        "rest_s": 30.0,
        "measures": [
            {"name": "twitch_rate_per_min", "block": "all", "value": 10.0},
            {"name": "twitch_rate_per_min", "block": "rest", "value": 8.0},
            {"name": "spasm_share", "block": "rest", "value": 0.1},
            {"name": "side", "block": "all", "value": "left"},
            {"name": "regions", "block": "all", "value": "orbicularis_oculi,zygomaticus"},
            {"name": "median_amplitude_iod", "block": "all", "value": 0.03},
            {"name": "tonic_share", "block": "all", "value": None},
            {"name": "eye_opening_difference", "block": "all", "value": -0.1},
            {"name": "closure_difference", "block": "all", "value": 0.2},
            {"name": "eye_closed_share", "block": "rest", "value": 0.03},
            {"name": "eye_mouth_synchrony", "block": "all", "value": 0.75},
            {"name": "other_babinski_events", "block": "all", "value": 2.0},
        ],
        "limits": [
            {"region": "lower_lid", "side": "left", "limit_iod": 0.006},
            {"region": "upper_lid", "side": "left", "limit_iod": 0.008},
            {"region": "lower_lid", "side": "right", "limit_iod": 0.5},
            {"region": "forehead", "side": "left", "limit_iod": None},
        ],
        **changes,
    }
    where = place / "sessions" / name
    where.mkdir(parents=True)
    (where / "session.json").write_text(json.dumps(content), encoding="utf-8")


def test_a_session_without_a_rate_is_left_out_with_its_reason_and_is_no_zero(tmp_path: Path) -> None:
    rate = {"name": "twitch_rate_per_min", "block": "all", "value": None, "why_not": "it is too coarse"}
    session(tmp_path, "2026-04-02-evening", measures=[rate])
    case = read_person(tmp_path, today=TODAY)
    assert case.sessions == ()
    (problem,) = said(case)
    assert "Twitches a minute are not measurable: it is too coarse. The session is left out." in problem


def test_what_analyse_wrote_becomes_a_row(tmp_path: Path) -> None:
    session(tmp_path, "2026-04-02-evening")
    session(tmp_path, "clip", date="2026-04-01")
    session(tmp_path, "another")
    case = read_person(tmp_path, today=TODAY)
    assert said(case) == []
    assert [row.day for row in case.sessions] == [date(2026, 4, 1), date(2026, 4, 2), date(2026, 5, 1)]
    row = case.sessions[0]
    assert (row.usable_min, row.twitches, row.block, row.side) == (0.5, 4.0, "rest", "left")
    assert row.limit_iod == pytest.approx(0.006)
    assert row.tonic_share is None
    assert row.eye_shut_share == 0.03
    assert row.resting_asymmetry == pytest.approx(-0.1)
    assert (row.synchrony_share, row.other_babinski_events) == (0.75, 2.0)
    assert row.closure_share == pytest.approx(0.8)
    assert row.revision == 0


def test_a_session_says_which_measurement_it_is_of(tmp_path: Path) -> None:
    session(tmp_path, "2026-04-01", provenance={"revision": 3})
    session(tmp_path, "2026-04-02", provenance={"revision": -1})
    session(tmp_path, "2026-04-03", provenance=[])
    case = read(tmp_path, sessions="date,usable_min,twitches\n2026-04-04,1,2\n")
    assert [row.revision for row in case.sessions] == [3, None], "what somebody counted is of no revision"
    assert ["revision" in problem for problem in said(case)] == [True, True]


def test_the_day_of_a_session(tmp_path: Path) -> None:
    """The person's word, then the name of the folder, then the film's own calendar day, never that of UTC."""
    film = {"sha256": "a", "recorded_at": "2026-06-01T05:30:00+00:00"}
    session(tmp_path, "film", date="2026-05-31", date_from="film_utc", recording=film)
    session(tmp_path, "2026-05-30-evening", date="2026-05-31", date_from="film", recording=film | {"sha256": "b"})
    session(tmp_path, "2026-05-29", date="2026-05-28", date_from="given", recording=film | {"sha256": "c"})
    local = {"sha256": "d", "recorded_at": "2026-05-27T23:30:00-07:00", "recorded_local": True}
    session(tmp_path, "old", recording=local)
    days = {row.name: str(row.day) for row in read(tmp_path).sessions}
    assert days == {
        "film": "2026-05-31",
        "2026-05-30-evening": "2026-05-30",
        "2026-05-29": "2026-05-28",
        "old": "2026-05-27",
    }


def test_sessions_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    session(tmp_path, "good")
    session(tmp_path, "undated", recording={"sha256": "x", "recorded_at": None})
    session(tmp_path, "twin", recording={"sha256": "good", "recorded_at": "2026-05-02"})
    session(tmp_path, "later", date="2027-01-01")
    session(tmp_path, "short", measures=[])
    session(tmp_path, "odd", measures={"a": 1})
    session(tmp_path, "tomorrows", format_version=2)
    session(tmp_path, "without_version", format_version=None)
    (tmp_path / "sessions" / "empty").mkdir()
    broken = tmp_path / "sessions" / "broken"
    broken.mkdir()
    (broken / "session.json").write_text("{", encoding="utf-8")
    case = read_person(tmp_path, today=TODAY)
    assert [row.name for row in case.sessions] == ["good"]
    named = {p.file.split("/")[1]: p.message for p in case.problems}
    assert set(named) == {"undated", "twin", "later", "short", "odd", "empty", "broken", "tomorrows", "without_version"}
    assert "good" in named["twin"]
    assert "date" in named["undated"]
    assert "future" in named["later"]
    assert "newer facialis" in named["tomorrows"]
    assert "Update" in named["tomorrows"]
    assert "format version None" in named["without_version"]


def test_tables_are_read(tmp_path: Path) -> None:
    case = read(
        tmp_path,
        person="birth_year: 1970\nonset: 2024-05\nside: left\nface_weakness: none\n"
        "regions: [eye, cheek]\nin_sleep: yes\n",
        sessions="date,usable_min,twitches,limit_iod,side\n2026-01-08,1,12,0.006,left\n2026-01-01,2,0,,\n",
        treatments='date,kind,product,dose_units,sites\n2026-03-01,toxin,Botox,20,"lower lid, cheek"\n',
        diary="date,stress (0-10),sleep (hours),spasms\n2026-01-02,3,7.5,2\n2026-01-01,,8,\n",
        questionnaires="date,instrument,item_1,item_2,total\n2026-03-01,PHQ-9,1,2,\n2026-03-02,HFS-7,,,12\n",
    )
    assert said(case) == []
    assert case.person.day("onset") == date(2024, 5, 15)
    assert case.person.text("face_weakness") == "none"
    assert case.person.replies["regions"] == ("eye", "cheek")
    assert case.person.is_true("in_sleep")
    assert not case.person.known("cancer")
    assert not case.person.is_false("cancer")
    assert [row.day.day for row in case.sessions] == [1, 8]
    assert case.sessions[0].limit_iod is None
    assert case.treatments[0].sites == ("lower lid", "cheek")
    assert case.diary.units == ("0-10", "h", "")
    assert np.isnan(case.diary.column("stress")[0])
    assert case.diary.column("sleep")[1] == 7.5
    assert [(row.instrument, row.items, row.total) for row in case.forms] == [
        ("phq9", (1.0, 2.0), None),
        ("hfs7", (), 12.0),
    ]


@pytest.mark.parametrize(
    ("file", "text", "line", "field", "part"),
    [
        ("sessions", "date,usable_min,twitches\n2027-01-01,1,2\n", 2, "date", "future"),
        ("sessions", "date,usable_min,twitches\n03/04/2026,1,2\n", 2, "date", "2026-05-31"),
        ("sessions", "date,usable_min,twitches\n2026-02-30,1,2\n", 2, "date", "calendar"),
        ("sessions", "date,usable_min,twitches\n\n2026-02-03,,2\n", 3, "usable_min", "left out"),
        ("sessions", "date,usable_min,twitches\n2026-02-03,1,-2\n", 2, "twitches", "between 0 and 3000"),
        ("sessions", "date,usable_min,twitches,side\n2026-02-03,1,2,l\n", 2, "side", "left, right"),
        ("sessions", "date,usable_min,twitches,burden_share\n2026-02-03,1,2,5\n", 2, "burden_share", "per cent"),
        ("sessions", "date,usable_min,twitches\n2026-02-03,1,2\n2026-02-03,1,2\n", 3, "date", "already"),
        ("treatments", "date,kind\n2026-02-03,botxo\n", 2, "kind", "Botox"),
        ("treatments", "date,kind,dose_units\n2026-02-03,toxin,many\n", 2, "dose_units", "no number"),
        ("treatments", "date,kind\n2026-02-03,toxin\n2026-02-03,toxin\n", 3, "date", "already"),
        ("diary", "date,stress (0-10)\n2026-02-03,30\n", 2, "stress (0-10)", "0 to 10"),
        ("diary", "date,sleep (h)\n2026-02-03,480\n", 2, "sleep (h)", "minutes"),
        ("diary", "date,a\n2026-02-03,1\n2026-02-03,2\n", 3, "date", "twice"),
        ("diary", "date,a\n2026-02-03,1,2\n", 2, "", "cells"),
        ("diary", "date,x (yes/no)\n2026-02-03,perhaps\n", 2, "x (yes/no)", "yes nor no"),
        ("questionnaires", "date,instrument,total\n2026-02-03,,2\n", 2, "instrument", "no instrument"),
        ("questionnaires", "date,instrument,total\n2026-02-03,gad7,\n", 2, "total", "neither"),
        ("person", "side: upwards\n", 1, "side", "left"),
        ("person", "\nshoe_size: 44\n", 2, "shoe_size", "not known"),
        ("person", "in_sleep: maybe\n", 1, "in_sleep", "yes nor no"),
        ("person", "birth_year: 1070\n", 1, "birth_year", "between"),
        ("person", "onset: 2030-01-01\n", 1, "onset", "future"),
    ],
)
def test_mistakes_are_named_with_line_and_field(
    file: str, text: str, line: int, field: str, part: str, tmp_path: Path
) -> None:
    problems = read(tmp_path, **{file: text}).problems
    assert [(p.line, p.field) for p in problems] == [(line, field)]
    assert part in problems[0].message
    assert problems[0].file.startswith(file)


@pytest.mark.parametrize(
    ("file", "text", "part"),
    [
        ("sessions", "when,usable_min,twitches\n", "date"),
        ("diary", "date,a,a\n2026-01-01,1,2\n", "twice"),
        ("diary", "date,a (h),a (min)\n2026-01-01,1,2\n", "same name"),
        ("diary", 'date,note\n2026-01-01,"open\n', "line 2"),
        ("person", "side: left\nside: right\n", "line 2: side stands twice"),
        ("person", "- left\n", "key: value"),
        ("person", "a: [\n", "person.yaml"),
        ("person", "a: !!python/object/apply:os.system [true]\n", "line 1: the mark tag:yaml.org,2002:python"),
        ("person", "side: !!binary aGVsbG8=\n", "has no place here"),
        ("person", "a: &a [x, x]\n? *a\n: b\n", "line 1: a key must be a single word"),
        ("person", "? {a: b}\n: c\n", "a key must be a single word"),
        ("person", "[" * 5000, "person.yaml"),
    ],
)
def test_files_that_cannot_be_used_at_all_are_refused(file: str, text: str, part: str, tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=part):
        read(tmp_path, **{file: text})


def test_no_folder_and_an_empty_one_are_refused(tmp_path: Path) -> None:
    for place in (tmp_path / "none", tmp_path):
        with pytest.raises(FormatError, match="person"):
            read_person(place, today=TODAY)


def test_tables_of_spreadsheets_are_read(tmp_path: Path) -> None:
    place = folder(tmp_path)
    text = 'date;stress (0-10);note\r\n31.1.2026;3,5;"two\r\nlines; and a semicolon"\r\n# a remark\r\n1.2.2026;4;\r\n'
    for coding in ("utf-8-sig", "utf-16", "cp1252"):
        (place / "diary.csv").write_bytes(text.encode(coding))
        case = read_person(place, today=TODAY)
        assert said(case) == []
        assert case.diary.days == (date(2026, 1, 31), date(2026, 2, 1))
        assert list(case.diary.column("stress")) == [3.5, 4.0]


def test_an_earlier_day_knows_nothing_of_later_ones(tmp_path: Path) -> None:
    place = folder(
        tmp_path,
        sessions="date,usable_min,twitches\n2026-01-08,1,12\n2026-03-01,2,0\n",
        diary="date,a\n2026-01-02,3\n2026-05-01,1\n",
    )
    case = read_person(place, today=TODAY, as_of=date(2026, 2, 1))
    assert said(case) == []
    assert len(case.sessions) == 1
    assert len(case.diary.days) == 1
    late = read_person(place, today=TODAY, as_of=date(2027, 2, 1))
    assert late.as_of == TODAY
    assert "future" in said(late)[0]


@given(day=st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_days_are_read_as_they_are_written(day: date) -> None:
    assert day_of(day.isoformat()) == day_of(f"{day.isoformat()}T10:00") == day_of(day.strftime("%d.%m.%Y")) == day


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    name=st.sampled_from(["sessions", "treatments", "diary", "questionnaires", "person"]),
    body=st.text(alphabet=string.printable + "äß\u2028\0", max_size=200),
)
def test_no_file_breaks_the_reader(name: str, body: str, tmp_path: Path) -> None:
    head = {
        "sessions": "date,usable_min,twitches,side,limit_iod\n",
        "treatments": "date,kind,dose_units\n",
        "diary": "date,a (0-10),b\n",
        "questionnaires": "date,instrument,item_1,total\n",
        "person": "",
    }[name]
    place = tmp_path / f"p{abs(hash((name, body)))}"
    folder(place)
    path = place / (f"{name}.yaml" if name == "person" else f"{name}.csv")
    path.write_bytes((head + body).encode("utf-8", "surrogatepass"))
    try:
        read_person(place, today=TODAY)
    except FacialisError as error:
        assert path.name in str(error)


@given(st.lists(st.integers(0, 400), min_size=1, max_size=30))
def test_every_diary_row_is_there_or_named(offsets: list[int]) -> None:
    import tempfile

    lines = [f"{TODAY - timedelta(days=k)},1" for k in offsets]
    with tempfile.TemporaryDirectory() as place:
        case = read(Path(place), diary="date,a\n" + "\n".join(lines) + "\n")
    again = [re.search(r"The same holds for (?:line|(\d+))", problem.message) for problem in case.problems]
    named = len(case.problems) + sum(int(found[1] or 1) for found in again if found)
    assert len(case.diary.days) + named == len(lines)


def test_every_question_can_be_answered() -> None:
    for key, row in load("history.yaml").items():
        assert row["kind"] in {"yes_no", "date", "number", "choice", "choices", "days", "yes_no_date"}, key
        assert row["ask"].endswith(("?", ".")), key


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("onset: 2025-13-45", "'2025-13-45' is no day of the calendar."),
        ("birth_year: " + "9" * 5000, "is no number."),
        ("onset: 0001-01-01", "lies before 1900."),
        ("side: [left, right]", "This is a list where one answer is asked for."),
        ("regions: [[eye]]", "This is a list where one answer is asked for."),
    ],
)
def test_an_answer_that_cannot_be_leaves_out_that_answer_alone(tmp_path: Path, line: str, problem: str) -> None:
    case = read(tmp_path, person=f"{line}\nnumbness: yes\n")
    assert case.person.replies == {"numbness": True}
    assert problem in said(case)[0]
    assert said(case)[0].startswith("person.yaml, line 1")


@pytest.mark.parametrize(
    "line",
    ["duration_days: 0120", "duration_days: 1:30", "birth_year: 01980", "duration_days: 0x20", "duration_days: 1.200"],
)
def test_a_number_that_means_another_to_yaml_is_named(tmp_path: Path, line: str) -> None:
    case = read(tmp_path, person=f"{line}\nnumbness: yes\n")
    assert case.person.replies == {"numbness": True}
    (problem,) = said(case)
    assert problem.startswith("person.yaml, line 1")
    assert line.split(": ")[1] in problem


def test_a_number_of_days_may_have_marks_and_words_both_languages(tmp_path: Path) -> None:
    case = read(
        tmp_path,
        person="duration_days: 1'200 Tage\nsex: weiblich\nface_weakness: deutlich\nprevious_palsy: ja\npainful: nein\n",
    )
    replies = {key: value for key, value in case.person.replies.items() if key != "duration_days"}
    assert replies == {"sex": "female", "face_weakness": "marked", "previous_palsy": True, "painful": False}
    assert (case.person.number("duration_days") or 0) >= 1200


@pytest.mark.parametrize("name", ["person.yaml", "diary.csv", "sessions.csv", "treatments.csv", "questionnaires.csv"])
@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_ordinary_file_is_refused_in_one_sentence(tmp_path: Path, name: str, kind: str) -> None:
    folder(tmp_path, sessions="date,usable_min,twitches\n", person="side: left\n")
    put(kind, tmp_path / name)
    with at_once(), pytest.raises(FormatError, match=rf"^{re.escape(name)} cannot be read: ") as refused:
        read_person(tmp_path, today=TODAY)
    assert "\n" not in str(refused.value)


def test_a_time_of_day_does_not_spoil_a_day(tmp_path: Path) -> None:
    assert read(tmp_path, person="onset: 2025-03-01 10:00:00\n").person.day("onset") == date(2025, 3, 1)


def test_a_few_lines_that_stand_for_billions_of_words_are_refused_at_once(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{b}: &{b} [{', '.join(['*' + a] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)]
    case = read(tmp_path, person="\n".join([*lines, "side: *i", "regions: *i"]) + "\n")
    assert not case.person.replies
    assert sum("This is a list" in problem for problem in said(case)) == 2


def test_a_recording_that_was_exported_again_counts_once(tmp_path: Path) -> None:
    film = {"recorded_at": "2026-05-01T10:00:00+00:00", "duration_s": 60.0}
    session(tmp_path, "2026-05-01", recording=film | {"sha256": "a"})
    local = {"recorded_at": "2026-05-01T12:00:00+02:00", "duration_s": 60.033}
    session(tmp_path, "2026-05-01-export", recording=film | local | {"sha256": "b"})
    session(tmp_path, "2026-05-01-longer", recording=film | {"sha256": "c", "duration_s": 61.0})
    session(tmp_path, "2026-05-01-later", recording=film | {"sha256": "d", "recorded_at": "2026-05-01T10:05:00+00:00"})
    session(tmp_path, "2026-05-02", recording=film | {"sha256": "e"})
    case = read(tmp_path)
    assert [row.name for row in case.sessions] == ["2026-05-01", "2026-05-01-later", "2026-05-01-longer", "2026-05-02"]
    assert [problem.file for problem in case.problems] == ["sessions/2026-05-01-export/session.json"]
    assert "2026-05-01, exported anew" in case.problems[0].message


def test_counts_that_no_face_reaches_are_named(tmp_path: Path) -> None:
    case = read(tmp_path, sessions="date,usable_min,twitches\n2026-05-01,1,1e300\n2026-05-02,1,40\n")
    assert [row.twitches for row in case.sessions] == [40.0]
    assert "sessions.csv, line 2, twitches: 1e300 cannot be" in said(case)[0]


def test_a_day_before_anybody_lived_is_named(tmp_path: Path) -> None:
    case = read(tmp_path, sessions="date,usable_min,twitches\n0001-05-01,1,4\n2026-05-02,1,40\n")
    assert len(case.sessions) == 1
    assert "lies before 1900" in said(case)[0]


@pytest.mark.parametrize(
    "changes",
    [
        {"rest_s": 10**400},
        {"rest_s": float("inf")},
        {"limits": [{"region": "lower_lid", "side": "left", "limit_iod": -1.0}]},
        {"measures": [{"name": "twitch_rate_per_min", "block": "rest", "value": 1e308}]},
        {"measures": [{"name": "twitch_rate_per_min", "block": "rest", "value": -5.0}]},
        {
            "measures": [
                {"name": "twitch_rate_per_min", "block": "rest", "value": 5.0},
                {"name": "spasm_share", "block": "rest", "value": 7.0},
            ]
        },
    ],
)
def test_a_result_with_impossible_numbers_is_left_out_and_named(tmp_path: Path, changes: dict[str, object]) -> None:
    session(tmp_path, "2026-05-01-a")
    session(tmp_path, "2026-05-02-b", **changes)
    case = read(tmp_path)
    assert [row.name for row in case.sessions] == ["2026-05-01-a"]
    assert "The session is left out." in said(case)[0]


def test_an_item_keeps_its_number_where_columns_are_missing(tmp_path: Path) -> None:
    case = read(tmp_path, questionnaires="date,instrument,item_9,item_1\n2026-05-01,PHQ-9,2,0\n")
    assert case.forms[0].items == (0.0, *[None] * 7, 2.0)


@pytest.mark.parametrize(
    ("file", "header", "odd", "offered"),
    [
        ("sessions", "date,usable_min,twitches,limit", "limit", "Did you mean limit_iod? "),
        ("treatments", "date,kind,shoe", "shoe", ""),
        ("treatments", "date,kind,Prodkut", "Prodkut", "Did you mean product? "),
        ("questionnaires", "date,instrument,total,Item_1000", "Item_1000", "Did you mean item_1? "),
    ],
)
def test_a_column_that_nothing_reads_is_named_once(
    tmp_path: Path, file: str, header: str, odd: str, offered: str
) -> None:
    case = read(tmp_path, **{file: f"{header},note\n"})
    assert said(case) == [f"{file}.csv, line 1, {odd}: This column is not known. {offered}It is left out."]


def test_a_file_in_place_of_the_sessions_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sessions").write_text("date\n", encoding="utf-8")
    with pytest.raises(FormatError, match="is a file, not a folder"):
        read_person(tmp_path, today=TODAY)


def test_unknown_is_an_answer_that_is_not_given(tmp_path: Path) -> None:
    case = read(tmp_path, person='numbness: unknown\npainful: "?"\nside: n/a\nface_weakness: none\n')
    assert said(case) == []
    assert case.person.replies == {"face_weakness": "none"}


def test_a_month_that_has_not_come_is_named(tmp_path: Path) -> None:
    case = read(tmp_path, person="onset: 2026-11\nprevious_palsy: 2026-12\n")
    assert case.person.replies == {"onset": date(2026, 11, 15)}
    assert "2026-12 lies in the future." in said(case)[0]


def test_what_is_quoted_at_great_length_is_cut(tmp_path: Path) -> None:
    case = read(tmp_path, sessions="date,usable_min,twitches\n2026-05-01,1," + "x" * 50_000 + "\n")
    assert len(said(case)[0]) < 500
    assert said(case)[0].endswith("is no number. The row is left out.")


def test_what_is_counted_in_days_was_less_on_an_earlier_day(tmp_path: Path) -> None:
    place = folder(tmp_path, person="toxin_days_ago: 30\nduration_days: 400\nonset: 2026-11-01\n")
    case = read_person(place, today=TODAY, as_of=TODAY - timedelta(days=40))
    assert said(case) == []
    assert not case.person.known("toxin_days_ago")
    assert case.person.number("duration_days") == 360
    assert not case.person.known("onset")


def test_two_products_and_a_touch_up_of_one_day_are_both_kept(tmp_path: Path) -> None:
    again = "2026-02-03,toxin,A,5,cheek\n"
    text = f"date,kind,product,dose_units,sites\n2026-02-03,toxin,A,10,lid\n{again}{again}"
    case = read(tmp_path, treatments=text)
    assert [t.sites for t in case.treatments] == [("lid",), ("cheek",)]
    assert [p.line for p in case.problems] == [4]


def test_questions_are_those_of_the_person(tmp_path: Path) -> None:
    place = folder(tmp_path, person="side: left\n")
    assert read_person(place, today=TODAY).questions == ()
    (place / "questions.txt").write_text("\ufeff Does it go away? \n\n" + "Why?\n" * 30, encoding="utf-8")
    asked = read_person(place, today=TODAY).questions
    assert (asked[:2], len(asked)) == (("Does it go away?", "Why?"), 20)
