"""Questionnaires: totals by hand, gaps that stay gaps, and help that is shown at once."""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.knowledge import load, sentences, wording
from facialis.core.person.casefile import Casefile, FilledForm
from facialis.core.person.course import Score
from facialis.follow.questionnaires import score_all, score_one

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "questionnaires.md"
DAY = date(2026, 3, 1)
KNOWN = sorted(load("questionnaires.yaml"))


def scored(instrument: str, *items: float | None, total: float | None = None) -> Score:
    return score_one(FilledForm(day=DAY, instrument=instrument, items=items, total=total))


def test_phq9_by_hand() -> None:
    score = scored("phq9", 1, 2, 3, 2, 1, 1, 0, 0, 0)
    assert (score.total, score.low, score.high) == (10, 0, 27)
    assert score.band == "questionnaire_phq9_moderate"
    assert not score.help_now
    assert not score.problem


@pytest.mark.parametrize(
    ("total", "band"),
    [(0, "minimal"), (4, "minimal"), (5, "mild"), (10, "moderate"), (15, "moderately_severe"), (20, "severe")],
)
def test_phq9_bands(total: float, band: str) -> None:
    assert scored("phq9", total=total).band == f"questionnaire_phq9_{band}"


@pytest.mark.parametrize(
    ("total", "band"), [(4, "minimal"), (5, "mild"), (10, "moderate"), (15, "severe"), (21, "severe")]
)
def test_gad7_bands(total: float, band: str) -> None:
    assert scored("gad7", total=total).band == f"questionnaire_gad7_{band}"


@given(st.lists(st.one_of(st.none(), st.integers(0, 3)), min_size=8, max_size=8), st.integers(1, 3))
def test_item_nine_above_zero_always_shows_help(items: list[int | None], last: int) -> None:
    assert scored("phq9", *items, last).help_now
    assert not scored("phq9", *items, 0).help_now


@pytest.mark.parametrize("code", [-99, -9, 9, 99, 999])
def test_a_code_for_no_answer_is_named_and_asks_for_no_help(code: int) -> None:
    score = scored("phq9", 0, 0, 0, 0, 0, 0, 0, 0, code)
    assert not score.help_now
    assert score.total is None
    assert str(code) in score.problem
    assert not scored("phq9", total=999).help_now


def test_help_is_shown_even_where_the_form_cannot_be_scored() -> None:
    assert scored("phq9", None, None, None, None, None, None, None, None, 1).help_now
    assert scored("phq9", 7, 0, 0, 0, 0, 0, 0, 0, 1).help_now
    assert scored("phq9", None, 0, 0, 0, 0, 0, 0, 0, None, total=4).help_now  # the open items give 3 at most without it
    assert not scored("phq9", None, 0, 0, 0, 0, 0, 0, 0, None, total=3).help_now
    assert scored("phq9", total=25).help_now
    assert not scored("phq9", total=24).help_now
    assert not scored("gad7", 3, 3, 3, 3, 3, 3, 3).help_now


def test_open_items_are_made_up_for_by_the_others_and_named() -> None:
    score = scored("phq9", 1, None, 1, 1, 1, None, 1, 1, 0)
    assert score.missing == (2, 6)
    assert score.prorated
    assert score.total == pytest.approx(6 / 7 * 9)


def test_items_at_the_end_that_were_left_open_are_missing_too() -> None:
    assert scored("gad7", 1, 1, 1, 1, 1, 1).missing == (7,)


def test_too_many_open_items_give_no_total() -> None:
    score = scored("phq9", 1, None, None, None, 1, 1, 1, 1, 0)
    assert score.total is None
    assert score.band == ""
    assert "2, 3, 4" in score.problem


@pytest.mark.parametrize("items", [(4, 0, 0, 0, 0, 0, 0), (-1, 0, 0, 0, 0, 0, 0), (0.5, 0, 0, 0, 0, 0, 0)])
def test_values_that_cannot_be_are_named(items: tuple[float, ...]) -> None:
    score = scored("gad7", *items)
    assert score.total is None
    assert score.problem.startswith("Item 1 is")


def test_too_many_items_are_named() -> None:
    assert "7 items, but 8" in scored("gad7", *[1] * 8).problem


@pytest.mark.parametrize("total", [-1, 28])
def test_totals_out_of_range_are_named(total: float) -> None:
    score = scored("phq9", total=total)
    assert score.total is None
    assert f"{total}" in score.problem


def test_items_count_where_the_total_differs() -> None:
    score = scored("gad7", 1, 1, 1, 1, 1, 1, 1, total=9)
    assert score.total == 7
    assert "9" in score.problem


