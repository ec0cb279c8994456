"""The pages of a person: whole, plain, cited, one sheet for the visit, in two languages."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from typing import get_args

import pypdf
import pytest

from facialis.core.knowledge import language, wording
from facialis.core.person.answer import Answer
from facialis.core.person.casefile import Treatment
from facialis.core.person.course import Blocked, Estimate, Score
from facialis.report.drawing.anatomy import face_map
from facialis.report.drawing.typeset import _DRAWN, SQUARE
from facialis.report.person.course_words import verdict_sentence
from facialis.report.person.page import render_person_page
from facialis.report.person.site_figure import draw_sites
from facialis.report.person.treatment_words import operation_words
from facialis.report.person.visit import render_visit_html, render_visit_pdf
from facialis.report.person.visit_content import EMERGENCY, fingerprint
from tests.report import person_factory
from tests.report.person_factory import EVERYONE

WHO = pytest.mark.parametrize("make", EVERYONE.values(), ids=EVERYONE)
SPOKEN = pytest.mark.parametrize("code", ["en", "de"])


class Outline(HTMLParser):
    """Tags that must be closed, and ids."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.ids += [values["id"] or ""] if "id" in values else []
        self.links += [values["href"] or ""] if tag == "a" else []
        for name in ("src", "href"):
            assert not (values.get(name) or "").startswith(("http", "//")), f"asks for {values[name]}"
        if tag not in {"meta", "img", "br", "path", "circle", "rect", "line", "link"}:
            self.open.append(tag)

    def handle_startendtag(self, *_: object) -> None:
        return

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def plain(page: str) -> str:
    body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&lt;", "<").replace("&gt;", ">").split())


def pdf_text(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split())


@WHO
@SPOKEN
def test_pages_are_whole_and_ask_for_nothing(make: Callable[[], Answer], code: str) -> None:
    with language(code):
        for page in (render_person_page(make()), render_visit_html(make())):
            outline = Outline()
            outline.feed(page)
            assert outline.open == []
            assert len(outline.ids) == len(set(outline.ids))
            assert {link[1:] for link in outline.links} <= set(outline.ids)
            assert f'<html lang="{code}">' in page
            assert "default-src 'none'" in page
            assert "<script" not in page


@WHO
@SPOKEN
def test_the_visit_is_one_tagged_sheet(make: Callable[[], Answer], code: str) -> None:
    with language(code):
        content = render_visit_pdf(replace(make(), questions=("Why?",) * 30))
        text = pdf_text(content)
        reader = pypdf.PdfReader(io.BytesIO(content))
        assert len(reader.pages) == 1
        assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]  # type: ignore[index]
        assert reader.trailer["/Root"]["/Lang"] == code  # type: ignore[index]
        assert reader.metadata is not None
        assert reader.metadata.title
        assert b"pdfuaid" in content
        assert verdict_sentence(make().course)[:40] in text
        assert wording("emergency_title") in text


@WHO
def test_emergency_and_limits_stand_before_any_number(make: Callable[[], Answer]) -> None:
    for page in (render_person_page(make()), render_visit_html(make())):
        text = plain(page)
        first = text.index(wording("visit_answer_title"))
        for key in ("emergency_title", *(f"emergency_{part}" for part in EMERGENCY), "disclaimer_title"):
            assert text.index(wording(key)[:30]) < first


@WHO
def test_the_same_answer_gives_the_same_pages(make: Callable[[], Answer]) -> None:
    assert render_visit_pdf(make()) == render_visit_pdf(make())
    assert render_person_page(make()) == render_person_page(make())
    assert fingerprint(make()) == fingerprint(make())


def test_other_data_have_another_fingerprint() -> None:
    assert fingerprint(person_factory.resolving()) != fingerprint(person_factory.treated())


def test_words_of_the_person_cannot_break_the_page() -> None:
    answer = person_factory.treated()
    case = replace(answer.casefile, name='<script>alert(1)</script>"#strong[x]')
    page = render_person_page(replace(answer, casefile=case, questions=("<img src=x>", "#panic()")))
    assert "<script>alert" not in page
    assert "<img src=x>" not in page
    assert "30 cannot be &lt;b&gt;." in page
    text = pdf_text(render_visit_pdf(replace(answer, casefile=case, questions=("#panic() *x* $y$ @z",))))
    assert "#panic() *x* $y$ @z" in text


