"""What to do, with the rule that says so; what the findings resemble; what to read. Never a diagnosis.

Rows are frozen, keyword-only dataclasses. Texts are keys of the wording, so that every language says the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from facialis.core.errors import RecordError

__all__ = ["URGENCIES", "Fired", "Guidance", "Reason", "Resemblance", "Urgency"]

Urgency = Literal["emergency", "today", "soon", "routine", "wait"]
URGENCIES: tuple[Urgency, ...] = ("emergency", "today", "soon", "routine", "wait")


@dataclass(frozen=True, kw_only=True)
class Fired:
    """One rule of ``triage.yaml`` that applies: its id, what it asks for, the sentence that says why, its sources.

    A remark (what whoever treats should know) asks for nothing of its own and has the urgency of the whole.
    """

    id: str
    urgency: Urgency
    why: str
    references: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.references:
            raise RecordError(f"rule {self.id} cites no source")


@dataclass(frozen=True, kw_only=True)
class Reason:
    """One piece of evidence: a key of wording, how much it weighs (0-1), its sources."""

    text: str
    weight: float
    references: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Resemblance:
    """How far what is known resembles one pattern. ``ask``: keys of questions or recordings that would tell it apart.

    ``leaning`` is the evidence for less the evidence against, -1 to 1: an order, no probability.
    """

    pattern: str
    leaning: float
    for_: tuple[Reason, ...]
    against: tuple[Reason, ...]
    ask: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Guidance:
    """How soon somebody should look at it, why, what it resembles, and which articles to read.

    ``help_now``: a crisis text is shown before anything else.
    """

    urgency: Urgency
    rules: tuple[Fired, ...]
    resembles: tuple[Resemblance, ...]
    unknown: tuple[str, ...]
    """Keys of history whose answer could raise the urgency."""
    articles: tuple[str, ...]
    help_now: bool = False
    alarms: tuple[str, ...] = ()
    """Those of ``unknown`` whose answer could make it an emergency, or a matter of today."""

    def __post_init__(self) -> None:
        if self.urgency not in URGENCIES:
            raise RecordError(f"unknown urgency {self.urgency!r}")
