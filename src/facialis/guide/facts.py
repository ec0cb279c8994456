"""What is known of one person as named facts: the answers, and what follows from them and from measurements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from statistics import median
from types import MappingProxyType

from facialis.core.knowledge import load
from facialis.core.person.casefile import Casefile, Reply
from facialis.core.person.course import Course, Score
from facialis.core.person.treatments import days_since

__all__ = ["ASKED_BY", "gather_facts"]

# Which questions of history.yaml settle a fact that is worked out. Facts of recordings and scores have none.
ASKED_BY: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "age": ("birth_year",),
        "age_at_onset": ("birth_year", "onset"),
        "beyond_lid": ("regions",),
        "decompression_days": ("decompression_days_ago",),
        "lid_alone": ("one_lid_only",),
        "palsy_days": ("previous_palsy",),
        "spell_days": ("duration_days", "onset"),
        "toxin_days": ("toxin_days_ago",),
    }
)
_MEASURED_AT_LEAST = 2  # chosen: recordings that must agree before something measured counts, so one mistake does not
_TONIC_SHARE = 0.01  # chosen: 1 % of the time; shorter pulls are left to the person's own answer
_BROW_EVENTS = 2  # chosen: once may be a mistake of the mesh; 2 to 4
_TOGETHER, _APART = 0.5, 0.1  # chosen: half of the twitches of the eye, and next to none; 0.4 to 0.7 and 0.05 to 0.2
_LIKELY = 0.9  # chosen: 0.8 to 0.95 change which course counts as worse only in doubtful ones, and that is not urgent
_SCORE_DAYS = 90  # chosen: a questionnaire older than this says little about today


def gather_facts(case: Casefile, course: Course | None, scores: Iterable[Score]) -> dict[str, Reply]:
    """Facts by name: every answered key of the history, and what is worked out. What is absent is unknown.

    Ages are whole years;
    they are the youngest that fit the years given.
    """
    facts: dict[str, Reply] = dict(case.person.replies)
    worked: dict[str, Reply | None] = {
        "age": _age(case),
        "age_at_onset": _age_at_onset(case),
        "spell_days": _spell_days(case),
        "beyond_lid": _beyond_lid(case),
        "lid_alone": _lid_alone(case),
        "toxin_days": days_since(case, "toxin"),
        "decompression_days": days_since(case, "decompression"),
        "palsy_days": _days_of(case, "previous_palsy"),
        "palsy_before": True if case.person.day("previous_palsy") else case.person.replies.get("previous_palsy"),
        "two_sides_seen": True if _two_sides(case) else None,
        "tonic_seen": True if _tonic(case) else None,
        "one_side_seen": True if _one_side(case) else None,
        "brow_up_seen": True if _brow_up(case) else None,
        "together_seen": _together(case),
    }
    facts.update({name: value for name, value in worked.items() if value is not None})
    facts.update(_course_facts(course))
    facts.update(_score_facts(case, tuple(scores)))
    return facts


def _age(case: Casefile) -> int | None:
    born = case.person.number("birth_year")
    return None if born is None or born > case.as_of.year else max(case.as_of.year - int(born) - 1, 0)


def _age_at_onset(case: Casefile) -> int | None:
    born, onset = case.person.number("birth_year"), case.person.day("onset")
    if born is None:
        return None
    now = case.as_of.year - int(born) - 1
    age = onset.year - int(born) - 1 if onset else now
    # Without a day of onset the age today is only an upper bound: it counts when it is low.
    if age < -1 or (onset is None and now >= 40):  # 40: the lowest age that a rule asks about, emedicine in triage.yaml
        return None
    return max(age, 0)


def _days_of(case: Casefile, key: str) -> float | None:
    day = case.person.day(key)
    return None if day is None else float((case.as_of - day).days)


def _spell_days(case: Casefile) -> float | None:
    days, onset = case.person.number("duration_days"), case.person.day("onset")
    return days if days is not None else float((case.as_of - onset).days) if onset else None


def _beyond_lid(case: Casefile) -> bool | None:
    person = case.person
    regions = person.replies.get("regions")
    named = set(regions) if isinstance(regions, tuple) else set()
    seen = {muscle for row in case.sessions for muscle in row.regions}
    if (
        named - {"eye"}
        or seen - {"orbicularis_oculi"}
        or person.text("first_region") in ("mouth", "both")
        or person.text("side") in ("both", "alternating")
        or any(person.is_true(key) for key in ("both_eyes_close", "jaw", "spreads_to_hand", "brow_up_with_eye_closing"))
        or _two_sides(case)
    ):
        return True
    return False if named or person.is_true("one_lid_only") else None


def _lid_alone(case: Casefile) -> bool | None:
    """One eyelid and nothing else, unless something else that was said or seen speaks against it."""
    if case.person.is_false("one_lid_only") or _beyond_lid(case):
        return False
    return True if case.person.is_true("one_lid_only") else None


def _two_sides(case: Casefile) -> bool:
    sides = [row.side for row in case.sessions]
    both = sides.count("both")
    return both >= _MEASURED_AT_LEAST or min(sides.count("left"), sides.count("right")) + both >= _MEASURED_AT_LEAST


def _one_side(case: Casefile) -> bool:
    """Whether twitches were seen on one side only, and always the same."""
    sides = [row.side for row in case.sessions if row.side is not None and row.twitches > 0]
    return len(sides) >= _MEASURED_AT_LEAST and len(set(sides)) == 1 and sides[0] != "both"


def _brow_up(case: Casefile) -> bool:
    """Whether the brow rose while the eye of that side closed, more than once in each of several recordings.

    That it was not seen says nothing: a third of people with the spasm never show it.
    """
    shown = [row for row in case.sessions if (row.other_babinski_events or 0.0) >= _BROW_EVENTS]
    return len(shown) >= _MEASURED_AT_LEAST


def _together(case: Casefile) -> bool | None:
    """Whether eye and mouth twitch in the same moment: mostly, seldom, or not known (in between as well)."""
    shares = [row.synchrony_share for row in case.sessions if row.synchrony_share is not None]
    if len(shares) < _MEASURED_AT_LEAST:
        return None
    middle = median(shares)
    return True if middle >= _TOGETHER else False if middle <= _APART else None


def _tonic(case: Casefile) -> bool:
    held = [row for row in case.sessions if row.twitches == 0 and (row.tonic_share or 0.0) >= _TONIC_SHARE]
    return len(held) >= _MEASURED_AT_LEAST


def _course_facts(course: Course | None) -> dict[str, Reply]:
    if course is None:
        return {}
    facts: dict[str, Reply] = {}
    if "weakness" in course.blocked_by:
        facts["course_weak"] = True
    if course.probabilities is not None:
        facts["course_worse"] = course.probabilities.worsening >= _LIKELY
    if course.spread is not None and course.spread.probability is not None:
        facts["course_spreads"] = course.spread.probability >= _LIKELY
    return facts


def _score_facts(case: Casefile, scores: tuple[Score, ...]) -> dict[str, Reply]:
    facts: dict[str, Reply] = {}
    for score in sorted(scores, key=lambda row: row.day):
        if score.total is not None and (case.as_of - score.day).days <= _SCORE_DAYS:
            facts[f"{score.instrument}_total"] = score.total
    return facts | _help_facts(case, scores)


def _help_facts(case: Casefile, scores: tuple[Score, ...]) -> dict[str, Reply]:
    """Whether item 9 of the PHQ-9 was ticked and nobody has answered it since, however long ago that was."""
    row = load("questionnaires.yaml")["phq9"]
    place, (low, high) = int(row["help_item"]) - 1, row["range"]
    items = [
        (form.day, form.items[place]) for form in case.forms if form.instrument == "phq9" and len(form.items) > place
    ]
    answered = {day for day, value in items if value is not None and low <= value <= high}
    talked = case.person.day("item9_answered")
    found: tuple[date, bool] | None = None
    for score in sorted(scores, key=lambda item: item.day):
        # A total says nothing of one question: it does not take back what was answered there before.
        if score.instrument == "phq9" and (score.help_now or score.day in answered):
            found = (score.day, score.help_now)
    if found is None:
        return {}
    day, ticked = found
    if not ticked or (talked is not None and day <= talked):
        return {"help_now": False}
    return {"help_now": True, "item9_days": float((case.as_of - day).days)}
