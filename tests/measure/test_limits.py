"""The detection limit follows the noise, is None where nothing was seen, and is about what can be found."""

from __future__ import annotations

import numpy as np
import pytest

from facialis.core.knowledge import load
from facialis.core.settings import EventSettings
from facialis.measure.events import Found, find_events
from facialis.measure.kinds import found_at_deviate
from facialis.measure.limits import detection_limits, evidence_limits
from facialis.measure.shape import WINDOW_GAIN
from tests.measure.factory import NAMES, Face, Side


def found(face: Face) -> Found:
    return find_events(face.motion(), EventSettings(), "test")


def limits(face: Face) -> dict[tuple[str, str], float | None]:
    return {(row.region, row.side): row.limit_iod for row in detection_limits(found(face))}


def known(face: Face) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([value for value in limits(face).values() if value is not None])


def test_there_is_a_limit_for_every_region_and_side() -> None:
    rows = limits(Face(10.0))
    assert set(rows) == {(name, side) for name in NAMES for side in ("left", "right")}
    told = load("limits.yaml")["alone"]["times"]
    for (name, _), value in rows.items():
        if told.get(name) is None:  # never told as a twitch when it moves alone; the jaw takes no part at all
            assert value is None
        else:
            assert value is not None
            assert 0.001 < value < 0.2
    assert {"upper_lid", "lower_lid", "mouth_corner"} <= {name for name in NAMES if told.get(name)}
    assert told.get("jaw") is None


def test_to_be_told_takes_at_least_nearly_what_the_evidence_asks_for() -> None:
    result = found(Face(10.0))
    for told, seen in zip(detection_limits(result), evidence_limits(result), strict=True):
        assert (told.region, told.side) == (seen.region, seen.side)
        if told.limit_iod is not None:
            assert seen.limit_iod is not None
            assert told.limit_iod >= 0.9 * seen.limit_iod


def test_twice_the_noise_is_twice_the_limit() -> None:
    one, two = known(Face(12.0, noise_iod=0.001, seed=4)), known(Face(12.0, noise_iod=0.002, seed=4))
    assert np.median(two / one) == pytest.approx(2.0, rel=0.3)


def test_noise_of_one_side_raises_the_limit_of_that_side() -> None:
    face = Face(12.0)
    rng = np.random.Generator(np.random.SFC64(8))
    face.moved[:, 1] += rng.normal(0, 0.002, face.moved[:, 1].shape)
    rows = limits(face)
    left, right = (np.array([rows[name, side] for name in NAMES], float) for side in ("left", "right"))
    assert np.nanmedian(left / right) > 1.3


def test_twitches_do_not_raise_the_limit_much() -> None:
    """A recording full of twitches must not say that it could not have seen any."""
    face = Face(15.0)
    for at in np.arange(2.0, 14.0, 1.5):
        face.twitch(float(at), "left", 0.04)
    assert np.median(known(face)) < 1.6 * np.median(known(Face(15.0)))


def test_what_was_hidden_most_of_the_time_has_no_limit() -> None:
    rows = limits(Face(10.0).hide("upper_lip", "left", 0.0, 7.0).hide("cheek", "left", 0.0, 2.0))
    assert rows["upper_lip", "left"] is None
    assert rows["upper_lip", "right"] is not None
    assert rows["cheek", "left"] is not None


def test_nothing_usable_has_no_limits() -> None:
    assert all(value is None for value in limits(Face(0.5)).values())


@pytest.mark.parametrize(("name", "side"), [("cheek", "left"), ("lower_lid", "right")])
def test_a_contraction_of_twice_what_the_evidence_asks_for_is_seen_and_of_a_third_is_not(name: str, side: Side) -> None:
    (limit,) = (r.limit_iod for r in evidence_limits(found(Face(20.0, seed=6))) if (r.region, r.side) == (name, side))
    assert limit is not None
    at = np.arange(2.0, 19.0, 1.9)

    def seen(size: float) -> float:
        face = Face(20.0, seed=6)
        for moment in at:
            face.twitch(float(moment), side, size / WINDOW_GAIN, shares={name: 1.0})
        result = found(face)
        (part,), (candidates,) = result.stretches, result.candidates
        own = ("right", "left").index(side)
        tops = [candidates.deviate[np.abs(part.time_s - moment) < 0.1, own].max() for moment in at]
        return float(np.mean(np.array(tops) > found_at_deviate(result.least)))

    assert seen(2 * limit) >= 0.9
    assert seen(limit / 3) <= 0.2
