"""What one output withholds no other says: terminal, JSON, page, sheet for the visit and tables, for each reason."""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pypdf
import pytest

from facialis.actions.answer import answer as answer_about
from facialis.actions.report import write_report
from facialis.cli.course import print_course, print_guidance
from facialis.core.knowledge import wording
from facialis.core.person.course import Course
from facialis.files.person import read_person
from facialis.follow.course import find_course
from facialis.follow.withheld import WITHHELD

AS_OF = date(2026, 10, 31)
HEAD = "date,usable_min,twitches,burden_share,median_amplitude_iod,limit_iod,side,regions,block"
SAID = {  # sentences that tell a number of the course, and its key in the JSON
    "visit_probabilities": "probabilities",
    "visit_rate_now": "rate_per_min",
    "visit_now": "rate_per_min",
    "visit_now_share": "rate_per_min",
    "visit_change_less": "change_per_year",
    "visit_change_more": "change_per_year",
    "visit_burden": "burden_share",
    "visit_smallest": "smallest_change",
}
PLACES = ("past", "often", "span", "resolving", "stable", "worsening", "rate", "low", "high", "ratio", "share")
SHOWN = (print_course, print_guidance)
TABLE = {
    "rate": "rate_per_min",
    "change": "change_per_year",
    "burden": "burden_share",
    "resolving": "probabilities",
    "stable": "probabilities",
    "worsening": "probabilities",
    "smallest": "smallest_change",
}


def recordings(
    *, last_days_ago: int = 19, quiet: int = 0, mixed: bool = False, every_days: int = 21, rising: bool = False
) -> str:
    """Sixteen of them with fewer and fewer twitches, the last ``quiet`` without any; or rising, over more skin."""
    rows = [HEAD]
    for k in range(16):
        day = AS_OF - timedelta(days=last_days_ago + every_days * (15 - k))
        rank = 15 - k if rising else k
        count = 0 if k >= 16 - quiet else 31 - 3 * rank // 2 + 3 * (k % 3)
        muscles = '"orbicularis_oculi,zygomaticus"' if rising and k > 7 else "orbicularis_oculi"
        side = "right" if mixed and k % 2 else "left"
        rest = f"{0.0023 * count:.4f},0.03,0.006,{side},{muscles},rest" if count else "0,,0.006,,,rest"
        rows.append(f"{day},2.0,{count},{rest}")
    return "\n".join(rows) + "\n"


def treated(kind: str, days_ago: int) -> str:
    return f"date,kind,product\n{AS_OF - timedelta(days=days_ago)},{kind},\n"


@dataclass(frozen=True)
class Reason:
    """Files of a person in whom something must be withheld, and what and why it is."""

    files: dict[str, str]
    why: str
    what: tuple[str, ...] = WITHHELD


CLEAR = Reason({"sessions.csv": recordings()}, why="", what=())
CLEAR_RISING = Reason({"sessions.csv": recordings(rising=True)}, why="", what=())
OF_THE_COURSE = ("triage_course_worse", "triage_course_spreads")  # rules that rest on numbers of the natural course
REASONS = {
    "nothing": CLEAR,
    "nothing_rising": CLEAR_RISING,
    "toxin": Reason(
        {"sessions.csv": recordings(), "treatments.csv": treated("toxin", 20)}, why="course_blocked_toxin_window"
    ),
    "mixed_sides": Reason({"sessions.csv": recordings(mixed=True)}, why="course_blocked_mixed_sides"),
    "mixed_sides_filmed_today": Reason(
        {"sessions.csv": recordings(mixed=True, last_days_ago=0)}, why="course_blocked_mixed_sides"
    ),
    "operated_of_late": Reason(
        {"sessions.csv": recordings(), "treatments.csv": treated("decompression", 100)},
        why="course_blocked_decompression_under_12_months",
    ),
    "operated_long_ago": Reason(
        {"sessions.csv": recordings(every_days=40), "treatments.csv": treated("decompression", 400)},
        why="course_verdict_after_decompression",
    ),
    "toxin_rising": Reason(
        {"sessions.csv": recordings(rising=True), "treatments.csv": treated("toxin", 20)},
        why="course_blocked_toxin_window",
    ),
    "mixed_sides_rising": Reason(
        {"sessions.csv": recordings(rising=True, mixed=True)}, why="course_blocked_mixed_sides"
    ),
    "operated_long_ago_rising": Reason(
        {"sessions.csv": recordings(rising=True, every_days=40), "treatments.csv": treated("decompression", 400)},
        why="course_verdict_after_decompression",
    ),
    "filmed_long_ago": Reason(
        {"sessions.csv": recordings(rising=True, last_days_ago=400)}, why="course_blocked_no_recent_session"
    ),
    "quiet_and_weak": Reason(
        {"sessions.csv": recordings(quiet=8), "person.yaml": "face_weakness: slight\n"},
        why="course_blocked_weakness",
        what=("quiet_days", "rate_per_min", "change_per_year", "burden_share", "burden_change_per_year"),
    ),
}


