"""Questionnaires that were filled in → scores, by the instruments of ``questionnaires.yaml``.

A total is a number that people compare with their own earlier ones. It is no diagnosis. What was left open is named and
never counted as zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from facialis.core.knowledge import figure, load, wording
from facialis.core.person.casefile import Casefile, FilledForm
from facialis.core.person.course import Score

__all__ = ["INSTRUMENTS", "score_all", "score_one"]

INSTRUMENTS = "questionnaires.yaml"


def score_all(casefile: Casefile) -> tuple[Score, ...]:
    """Every questionnaire of ``casefile`` in order of its day, with the change against the first of the same kind.

    What cannot be scored keeps its row: ``total`` None, and ``problem`` says why in the language spoken.

    Raises
    ------
    KnowledgeError
        The instruments cannot be read.
    """
    return _with_change(score_one(answers) for answers in casefile.forms)


def score_one(answers: FilledForm) -> Score:
    """One questionnaire scored on its own, without change. ``low`` and ``high`` are the ends the total can have.

    Both are NaN for an instrument that is not known.
    """
    row = load(INSTRUMENTS).get(answers.instrument)
    if row is None:
        known = ", ".join(load(INSTRUMENTS))
        return Score(
            day=answers.day,
            instrument=answers.instrument,
            total=None,
            low=math.nan,
            high=math.nan,
            problem=wording("questionnaire_problem_unknown", known=known),
        )
    low, high = _ends(row)
    blank = Score(
        day=answers.day, instrument=answers.instrument, total=None, low=low, high=high, help_now=_help_now(answers, row)
    )
    scored = _from_items(blank, answers, row) if answers.items else _from_total(blank, answers.total)
    return replace(scored, band=_band(scored.total, row))


def _ends(row: Mapping[str, Any]) -> tuple[float, float]:
    times = 1 if row.get("mean") else int(row["count"])
    return float(row["range"][0]) * times, float(row["range"][1]) * times


def _help_now(answers: FilledForm, row: Mapping[str, Any]) -> bool:
    """Whether the item about harming oneself was answered with more than 0, or must have been by the total.

    A value that cannot be an answer, such as a code for "missing", is none. Where the item is open, the total may say
    what it was: it is more than all other items could give.
    """
    place = row.get("help_item")
    if place is None:
        return False
    low, high, count = float(row["range"][0]), float(row["range"][1]), int(row["count"])
    items: list[float | None] = [v if v is not None and low <= v <= high else None for v in answers.items[:count]]
    items += [None] * (count - len(items))
    item = items.pop(place - 1)
    total = answers.total
    if total is None or not low * count <= total <= high * count:
        return item is not None and item > low
    most = high * (count - 1) if item is not None else sum(high if value is None else value for value in items)
    return (item is not None and item > low) or total > most


def _from_total(blank: Score, total: float | None) -> Score:
    if total is None or blank.low <= total <= blank.high:
        return replace(blank, total=total)
    return replace(blank, problem=_said("total", total=total, low=blank.low, high=blank.high))


def _from_items(blank: Score, answers: FilledForm, row: Mapping[str, Any]) -> Score:
    count, (low, high) = int(row["count"]), row["range"]
    if len(answers.items) > count:
        return replace(blank, problem=_said("items", count=count, given=len(answers.items)))
    items = [*answers.items, *[None] * (count - len(answers.items))]
    missing = tuple(place for place, value in enumerate(items, start=1) if value is None)
    blank = replace(blank, missing=missing)
    for place, value in enumerate(items, start=1):
        whole = bool(row.get("whole"))
        if value is not None and not (low <= value <= high and (not whole or float(value).is_integer())):
            rule = wording("questionnaire_problem_" + ("whole" if whole else "number"))
            return replace(blank, problem=_said("value", item=place, value=value, rule=rule, low=low, high=high))
    turned = {place: low + high - v if place in row.get("reverse", ()) else v for place, v in _given(items)}
    blank = replace(blank, parts=_parts(row, turned))
    if missing and answers.total is not None:
        return _completed(blank, turned, answers.total, row)
    if len(missing) > int(row["open_items"]):
        return replace(blank, problem=_said("open", missing=", ".join(map(str, missing))))
    mean = sum(turned.values()) / len(turned)
    total = mean if row.get("mean") else mean * count if missing else float(sum(turned.values()))
    problem = ""
    if answers.total is not None and abs(answers.total - total) > 0.05:  # chosen: half of the last digit people write
        problem = _said("differs", total=answers.total, sum=total)
    return replace(blank, total=total, prorated=bool(missing), problem=problem)


def _given(items: Iterable[float | None]) -> list[tuple[int, float]]:
    return [(place, float(value)) for place, value in enumerate(items, start=1) if value is not None]


def _completed(blank: Score, turned: Mapping[int, float], total: float, row: Mapping[str, Any]) -> Score:
    """A total somebody else worked out, beside items with gaps: taken if the gaps can explain it."""
    low, high = row["range"]
    count, gaps = int(row["count"]), len(blank.missing)
    times = 1 / count if row.get("mean") else 1.0
    known = sum(turned.values())
    if (known + gaps * low) * times <= total <= (known + gaps * high) * times:
        return replace(blank, total=total)
    return replace(blank, problem=_said("total_open", total=total))


def _parts(row: Mapping[str, Any], turned: Mapping[int, float]) -> tuple[tuple[str, float], ...]:
    names = enumerate(row.get("parts", ()), start=1)
    return tuple((name, turned[place]) for place, name in names if place in turned)


def _band(total: float | None, row: Mapping[str, Any]) -> str:
    if total is None:
        return ""
    reached = [start for start in row.get("bands", {}) if total >= start]
    return str(row["bands"][max(reached)]) if reached else ""


def _said(what: str, **values: object) -> str:
    plain = {key: figure(f"{value:g}") if isinstance(value, float) else value for key, value in values.items()}
    return wording(f"questionnaire_problem_{what}", **plain)


def _with_change(scores: Iterable[Score]) -> tuple[Score, ...]:
    first: dict[str, float] = {}
    rows: list[Score] = []
    for score in scores:
        row = load(INSTRUMENTS).get(score.instrument, {})
        if score.total is None:
            rows.append(score)
            continue
        if score.instrument not in first:
            first[score.instrument] = score.total
            rows.append(score)
            continue
        change = score.total - first[score.instrument]
        matters = row.get("important")
        # 1e-9: rounding of sums, not a judgement
        important = None if matters is None else abs(change) >= float(matters) - 1e-9
        rows.append(replace(score, change=change, important=important))
    return tuple(rows)
