"""The made-up people of the demo's clinic: of each the answer says what is true, and no more."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from facialis.actions.answer import answer
from facialis.actions.made_up import AS_OF
from facialis.actions.made_up_people import LEFT_SHARE, PEOPLE, write_made_up_person
from facialis.core.knowledge import load
from facialis.core.person.answer import Answer
from facialis.files.person import read_person
from facialis.report.person.course_words import opening_sentences, verdict_sentence

Said = Callable[[str], Answer]


@pytest.fixture
def said(tmp_path: Path) -> Said:
    """What facialis says of one of them, by their key."""

    def ask(key: str) -> Answer:
        who = next(one for one in PEOPLE if one.key == key)
        case = read_person(write_made_up_person(who, tmp_path / key, AS_OF), today=AS_OF)
        assert case.problems == ()
        assert {form.instrument for form in case.forms}
        assert len(case.diary.days) > 50
        return answer(case)

    return ask


def test_each_is_told_in_the_same_way_every_time() -> None:
    for who in PEOPLE:
        assert who.files(AS_OF) == who.files(AS_OF)
    assert len({who.key for who in PEOPLE}) == len({who.name for who in PEOPLE}) == 5
    assert all("made up" in who.name for who in PEOPLE)


def test_cycles_that_grow_shorter_are_said_to(said: Said) -> None:
    told = said("toxin")
    assert told.course.verdict == "course_verdict_toxin_window"
    assert told.toxin is not None
    assert told.toxin.shorter_probability is not None
    assert told.toxin.shorter_probability > load("treatments.yaml")["model"]["drift_per_cycle"]["said_at"]


def test_the_operated_one_has_less_since_and_is_not_called_cured(said: Said) -> None:
    told = said("operated")
    assert told.course.verdict == "course_verdict_after_decompression"
    assert told.decompression is not None
    assert told.decompression.trajectory == "none", "some twitches are left"
    freed = told.decompression.freed_share
    assert freed is not None
    assert freed.low < 1 - LEFT_SHARE < freed.high
    assert "cure" not in " ".join(opening_sentences(told))


def test_of_films_that_could_not_see_nothing_is_concluded(said: Said) -> None:
    told = said("blind")
    assert told.course.verdict == "course_verdict_limit_too_high"
    assert "could not have shown" in verdict_sentence(told.course)
    assert told.course.remission == "none"
    odds, least = told.course.probabilities, load("course.yaml")["change"]["said"]
    assert odds is None or max(odds.resolving, odds.stable, odds.worsening) < least


@pytest.mark.parametrize("way", ["resolving", "worsening"])
def test_which_way_it_goes_is_said(said: Said, way: str) -> None:
    told = said(way)
    assert told.course.verdict == f"course_verdict_{way}"
    odds = told.course.probabilities
    assert odds is not None
    assert getattr(odds, way) > 0.95
