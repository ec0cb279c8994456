"""Conditions of the rules: small expressions in data files, answered with yes, no, or not known.

Not known is neither yes nor no: what was not asked must not make a rule fail. The one exception is ``unless``, which
asks whether something was *said*: it holds where that is not known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from facialis.core.errors import KnowledgeError
from facialis.guide.facts import Facts

__all__ = ["answer", "keys_of"]

_COMPARE = ("at_least", "at_most", "above", "below")


def answer(when: Mapping[str, Any], facts: Facts) -> bool | None:
    """Whether a condition holds; None: not known. KnowledgeError where the expression is none."""
    if len(when) != 1:
        raise KnowledgeError(f"A condition has one operator, not {sorted(when)}.")
    name, value = next(iter(when.items()))
    if name in ("all", "any"):
        parts = [answer(part, facts) for part in value]
        decided = name == "any"
        if decided in parts:
            return decided
        return None if None in parts else not decided
    if name == "unless":
        return answer(value, facts) is not True
    if name in ("said_yes", "said_no"):
        said = facts.said(value)
        return None if not isinstance(said, bool) else said is (name == "said_yes")
    if name == "known":
        return facts.said(value) is not None or None
    if name == "equals":
        said = facts.said(value[0])
        return None if said is None else said == value[1]
    if name == "fact":
        return facts.seen(value)
    if name in _COMPARE:
        number = facts.number(value[0])
        if number is None:
            return None
        bound = float(value[1])
        return {
            "at_least": number >= bound, "at_most": number <= bound, "above": number > bound, "below": number < bound,
        }[name]  # fmt: skip
    raise KnowledgeError(f"There is no operator {name!r}.")


def keys_of(when: Mapping[str, Any]) -> Iterator[str]:
    """The facts and history keys that a condition asks for."""
    for name, value in when.items():
        if name in ("all", "any"):
            for part in value:
                yield from keys_of(part)
        elif name == "unless":
            yield from keys_of(value)
        else:
            yield value if isinstance(value, str) else value[0]
