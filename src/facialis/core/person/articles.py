"""What is there to read, and what to do next: statements with their sources, articles made of them, pathways.

Rows are frozen, keyword-only dataclasses; texts stand in the language that was spoken when they were made.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from facialis.core.errors import RecordError
from facialis.core.person.guidance import Urgency

__all__ = ["SITUATIONS", "Article", "Pathway", "Situation", "Statement"]

Situation = Literal["before_visit", "after_toxin", "after_decompression", "waiting"]
SITUATIONS: tuple[Situation, ...] = ("before_visit", "after_toxin", "after_decompression", "waiting")


@dataclass(frozen=True, kw_only=True)
class Statement:
    """One or a few sentences with the keys of their sources.

    ``worked_out``: the project concluded it from these sources itself (the text says so). ``about_facialis``: it
    describes the program, not the illness.
    """

    text: str
    references: tuple[str, ...]
    worked_out: bool = False
    about_facialis: bool = False

    def __post_init__(self) -> None:
        if not self.text or not self.references:
            raise RecordError(f"a statement needs a text and a source: {self.text!r}")


@dataclass(frozen=True, kw_only=True)
class Article:
    """A short article in plain words. ``claims``: which of the widely told claims it answers.

    ``told`` is such a claim as it is told and ``why`` says why it is too simple (``""`` and None where it is not).
    ``reviewed_by`` names who last read it against its sources; no clinician did unless it says so.
    """

    key: str
    title: str
    summary: Statement
    paragraphs: tuple[Statement, ...]
    reviewed: date
    reviewed_by: str
    claims: tuple[int, ...] = ()
    told: str = ""
    why: Statement | None = None
    expect: tuple[Statement, ...] = ()
    ask: tuple[Statement, ...] = ()
    bring: tuple[Statement, ...] = ()

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements, in the order in which they are read."""
        why = () if self.why is None else (self.why,)
        return (self.summary, *self.paragraphs, *why, *self.expect, *self.ask, *self.bring)


@dataclass(frozen=True, kw_only=True)
class Pathway:
    """What comes next for one person: what to expect, to ask and to bring, and which articles (keys) to read.

    ``help_now``: a crisis text is shown before anything else.
    """

    urgency: Urgency
    situation: Situation
    title: str
    expect: tuple[Statement, ...]
    ask: tuple[Statement, ...]
    bring: tuple[Statement, ...]
    articles: tuple[str, ...]
    help_now: bool = False
