"""What the rules may ask for: answers of the person, and what follows from dates, treatments, recordings and scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from facialis.core.casefile import Answer, Casefile
from facialis.core.course import Course, Score

__all__ = ["ASKED_FOR", "Facts", "facts_of"]

_EYE = {"orbicularis_oculi", "frontalis", "corrugator"}
_YEAR_DAYS = 365.25

# A fact that is worked out → the key of history that would tell it.
ASKED_FOR: Mapping[str, str] = {
    "age_at_onset": "onset", "age": "birth_year", "toxin_days": "toxin_days_ago", "palsy_days": "previous_palsy",
    "decompression_days": "decompression_days_ago", "places": "regions", "duration_days": "duration_days",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Facts:
    """Answers by key, numbers by name (absent: not known), and what recordings and scores show (absent: not seen)."""

    answers: Mapping[str, Answer]
    numbers: Mapping[str, float]
    shown: frozenset[str]

    def said(self, key: str) -> Answer | None:
        """The answer to a key of history, None where there is none."""
        return self.answers.get(key)

    def number(self, name: str) -> float | None:
        """A number that was said or worked out, None where it is not known."""
        return self.numbers.get(name)

    def seen(self, name: str) -> bool:
        """Whether recordings or scores show it. What was not recorded was not seen, which proves nothing."""
        return name in self.shown


def facts_of(case: Casefile, course: Course | None, scores: Sequence[Score]) -> Facts:
    """All facts of a person as of the casefile's day."""
    person = case.person
    numbers: dict[str, float] = {}
    year, onset = person.number("birth_year"), person.day("onset")
    if year is not None:
        numbers["age"] = case.as_of.year - year
        if onset is not None:
            numbers["age_at_onset"] = onset.year - year
    told = person.number("duration_days")
    if told is not None or onset is not None:
        numbers["duration_days"] = told if told is not None else float((case.as_of - onset).days) if onset else 0.0
    palsy = person.day("previous_palsy")
    if palsy is not None:
        numbers["palsy_days"] = float((case.as_of - palsy).days)
    for kind, name in (("toxin", "toxin_days"), ("decompression", "decompression_days")):
        days = [float((case.as_of - item.day).days) for item in case.treatments if item.kind == kind]
        said = person.number(f"{name}_ago")
        known = [*days, *([] if said is None else [said])]
        if known:
            numbers[name] = min(known)
    regions = person.answers.get("regions")
    if isinstance(regions, tuple):
        numbers["places"] = float(len(set(regions)))
    elif person.text("first_region") == "both":
        numbers["places"] = 2.0
    for score in scores:
        if score.total is not None:
            numbers[f"{score.instrument}_total"] = score.total
    return Facts(answers=person.answers, numbers=numbers, shown=_shown(case, course, scores))


def _shown(case: Casefile, course: Course | None, scores: Sequence[Score]) -> frozenset[str]:
    shown: set[str] = set()
    sides = {row.side for row in case.sessions if row.side and row.twitches > 0}
    if sides in ({"left"}, {"right"}):
        shown.add("one_side_recorded")
        if any(set(row.regions) - _EYE for row in case.sessions if row.twitches > 0):
            shown.add("one_sided_seen")
    if course is not None:
        if course.verdict.endswith("_worsening"):
            shown.add("worsening")
        if "weakness" in course.blocked_by:
            shown.add("weakness_seen")
    latest = {score.instrument: score for score in scores}
    if any(score.help_now for score in latest.values()):
        shown.add("help_asked")
    return frozenset(shown)
