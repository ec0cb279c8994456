"""The library of articles in a terminal."""

from __future__ import annotations

import textwrap

from facialis.cli.faults import LINE, put
from facialis.core.errors import KnowledgeError, SettingsError
from facialis.core.knowledge import wording
from facialis.core.messages import said
from facialis.core.person.articles import Statement
from facialis.guide.library import article, articles
from facialis.report.person.article_words import article_parts, reviewed_words, source_words

__all__ = ["print_article", "print_articles"]


def print_articles() -> int:
    """List the library: a name and a title a line; returns the exit code."""
    for item in articles():
        put(f"{item.key:<22}{item.title}")
    put("")
    put(wording("visit_article_how"))
    return 0


def print_article(name: str) -> int:
    """Print one article with its sources; SettingsError if there is none of this name."""
    try:
        item = article(name)
    except KnowledgeError as error:
        names = ", ".join(row.key for row in articles())
        raise SettingsError(**said("no_article", name=repr(name), known=names)) from error
    numbers: dict[str, int] = {}
    put(item.title)
    put("=" * len(item.title))
    for heading, rows in article_parts(item):
        put("")
        if heading:
            put(heading)
        for row in rows:
            put(_filled(row, numbers, "- " if heading else ""))
            if not heading:
                put("")
    put(reviewed_words(item))
    for key, number in numbers.items():
        put(textwrap.fill(f"[{number}] {source_words(key)}", LINE, break_long_words=False, break_on_hyphens=False))
    return 0


def _filled(row: Statement, numbers: dict[str, int], before: str) -> str:
    keys = [key for key in row.references if key != "facialis"]
    marks = "".join(f" [{numbers.setdefault(key, len(numbers) + 1)}]" for key in keys)
    return textwrap.fill(row.text + marks, LINE, initial_indent=before, subsequent_indent=" " * len(before))
