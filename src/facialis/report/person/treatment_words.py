"""What treatments did, in sentences: each a key of the wording and its values, so that a page can cite its sources."""

from __future__ import annotations

from datetime import date

from facialis.core.calendar import spoken_day
from facialis.core.knowledge import load, wording
from facialis.core.person.answer import Answer
from facialis.core.person.course import Estimate, Toxin

__all__ = ["Said", "operation_words", "side_effect_words", "toxin_words"]

Said = tuple[str, dict[str, object]]
"""Key of a sentence, and what to put into it."""

_SECOND_WAVE_MONTHS = (6.0, 18.0)  # the rise at eight months and the easing at sixteen, with two months on either side


def _hundred(share: float) -> str:
    """A share in per cent without its sign: 0 where there is more than before, never rounded up to all of it."""
    return f"{min(max(100 * share, 0.0), 99.0):.0f}"


def _shares(item: Estimate) -> dict[str, object]:
    return {"value": _hundred(item.value), "low": _hundred(item.low), "high": _hundred(item.high)}


def toxin_words(answer: Answer) -> list[Said]:
    """When the effect of the last injection fades, what that rests on, and what is published; empty without toxin."""
    toxin = answer.toxin
    if toxin is None:
        return []
    past = toxin.wear_off_day < answer.course.as_of
    said: list[Said] = [
        (
            "treatment_toxin_forecast_past" if past else "treatment_toxin_forecast",
            {
                "level": _hundred(toxin.level),
                "day": spoken_day(toxin.wear_off_day),
                "low": spoken_day(toxin.wear_off_low),
                "high": spoken_day(toxin.wear_off_high),
            },
        ),
        ("treatment_toxin_forecast_basis", {"probability": _hundred(toxin.wear_off.probability)}),
    ]
    if all(cycle.wear_off_days is None and cycle.depth is None for cycle in toxin.cycles):
        said.append(("treatment_toxin_forecast_published", {}))
    if any(cycle.dose_units for cycle in toxin.cycles):
        said.append(("treatment_toxin_as_entered", {}))
    if len({cycle.product for cycle in toxin.cycles if cycle.product}) > 1:
        said.append(("treatment_toxin_other_product", {}))
    said += _drift(toxin)
    said += [("treatment_toxin_onset_published", {}), ("treatment_toxin_published", {}), ("treatment_toxin_curve", {})]
    said.append(("treatment_toxin_not_advice", {}))
    return said


def _drift(toxin: Toxin) -> list[Said]:
    item = toxin.drift_per_cycle
    if item is None:
        return [("treatment_toxin_drift_published", {})]
    at_least = load("treatments.yaml")["model"]["drift_per_cycle"]["said_at"]
    shorter = toxin.shorter_probability
    if shorter is not None and max(shorter, 1 - shorter) >= at_least:
        by: dict[str, object] = {
            "value": f"{abs(100 * (item.value - 1)):.0f}",
            "probability": _hundred(max(shorter, 1 - shorter)),
        }
        if shorter < at_least:
            return [("treatment_toxin_longer", by)]
        return [("treatment_toxin_shorter", by), ("treatment_toxin_shorter_talk", {})]
    value, low, high = (f"{100 * (ratio - 1):+.0f}" for ratio in (item.value, item.low, item.high))
    return [("treatment_toxin_drift", {"value": value, "low": low, "high": high})]


def operation_words(answer: Answer) -> list[Said]:
    """How it went since the operation on the nerve; empty without one."""
    item = answer.decompression
    if item is None:
        return []
    said: list[Said] = [(f"treatment_stage_{item.stage}", {})]
    if item.freed_share is not None:
        said.append(("treatment_freed", _shares(item.freed_share)))
    elif item.trajectory != "weakness":
        said.append(("treatment_freed_unknown", {}))
    said.append((f"treatment_trajectory_{item.trajectory}", {}))
    if _SECOND_WAVE_MONTHS[0] <= item.months <= _SECOND_WAVE_MONTHS[1]:
        said.append(("treatment_second_wave", {}))
    if item.efficacy is not None:
        said.append(("treatment_efficacy", {"grade": item.efficacy}))
        known = item.complication is not None
        said.append(
            ("treatment_complication", {"grade": item.complication})
            if known
            else ("treatment_complication_unknown", {})
        )
    return said


def side_effect_words(answer: Answer) -> list[Said]:
    """Unwanted things and grades of a weak face that were entered, the last first; not that a treatment caused them."""
    rows: list[tuple[date, Said]] = []
    for effect in answer.side_effects:
        day, what = spoken_day(effect.treatment_day), wording(f"treatment_effect_{effect.what}")
        if effect.days_after is None:
            rows.append((effect.day, ("treatment_side_effect_noted", {"what": what, "day": day})))
        else:
            values: dict[str, object] = {"what": what, "days": effect.days_after, "day": day}
            rows.append((effect.day, ("treatment_side_effect", values)))
    rows += [
        (grade.day, ("treatment_grade", {"grade": grade.grade, "day": spoken_day(grade.day)}))
        for grade in answer.grades
    ]
    return [said for _, said in sorted(rows, key=lambda row: row[0], reverse=True)]
