"""The natural course in sentences: the answer first, in three of them; the numbers behind it in more."""

from __future__ import annotations

import re

from facialis.core.calendar import YEAR_DAYS, past_words, span_words, spoken_day
from facialis.core.knowledge import figure, wording
from facialis.core.person.answer import Answer
from facialis.core.person.course import Course, Estimate
from facialis.report.drawing.scales import percent_words
from facialis.report.person.treatment_words import operation_words

__all__ = ["OTHERS", "figure_words", "more_sentences", "number_sentences", "opening_sentences", "verdict_sentence"]

OTHERS = (
    "course_others_clinic",
    "course_others_untreated",
    "course_others_toxin",
    "course_others_why",
    "course_others_slow",
)
"""Keys of what is known of others, in the order in which they are to be read."""

_OPENING = 3  # sentences before the numbers: the answer, what bears on it or how it is now, and what to do next
_MOST_OF_OPERATION = 3  # stage, what is gone, and the course; grades are in the report

# Bounds lie half-way between the words on a scale of ratios: the root of 2 times 3 parts "doubled" from "tripled".
_GROWN = ((1.73, "half_more"), (2.45, "double"), (3.46, "triple"), (10.0, "times"), (float("inf"), "tenfold"))
_SHRUNK = ((0.58, "third_less"), (0.41, "halved"), (0.29, "third"), (0.22, "quarter"), (0.1, "fifth"), (0.0, "tenth"))
_PERHAPS = 4.0  # chosen: an interval wider than half to twice the size bears no "doubled" or "tripled"; 3 - 6
_ODDS = ((0.99, "certain"), (0.9, "very_likely"), (0.8, "likely"), (0.0, "open"))  # chosen; "very likely" as IPCC 2010


def verdict_sentence(course: Course) -> str:
    """The answer to "does it go away?", as one or two sentences: which way it goes, how much, and how surely."""
    odds = course.probabilities
    span_days = max(odds.span_days if odds is not None else 0, 1)
    return wording(
        course.verdict,
        size=_size(course, span_days),
        odds=_odds(course),
        past=past_words(span_days),
        quiet=span_words(max(course.quiet_days or 0, 1)),
        more=course.more_sessions,
        until=spoken_day(course.next_recording) if course.next_recording is not None else "",
    )


def _size(course: Course, span_days: int) -> str:
    """How much the twitching has changed over the span, in words; without a number where none may be said."""
    way = course.verdict.removeprefix("course_verdict_")
    change = course.change_per_year
    ratio = None if change is None else change.value ** (span_days / YEAR_DAYS)
    name = {"resolving": "less", "worsening": "more"}.get(way, "same")
    past = past_words(span_days)
    if change is None or ratio is None or name == "same" or (ratio > 1) != (name == "more"):
        return wording(f"course_size_{name}", past=past)
    if (change.high / max(change.low, 1e-9)) ** (span_days / YEAR_DAYS) > _PERHAPS:
        count, percent = figure_words(ratio), percent_words(ratio)
        return wording(f"course_size_perhaps_{name}", past=past, count=count, percent=percent)
    if name == "more":
        name = next(word for most, word in _GROWN if ratio <= most)
    else:
        name = next(word for least, word in _SHRUNK if ratio >= least)
    return wording(f"course_size_{name}", past=past, count=f"{ratio:.0f}")


def _odds(course: Course) -> str:
    odds = course.probabilities
    share = 0.0
    if odds is not None:
        known = {"resolving": odds.resolving, "worsening": odds.worsening, "stable": odds.stable}
        share = known.get(course.verdict.removeprefix("course_verdict_"), 0.0)
    return wording(f"course_odds_{next(word for least, word in _ODDS if share >= least)}")


def opening_sentences(answer: Answer) -> list[str]:
    """What is read first: the answer, what bears on it or how it is now, what to do next.

    Three sentences at most, unless what bears on the answer takes more, such as a treatment that could not be read.
    """
    return _parted(answer)[0]


def more_sentences(answer: Answer) -> list[str]:
    """The course in further sentences, most important first: what the opening had no room for, then the numbers."""
    return _parted(answer)[1]


def _parted(answer: Answer) -> tuple[list[str], list[str]]:
    opening = [verdict_sentence(answer.course)]
    bearing, following = _bearing(answer), _next_recording(answer.course)
    now = [] if bearing else _now(answer.course)
    room = _OPENING - _sentences(opening[0])
    # What bears most on the answer is read with it, however long; after that the next step, then how it is now.
    chosen = bearing[:1]
    room -= sum(map(_sentences, chosen))
    for text in (*bearing[1:], *following, *now):
        if _sentences(text) <= room:
            chosen.append(text)
            room -= _sentences(text)
    opening += [text for text in (*bearing, *now, *following) if text in chosen]
    more = [text for text in (*bearing, *following) if text not in chosen]
    if answer.contradiction is not None:
        more.append(wording("contradiction_both"))
    reviewed = sum(row.reviewed for row in answer.casefile.sessions)
    if reviewed:
        more.append(wording("course_reviewed_one" if reviewed == 1 else "course_reviewed", count=reviewed))
    return opening, more + number_sentences(answer)


