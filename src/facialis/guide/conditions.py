"""Conditions as data: what must be so for a rule to apply, evaluated with unknown as a third answer.

A condition is a mapping with one key. ``all``, ``any`` and ``at_least`` (``count``, ``of``) hold lists, ``not`` holds
one condition; any other key is a fact with what it must be: a value, a list of values, ``has``, or ``below``,
``at_most``, ``at_least``, ``above`` with a number, or with the name of a number of days in ``course.yaml``.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from facialis.core.errors import KnowledgeError
from facialis.core.person.casefile import Reply
from facialis.core.person.treatments import day_limit

__all__ = ["facts_of", "holds", "unknown_facts"]

_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "below": operator.lt,
    "at_most": operator.le,
    "at_least": operator.ge,
    "above": operator.gt,
}


def _only(condition: Mapping[str, Any]) -> tuple[str, Any]:
    if not isinstance(condition, Mapping) or len(condition) != 1:
        raise KnowledgeError(f"A condition has one key, not {condition!r}.")
    return next(iter(condition.items()))


def _parts(name: str, wanted: Any) -> Sequence[Mapping[str, Any]] | None:
    """The conditions inside this one, None for a fact."""
    if name in ("all", "any"):
        return list(wanted)
    if name == "not":
        return [wanted]
    if name == "at_least":
        return list(wanted["of"])
    return None


def holds(condition: Mapping[str, Any], facts: Mapping[str, Reply]) -> bool | None:
    """Whether ``condition`` is so; None where what is known does not settle it. Unknown is never taken for no.

    Raises
    ------
    KnowledgeError
        The condition is not well formed.
    """
    name, wanted = _only(condition)
    parts = _parts(name, wanted)
    if parts is None:
        return _fact(facts.get(name), wanted)
    found = [holds(part, facts) for part in parts]
    if name == "not":
        return None if found[0] is None else not found[0]
    needed = len(found) if name == "all" else 1 if name == "any" else int(wanted["count"])
    if found.count(True) >= needed:
        return True
    return None if found.count(True) + found.count(None) >= needed else False


def _fact(value: Reply | None, wanted: Any) -> bool | None:
    if value is None:
        return None
    if isinstance(wanted, Mapping):
        how, limit = _only(wanted)
        if how == "has":
            return bool(set(limit) & set(value if isinstance(value, tuple) else (value,)))
        if how not in _COMPARED:
            raise KnowledgeError(f"A condition cannot say {how!r}.")
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise KnowledgeError(f"{value!r} cannot be compared with a number.")
        return _COMPARED[how](value, day_limit(limit) if isinstance(limit, str) else float(limit))
    return value in wanted if isinstance(wanted, list) else bool(value == wanted)


def facts_of(condition: Mapping[str, Any]) -> Iterator[str]:
    """Names of all facts that ``condition`` looks at, in its order."""
    name, wanted = _only(condition)
    parts = _parts(name, wanted)
    if parts is None:
        yield name
    else:
        for part in parts:
            yield from facts_of(part)


def unknown_facts(condition: Mapping[str, Any], facts: Mapping[str, Reply], *, in_turn: bool = False) -> Iterator[str]:
    """Facts that are not known and could settle ``condition``; nothing if it is settled.

    ``in_turn``: of conditions that must all be so, only the first that is open, as one asks: what comes after it is
    worth asking once it is so.
    """
    if holds(condition, facts) is not None:
        return
    name, wanted = _only(condition)
    parts = _parts(name, wanted)
    if parts is None:
        yield name
        return
    if in_turn and name == "all":
        parts = [part for part in parts if holds(part, facts) is None][:1]
    for part in parts:
        yield from unknown_facts(part, facts, in_turn=in_turn)
