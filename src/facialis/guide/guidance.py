"""History, course and scores → guidance: how soon, why, what it resembles, what to read."""

from __future__ import annotations

from collections.abc import Sequence

from facialis.core.casefile import Casefile
from facialis.core.course import Course, Score
from facialis.core.guidance import Guidance
from facialis.guide.facts import facts_of
from facialis.guide.patterns import find_patterns
from facialis.guide.triage import find_rules, find_unknown

__all__ = ["find_guidance"]


def find_guidance(case: Casefile, course: Course | None, scores: Sequence[Score]) -> Guidance:
    """Guidance as of the casefile's day. It informs; it never diagnoses, and an unanswered question is no "no"."""
    facts = facts_of(case, course, scores)
    rules = find_rules(facts)
    urgency = rules[0].urgency
    return Guidance(
        urgency=urgency,
        rules=rules,
        resembles=find_patterns(facts),
        unknown=find_unknown(facts, urgency),
        articles=(),
        help_now=facts.seen("help_asked") or case.person.is_true("self_harm_thoughts"),
    )
