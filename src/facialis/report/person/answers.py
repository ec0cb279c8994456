"""What is answered about a person as plain objects: the JSON of ``facialis course`` and ``facialis guide``.

The keys are fixed: scripts of other people rely on them. What cannot be said is ``null``, never zero; so
is what may not be said, which ``withheld`` names.
"""

from __future__ import annotations

from dataclasses import asdict, is_dataclass
from datetime import date
from typing import Any

import numpy as np

from facialis.core.knowledge import wording
from facialis.core.person.answer import Answer
from facialis.core.person.articles import Statement
from facialis.core.person.course import (
    Decompression,
    Estimate,
    FacialGrade,
    Point,
    Score,
    SideEffect,
    Site,
    Toxin,
    TriggerEffect,
)
from facialis.core.person.guidance import Fired, Reason, Resemblance
from facialis.core.version import __version__
from facialis.report.person.course_words import opening_sentences, verdict_sentence
from facialis.report.person.visit_content import ask_words

__all__ = ["course_object", "guidance_object", "score_object"]

ANSWER_VERSION = 1


def course_object(answer: Answer) -> dict[str, Any]:
    """The course, treatments, triggers and scores as one object of ``facialis course --json``."""
    course = answer.course
    chances = course.probabilities
    return {
        "format_version": ANSWER_VERSION,
        "facialis_version": __version__,
        "person": answer.casefile.name,
        "as_of": course.as_of.isoformat(),
        "verdict": course.verdict,
        "verdict_text": verdict_sentence(course),
        "opening": opening_sentences(answer),
        "contradiction": answer.contradiction,
        "probabilities": None
        if chances is None
        else {
            "resolving": _round(chances.resolving),
            "stable": _round(chances.stable),
            "worsening": _round(chances.worsening),
        },
        "span_days": None if chances is None else chances.span_days,
        "rate_per_min": _now(course.rate_per_min),
        "change_per_year": _estimate(course.change_per_year),
        "burden_share": _now(course.burden_share),
        "burden_change_per_year": _estimate(course.burden_change_per_year),
        "remission": course.remission,
        "quiet_days": course.quiet_days,
        "blocked_by": list(course.blocked_by),
        "smallest_change": _round(course.smallest_change),
        "schedule": course.schedule,
        "next_recording": _plain(course.next_recording),
        "first_answer": _plain(course.first_answer),
        "sudden_fall": _plain(course.sudden_fall),
        "more_sessions": course.more_sessions,
        "spread": _plain(course.spread),
        "sessions_used": list(course.used),
        "left_out": [{"name": s.name, "date": s.day.isoformat(), "why": s.why} for s in course.left_out],
        "notes": list(course.notes),
        "line": [_point(point) for point in course.line],
        "toxin": None if answer.toxin is None else _toxin(answer.toxin),
        "decompression": None if answer.decompression is None else _decompression(answer.decompression),
        "triggers": [_trigger(effect) for effect in answer.triggers],
        "questionnaires": [score_object(score) for score in answer.scores],
        "side_effects": [_side_effect(effect) for effect in answer.side_effects],
        "grades": [_grade(grade) for grade in answer.grades],
        "sites": [_site(site) for site in answer.sites],
        "withheld": [_plain(row) for row in answer.withheld],
        "help_now": answer.guidance.help_now,
        "problems": [_plain(problem) for problem in answer.casefile.problems],
    }


def guidance_object(answer: Answer) -> dict[str, Any]:
    """How soon somebody should look at it and why, as one object of ``facialis guide --json``."""
    guidance = answer.guidance
    return {
        "format_version": ANSWER_VERSION,
        "facialis_version": __version__,
        "person": answer.casefile.name,
        "as_of": answer.course.as_of.isoformat(),
        "urgency": guidance.urgency,
        "rules": [_fired(rule) for rule in guidance.rules],
        "resembles": [_resemblance(item) for item in guidance.resembles],
        "unknown": list(guidance.unknown),
        "alarms": list(guidance.alarms),
        "articles": list(guidance.articles),
        "questions": list(answer.questions),
        "ahead": {
            "expect": [_statement(row) for row in answer.pathway.expect],
            "bring": [_statement(row) for row in answer.pathway.bring],
        },
        "reading": [{"key": item.key, "title": item.title} for item in answer.reading],
        "help_now": guidance.help_now,
        "problems": [_plain(problem) for problem in answer.casefile.problems],
    }


