"""What a person may ask and read first: their own questions, and the articles that are meant for them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from facialis.core.knowledge import language
from facialis.core.person.casefile import Casefile, Person
from facialis.core.person.guidance import Guidance
from facialis.guide.library import articles
from facialis.guide.pathways import pathway
from facialis.guide.reading import questions_of, reading_list

CASE = Casefile(name="p", as_of=date(2026, 11, 24), person=Person(replies={"toxin_days_ago": 30}))
LAST = articles()[-1].key
ADVICE = Guidance(urgency="routine", rules=(), resembles=(), unknown=(), articles=(LAST,))


def test_own_questions_stand_in_place_of_those_of_the_pathway() -> None:
    way = pathway(ADVICE, CASE)
    assert questions_of(CASE, way) == tuple(row.text for row in way.ask) != ()
    assert questions_of(replace(CASE, questions=("Why?",)), way) == ("Why?",)


def test_the_library_is_whole_and_begins_with_what_is_meant_for_the_person() -> None:
    way = pathway(ADVICE, CASE)
    keys = [item.key for item in reading_list(ADVICE, way)]
    assert keys[: len(way.articles)] == list(way.articles)
    assert keys[0] == LAST
    rest = [item.key for item in articles() if item.key not in way.articles]
    assert keys[len(way.articles) :] == rest != []


def test_in_an_emergency_the_articles_of_its_pathway_come_first() -> None:
    urgent = replace(ADVICE, urgency="emergency")
    way = pathway(urgent, CASE)
    keys = [item.key for item in reading_list(urgent, way)]
    assert keys[: len(way.articles)] == list(way.articles)
    assert keys.index(LAST) == len(way.articles)


def test_titles_are_in_the_language_spoken() -> None:
    english = [item.title for item in reading_list(ADVICE, pathway(ADVICE, CASE))]
    with language("de"):
        german = [item.title for item in reading_list(ADVICE, pathway(ADVICE, CASE))]
    assert len(german) == len(english)
    assert set(german).isdisjoint(english)