def test_while_toxin_works_no_number_of_today_stands_in_the_sentences() -> None:
    text = plain(render_visit_html(person_factory.treated()))
    assert wording("course_blocked_toxin_window") in text
    assert "stayed about the same" not in text
    assert "Dec 2026" in text or "Nov 2026" in text  # when it is expected to wear off


def test_help_is_shown_at_once() -> None:
    answer = person_factory.resolving()
    page = plain(render_person_page(replace(answer, guidance=replace(answer.guidance, help_now=True))))
    assert page.index(wording("questionnaire_help_now")) < page.index(wording("visit_course_title"))


def test_nothing_promises_doses_or_diagnoses() -> None:
    for make in EVERYONE.values():
        text = plain(render_person_page(replace(make(), reading=()))).lower()  # articles have tests of their own
        assert not re.search(r"\bcured\b|\byou have\b(?! (a|the) (first|worst|fever))|\bshould (take|inject)\b", text)


@pytest.mark.parametrize("name", ["Ärger 🙂", "日本 太郎", "علي", "Ольга Ωμέγα"])
def test_a_name_in_any_script_leaves_the_sheet_whole(name: str) -> None:
    answer = person_factory.resolving()
    answer = replace(answer, casefile=replace(answer.casefile, name=name))
    assert len(pypdf.PdfReader(io.BytesIO(render_visit_pdf(answer))).pages) == 1
    assert name in render_visit_html(answer)


def test_a_questionnaire_that_is_not_known_keeps_its_name() -> None:
    answer = person_factory.resolving()
    score = Score(day=answer.casefile.as_of, instrument="nonsense", total=None, low=float("nan"), high=float("nan"))
    answer = replace(answer, scores=(score,))
    assert "nonsense" in render_person_page(answer)
    assert "nonsense" in render_visit_html(answer)


def test_every_sign_that_is_kept_can_be_drawn() -> None:
    kept = "".join(c for c in map(chr, range(32, 0x2600)) if c.isprintable() and not _DRAWN.match(c)) + SQUARE
    asked = [kept[i : i + 100] for i in range(0, len(kept), 100)]
    for start in range(0, len(asked), 5):
        render_visit_pdf(replace(person_factory.resolving(), questions=tuple(asked[start : start + 5])))


def test_a_word_without_end_stays_on_the_sheet() -> None:
    answer = person_factory.resolving()
    page = pypdf.PdfReader(io.BytesIO(render_visit_pdf(replace(answer, questions=("Q" * 500,))))).pages[0]
    widest = max((len(line) for line in page.extract_text().splitlines() if set(line.strip()) >= {"Q"}), default=0)
    assert 0 < widest < 60


@pytest.mark.parametrize("code", ["en", "de"])
def test_the_most_and_longest_there_can_be_fit_on_one_sheet(code: str) -> None:
    answer, word = person_factory.treated(), "W" * 140
    named = tuple(replace(answer.triggers[0], name=f"{k}{word}", named=True) for k in range(6))
    given = tuple(
        Treatment(
            day=answer.casefile.as_of - timedelta(days=9 - k),
            kind="toxin",
            product=word,
            dose_units=5.0,
            sites=(word,) * 20,
        )
        for k in range(6)
    )
    answer = replace(
        answer,
        triggers=named,
        casefile=replace(answer.casefile, name="N" * 255, treatments=given),
        course=replace(answer.course, blocked_by=get_args(Blocked), more_sessions=3),
        guidance=replace(answer.guidance, help_now=True),
    )
    with language(code):
        pdf = render_visit_pdf(replace(answer, questions=("Q" * 500,) * 6))
        assert len(pypdf.PdfReader(io.BytesIO(pdf)).pages) == 1
        assert wording("questionnaire_help_now").split()[0] in pdf_text(pdf)


