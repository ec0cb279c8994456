"""What a list says of somebody: the answer in a line, kept beside it, so that no list has to open one.

There is one for each way in which an answer may be shared: with or without the diary, with or without questionnaires.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import product
from typing import Any

from facialis.app.course.parts import without
from facialis.core.knowledge import wording
from facialis.core.person.answer import Answer
from facialis.report.person.course_words import verdict_sentence

__all__ = ["glance_key", "glances_of", "toxin_glance"]

_RULES = 2  # chosen: reasons in a list; all stand one click away; 1 - 4


def glance_key(*, diary: bool, questionnaires: bool) -> str:
    """By which the glance is kept that leaves out what is not shared."""
    return f"{'d' if diary else ''}{'q' if questionnaires else ''}"


def glances_of(said: Answer, before: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """The glances of an answer, in the language spoken.

    Parameters
    ----------
    said
        The answer.
    before
        Those of the answer that it replaces; empty: there was none.
    at
        When it was worked out.

    Returns
    -------
    dict
        By `glance_key`: ``urgency``, ``help_now``, ``why`` (sentences), ``verdict`` (its key), ``lead`` (a sentence),
        ``toxin`` (how much of its effect is left and between which days it has faded; None: no forecast), and since
        when verdict or urgency are what they are (``since``, and ``was``: the sentence before; None where they have
        not changed since there were glances).
    """
    made: dict[str, Any] = {}
    for diary, questionnaires in product((False, True), repeat=2):
        key = glance_key(diary=diary, questionnaires=questionnaires)
        told = _glance(without(said, diary=diary, questionnaires=questionnaires))
        made[key] = told | _change(told, before.get(key), at)
    return made


def toxin_glance(said: Answer) -> dict[str, Any] | None:
    """When the toxin's effect is expected to have faded, in plain numbers and days; None: no forecast."""
    toxin = said.toxin
    if toxin is None:
        return None
    return {
        "level": toxin.level,
        "probability": toxin.wear_off.probability,
        "day": toxin.wear_off_day.isoformat(),
        "low": toxin.wear_off_low.isoformat(),
        "high": toxin.wear_off_high.isoformat(),
    }


def _glance(said: Answer) -> dict[str, Any]:
    guidance = said.guidance
    return {
        "urgency": guidance.urgency,
        "help_now": guidance.help_now,
        "why": [wording(rule.why) for rule in guidance.rules[:_RULES]],
        "verdict": said.course.verdict,
        "lead": verdict_sentence(said.course),
        "toxin": toxin_glance(said),
    }


def _change(told: Mapping[str, Any], before: Mapping[str, Any] | None, at: datetime) -> dict[str, Any]:
    if before is None:
        return {"since": None, "was": ""}
    if all(before[name] == told[name] for name in ("urgency", "verdict")):
        return {"since": before["since"], "was": before["was"]}
    return {"since": at.isoformat(), "was": before["lead"]}
