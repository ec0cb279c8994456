"""The report of a recording in German: every word, decimal commas, and an earlier page drawn again."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from facialis.core.errors import FormatError
from facialis.core.knowledge import language, sentences, why_words, wording
from facialis.core.records import Block
from facialis.report.session.clips import make_clips
from facialis.report.session.folder import redraw_page, write_session_folder
from facialis.report.session.page import render_page
from facialis.report.session.verdict import line
from tests.report import factory

MEASURE = Path(__file__).parents[3] / "src" / "facialis" / "measure"
ENGLISH = re.compile(
    r"\b(the|and|of|with|were|your|face|twitch(es)?|right|left|both|side|rest|all|about|event|eye|mouth|pictures?)\b",
    re.IGNORECASE,
)


def shown(page: str) -> str:
    """What can be read or heard of a page: texts and labels, without styles, names of files and titles of sources."""
    page = re.sub(r"(?s)<(style|script|code|cite|ol)\b.*?</\1>", " ", page)
    heard = " ".join(re.findall(r'(?:aria-label|title|data-name)="([^"]*)"', page))
    return html.unescape(re.sub(r"<[^>]*>", " ", page) + " " + heard)


def german(made: factory.Made, *, faces: bool = False) -> str:
    with language("de"):
        clips = make_clips(made.session, made.motion, made.track, factory.Forbidden(), faces=faces)
        return render_page(made.session, made.motion, made.track, clips, faces=faces)


@pytest.mark.parametrize("case", ["twitches", "nothing usable", "one side"])
def test_no_english_word_is_left(case: str) -> None:
    cases: dict[str, Callable[[], factory.Made]] = {
        "twitches": lambda: factory.make(duration_s=30.0, blocks=(Block(name="rest", start_s=0, stop_s=20),)),
        "nothing usable": factory.empty,
        "one side": lambda: factory.make(duration_s=20.0, unmeasurable_sides=("right",)),
    }
    made = cases[case]()
    page = german(made)
    assert '<html lang="de">' in page
    # A reason that no measurement gives, but the factory does, has no words in German.
    assert {m.group().lower() for m in ENGLISH.finditer(shown(page).replace("the brows were hidden", ""))} == set()


def test_numbers_have_a_decimal_comma() -> None:
    read = re.sub(r"facialis \S+|\d+\.\d+\.\d+|\w+\.(mp4|tsv)", "", shown(german(factory.make(duration_s=30.0))))
    assert re.search(r"\d,\d %", read)
    assert re.findall(r"\d\.\d", re.sub(r"\b\d+\. \w+ \d{4}", "", read)) == []


def test_every_reason_for_no_number_has_words() -> None:
    said = {row["text"] for key, row in sentences().items() if key.startswith("why_")}
    code = "".join(path.read_text(encoding="utf-8") for path in MEASURE.glob("*.py"))
    strings = re.findall(r'"([^"\n]+)"', code)
    reasons = {
        text for text in strings if re.search(r"\bwas(n't| not)? seen\b|\bwere seen\b|could be (used|seen)", text)
    }
    reasons = {text for text in reasons if not text.endswith(".")} | {t for t in strings if t.startswith("none was")}
    assert len(reasons) >= 10
    assert reasons <= said
    assert said <= set(strings)
    with language("de"):
        assert why_words("no rest could be used") == "keine Ruhe war verwertbar"
        assert why_words("what nobody ever said") == "what nobody ever said"


def test_the_line_of_a_terminal_is_german() -> None:
    content = {"usable_s": 61.0, "verdict": {"code": "twitches", "rate": {"value": 2.5}}, "events": {}}
    content["events"] = {"by_type": {"twitch": 3}}
    with language("de"):
        assert line(content) == "3 Zuckungen in 61 s verwertbarer Zeit; in Ruhe 2,5 je Minute"


def test_a_page_is_drawn_again_in_another_language_and_nothing_else_changes(tmp_path: Path) -> None:
    made = factory.make(duration_s=8.0, gaps=())
    session = replace(made.session, signals=made.motion, face=made.track)
    out = write_session_folder(session, None, tmp_path / "out", faces=False)
    (out / "notes.txt").write_text("mine")
    before = {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert json.loads(before["session.json"])["report"] == {"faces": False, "language": "en"}
    with language("de"):
        redraw_page(out, faces=False)
    after = {path.name: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    assert set(after) == set(before)
    assert {name for name in before if after[name] != before[name]} == {"report.html", "session.json"}
    content = json.loads(after["session.json"])
    assert content.pop("report") == {"faces": False, "language": "de"}
    assert content == {key: value for key, value in json.loads(before["session.json"]).items() if key != "report"}
    with language("de"):
        assert wording("result_title") in after["report.html"].decode()
    (out / "clips" / "clips.json").write_text('{"format_version": 1, "clips": 5}')
    with pytest.raises(FormatError):
        redraw_page(out, faces=False)
    assert (out / "report.html").read_bytes() == after["report.html"]
