"""Which numbers of the natural course may not be said, and why: decided here and nowhere else.

While a treatment or a second side stands in the way, no number may seem to be the natural course of today.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from facialis.core.knowledge import load
from facialis.core.person.casefile import Casefile
from facialis.core.person.course import Course, Decompression, Estimate, Point, Withheld

__all__ = ["WITHHELD", "withhold"]

_LATER = ("probabilities", "change_per_year")
_ESTIMATES = ("rate_per_min", "change_per_year", "burden_share", "burden_change_per_year")
WITHHELD = (
    "probabilities",
    "rate_per_min",
    "change_per_year",
    "burden_share",
    "burden_change_per_year",
    "smallest_change",
    "spread",
    "quiet_days",
)
"""Fields of `Course` that are withheld while the natural course cannot be told."""


def withhold(
    casefile: Casefile, course: Course, decompression: Decompression | None
) -> tuple[Course, tuple[Withheld, ...]]:
    """The course with only what may be said, and what was taken out of it.

    Everything in `WITHHELD` is withheld while a treatment could not be read, within 20 weeks after toxin, after an
    operation, while recordings of both sides are mixed, where the days that were filmed were chosen by how they were,
    and where the last recording that counts is too old to say how it is now. The followed line then ends with the last
    session that counts, before ``as_of``, since its value of today is the rate. A quiet spell alone is
    withheld where it may not be called one (weakness, too few sessions), and an estimate where its interval reaches
    over more than a factor of ten, or where nothing was ever seen. Which way it goes is withheld below eight days
    with a recording, or half a year. A number that is None otherwise is not withheld: it cannot be said.
    """
    why = _why(course, decompression)
    if why is not None:
        rows = [Withheld(what=name, why=why) for name in WITHHELD if getattr(course, name) is not None]
    else:
        rows = [Withheld(what=name, why=found) for name in _ESTIMATES if (found := _says_nothing(course, name))]
        if course.used and course.more_sessions:
            later = [*_LATER, *(["burden_change_per_year"] if course.burden_share is not None else [])]
            early = [name for name in later if getattr(course, name) is None]
            rows[:0] = [Withheld(what=name, why="course_withheld_early") for name in early]
        if course.quiet_days and course.remission == "none" and course.blocked_by:
            rows.insert(0, Withheld(what="quiet_days", why=f"course_blocked_{course.blocked_by[0]}"))
    silent: dict[str, Any] = {row.what: None for row in rows}
    if why is not None or "rate_per_min" in silent:
        silent["line"] = _line(casefile, course)
    return replace(course, **silent), tuple(rows)


def _line(casefile: Casefile, course: Course) -> tuple[Point, ...]:
    """The followed line up to the last session that counts, whose value of today is the rate.

    None of it where a treatment could not be read: it may be the treatment that it follows.
    """
    if "treatment_unread" in course.blocked_by:
        return ()
    last = max((row.day for row in casefile.sessions if row.name in course.used), default=None)
    return tuple(p for p in course.line if last is not None and p.day <= last and p.day < course.as_of)


def _says_nothing(course: Course, name: str) -> str | None:
    """Key of the sentence that says why an estimate is not worth saying; None where it is, or is None already."""
    found: Estimate | None = getattr(course, name)
    if found is None:
        return None
    if course.verdict == "course_verdict_never_seen":
        return "course_withheld_never_seen"
    return "course_withheld_wide" if found.high > load("course.yaml")["wide"]["times"] * found.low else None


def _why(course: Course, decompression: Decompression | None) -> str | None:
    """Key of the sentence that says why the natural course is not told; None where it is."""
    for block in ("treatment_unread", "decompression_under_12_months", "toxin_window"):
        if block in course.blocked_by:
            return f"course_blocked_{block}"
    if decompression is not None:
        return "course_verdict_after_decompression"
    for block in ("mixed_sides", "filmed_by_mood", "no_recent_session"):
        if block in course.blocked_by:
            return f"course_blocked_{block}"
    return None
