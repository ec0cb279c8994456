"""An article in the order in which it is read, and what lies ahead: headings with the statements below them."""

from __future__ import annotations

from facialis.core.calendar import spoken_day
from facialis.core.knowledge import wording
from facialis.core.person.articles import Article, Pathway, Statement

__all__ = ["Part", "ahead_parts", "article_parts", "reviewed_words"]

Part = tuple[str, tuple[Statement, ...]]
"""A heading, and the statements below it."""


def article_parts(item: Article) -> list[Part]:
    """Its paragraphs, without a heading, then the claim it answers, what to expect, to ask and to bring."""
    parts: list[Part] = [("", item.paragraphs)]
    if item.why is not None:
        parts.append((wording("visit_article_told", told=item.told), (item.why,)))
    return parts + _headed(("expect", item.expect), ("ask", item.ask), ("bring", item.bring))


def ahead_parts(way: Pathway) -> list[Part]:
    """What to expect and what to bring; a part without a statement is left out."""
    return _headed(("expect", way.expect), ("bring", way.bring))


def _headed(*parts: tuple[str, tuple[Statement, ...]]) -> list[Part]:
    return [(wording(f"visit_article_{name}"), rows) for name, rows in parts if rows]


def reviewed_words(item: Article) -> str:
    """Who last read the article against its sources, and when."""
    return wording("visit_article_reviewed", day=spoken_day(item.reviewed), by=item.reviewed_by)
