"""A person, their course and scores → how soon, why, what it resembles, what to ask and what to read."""

from __future__ import annotations

from collections.abc import Iterable

from facialis.core.knowledge import load
from facialis.core.person.casefile import Casefile
from facialis.core.person.course import Course, Score
from facialis.core.person.guidance import Guidance
from facialis.guide.facts import gather_facts
from facialis.guide.patterns import find_resemblances
from facialis.guide.triage import sort_out

__all__ = ["find_guidance"]


def find_guidance(case: Casefile, course: Course | None, scores: Iterable[Score]) -> Guidance:
    """What to do about what is known of one person up to ``case.as_of``.

    ``course`` None: nothing is known of the course. The result says how soon somebody should look, never what it is,
    and it is not safe against what was not said: `Guidance.unknown` names the questions that could raise the urgency.

    Raises
    ------
    KnowledgeError
        The rules or patterns cannot be read.
    """
    facts = gather_facts(case, course, scores)
    triage = sort_out(facts)
    rows = load("triage.yaml")
    articles = [name for rule in triage.fired for name in rows[rule.id].get("articles", [])]
    return Guidance(
        urgency=triage.urgency,
        rules=triage.fired,
        resembles=find_resemblances(facts),
        unknown=triage.unknown,
        alarms=triage.alarms,
        articles=tuple(dict.fromkeys(articles)),
        help_now=facts.get("help_now") is True or facts.get("self_harm_thoughts") is True,
    )
