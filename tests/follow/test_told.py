"""Whether somebody tells of spasm, and whether films were picked by how the day was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.core.person.casefile import Casefile, Diary, FilledForm, SessionRow
from facialis.follow.course import find_course
from facialis.follow.selection import filmed_by_mood
from facialis.follow.told import told_of_spasm
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