@dataclass(frozen=True)
class Told:
    """Everything that is put out about one person, and the course with nothing withheld."""

    reason: Reason
    whole: Course
    course: dict[str, Any]
    guide: dict[str, Any]
    texts: dict[str, str]
    folder: Path

    @property
    def withheld(self) -> tuple[str, ...]:
        return tuple(name for name in self.reason.what if getattr(self.whole, name) is not None)


def printed(show: Callable[[], None]) -> str:
    """What is printed to standard output."""
    with contextlib.redirect_stdout(io.StringIO()) as out:
        show()
    return out.getvalue()


@pytest.fixture(scope="module", params=REASONS, ids=list(REASONS))
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Told:
    reason = REASONS[request.param]
    folder = tmp_path_factory.mktemp(request.param) / "person"
    folder.mkdir()
    for name, text in reason.files.items():
        (folder / name).write_text(text, encoding="utf-8")
    case = read_person(folder, today=AS_OF)
    answer = answer_about(case)
    made = [printed(partial(show, answer, as_json=as_json)) for as_json in (True, False) for show in SHOWN]
    out = write_report(answer, folder / "report")
    assert json.loads((out / "course.json").read_text(encoding="utf-8")) == json.loads(made[0])
    assert json.loads((out / "guidance.json").read_text(encoding="utf-8")) == json.loads(made[1])
    sheet = pypdf.PdfReader(io.BytesIO((out / "visit.pdf").read_bytes())).pages[0].extract_text()
    texts = {
        "course": made[2],
        "guide": made[3],
        "report.html": re.sub(r"<[^>]+>", " ", (out / "report.html").read_text(encoding="utf-8")),
        "visit.html": re.sub(r"<[^>]+>", " ", (out / "visit.html").read_text(encoding="utf-8")),
        "visit.pdf": sheet,
    }
    return Told(
        reason=reason,
        whole=find_course(case),
        course=json.loads(made[0]),
        guide=json.loads(made[1]),
        texts={name: " ".join(text.split()) for name, text in texts.items()},
        folder=out,
    )


def pattern(key: str) -> str:
    """The sentence of this key, whatever stands in its places."""
    return re.escape(wording(key, **dict.fromkeys(PLACES, "0x0"))).replace("0x0", ".{1,40}?")


