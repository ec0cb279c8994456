"""The questionnaires that may be filled in, as ``questionnaires.yaml`` has them, in the language spoken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from facialis.core.knowledge import load, sentences, wording
from facialis.core.person.casefile import FilledForm
from facialis.follow.questionnaires import INSTRUMENTS, score_one

__all__ = ["Choice", "Instrument", "instrument", "instruments"]

Choice = tuple[str, str]
"""What is written into the table, and what it is called."""


@dataclass(frozen=True, kw_only=True)
class Instrument:
    """One questionnaire.

    ``items`` are the questions, none where only a total may be entered; ``choices`` are the answers to each of them.
    ``low`` and ``high`` are the ends of the total. ``help_item`` is the question (from 1) about harming oneself, 0
    where there is none. ``every_days``: after how many days it is due again, 0 where it has no interval.
    ``open_items``: how many may be left open before there is no total.
    """

    key: str
    name: str
    ask: str
    why_total: str
    items: tuple[str, ...]
    choices: tuple[Choice, ...]
    count: int
    low: float
    high: float
    open_items: int
    help_item: int
    clinician: bool
    every_days: int


def instruments() -> tuple[Instrument, ...]:
    """All of them, in the order of the file."""
    return tuple(_instrument(key, row) for key, row in load(INSTRUMENTS).items())


def instrument(key: str) -> Instrument | None:
    """The one of this key; None if there is none."""
    row = load(INSTRUMENTS).get(key)
    return None if row is None else _instrument(key, row)


def _instrument(key: str, row: dict[str, Any]) -> Instrument:
    ask = f"questionnaire_{key}_ask"
    # What nothing was entered for has no total; its ends are those of the instrument.
    ends = score_one(FilledForm(day=date.min, instrument=key))
    return Instrument(
        key=key,
        name=wording(f"questionnaire_{key}_name"),
        ask=wording(ask) if ask in sentences() else "",
        why_total=wording(row["why_total"]) if "why_total" in row else "",
        items=tuple(wording(item) for item in row.get("items", ())),
        choices=tuple(_choices(row)) if "items" in row else (),
        count=int(row["count"]),
        low=ends.low,
        high=ends.high,
        open_items=int(row["open_items"]),
        help_item=int(row.get("help_item", 0)),
        clinician=bool(row.get("clinician", False)),
        every_days=int(row.get("every_days", 0)),
    )


def _choices(row: dict[str, Any]) -> Iterable[Choice]:
    low, high = row["range"]
    # A questionnaire of one question is answered with its grades; levels are the words for the answers of the others.
    words = row.get("levels") or (list(row["bands"].values()) if row["count"] == 1 and "bands" in row else [])
    for place, value in enumerate(range(low, high + 1)):
        if not words:
            yield str(value), str(value)
        else:  # a clinician knows a grade by its number
            yield str(value), f"{value}: {wording(words[place])}" if row.get("clinician") else wording(words[place])
