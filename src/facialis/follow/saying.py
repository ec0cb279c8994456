"""The natural course in sentences, each a row of the wording with its places filled."""

from __future__ import annotations

from facialis.core.course import Course
from facialis.core.knowledge import wording

__all__ = ["OTHERS", "long_time", "verdict_sentence"]

OTHERS = (
    "course_others_clinic", "course_others_untreated", "course_others_toxin", "course_others_why", "course_others_slow",
)  # fmt: skip
"""Keys of what is known of others, in the order in which they are to be read."""


def long_time(days: int) -> str:
    """A number of days as people say it, in the language spoken: days, weeks or months."""
    if days < 14:
        return wording("course_days" if days != 1 else "course_day", count=days)
    if days < 70:
        return wording("course_weeks", count=round(days / 7))
    return wording("course_months", count=round(days / 30.44))


def verdict_sentence(course: Course) -> str:
    """The verdict with its numbers."""
    odds = course.probabilities
    percent = 0.0
    if odds is not None:
        percent = {"resolving": odds.resolving, "worsening": odds.worsening, "stable": odds.stable}.get(
            course.verdict.removeprefix("course_verdict_"), 0.0
        )
    return wording(
        course.verdict,
        span=long_time(odds.span_days if odds is not None else 0),
        percent=min(round(100 * percent), 99),
        quiet=long_time(course.quiet_days),
        more=course.more_sessions,
        until=course.next_recording.isoformat() if course.next_recording is not None else "",
    )
