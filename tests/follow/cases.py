"""Casefiles for tests, said shortly."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from facialis.core.person.casefile import Casefile, FilledForm, Person, Reply, SessionRow, Treatment, TreatmentKind

DAY = date(2024, 1, 1)


def on(day: int) -> date:
    return DAY + timedelta(days=day)


def session(day: int, twitches: float = 15, **more: Any) -> SessionRow:
    more = {"usable_min": 5.0, "limit_iod": 0.01, "side": "left", **more}
    more.setdefault("median_amplitude_iod", 0.03 if twitches else None)
    return SessionRow(day=on(day), name=more.pop("name", f"day {day}"), twitches=twitches, **more)


def given(day: int, kind: TreatmentKind = "toxin") -> Treatment:
    return Treatment(day=on(day), kind=kind)


def graded(day: int, total: float) -> FilledForm:
    return FilledForm(day=on(day), instrument="housebrackmann", total=total)


def case(
    sessions: Sequence[SessionRow],
    as_of: int | None = None,
    treatments: Sequence[Treatment] = (),
    answers: Sequence[FilledForm] = (),
    **person: Reply,
) -> Casefile:
    rows = tuple(sorted(sessions, key=lambda row: (row.day, row.name)))
    until = on(as_of) if as_of is not None else rows[-1].day
    return Casefile(
        name="made up",
        as_of=until,
        sessions=rows,
        treatments=tuple(treatments),
        forms=tuple(answers),
        person=Person(replies=person),
    )
