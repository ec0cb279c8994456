"""Side effects and House-Brackmann-style grades, only as far as they were entered.

From notes of treatments, diary columns and questionnaires whose name is one of the words of ``side_effects`` in
``treatments.yaml``. What nobody entered is unknown, not absent.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

import numpy as np

from facialis.core.knowledge import load
from facialis.core.person.casefile import Casefile, Treatment
from facialis.core.person.course import FacialGrade, SideEffect
from facialis.core.person.treatments import given_or_told

__all__ = ["Entry", "effect_entries", "find_grades", "find_side_effects"]

_INSTRUMENT = "housebrackmann"
_RUN_DAYS = 14  # chosen: entries further apart are two spells; 7 - 30
_NOT = ("no", "not", "without", "never", "none", "kein", "keine", "ohne")
_WORDS_BEFORE = 2  # chosen: "no drooping lid", "no more bruising"; 1 - 3


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One thing entered on one day. ``value`` 0: entered as absent; nan in a note that names it."""

    what: str
    day: date
    value: float
    source: Literal["note", "diary", "questionnaire"]


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w']+|_", " ", text.casefold()).split())


def _named(name: str) -> str | None:
    plain = _plain(name)
    for key, row in load("treatments.yaml")["side_effects"].items():
        if plain == _plain(key) or plain in row["words"]:
            return str(key)
    return None


def _in_note(row: Treatment) -> list[Entry]:
    found: dict[str, float] = {}
    parts = [_plain(part) for part in re.split(r"[.,;:!?\n]|\bbut\b", row.note)]
    for key, effect in load("treatments.yaml")["side_effects"].items():
        words = sorted({_plain(key), *effect["words"]} - {"hearing"}, key=len, reverse=True)
        for part in parts:
            match = re.search(rf"\b({'|'.join(map(re.escape, words))})\b", part)
            if match:
                denied = any(word in _NOT for word in part[: match.start()].split()[-_WORDS_BEFORE:])
                found[key] = 0.0 if denied and np.isfinite(found.get(key, 0.0)) else float("nan")
    return [Entry(what=key, day=row.day, value=value, source="note") for key, value in found.items()]


def effect_entries(casefile: Casefile) -> tuple[Entry, ...]:
    """All that was entered under the name of a side effect, absent ones (value 0) as well, in order of the day."""
    entries: list[Entry] = []
    for row in casefile.treatments:
        if row.kind != "drug":
            entries += _in_note(row)
    for column in casefile.diary.columns:
        what = _named(column)
        if what is not None:
            for day, value in zip(casefile.diary.days, casefile.diary.column(column), strict=True):
                if np.isfinite(value):
                    entries.append(Entry(what=what, day=day, value=float(value), source="diary"))
    for answer in casefile.forms:
        what = _named(answer.instrument)
        if what is not None and answer.total is not None:
            entries.append(Entry(what=what, day=answer.day, value=answer.total, source="questionnaire"))
    return tuple(sorted(entries, key=lambda entry: (entry.day, entry.what, entry.source)))


def _treatments(casefile: Casefile) -> list[Treatment]:
    return sorted([*given_or_told(casefile, "toxin"), *given_or_told(casefile, "decompression")], key=lambda r: r.day)


def _after(entry: Entry, given: Sequence[Treatment]) -> Treatment | None:
    """The last treatment after which this is listed, None if there is none."""
    row: Any = load("treatments.yaml")["side_effects"][entry.what]
    for item in reversed(given):
        days = (entry.day - item.day).days
        if entry.source == "note" and days == 0:
            return item
        if 0 < days <= row[f"{item.kind}_days"]:
            return item
    return None


def find_side_effects(casefile: Casefile) -> tuple[SideEffect, ...]:
    """What was entered as present after an injection or an operation, spells joined, in order of their first day.

    Each is listed with the last treatment after which such a thing is known, up to the days given in
    ``treatments.yaml``; whether that treatment caused it is not said. Entries outside those days are left to the diary.
    """
    given = _treatments(casefile)
    found: list[SideEffect] = []
    running: dict[tuple[str, str], int] = {}
    for entry in effect_entries(casefile):
        slot = (entry.what, entry.source)
        item = _after(entry, given)
        if entry.value == 0 or item is None:
            running.pop(slot, None)
            continue
        note = entry.source == "note"
        place = running.get(slot)
        last = found[place] if place is not None else None
        if (
            place is not None
            and last is not None
            and not note
            and last.treatment_day == item.day
            and (entry.day - last.until).days <= _RUN_DAYS
        ):
            found[place] = _longer(last, entry)
            continue
        running[slot] = len(found)
        found.append(
            SideEffect(
                what=entry.what,
                treatment="toxin" if item.kind == "toxin" else "decompression",
                treatment_day=item.day,
                day=entry.day,
                until=entry.day,
                days_after=None if note else (entry.day - item.day).days,
                worst=None if note else entry.value,
                source=entry.source,
            )
        )
    return tuple(found)


def _longer(effect: SideEffect, entry: Entry) -> SideEffect:
    return replace(effect, until=entry.day, worst=max(effect.worst or 0.0, entry.value))


def find_grades(casefile: Casefile) -> tuple[FacialGrade, ...]:
    """House-Brackmann-style grades as entered (total or only item; others than 1 to 6 are none), with the treatment."""
    given = _treatments(casefile)
    grades = []
    for answer in casefile.forms:
        entered = answer.items[0] if answer.items and answer.total is None else answer.total
        if _plain(answer.instrument).replace(" ", "") != _INSTRUMENT or entered not in (1, 2, 3, 4, 5, 6):
            continue
        before = [item.day for item in given if item.day <= answer.day]
        grades.append(
            FacialGrade(
                day=answer.day,
                grade=int(entered),
                treatment_day=before[-1] if before else None,
                days_after=(answer.day - before[-1]).days if before else None,
            )
        )
    return tuple(grades)