def _sentences(text: str) -> int:
    # A sentence begins with a capital letter; the point of "31. Oct" ends none.
    return len(re.findall(r"(?<!\d)[.!?]\s+(?=[A-ZÄÖÜ„“])", text)) + 1


def _bearing(answer: Answer) -> list[str]:
    """What must be known with the answer: what could not be read, what may have been done, what is told otherwise."""
    said = [str(problem) for problem in answer.casefile.unread_treatments]
    if answer.course.sudden_fall is not None:
        said.append(wording("course_ask_sudden_fall", day=spoken_day(answer.course.sudden_fall)))
    if answer.contradiction is not None:
        said.append(wording(answer.contradiction))
    return said


def _now(course: Course) -> list[str]:
    rate, share = course.rate_per_min, course.burden_share
    if rate is None or course.verdict in ("course_verdict_never_seen", "course_verdict_too_few_sessions"):
        return []
    if course.remission != "none":
        return []
    key = "visit_now" if share is None else "visit_now_share"
    return [wording(key, often=_often(rate.value), share="" if share is None else percent_words(share.value))]


def _often(rate_per_min: float) -> str:
    for unit, rate in (("minute", rate_per_min), ("hour", 60 * rate_per_min)):
        if rate >= 1:
            count = figure_words(rate)
            return wording(f"often_{unit}_one" if count == "1" else f"often_{unit}", count=count)
    return wording("often_rarely")


def _next_recording(course: Course) -> list[str]:
    if course.next_recording is None:
        return []
    key = "course_next_recording" + {"weekly": ""}.get(course.schedule, f"_{course.schedule}")
    return [wording(key, day=spoken_day(course.next_recording))]


def _range(item: Estimate, *, share: bool = False) -> dict[str, str]:
    say = percent_words if share else figure_words
    return {"low": say(item.low), "high": say(item.high)}


def figure_words(value: float) -> str:
    """A rate or ratio in two digits; below 0.01 and beyond 1000 only that."""
    if value >= 1000:
        return "> 1000"
    return figure("< 0.01" if value < 0.01 else f"{value:.2g}" if value < 100 else f"{value:.0f}")


def number_sentences(answer: Answer) -> list[str]:
    """The numbers of the course in sentences, the most important first; those that may not be said are not there."""
    course = answer.course
    said: list[str] = []
    chances = course.probabilities
    if course.quiet_days and course.remission != "none":
        said.append(wording("visit_quiet", span=span_words(course.quiet_days)))
        said.append(wording(f"course_remission_{course.remission}"))
    if chances is not None and chances.span_days > 0:
        said.append(
            wording(
                "visit_probabilities",
                past=past_words(chances.span_days),
                resolving=percent_words(chances.resolving),
                stable=percent_words(chances.stable),
                worsening=percent_words(chances.worsening),
            )
        )
    if course.rate_per_min is not None:
        rate = course.rate_per_min
        said.append(wording("visit_rate_now", rate=figure_words(rate.value), **_range(rate)))
    if course.change_per_year is not None:
        change = course.change_per_year
        less = change.value < 1
        said.append(
            wording(
                "visit_change_less" if less else "visit_change_more",
                ratio=percent_words(change.value) if less else figure_words(change.value),
                **_range(change, share=less),
            )
        )
    if course.burden_share is not None:
        burden = course.burden_share
        said.append(wording("visit_burden", share=percent_words(burden.value), **_range(burden, share=True)))
    return said + _treatments(answer) + _what_next(course)


def _treatments(answer: Answer) -> list[str]:
    said: list[str] = []
    toxin = answer.toxin
    if toxin is not None and toxin.wear_off_high >= answer.course.as_of:
        said.append(
            wording(
                "visit_wear_off",
                level=percent_words(toxin.level),
                day=spoken_day(toxin.wear_off_day),
                low=spoken_day(toxin.wear_off_low),
                high=spoken_day(toxin.wear_off_high),
                probability=percent_words(toxin.wear_off.probability),
            )
        )
    if answer.decompression is not None:
        said.append(wording("visit_decompression_months", months=f"{answer.decompression.months:.0f}"))
        said += [wording(key, **values) for key, values in operation_words(answer)[:_MOST_OF_OPERATION]]
    return said


def _what_next(course: Course) -> list[str]:
    said: list[str] = []
    if course.more_sessions:
        one = course.more_sessions == 1
        said.append(wording("visit_more_sessions_one" if one else "visit_more_sessions", count=course.more_sessions))
    elif course.smallest_change is not None:
        said.append(wording("visit_smallest", ratio=percent_words(course.smallest_change)))
    if course.first_answer is not None:
        said.append(wording("course_first_answer", day=spoken_day(course.first_answer)))
    return said
