"""What is shown of an article: its statements with the numbers of their sources, and how old it is."""

from __future__ import annotations

from dataclasses import dataclass

from facialis.core.person.articles import Article, Statement
from facialis.report.person.article_words import article_parts, reviewed_words, source_words

__all__ = ["Read", "ShownPart", "Told", "read"]


@dataclass(frozen=True)
class Told:
    """A statement and the numbers of its sources in the list below the article."""

    text: str
    sources: tuple[int, ...]


@dataclass(frozen=True)
class ShownPart:
    """A heading (``""``: none) and the statements below it; ``listed``: as a list of points."""

    heading: str
    told: tuple[Told, ...]
    listed: bool


@dataclass(frozen=True, kw_only=True)
class Read:
    """An article in the order in which it is read. ``sources`` are numbered from 1."""

    title: str
    summary: Told
    parts: tuple[ShownPart, ...]
    dates: str
    sources: tuple[str, ...]


def read(article: Article) -> Read:
    """The page of an article, in the language spoken."""
    numbers: dict[str, int] = {}

    def tell(row: Statement) -> Told:
        return Told(row.text, tuple(numbers.setdefault(key, len(numbers) + 1) for key in row.references))

    summary = tell(article.summary)
    parts = tuple(
        ShownPart(heading, tuple(tell(row) for row in rows), bool(heading) and len(rows) > 1)
        for heading, rows in article_parts(article)
    )
    return Read(
        title=article.title,
        summary=summary,
        parts=parts,
        dates=reviewed_words(article),
        sources=tuple(source_words(key) for key in numbers),
    )
