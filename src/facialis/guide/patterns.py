"""What the findings resemble and what they do not: evidence of ``patterns.yaml`` for and against, never a diagnosis.

Patterns are put in order by their evidence. The order is no probability: how common a pattern is plays no part in it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facialis.core.knowledge import load
from facialis.core.person.casefile import Reply
from facialis.core.person.guidance import Reason, Resemblance
from facialis.guide.conditions import holds, unknown_facts
from facialis.guide.facts import ASKED_BY

__all__ = ["PATTERNS", "find_resemblances"]

PATTERNS = "patterns.yaml"
# chosen: with it one strong reason (0.9) leans 0.64 and three lean 0.84; from 0.2 to 1 the order stays mostly the same
_CAUTION = 0.5


def find_resemblances(facts: Mapping[str, Reply]) -> tuple[Resemblance, ...]:
    """Every pattern with evidence for or against it, the most alike first; empty where nothing bears on any.

    Raises
    ------
    KnowledgeError
        The patterns cannot be read.
    """
    found = [_resemblance(name, row, facts) for name, row in load(PATTERNS).items()]
    return tuple(sorted((row for row in found if row.for_ or row.against), key=lambda row: (-row.leaning, row.pattern)))


def _resemblance(name: str, row: Mapping[str, Any], facts: Mapping[str, Reply]) -> Resemblance:
    for_, against = _reasons(row["for"], facts), _reasons(row["against"], facts)
    pro, con = sum(reason.weight for reason in for_), sum(reason.weight for reason in against)
    return Resemblance(
        pattern=name,
        leaning=round((pro - con) / (pro + con + _CAUTION), 3),
        for_=for_,
        against=against,
        ask=_ask(row, facts),
    )


def _reasons(rows: list[Mapping[str, Any]], facts: Mapping[str, Reply]) -> tuple[Reason, ...]:
    return tuple(
        Reason(text=row["text"], weight=float(row["weight"]), references=tuple(row["references"]))
        for row in rows
        if holds(row["when"], facts)
    )


def _ask(row: Mapping[str, Any], facts: Mapping[str, Reply]) -> tuple[str, ...]:
    """Unanswered questions, those that would weigh most first, then the recordings that would tell."""
    rows = sorted((*row["for"], *row["against"]), key=lambda item: -float(item["weight"]))
    asked = load("history.yaml")
    keys = [key for item in rows for fact in unknown_facts(item["when"], facts) for key in ASKED_BY.get(fact, (fact,))]
    return tuple(dict.fromkeys([key for key in keys if key in asked and key not in facts] + list(row["record"])))
