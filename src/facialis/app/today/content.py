"""What there is to do today: the film, what was injected how long ago, the questionnaires that come round again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from facialis.app.people.models import Person
from facialis.app.today.reminders import WEEKDAYS
from facialis.core.calendar import spoken_day
from facialis.core.knowledge import wording
from facialis.core.person.answer import Answer
from facialis.core.person.treatments import day_limit
from facialis.report.drawing.scales import percent_words
from facialis.report.person.course_words import figure_words

__all__ = ["Film", "Now", "film_of", "now_of", "weekday_choices"]

_WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Now:
    """What is said beside the answer: how often it twitches now, and how long ago toxin was given.

    ``number`` and ``toxin`` are empty where there is nothing to say, or nothing that may be said.
    """

    number: str
    unit: str
    between: str
    toxin: str
    fades: str


@dataclass(frozen=True, kw_only=True)
class Film:
    """When to film. ``due``: today; ``done``: today, already. ``weekday`` is the key of the day that was chosen."""

    due: bool
    done: bool
    next: date | None
    next_words: str
    weekday: str


def now_of(answer: Answer) -> Now:
    """What is said beside the answer, in the language spoken."""
    rate, toxin = answer.course.rate_per_min, answer.toxin
    given = answer.casefile.given("toxin")
    fades = ""
    if toxin is not None and toxin.wear_off_high >= answer.course.as_of:
        fades = wording(
            "visit_wear_off",
            level=percent_words(toxin.level),
            day=spoken_day(toxin.wear_off_day),
            low=spoken_day(toxin.wear_off_low),
            high=spoken_day(toxin.wear_off_high),
            probability=percent_words(toxin.wear_off.probability),
        )
    return Now(
        number="" if rate is None else figure_words(rate.value),
        unit=wording("app_rate_now"),
        between=""
        if rate is None
        else wording("app_between", low=figure_words(rate.low), high=figure_words(rate.high)),
        toxin=_since(given[-1].day, answer.course.as_of, given[-1].product, known=given[-1].latest_day is None)
        if given
        else "",
        fades=fades,
    )


def _since(day: date, today: date, product: str, *, known: bool) -> str:
    """How long ago it was given; only the day itself where that is known roughly."""
    days = (today - day).days
    name = product or wording("app_kind_toxin")
    if not known:
        return wording("app_toxin_about", product=name, day=spoken_day(day))
    if days == 0:
        return wording("app_toxin_today", product=name)
    return wording("app_toxin_since_one" if days == 1 else "app_toxin_since", days=days, product=name)


def film_of(answer: Answer | None, person: Person, today: date) -> Film:
    """When to film next, from the answer; today, if it is the day and none was made yet."""
    weekday = "" if answer is None else answer.casefile.person.text("film_weekday") or ""
    done = person.recordings.filter(day=today).exists()
    if answer is None or answer.course.next_recording is None:
        return Film(due=False, done=done, next=None, next_words="", weekday=weekday)
    course, then = answer.course, answer.course.next_recording
    used = {row.day for row in answer.casefile.sessions if row.name in course.used}
    # The next day is one after today: a week from it means that today is the day, if a film counts today.
    due = then - today == _WEEK and not done and course.schedule != "after_toxin"
    if due and course.schedule == "monthly" and used:
        due = (today - max(used)).days >= day_limit("next.month_days")
    return Film(due=due, done=done, next=then, next_words=spoken_day(then), weekday=weekday)


def weekday_choices() -> Iterable[tuple[str, str]]:
    """The days of the week: their keys and what they are called."""
    return [(key, wording(f"app_answer_{key}")) for key in WEEKDAYS]
