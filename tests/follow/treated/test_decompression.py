"""After an operation: stages, what is gone, grades, what it resembles, and what weakness forbids to say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from facialis.core.knowledge import load, references, wording
from facialis.core.person.casefile import Casefile, Diary, FilledForm, Person, SessionRow, Treatment
from facialis.follow.treated.decompression import find_decompression

DAY = date(2024, 3, 4)
OPERATION = Treatment(day=DAY, kind="decompression")


def operated(left: Callable[[int], float], until: int = 500, every: int = 10, **more: Any) -> Casefile:
    """Counts 24 in three minutes before, the share ``left`` of it after."""
    rows = tuple(
        SessionRow(
            day=DAY + timedelta(days=t),
            name=str(t),
            usable_min=3.0,
            twitches=float(round(24 * (left(t) if t > 0 else 1.0))),
        )
        for t in range(-90, until + 1, every)
    )
    made = Casefile(name="x", as_of=DAY + timedelta(days=until), sessions=rows, treatments=(OPERATION,))
    return replace(made, **more)


def said(made: Casefile) -> tuple[str, bool]:
    found = find_decompression(made)
    assert found is not None
    assert wording(f"treatment_trajectory_{found.trajectory}")
    assert wording(f"treatment_stage_{found.stage}")
    return found.trajectory, found.recurrence


def test_without_an_operation_there_is_nothing_to_say() -> None:
    assert find_decompression(Casefile(name="x", as_of=DAY)) is None


@pytest.mark.parametrize(
    ("as_of", "stage"),
    [
        (date(2024, 9, 3), "too_early"),
        (date(2024, 9, 4), "provisional"),
        (date(2025, 3, 3), "provisional"),
        (date(2025, 3, 4), "final"),
    ],
)
def test_stages_turn_after_six_and_twelve_months(as_of: date, stage: str) -> None:
    found = find_decompression(Casefile(name="x", as_of=as_of, treatments=(OPERATION,)))
    assert found is not None
    assert found.stage == stage
    assert (found.freed_share, found.efficacy, found.complication) == (None, None, None)
    assert found.trajectory == "unknown"


@pytest.mark.parametrize(
    ("name", "left", "again"),
    [
        ("immediate", lambda _t: 0.0, False),
        ("gradual", lambda t: float(np.exp(-t / 50)), False),
        ("eventual", lambda t: 0.9 if t < 200 else 0.0, False),
        ("eventual", lambda t: 0.0 if t < 10 or t > 220 else 0.8, False),
        ("eventual", lambda t: 0.0 if t < 200 or t > 300 else 0.8, False),
        ("relapse", lambda t: 0.0 if t < 300 else 0.7, True),
        ("none", lambda _t: 0.6, False),
    ],
)
def test_courses_resemble_the_published_ones(name: str, left: Callable[[int], float], *, again: bool) -> None:
    assert said(operated(left)) == (name, again)


def test_a_month_without_spasm_and_a_return_that_lasts_are_needed() -> None:
    assert said(operated(lambda t: 0.0 if t <= 20 else 0.8)) == ("none", False)
    assert said(operated(lambda t: 0.8 if t == 500 else 0.0))[1] is False
    assert said(operated(lambda t: 0.8 if t > 470 else 0.0)) == ("relapse", True)


def test_before_a_year_nothing_is_called_final() -> None:
    assert said(operated(lambda _t: 0.6, until=250)) == ("open", False)
    found = find_decompression(operated(lambda _t: 0.0, until=250))
    assert found is not None
    assert found.efficacy is None
    assert found.freed_share is not None


@pytest.mark.parametrize(("left", "grade"), [(0.0, 0), (0.17, 1), (0.42, 2), (0.8, 3), (1.5, 3)])
def test_grades_follow_what_is_gone(left: float, grade: int) -> None:
    found = find_decompression(operated(lambda _t: left))
    assert found is not None
    assert found.efficacy == grade
    assert found.freed_share is not None
    assert found.freed_share.low <= 1 - left <= found.freed_share.high


WEAK: list[dict[str, Any]] = [
    {"person": Person(replies={"face_weakness": "slight"})},
    {"forms": (FilledForm(day=DAY + timedelta(days=12), instrument="housebrackmann", total=3.0),)},
    {
        "diary": Diary(
            columns=("weakness",), units=("0-10",), days=(DAY + timedelta(days=490),), values=np.array([[2.0]])
        )
    },
]


@pytest.mark.parametrize("weak", WEAK, ids=["said", "graded", "diary"])
def test_weakness_is_never_called_better(weak: dict[str, Any]) -> None:
    found = find_decompression(operated(lambda _t: 0.0, **weak))
    assert found is not None
    assert (found.freed_share, found.efficacy, found.trajectory) == (None, None, "weakness")


def test_weakness_that_was_measured_is_never_called_better() -> None:
    made = operated(lambda _t: 0.0)
    rows = tuple(replace(row, closure_share=0.6 if row.day > DAY else 1.0) for row in made.sessions)
    found = find_decompression(replace(made, sessions=rows))
    assert found is not None
    assert (found.freed_share, found.trajectory) == (None, "weakness")


def test_a_palsy_that_passed_takes_only_its_own_sessions_away() -> None:
    grades = tuple(
        FilledForm(day=DAY + timedelta(days=d), instrument="housebrackmann", total=t) for d, t in ((11, 4.0), (90, 1.0))
    )
    found = find_decompression(operated(lambda t: 0.0 if t < 90 or t > 300 else 0.9, forms=grades))
    assert found is not None
    assert found.trajectory == "eventual"
    assert found.complication == 0


@pytest.mark.parametrize(("value", "grade"), [(0.0, 0), (2.0, 1), (7.0, 2)])
def test_complications_are_what_was_entered(value: float, grade: int) -> None:
    diary = Diary(columns=("hearing",), units=("0-10",), days=(DAY + timedelta(days=480),), values=np.array([[value]]))
    found = find_decompression(operated(lambda _t: 0.0, diary=diary))
    assert found is not None
    assert found.complication == grade


def test_sessions_under_toxin_count_for_nothing() -> None:
    toxin = Treatment(day=DAY + timedelta(days=370), kind="toxin", product="A")
    found = find_decompression(operated(lambda t: 0.0 if t > 370 else 0.9, treatments=(OPERATION, toxin)))
    assert found is not None
    assert found.freed_share is None
    assert found.trajectory == "none"


def test_one_odd_session_is_no_turn() -> None:
    assert said(operated(lambda t: 0.5 if t == 200 else 0.0)) == ("immediate", False)


def test_published_values_are_those_of_the_sources() -> None:
    row = load("treatments.yaml")
    assert sum(item["share"] for item in row["trajectories"].values()) == pytest.approx(1.0)
    assert [item["share"] for item in row["trajectories"].values()] == [0.370, 0.246, 0.155, 0.112, 0.117]
    late = row["delayed_relief"]
    spans = ("within_7_days", "to_1_month", "to_3_months", "to_6_months", "to_12_months", "later")
    assert sum(late[span] for span in spans) == late["people"] == 175
    assert "91.1 %" in references()["mvd_review_2012"]["note"]
    assert row["operation"]["free"]["share"] == 0.911
