"""What is shown of an answer: one sentence first, the drawing, the sentences behind it, and how soon to be seen."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from facialis.core.calendar import spoken_day
from facialis.core.knowledge import figure, wording
from facialis.core.person.answer import Answer
from facialis.core.person.course import Point
from facialis.report.person.course_figure import draw_course
from facialis.report.person.course_words import figure_words, more_sentences, opening_sentences
from facialis.report.person.visit_content import sentence_of_trigger

__all__ = ["Shown", "shown_of"]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """The course page in words. ``opening`` is read first, ``more`` are the numbers behind it.

    ``rows``: day, twitches per minute, usable minutes and whether it counts. ``line``: what the chart shows as a line,
    once a month: day, rate, and the ends of its interval.
    """

    opening: tuple[str, ...]
    more: tuple[str, ...]
    blocked: tuple[str, ...]
    notes: tuple[str, ...]
    triggers: tuple[str, ...]
    urgency: str
    urgency_text: str
    rules: tuple[str, ...]
    help_now: bool
    charts: tuple[Markup, ...]
    rows: tuple[tuple[str, str, str, str], ...]
    line: tuple[tuple[str, str, str, str], ...]
    problems: tuple[str, ...]


def shown_of(answer: Answer) -> Shown:
    """The course page of an answer, in the language spoken."""
    course, guidance = answer.course, answer.guidance
    used = set(course.used)
    return Shown(
        opening=tuple(opening_sentences(answer)),
        more=tuple(more_sentences(answer)),
        blocked=tuple(wording(f"course_blocked_{code}") for code in course.blocked_by),
        notes=tuple(wording(key) for key in course.notes),
        triggers=tuple(sentence_of_trigger(effect) for effect in answer.triggers if effect.named),
        urgency=guidance.urgency,
        urgency_text=wording(f"visit_urgency_{guidance.urgency}"),
        rules=tuple(wording(rule.why) for rule in guidance.rules),
        help_now=guidance.help_now,
        charts=tuple(draw_course(answer, narrow=narrow).markup() for narrow in (False, True)),
        rows=tuple(
            (
                spoken_day(row.day),
                wording("app_rate_unseen") if row.saw_nothing else figure(f"{row.rate_per_min:.1f}"),
                figure(f"{row.usable_min:.1f}"),
                wording(
                    "app_no"
                    if row.name not in used or row.saw_nothing
                    else "app_counts_reviewed"
                    if row.reviewed
                    else "app_yes"
                ),
            )
            for row in reversed(answer.casefile.sessions)
        ),
        line=tuple(
            (
                spoken_day(point.day),
                figure_words(rate.value),
                figure_words(rate.low),
                figure_words(rate.high),
            )
            for point in _monthly(course.line)
            for rate in (point.rate_per_min,)
        ),
        problems=tuple(str(problem) for problem in answer.casefile.problems),
    )


def _monthly(line: tuple[Point, ...]) -> list[Point]:
    """The first point of each month, and the last of all; the latest first."""
    first = {(point.day.year, point.day.month): point for point in reversed(line)}
    return [*dict.fromkeys([*line[-1:], *first.values()])]
