"""The library of articles in a terminal, and as the report of a person takes it up."""

from __future__ import annotations

from facialis.core.answer import Answer
from facialis.report.person_page import Reading

__all__ = ["print_article", "print_articles", "questions_of", "reading_of"]


def print_articles() -> int:
    return 0


def print_article(name: str) -> int:
    return 0


def questions_of(answer: Answer) -> tuple[str, ...]:
    return ()


def reading_of(answer: Answer) -> tuple[Reading, ...]:
    return ()
