"""The answer first: three sentences, the numbers below them, and words that fit the numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from facialis.core.knowledge import language, sentences, wording
from facialis.core.person.answer import Answer
from facialis.core.person.course import Estimate, Probabilities
from facialis.report.person.answers import course_object
from facialis.report.person.course_words import more_sentences, opening_sentences, verdict_sentence
from tests.guide.test_library import grade
from tests.report import person_factory
from tests.report.person_factory import EVERYONE

WHO = pytest.mark.parametrize("make", EVERYONE.values(), ids=EVERYONE)


def going(way: str, per_year: float | None, share: float = 0.95, span_days: int = 365) -> str:
    rest = (1 - share) / 2
    odds = dict.fromkeys(("resolving", "stable", "worsening"), rest) | {way: share}
    change = (
        None if per_year is None else Estimate(value=per_year, low=per_year / 1.8, high=per_year * 1.8, probability=0.9)
    )
    course = replace(
        person_factory.resolving().course,
        verdict=f"course_verdict_{way}",
        probabilities=Probabilities(**odds, span_days=span_days),
        change_per_year=change,
    )
    return verdict_sentence(course)


def test_the_first_sentence_answers_the_question() -> None:
    tripled = "No sign of healing: the twitching has roughly tripled over the past year (very likely)."
    assert going("worsening", 3.0) == tripled
    assert going("worsening", 9.0, span_days=183) == tripled.replace("year", "6 months")
    assert going("stable", 1.1).startswith("No sign of healing so far: the twitching has stayed about the same")
    assert going("resolving", 0.5).startswith("Less than before: the twitching has roughly halved over the past year")
    with language("de"):
        assert going("worsening", 3.0) == (
            "Kein Zeichen von Heilung: Das Zucken hat sich in den letzten zwölf Monaten ungefähr verdreifacht "
            "(sehr wahrscheinlich)."
        )


def test_a_size_that_is_hardly_known_is_said_as_perhaps() -> None:
    wide = Estimate(value=2.5, low=1.1, high=5.2, probability=0.9)
    course = replace(
        person_factory.resolving().course,
        verdict="course_verdict_worsening",
        probabilities=Probabilities(resolving=0.01, stable=0.1, worsening=0.89, span_days=365),
        change_per_year=wide,
    )
    assert verdict_sentence(course) == (
        "No sign of healing: the twitching has become more over the past year, perhaps 2.5 times as much (likely)."
    )
    less = replace(
        course, verdict="course_verdict_resolving", change_per_year=replace(wide, value=0.3, low=0.1, high=0.6)
    )
    assert "has become less over the past year, perhaps down to 30 %" in verdict_sentence(less)


@pytest.mark.parametrize(
    ("way", "ratio", "said"),
    [
        ("worsening", 1.5, "grown by about half"),
        ("worsening", 2.0, "doubled"),
        ("worsening", 4.2, "about 4-fold"),
        ("worsening", 40.0, "more than tenfold"),
        ("worsening", None, "become more"),
        ("worsening", 0.9, "become more"),
        ("resolving", 0.66, "about a third over"),
        ("resolving", 0.33, "to about a third"),
        ("resolving", 0.25, "to about a quarter"),
        ("resolving", 0.15, "to about a fifth or less"),
        ("resolving", 0.01, "less than a tenth"),
        ("resolving", None, "become less"),
    ],
)
def test_how_much_is_said_in_words_that_fit(way: str, ratio: float | None, said: str) -> None:
    assert said in going(way, ratio)


@pytest.mark.parametrize(
    ("share", "said"), [(0.995, "almost certain"), (0.93, "very likely"), (0.82, "likely"), (0.5, "not certain")]
)
def test_odds_are_said_in_words(share: float, said: str) -> None:
    assert f"({said})" in going("worsening", 2.0, share)


@WHO
@pytest.mark.parametrize("code", ["en", "de"])
def test_three_sentences_come_first_and_none_twice(make: Callable[[], Answer], code: str) -> None:
    with language(code):
        answer = replace(make(), contradiction="contradiction_history_worse_resolving")
        first, more = opening_sentences(answer), more_sentences(answer)
        whole = re.sub(r"(?<=\d)\. (?=\w+\.? \d{4})", " ", " ".join(first))
        assert len(re.findall(r"[.!?](?: (?=[A-ZÄÖÜ])|$)", whole)) <= 3
        assert first[0] == verdict_sentence(answer.course)
        assert not set(first) & set(more)
        assert wording("contradiction_history_worse_resolving") in [*first, *more]
        assert course_object(answer)["opening"] == first


def test_a_contradiction_is_read_with_the_answer() -> None:
    answer = replace(person_factory.resolving(), contradiction="contradiction_history_worse_resolving")
    plain = replace(answer, course=replace(answer.course, verdict="course_verdict_worsening"))
    assert opening_sentences(plain)[1] == wording("contradiction_history_worse_resolving")


def test_what_is_read_first_is_read_at_fourteen() -> None:
    keys = ("course_verdict", "course_size", "course_next", "contradiction", "visit_now", "often")
    rows = [row["text"] for key, row in sentences().items() if key.startswith(keys)]
    filled = [re.sub(r"\{\w+\}", "a year", text) for text in rows]
    assert grade(filled) <= 8.0  # Flesch-Kincaid: school years; 8 is an age of 13 to 14
