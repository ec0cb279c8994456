"""The detection limit follows the noise, is None where nothing was seen, and is about what can be found."""

from __future__ import annotations

import numpy as np
import pytest

from facialis.core.settings import EventSettings
from facialis.measure.events import Found, find_events
from facialis.measure.kinds import found_at_deviate
from facialis.measure.limits import detection_limits
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
    assert all(value is not None and 0.001 < value < 0.08 for (name, _), value in rows.items() if name != "jaw")
    assert rows["jaw", "left"] is rows["jaw", "right"] is None  # it takes no part in the detection


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
    rows = limits(Face(10.0).hide("chin", "left", 0.0, 7.0).hide("cheek", "left", 0.0, 2.0))
    assert rows["chin", "left"] is None
    assert rows["chin", "right"] is not None
    assert rows["cheek", "left"] is not None


def test_nothing_usable_has_no_limits() -> None:
    assert all(value is None for value in limits(Face(0.5)).values())


@pytest.mark.parametrize(("name", "side"), [("cheek", "left"), ("lower_lid", "right")])
def test_a_contraction_of_twice_the_limit_is_seen_and_of_a_third_is_not(name: str, side: Side) -> None:
    """What the limit is about: evidence over what the rule asks for, of a lone region that contracts for 150 ms."""
    limit = limits(Face(20.0, seed=6))[name, side]
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
