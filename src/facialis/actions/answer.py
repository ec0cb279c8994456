"""A person's folder → everything facialis answers about them: written down once, so that no two commands differ."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from facialis.core.answer import Answer
from facialis.core.errors import EstimateError, SettingsError

__all__ = ["as_day", "find_answer"]


def as_day(text: str | None) -> date | None:
    """The day of ``--as-of``; SettingsError where it is none."""
    from facialis.files.rows import day_of

    if text is None:
        return None
    try:
        return day_of(text)
    except ValueError as error:
        raise SettingsError(f"--as-of: {error}", advice="Write a day as 2026-05-31.") from error


def find_answer(
    folder: Path,
    *,
    as_of: date | None = None,
    today: date | None = None,
    level: float = 0.5,
    progress: Callable[[str, float], None] | None = None,
) -> Answer:
    """Read the folder and answer as of a day (default: today). ``level``: share of the best effect, see `Toxin`.

    Raises
    ------
    FormatError
        The folder, or a file in it, cannot be used at all.
    """
    from facialis.files.person import read_folder
    from facialis.follow.course import find_course
    from facialis.follow.decompression import find_decompression
    from facialis.follow.questionnaires import score_all
    from facialis.follow.toxin import find_toxin
    from facialis.follow.triggers import find_triggers
    from facialis.guide.guidance import find_guidance

    tell = progress or (lambda _stage, _share: None)
    tell("reading", 0.0)
    case = read_folder(folder, today=today or date.today(), as_of=as_of)  # noqa: DTZ011 - a person's own calendar day
    scores = score_all(case)
    tell("course", 0.1)
    course = find_course(case)
    tell("treatments", 0.5)
    toxin = find_toxin(case, level=level)
    decompression = find_decompression(case)
    tell("triggers", 0.7)
    try:
        triggers = find_triggers(case)
    except EstimateError:  # too short a diary, or none: nothing is said, and the page says that
        triggers = ()
    return Answer(
        casefile=case,
        course=course,
        toxin=toxin,
        decompression=decompression,
        triggers=triggers,
        scores=scores,
        guidance=find_guidance(case, course, scores),
    )
