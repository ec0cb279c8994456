"""What comes next: by urgency and by where a person stands; an emergency is not mixed with anything else."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.knowledge import LANGUAGES, language, load
from facialis.core.person.articles import SITUATIONS
from facialis.core.person.casefile import Casefile, Person, Treatment, TreatmentKind
from facialis.core.person.guidance import URGENCIES, Guidance, Urgency
from facialis.guide.library import articles
from facialis.guide.pathways import pathway, situation_of

TODAY = date(2026, 11, 24)
KEYS = [item.key for item in articles()]


def advised(urgency: Urgency, *named: str, help_now: bool = False) -> Guidance:
    return Guidance(urgency=urgency, rules=(), resembles=(), unknown=(), articles=named, help_now=help_now)


def person(*treatments: tuple[TreatmentKind, int], **answers: int) -> Casefile:
    """``treatments``: kind and how many days ago."""
    rows = sorted(
        (Treatment(day=TODAY - timedelta(days=ago), kind=kind) for kind, ago in treatments), key=lambda t: t.day
    )
    return Casefile(name="p", as_of=TODAY, person=Person(replies=answers), treatments=tuple(rows))


@pytest.mark.parametrize(
    ("casefile", "expected"),
    [
        (person(), "before_visit"),
        (person(("drug", 10)), "before_visit"),
        (person(("toxin", 0)), "after_toxin"),
        (person(("toxin", 140)), "after_toxin"),
        (person(("toxin", 141)), "waiting"),
        (person(("toxin", 400), ("toxin", 20)), "after_toxin"),
        (person(toxin_days_ago=30), "after_toxin"),
        (person(("decompression", 365)), "after_decompression"),
        (person(("decompression", 366)), "waiting"),
        (person(decompression_days_ago=3), "after_decompression"),
        (person(("decompression", 20), ("toxin", 100)), "after_decompression"),
        (person(("decompression", 200), ("toxin", 50)), "after_toxin"),
        (person(("decompression", 200), ("toxin", 150)), "after_decompression"),
    ],
)
def test_where_a_person_stands(casefile: Casefile, expected: str) -> None:
    assert situation_of(casefile) == expected


def test_nobody_untreated_who_may_wait_is_sent_to_a_visit() -> None:
    assert pathway(advised("wait"), person()).situation == "waiting"


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("urgency", URGENCIES)
@pytest.mark.parametrize(
    "casefile", [person(), person(("toxin", 9)), person(("decompression", 9)), person(("toxin", 900))]
)
def test_all_has_something_to_expect_ask_bring_and_read(urgency: Urgency, casefile: Casefile, code: str) -> None:
    with language(code):
        found = pathway(advised(urgency), casefile)
    assert found.title
    assert found.expect
    assert found.bring
    assert found.articles
    assert found.ask or urgency == "emergency"
    assert set(found.articles) <= set(KEYS)
    for row in found.expect:
        assert set(row.references) - {"facialis"}, row.text


def test_in_an_emergency_nothing_else_is_said() -> None:
    found = pathway(advised("emergency", "toxin"), person(("toxin", 3)))
    assert found.articles == ("call_for_help",)
    assert found.ask == ()
    assert found.title == "Call for help now"


def test_articles_that_guidance_names_come_first_and_each_once() -> None:
    found = pathway(advised("routine", "mri", "diagnosis"), person())
    assert found.articles[:2] == ("mri", "diagnosis")
    assert len(found.articles) == len(set(found.articles))


def test_a_crisis_is_passed_on() -> None:
    assert pathway(advised("emergency", help_now=True), person()).help_now
    assert not pathway(advised("wait"), person()).help_now


def test_every_situation_and_urgency_has_its_row() -> None:
    assert tuple(load("pathways.yaml")["urgency"]) == URGENCIES
    assert tuple(load("pathways.yaml")["situation"]) == SITUATIONS


@pytest.mark.parametrize("code", LANGUAGES)
def test_sentences_are_short_and_promise_nothing(code: str) -> None:
    with language(code):
        for urgency in URGENCIES:
            for casefile in (person(), person(("toxin", 9)), person(("decompression", 9)), person(("toxin", 900))):
                found = pathway(advised(urgency), casefile)
                for row in (*found.expect, *found.ask, *found.bring):
                    assert not re.search(r"\bcured?\b|\bheals?\b|\bgeheilt\b|\bHeilung\b", row.text, re.I)
                    assert all(len(part.split()) <= 25 for part in re.split(r"[.!?]\s", row.text)), row.text


@given(toxin=st.none() | st.integers(0, 2000), surgery=st.none() | st.integers(0, 2000))
def test_the_latest_treatment_that_counts_decides(toxin: int | None, surgery: int | None) -> None:
    given_: list[tuple[TreatmentKind, int]] = []
    if toxin is not None:
        given_.append(("toxin", toxin))
    if surgery is not None:
        given_.append(("decompression", surgery))
    found = situation_of(person(*given_))
    if found == "after_toxin":
        assert toxin is not None
        assert toxin <= 140
        assert surgery is None or surgery > min(toxin, 365)
    if found == "after_decompression":
        assert surgery is not None
        assert surgery <= 365
    assert (found == "before_visit") == (toxin is None and surgery is None)
