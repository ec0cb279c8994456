"""The written cases of triage against what is answered: ``python -m validation.triage``.

There are three readings, in tests/guide. ``cases.yaml`` goes through the alarm lists of the sources, rule by rule;
``stories.yaml`` goes through people as they come, and its wanted levels were set before the rules were written. Both
are by the hand that wrote the rules. ``more_cases.yaml`` is by another hand, from before there was a level ``today``;
of its red flags it gives the least urgency that is right. All were written within the project, so they show that the
rules do what the sources say, not how often real people are sent right. Ends with 0 if no case is answered as less
urgent than expected.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from facialis.core.person.casefile import Casefile, FilledForm, Person, Reply, SessionRow, Treatment, TreatmentKind
from facialis.core.person.course import Course, Probabilities, Spread
from facialis.core.person.guidance import URGENCIES, Guidance, Urgency
from facialis.follow.questionnaires import score_all
from facialis.guide.guidance import find_guidance
from validation.trial import print_table

__all__ = ["AS_OF", "Case", "answer", "main", "read_cases"]

AS_OF = date(2026, 6, 1)
_PLACE = Path(__file__).parents[1] / "tests" / "guide"
_READINGS = {"alarm lists": "cases.yaml", "stories": "stories.yaml", "other hand": "more_cases.yaml"}
_OTHER_HAND = date(2026, 11, 1)  # the day on which the people of more_cases.yaml are looked at


@dataclass(frozen=True, kw_only=True)
class Case:
    """One written case: what is known, what is expected of it, and which reading of the sources it comes from."""

    name: str
    file: Casefile
    course: Course | None
    expect: Urgency
    fires: str
    help_now: bool
    why: str
    reading: str = "alarm lists"


def _day(row: Mapping[str, Any]) -> date:
    return AS_OF - timedelta(days=int(row["days_ago"]))


def _answer(value: Any) -> Reply:
    if isinstance(value, list):
        return tuple(str(item) for item in value)
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _course(row: Mapping[str, Any]) -> Course:
    worse, spreads = row.get("worse"), row.get("spreads")
    return Course(
        as_of=AS_OF,
        verdict="",
        remission="none",
        blocked_by=("weakness",) if row.get("weak") else (),
        probabilities=None
        if worse is None
        else Probabilities(resolving=0.0, stable=1 - worse, worsening=worse, span_days=365),
        rate_per_min=None,
        change_per_year=None,
        burden_share=None,
        burden_change_per_year=None,
        smallest_change=None,
        next_recording=None,
        more_sessions=0,
        quiet_days=0,
        used=(),
        left_out=(),
        line=(),
        spread=None if spreads is None else Spread(before=(), now=(), probability=spreads),
    )


def _case(row: Mapping[str, Any], reading: str) -> Case:
    sessions = [
        SessionRow(
            day=_day(item),
            name=str(item["days_ago"]),
            usable_min=3.0,
            twitches=float(item.get("twitches", 10)),
            tonic_share=item.get("tonic_share"),
            side=item.get("side"),
            regions=tuple(item.get("regions", ())),
        )
        for item in row.get("sessions", ())
    ]
    file = Casefile(
        name=row["name"],
        as_of=AS_OF,
        person=Person(replies={key: _answer(value) for key, value in row.get("person", {}).items()}),
        sessions=tuple(sessions),
        treatments=tuple(Treatment(day=_day(item), kind=item["kind"]) for item in row.get("treatments", ())),
        forms=tuple(
            FilledForm(
                day=_day(item),
                instrument=item["instrument"],
                items=tuple(item.get("items", ())),
                total=item.get("total"),
            )
            for item in row.get("answers", ())
        ),
    )
    return Case(
        name=row["name"],
        file=file,
        course=_course(row["course"]) if "course" in row else None,
        expect=row["expect"],
        fires=row.get("fires", ""),
        help_now=bool(row.get("help_now")),
        why=row["why"],
        reading=reading,
    )


def _other_hand(row: Mapping[str, Any]) -> Case:
    """A case of ``more_cases.yaml``, which says the same in other words."""

    def back(days: int) -> date:
        return _OTHER_HAND - timedelta(days=days)

    says = {
        key: date(value, 7, 1) if key in ("onset", "previous_palsy") and type(value) is int else _answer(value)
        for key, value in row["says"].items()
    }
    kinds: tuple[TreatmentKind, ...] = ("toxin", "decompression")
    given = [Treatment(day=back(row[f"{kind}_days"]), kind=kind) for kind in kinds if f"{kind}_days" in row]
    items = tuple(float(value) for value in row.get("phq9", ()))
    file = Casefile(
        name=row["what"],
        as_of=_OTHER_HAND,
        person=Person(replies=says),
        treatments=tuple(sorted(given, key=lambda item: item.day)),
        forms=(FilledForm(day=_OTHER_HAND, instrument="phq9", items=items),) if items else (),
    )
    return Case(
        name=f"{row['what']} (other hand)",
        file=file,
        course=None,
        expect=row["urgency"],
        fires="",
        help_now=(len(items) == 9 and items[8] > 0) or bool(row["says"].get("self_harm_thoughts")),
        why="",
        reading="other hand",
    )


def read_cases() -> tuple[Case, ...]:
    """All written cases of all readings, in the order of their files."""
    return tuple(
        _other_hand(row) if reading == "other hand" else _case(row, reading)
        for reading, name in _READINGS.items()
        for row in yaml.safe_load((_PLACE / name).read_text(encoding="utf-8"))
    )


def answer(case: Case) -> Guidance:
    """What facialis says of a case."""
    return find_guidance(case.file, case.course, score_all(case.file))


def main() -> int:
    """Print the table; see the module."""
    rank = {urgency: place for place, urgency in enumerate(URGENCIES)}
    pairs = [(case, answer(case)) for case in read_cases()]
    print_table(
        f"{len(pairs)} cases",
        ["case", "expected", "answered", "rules", ""],
        [
            [
                case.name,
                case.expect,
                said.urgency,
                ", ".join(rule.id for rule in said.rules),
                "" if said.urgency == case.expect else "HIGHER" if rank[said.urgency] < rank[case.expect] else "MISSED",
            ]
            for case, said in pairs
        ],
    )
    rows: list[list[object]] = []
    for urgency in URGENCIES:
        of = [(case, said) for case, said in pairs if case.expect == urgency]
        counts = [sum(said.urgency == other for _, said in of) for other in URGENCIES]
        rows.append([urgency, len(of), *counts])
    print_table("Expected (rows) and answered", ["expected", "cases", *URGENCIES], rows)
    missed = [case.name for case, said in pairs if rank[said.urgency] > rank[case.expect]]
    by_reading: list[list[object]] = []
    for reading in _READINGS:
        ranks = [(rank[said.urgency], rank[case.expect]) for case, said in pairs if case.reading == reading]
        by_reading.append([reading, len(ranks), sum(a > b for a, b in ranks), sum(a < b for a, b in ranks)])
    print_table("By reading", ["reading", "cases", "less urgent", "more urgent"], by_reading)
    higher = [case for case, said in pairs if rank[said.urgency] < rank[case.expect]]
    named = ", ".join(case.name for case in higher)
    waiting = [case for case, _ in pairs if case.expect == "wait"]
    sent = [case for case in higher if case.expect == "wait"]
    print(f"\nLess urgent than expected: {len(missed)} of {len(pairs)}{': ' if missed else ''}{', '.join(missed)}")
    share = len(higher) / len(pairs)
    print(
        f"More urgent than expected: {len(higher)} of {len(pairs)} ({share:.1%}); "
        f"of those to wait: {len(sent)} of {len(waiting)}"
    )
    print(f"  {named}" if named else "  none")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
