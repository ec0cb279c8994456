"""A sudden fall is asked about; a slow one, a chance one and a rise are not."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from facialis.core.person.casefile import SessionRow
from facialis.follow.course import find_course
from facialis.follow.schedule import first_answer, next_film
from facialis.follow.steps import sudden_fall
from tests.follow.cases import case, on, session


def weekly(rates: list[float]) -> list[SessionRow]:
    return [session(7 * k, rate) for k, rate in enumerate(rates)]


def test_a_fall_to_a_sixth_within_a_week_is_asked_about() -> None:
    rows = weekly([18, 20, 17, 22, 19, 2, 3, 1, 2])
    assert sudden_fall(rows) == on(31)
    assert find_course(case(rows)).sudden_fall == on(31)


@pytest.mark.parametrize(
    "rates",
    [
        [20.0 * 0.75**k for k in range(14)],  # bit by bit
        [2, 3, 1, 2, 18, 20, 17, 22],  # a rise
        [18, 20, 17, 22, 2, 19, 21, 18],  # one quiet day
        [18, 20, 17, 6, 7, 5, 6],  # to a third
        [20, 19, 1, 2],  # too few before
        [1, 0, 1, 0, 0, 0],  # too little to say
    ],
)
def test_nothing_else_is(rates: list[float]) -> None:
    assert sudden_fall(weekly(rates)) is None


def test_a_fall_over_a_gap_is_no_sudden_one() -> None:
    assert sudden_fall([*weekly([18, 20, 17, 22]), *(session(50 + 7 * k, 2) for k in range(4))]) is None


def test_scatter_from_day_to_day_is_hardly_ever_a_fall() -> None:
    rng = np.random.Generator(np.random.SFC64(3))
    seen = 0
    for _ in range(200):
        rates = rng.poisson(15 * np.exp(rng.normal(0, 0.6, 40)))
        seen += sudden_fall(weekly([float(rate) for rate in rates])) is not None
    assert seen <= 4


@pytest.mark.parametrize("today", range(100, 107))
def test_the_day_is_fixed_whatever_today_is(today: int) -> None:
    days = [on(7 * k) for k in range(15)]
    for schedule, most in (("weekly", 7), ("monthly", 34)):
        film = next_film(days, on(today), schedule)  # type: ignore[arg-type]
        assert film.weekday() == days[0].weekday()
        assert on(today) < film <= on(today) + timedelta(days=most)
    late = next_film(days, on(today), "after_toxin", not_before=on(200))
    assert on(200) <= late < on(207)
    assert late.weekday() == days[0].weekday()


def test_without_a_recording_the_day_of_the_week_is_todays() -> None:
    assert next_film([], on(3), "weekly") == on(10)
    assert first_answer([], 4, on(10)) == on(192)
    assert first_answer([on(0)], 0, on(10)) is None
