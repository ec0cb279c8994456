"""Questionnaires: totals, open items, bands, changes that matter, help at once."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.casefile import Answers, Casefile
from facialis.core.course import Score
from facialis.core.knowledge import load, sentences
from facialis.follow.questionnaires import score_all, score_one

DAY = date(2026, 5, 1)
RULES = load("questionnaires.yaml")


def scored(instrument: str, items: tuple[float | None, ...] = (), total: float | None = None) -> Score:
    return score_one(Answers(day=DAY, instrument=instrument, items=items, total=total), instrument)


def test_items_add_up_and_have_their_band() -> None:
    score = scored("phq9", (1.0, 2.0, 1.0, 2.0, 1.0, 0.0, 3.0, 0.0, 0.0))
    assert (score.total, score.high, score.band, score.problem) == (10.0, 27.0, "questionnaire_band_moderate", "")
    assert not score.help_now


@pytest.mark.parametrize(("total", "band"), [(4, "minimal"), (5, "mild"), (14, "moderate"), (15, "moderately_severe"),
                                             (20, "severe")])  # fmt: skip
def test_bands_begin_where_they_are_said_to(total: float, band: str) -> None:
    assert scored("phq9", total=total).band == f"questionnaire_band_{band}"


def test_open_items_are_stood_for_up_to_a_number() -> None:
    two = scored("phq9", (2.0,) * 7)
    assert (two.total, two.missing, two.prorated) == (18.0, (8, 9), True)
    three = scored("phq9", (2.0, None, None, None, 2.0, 2.0, 2.0, 2.0, 0.0))
    assert three.total is None
    assert three.problem == "questionnaire_problem_missing"


def test_item_nine_asks_for_help_whatever_is_open() -> None:
    assert scored("phq9", (None,) * 8 + (1.0,)).help_now
    assert scored("phq9", (0.0,) * 8 + (1.0,)).help_now
    assert not scored("phq9", (3.0,) * 8 + (0.0,)).help_now


@pytest.mark.parametrize(
    ("instrument", "items", "total", "problem"),
    [
        ("phq9", (4.0,) * 9, None, "range"), ("phq9", (1.0,) * 10, None, "items"), ("phq9", (), 28.0, "total"),
        ("phq9", (1.0,) * 9, 10.0, "differs"), ("hfs7", (), 29.0, "total"), ("wxyz", (), 3.0, "unknown"),
        ("housebrackmann", (), 0.0, "total"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(instrument: str, items: tuple[float, ...], total: float | None, problem: str) -> None:
    score = scored(instrument, items, total)
    assert score.problem == f"questionnaire_problem_{problem}"
    assert score.problem in sentences()
    assert (score.total is None) == (problem != "differs")


def test_changes_are_against_the_first_and_matter_from_a_size_on() -> None:
    rows = tuple(
        Answers(day=DAY + timedelta(days=k), instrument="hfs7", total=total)
        for k, total in enumerate((12.0, 10.0, 9.0))
    )
    scores = score_all(Casefile(name="c", as_of=DAY + timedelta(days=9), answers=rows))
    assert [(s.change, s.important) for s in scores] == [(None, None), (-2.0, False), (-3.0, True)]


@given(st.sampled_from(sorted(RULES)), st.data())
def test_totals_lie_in_their_range(name: str, data: st.DataObject) -> None:
    rule = RULES[name]
    if "items" in rule:
        value = st.one_of(st.none(), st.integers(rule["least"], rule["most"]).map(float))
        score = scored(name, tuple(data.draw(st.lists(value, min_size=1, max_size=rule["items"]))))
    else:
        score = scored(name, total=float(data.draw(st.integers(*rule["total"]))))
    assert score.total is None or score.low <= score.total <= score.high


def test_every_instrument_has_its_words() -> None:
    for name, rule in RULES.items():
        assert f"questionnaire_{name}_name" in sentences()
        assert all(key in sentences() for _, key in rule.get("bands", ()))
    for name in ("phq9", "gad7", "function"):
        assert all(f"questionnaire_{name}_{k}" in sentences() for k in range(1, RULES[name]["items"] + 1))
