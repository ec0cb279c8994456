"""The library: short articles of ``articles.yaml``, in the language spoken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import load, spoken, translation
from facialis.core.person.articles import Article, Statement

__all__ = ["article", "articles", "statements"]


def articles() -> tuple[Article, ...]:
    """All articles, in the order of the library, in the language spoken (`core.knowledge.language`)."""
    return tuple(_article(key, spoken()) for key in load("articles.yaml"))


def article(key: str) -> Article:
    """The article of this key in the language spoken; KnowledgeError if there is none."""
    if key not in load("articles.yaml"):
        raise KnowledgeError(f"There is no article {key!r}.", advice=f"There are {', '.join(load('articles.yaml'))}.")
    return _article(key, spoken())


def statements(rows: Sequence[Mapping[str, Any]], said: Sequence[str]) -> tuple[Statement, ...]:
    """Rows of a data file as statements; ``said``: their translations in the same order (empty: as they stand).

    Raises
    ------
    KnowledgeError
        There are not as many translations as rows: it could not be known which belongs to which.
    """
    if said and len(said) != len(rows):
        raise KnowledgeError(f"There are {len(said)} translations for {len(rows)} statements: {said[0]!r} and so on.")
    return tuple(
        Statement(
            text=str(said[i] if said else row["text"]).strip(),
            references=tuple(row["references"]),
            worked_out=bool(row.get("worked_out", False)),
            about_facialis=row.get("about") == "facialis",
        )
        for i, row in enumerate(rows)
    )


@cache
def _article(key: str, code: str) -> Article:
    row: Mapping[str, Any] = load("articles.yaml")[key]
    said: Mapping[str, Any] = translation("articles.yaml", code).get(key, {})

    def several(name: str) -> tuple[Statement, ...]:
        return statements(row.get(name, []), said.get(name, []))

    def one(name: str) -> Statement | None:
        return statements([row[name]], [said[name]] if name in said else [])[0] if name in row else None

    summary = one("summary")
    if summary is None:
        raise KnowledgeError(f"The article {key!r} has no summary.")
    return Article(
        key=key,
        title=str(said.get("title", row["title"])),
        summary=summary,
        paragraphs=several("paragraphs"),
        written=row["written"],
        checked=row["checked"],
        next_check=row["next_check"],
        reviewed=row.get("reviewed"),
        reviewed_by=str(row.get("reviewed_by", "")),
        claims=tuple(row["claims"]),
        told=str(said.get("told", row.get("told", ""))),
        why=one("why"),
        expect=several("expect"),
        ask=several("ask"),
        bring=several("bring"),
    )
