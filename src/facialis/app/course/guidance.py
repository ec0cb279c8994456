"""What is shown of the guidance: how soon and why, what is not known yet, what it looks like, and what comes next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from facialis.app.history.forms import choices_of
from facialis.core.knowledge import load, wording
from facialis.core.person.answer import Answer
from facialis.core.person.guidance import Resemblance
from facialis.report.person.article_words import Part, ahead_parts, source_words
from facialis.report.person.visit_content import MOST_TOLD_APART, ask_words, resembling

__all__ = ["Asked", "Guided", "Open", "Pattern", "guided", "open_question"]

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


@dataclass(frozen=True, kw_only=True)
class Open:
    """A question that is open: its answers (what is written, and what it is called), and how many more there are.

    ``choices`` is empty where it takes more than a tap. ``number`` counts it from 1; ``following`` is the place (from
    0) of the next one, 0 where it is the last.
    """

    key: str
    ask: str
    choices: tuple[tuple[str, str], ...]
    number: int
    count: int
    following: int


def open_question(shown: Guided, place: int, answered: Collection[str]) -> Open | None:
    """The question at ``place`` among those that are open, the most urgent first; None where none is.

    ``answered``: keys that were answered since the guidance was worked out.
    """
    asked = [(key, ask) for key, ask in (*shown.alarms, *shown.open) if key not in answered]
    if not asked:
        return None
    place = place if 0 <= place < len(asked) else 0
    key, ask = asked[place]
    row = load("history.yaml")[key]
    choices: tuple[tuple[str, str], ...] = ()
    if row["kind"].startswith("yes_no"):
        choices = (("yes", wording("app_yes")), ("no", wording("app_no")))
    elif row["kind"] == "choice":
        choices = choices_of(key)
    following = place + 1 if place + 1 < len(asked) else 0
    return Open(key=key, ask=ask, choices=choices, number=place + 1, count=len(asked), following=following)


def _asked(keys: Iterable[str]) -> tuple[Asked, ...]:
    return tuple((key, ask_words(key)) for key in keys)


def _pattern(item: Resemblance) -> Pattern:
    return Pattern(
        name=wording(f"pattern_{item.pattern}_name"),
        for_=tuple(wording(r.text) for r in sorted(item.for_, key=lambda r: -r.weight)),
        against=tuple(wording(r.text) for r in sorted(item.against, key=lambda r: -r.weight)),
        ask=tuple(ask_words(key) for key in item.ask[:MOST_TOLD_APART]),
    )
