"""One scorer for all questionnaires; the instruments are data.

Items left open may be stood for by the others up to a number that each instrument states; beyond it there is no total.
Where a wording may not be shipped only totals are taken.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from facialis.core.casefile import Answers, Casefile
from facialis.core.course import Score
from facialis.core.knowledge import load

__all__ = ["score_all", "score_one"]

_ALIASES: Mapping[str, str] = {
    "hb": "housebrackmann", "housebrackmanngrade": "housebrackmann", "phq": "phq9", "gad": "gad7", "nrs": "spasm",
    "vas": "spasm", "jankovic": "jrs", "functionform": "function", "pss": "pss10",
}  # fmt: skip


def score_all(case: Casefile) -> tuple[Score, ...]:
    """All questionnaires of a casefile, scored, in order of their day; changes are against the first of each kind."""
    first: dict[str, float] = {}
    scores: list[Score] = []
    for answers in case.answers:
        name = _ALIASES.get(answers.instrument, answers.instrument)
        score = score_one(answers, name, first.get(name))
        if score.total is not None and name not in first:
            first[name] = score.total
        scores.append(score)
    return tuple(scores)


def score_one(answers: Answers, name: str, first: float | None = None) -> Score:
    """One questionnaire scored; ``first`` is the total that its change is counted from.

    ``Score.problem`` is a key of wording that says why something could not be used; nothing is guessed in silence.
    """
    rule = load("questionnaires.yaml").get(name)
    if rule is None:
        return Score(day=answers.day, instrument=answers.instrument, total=None, low=0.0, high=0.0,
                     problem="questionnaire_problem_unknown")  # fmt: skip
    low, high = _range(rule)
    items = answers.items if "items" in rule else ()
    missing = tuple(k + 1 for k in range(int(rule.get("items", 0))) if k >= len(items) or items[k] is None)
    total, problem, prorated = _total(rule, answers, items, missing, low, high)
    help_item = rule.get("help_item")
    asked = help_item is not None and len(items) >= help_item and (items[help_item - 1] or 0) > 0
    change = None if first is None or total is None else total - first
    important = rule.get("important")
    return Score(
        day=answers.day,
        instrument=name,
        total=total,
        low=low,
        high=high,
        band="" if total is None else _band(rule, total),
        missing=missing if items else (),
        prorated=prorated,
        change=change,
        important=None if change is None or important is None else abs(change) >= important,
        help_now=bool(asked),
        problem=problem,
    )


def _range(rule: Mapping[str, Any]) -> tuple[float, float]:
    if "total" in rule:
        return float(rule["total"][0]), float(rule["total"][1])
    return float(rule["items"] * rule["least"]), float(rule["items"] * rule["most"])


def _total(
    rule: Mapping[str, Any], answers: Answers, items: tuple[float | None, ...], missing: tuple[int, ...],
    low: float, high: float,
) -> tuple[float | None, str, bool]:  # fmt: skip
    given = answers.total
    if given is not None and not low <= given <= high:
        return None, "questionnaire_problem_total", False
    if not items:
        return given, "", False
    if len(items) > rule["items"]:
        return None, "questionnaire_problem_items", False
    known = [value for value in items if value is not None]
    if any(not rule["least"] <= value <= rule["most"] for value in known):
        return None, "questionnaire_problem_range", False
    if len(missing) > rule["open_at_most"]:
        # A total on paper stands where the single answers were not copied.
        return given, "" if given is not None else "questionnaire_problem_missing", False
    total = float(round(sum(known) * rule["items"] / len(known)))
    differs = given is not None and not missing and given != total
    return total, "questionnaire_problem_differs" if differs else "", bool(missing)


def _band(rule: Mapping[str, Any], total: float) -> str:
    reached = [str(key) for start, key in rule.get("bands", ()) if total >= start]
    return reached[-1] if reached else ""
