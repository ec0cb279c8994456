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
    ``written``; ``checked``: last held against its sources, as far as those were read; ``next_check``: when that is due
    again. ``reviewed_by`` is the name of the clinician who reviewed it on ``reviewed``; ``""`` and None: nobody did.
    """

    key: str
    title: str
    summary: Statement
    paragraphs: tuple[Statement, ...]
    written: date
    checked: date
    next_check: date
    claims: tuple[int, ...] = ()
    told: str = ""
    why: Statement | None = None
    expect: tuple[Statement, ...] = ()
    ask: tuple[Statement, ...] = ()
    bring: tuple[Statement, ...] = ()
    reviewed: date | None = None
    reviewed_by: str = ""

    def __post_init__(self) -> None:
        if not self.written <= self.checked < self.next_check:
            raise RecordError(f"article {self.key}: it is written, then checked, then due to be checked again")
        if (self.reviewed is None) != (not self.reviewed_by):
            raise RecordError(f"article {self.key}: a review has a day and the name of a clinician")

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
