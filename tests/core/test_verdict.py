"""What may be said of a recording: decided once, with codes, for everything that speaks of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from facialis.core.knowledge import sentences
from facialis.core.records import DetectionLimit, Finding, Measure
from facialis.core.verdict import COARSE_IOD, LEAST_S, limit_said, verdict_of, why_no_zero
from facialis.files.session import session_object
from tests.report import factory

QUIET = factory.make(duration_s=40.0, twitches=(), tonic=(), blinks=(), gaps=()).session
FINE = QUIET.limits


def limits(left: float | None, right: float | None = 0.01) -> tuple[DetectionLimit, ...]:
    return (
        DetectionLimit(region="lower_lid", side="left", limit_iod=left),
        DetectionLimit(region="lower_lid", side="right", limit_iod=right),
    )


@pytest.mark.parametrize(
    ("usable_s", "known", "why"),
    [
        (0.0, FINE, "unusable"),
        (LEAST_S - 0.1, FINE, "too_little"),
        (LEAST_S, FINE, None),
        (60.0, limits(None), "unseen"),
        (60.0, limits(0.01)[:1], "unseen"),
        (60.0, limits(COARSE_IOD * 1.01), "too_coarse"),
        (60.0, limits(COARSE_IOD), None),
        (60.0, (), None),
    ],
)
def test_a_zero_needs_that_one_could_have_been_seen(
    usable_s: float, known: tuple[DetectionLimit, ...], why: str | None
) -> None:
    assert why_no_zero(usable_s, known) == why
    assert verdict_of(replace(QUIET, usable_s=usable_s, limits=known)).code == (why or "quiet")


def test_a_side_seen_by_its_mouth_alone_is_seen() -> None:
    mouth = DetectionLimit(region="mouth_corner", side="left", limit_iod=0.01)
    assert why_no_zero(60.0, (*limits(None), mouth)) is None
    assert why_no_zero(60.0, (*limits(None, None), mouth, replace(mouth, side="right"))) == "unseen"


@pytest.mark.parametrize("usable_s", [3.0, 40.0])
def test_what_was_seen_is_said_however_little_could_be(usable_s: float) -> None:
    kinds = {"twitch": "twitches", "tonic_spasm": "tonic_spasms", "myokymia": "ripples"}
    for kind, code in kinds.items():
        session = replace(QUIET, events=(factory.event(1.0, kind),), limits=limits(None), usable_s=usable_s)
        assert verdict_of(session).code == code
    both = (factory.event(1.0), factory.event(2.0, side="right"))
    assert verdict_of(replace(QUIET, events=both)).code == "twitches_two_sides"


def test_nothing_said_has_no_rate_and_names_what_is_withheld() -> None:
    why = Measure(name="twitch_rate_per_min", value=None, unit="1/min", why_not="too coarse", block="rest")
    said = session_object(replace(QUIET, limits=limits(0.3), measures=(why,)))["verdict"]
    assert (said["code"], said["rate"]) == ("too_coarse", None)
    assert said["withheld"] == [{"measure": "twitch_rate_per_min", "block": "rest", "why": "too coarse"}]
    assert {row["key"] for row in said["sentences"]} <= set(sentences())
    assert session_object(QUIET)["verdict"]["rate"]["block"] == "rest"


@pytest.mark.parametrize(
    ("code", "lead"), [("two_people_in_turn", "verdict_two_people"), ("maybe_picture", "verdict_maybe_picture")]
)
def test_of_what_is_not_one_living_person_nothing_is_said_whatever_was_found(code: str, lead: str) -> None:
    rows = tuple(Finding(code=name, severity="serious", share=1.0) for name in ("too_far", code))
    said = verdict_of(replace(QUIET, findings=rows, events=(factory.event(1.0),)))
    keys = [row.key for row in said.sentences]
    assert (said.code, said.rate, said.worst_finding) == ("unusable", None, code)
    assert keys == [lead, f"finding_{code}", f"advice_{code}"]
    assert set(keys) <= set(sentences())


def test_the_finding_to_mend_first_is_a_serious_one_and_short_comes_last() -> None:
    short, far = (Finding(code=code, severity="serious", share=1.0) for code in ("short", "too_far"))
    moving = Finding(code="moving", severity="caution", share=0.5)
    assert verdict_of(replace(QUIET, findings=(short, far))).worst_finding == "too_far"
    assert verdict_of(replace(QUIET, findings=(short,))).worst_finding == "short"
    assert verdict_of(replace(QUIET, findings=(moving,))).worst_finding is None
    assert verdict_of(replace(QUIET, findings=(moving,), limits=limits(0.3))).worst_finding == "moving"


def test_a_limit_larger_than_a_lid_can_move_is_no_size() -> None:
    assert limit_said(0.1) == 0.1
    assert limit_said(0.41) is None
    assert limit_said(None) is None


def test_blinks_that_could_not_be_told_are_said_to_be_out_of_the_promise() -> None:
    untold = Finding(code="blinks_untold", severity="note", share=0.03, value=4.0)
    for findings, said in (((), False), ((untold,), True)):
        keys = [row.key for row in verdict_of(replace(QUIET, findings=findings)).sentences]
        assert ("verdict_blinks_untold" in keys) is said
