"""The last treatment of a person, entered or told; and how long a treatment counts, which one file says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import load
from facialis.core.person.casefile import Casefile, Person, Treatment
from facialis.core.person.treatments import day_limit, days_since, given_or_told

AS_OF = date(2026, 6, 30)


def case(*entered_days_ago: int, told: float | None = None) -> Casefile:
    days = sorted(AS_OF - timedelta(days=ago) for ago in entered_days_ago)
    return Casefile(
        name="case",
        as_of=AS_OF,
        person=Person(replies={} if told is None else {"toxin_days_ago": told}),
        treatments=tuple(Treatment(day=day, kind="toxin") for day in days),
    )


@pytest.mark.parametrize(
    ("found", "days", "last"),
    [
        (case(), [], None),
        (case(100, 20), [100, 20], 20),
        (case(told=50.0), [50], 50),
        (case(100, told=20.0), [100, 20], 20),
        (case(20, told=100.0), [100, 20], 20),
        (case(100, told=90.0), [100], 90),  # within two weeks: the same one, and the nearer day counts as the last
        (case(100, told=86.0), [100], 86),
        (case(100, told=85.0), [100, 85], 85),
    ],
)
def test_what_is_told_is_added_to_what_was_entered(found: Casefile, days: list[int], last: float | None) -> None:
    assert [(AS_OF - row.day).days for row in given_or_told(found, "toxin")] == days
    assert days_since(found, "toxin") == last


def test_another_kind_of_treatment_is_another_thing() -> None:
    assert given_or_told(case(20, told=50.0), "decompression") == ()
    assert days_since(case(20, told=50.0), "decompression") is None


def test_a_limit_is_what_the_course_says() -> None:
    assert day_limit("toxin.free_after_days") == load("course.yaml")["toxin"]["free_after_days"]
    assert 0 < day_limit("toxin.trough_after_days") < day_limit("toxin.free_after_days")


@pytest.mark.parametrize("name", ["toxin", "toxin.", "toxin.nothing_days", "nothing.free_after_days", "change.ratio"])
def test_a_limit_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(KnowledgeError, match="number of days"):
        day_limit(name)
