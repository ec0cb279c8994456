"""How soon somebody should look at it: the rules of ``triage.yaml`` applied to what is known.

Sensitivity comes first. A rule applies only on what is known; what is unknown is named, never taken for no; and waiting
is said only where what was said asks for it. It is no diagnosis.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from facialis.core.knowledge import load
from facialis.core.person.casefile import Reply
from facialis.core.person.guidance import URGENCIES, Fired, Urgency
from facialis.guide.conditions import holds, unknown_facts
from facialis.guide.facts import ASKED_BY

__all__ = ["RULES", "Triage", "sort_out"]

RULES = "triage.yaml"
_RANK = {urgency: place for place, urgency in enumerate(URGENCIES)}


@dataclass(frozen=True, kw_only=True)
class Triage:
    """The urgency, the rules that say so (most urgent first), and the unanswered questions that could raise it.

    Of signs that count only together the first is asked; the next once that was answered with yes. ``alarms`` are
    those of ``unknown`` that could make it an emergency, or a matter of today.
    """

    urgency: Urgency
    fired: tuple[Fired, ...]
    unknown: tuple[str, ...]
    alarms: tuple[str, ...]


def sort_out(facts: Mapping[str, Reply]) -> Triage:
    """Apply every rule to ``facts`` (see `facialis.guide.facts.gather_facts`).

    The most urgent rule that applies decides. A rule to wait decides only if no other applies; if none applies at all,
    it is ``routine`` by the rule ``not_told_apart``. Remarks come last and raise nothing.

    Raises
    ------
    KnowledgeError
        The rules cannot be read.
    """
    rules = load(RULES)
    asking = {name: rule for name, rule in rules.items() if "urgency" in rule and name != "not_told_apart"}
    applies = {name: _applies(rule, facts) for name, rule in asking.items()}
    fired = [_fired(name, rule, rule["urgency"]) for name, rule in asking.items() if applies[name]]
    if not fired:
        fired = [_fired("not_told_apart", rules["not_told_apart"], "routine")]
    fired.sort(key=lambda row: _RANK[row.urgency])
    # Two rules may give the same reason at different levels: it is said once, at the higher one.
    fired = list({row.why: row for row in reversed(fired)}.values())[::-1]
    urgency = fired[0].urgency
    remarks = [
        _fired(name, rule, urgency) for name, rule in rules.items() if rule.get("remark") and _applies(rule, facts)
    ]
    open_ = sorted(
        (
            (_RANK[rule["urgency"]], key)
            for name, rule in asking.items()
            if applies[name] is None
            for key in _keys(rule, facts)
        ),
        key=lambda row: row[0],
    )
    return Triage(
        urgency=urgency,
        fired=(*fired, *remarks),
        unknown=_worth_asking((key for place, key in open_ if place < _RANK[urgency]), facts),
        alarms=_worth_asking((key for place, key in open_ if place < min(_RANK[urgency], _RANK["soon"])), facts),
    )


def _applies(rule: Mapping[str, Any], facts: Mapping[str, Reply]) -> bool | None:
    unless = rule.get("unless")
    if unless is not None and holds(unless, facts) is True:
        return False
    return holds(rule["when"], facts)


def _keys(rule: Mapping[str, Any], facts: Mapping[str, Reply]) -> Iterator[str]:
    """The questions to ask next where a rule is open."""
    for fact in unknown_facts(rule["when"], facts, in_turn=True):
        yield from ASKED_BY.get(fact, (fact,))


def _worth_asking(keys: Iterator[str], facts: Mapping[str, Reply]) -> tuple[str, ...]:
    """Each question once: not what was answered, nor what only another answer would make worth asking."""
    asked = load("history.yaml")
    return tuple(
        key
        for key in dict.fromkeys(keys)
        if key in asked
        and key not in facts
        and ("after" not in asked[key] or holds(asked[key]["after"], facts) is True)
        and ("unless" not in asked[key] or holds(asked[key]["unless"], facts) is not True)
    )


def _fired(name: str, rule: Mapping[str, Any], urgency: Urgency) -> Fired:
    return Fired(
        id=name, urgency=urgency, why=str(rule["why"]), references=tuple(str(key) for key in rule["references"])
    )
