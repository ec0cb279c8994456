"""The natural course: each verdict, each block, and what must not change an answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import Phase, settings
from hypothesis import given as given_
from hypothesis import strategies as st

from facialis.core.calendar import span_words
from facialis.core.knowledge import load, sentences
from facialis.core.person.casefile import Casefile, SessionRow
from facialis.core.person.course import BLOCKS, REMISSIONS, Course
from facialis.follow.course import find_course
from facialis.follow.spread import find_spread
from facialis.follow.weakness import seems_weak
from facialis.report.person.course_words import OTHERS, verdict_sentence
from tests.follow.cases import case, given, graded, on, session


def course_of(counts: list[float], step: int = 7, as_of: int | None = None, **more: object) -> Course:
    return find_course(case([session(step * k, c) for k, c in enumerate(counts)], as_of, **more))  # type: ignore[arg-type]


def falling(many: int = 52, last: float = 0.15) -> list[float]:
    return [float(round(60 * last ** (k / (many - 1)))) for k in range(many)]


def noisy(mean: float, many: int = 52, seed: int = 0) -> list[float]:
    return [float(v) for v in np.random.default_rng(seed).poisson(mean, many)]


def test_falling_is_resolving() -> None:
    found = course_of(falling())
    assert found.verdict == "course_verdict_resolving"
    assert found.probabilities is not None
    assert found.probabilities.resolving > 0.95
    assert found.probabilities.span_days == 357
    assert found.blocked_by == ()
    assert found.rate_per_min is not None
    assert found.change_per_year is not None
    assert found.rate_per_min.low < 9 / 5 < found.rate_per_min.high
    assert found.change_per_year.low < 0.15 ** (365 / 357) < found.change_per_year.high
    assert found.smallest_change is not None
    assert 0.5 < found.smallest_change < 1


def test_rising_is_worsening_and_steady_is_stable() -> None:
    assert course_of(falling()[::-1]).verdict == "course_verdict_worsening"
    assert course_of(noisy(30)).verdict == "course_verdict_stable"


def test_little_is_unclear() -> None:
    assert course_of([6, 1, 9, 2, 12, 1, 7, 3], 40).verdict == "course_verdict_unclear"


def test_the_span_is_a_year_at_most() -> None:
    found = course_of([*[60.0] * 60, *noisy(30, 60)])
    assert found.probabilities is not None
    assert found.probabilities.span_days == 365


@pytest.mark.parametrize(
    ("counts", "step", "more", "block"),
    [
        ([5], 7, 7, True),
        ([5] * 8, 3, 1, True),
        ([5] * 4, 10, 4, False),
        ([5] * 7, 60, 1, False),
        ([5] * 26, 7, 1, False),
        ([5] * 8, 26, 0, False),
    ],
)
def test_too_few_sessions_say_how_many_more(counts: list[float], step: int, more: int, *, block: bool) -> None:
    found = course_of(counts, step)
    assert found.more_sessions == more
    assert ("too_few_sessions" in found.blocked_by) == block
    assert (found.verdict == "course_verdict_too_few_sessions") == bool(more)
    assert (found.probabilities is None) == (found.change_per_year is None) == bool(more)
    assert found.rate_per_min is not None


def test_sessions_of_long_ago_do_not_make_odds_of_the_last_year() -> None:
    rows = [session(7 * k) for k in range(40)] + [session(700 + 7 * k) for k in range(7)]
    found = find_course(case(rows))
    assert found.probabilities is None
    assert found.more_sessions == 1
    assert found.first_answer is not None
    assert (found.first_answer - found.as_of).days > 120


def test_two_sessions_a_day_are_one_day() -> None:
    rows = [session(0, name=f"{k}") for k in range(3)] + [session(40, name="late")]
    assert find_course(case(rows)).more_sessions == 6


def test_nothing_at_all() -> None:
    found = find_course(Casefile(name="new", as_of=on(0)))
    assert found.verdict == "course_verdict_no_sessions"
    assert found.more_sessions == 8
    assert found.rate_per_min is None
    assert found.line == ()


# ---- blocks -------------------------------------------------------------------------------------------------------


def test_toxin_blocks_until_it_has_worn_off() -> None:
    found = course_of(falling(), treatments=[given(350)])
    assert found.verdict == "course_verdict_toxin_window"
    assert "toxin_window" in found.blocked_by
    assert found.next_recording == on(490)
    assert found.remission == "none"


def test_quiet_under_repeated_toxin_is_no_remission() -> None:
    counts = [*noisy(20, 12), *[0.0] * 60]
    found = course_of(counts, treatments=[given(84), given(180), given(276), given(372)])
    assert found.remission == "none"
    assert found.verdict == "course_verdict_toxin_window"
    assert {row.why for row in found.left_out} == {"course_left_out_toxin"}


def test_an_operation_ends_the_natural_course() -> None:
    counts = [*noisy(20, 12), *[0.0] * 80]
    early = course_of(counts[:50], treatments=[given(84, "decompression")])
    assert early.verdict == "course_verdict_decompression_under_12_months"
    assert early.blocked_by[0] == "decompression_under_12_months"
    late = course_of(counts, treatments=[given(84, "decompression")])
    assert late.verdict == "course_verdict_after_decompression"
    assert late.remission == early.remission == "none"


@pytest.mark.parametrize("how", ["said", "graded", "graded_item", "closure", "opening"])
def test_weakness_blocks_getting_better_but_not_getting_worse(how: str) -> None:
    def weak(counts: list[float]) -> Casefile:
        many = len(counts)
        rows = [session(7 * k, c) for k, c in enumerate(counts)]
        if how == "closure":
            rows = [replace(r, closure_share=1.0 - 0.3 * k / many) for k, r in enumerate(rows)]
        if how == "opening":
            rows = [replace(r, resting_asymmetry=-0.3 * k / many) for k, r in enumerate(rows)]
        said = "slight" if how == "said" else "none"
        grade = graded(30, 3)
        entered = {"graded": [grade], "graded_item": [replace(grade, items=(3.0,), total=None)]}
        return case(rows, answers=entered.get(how, ()), face_weakness=said)

    better = find_course(weak(falling()))
    assert better.verdict == "course_verdict_weakness"
    assert better.blocked_by == ("weakness",)
    assert find_course(weak(falling()[::-1])).verdict == "course_verdict_worsening"
    gone = find_course(weak([*noisy(20, 10), *[0.0] * 60]))
    assert gone.remission == "none"
    assert gone.verdict == "course_verdict_weakness"


def test_a_normal_face_is_not_weak() -> None:
    rows = [session(7 * k, closure_share=0.97, resting_asymmetry=0.02 * (k % 2)) for k in range(9)]
    assert not seems_weak(case(rows, answers=[graded(3, 3), graded(40, 1)], face_weakness="none"), rows)


def test_mixed_sides_block() -> None:
    found = find_course(case([session(7 * k, side="left" if k % 2 else "right") for k in range(20)]))
    assert found.verdict == "course_verdict_mixed_sides"


def test_an_old_last_session_blocks() -> None:
    found = course_of(falling(), as_of=357 + 100)
    assert found.verdict == "course_verdict_no_recent_session"
    assert found.probabilities is not None


def test_quiet_sessions_that_could_not_see_block() -> None:
    rows = [session(7 * k, median_amplitude_iod=0.012, limit_iod=0.006) for k in range(20)]
    rows += [session(7 * k, 0, limit_iod=0.08) for k in range(20, 30)]
    found = find_course(case(rows))
    assert "limit_too_high" in found.blocked_by
    assert found.verdict in ("course_verdict_limit_too_high", "course_verdict_worsening")
    assert found.remission == "none"
    assert "course_note_limits_differ" in found.notes


# ---- remission ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("many", "word"), [(5, "quiet_so_far"), (20, "possible"), (60, "sustained")])
def test_quiet_has_its_words(many: int, word: str) -> None:
    found = course_of([*noisy(20, 20), *[0.0] * many])
    assert found.remission == word
    assert found.verdict == f"course_verdict_{word}"
    assert found.quiet_days == 7 * (many - 1)
    assert found.next_recording is not None
    assert found.schedule == "monthly"
    assert 21 <= (found.next_recording - found.as_of).days <= 34


def test_monthly_sessions_can_be_sustained() -> None:
    found = find_course(case([session(30 * k, 40 if k < 6 else 0) for k in range(22)]))
    assert found.remission == "sustained"


def test_never_a_twitch_is_no_course() -> None:
    found = course_of([0.0] * 70)
    assert found.remission == "none"
    assert found.verdict == "course_verdict_never_seen"


# ---- the rest -----------------------------------------------------------------------------------------------------


def test_the_line_is_short_and_ends_now() -> None:
    found = course_of(noisy(20, 104))
    assert len(found.line) <= 120
    assert found.line[0].day == on(0)
    assert found.line[-1].day == found.as_of
    assert found.rate_per_min is not None
    assert found.line[-1].rate_per_min.value == pytest.approx(found.rate_per_min.value)


def test_the_next_recording_is_on_the_usual_day_of_the_week() -> None:
    for counts, schedule in ((falling(), "monthly"), ([9.0, 8.0], "weekly"), ([1.0], "weekly")):
        found = course_of(counts)
        assert found.next_recording is not None
        assert found.schedule == schedule
        assert found.next_recording.weekday() == on(0).weekday()
        assert 0 < (found.next_recording - found.as_of).days <= (7 if schedule == "weekly" else 34)


def test_a_first_answer_has_its_earliest_day() -> None:
    found = course_of([1.0])
    assert found.next_recording is not None
    # Half a year after the first one, on the usual day of the week.
    assert found.first_answer == on(182)
    enough = course_of([4.0] * 4, 60)
    assert enough.next_recording is not None
    assert enough.first_answer == enough.next_recording + timedelta(days=21)
    assert course_of(falling()).first_answer is None


def test_burden_follows_the_time_in_spasm() -> None:
    rows = [session(7 * k, 20, burden_share=0.08 * 0.25 ** (k / 51)) for k in range(52)]
    found = find_course(case(rows))
    assert found.burden_share is not None
    assert found.burden_change_per_year is not None
    assert found.burden_share.low < 0.02 < found.burden_share.high
    assert found.burden_change_per_year.high < 0.6
    assert course_of(falling()).burden_share is None


def test_spread_compares_halves() -> None:
    rows = [session(7 * k, regions=("lower_lid",) if k < 10 else ("lower_lid", "mouth_corner")) for k in range(20)]
    found = find_spread(rows)
    assert found is not None
    assert found.probability is not None
    assert (found.before, found.now) == (("lower_lid",), ("lower_lid", "mouth_corner"))
    assert found.probability > 0.95
    same = find_spread(rows[:10])
    assert same is not None
    assert same.probability == pytest.approx(0.5)
    assert find_spread([session(0)]) is None


def test_all_that_can_be_said_has_words() -> None:
    keys = {f"course_blocked_{b}" for b in BLOCKS} | {f"course_remission_{r}" for r in REMISSIONS if r != "none"}
    said = {*REMISSIONS[1:], *BLOCKS, "medicine_changed", "resolving", "stable", "worsening", "unclear"}
    keys |= {f"course_verdict_{word}" for word in said - {"comes_and_goes"}}
    assert keys <= set(sentences())
    for key, row in load("wording_course.yaml").items():
        for sentence in str(row["text"]).split(". "):
            assert len(sentence.split()) <= 32, key


# ---- what must not change an answer ---------------------------------------------------------------------------------

# Without shrinking: each example is a whole answer, and a failure is as telling unshrunk.
QUICK = settings(max_examples=5, deadline=None, phases=[Phase.explicit, Phase.generate])
ROWS = st.lists(
    st.tuples(st.integers(0, 500), st.integers(0, 40), st.sampled_from([0.006, 0.01, 0.03])),
    min_size=5,
    max_size=25,
    unique_by=lambda row: row[0],
)


def made(rows: list[tuple[int, int, float]], side: str = "left", shift: int = 0) -> Casefile:
    return case([session(d + shift, c, limit_iod=limit, side=side) for d, c, limit in rows])


def numbers(course: Course) -> list[float]:
    parts = [course.rate_per_min, course.change_per_year]
    odds = course.probabilities
    return [v for e in parts if e for v in (e.value, e.low, e.high)] + (
        [odds.resolving, odds.stable, odds.worsening] if odds else []
    )


@QUICK
@given_(ROWS, st.integers(-2000, 2000))
def test_shifted_dates_shift_the_answer(rows: list[tuple[int, int, float]], shift: int) -> None:
    here, there = find_course(made(rows)), find_course(made(rows, shift=shift))
    assert numbers(there) == pytest.approx(numbers(here), rel=1e-6)
    assert (there.verdict, there.remission, there.quiet_days) == (here.verdict, here.remission, here.quiet_days)
    assert here.next_recording is not None
    assert there.next_recording == here.next_recording + timedelta(days=shift)


@QUICK
@given_(ROWS)
def test_the_mirror_changes_nothing(rows: list[tuple[int, int, float]]) -> None:
    left, right = find_course(made(rows)), find_course(made(rows, "right"))
    assert numbers(left) == numbers(right)
    assert left.verdict == right.verdict


@QUICK
@given_(ROWS, st.integers(1, 499))
def test_a_quiet_session_that_could_not_see_hardly_matters(rows: list[tuple[int, int, float]], day: int) -> None:
    rows = [*rows, (501, 12, 0.006), (0, 12, 0.006)]
    sessions = [session(d, c, limit_iod=x, name=f"{k}") for k, (d, c, x) in enumerate(rows)]
    blind = SessionRow(day=on(day), name="blind", usable_min=1.0, twitches=0, limit_iod=1.0, side="left")
    without, with_it = find_course(case(sessions)), find_course(case([*sessions, blind]))
    assert without.rate_per_min is not None
    assert with_it.rate_per_min is not None
    assert abs(np.log(with_it.rate_per_min.value / without.rate_per_min.value)) < 0.15


@QUICK
@given_(st.lists(st.integers(0, 400), min_size=5, max_size=20, unique=True), st.integers(2, 30))
def test_twice_as_much_keeps_the_rate_and_narrows_it(days: list[int], count: int) -> None:
    once = find_course(case([session(d, count) for d in days])).rate_per_min
    more = find_course(case([session(d, 2 * count, usable_min=10.0) for d in days])).rate_per_min
    assert once is not None
    assert more is not None
    assert abs(np.log(more.value / once.value)) < 0.1
    assert more.high / more.low < once.high / once.low


# ---- in sentences ---------------------------------------------------------------------------------------------------


def test_every_verdict_can_be_said() -> None:
    base = course_of(falling())
    verdicts = [key for key in sentences() if key.startswith("course_verdict_")]
    assert len(verdicts) >= 16
    for key in verdicts:
        text = verdict_sentence(replace(base, verdict=key))
        assert "{" not in text
        assert "cure" not in text
    assert "over the past year" in verdict_sentence(base)
    assert "likely" not in verdict_sentence(replace(base, probabilities=None, verdict="course_verdict_no_sessions"))


def test_times_are_said_as_people_say_them() -> None:
    assert [span_words(d) for d in (1, 10, 21, 90, 365)] == ["1 day", "10 days", "3 weeks", "3 months", "12 months"]


def test_what_is_known_of_others_has_its_numbers() -> None:
    others = load("course.yaml")["others"]
    text = " ".join(sentences()[key]["text"] for key in OTHERS)
    for row in others.values():
        if isinstance(row, dict):
            assert row["share"] == pytest.approx(row["remission"] / row["people"], abs=0.002)
            assert f"{100 * row['share']:.1f}".removesuffix(".0") in text or f"{100 * row['share']:.0f} %" in text


def test_a_grade_that_does_not_exist_is_no_weakness() -> None:
    rows = [session(7 * k, 5) for k in range(6)]
    assert not seems_weak(case(rows, answers=[graded(30, 99)]), rows)
