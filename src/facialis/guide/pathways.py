"""What comes next for a person: what to expect, to ask, to bring and to read, by `Guidance` and where they stand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facialis.core.knowledge import load, spoken, translation
from facialis.core.person.articles import Pathway, Situation, Statement
from facialis.core.person.casefile import Casefile
from facialis.core.person.guidance import Guidance
from facialis.core.person.treatments import day_limit, days_since
from facialis.guide.library import statements

__all__ = ["pathway", "situation_of"]


def situation_of(casefile: Casefile, *, urgency: str = "routine") -> Situation:
    """Where a person stands on ``as_of``: after the latest treatment that still counts, waiting, or before a visit.

    Treatments count from `Casefile.treatments` and from ``toxin_days_ago`` and ``decompression_days_ago`` of the
    history. Someone treated longer ago has been seen, and waits; so does someone untreated who need not be seen
    (``urgency`` "wait"). Drugs say nothing of a situation. It is not known whether a first visit took place.
    """
    toxin = days_since(casefile, "toxin")
    surgery = days_since(casefile, "decompression")
    after_toxin = toxin is not None and toxin <= day_limit("toxin.free_after_days")
    after_surgery = surgery is not None and surgery <= day_limit("decompression.settled_days")
    if after_surgery and not (after_toxin and toxin is not None and surgery is not None and toxin < surgery):
        return "after_decompression"
    if after_toxin:
        return "after_toxin"
    seen = toxin is not None or surgery is not None
    return "waiting" if seen or urgency == "wait" else "before_visit"


def pathway(guidance: Guidance, casefile: Casefile) -> Pathway:
    """What to expect, ask, bring and read, in the language spoken. In an emergency nothing else is said.

    Articles come in the order: those the guidance names, those of the urgency, those of the situation; each once.
    """
    situation = situation_of(casefile, urgency=guidance.urgency)
    parts = [_part("urgency", guidance.urgency)]
    if guidance.urgency != "emergency":
        parts.append(_part("situation", situation))
    named = () if guidance.urgency == "emergency" else guidance.articles
    read = dict.fromkeys([*named, *(key for row, _ in parts for key in row["articles"])])
    return Pathway(
        urgency=guidance.urgency,
        situation=situation,
        title=", ".join(str(said.get("title", row["title"])) for row, said in parts),
        expect=_joined(parts, "expect"),
        ask=_joined(parts, "ask"),
        bring=_joined(parts, "bring"),
        articles=tuple(read),
        help_now=guidance.help_now,
    )


_Part = tuple[Mapping[str, Any], Mapping[str, Any]]


def _part(group: str, key: str) -> _Part:
    said = translation("pathways.yaml", spoken()).get(group, {})
    return load("pathways.yaml")[group][key], said.get(key, {})


def _joined(parts: list[_Part], name: str) -> tuple[Statement, ...]:
    return tuple(line for row, said in parts for line in statements(row[name], said.get(name, [])))
