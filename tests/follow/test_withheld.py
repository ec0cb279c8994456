"""What of the natural course may not be said: which numbers, why, and where the followed line then ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import get_args

import pytest

from facialis.core.errors import RecordError
from facialis.core.knowledge import sentences
from facialis.core.person.casefile import Casefile
from facialis.core.person.course import BLOCKS, Blocked, Course, Decompression, Estimate
from facialis.follow.course import find_course
from facialis.follow.withheld import WITHHELD, withhold
from tests.follow.cases import case, session
from tests.report import person_factory

ROWS = tuple(session(17 * week, 20 - week, burden_share=0.02, regions=("orbicularis_oculi",)) for week in range(12))
CASE = case(ROWS, as_of=190)
NARROW = Estimate(value=0.5, low=0.3, high=0.8, probability=0.9)
# Half a year says little of a year: the ranges are made as narrow as those of a long course.
COURSE = replace(find_course(CASE), change_per_year=NARROW, burden_change_per_year=NARROW)
OPERATED = Decompression(
    day=date(2022, 1, 1),
    stage="final",
    months=24.0,
    freed_share=None,
    efficacy=None,
    complication=None,
    trajectory="unknown",
    recurrence=False,
)


def blocked(*blocks: Blocked, **more: object) -> Course:
    return replace(COURSE, blocked_by=blocks, **more)  # type: ignore[arg-type]


def test_without_a_reason_everything_is_said() -> None:
    assert all(getattr(COURSE, name) is not None for name in WITHHELD)
    told = replace(COURSE, remission="quiet_so_far", quiet_days=40)
    assert withhold(CASE, COURSE, None) == (COURSE, ())
    assert withhold(CASE, told, None) == (told, ())


@pytest.mark.parametrize(
    ("blocks", "operation", "why"),
    [
        (("toxin_window",), None, "course_blocked_toxin_window"),
        (("mixed_sides",), None, "course_blocked_mixed_sides"),
        ((), OPERATED, "course_verdict_after_decompression"),
        (("mixed_sides",), OPERATED, "course_verdict_after_decompression"),
        (("decompression_under_12_months",), OPERATED, "course_blocked_decompression_under_12_months"),
        (("toxin_window", "weakness", "mixed_sides"), OPERATED, "course_blocked_toxin_window"),
    ],
)
def test_what_stands_in_the_way_takes_every_number_out(
    blocks: tuple[Blocked, ...], operation: Decompression | None, why: str
) -> None:
    course = blocked(*blocks)
    told, withheld = withhold(CASE, course, operation)
    assert [row.what for row in withheld] == [name for name in WITHHELD if getattr(course, name) is not None]
    assert {row.why for row in withheld} == {why} <= set(sentences())
    assert all(getattr(told, name) is None for name in WITHHELD)
    assert replace(told, line=(), **{name: getattr(course, name) for name in WITHHELD}) == replace(course, line=())


def test_the_line_ends_with_the_last_session_that_counts_and_before_today() -> None:
    assert COURSE.line[-1].day == CASE.as_of
    assert COURSE.line[-1].rate_per_min == COURSE.rate_per_min
    told, _ = withhold(CASE, blocked("toxin_window"), None)
    assert told.line[-1].day == ROWS[-1].day
    fewer, _ = withhold(CASE, blocked("toxin_window", used=tuple(row.name for row in ROWS[:5])), None)
    assert fewer.line[-1].day == ROWS[4].day
    today = case(ROWS)
    told, _ = withhold(today, replace(find_course(today), blocked_by=("mixed_sides",)), None)
    assert told.line
    assert told.line[-1].day < today.as_of
    nothing = Casefile(name="x", as_of=CASE.as_of)
    assert withhold(nothing, replace(find_course(nothing), blocked_by=("toxin_window",)), None)[0].line == ()


def test_a_quiet_spell_that_may_not_be_called_one_has_no_length() -> None:
    for block in ("weakness", "too_few_sessions"):
        told, withheld = withhold(CASE, blocked(block, quiet_days=100), None)
        assert [(row.what, row.why) for row in withheld] == [("quiet_days", f"course_blocked_{block}")]
        assert told == blocked(block, quiet_days=None)
    lively = blocked("weakness", quiet_days=0)
    assert withhold(CASE, lively, None) == (lively, ())


def test_an_interval_over_more_than_a_factor_of_ten_is_not_said() -> None:
    wide = Estimate(value=0.07, low=0.01, high=0.2, probability=0.9)
    told, withheld = withhold(CASE, replace(COURSE, change_per_year=wide), None)
    assert told.change_per_year is None
    assert told.rate_per_min == COURSE.rate_per_min
    assert [(row.what, row.why) for row in withheld] == [("change_per_year", "course_withheld_wide")]


def test_where_nothing_was_ever_seen_there_is_no_rate() -> None:
    never = find_course(case([session(7 * week, 0) for week in range(40)]))
    assert never.verdict == "course_verdict_never_seen"
    told, withheld = withhold(CASE, never, None)
    assert told.rate_per_min is None
    assert told.change_per_year is None
    assert {row.why for row in withheld} == {"course_withheld_never_seen"}


def test_which_way_it_goes_is_withheld_below_eight_days_or_half_a_year() -> None:
    some = {"probabilities", "change_per_year"}
    for rows, what in (
        (ROWS[:6], {*some, "burden_change_per_year"}),
        ([session(7 * week) for week in range(12)], some),
    ):
        early = find_course(case(rows))
        told, withheld = withhold(CASE, early, None)
        assert told.rate_per_min is not None
        assert {row.what for row in withheld if row.why == "course_withheld_early"} == what
        assert all(getattr(told, name) is None for name in what)
    assert (
        withhold(Casefile(name="x", as_of=CASE.as_of), find_course(Casefile(name="x", as_of=CASE.as_of)), None)[1] == ()
    )


def test_every_reason_has_words() -> None:
    assert {"course_withheld_early", "course_withheld_wide", "course_withheld_never_seen"} <= set(sentences())
    assert {f"course_blocked_{block}" for block in get_args(Blocked)} <= set(sentences())
    assert set(BLOCKS) == set(get_args(Blocked))


def test_an_answer_refuses_a_number_that_it_withholds() -> None:
    answer = person_factory.treated()
    assert answer.withheld
    with pytest.raises(RecordError, match="rate_per_min is withheld"):
        replace(answer, course=replace(answer.course, rate_per_min=person_factory.estimate(3.0)))
