"""Where a face is calm and well seen, less need speak for a twitch."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.core.settings import EventSettings
from facialis.measure.events.calm import calm_times
from facialis.measure.events.decision import _STRONG, Found, detect
from facialis.measure.events.evidence import stretches
from facialis.measure.events.lids import closed_share
from facialis.measure.limits import evidence_limits
from facialis.measure.regions import groups
from tests.measure.factory import SIDED, Face, of

QUIET_IOD = 0.0003
SPASM = ("twitch", "tonic_spasm", "myokymia")


def calm(face: Face, error_iod: float | None = None) -> NDArray[np.bool_]:
    motion = face.motion()
    if error_iod is not None:
        motion = replace(motion, error_iod=np.full_like(motion.error_iod, error_iod))
    (part,) = stretches(motion)
    return calm_times(part, closed_share(part)[0])


def find(face: Face, error_iod: float) -> Found:
    motion = face.motion()
    return detect(replace(motion, error_iod=np.full_like(motion.error_iod, error_iod)), EventSettings(), "test")


def test_a_face_at_rest_is_calm_and_one_that_smiles_is_not_while_it_does() -> None:
    assert calm(Face(12.0, noise_iod=QUIET_IOD)).all()
    smiling = calm(Face(20.0, noise_iod=QUIET_IOD).smile(8.0, 3.0))
    time = np.arange(len(smiling)) / 30
    moves = (np.abs(time - 8.2) < 0.8) | (np.abs(time - 10.8) < 0.8)
    assert not smiling[moves].any()
    assert smiling[(time < 6.0) | (time > 13.0)].all()


def test_the_side_that_twitches_does_not_end_the_calm() -> None:
    face = Face(12.0, noise_iod=QUIET_IOD)
    for moment in np.arange(3.0, 9.0, 0.4):
        face.twitch(float(moment), "left", 0.05)
    assert calm(face).all()


@pytest.mark.parametrize(("error_iod", "clear"), [(0.0003, True), (0.003, False)])
def test_skin_that_may_be_a_copy_is_not_well_seen(error_iod: float, clear: bool) -> None:
    assert calm(Face(8.0, noise_iod=QUIET_IOD), error_iod).all() == clear


def test_skin_that_is_mostly_hidden_is_not_well_seen() -> None:
    face = Face(8.0, noise_iod=QUIET_IOD)
    (part,) = stretches(face.motion())
    hidden = replace(part, error=np.full_like(part.error, np.nan))
    assert not calm_times(hidden, closed_share(part)[0]).any()


def test_a_side_that_is_mostly_hidden_does_not_pass_for_the_still_one() -> None:
    face = Face(12.0, noise_iod=QUIET_IOD)
    for name in (*groups()["mid"], *groups()["mouth"], *groups()["brow"]):
        face.hide(name, "left")
    for onset_s in np.arange(1.0, 11.0, 0.8):
        face.smile(float(onset_s), 0.7, 0.03)
    assert not calm(face)[15:-15].any()


@pytest.mark.parametrize("depth", [0.2, 0.35, 0.75])
def test_lids_that_close_even_in_part_are_no_calm_moment(depth: float) -> None:
    (part,) = stretches(Face(12.0, noise_iod=QUIET_IOD).blink(6.0, depth=depth).motion())
    still = calm_times(part, closed_share(part)[0])
    assert not still[(part.time_s > 6.03) & (part.time_s < 6.22)].any()
    assert still[np.abs(part.time_s - 6.125) > 0.4].all()


def test_partial_blinks_with_a_late_lid_are_told_no_more_often_than_elsewhere() -> None:
    """The left lid follows by a picture and a half: the general bound leaves these alone, and so does that at rest."""
    face = Face(60.0, noise_iod=QUIET_IOD, seed=3)
    for moment in np.arange(2.0, 58.0, 4.0):
        face.blink(float(moment), depth=0.35, late_s=0.05)
    assert of(find(face, QUIET_IOD).events, *SPASM) == []


def test_lids_that_move_unseen_by_the_mesh_are_no_calm_moment() -> None:
    face = Face(12.0, noise_iod=QUIET_IOD)
    for side in SIDED:
        face.twitch(6.0, side, 0.03, shares={"upper_lid": 1.0, "lower_lid": 0.6})
    (part,) = stretches(face.motion())
    assert not calm(face)[np.abs(part.time_s - 6.0) < 0.1].any()


def test_calm_is_the_same_for_both_sides() -> None:
    def face() -> Face:
        return Face(16.0, noise_iod=QUIET_IOD).twitch(4.0, "left").smile(9.0, 2.0)

    np.testing.assert_array_equal(calm(face()), calm(face().mirrored()))


def test_only_where_a_face_is_calm_and_well_seen_is_a_twitch_told_that_is_little_more_likely_than_not() -> None:
    def told(error_iod: float) -> list[float]:
        face = Face(60.0, noise_iod=0.0005, seed=4)
        for k, moment in enumerate(np.arange(2.0, 58.0, 1.4)):
            face.twitch(float(moment), "left", 0.0012 + 0.0001 * (k % 8))
        return [event.probability for event in of(find(face, error_iod).events, "twitch")]

    assert min(told(0.0005)) < _STRONG
    assert min(told(0.003)) >= _STRONG


def test_a_brow_alone_is_never_a_twitch_however_calm_the_face() -> None:
    face = Face(20.0, noise_iod=QUIET_IOD)
    for moment in (4.0, 8.0, 12.0, 16.0):
        face.twitch(moment, "left", 0.02, shares={"outer_brow": 1.0, "forehead": 0.8, "inner_brow": 0.6})
    assert of(find(face, QUIET_IOD).events, "twitch") == []


def test_a_calm_well_seen_face_has_the_lower_limit() -> None:
    face = Face(20.0, noise_iod=0.0005, seed=4)
    clear, copied = (evidence_limits(find(face, error))["lids", "left"] for error in (0.0005, 0.003))
    assert clear is not None
    assert copied is not None
    assert clear < copied


@pytest.mark.parametrize("rate_per_min", [0.01, 0.2, 10.0])
def test_a_calm_face_need_never_be_surer_than_another(rate_per_min: float) -> None:
    found = detect(Face(8.0).motion(), EventSettings(false_alarms_per_min=rate_per_min), "test")
    assert 0.5 <= found.least_calm <= found.least
