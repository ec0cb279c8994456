"""What is shown of the guidance: how soon and why, what is not known yet, what it looks like, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from facialis.core.knowledge import wording
from facialis.core.person.answer import Answer
from facialis.core.person.guidance import Resemblance
from facialis.report.person.article_words import Part, ahead_parts, source_words
from facialis.report.person.visit_content import MOST_TOLD_APART, ask_words, resembling

__all__ = ["Asked", "Guided", "Pattern", "guided"]

Asked = tuple[str, str]
"""The key of a question of the history, and the question."""


@dataclass(frozen=True, kw_only=True)
class Pattern:
    """A pattern with what speaks for it and against it, and what would tell it apart."""

    name: str
    for_: tuple[str, ...]
    against: tuple[str, ...]
    ask: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Guided:
    """The guide in words. ``alarms`` could make it urgent if they were answered with yes, ``open`` could change it.

    ``ahead``: headings with what to expect and to bring. ``reading``: keys and titles of the articles to read first.
    ``sources``: what the rules and the patterns rest on.
    """

    urgency: str
    urgency_text: str
    help_now: bool
    unread: str
    rules: tuple[str, ...]
    alarms: tuple[Asked, ...]
    open: tuple[Asked, ...]
    patterns: tuple[Pattern, ...]
    questions: tuple[str, ...]
    title: str
    ahead: tuple[Part, ...]
    reading: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]


def guided(answer: Answer) -> Guided:
    """The guide page of an answer, in the language spoken."""
    guidance, way = answer.guidance, answer.pathway
    shown = resembling(guidance)
    reasons = [reason for item in shown for reason in (*item.for_, *item.against)]
    cited = [row.references for row in guidance.rules] + [reason.references for reason in reasons]
    keys = dict.fromkeys(key for row in cited for key in row)
    unread = "treatment_unread" in answer.course.blocked_by
    titles = {item.key: item.title for item in answer.reading}
    return Guided(
        urgency=guidance.urgency,
        urgency_text=wording(f"visit_urgency_{guidance.urgency}"),
        help_now=guidance.help_now,
        unread=wording("course_verdict_treatment_unread") if unread else "",
        rules=tuple(wording(rule.why) for rule in guidance.rules),
        alarms=_asked(guidance.alarms),
        open=_asked(key for key in guidance.unknown if key not in guidance.alarms),
        patterns=tuple(_pattern(item) for item in shown),
        questions=answer.questions,
        title=way.title,
        ahead=tuple(ahead_parts(way)),
        reading=tuple((key, titles[key]) for key in way.articles if key in titles),
        sources=tuple(source_words(key) for key in keys if key != "facialis"),
    )


def _asked(keys: Iterable[str]) -> tuple[Asked, ...]:
    return tuple((key, ask_words(key)) for key in keys)


def _pattern(item: Resemblance) -> Pattern:
    return Pattern(
        name=wording(f"pattern_{item.pattern}_name"),
        for_=tuple(wording(r.text) for r in sorted(item.for_, key=lambda r: -r.weight)),
        against=tuple(wording(r.text) for r in sorted(item.against, key=lambda r: -r.weight)),
        ask=tuple(ask_words(key) for key in item.ask[:MOST_TOLD_APART]),
    )
