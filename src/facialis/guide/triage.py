"""How soon somebody should look at it: the rules of ``triage.yaml`` applied to what is known.

Sensitivity comes first. A rule applies only on what is known; what is unknown is named, never taken for no; and waiting
is said only where what was said asks for it. It is no diagnosis.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from facialis.core.knowledge import load
from facialis.core.person.casefile import Reply
from facialis.core.person.guidance import URGENCIES, Fired, Urgency
from facialis.guide.conditions import holds, unknown_facts
from facialis.guide.facts import ASKED_BY

__all__ = ["RULES", "Triage", "sort_out"]

RULES = "triage.yaml"


@dataclass(frozen=True, kw_only=True)
class Triage:
    """The urgency, the rules that say so (most urgent first), and the unanswered questions that could raise it."""

    urgency: Urgency
    fired: tuple[Fired, ...]
    unknown: tuple[str, ...]


def _applies(rule: Mapping[str, object], facts: Mapping[str, Reply]) -> bool | None:
    when, unless = rule["when"], rule.get("unless")
    assert isinstance(when, Mapping)
    if isinstance(unless, Mapping) and holds(unless, facts) is True:
        return False
    return holds(when, facts)


def sort_out(facts: Mapping[str, Reply]) -> Triage:
    """Apply every rule to ``facts`` (see `facialis.guide.facts.gather_facts`).

    The most urgent rule that applies decides. A rule to wait decides only if no other applies; if none applies at all,
    it is ``routine`` by the rule ``not_told_apart``.

    Raises
    ------
    KnowledgeError
        The rules cannot be read.
    """
    rules = load(RULES)
    rank = {urgency: place for place, urgency in enumerate(URGENCIES)}
    fired: list[Fired] = []
    open_: list[tuple[int, str]] = []
    for name, rule in rules.items():
        if name == "not_told_apart":
            continue
        applies = _applies(rule, facts)
        if applies:
            fired.append(_fired(name, rule))
        elif applies is None:
            keys = [key for fact in unknown_facts(rule["when"], facts) for key in ASKED_BY.get(fact, (fact,))]
            open_.extend((rank[rule["urgency"]], key) for key in keys)
    if not fired:
        fired.append(_fired("not_told_apart", rules["not_told_apart"]))
    fired.sort(key=lambda row: rank[row.urgency])
    urgency = fired[0].urgency
    asked = load("history.yaml")
    could = [key for place, key in sorted(open_, key=lambda row: row[0]) if place < rank[urgency]]
    unknown = tuple(dict.fromkeys(key for key in could if key in asked and key not in facts))
    return Triage(urgency=urgency, fired=tuple(fired), unknown=unknown)


def _fired(name: str, rule: Mapping[str, object]) -> Fired:
    urgency, why, references = rule["urgency"], rule["why"], rule["references"]
    assert urgency in URGENCIES
    assert isinstance(references, list)
    return Fired(id=name, urgency=urgency, why=str(why), references=tuple(str(key) for key in references))
