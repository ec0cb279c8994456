"""Which films of blinking people are made for what is asked."""

from __future__ import annotations

from validation.blink_spasms import CHOSEN_BY, PARTS, drawn
from validation.puppet import FACES


def test_films_are_of_the_draws_and_people_asked_for() -> None:
    fresh = drawn(["others"], 3, 2)
    assert {draw for _, draw in fresh} == {3, 4}
    assert {name for name, _ in fresh} == set(FACES) - set(CHOSEN_BY)
    assert drawn(["chosen"], 3, 2) == [(name, 0) for name in CHOSEN_BY]
    assert drawn(["heads"], 3, 2) == []
    assert drawn(PARTS, 3, 2) == fresh + drawn(["chosen"], 3, 2)
