"""The verdict in words: counts, sides, singular and plural, limits, and what it may not say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.records import DetectionLimit, Event, Session
from facialis.report.session.verdict import duration_words, limit_of, millimetres, percent, verdict
from tests.report import factory

BASE = factory.make(duration_s=40.0, twitches=(), tonic=(), blinks=(), gaps=()).session


def said(*events: Event, **more: object) -> str:
    session = replace(BASE, events=tuple(sorted(events, key=lambda e: e.onset_s)), **more)  # type: ignore[arg-type]
    return " ".join(sentence.text for sentence in verdict(session))


def test_one_and_many() -> None:
    assert "1 one-sided twitch of the left side was seen: 1.5 a minute." in said(factory.event(1.0))
    assert "2 one-sided twitches of the right side were seen: 3 a minute." in said(
        factory.event(1.0, side="right"), factory.event(2.0, side="right")
    )


def test_both_sides() -> None:
    text = said(factory.event(1.0), factory.event(2.0, side="right"), factory.event(3.0))
    assert "3 twitches were seen: 1 of the right side and 2 of the left side" in text


def test_quiet_is_never_more_than_quiet() -> None:
    text = said()
    assert text.startswith("No twitch was seen in 40 s that could be used.")
    assert "A quiet recording is not a cure" in text
    assert "could have been missed" in text
    assert "Only" not in text


def test_only_blinks_are_named_as_such() -> None:
    text = said(factory.event(1.0, "blink", "both"), factory.event(2.0, "blink", "both"))
    assert "No twitch was seen" in text
    assert "ordinary blinking (2 blinks)" in text
    assert "ordinary blinking" not in said(
        factory.event(1.0, "blink", "both"), factory.event(2.0, "expression", "both")
    )


def test_held_spasms_ripples_and_unclear_are_counted_apart() -> None:
    held = factory.event(5.0, "tonic_spasm", duration_s=2.0, apex_s=6.0)
    assert "1 held spasm of the left side was seen, a second or longer each, and no short twitch" in said(held)
    text = said(factory.event(1.0), held, factory.event(9.0, "myokymia"), factory.event(12.0, "unclear"))
    assert "1 one-sided twitch" in text
    assert "1 held spasm lasted a second or longer (left side)." in text
    assert "rippling of one eyelid was seen once (left side)" in text
    assert "1 unclear movement could not be told apart" in text


def test_no_usable_time_says_nothing_about_twitches() -> None:
    sentences = verdict(replace(BASE, usable_s=0.0))
    assert [sentence.key for sentence in sentences] == ["verdict_no_usable"]


def test_a_side_that_could_not_be_measured_is_named() -> None:
    limits = tuple(replace(x, limit_iod=None) if x.side == "left" else x for x in BASE.limits)
    assert "The left side could not be measured" in said(limits=limits)
    assert "The right side could not" not in said(limits=limits)
    assert "could not be worked out" in said(limits=tuple(replace(x, limit_iod=None) for x in BASE.limits))
    assert "could not be worked out" in said(limits=())


def test_a_lower_lid_that_could_not_be_measured_is_named_and_not_its_side() -> None:
    lid = ("lower_lid", "infraorbital")
    limits = tuple(replace(x, limit_iod=None) if x.side == "left" and x.region in lid else x for x in BASE.limits)
    text = said(limits=limits)
    assert "The lower eyelid of the left side could not be measured" in text
    assert "side could not be measured, so nothing" not in text
    assert "right side could not" not in text


def test_little_time_is_said() -> None:
    assert "12 s is short." in said(usable_s=12.0)
    assert "is short" not in said()


def test_the_limit_is_that_of_the_eye_and_of_the_worse_side() -> None:
    limits = (
        DetectionLimit(region="upper_lid", side="left", limit_iod=0.004),
        DetectionLimit(region="lower_lid", side="left", limit_iod=0.006),
        DetectionLimit(region="outer_canthus", side="left", limit_iod=0.008),
        DetectionLimit(region="chin", side="left", limit_iod=0.05),
        DetectionLimit(region="lower_lid", side="right", limit_iod=0.003),
        DetectionLimit(region="chin", side="right", limit_iod=None),
    )
    session: Session = replace(BASE, limits=limits)
    assert limit_of(session, "left") == 0.006
    assert limit_of(session, "right") == 0.003
    assert "moved the skin by 0.6 % of the distance between the eyes (about 0.4 mm in an adult)" in said(limits=limits)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(8.4, "8 s"), (89.4, "89 s"), (90, "1 min 30 s"), (120, "2 min"), (125, "2 min 5 s"), (3840, "1 h 4 min")],
)
def test_durations(seconds: float, words: str) -> None:
    assert duration_words(seconds) == words


@given(st.floats(1e-4, 1.0))
def test_sizes_keep_two_digits(iod: float) -> None:
    assert float(percent(iod).removesuffix(" %")) == pytest.approx(100 * iod, rel=0.055)
    assert float(millimetres(iod).removesuffix(" mm")) == pytest.approx(63 * iod, abs=0.06 if iod < 0.15 else 0.51)
