"""Measures: right where there is enough to measure, and said to be missing, never zero, where there is not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.errors import SettingsError
from facialis.core.records import SIDES, Block, DetectionLimit, Event, Interval, Kind, Measure
from facialis.core.records import Side as AnySide
from facialis.core.settings import EventSettings
from facialis.files.signals import read_motion, write_motion
from facialis.measure.events.decision import Found, detect
from facialis.measure.events.evidence import stretches
from facialis.measure.measures import measures_of, session_measures
from facialis.measure.regions import groups
from facialis.measure.rest import overlap_s, rest_intervals, rest_of, told_s
from tests.measure.factory import BABINSKI, EYE, Face, Side

NEEDED = {
    "twitch_rate_per_min",
    "spasm_share",
    "twitch_count",
    "median_amplitude_iod",
    "largest_amplitude_iod",
    "side",
    "spread",
    "regions",
    "eye_mouth_synchrony",
    "tonic_share",
    "other_babinski_events",
    "blink_rate_per_min",
    "eye_closed_share",
    "eye_opening_difference",
    "closure_difference",
}


def event(
    at: float,
    kind: Kind = "twitch",
    side: AnySide = "left",
    *,
    length: float = 0.15,
    size: float = 0.03,
    regions: tuple[str, ...] = ("orbicularis_oculi", "zygomaticus"),
) -> Event:
    return Event(
        onset_s=at - length / 2,
        duration_s=length,
        trial_type=kind,
        side=side,
        regions=regions,
        apex_s=at,
        amplitude_iod=size,
        probability=0.9,
        detector="test",
    )


def found(face: Face, events: Sequence[Event]) -> Found:
    parts = tuple(stretches(face.motion()))
    return Found(
        events=tuple(sorted(events, key=lambda e: e.onset_s)),
        stretches=parts,
        candidates=(),
        threshold=4.0,
        least=0.9,
    )


def measures(
    events: Sequence[Event] = (), *, face: Face | None = None, blocks: Sequence[Block] = ()
) -> dict[tuple[str, str], Measure]:
    face = face or Face(60.0)
    rows = session_measures(found(face, events), blocks)
    assert len({(row.name, row.block) for row in rows}) == len(rows)
    return {(row.name, row.block): row for row in rows}


def number(row: Measure) -> float:
    assert isinstance(row.value, float)
    return row.value


def test_everything_of_the_interface_is_there_with_a_unit() -> None:
    rows = measures([event(5.0)])
    assert {name for name, block in rows if block == "all"} >= NEEDED
    assert {("twitch_rate_per_min", "rest"), ("spasm_share", "rest")} <= set(rows)


def test_a_minute_with_six_twitches_has_six_a_minute() -> None:
    rows = measures([event(5.0 + 9 * k, size=0.01 * (k + 1)) for k in range(6)])
    rate = rows["twitch_rate_per_min", "all"]
    assert rate.value == pytest.approx(6.0, rel=0.01)
    assert rate.low is not None
    assert rate.high is not None
    assert rate.low < 6 < rate.high
    assert (rate.unit, rate.probability) == ("1/min", 0.9)
    assert rows["twitch_count", "all"].value == 6
    assert rows["median_amplitude_iod", "all"].value == pytest.approx(0.035)
    assert rows["largest_amplitude_iod", "all"].value == pytest.approx(0.06)
    assert rows["spasm_share", "all"].value == pytest.approx(6 * 0.15 / 60, rel=0.02)
    assert rows["side", "all"].value == "left"


def test_a_quiet_minute_is_a_rate_of_zero_with_an_upper_end_and_has_no_sizes() -> None:
    rows = measures()
    rate = rows["twitch_rate_per_min", "all"]
    assert rate.value == 0
    assert rate.high == pytest.approx(3.0, rel=0.05)
    for name in (
        "median_amplitude_iod",
        "largest_amplitude_iod",
        "side",
        "spread",
        "eye_mouth_synchrony",
        "tonic_share",
    ):
        assert rows[name, "all"].value is None
        assert rows[name, "all"].why_not


def test_too_little_time_is_said_and_never_zero() -> None:
    rows = measures([event(2.0)], face=Face(6.0))
    for name in ("twitch_rate_per_min", "spasm_share", "twitch_count", "blink_rate_per_min", "eye_closed_share"):
        assert rows[name, "all"].value is None
        assert rows[name, "all"].why_not
        assert rows[name, "all"].low is None


def test_nothing_usable_measures_nothing() -> None:
    rows = measures(face=Face(0.5))
    assert all(row.value is None and row.why_not for row in rows.values())


def test_only_usable_time_counts() -> None:
    """Half of the recording is lost: three twitches in what is left of a minute are six a minute."""
    face = Face(60.0).lose(30.0, 60.0)
    rows = measures([event(t) for t in (5.0, 15.0, 25.0)], face=face)
    assert rows["twitch_rate_per_min", "all"].value == pytest.approx(6.0, rel=0.01)


def test_trains_widen_the_interval_of_the_rate() -> None:
    spread = measures([event(2.0 + 4.8 * k) for k in range(12)])["twitch_rate_per_min", "all"]
    trains = measures([event(a + 0.3 * k) for a in (7.0, 33.0) for k in range(6)])["twitch_rate_per_min", "all"]
    assert spread.value == pytest.approx(trains.value)
    assert None not in (spread.low, spread.high, trains.low, trains.high)
    assert trains.high - trains.low > 1.5 * (spread.high - spread.low)  # type: ignore[operator]


def test_rates_of_trains_are_covered_by_their_intervals() -> None:
    """Calibration from events to interval: trains of about three twitches, 8 trains a minute on average."""
    face = Face(60.0, rate_hz=10.0)
    parts = stretches(face.motion())
    rng = np.random.Generator(np.random.SFC64(12))
    hits = []
    for _ in range(400):
        starts = rng.uniform(0, 57, rng.poisson(8))
        at = sorted(float(a + 0.3 * k) for a in starts for k in range(1 + rng.poisson(2)))
        made = Found(
            events=tuple(event(t) for t in at if t < 59.9),
            stretches=tuple(parts),
            candidates=(),
            threshold=4.0,
            least=0.9,
        )
        row = next(r for r in session_measures(made, ()) if r.name == "twitch_rate_per_min")
        assert row.low is not None
        assert row.high is not None
        hits.append(row.low <= 24.0 <= row.high)
    assert np.mean(hits) >= 0.85


def test_tonic_share_synchrony_and_spread() -> None:
    eye = [event(t, regions=("orbicularis_oculi",)) for t in (5.0, 10.0)]
    both = [event(t) for t in (15.0, 20.0, 25.0, 30.0, 35.0, 40.0)]
    hold = [event(50.0, "tonic_spasm", length=2.4)]
    rows = measures([*eye, *both, *hold])
    synchrony = rows["eye_mouth_synchrony", "all"]
    assert synchrony.value == pytest.approx(6 / 8)
    assert synchrony.low is not None
    assert synchrony.low < 0.75
    assert rows["tonic_share", "all"].value == pytest.approx(2.4 / (2.4 + 8 * 0.15))
    assert rows["spread", "all"].value == 2
    assert rows["regions", "all"].value == "orbicularis_oculi,zygomaticus"


def test_two_twitches_are_too_few_for_synchrony() -> None:
    row = measures([event(5.0), event(9.0)])["eye_mouth_synchrony", "all"]
    assert row.value is None
    assert row.why_not


def hidden(face: Face, *names: str, side: Side = "left", share: float = 0.8) -> Face:
    for name in names:
        face.hide(name, side, 0.0, 60.0 * share)
    return face


def test_a_mouth_that_was_not_seen_is_not_a_mouth_at_rest() -> None:
    eye = [event(t, regions=("orbicularis_oculi",)) for t in (5.0, 10.0, 15.0, 20.0)]
    mouth = (*groups()["mouth"], "buccal")
    for shown in (hidden(Face(60.0), *mouth, side="right"), hidden(Face(60.0), *mouth, share=0.2)):
        assert measures(eye, face=shown)["eye_mouth_synchrony", "all"].value == 0
        assert measures(eye, face=shown)["spread", "all"].value == 1
    rows = measures(eye, face=hidden(Face(60.0), *mouth))
    for name in ("eye_mouth_synchrony", "spread"):
        assert rows[name, "all"].value is None
        assert "not seen" in rows[name, "all"].why_not
    assert rows["regions", "all"].value == "orbicularis_oculi"
    assert rows["other_babinski_events", "all"].value == 0


def test_a_brow_that_was_not_seen_did_not_stay_down() -> None:
    rows = measures([event(5.0)], face=hidden(Face(60.0), *groups()["brow"]))
    assert rows["other_babinski_events", "all"].value is None
    assert "brow" in rows["other_babinski_events", "all"].why_not


def test_an_eye_outside_the_picture_has_no_blinks_and_no_opening() -> None:
    needs = ("blink_rate_per_min", "eye_closed_share", "eye_opening_difference", "closure_difference")
    blinking = Face(60.0)
    for onset in (10.0, 20.0, 30.0):
        blinking.blink(onset)
    seen = measures([], face=blinking)
    assert all(seen[name, "all"].value is not None for name in needs)
    rows = measures([], face=hidden(blinking, *groups()["eye"]))
    for name in needs:
        assert rows[name, "all"].value is None
        assert "eye" in rows[name, "all"].why_not


def test_events_of_both_sides_have_no_single_side() -> None:
    assert measures([event(5.0), event(9.0, side="right")])["side", "all"].value == "both"


def test_blinks_and_expressions_are_no_spasm() -> None:
    rows = measures([event(5.0 + 10 * k, "blink", "both") for k in range(5)] + [event(33.0, "expression", "both")])
    assert rows["blink_rate_per_min", "all"].value == pytest.approx(5.0, rel=0.01)
    assert rows["twitch_count", "all"].value == 0
    assert rows["spasm_share", "all"].value == 0


def test_the_unclear_is_not_counted() -> None:
    assert measures([event(5.0, "unclear")])["twitch_count", "all"].value == 0


def test_overlapping_events_cover_time_once() -> None:
    rows = measures([event(10.0, "tonic_spasm", length=4.0), event(10.5, length=1.0), event(11.9, length=0.6)])
    assert rows["spasm_share", "all"].value == pytest.approx(4.2 / 60, rel=0.02)


def test_rest_leaves_expressions_out_and_a_calm_margin() -> None:
    smile = event(30.0, "expression", "both", length=4.0)
    made = found(Face(60.0), [smile, event(10.0), event(31.0)])
    rest = rest_intervals(made)
    assert len(rest) == 2
    assert rest[0].stop_s < 28.0
    assert rest[1].start_s > 32.0
    rows = measures([smile, event(10.0), event(31.0)])
    seconds = sum(part.duration_s for part in rest)
    assert rows["twitch_rate_per_min", "rest"].value == pytest.approx(60 / seconds, rel=0.02)
    assert rows["twitch_rate_per_min", "all"].value == pytest.approx(2.0, rel=0.02)


def test_a_recording_without_rest_says_so() -> None:
    row = measures([event(30.0, "expression", "both", length=59.0)])["twitch_rate_per_min", "rest"]
    assert row.value is None
    assert row.why_not


def test_blocks_of_the_protocol_have_rates_of_their_own() -> None:
    blocks = [
        Block(name="still", start_s=0.0, stop_s=30.0),
        Block(name="pucker", start_s=30.0, stop_s=60.0),
        Block(name="brief", start_s=40.0, stop_s=42.0),
    ]
    rows = measures([event(t) for t in (35.0, 45.0, 55.0)], blocks=blocks)
    assert rows["twitch_rate_per_min", "still"].value == 0
    assert rows["twitch_rate_per_min", "pucker"].value == pytest.approx(6.0, rel=0.02)
    assert rows["twitch_rate_per_min", "brief"].value is None


def test_overlapping_blocks_of_one_name_count_time_and_twitches_once() -> None:
    whole = Block(name="speech", start_s=0.0, stop_s=40.0)
    once = measures([event(t) for t in (15.0, 25.0, 35.0)], blocks=[whole])
    twice = measures([event(t) for t in (15.0, 25.0, 35.0)], blocks=[whole, whole, replace(whole, start_s=20.0)])
    assert twice == once


def test_the_rest_that_was_asked_for_takes_the_place_of_what_is_found() -> None:
    result = detect(Face(60.0).smile(20.0, 10.0).lose(40.0, 45.0).motion(), EventSettings(), "test")
    found = told_s(result, rest_of(result, ()))
    assert found == told_s(result, rest_intervals(result)) < 46
    asked = [Block(name="rest", start_s=0.0, stop_s=30.0), Block(name="rest", start_s=25.0, stop_s=45.0)]
    assert told_s(result, rest_of(result, asked)) == pytest.approx(40.0, abs=0.2)
    assert rest_of(result, [Block(name="rest", start_s=90.0, stop_s=99.0)]) == ()
    assert rest_of(result, [Block(name="pucker", start_s=0.0, stop_s=5.0)]) == rest_intervals(result)


@pytest.mark.parametrize("probability", [-1.0, 0.0, 1.0, 2.0, float("nan")])
def test_an_interval_needs_a_probability(probability: float) -> None:
    with pytest.raises(SettingsError):
        measures_of(Face(12.0).motion(), (), probability=probability)


def test_eyes_that_were_not_seen_are_not_called_shut() -> None:
    motion = Face(12.0).motion()
    blind = replace(motion, aperture_iod=np.full_like(motion.aperture_iod, np.nan))
    rows = {row.name: row for row in measures_of(blind, detect(blind, EventSettings(), "test").events)}
    assert rows["eye_closed_share"].value is None
    assert "not seen" in rows["eye_closed_share"].why_not
    assert detect(blind, EventSettings(), "test").events == ()


def test_a_block_outside_the_recording_measures_nothing() -> None:
    rows = measures([event(5.0)], blocks=[Block(name="late", start_s=100.0, stop_s=130.0)])
    assert rows["twitch_rate_per_min", "late"].value is None


def test_eyes_kept_shut_are_time_closed() -> None:
    row = measures(face=Face(30.0).shut(10.0, 6.0))["eye_closed_share", "all"]
    assert number(row) == pytest.approx(6 / 30, abs=0.04)
    assert row.low is not None
    assert row.high is not None
    assert row.low <= number(row) <= row.high


def test_the_brow_going_up_while_the_eye_closes_is_counted_and_a_plain_twitch_is_not() -> None:
    face = Face(20.0).twitch(4.0, "left", 0.05, duration_s=0.3, shares=BABINSKI).twitch(9.0, "left", 0.05, shares=EYE)
    result = detect(face.motion(), EventSettings(), "test")
    rows = {(r.name, r.block): r for r in session_measures(result, ())}
    assert rows["other_babinski_events", "all"].value == 1


def test_corrected_events_give_new_measures(tmp_path: Path) -> None:
    face = Face(30.0).blink(4.0).smile(24.0, 2.0).lose(20.0, 21.0)
    for at_s in (7.0, 12.0, 17.0):
        face.twitch(at_s, "left", 0.04)
    blocks = (Block(name="task", start_s=10.0, stop_s=25.0),)
    write_motion(face.motion(), tmp_path / "signals.parquet")
    motion = read_motion(tmp_path / "signals.parquet")
    result = detect(motion, EventSettings(), "test")
    same = measures_of(motion, result.events, blocks)
    assert same == session_measures(result, blocks)
    assert measures_of(motion, result.events[::-1], blocks) == same, "the order in which they are given is nothing"

    twitches = [e for e in result.events if e.trial_type == "twitch"]
    assert [round(e.apex_s) for e in twitches] == [7, 12, 17]
    # The only blink cannot be held against others, so nobody knows what went on in it.
    (blink,) = result.blinks.untold
    seconds = sum(part.duration_s for part in result.usable) - blink.duration_s
    for corrected, count in (
        ([e for e in result.events if e is not twitches[1]], 2),
        ([replace(e, trial_type="unclear") if e is twitches[1] else e for e in result.events], 2),
        ([*result.events, event(14.0, side="right")], 4),
        ([], 0),
    ):
        rows = {(r.name, r.block): r for r in measures_of(motion, corrected, blocks)}
        assert number(rows["twitch_rate_per_min", "all"]) == pytest.approx(60 * count / seconds)
        assert number(rows["twitch_count", "all"]) == count
    assert rows["side", "all"].value is None


@given(
    ends=st.lists(st.tuples(st.floats(0, 100), st.floats(0, 10)), max_size=6),
    start=st.floats(0, 100),
    length=st.floats(0, 50),
)
def test_overlap_is_symmetric_in_its_parts_and_never_more_than_asked(
    ends: list[tuple[float, float]], start: float, length: float
) -> None:
    parts, reached = [], 0.0
    for gap, width in ends:
        parts.append(Interval(start_s=reached + gap, stop_s=reached + gap + width))
        reached = parts[-1].stop_s
    found_s = overlap_s(parts, start, start + length)
    assert -1e-9 <= found_s <= length + 1e-9
    assert found_s == pytest.approx(overlap_s(parts[::-1], start, start + length))
    assert overlap_s(parts, 0.0, reached) == pytest.approx(sum(p.duration_s for p in parts))


@pytest.mark.parametrize("known", [None, 0.06])
def test_no_zero_where_no_twitch_could_have_been_seen(known: float | None) -> None:
    limits = [DetectionLimit(region="lower_lid", side=side, limit_iod=known) for side in SIDES]
    held = ("twitch_rate_per_min", "twitch_count", "spasm_share")
    rows = {(r.name, r.block): r for r in session_measures(found(Face(60.0), []), (), limits)}
    for name, block in rows:
        if name in held:
            assert rows[name, block].value is None
            assert "none was seen, but" in rows[name, block].why_not
    assert rows["side", "all"].why_not == rows["twitch_count", "all"].why_not
    assert rows["blink_rate_per_min", "all"].value == 0, "a blink is larger than that"
    rows = {(r.name, r.block): r for r in session_measures(found(Face(60.0), [event(5.0)]), (), limits)}
    assert [rows[name, "all"].value for name in held] == pytest.approx([1.0, 1.0, 0.15 / 60], rel=0.02)
    fine = [replace(row, limit_iod=0.02) for row in limits]
    rows = {(r.name, r.block): r for r in session_measures(found(Face(60.0), []), (), fine)}
    assert [rows[name, "all"].value for name in held] == [0, 0, 0]
