"""Which numbers of the natural course may not be said, and why: decided here and nowhere else.

While a treatment or a second side stands in the way, no number may seem to be the natural course of today.
"""

from __future__ import annotations

from dataclasses import replace

from facialis.core.person.casefile import Casefile
from facialis.core.person.course import Course, Decompression, Withheld

__all__ = ["WITHHELD", "withhold"]

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

    Everything in `WITHHELD` is withheld within 20 weeks after toxin, after an operation, while recordings of both sides
    are mixed, and where the last recording that counts is too old to say how it is now. The followed line then ends
    with the last session that counts, before ``as_of``, since its value of today is the rate. A quiet spell alone is
    withheld where it may not be called one (weakness, too few sessions). A number that is None already is not withheld:
    it cannot be said.
    """
    why = _why(course, decompression)
    if why is not None:
        rows = tuple(Withheld(what=name, why=why) for name in WITHHELD if getattr(course, name) is not None)
        last = max((row.day for row in casefile.sessions if row.name in course.used), default=None)
        line = tuple(p for p in course.line if last is not None and p.day <= last and p.day < course.as_of)
        silent = replace(
            course,
            probabilities=None,
            rate_per_min=None,
            change_per_year=None,
            burden_share=None,
            burden_change_per_year=None,
            smallest_change=None,
            spread=None,
            quiet_days=None,
            line=line,
        )
        return silent, rows
    if course.quiet_days and course.remission == "none" and course.blocked_by:
        row = Withheld(what="quiet_days", why=f"course_blocked_{course.blocked_by[0]}")
        return replace(course, quiet_days=None), (row,)
    return course, ()


def _why(course: Course, decompression: Decompression | None) -> str | None:
    """Key of the sentence that says why the natural course is not told; None where it is."""
    for block in ("decompression_under_12_months", "toxin_window"):
        if block in course.blocked_by:
            return f"course_blocked_{block}"
    if decompression is not None:
        return "course_verdict_after_decompression"
    for block in ("mixed_sides", "no_recent_session"):
        if block in course.blocked_by:
            return f"course_blocked_{block}"
    return None
