"""What one person may ask at the visit, and what they may read first."""

from __future__ import annotations

from facialis.core.person.articles import Article, Pathway
from facialis.core.person.casefile import Casefile
from facialis.core.person.guidance import Guidance
from facialis.guide.library import articles

__all__ = ["questions_of", "reading_list"]


def questions_of(casefile: Casefile, way: Pathway) -> tuple[str, ...]:
    """The person's own questions; those of the pathway where they wrote none."""
    return casefile.questions or tuple(row.text for row in way.ask)


def reading_list(guidance: Guidance, way: Pathway) -> tuple[Article, ...]:
    """All articles in the language spoken: those of the pathway first, those of the guidance next, then the others."""
    first = list(dict.fromkeys([*way.articles, *guidance.articles]))
    return tuple(sorted(articles(), key=lambda item: first.index(item.key) if item.key in first else len(first)))
