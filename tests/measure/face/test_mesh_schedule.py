"""The mesh looks when it has to: what it reads is then right in every picture, and a face that leaves is noticed."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.core.records import Frame
from facialis.measure.face.mesh import FaceMesh, Look, Mesh, PacedMesh, SyntheticMesh
from facialis.measure.face.mesh_schedule import Readings
from facialis.measure.face.motion import Tracked, track_motion
from facialis.measure.regions import template
from facialis.numeric.images.similarity import IDENTITY
from tests.measure.pictures import changed, frames, put_in, wall


class Counting(FaceMesh):
    """The face mesh, and when it looked."""

    def __init__(self, pace_s: float) -> None:
        super().__init__(pace_s=pace_s)
        self.time_s: list[float] = []

    def look(self, frame: Frame) -> Look:
        self.time_s.append(frame.time_s)
        return super().look(frame)


@cache
def followed(name: str, pace_s: float) -> tuple[Tracked, tuple[float, ...]]:
    mesh = Counting(pace_s)
    return track_motion(frames(name), mesh), tuple(mesh.time_s)


def test_the_face_mesh_has_a_pace_and_the_synthetic_one_has_none() -> None:
    assert isinstance(FaceMesh(), PacedMesh)
    assert FaceMesh().pace_s > 0
    assert not isinstance(SyntheticMesh(lambda _time: None), PacedMesh)


def test_without_a_pace_the_mesh_looks_at_every_picture() -> None:
    assert followed("man", 0.0)[1] == tuple(frame.time_s for frame in frames("man"))


@pytest.mark.parametrize("name", ["man", "woman"])
def test_a_face_at_rest_is_looked_at_now_and_then_at_least(name: str) -> None:
    _, times = followed(name, 0.5)
    assert len(times) < 0.5 * len(frames(name))
    assert np.all(np.diff(times) > 0)
    assert np.diff(times).max() <= 0.5 + 1.01 / 30
    assert times[0] == 0.0
    assert times[-1] == frames(name)[-1].time_s


@pytest.mark.parametrize("name", ["man", "woman"])
def test_readings_in_between_are_those_of_a_mesh_that_sees_every_picture(name: str) -> None:
    some, every = followed(name, 0.5)[0], followed(name, 0.0)[0]
    assert np.abs(some.motion.displacement_iod - every.motion.displacement_iod).max() < 0.005
    assert np.abs(some.motion.aperture_iod - every.motion.aperture_iod).max() < 0.03
    assert np.abs(some.motion.pose_deg - every.motion.pose_deg).max() < 2.5
    assert np.abs(some.motion.quality - every.motion.quality).max() < 0.05
    assert some.track.iod_px == pytest.approx(every.track.iod_px, rel=0.03)
    assert np.abs(some.track.box_px - every.track.box_px).max() < 0.12 * float(np.median(every.track.iod_px))


def test_a_closing_eye_is_looked_at_now_and_then_and_its_pixels_tell_the_rest() -> None:
    some, times = followed("man", 0.5)
    every = followed("man", 0.0)[0].motion
    for blink in put_in("man", "blink"):
        inside = (every.time_s > blink.onset_s - 0.1) & (every.time_s < blink.apex_s + 0.3)
        looked = np.isin(every.time_s[inside], times)
        assert 2 <= looked.sum() <= 0.75 * inside.sum()
        assert np.abs(some.motion.aperture_iod[inside] - every.aperture_iod[inside]).max() < 0.025


def test_readings_begin_to_change_when_the_lids_do() -> None:
    """Not from the last look on, which may be half a second before."""
    result = followed("man", 0.5)[0]
    for blink in put_in("man", "blink"):
        before = (result.motion.time_s > blink.onset_s - 0.4) & (result.motion.time_s < blink.onset_s - 0.07)
        opened = np.median(result.motion.aperture_iod[before], axis=0)
        assert np.abs(result.motion.aperture_iod[before] - opened).max() < 0.03


def test_a_face_that_leaves_is_noticed_as_soon_as_by_a_mesh_that_sees_every_picture() -> None:
    """The network itself takes a wall for a face in the first picture after one."""
    pictures = [wall(f, k) if 43 <= k < 70 else f for k, f in enumerate(frames("woman"))]
    result = track_motion(pictures, FaceMesh(pace_s=5.0))
    every = track_motion(pictures, FaceMesh(pace_s=0.0))
    seen = result.motion.quality > 0
    assert np.array_equal(np.delete(seen, 43), np.delete(every.motion.quality > 0, 43))
    assert seen[:43].all()
    assert not seen[44:70].any()
    assert seen[70:].all()
    for values in (result.motion.displacement_iod, result.motion.aperture_iod, result.motion.pose_deg):
        assert np.isnan(values[44:70]).all()
        assert np.isfinite(values[70:]).mean() > 0.9
    assert np.isnan(result.track.box_px[44:70]).all()


def test_light_that_changes_does_not_call_the_mesh() -> None:
    count = [0]

    def dimmed(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
        count[0] += 1
        return np.asarray(luma * (1.0 - 0.003 * count[0]), dtype=np.uint8)

    mesh = Counting(0.5)
    track_motion(changed("woman", dimmed)[:28], mesh)
    assert len(mesh.time_s) <= 4


def test_an_eye_opens_in_between_as_its_pixels_do() -> None:
    """It stays shut until long after the middle of two looks, and then opens by a quarter of its way."""
    readings, mesh = Readings(), shape()
    shut, opened = np.zeros((2, 4), np.float32), np.full((2, 4), 0.5, np.float32)
    narrow = Mesh(points_px=mesh.points_px * [1.0, 0.5, 1.0], presence=1.0)
    readings.add(0, narrow, IDENTITY, shut)
    for index in (1, 2, 3):
        readings.passed(index, shut)
    readings.passed(4, np.full((2, 4), 0.125, np.float32))  # a quarter of the way
    readings.add(5, mesh, IDENTITY, opened)
    readings.passed(6, shut)  # after the last look nothing says how far it is
    opening = readings.between(np.arange(7) / 30, np.ones(7, complex), np.zeros(7, complex))["aperture"]
    gone = (opening - opening[0]) / (opening[5] - opening[0])
    assert gone[1:4].max() < 0.03
    assert gone[4] == pytest.approx(0.25, abs=0.03)
    assert np.array_equal(opening[6], opening[5])


def test_nothing_leads_from_a_face_that_was_lost_to_the_next_one() -> None:
    readings, mesh = Readings(), shape()
    shut, opened = np.zeros((2, 4), np.float32), np.ones((2, 4), np.float32)
    readings.add(0, Mesh(points_px=mesh.points_px * [1.0, 0.5, 1.0], presence=1.0), IDENTITY, shut)
    readings.passed(1, opened)
    readings.lost()
    readings.add(3, mesh, IDENTITY, opened)
    seen = np.array([1.0, 1.0, np.nan, 1.0], complex)
    opening = readings.between(np.arange(4) / 30, seen, np.zeros(4, complex))["aperture"]
    assert np.array_equal(opening[1], opening[0])
    assert np.isnan(opening[2]).all()
    assert np.isfinite(opening[3]).all()


def shape() -> Mesh:
    """The face of the template, a hundred pixels between its eyes."""
    return Mesh(points_px=100.0 * template(), presence=1.0)
