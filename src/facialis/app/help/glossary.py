"""The words that pages use, each in plain words with its sources."""

from __future__ import annotations

from dataclasses import dataclass

from facialis.core.knowledge import load, sentences, wording
from facialis.report.person.article_words import source_words

__all__ = ["Word", "words_used"]


@dataclass(frozen=True)
class Word:
    """A word, what it means, and where that comes from; ``sources`` is empty where facialis itself chose it."""

    key: str
    name: str
    text: str
    sources: tuple[str, ...]


def words_used() -> list[Word]:
    """All words in the order of the alphabet, in the language spoken."""
    rows = sentences()
    found = [
        Word(
            key=str(key),
            name=wording(f"word_{key}_name"),
            text=wording(f"word_{key}"),
            sources=tuple(source_words(one) for one in rows[f"word_{key}"]["references"] if one != "facialis"),
        )
        for key in load("glossary.yaml")["words"]["keys"]
    ]
    return sorted(found, key=lambda word: word.name.casefold())