def floats(value: object) -> Iterator[float]:
    """All numbers with a fraction, however deep."""
    if isinstance(value, dict):
        for item in value.values():
            yield from floats(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from floats(item)
    elif isinstance(value, float) and value % 1:
        yield value


PARTS = ("value", "low", "high", "resolving", "stable", "worsening")


def numbers_of(course: Course, names: tuple[str, ...]) -> set[float]:
    """What is withheld, as numbers: estimates with their ends, probabilities."""
    items = [getattr(course, name) for name in names]
    return set(floats([[item, *(getattr(item, part, None) for part in PARTS)] for item in items]))


def test_the_json_is_silent_and_says_why(told: Told) -> None:
    assert [row["what"] for row in told.course["withheld"]] == list(told.withheld)
    assert {row["why"] for row in told.course["withheld"]} <= {told.reason.why, "course_withheld_wide"}
    for name in WITHHELD:
        silent = name in told.withheld or getattr(told.whole, name) is None
        assert (told.course[name] is None) == silent, name
    assert (told.course["span_days"] is None) == (told.course["probabilities"] is None)


def test_sentences_say_what_the_json_says_and_no_more(told: Told) -> None:
    for name in ("course", "report.html", "visit.html", "visit.pdf"):
        for key in sorted(set(SAID.values())):
            there = [s for s, k in SAID.items() if k == key and re.search(pattern(s), told.texts[name])]
            assert bool(there) == (told.course[key] is not None), (name, key)
        if told.course["quiet_days"] is None:
            assert not re.search(pattern("visit_quiet"), told.texts[name])


def test_the_table_of_numbers_has_dashes_where_the_json_has_null(told: Told) -> None:
    page = (told.folder / "report.html").read_text(encoding="utf-8")
    for label, key in TABLE.items():
        row = re.search(rf"<th>{re.escape(wording(f'visit_number_{label}'))}</th><td>([^<]*)</td>", page)
        assert row is not None
        assert (row[1] == "–") == (told.course[key] is None), label


def test_no_file_holds_a_number_that_is_withheld(told: Told) -> None:
    hidden = numbers_of(told.whole, told.withheld)
    assert bool(hidden) == bool(told.withheld)
    data = {path.name: pq.read_table(path).to_pylist() for path in (told.folder / "data").glob("*.parquet")}
    assert {"sessions.parquet", "line.parquet", "withheld.parquet"} <= set(data)
    assert set(floats(list(data.values()))) & hidden == set()
    # Lines have a hundred points: rounded, one may equal a number of today by chance. Their tables are not rounded.
    today = told.course | {"line": [], "toxin": (told.course["toxin"] or {}) | {"line": []}}
    assert {*floats(today), *floats(told.guide)} & {float(f"{x:.4g}") for x in hidden} == set()
    assert [row["what"] for row in data["withheld.parquet"]] == list(told.withheld)


def test_the_line_says_the_rate_of_today_only_where_the_rate_is_said(told: Told) -> None:
    line = told.course["line"]
    assert line
    ends_today = line[-1]["date"] == AS_OF.isoformat()
    assert ends_today == (told.course["rate_per_min"] is not None)
    table = pq.read_table(told.folder / "data" / "line.parquet").to_pylist()
    assert [str(row["date"]) for row in table] == [point["date"] for point in line]
    if ends_today:
        assert {key: line[-1][key] for key in ("now", "low", "high")} == {
            key: told.course["rate_per_min"][key] for key in ("now", "low", "high")
        }
    drawn = re.search(
        r'<path d="([^"]+)" class="course-line"', (told.folder / "visit.html").read_text(encoding="utf-8")
    )
    assert drawn is not None
    assert len(re.findall("[ML]", drawn[1])) == len(line)


def test_no_rule_of_the_guide_says_what_the_course_withholds(told: Told) -> None:
    said = {rule for rule in OF_THE_COURSE if wording(rule) in told.texts["guide"]}
    assert said == (set(OF_THE_COURSE) if told.reason is CLEAR_RISING else set())
    for name in ("course", "report.html", "visit.html", "visit.pdf"):
        assert {rule for rule in OF_THE_COURSE if wording(rule) in told.texts[name]} <= said


def test_the_guide_says_the_same_everywhere(told: Told) -> None:
    for name in ("guide", "report.html", "visit.pdf"):
        assert wording(f"visit_urgency_{told.guide['urgency']}") in told.texts[name]
    for rule in told.guide["rules"]:
        assert rule["why"] in told.texts["guide"]
    for row in (*told.guide["ahead"]["expect"], *told.guide["ahead"]["bring"]):
        assert row["text"] in told.texts["report.html"].replace("&#39;", "'")
    for sentence in SAID:
        assert not re.search(pattern(sentence), told.texts["guide"])
