"""The library of articles in a terminal, and as the report of a person takes it up."""

from __future__ import annotations

import textwrap

from facialis.cli.faults import LINE, put
from facialis.core.answer import Answer
from facialis.core.articles import Article, Statement
from facialis.core.calendar import spoken_day
from facialis.core.errors import KnowledgeError, SettingsError
from facialis.core.knowledge import references, wording
from facialis.guide.library import article, articles
from facialis.guide.pathways import pathway
from facialis.report.person.page import Part, Reading

__all__ = ["ahead_of", "print_article", "print_articles", "questions_of", "reading_of"]

_PARTS = ("expect", "ask", "bring")


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
        raise SettingsError(f"There is no article {name!r}.", advice=f"There are: {names}.") from error
    numbers: dict[str, int] = {}
    put(item.title)
    put("=" * len(item.title))
    for heading, rows in _parts(item):
        put("")
        if heading:
            put(heading)
        for row in rows:
            put(_filled(row, numbers, "- " if heading else ""))
            if not heading:
                put("")
    put(_reviewed(item))
    for key, number in numbers.items():
        source = references()[key]
        put(f"[{number}] " + ". ".join(str(source[k]) for k in ("authors", "title", "year") if source.get(k)))
    return 0


def _filled(row: Statement, numbers: dict[str, int], before: str) -> str:
    keys = [key for key in row.references if key != "facialis"]
    marks = "".join(f" [{numbers.setdefault(key, len(numbers) + 1)}]" for key in keys)
    return textwrap.fill(row.text + marks, LINE, initial_indent=before, subsequent_indent=" " * len(before))


def _parts(item: Article) -> list[tuple[str, tuple[Statement, ...]]]:
    """Heading and statements in the order in which they are read; the article itself has no heading."""
    parts: list[tuple[str, tuple[Statement, ...]]] = [("", item.paragraphs)]
    if item.why is not None:
        parts.append((wording("visit_article_told", told=item.told), (item.why,)))
    parts += [(wording(f"visit_article_{name}"), getattr(item, name)) for name in _PARTS if getattr(item, name)]
    return parts


def _reviewed(item: Article) -> str:
    return wording("visit_article_reviewed", day=spoken_day(item.reviewed), by=item.reviewed_by)


def questions_of(answer: Answer) -> tuple[str, ...]:
    """What might be asked at the visit, from the person's pathway."""
    return tuple(row.text for row in pathway(answer.guidance, answer.casefile).ask)


def ahead_of(answer: Answer) -> tuple[Part, ...]:
    """What to expect and what to bring, from the person's pathway; a part without a sentence is left out."""
    way = pathway(answer.guidance, answer.casefile)
    parts = (("expect", way.expect), ("bring", way.bring))
    return tuple(
        (wording(f"visit_article_{name}"), tuple((row.text, row.references) for row in rows))
        for name, rows in parts
        if rows
    )


def reading_of(answer: Answer) -> tuple[Reading, ...]:
    """All articles for the report, those that the person's rules and pathway name first."""
    way = pathway(answer.guidance, answer.casefile)
    first = list(dict.fromkeys([*way.articles, *answer.guidance.articles]))
    items = sorted(articles(), key=lambda item: first.index(item.key) if item.key in first else len(first))
    return tuple(
        Reading(
            key=item.key,
            title=item.title,
            summary=item.summary.text,
            parts=tuple((heading, tuple((r.text, r.references) for r in rows)) for heading, rows in _parts(item)),
            reviewed=_reviewed(item),
        )
        for item in items
    )
