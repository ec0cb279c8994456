"""An article in the order in which it is read, and what lies ahead: headings with the statements below them."""

from __future__ import annotations

from facialis.core.calendar import spoken_day
from facialis.core.knowledge import references, wording
from facialis.core.person.articles import Article, Pathway, Statement

__all__ = ["Part", "ahead_parts", "article_parts", "reviewed_words", "source_words"]

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
    """When the article was written and held against its sources, when that is due again, and who reviewed it."""
    dates = wording(
        "visit_article_dates",
        written=spoken_day(item.written),
        checked=spoken_day(item.checked),
        due=spoken_day(item.next_check),
    )
    if item.reviewed is None:
        return f"{dates} {wording('visit_article_unreviewed')}"
    return f"{dates} {wording('visit_article_reviewed', day=spoken_day(item.reviewed), by=item.reviewed_by)}"


def source_words(key: str) -> str:
    """One source as it is listed: authors, title, journal, year, where to open it, and how much of it was read."""
    row = references()[key]
    parts = [str(row[name]) for name in ("authors", "title", "in", "year") if row.get(name)]
    for name, before in (("doi", "doi:"), ("pmid", "PMID "), ("pmc", ""), ("url", "")):
        if row.get(name):
            parts.append(f"{before}{row[name]}")
            break
    return f"{'. '.join(parts)} ({wording('source_read_' + row['read'])})"
