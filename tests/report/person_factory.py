"""Answers made by hand: people of whom everything is known, so that pages can be held against it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from facialis.core.person.answer import Answer
from facialis.core.person.casefile import Casefile, Diary, FilledForm, Person, Problem, SessionRow, Treatment
from facialis.core.person.course import (
    Course,
    Cycle,
    Decompression,
    Estimate,
    LeftOut,
    Point,
    Probabilities,
    Score,
    Toxin,
    TriggerEffect,
)
from facialis.core.person.guidance import Guidance
from facialis.follow.treated.sideeffects import find_grades, find_side_effects
from facialis.follow.treated.sites import find_sites
from facialis.follow.withheld import withhold
from facialis.guide.pathways import pathway
from facialis.guide.reading import questions_of, reading_list

AS_OF = date(2026, 10, 31)


def estimate(value: float, spread: float = 1.4, probability: float = 0.9) -> Estimate:
    return Estimate(value=value, low=value / spread, high=value * spread, probability=probability)


def sessions(number: int = 20, *, every_days: int = 7, ratio: float = 0.3) -> tuple[SessionRow, ...]:
    """Weekly recordings whose rate falls to ``ratio`` of its start."""
    rows = []
    for k in range(number):
        day = AS_OF - timedelta(days=every_days * (number - 1 - k))
        count = round(10 * ratio ** (k / max(number - 1, 1)))
        rows.append(
            SessionRow(
                day=day,
                name=f"s{k}",
                usable_min=1.0,
                twitches=count,
                burden_share=0.01 * count,
                side="left",
                median_amplitude_iod=0.03,
                limit_iod=0.006,
                regions=("orbicularis_oculi",),
                block="rest",
            )
        )
    return tuple(rows)


def course(rows: tuple[SessionRow, ...], **changes: object) -> Course:
    points = tuple(Point(day=row.day, rate_per_min=estimate(row.rate_per_min + 0.1)) for row in rows)
    plain = Course(
        as_of=AS_OF,
        verdict="course_verdict_resolving",
        remission="none",
        blocked_by=(),
        probabilities=Probabilities(resolving=0.91, stable=0.08, worsening=0.01, span_days=133),
        rate_per_min=estimate(3.0),
        change_per_year=estimate(0.2),
        burden_share=estimate(0.03),
        burden_change_per_year=estimate(0.3),
        smallest_change=0.6,
        next_recording=AS_OF + timedelta(days=14),
        more_sessions=0,
        quiet_days=0,
        used=tuple(row.name for row in rows),
        left_out=(),
        line=points,
        spread=None,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def whole(
    case: Casefile,
    found: Course,
    *,
    toxin: Toxin | None = None,
    decompression: Decompression | None = None,
    triggers: tuple[TriggerEffect, ...] = (),
    advice: Guidance | None = None,
) -> Answer:
    """An answer as `facialis.actions.answer` makes it, with a course that was made by hand."""
    told, withheld = withhold(case, found, decompression)
    advice = advice or guidance()
    way = pathway(advice, case)
    return Answer(
        casefile=case,
        course=told,
        withheld=withheld,
        toxin=toxin,
        decompression=decompression,
        side_effects=find_side_effects(case),
        grades=find_grades(case),
        sites=find_sites(case),
        triggers=triggers,
        scores=(),
        guidance=advice,
        pathway=way,
        questions=questions_of(case, way),
        reading=reading_list(advice, way),
    )


def empty() -> Answer:
    """A folder with nothing in it but a name."""
    nothing = course(
        (),
        verdict="course_verdict_no_sessions",
        probabilities=None,
        rate_per_min=None,
        change_per_year=None,
        burden_share=None,
        burden_change_per_year=None,
        smallest_change=None,
        next_recording=None,
        more_sessions=4,
        blocked_by=("too_few_sessions",),
    )
    return whole(Casefile(name="nobody", as_of=AS_OF), nothing)


def guidance() -> Guidance:
    return Guidance(urgency="routine", rules=(), resembles=(), unknown=("numbness", "hearing_change"), articles=())


def resolving() -> Answer:
    rows = sessions()
    case = Casefile(
        name="Anna Müller",
        as_of=AS_OF,
        sessions=rows,
        person=Person(
            replies={
                "birth_year": 1968.0,
                "side": "left",
                "onset": date(2025, 3, 15),
                "first_region": "eye",
            }
        ),
    )
    return whole(case, course(rows))


def treated() -> Answer:
    """With everything there is: toxin, an operation, triggers, questionnaires, problems, things left out."""
    rows = sessions(60, ratio=0.8)
    doses = [AS_OF - timedelta(days=days) for days in (300, 190, 60)]
    days = tuple(AS_OF - timedelta(days=k) for k in range(30, -1, -1))
    case = Casefile(
        name="a person with a very long name " * 5,
        as_of=AS_OF,
        sessions=rows,
        treatments=(
            *(
                Treatment(
                    day=day,
                    kind="toxin",
                    product="Präparat",
                    dose_units=20.0,
                    sites=("lower lid left", "right cheek", "cheek", "somewhere"),
                    note="drooping lid",
                )
                for day in doses
            ),
        ),
        forms=(FilledForm(day=AS_OF, instrument="House-Brackmann", total=2.0),),
        diary=Diary(
            columns=("stress", "spasms"),
            units=("0-10", "0-10"),
            days=days,
            values=np.tile(np.array([[3.0, np.nan]]), (31, 1)),
        ),
        problems=(Problem(file="diary.csv", line=7, field="stress (0-10)", message="30 cannot be <b>."),),
    )
    left = tuple(LeftOut(name=row.name, day=row.day, why="course_left_out_toxin") for row in rows[-8:])
    toxin = Toxin(
        cycles=tuple(
            Cycle(
                day=day,
                product="Präparat",
                dose_units=20.0,
                sites=("lower lid",),
                onset_days=estimate(4.0),
                wear_off_days=None if day == doses[-1] else estimate(80.0),
                depth=estimate(0.8, 1.1),
                sessions=9,
            )
            for day in doses
        ),
        level=0.5,
        wear_off=estimate(84.0, 1.2, 0.8),
        wear_off_day=doses[-1] + timedelta(days=84),
        wear_off_low=doses[-1] + timedelta(days=70),
        wear_off_high=doses[-1] + timedelta(days=101),
        drift_per_cycle=None,
    )
    effect = TriggerEffect(
        name="stress",
        outcome="spasms",
        lag_days=1,
        direction="to_spasm",
        effect=0.4,
        low=0.2,
        high=0.6,
        probability=0.9,
        p_corrected=0.01,
        named=True,
        days=200,
        tried=12,
    )
    return whole(
        case,
        course(rows[:-8], verdict="course_verdict_toxin_window", blocked_by=("toxin_window",), left_out=left),
        toxin=toxin,
        decompression=Decompression(
            day=AS_OF - timedelta(days=100),
            stage="too_early",
            months=3.3,
            freed_share=estimate(0.7, 1.1),
            efficacy=None,
            complication=None,
            trajectory="open",
            recurrence=False,
        ),
        triggers=(
            effect,
            replace(
                effect,
                name="coffee",
                named=False,
                p_corrected=0.8,
                effect=-0.05,
                low=-0.2,
                high=0.1,
                lag_days=0,
                direction="same_day",
            ),
            replace(effect, direction="from_spasm", lag_days=-1, named=True),
        ),
    )


def quiet() -> Answer:
    """A year without a twitch."""
    rows = tuple(replace(row, twitches=0.0 if k > 5 else 8.0) for k, row in enumerate(sessions(60)))
    return whole(
        Casefile(name="quiet", as_of=AS_OF, sessions=rows),
        course(rows, verdict="course_verdict_sustained", remission="sustained", quiet_days=372),
    )


def score(total: float | None = 6.0, **changes: object) -> Score:
    plain = Score(day=AS_OF, instrument="phq9", total=total, low=0.0, high=27.0)
    return replace(plain, **changes)  # type: ignore[arg-type]


EVERYONE = {"empty": empty, "resolving": resolving, "treated": treated, "quiet": quiet}
