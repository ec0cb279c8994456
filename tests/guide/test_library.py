"""The library says what it says in plain words, with its sources, and promises nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pyphen
import pytest

from facialis.core.errors import KnowledgeError, RecordError
from facialis.core.knowledge import LANGUAGES, language, load, wording
from facialis.core.person.articles import Article, Statement
from facialis.guide.library import article, articles, statements
from facialis.report.person.article_words import reviewed_words

KEYS = tuple(load("articles.yaml"))
# Claims of the article that is widely read; the eleventh is that one must log in to read and talk: here one need not.
CLAIMS = set(range(1, 11))
MOST_WORDS = 25
HIGHEST_GRADE = 8.0  # Flesch-Kincaid: school years; 8 is an age of 13 to 14
FORBIDDEN = re.compile(
    r"\bcur(e|ed|es|ing)\b|\bheal(s|ed|ing)?\b|\b\d+ ?(mg|units|u)\b|\byou have (a |the )?(hemi|spasm)", re.I
)
FORBIDDEN_DE = re.compile(r"\bgeheilt\b|\bheilt\b|\bHeilung\b|\b\d+ ?(mg|Einheiten|E)\b", re.I)
SYLLABLES = pyphen.Pyphen(lang="en_US", left=1, right=1)


def sentences(text: str) -> list[list[str]]:
    found = [re.findall(r"[A-Za-zÄÖÜäöüß0-9’'-]+", part) for part in re.split(r"[.!?:](?:\s|”|$)", text)]
    return [words for words in found if words]


def syllables(word: str) -> int:
    """By hyphenation, which leaves breaks out, or by groups of vowels less a silent e: whichever is more."""
    vowels = len(re.findall(r"[aeiouy]+", re.sub(r"(?<=[^aeiouyl])e(d|s)?$", "", word.lower())))
    return max(1, vowels, len(SYLLABLES.positions(word)) + 1)


def grade(texts: list[str]) -> float:
    """Flesch-Kincaid grade of all sentences together."""
    split = [words for text in texts for words in sentences(text)]
    words = [word for sentence in split for word in sentence]
    return 0.39 * len(words) / len(split) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def texts(item: Article) -> list[str]:
    return [*(row.text for row in item.statements), *([item.told] if item.told else [])]


def test_syllables_are_counted() -> None:
    counted = {
        word: syllables(word) for word in ("face", "anxiety", "surgery", "muscle", "eased", "toxin", "hemifacial", "64")
    }
    assert counted == {
        "face": 1,
        "anxiety": 3,
        "surgery": 3,
        "muscle": 2,
        "eased": 1,
        "toxin": 2,
        "hemifacial": 4,
        "64": 1,
    }


def test_the_grade_tells_easy_from_hard() -> None:
    assert grade(["The cat sat on the mat. It was fat."]) < 2
    assert grade(["Electrophysiological characterisation necessitates multidisciplinary collaboration."]) > 15


@pytest.mark.parametrize("key", KEYS)
def test_reading_age(key: str) -> None:
    assert grade(texts(article(key))) <= HIGHEST_GRADE


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_sentences_are_short(key: str, code: str) -> None:
    with language(code):
        long = [" ".join(s) for text in texts(article(key)) for s in sentences(text) if len(s) > MOST_WORDS]
    assert long == []


@pytest.mark.parametrize("key", KEYS)
def test_nothing_is_promised_dosed_or_diagnosed(key: str) -> None:
    for code, pattern in (("en", FORBIDDEN), ("de", FORBIDDEN_DE)):
        with language(code):
            found = article(key)
        assert [text for text in [found.title, *texts(found)] if pattern.search(text)] == []


@pytest.mark.parametrize("key", KEYS)
def test_each_statement_has_a_source_of_its_own(key: str) -> None:
    found = article(key)
    why = () if found.why is None else (found.why,)
    for row in (found.summary, *found.paragraphs, *why, *found.expect):
        assert row.about_facialis or set(row.references) - {"facialis"}, row.text


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_what_was_worked_out_says_so(key: str, code: str) -> None:
    says = re.compile(
        r"we worked (it |this )?out|we conclude|we say so|selbst (erarbeitet|berechnet|geschlossen)", re.I
    )
    with language(code):
        for row in article(key).statements:
            words = re.sub(r"We worked (this|out)", "We worked out", row.text)
            assert bool(says.search(words)) == row.worked_out, row.text


def test_every_claim_is_answered() -> None:
    assert {claim for item in articles() for claim in item.claims} == CLAIMS


def test_articles_are_dated_and_reviewed_only_with_the_name_of_a_clinician() -> None:
    for item in articles():
        assert item.written <= item.checked < item.next_check
        assert (item.next_check - item.checked).days <= 366
        assert item.reviewed is None  # nobody has so far; whoever does stands here with name and day
        assert wording("visit_article_unreviewed") in reviewed_words(item)
        named = replace(item, reviewed=date(2026, 12, 1), reviewed_by="Dr. A. Example")
        assert "Dr. A. Example" in reviewed_words(named)
        with pytest.raises(RecordError, match="name of a clinician"):
            replace(item, reviewed=date(2026, 12, 1))
        assert bool(item.told) == (item.why is not None)


def test_german_says_as_much() -> None:
    english = articles()
    with language("de"):
        german = articles()
    assert [item.key for item in german] == [item.key for item in english]
    for one, other in zip(english, german, strict=True):
        assert one.title != other.title
        assert [row.references for row in one.statements] == [row.references for row in other.statements]
        numbers = [sorted(re.findall(r"\d+", row.text.replace(",", "").replace(".", ""))) for row in one.statements]
        assert [
            sorted(re.findall(r"\d+", r.text.replace(",", "").replace(".", ""))) for r in other.statements
        ] == numbers
        assert not {row.text for row in one.statements} & {row.text for row in other.statements}


def test_unknown_articles_are_refused() -> None:
    with pytest.raises(KnowledgeError, match="no article 'nothing'"):
        article("nothing")


def test_translations_that_do_not_match_are_refused() -> None:
    with pytest.raises(KnowledgeError, match="1 translations for 2"):
        statements([{"text": "a", "references": ["facialis"]}, {"text": "b", "references": ["facialis"]}], ["x"])


def test_a_statement_needs_a_source() -> None:
    with pytest.raises(RecordError, match="source"):
        Statement(text="It is so.", references=())
