"""Everything facialis says about one person, in one place: what the command line, a page and a file show."""

from __future__ import annotations

from dataclasses import dataclass

from facialis.core.errors import RecordError
from facialis.core.person.articles import Article, Pathway
from facialis.core.person.casefile import Casefile
from facialis.core.person.course import (
    Course,
    Decompression,
    FacialGrade,
    Score,
    SideEffect,
    Site,
    Toxin,
    TriggerEffect,
    Withheld,
)
from facialis.core.person.guidance import Guidance

__all__ = ["Answer"]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The casefile and all that is said of it; made in one place, so that no two outputs differ.

    ``course`` holds only what may be said: the numbers that ``withheld`` names are None in it, so that no output can
    say them. ``pathway`` holds what lies ahead (what to expect and to bring), ``questions`` what to ask at the visit
    (the person's own where there are any), ``reading`` the whole library, the articles for this person first. Texts are
    in the language that was spoken when the answer was made.
    """

    casefile: Casefile
    course: Course
    withheld: tuple[Withheld, ...]
    toxin: Toxin | None
    decompression: Decompression | None
    side_effects: tuple[SideEffect, ...]
    grades: tuple[FacialGrade, ...]
    sites: tuple[Site, ...]
    triggers: tuple[TriggerEffect, ...]
    scores: tuple[Score, ...]
    guidance: Guidance
    pathway: Pathway
    questions: tuple[str, ...]
    reading: tuple[Article, ...]
    contradiction: str | None = None
    """Key of the sentence on how the person's own account differs from the recordings; None: not that is known."""

    def __post_init__(self) -> None:
        for row in self.withheld:
            if getattr(self.course, row.what, 0) is not None:
                raise RecordError(f"{row.what} is withheld and must be None in the course")
