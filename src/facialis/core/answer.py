"""Everything facialis answers about one person, in one place: what the command line, a page and a file show."""

from __future__ import annotations

from dataclasses import dataclass

from facialis.core.casefile import Casefile
from facialis.core.course import Course, Decompression, Score, Toxin, TriggerEffect
from facialis.core.guidance import Guidance

__all__ = ["Answer"]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """The casefile and all that was found in it; made in one place, so that no two doors answer differently."""

    casefile: Casefile
    course: Course
    toxin: Toxin | None
    decompression: Decompression | None
    triggers: tuple[TriggerEffect, ...]
    scores: tuple[Score, ...]
    guidance: Guidance
