"""What the person tells (history, questionnaires, diary) where the recordings show something else.

Of spasm while they are quiet, or of another direction than they have.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from facialis.core.knowledge import column_key, load
from facialis.core.person.casefile import Casefile
from facialis.core.person.course import Course, Score
from facialis.core.person.treatments import day_limit

__all__ = ["contradiction", "spasm_columns", "told_of_spasm"]

Array = NDArray[np.float64]

_TOLD_DAYS = 180  # chosen: an answer older than that is of another time; 90 - 365
_LEAST_DAYS = 15  # chosen: days noted in each third of the diary, below which their means say little; 10 - 30
_APART = 2.6  # chosen: standard errors between the thirds, two-sided 1 %; 2 - 3.3


def spasm_columns(casefile: Casefile) -> tuple[str, ...]:
    """Columns of the diary that are of spasm, by the names people give them (``outcomes`` in ``triggers.yaml``).

    A column named in the person's own way counts when one of the words is in it, such as "Anfälle links".
    """
    return tuple(name for name in casefile.diary.columns if (column_key(name) or ("",))[0] == "outcomes")


def told_of_spasm(casefile: Casefile) -> bool:
    """Whether somebody tells of spasm: that it is getting worse, a questionnaire of late, or the diary of late.

    A day in ten with spasm may be a slip, or another twitch. What nobody told is unknown: False is not "none".
    """
    if casefile.person.is_true("getting_worse"):
        return True
    rule = load("course.yaml")["remission"]
    for name, nothing in rule["told_by"].items():
        latest = [form for form in casefile.forms if form.instrument == name][-1:]
        for form in latest:
            values = [form.total] if form.total is not None else list(form.items)
            recent = (casefile.as_of - form.day).days <= rule["told_days"]
            if recent and any(value is not None and value > nothing for value in values):
                return True
    late = np.array([(casefile.as_of - day).days <= rule["told_days"] for day in casefile.diary.days], bool)
    return any(_often(casefile.diary.column(name)[late], rule["told_share"]) for name in spasm_columns(casefile))


def _often(values: Array, share: float) -> bool:
    known = values[np.isfinite(values)]
    return bool(len(known) and (known > 0).mean() > share)


def contradiction(casefile: Casefile, course: Course, scores: Sequence[Score]) -> str | None:
    """How the person's own account differs from the direction of the recordings.

    Parameters
    ----------
    casefile
        History, questionnaires and diary.
    course
        The course with only what may be said (`facialis.follow.withheld.withhold`).
    scores
        The scored questionnaires, in order of their day.

    Returns
    -------
    str or None
        Key of the sentence: history before questionnaires before diary. None where they agree, where the odds of the
        course are not clear (below ``change.said``) or may not be said, and where nobody told anything.

    Notes
    -----
    Both may be right: a recording shows a minute, the person knows the day. An answer counts for 180 days after
    ``answered_on``, for ever where that day is not known. It does not say who is right.

    Source
    ------
    Chosen; nobody has measured how often the two differ.

    Examples
    --------
    >>> contradiction(case, course, ())  # doctest: +SKIP
    'contradiction_history_worse_resolving'
    """
    seen = _direction(course)
    if seen is None:
        return None
    told = {"history": _history(casefile)}
    if not _treated(casefile, course):
        told |= {"forms": _forms(casefile, scores, course), "diary": _diary(casefile, course)}
    against = {("worse", "resolving"), ("better", "worsening"), ("not_worse", "worsening")}
    for who, says in told.items():
        if (says, seen) in against or (who, says, seen) == ("history", "worse", "stable"):
            return f"contradiction_{who}_{says}_{seen}"
    return None


def _direction(course: Course) -> str | None:
    odds = course.probabilities
    if odds is None:
        return None
    said = load("course.yaml")["change"]["said"]
    found = {"resolving": odds.resolving, "stable": odds.stable, "worsening": odds.worsening}
    return next((name for name, share in found.items() if share >= said), None)


def _treated(casefile: Casefile, course: Course) -> bool:
    """Whether diary and questionnaires saw a treatment that the natural course leaves out: then they cannot differ."""
    since = _first_day(casefile, course) - timedelta(days=day_limit("toxin.free_after_days"))
    return any(row.last_day >= since for row in casefile.treatments if row.kind != "other")


def _history(casefile: Casefile) -> str | None:
    answered = casefile.person.day("answered_on")
    if answered is not None and (casefile.as_of - answered).days > _TOLD_DAYS:
        return None
    if casefile.person.is_true("getting_worse"):
        return "worse"
    return "not_worse" if casefile.person.is_false("getting_worse") else None


def _forms(casefile: Casefile, scores: Sequence[Score], course: Course) -> str | None:
    """The change of the last questionnaire of spasm that matters, in the span of the course; lower is better."""
    known = load("course.yaml")["remission"]["told_by"]
    first = _first_day(casefile, course)
    of_spasm = [row for row in scores if row.instrument in known and row.total is not None and row.day >= first]
    for last in reversed(of_spasm):
        earlier = [row for row in of_spasm if row.instrument == last.instrument and row.day < last.day]
        if earlier and last.important is not None and last.total is not None and earlier[0].total is not None:
            least = float(load("questionnaires.yaml")[last.instrument]["important"])
            change = last.total - earlier[0].total
            return None if abs(change) < least else "worse" if change > 0 else "better"
    return None


def _diary(casefile: Casefile, course: Course) -> str | None:
    """Where the last third of the span differs from the first by more than the days differ from each other."""
    first = _first_day(casefile, course)
    third = (casefile.as_of - first).days / 3
    days = np.array([(day - first).days for day in casefile.diary.days], float)
    early, late = (days >= 0) & (days < third), days >= 2 * third
    for name in spasm_columns(casefile):
        values = casefile.diary.column(name)
        thirds = [values[part][np.isfinite(values[part])] for part in (early, late)]
        if min(len(part) for part in thirds) < _LEAST_DAYS:
            continue
        error = float(np.hypot(_error(thirds[0]), _error(thirds[1])))
        moved = float(thirds[1].mean() - thirds[0].mean())
        if error > 0 and abs(moved) > _APART * error:
            return "worse" if moved > 0 else "better"
    return None


def _error(values: Array) -> float:
    """Standard error of a mean of days that resemble their neighbours (first-order autocorrelation)."""
    scatter = values - values.mean()
    whole = float(scatter @ scatter)
    alike = float(np.clip(scatter[1:] @ scatter[:-1] / whole, 0.0, 0.9)) if whole else 0.0
    return float(np.sqrt(whole / max(len(values) - 1, 1) / len(values) * (1 + alike) / (1 - alike)))


def _first_day(casefile: Casefile, course: Course) -> date:
    return casefile.as_of - timedelta(days=course.probabilities.span_days if course.probabilities else 0)
