"""The detection limit follows the noise, is None where nothing was seen, and is about what can be found."""

from __future__ import annotations

import numpy as np
import pytest

from facialis.core.knowledge import load
from facialis.core.settings import EventSettings
from facialis.measure.events.decision import Found, detect
from facialis.measure.events.kinds import found_at_deviate
from facialis.measure.limits import detection_limits, evidence_limits, missing_rest, stated_limit
from facialis.measure.regions import parts
from tests.measure.factory import NAMES, Face, Side


def found(face: Face) -> Found:
    return detect(face.motion(), EventSettings(), "test")


def limits(face: Face) -> dict[tuple[str, str], float | None]:
    return {(row.region, row.side): row.limit_iod for row in detection_limits(found(face))}


def by_noise(face: Face) -> dict[tuple[str, str], float]:
    rows = evidence_limits(found(face))
    assert None not in rows.values()
    return {key: value for key, value in rows.items() if value is not None}


def known(face: Face) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    return np.array([value for value in limits(face).values() if value is not None])


def test_there_is_a_limit_for_every_region_that_is_counted_to_a_part() -> None:
    rows = limits(Face(10.0))
    assert set(rows) == {(name, side) for name in NAMES for side in ("left", "right")}
    counted = [region for part in parts() for region in part.stands_for]
    assert len(counted) == len(set(counted))
    assert {"upper_lid", "lower_lid", "mouth_corner"} <= set(counted)
    assert not {"jaw", "chin", "outer_brow"} & set(counted)
    for (name, _), value in rows.items():
        assert (value is not None) == (name in counted)
        assert value is None or 0.001 < value < 0.2


def test_all_regions_of_a_part_share_its_limit() -> None:
    rows = limits(Face(10.0))
    for part in parts():
        for side in ("left", "right"):
            assert len({rows[region, side] for region in part.stands_for}) == 1


def test_however_quiet_a_face_is_some_size_is_asked_for() -> None:
    least = load("limits.yaml")["least"]["iod"]
    rows = limits(Face(10.0, noise_iod=1e-5))
    for part in parts():
        assert rows[part.stands_for[0], "left"] == pytest.approx(least[part.name], rel=0.25)


def test_a_face_at_rest_has_the_limit_of_its_noise_and_one_that_moves_a_larger_one() -> None:
    """The upper lid's limit was stated as at rest for faces that spoke, and was half of what they asked for."""
    quiet, lively = found(Face(20.0)), found(Face(20.0).smile(1.0, 4.0).smile(7.5, 4.0).smile(14.0, 4.0))
    assert missing_rest(quiet) == 0
    assert 0.2 < missing_rest(lively) < 1
    for each in (quiet, lively):
        evidence, moving = evidence_limits(each), missing_rest(each)
        of_lid = {row.side: row.limit_iod for row in detection_limits(each) if row.region == "upper_lid"}
        for side, limit in of_lid.items():
            asked = evidence["lids", side]
            assert asked is not None
            assert limit == pytest.approx(stated_limit("lids", asked, moving))
    factor = load("limits.yaml")["moving"]["times"]
    for part in parts():
        rest, half, never = (stated_limit(part.name, 0.004, share) for share in (0.0, 0.5, 1.0))
        assert never == pytest.approx(factor * rest)
        assert half == pytest.approx((rest * never) ** 0.5)
    assert factor >= 1.5


def test_enough_rest_makes_it_a_limit_at_rest_however_the_face_moves_besides() -> None:
    mixed = found(Face(30.0).smile(15.0, 4.0).smile(20.0, 4.0).smile(25.0, 4.0))
    assert missing_rest(mixed) == 0


def test_a_short_recording_at_rest_misses_nothing_and_nothing_usable_neither() -> None:
    assert missing_rest(found(Face(4.0))) == 0
    assert missing_rest(found(Face(0.5))) == 0


def test_twice_the_noise_asks_for_twice_the_size() -> None:
    one, two = (by_noise(Face(12.0, noise_iod=noise, seed=4)) for noise in (0.001, 0.002))
    assert all(two[key] / one[key] == pytest.approx(2.0, rel=0.3) for key in one)


def test_noise_of_one_side_raises_the_limit_of_that_side() -> None:
    face = Face(12.0)
    rng = np.random.Generator(np.random.SFC64(8))
    face.moved[:, 1] += rng.normal(0, 0.002, face.moved[:, 1].shape)
    rows = by_noise(face)
    assert all(rows[part.name, "left"] > 1.3 * rows[part.name, "right"] for part in parts())


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
    assert rows["mouth_corner", "left"] is not None


def test_a_part_of_which_nothing_was_seen_has_no_limit() -> None:
    face = Face(10.0)
    for name in ("upper_lid", "lower_lid", "outer_canthus", "infraorbital"):
        face = face.hide(name, "left", 0.0, 10.0)
    rows = limits(face)
    assert rows["lower_lid", "left"] is None
    assert rows["lower_lid", "right"] is not None
    assert rows["mouth_corner", "left"] is not None


def test_nothing_usable_has_no_limits() -> None:
    assert all(value is None for value in limits(Face(0.5)).values())


@pytest.mark.parametrize(("name", "side"), [("mouth", "left"), ("lower_lid", "right")])
def test_a_contraction_of_twice_what_the_evidence_asks_for_is_seen_and_of_a_third_is_not(name: str, side: Side) -> None:
    limit = evidence_limits(found(Face(20.0, seed=6)))[name, side]
    assert limit is not None
    (share,) = (part.share for part in parts() if part.name == name)
    at = np.arange(2.0, 19.0, 1.9)

    def seen(size: float) -> float:
        face = Face(20.0, seed=6)
        for moment in at:
            face.twitch(float(moment), side, size, shares=dict(zip(NAMES, share.tolist(), strict=True)))
        result = found(face)
        (part,), (candidates,) = result.stretches, result.candidates
        own = ("right", "left").index(side)
        tops = [candidates.deviate[np.abs(part.time_s - moment) < 0.1, own].max() for moment in at]
        return float(np.mean(np.array(tops) > found_at_deviate(result.least)))

    assert seen(2 * limit) >= 0.9
    assert seen(limit / 3) <= 0.2
