"""What the person told or entered, in the short lines of the sheet for the clinician; unknown is said as unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from facialis.core.calendar import span_words, spoken_day
from facialis.core.knowledge import figure, load, sentences, wording
from facialis.core.person.answer import Answer
from facialis.core.person.casefile import Casefile, Person, Treatment
from facialis.report.person.treatment_words import operation_words, side_effect_words
from facialis.report.person.visit_content import ask_words, instrument_name, short_words

__all__ = ["Row", "alarm_keys", "alarm_words", "name_line", "told_rows"]

Row = tuple[str, str]
"""A label and what stands beside it."""

_MOST_MEDICINES = 5
_MOST_SCORES = 5
_LONGEST = 90  # chosen: characters of a person's own word before it is cut
_MRI = re.compile(r"\b(mri|mrt|magnetic resonance|magnetresonanz\w*|kernspin\w*)\b", re.IGNORECASE)


def name_line(answer: Answer) -> str:
    """Who it is: name, year of birth, sex, and the day of the sheet."""
    case = answer.casefile
    born, sex = case.person.number("birth_year"), case.person.text("sex")
    parts = (
        short_words(case.name, _LONGEST),
        wording("sheet_born_unknown") if born is None else wording("sheet_born", year=f"{born:.0f}"),
        wording(f"sheet_sex_{sex or 'unknown'}"),
        wording("visit_axis_as_of", day=spoken_day(case.as_of)),
    )
    return " · ".join(parts)


def told_rows(answer: Answer) -> list[Row]:
    """History, weakness, operation, medicines, alarm questions, questionnaires and MRI, in this order."""
    case = answer.casefile
    rows = [
        ("sheet_history", _history(case)),
        ("sheet_weakness", _weakness(answer)),
        ("sheet_operation", _operation(answer)),
        ("sheet_drugs", _medicines(case)),
        ("sheet_mri", _mri(case)),
        ("sheet_scores", _scores(answer)),
        ("sheet_urgency", _urgency(answer)),
    ]
    return [(wording(key), text) for key, text in rows]


def _answered(person: Person, key: str) -> str:
    if person.is_true(key):
        return wording("sheet_yes")
    if person.is_false(key):
        return wording("sheet_no")
    day = person.day(key)
    return wording("sheet_unknown") if day is None else f"{wording('sheet_yes')} ({spoken_day(day)})"


def _history(case: Casefile) -> str:
    person, unknown = case.person, wording("sheet_unknown")
    onset, region, side = person.day("onset"), person.text("first_region"), person.text("side")
    parts = person.replies.get("regions")
    since = unknown if onset is None else f"{spoken_day(onset)} ({span_words(max((case.as_of - onset).days, 1))})"
    told = wording(
        "sheet_history_told",
        since=since,
        began=wording(f"visit_region_{region}") if region else unknown,
        side=wording(f"visit_side_{side}") if side else unknown,
        parts=", ".join(_part(name) for name in parts) if isinstance(parts, tuple) and parts else unknown,
    )
    asked = wording(
        "sheet_history_asked",
        worse=_answered(person, "getting_worse"),
        sleep=_answered(person, "in_sleep"),
        held=_answered(person, "suppressible"),
        palsy=_answered(person, "previous_palsy"),
        family=_answered(person, "family"),
    )
    return f"{told} {asked}"


def _part(name: str) -> str:
    key = f"face_{name}"
    return wording(key) if key in sentences() else name


def _weakness(answer: Answer) -> str:
    person = answer.casefile.person
    weak = person.text("face_weakness")
    said = [
        wording(
            "sheet_weakness_told",
            weak=wording(f"sheet_weak_{weak}") if weak else wording("sheet_unknown"),
            open=_answered(person, "eye_cannot_close"),
        )
    ]
    seen = [r for r in answer.casefile.sessions if r.resting_asymmetry is not None or r.closure_share is not None]
    said += [
        wording(
            "sheet_weakness_measured",
            day=spoken_day(row.day),
            asymmetry=_percent(row.resting_asymmetry),
            closure=_percent(row.closure_share),
        )
        for row in seen[-1:]
    ]
    said += [wording("sheet_grade", grade=g.grade, day=spoken_day(g.day)) for g in answer.grades[-2:]]
    return " ".join(said)


def _percent(share: float | None) -> str:
    return wording("sheet_unknown") if share is None else f"{100 * share:.0f} %"


def _operation(answer: Answer) -> str:
    case = answer.casefile
    days = [spoken_day(row.day) for row in case.given("decompression")]
    if not days:
        told = _told_day(case, "decompression_days_ago")
        return (
            wording("sheet_operation_none") if told is None else wording("sheet_operation_told", day=spoken_day(told))
        )
    said = [wording(key, **values) for key, values in operation_words(answer)]
    effects = [wording(key, **values) for key, values in side_effect_words(answer)[:2]]
    return " ".join([", ".join(days) + ".", *said, *effects])


def _told_day(case: Casefile, key: str) -> date | None:
    ago = case.person.number(key)
    return None if ago is None else case.as_of - timedelta(days=round(ago))


def _medicines(case: Casefile) -> str:
    rows = case.given("drug")
    said = [
        wording(
            f"sheet_drug_{row.change or 'begun'}", day=spoken_day(row.day), product=short_words(row.product, _LONGEST)
        )
        for row in rows[-_MOST_MEDICINES:]
    ]
    left = len(rows) - len(said)
    return "; ".join([*said, *([wording("visit_more", count=left)] if left else [])]) or wording("sheet_drugs_none")


def _mri(case: Casefile) -> str:
    """What was entered of magnetic resonance imaging, as it stands: facialis judges no report."""
    found = [row for row in case.treatments if _MRI.search(f"{row.product} {row.note}")]
    return "; ".join(_entered(row) for row in found[-2:]) or wording("sheet_mri_none")


def _entered(row: Treatment) -> str:
    words = ", ".join(part for part in (row.product, row.note) if part)
    return f"{spoken_day(row.day)}: {short_words(words, 3 * _LONGEST)}"


def _scores(answer: Answer) -> str:
    latest = {score.instrument: score for score in answer.scores if score.total is not None}
    said = [
        wording(
            "visit_score",
            name=instrument_name(name, _LONGEST),
            total=figure(f"{score.total:g}"),
            high=figure(f"{score.high:g}"),
            day=spoken_day(score.day),
        )
        for name, score in sorted(latest.items())
    ]
    return "; ".join(said[:_MOST_SCORES]) or wording("sheet_scores_none")


def _urgency(answer: Answer) -> str:
    rules = [wording(rule.why) for rule in answer.guidance.rules[:3]]
    return " ".join([wording(f"visit_urgency_{answer.guidance.urgency}"), *rules])


# ---- alarm questions --------------------------------------------------------------------------------------------


def alarm_keys() -> tuple[str, ...]:
    """Questions of the history on which a rule rests that is more urgent than routine, in the order of the rules."""
    history = load("history.yaml")
    asked: dict[str, None] = {}
    for rule in load("triage.yaml").values():
        if rule.get("urgency", "wait") in ("routine", "wait"):
            continue
        for key in _named(rule["when"]):
            if str(history.get(key, {}).get("kind", "")).startswith("yes_no"):
                asked[key] = None
    return tuple(asked)


def _named(node: object) -> Iterable[str]:
    """Keys of which a rule wants to hear yes."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if value is True:
                yield str(key)
            yield from _named(value)
    elif isinstance(node, list):
        for item in node:
            yield from _named(item)


def alarm_words(person: Person) -> list[Row]:
    """Alarm questions answered yes, answered no, and not answered, each by its short name."""
    groups: dict[str, list[str]] = {"yes": [], "no": [], "open": []}
    for key in alarm_keys():
        yes = person.is_true(key) or person.day(key) is not None
        group = "yes" if yes else "no" if person.is_false(key) else "open"
        if group == "open" and "after" in load("history.yaml")[key]:
            continue  # it is asked only after another yes
        name = f"alarm_{key}"
        groups[group].append(wording(name) if name in sentences() else ask_words(key))
    return [
        (wording(f"sheet_alarm_{group}"), ", ".join(names) or wording("sheet_nothing"))
        for group, names in groups.items()
    ]
