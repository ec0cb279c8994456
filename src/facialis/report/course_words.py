"""The course in words: the verdict with its numbers filled in, in the language spoken."""

from __future__ import annotations

from facialis.core.course import Course
from facialis.core.knowledge import wording
from facialis.report.calendar import span_words, spoken_day

__all__ = ["verdict_words"]


def verdict_words(course: Course) -> str:
    """The verdict's sentence; its probability is that of what it says."""
    chances = course.probabilities
    said = 0.0 if chances is None else getattr(chances, course.verdict.rpartition("_")[2], 0.0)
    return wording(
        course.verdict,
        span=span_words(max(chances.span_days, 1)) if chances else "",
        percent=f"{min(100 * said, 99):.0f}",
        quiet=span_words(max(course.quiet_days, 1)),
        more=max(course.more_sessions, 1),
        until=spoken_day(course.next_recording) if course.next_recording else "",
    )
