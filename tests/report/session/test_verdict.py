"""The verdict in words: counts, sides, singular and plural, limits, and what it may not say."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.records import DetectionLimit, Event, Finding, Measure, Session
from facialis.core.verdict import limit_of
from facialis.files.session import session_object
from facialis.report.session.verdict import duration_words, line, millimetres, percent, verdict
from tests.report import factory

BASE = factory.make(duration_s=40.0, twitches=(), tonic=(), blinks=(), gaps=()).session


def said(*events: Event, **more: object) -> str:
    session = replace(BASE, **{"events": tuple(sorted(events, key=lambda e: e.onset_s)), **more})  # type: ignore[arg-type]
    return " ".join(sentence.text for sentence in verdict(session))


def test_one_and_many() -> None:
    assert "1 one-sided twitch of the left side was seen." in said(factory.event(1.0))
    assert "2 one-sided twitches of the right side were seen." in said(
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
    assert sentences[0].key == "verdict_no_usable"
    assert all(sentence.key.startswith(("finding_", "advice_")) for sentence in sentences[1:])
    assert "twitches: " not in sentences[0].text


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
    assert limit_of(session.limits, "left") == 0.006
    assert limit_of(session.limits, "right") == 0.003
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


def rate(value: float | None, low: float | None = None, high: float | None = None) -> tuple[Measure, ...]:
    interval = {} if low is None else {"low": low, "high": high, "probability": 0.9, "interval_kind": "gamma"}
    why = "less than 10 s at rest could be used" if value is None else ""
    return (Measure(name="twitch_rate_per_min", value=value, unit="1/min", block="rest", why_not=why, **interval),)  # type: ignore[arg-type]


def test_the_rate_is_that_at_rest_with_its_range_and_why_it_is_wide() -> None:
    text = said(factory.event(1.0), measures=rate(6.0, 1.0, 19.0), rest_s=10.0)
    assert "At rest that is 6.0 a minute; the true rate probably lies between 1.0 and 19." in text
    assert "because only 10 s were at rest and few twitches were seen in them" in text
    assert "because only 40 s were at rest." in said(factory.event(1.0), measures=rate(30.0, 9.0, 60.0), rest_s=40.0)
    assert "because few twitches" in said(factory.event(1.0), measures=rate(2.0, 0.5, 5.0), usable_s=90.0, rest_s=90.0)
    assert "range is wide" not in said(factory.event(1.0), measures=rate(30.0, 25.0, 36.0), rest_s=40.0)
    assert "not measurable: less than 10 s at rest could be used." in said(factory.event(1.0), measures=rate(None))


def test_what_to_do_comes_second_and_never_an_absurd_quantity() -> None:
    restless = (Finding(code="restless", severity="caution", share=1.0),)
    sentences = verdict(replace(BASE, rest_s=0.0, findings=restless, measures=rate(None)))
    assert sentences[1].text == "You spoke or moved your face all the time: film a minute at rest."
    far = (Finding(code="short", severity="serious", share=1.0), Finding(code="too_far", severity="serious", share=1.0))
    limits = tuple(replace(row, limit_iod=0.41) for row in BASE.limits)
    sentences = verdict(replace(BASE, findings=far, limits=limits))
    assert [row.key for row in sentences[:3]] == ["verdict_far_too_coarse", "finding_too_far", "advice_too_far"]
    assert " mm" not in " ".join(row.text for row in sentences)
    text = said(findings=(Finding(code="unheard_of", severity="serious", share=1.0),))
    assert "a weakness called “unheard_of”" in text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"usable_s": 2.0}, "too little to say whether there were twitches: 2 s could be used"),
        ({"usable_s": 0.0}, "nothing could be measured"),
        ({"limits": tuple(replace(x, limit_iod=0.06) for x in BASE.limits)}, "too coarse to say"),
        (
            {"limits": tuple(replace(x, limit_iod=None) for x in BASE.limits if x.side == "left")},
            "too little of the face",
        ),
        ({}, "no twitch in 40 s that could be used"),
    ],
)
def test_the_line_of_the_terminal_says_what_the_report_says(change: dict[str, object], words: str) -> None:
    session = replace(BASE, **change)  # type: ignore[arg-type]
    content = session_object(session)
    assert words in line(content)
    assert ("No twitch was seen" in " ".join(s.text for s in verdict(session))) == (words.startswith("no twitch"))


def test_the_line_names_what_was_seen_and_its_rate() -> None:
    session = replace(BASE, events=(factory.event(1.0),), measures=rate(1.5, 0.2, 5.0))
    assert line(session_object(session)) == "1 twitch in 40 s that could be used; at rest 1.5 a minute"
    session = replace(session, measures=rate(None), usable_s=3.0)
    assert line(session_object(session)) == "1 twitch in 3 s that could be used"
    assert line({"usable_s": 40.0, "events": {"by_type": {}}}) == "nothing could be measured"
