"""How soon somebody should look at it: the rules of ``triage.yaml``, each with its reason and its sources.

Sensitivity comes first: the most urgent rule that applies decides, and where nothing applies it is not waited.
"""

from __future__ import annotations

from facialis.core.guidance import URGENCIES, Fired, Urgency
from facialis.core.knowledge import load
from facialis.guide.conditions import answer, keys_of
from facialis.guide.facts import ASKED_FOR, Facts

__all__ = ["find_rules", "find_unknown"]

_NOTHING = Fired(id="little_known", urgency="routine", why="triage_little_known", references=("facialis",))


def find_rules(facts: Facts) -> tuple[Fired, ...]:
    """The rules that apply, the most urgent first; never empty."""
    fired = [
        Fired(id=name, urgency=row["urgency"], why=f"triage_{name}", references=tuple(row["references"]))
        for name, row in load("triage.yaml").items()
        if answer(row["when"], facts) is True
    ]
    fired.sort(key=lambda rule: URGENCIES.index(rule.urgency))
    return tuple(fired) or (_NOTHING,)


def find_unknown(facts: Facts, urgency: Urgency) -> tuple[str, ...]:
    """Keys of history whose answer could raise the urgency, those of the most urgent rules first."""
    history = load("history.yaml")
    keys: list[str] = []
    rules = sorted(load("triage.yaml").values(), key=lambda row: URGENCIES.index(row["urgency"]))
    for row in rules:
        if URGENCIES.index(row["urgency"]) >= URGENCIES.index(urgency) or answer(row["when"], facts) is not None:
            continue
        for name in keys_of(row["when"]):
            key = ASKED_FOR.get(name, name)
            missing = facts.said(key) is None and facts.number(name) is None
            if key in history and missing and key not in keys:
                keys.append(key)
    return tuple(keys)