def _round(value: float | None) -> float | None:
    # Four digits: more than any of these numbers means, and the same on every machine.
    return None if value is None or not np.isfinite(value) else float(f"{value:.4g}")


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return _round(value)
    return value


def _estimate(item: Estimate | None) -> dict[str, Any] | None:
    if item is None:
        return None
    return {
        "estimate": _round(item.value),
        "low": _round(item.low),
        "high": _round(item.high),
        "probability": item.probability,
    }


def _now(item: Estimate | None) -> dict[str, Any] | None:
    if item is None:
        return None
    return {
        "now": _round(item.value),
        "low": _round(item.low),
        "high": _round(item.high),
        "probability": item.probability,
    }


def _point(point: Point) -> dict[str, Any]:
    return {"date": point.day.isoformat(), **(_now(point.rate_per_min) or {})}


def _toxin(toxin: Toxin) -> dict[str, Any]:
    days = _estimate(toxin.wear_off) or {}
    return {
        "wear_off": {
            "date": toxin.wear_off_day.isoformat(),
            "low": toxin.wear_off_low.isoformat(),
            "high": toxin.wear_off_high.isoformat(),
            "probability": toxin.wear_off.probability,
            "days": days.get("estimate"),
            "days_low": days.get("low"),
            "days_high": days.get("high"),
        },
        "level": toxin.level,
        "drift_per_cycle": _estimate(toxin.drift_per_cycle),
        "shorter_probability": _round(toxin.shorter_probability),
        "cycles": [
            {
                "date": cycle.day.isoformat(),
                "product": cycle.product,
                "dose_units": _round(cycle.dose_units),
                "sites": list(cycle.sites),
                "onset_days": _estimate(cycle.onset_days),
                "wear_off_days": _estimate(cycle.wear_off_days),
                "depth": _estimate(cycle.depth),
                "sessions": cycle.sessions,
            }
            for cycle in toxin.cycles
        ],
        "line": [_point(point) for point in toxin.line],
    }


def _decompression(item: Decompression) -> dict[str, Any]:
    return {
        "date": item.day.isoformat(),
        "stage": item.stage,
        "months": _round(item.months),
        "freed_share": _estimate(item.freed_share),
        "efficacy": item.efficacy,
        "complication": item.complication,
        "trajectory": item.trajectory,
        "recurrence": item.recurrence,
    }


def _trigger(effect: TriggerEffect) -> dict[str, Any]:
    return {
        "name": effect.name,
        "outcome": effect.outcome,
        "lag_days": effect.lag_days,
        "direction": effect.direction,
        "effect": _round(effect.effect),
        "low": _round(effect.low),
        "high": _round(effect.high),
        "probability": effect.probability,
        "p_corrected": _round(effect.p_corrected),
        "named": effect.named,
        "days": effect.days,
        "tried": effect.tried,
        "unnamed": effect.unnamed,
    }


def score_object(score: Score) -> dict[str, Any]:
    """A score of a questionnaire, as it stands in the object of the course."""
    row = _plain(score)
    return {"date": row.pop("day"), **row, "parts": {name: _round(value) for name, value in score.parts}}


def _side_effect(effect: SideEffect) -> dict[str, Any]:
    row = _plain(effect)
    return {"date": row.pop("day"), "treatment_date": row.pop("treatment_day"), **row}


def _grade(grade: FacialGrade) -> dict[str, Any]:
    row = _plain(grade)
    return {"date": row.pop("day"), "treatment_date": row.pop("treatment_day"), **row}


def _site(site: Site) -> dict[str, Any]:
    row = _plain(site)
    return {"date": row.pop("day"), **row}


def _statement(row: Statement) -> dict[str, Any]:
    return {"text": row.text, "references": list(row.references)}


def _fired(rule: Fired) -> dict[str, Any]:
    return {"id": rule.id, "urgency": rule.urgency, "why": wording(rule.why), "references": list(rule.references)}


def _reason(reason: Reason) -> dict[str, Any]:
    return {"text": wording(reason.text), "weight": _round(reason.weight), "references": list(reason.references)}


def _resemblance(item: Resemblance) -> dict[str, Any]:
    return {
        "pattern": item.pattern,
        "leaning": _round(item.leaning),
        "for": [_reason(r) for r in item.for_],
        "against": [_reason(r) for r in item.against],
        "ask": [ask_words(key) for key in item.ask],
    }
