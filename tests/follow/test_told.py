"""Whether somebody tells of spasm, and whether films were picked by how the day was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.core.person.casefile import Casefile, Diary, FilledForm, Person, SessionRow, Treatment
from facialis.core.person.course import Course, Probabilities
from facialis.follow.course import find_course
from facialis.follow.questionnaires import score_all
from facialis.follow.selection import filmed_by_mood
from facialis.follow.told import contradiction, told_of_spasm
from tests.follow.cases import case, on, session

Array = NDArray[np.float64]
Days = NDArray[np.bool_]
Pick = Callable[[Array], Days]
QUIET = [*(session(7 * k) for k in range(10)), *(session(7 * k, 0) for k in range(10, 70))]


def diary(values: list[float], column: str = "spasms", last: int = 483) -> Diary:
    days = tuple(on(last - len(values) + 1 + k) for k in range(len(values)))
    return Diary(columns=(column,), units=("0-10",), days=days, values=np.array(values, float)[:, None])


def form(instrument: str, total: float, day: int = 470) -> FilledForm:
    return FilledForm(day=on(day), instrument=instrument, total=total)


@pytest.mark.parametrize("column", ["spasms", "Anfälle", "Lidzucken links", "twitching of the eye", "Zuckungen"])
def test_a_diary_of_late_tells_of_spasm_whatever_its_column_is_called(column: str) -> None:
    told = replace(case(QUIET), diary=diary([6.0] * 60, column))
    assert told_of_spasm(told)
    assert find_course(told).remission == "none"
    assert "told_of_spasm" in find_course(told).blocked_by
    assert find_course(told).verdict == "course_verdict_told_of_spasm"
    assert not told_of_spasm(replace(told, diary=diary([6.0] * 60, column, last=300)))
    assert not told_of_spasm(replace(told, diary=diary([0.0] * 60, column)))
    assert not told_of_spasm(replace(told, diary=diary([np.nan] * 60, column)))
    assert find_course(case(QUIET)).remission == "sustained"


def test_another_column_tells_nothing_of_spasm() -> None:
    for column in ("stress", "headache", "panic attacks", "leg cramps"):
        assert not told_of_spasm(replace(case(QUIET), diary=diary([6.0] * 60, column)))


@pytest.mark.parametrize(
    ("instrument", "total", "tells"),
    [
        ("spasm", 3, True),
        ("spasm", 0, False),
        ("smc", 1, False),
        ("smc", 3, True),
        ("jrs", 2, True),
        ("phq9", 9, False),
    ],
)
def test_a_questionnaire_of_late_tells_of_spasm(instrument: str, total: float, tells: bool) -> None:
    assert told_of_spasm(case(QUIET, answers=[form(instrument, total)])) is tells
    assert not told_of_spasm(case(QUIET, answers=[form(instrument, total, day=200)]))
    assert not told_of_spasm(case(QUIET, answers=[form(instrument, 9, day=460), form(instrument, 0, day=480)]))


def diarist(seed: int, pick: Pick) -> tuple[Casefile, list[SessionRow]]:
    """A person with a slow rise and scatter from day to day, who films on the days that ``pick`` gives."""
    rng = np.random.Generator(np.random.SFC64(seed))
    values = np.clip(np.linspace(3, 6, 180) + rng.normal(0, 1.5, 180), 0, 10).round()
    rows = [session(int(day)) for day in np.flatnonzero(pick(values))]
    days = tuple(on(k) for k in range(180))
    kept = Diary(columns=("spasms",), units=("0-10",), days=days, values=values[:, None])
    return replace(case(rows, 180), diary=kept), rows


def weekly(values: Array) -> Days:
    return np.asarray(np.arange(len(values)) % 7 == 3)


def extreme(sign: float) -> Pick:
    """The best or the worst day of each week."""

    def pick(values: Array) -> Days:
        found = np.zeros(len(values), bool)
        for start in range(0, len(values) - 6, 7):
            found[start + int(np.argmax(sign * values[start : start + 7]))] = True
        return found

    return pick


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_filming_on_the_best_or_worst_day_of_a_week_is_seen(sign: float) -> None:
    seen = [filmed_by_mood(*diarist(seed, extreme(sign))) for seed in range(10)]
    assert all(seen)
    told = find_course(diarist(0, extreme(sign))[0])
    assert told.verdict == "course_verdict_filmed_by_mood"
    assert told.remission == "none"


def test_filming_on_a_fixed_day_is_not_even_while_it_rises() -> None:
    seen = [filmed_by_mood(*diarist(seed, weekly)) for seed in range(60)]
    assert sum(seen) <= 4  # one in fifty is asked for


def test_without_a_diary_nothing_is_said() -> None:
    assert not filmed_by_mood(case(QUIET), QUIET)
    few = diarist(0, lambda values: np.asarray(np.arange(len(values)) == 90))
    assert not filmed_by_mood(*few)


# ---- another direction than the recordings ----------------------------------------------------------------------

RISING, FALLING = {"worsening": 0.9, "resolving": 0.02}, {"worsening": 0.02, "resolving": 0.9}
STEADY = {"worsening": 0.05, "resolving": 0.05}
BASE = case(QUIET)
COURSE = find_course(BASE)


def going(odds: dict[str, float]) -> Course:
    rest = 1.0 - sum(odds.values())
    return replace(COURSE, probabilities=Probabilities(**odds, stable=rest, span_days=300))


@pytest.mark.parametrize(
    ("replies", "odds", "key"),
    [
        ({"getting_worse": True}, FALLING, "contradiction_history_worse_resolving"),
        ({"getting_worse": True}, STEADY, "contradiction_history_worse_stable"),
        ({"getting_worse": False}, RISING, "contradiction_history_not_worse_worsening"),
        ({"getting_worse": True}, RISING, None),
        ({"getting_worse": False}, FALLING, None),
        ({"getting_worse": True}, {"worsening": 0.1, "resolving": 0.7}, None),
        ({"getting_worse": True, "answered_on": on(100)}, FALLING, None),
        ({}, RISING, None),
    ],
)
def test_what_the_person_says_is_held_against_a_clear_direction(
    replies: dict[str, object], odds: dict[str, float], key: str | None
) -> None:
    told = replace(BASE, person=Person(replies=replies))  # type: ignore[arg-type]
    assert contradiction(told, going(odds), ()) == key
    assert contradiction(told, replace(going(odds), probabilities=None), ()) is None


@pytest.mark.parametrize(
    ("first", "last", "odds", "key"),
    [
        (8.0, 3.0, RISING, "contradiction_diary_better_worsening"),
        (3.0, 8.0, FALLING, "contradiction_diary_worse_resolving"),
        (3.0, 8.0, RISING, None),
        (5.0, 5.2, RISING, None),
    ],
)
def test_so_is_a_diary_that_moves_more_than_its_days_differ(
    first: float, last: float, odds: dict[str, float], key: str | None
) -> None:
    noise = np.random.Generator(np.random.SFC64(1)).normal(0, 1, 300)
    told = replace(BASE, diary=diary(list(np.linspace(first, last, 300) + noise)))
    assert contradiction(told, going(odds), ()) == key
    few = replace(BASE, diary=diary([first] * 10 + [np.nan] * 280 + [last] * 10))
    assert contradiction(few, going(odds), ()) is None
    injected = replace(told, treatments=(Treatment(day=on(400), kind="toxin"),))
    assert contradiction(injected, going(odds), ()) is None


def test_and_a_questionnaire_whose_change_matters() -> None:
    for early, late, odds, key in (
        (20, 9, RISING, "contradiction_forms_better_worsening"),
        (9, 20, FALLING, "contradiction_forms_worse_resolving"),
        (9, 10, FALLING, None),
    ):
        told = replace(BASE, forms=(form("hfs7", early, 200), form("hfs7", late, 480)))
        assert contradiction(told, going(odds), score_all(told)) == key
