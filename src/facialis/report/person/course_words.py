"""The natural course in sentences, each a row of the wording with its places filled."""

from __future__ import annotations

from facialis.core.calendar import span_words, spoken_day
from facialis.core.knowledge import wording
from facialis.core.person.course import Course

__all__ = ["OTHERS", "verdict_sentence"]

OTHERS = (
    "course_others_clinic",
    "course_others_untreated",
    "course_others_toxin",
    "course_others_why",
    "course_others_slow",
)
"""Keys of what is known of others, in the order in which they are to be read."""


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
        span=span_words(max(odds.span_days if odds is not None else 0, 1)),
        percent=min(round(100 * percent), 99),
        quiet=span_words(max(course.quiet_days or 0, 1)),
        more=course.more_sessions,
        until=spoken_day(course.next_recording) if course.next_recording is not None else "",
    )