def test_what_was_entered_of_treatments_is_told() -> None:
    answer = person_factory.treated()
    text = plain(render_person_page(answer))
    for key in (
        "treatment_stage_too_early",
        "treatment_trajectory_open",
        "treatment_toxin_not_advice",
        "visit_effects_note",
        "visit_sites_caption",
    ):
        assert wording(key) in text, key
    assert wording("treatment_effect_ptosis") in text
    assert wording("treatment_grade", grade=2, day="31 Oct 2026") in text
    assert wording("trigger_both_ways", name="stress") in text
    nothing = plain(render_person_page(person_factory.resolving()))
    assert wording("visit_effects_title") not in nothing
    assert wording("treatment_toxin_not_advice") not in nothing


def test_cycles_that_get_shorter_are_told_with_their_probability() -> None:
    answer = person_factory.treated()
    assert answer.toxin is not None
    assert wording("treatment_toxin_shorter_talk") not in plain(render_person_page(answer))
    drift = Estimate(value=0.92, low=0.86, high=0.99, probability=0.8)
    short = replace(answer.toxin, drift_per_cycle=drift, shorter_probability=0.91)
    text = plain(render_person_page(replace(answer, toxin=short)))
    assert wording("treatment_toxin_shorter", value=8, probability=91) in text
    assert wording("treatment_toxin_shorter_talk") in text


def test_why_nothing_is_named_is_told() -> None:
    answer = person_factory.treated()
    picked = tuple(replace(row, named=False, unnamed="diary") for row in answer.triggers)
    assert wording("trigger_diary_days") in plain(render_person_page(replace(answer, triggers=picked)))
    shared = tuple(replace(row, named=False, unnamed="rhythm") for row in answer.triggers)
    text = plain(render_person_page(replace(answer, triggers=shared)))
    assert wording("trigger_rhythm", name="stress") in text
    assert wording("visit_triggers_none") not in text


def test_more_twitches_than_before_an_operation_are_not_said_to_be_fewer() -> None:
    answer = person_factory.treated()
    assert answer.decompression is not None
    worse = Estimate(value=-0.4, low=-0.9, high=0.004, probability=0.9)
    said = dict(operation_words(replace(answer, decompression=replace(answer.decompression, freed_share=worse))))
    assert said["treatment_freed"] == {"value": "0", "low": "0", "high": "0"}


def test_sites_lie_on_the_side_on_which_they_were_entered() -> None:
    answer = person_factory.treated()
    drawn = draw_sites(answer)
    assert drawn is not None
    dots = re.findall(r'<title>([^<]+), (left|right): (\d+)</title><circle cx="([\d.]+)"', str(drawn.markup()))
    middle = face_map().width_px / 2
    assert {(side, count) for _, side, count, _ in dots} == {("left", "3"), ("right", "3")}
    assert all((float(x) > middle) == (side == "left") for _, side, _, x in dots)
    given = Treatment(day=person_factory.AS_OF, kind="toxin", sites=("cheek", "elsewhere"))
    unknown = person_factory.whole(replace(answer.casefile, treatments=(given,)), answer.course)
    assert len(unknown.sites) == 2
    assert draw_sites(unknown) is None  # without a side nobody knows where it lies


def test_numbers_of_the_natural_course_are_silent_under_toxin() -> None:
    page = render_person_page(person_factory.treated())
    row = re.search(rf"<th>{wording('visit_number_rate')}</th><td>([^<]*)</td>", page)
    assert row is not None
    assert row[1] == "–"


def test_the_emergency_text_is_one_line_that_unfolds_where_the_answers_call_for_it_and_on_the_sheet() -> None:
    calm, urgent = person_factory.resolving(), person_factory.resolving()
    urgent = replace(urgent, guidance=replace(urgent.guidance, urgency="emergency"))
    opened = '<aside class="emergency" aria-labelledby="emergency">\n  <details open>'
    assert opened not in render_person_page(calm)
    assert opened in render_person_page(urgent)
    assert opened in render_visit_html(calm)


def test_the_answer_stands_first_on_the_sheet_unless_help_is_needed_now() -> None:
    calm = person_factory.resolving()
    urgent = replace(calm, guidance=replace(calm.guidance, urgency="emergency"))
    answer, alarm = verdict_sentence(calm.course)[:40], wording("emergency_title")
    for text in (plain(render_visit_html(calm)), pdf_text(render_visit_pdf(calm))):
        assert text.index(answer) < text.index(alarm)
    for text in (plain(render_visit_html(urgent)), pdf_text(render_visit_pdf(urgent))):
        assert text.index(alarm) < text.index(answer)
