"""Ratings as tables of numbers, one for each question: items by raters, and what raters said when they saw it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facialis.core.rating.ratings import Rating, Ratings
from facialis.core.rating.scales import TOTAL, Level, Scale, scales

__all__ = ["Item", "Question", "questions"]

Array = NDArray[np.float64]
Item = tuple[str, str]
"""The set and the name of an item."""


@dataclass(frozen=True, kw_only=True)
class Question:
    """What was answered to one part of one scale, or its total.

    Parameters
    ----------
    scale, part
        Keys; ``part`` may be `facialis.core.rating.scales.TOTAL`.
    level
        What kind of answers these are.
    items, raters
        What the two dimensions of ``values`` stand for.
    values
        ``(items, raters)``: the first answer of each; NaN where there is none, or where it could not be judged. Names
        are numbered in the order of the scale.
    categories
        All answers that could be given; empty for counts and totals.
    again
        ``(pairs, 2)``: first and second answer of one rater to one item, of all raters.
    unrateable
        How many first answers say that it could not be judged.
    """

    scale: str
    part: str
    level: Level
    items: tuple[Item, ...]
    raters: tuple[str, ...]
    values: Array
    categories: tuple[float, ...]
    again: Array
    unrateable: int


def questions(ratings: Ratings) -> tuple[Question, ...]:
    """Each question that anybody answered, in the order of the scales; moments are no questions."""
    found = []
    for scale in scales().values():
        rows = [row for row in ratings.rows if row.scale == scale.key]
        if not rows:
            continue
        tables = {key: _answers(rows, scale, key) for key, part in scale.parts.items() if part.level != "moments"}
        if scale.total:
            tables[TOTAL] = _totals(tables, scale)
        for part, answers in tables.items():
            if answers or any(row.part == part for row in rows):
                found.append(_question(rows, scale, part, answers))
    return tuple(found)


def _answers(rows: list[Rating], scale: Scale, part: str) -> dict[tuple[Item, str, int], float]:
    """(item, rater, repeat) → answer as a number."""
    names = {answer: float(n) for n, answer in enumerate(scale.parts[part].answers) if isinstance(answer, str)}
    return {
        ((row.set_name, row.item), row.rater, row.repeat): names[row.value]
        if isinstance(row.value, str)
        else float(row.value)
        for row in rows
        if row.part == part and row.value is not None
    }


def _totals(
    tables: Mapping[str, Mapping[tuple[Item, str, int], float]], scale: Scale
) -> dict[tuple[Item, str, int], float]:
    """Sums, only where each part was answered."""
    parts = [tables[key] for key in scale.total]
    return {who: sum(part[who] for part in parts) for who in parts[0] if all(who in part for part in parts)}


def _question(rows: list[Rating], scale: Scale, part: str, answers: Mapping[tuple[Item, str, int], float]) -> Question:
    items = tuple(dict.fromkeys((row.set_name, row.item) for row in rows))
    raters = tuple(dict.fromkeys(row.rater for row in rows))
    values = np.array([[answers.get((item, rater, 1), np.nan) for rater in raters] for item in items], float)
    again = [
        (value, answers[(item, rater, 2)])
        for (item, rater, repeat), value in answers.items()
        if repeat == 1 and (item, rater, 2) in answers
    ]
    known = scale.parts.get(part)
    level: Level = "ordinal" if known is None else known.level
    categories: tuple[float, ...] = ()
    if known is not None and level == "nominal":
        categories = tuple(float(n) for n in range(len(known.answers)))
    elif known is not None:
        categories = tuple(float(answer) for answer in known.answers)
    return Question(
        scale=scale.key,
        part=part,
        level=level,
        items=items,
        raters=raters,
        values=values.reshape(len(items), len(raters)),
        categories=categories,
        again=np.array(again, float).reshape(-1, 2),
        unrateable=sum(row.unrateable and row.part == part and row.repeat == 1 for row in rows),
    )