def test_a_total_completes_items_with_gaps_if_it_can() -> None:
    assert scored("phq9", 1, None, None, None, 1, 1, 1, 1, 0, total=9).total == 9
    impossible = scored("phq9", 1, None, None, None, 1, 1, 1, 1, 0, total=27)
    assert impossible.total is None
    assert impossible.problem


def test_items_that_count_backwards() -> None:
    assert scored("pss10", *[0] * 10).total == 16
    assert scored("pss10", *[4] * 10).total == 24


def test_a_mean_is_a_mean() -> None:
    score = scored("bsdi", 1, 2, 3, 1, 2, 3)
    assert (score.total, score.high) == (2, 4)


def test_clinicians_grades() -> None:
    assert scored("housebrackmann", 4).band == "questionnaire_housebrackmann_grade_4"
    assert scored("housebrackmann", 0).total is None
    assert scored("smc", total=2).band == "questionnaire_smc_grade_2"
    assert scored("jrs", 3, 2).parts == (("severity", 3), ("frequency", 2))
    assert scored("kondo", 0, 2).total == 2
    assert scored("jrs", 3).total is None


def test_an_unknown_questionnaire_is_named() -> None:
    score = scored("sf36", 1, 2)
    assert score.total is None
    assert math.isnan(score.low)
    assert "phq9" in score.problem


def test_change_is_against_the_first_that_could_be_scored() -> None:
    rows = [
        ("hfs7", None, (9.0, 9.0, 9.0)),
        ("hfs7", 12.0, ()),
        ("spasm", 8.0, ()),
        ("hfs7", 10.0, ()),
        ("hfs7", 9.0, ()),
    ]
    answers = tuple(
        FilledForm(day=DAY + timedelta(days=k), instrument=name, items=items, total=total)
        for k, (name, total, items) in enumerate(rows)
    )
    bad, first, other, small, large = score_all(Casefile(name="x", as_of=DAY + timedelta(days=9), forms=answers))
    assert (bad.total, bad.change) == (None, None)
    assert (first.change, first.important) == (None, None)
    assert other.change is None
    assert (small.change, small.important) == (-2, False)
    assert (large.change, large.important) == (-3, True)


def test_no_smallest_change_known_means_none_is_said() -> None:
    answers = tuple(FilledForm(day=DAY + timedelta(days=k), instrument="spasm", total=9.0 - k) for k in range(2))
    assert score_all(Casefile(name="x", as_of=DAY + timedelta(days=9), forms=answers))[1].important is None


@given(st.sampled_from(KNOWN), st.data())
def test_full_forms_lie_within_their_ends(instrument: str, data: st.DataObject) -> None:
    row = load("questionnaires.yaml")[instrument]
    low, high = row["range"]
    items = data.draw(st.lists(st.integers(low, high), min_size=row["count"], max_size=row["count"]))
    score = scored(instrument, *items)
    assert score.total is not None
    assert score.low - 1e-9 <= score.total <= score.high + 1e-9
    assert not score.missing
    assert not score.problem


@given(st.sampled_from(KNOWN), st.lists(st.one_of(st.none(), st.floats(-5, 50, allow_nan=False)), max_size=40))
def test_nothing_is_dropped_in_silence(instrument: str, items: list[float | None]) -> None:
    score = scored(instrument, *items, total=None if items else 1.0)
    assert score.total is not None or score.problem


def test_every_instrument_has_its_words_or_says_why_not() -> None:
    for name, row in load("questionnaires.yaml").items():
        assert wording(f"questionnaire_{name}_name")
        if "why_total" in row:
            assert wording(row["why_total"])
            assert "items" not in row
        else:
            assert len(row["items"]) == row["count"]
        for key in (*row.get("items", ()), *row.get("levels", ()), *row.get("bands", {}).values()):
            assert wording(key)


def test_no_sentence_of_questionnaires_is_without_use() -> None:
    used = str(load("questionnaires.yaml")) + " ".join(f"questionnaire_{name}_name" for name in KNOWN)
    rest = {key for key in sentences() if key.startswith("questionnaire_") and key not in used}
    assert {key for key in rest if not key.startswith("questionnaire_problem_")} == {
        "questionnaire_gad7_ask",
        "questionnaire_phq9_ask",
        "questionnaire_function_ask",
        "questionnaire_help_now",
    }


def test_the_page_says_what_the_instruments_are() -> None:
    rows = re.findall(
        r"^\| (`.*?) \| .*? \| (\d+)-(\d+).*? \| (\S+).* \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    said = {name: row[1:] for row in rows for name in re.findall(r"`(\w+)`", row[0])}
    assert set(said) == set(KNOWN)
    for name, (low, high, important) in said.items():
        score, row = scored(name, total=1.0), load("questionnaires.yaml")[name]
        assert (float(low), float(high)) == (score.low, score.high), name
        assert important.rstrip(",") == (f"{row['important']:g}" if "important" in row else "not"), name
