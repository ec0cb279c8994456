"""What the findings resemble, and what they do not: evidence for and against, and what would tell patterns apart.

An order of likeness by the weights of ``patterns.yaml``; neither a probability nor a diagnosis.
"""

from __future__ import annotations

from facialis.core.guidance import Reason, Resemblance
from facialis.core.knowledge import load
from facialis.guide.conditions import answer
from facialis.guide.facts import Facts

__all__ = ["find_patterns"]

_MOST_ASKED = 3  # chosen: more questions at once are not answered; 2 - 5


def find_patterns(facts: Facts) -> tuple[Resemblance, ...]:
    """All patterns for which anything speaks, the most alike first, then the others that something speaks against."""
    found: list[Resemblance] = []
    for name, row in load("patterns.yaml").items():
        pro: list[Reason] = []
        contra: list[Reason] = []
        for item in row["evidence"]:
            if answer(item["when"], facts) is True:
                reason = Reason(text=item["text"], weight=item["weight"], references=tuple(item["references"]))
                (pro if item["says"] == "for" else contra).append(reason)
        if not pro:
            continue
        # Each piece of evidence takes a share of the doubt that is left, so that many weak ones make no certainty.
        leaning = _together(pro) - _together(contra)
        ask = tuple(_ask(key) for key in row["ask"] if facts.said(key) is None)[:_MOST_ASKED]
        found.append(Resemblance(pattern=name, leaning=leaning, for_=tuple(pro), against=tuple(contra), ask=ask))
    return tuple(sorted(found, key=lambda item: (-item.leaning, item.pattern)))


def _together(reasons: list[Reason]) -> float:
    left = 1.0
    for reason in reasons:
        left *= 1.0 - reason.weight
    return 1.0 - left


def _ask(key: str) -> str:
    """A key of wording: a recording to make, or a question of the history."""
    return f"ask_{key}"
