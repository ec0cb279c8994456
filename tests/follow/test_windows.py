"""Which sessions belong to the natural course."""

from __future__ import annotations

from dataclasses import replace

import pytest

from facialis.core.knowledge import sentences
from facialis.core.person.casefile import Problem, Treatment, TreatmentChange
from facialis.follow.windows import natural_sessions, operation_day, toxin_days
from tests.follow.cases import case, given, on, session


def kept(days: list[int], doses: list[int], as_of: int | None = None) -> list[int]:
    found = natural_sessions(case([session(d) for d in days], as_of, [given(d) for d in doses]))
    assert len(found.used) + len(found.left_out) == len(days)
    return [(row.day - on(0)).days for row in found.used]


@pytest.mark.parametrize(
    ("day", "doses", "counts"),
    [
        (0, [1], True),  # before the first
        (10, [10], True),  # on its day
        (11, [10], False),
        (94, [10], False),  # twelve weeks after it, but the next is not near
        (149, [10], False),
        (150, [10], True),  # twenty weeks
        (94, [10, 95], True),  # just before the next
        (94, [10, 109], False),  # the next is more than two weeks away
        (90, [10, 91], False),  # just before the next, but less than twelve weeks after the last
        (94, [10, 94], True),
    ],
)
def test_after_toxin_only_trough_or_twenty_weeks(day: int, doses: list[int], counts: bool) -> None:
    assert kept([day], doses, 400) == ([day] if counts else [])


def test_a_window_is_open_for_twenty_weeks() -> None:
    rows = [session(d) for d in (0, 20)]
    assert natural_sessions(case(rows, 149, [given(10)])).blocked == ("toxin_window",)
    assert natural_sessions(case(rows, 150, [given(10)])).blocked == ()
    assert natural_sessions(case(rows, 150, [given(10)])).toxin_until == on(150)


def test_troughs_are_marked_and_noted() -> None:
    found = natural_sessions(case([session(0), session(94), session(300)], 300, [given(10), given(95)]))
    assert found.trough == (False, True, False)
    assert "course_note_trough" in found.notes


def test_what_the_person_says_of_the_last_dose_counts_too() -> None:
    rows = [session(d) for d in range(0, 200, 20)]
    assert toxin_days(case(rows, 200, toxin_days_ago=30)) == [(on(170), on(170))]
    assert toxin_days(case(rows, 200, [given(165)], toxin_days_ago=30)) == [(on(165), on(165))]
    assert natural_sessions(case(rows, 200, toxin_days_ago=30)).blocked == ("toxin_window",)


def test_nothing_after_an_operation_is_natural_course() -> None:
    rows = [session(d) for d in (0, 50, 100, 600)]
    early = natural_sessions(case(rows, 600, [given(300, "decompression")]))
    assert [row.day for row in early.used] == [on(0), on(50), on(100)]
    assert early.blocked == ("decompression_under_12_months",)
    assert natural_sessions(case(rows, 700, [given(300, "decompression")])).blocked == ()
    assert operation_day(case(rows, 700, decompression_days_ago=400)) == on(300)


def test_the_other_side_is_left_out() -> None:
    rows = [session(7 * k) for k in range(10)] + [session(75, side="right")]
    found = natural_sessions(case(rows))
    assert [row.why for row in found.left_out] == ["course_left_out_other_side"]
    assert found.blocked == ()
    assert "course_note_sides_differ" in found.notes
    mixed = natural_sessions(case([session(7 * k, side="left" if k % 2 else "right") for k in range(8)]))
    assert mixed.blocked == ("mixed_sides",)
    assert natural_sessions(case(rows, side="right")).used[0].side == "right"
    assert natural_sessions(case(rows, side="both")).left_out == ()


def test_sessions_without_a_side_are_kept() -> None:
    assert len(natural_sessions(case([session(7 * k, side=None if k % 2 else "left") for k in range(6)])).used) == 6


def test_tasks_are_not_mixed_with_rest() -> None:
    rows = [session(7 * k, block="rest") for k in range(4)] + [session(3, block="speaking"), session(5, block="all")]
    found = natural_sessions(case(rows))
    assert {row.block for row in found.used} == {"rest", "all"}
    assert [row.why for row in found.left_out] == ["course_left_out_other_block"]
    assert "course_note_blocks_differ" in found.notes
    assert len(natural_sessions(case([session(7 * k, block="speaking") for k in range(4)])).used) == 4


def medicine(day: int, change: TreatmentChange, product: str = "Tegretol") -> Treatment:
    return Treatment(day=on(day), kind="drug", product=product, change=change)


@pytest.mark.parametrize("change", ["begun", "changed", "stopped"])
def test_nothing_is_natural_across_a_change_of_a_medicine(change: TreatmentChange) -> None:
    rows = [session(7 * k) for k in range(30)]
    found = natural_sessions(case(rows, treatments=[medicine(100, change)]))
    assert [row.day for row in found.used] == [on(7 * k) for k in range(30) if 7 * k >= 128]
    assert {row.why for row in found.left_out} == {"course_left_out_medicine"}
    assert "course_note_medicine_changed" in found.notes
    assert ("medicine_taken" in found.blocked) is (change != "stopped")


def test_a_medicine_taken_all_along_leaves_no_session_out_but_is_said() -> None:
    rows = [session(100 + 7 * k) for k in range(10)]
    found = natural_sessions(case(rows, treatments=[medicine(0, "begun")]))
    assert (found.left_out, found.blocked) == ((), ("medicine_taken",))
    stopped = [medicine(0, "begun"), medicine(60, "stopped", "carbamazepine 200 mg")]
    assert natural_sessions(case(rows, treatments=stopped)).blocked == ()
    other = [medicine(0, "begun"), medicine(60, "stopped", "Lyrica")]
    assert natural_sessions(case(rows, treatments=other)).blocked == ("medicine_taken",)
    assert natural_sessions(case(rows)).notes == ()


def test_a_dose_known_to_the_month_covers_every_day_it_may_have_been() -> None:
    month = Treatment(day=on(100), latest_day=on(130), kind="toxin")
    rows = [session(d) for d in (100, 101, 130, 131, 269, 270)]
    found = natural_sessions(case(rows, 300, [month]))
    assert [row.day for row in found.used] == [on(100), on(270)]
    assert found.toxin_until == on(270)


def test_a_treatment_that_was_not_read_blocks() -> None:
    unread = Problem(file="treatments.csv", line=2, field="kind", message="Botxo")
    known = replace(case([session(0)]), unread_treatments=(unread,))
    assert natural_sessions(known).blocked == ("treatment_unread",)


def test_what_was_caught_says_nothing_of_the_rate_but_is_kept_aside() -> None:
    rows = [session(7 * k, filmed=("planned", None, "caught")[k % 3]) for k in range(9)]
    found = natural_sessions(case(rows))
    assert {row.filmed for row in found.used} == {"planned", None}
    assert {row.why for row in found.left_out} == {"course_left_out_caught"}
    assert len(found.aside) == 3


def test_reasons_have_their_words() -> None:
    rows = [session(0), session(61, side="right"), session(62, block="speaking"), session(90), session(400)]
    rows += [session(60), session(63, filmed="caught")]
    found = natural_sessions(case(rows, 400, [given(15, "drug"), given(70), given(390, "decompression")]))
    keys = {row.why for row in found.left_out} | set(found.notes)
    assert len(keys) == 8
    assert keys <= set(sentences())


@pytest.mark.parametrize(
    ("revisions", "differ"),
    [((1, 1), False), ((1, 2), True), ((0, 1), True), ((None, 1), False), ((None, None), False)],
)
def test_sessions_of_different_measurements_are_said(revisions: tuple[int | None, int | None], differ: bool) -> None:
    rows = [session(20 * k, revision=revision) for k, revision in enumerate(revisions)]
    assert ("course_note_revisions_differ" in natural_sessions(case(rows)).notes) is differ


def test_a_session_that_does_not_count_makes_no_difference_of_measurements() -> None:
    rows = [session(0, revision=1), session(20, revision=2), session(200, revision=1)]
    found = natural_sessions(case(rows, 300, [given(10)]))
    assert [row.revision for row in found.used] == [1, 1]
    assert "course_note_revisions_differ" not in found.notes
