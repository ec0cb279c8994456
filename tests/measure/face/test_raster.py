"""The stabilised face: where the raster puts things, how far eyes are open, how the head is turned."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from facialis.core.records import Frame
from facialis.measure.face.mesh import Mesh
from facialis.measure.face.raster import (
    Levels,
    eye_aperture_iod,
    interocular_px,
    mesh_to_raster,
    pose_of,
    raster_of,
    raster_points,
)
from facialis.measure.regions import RASTER_HEIGHT_PX, RASTER_IOD_PX, RASTER_WIDTH_PX, mirror, template

Floats = NDArray[np.float64]


def turned(yaw: float = 0.0, pitch: float = 0.0, roll: float = 0.0) -> Floats:
    """A head tilted about its nose, then nodded, then turned: yaw and pitch say where the nose points.

    Axes: x to the person's left, y down, depth away from the camera. `Motion` says the signs.
    """
    a, b, c = np.radians([yaw, pitch, roll])
    about_y = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, np.cos(b), np.sin(b)], [0, -np.sin(b), np.cos(b)]])
    about_z = np.array([[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]])
    return np.asarray(about_y @ about_x @ about_z)


def mesh(iod_px: float = 80.0, x: float = 300.0, y: float = 200.0, rotation: Floats | None = None) -> Mesh:
    points = template() * iod_px
    if rotation is not None:
        points = points @ rotation.T
    return Mesh(points_px=points + [x, y, 0.0], presence=1.0)


def frame(luma: NDArray[np.uint8]) -> Frame:
    height, width = luma.shape
    return Frame(
        index=0, time_s=0.0, luma=luma, chroma=np.full((2, (height + 1) // 2, (width + 1) // 2), 128, np.uint8)
    )


@given(iod=st.floats(20, 400), x=st.floats(-500, 500), y=st.floats(-500, 500), roll=st.floats(-170, 170))
def test_any_frontal_face_comes_to_the_same_place(iod: float, x: float, y: float, roll: float) -> None:
    face = mesh(iod, x, y, turned(roll=roll))
    moved = mesh_to_raster(face).of(face.points_px[:, :2])
    assert np.abs(moved - raster_points()).max() < 1e-6
    assert interocular_px(face) == pytest.approx(interocular_px(mesh(iod)))


def test_the_raster_has_the_eyes_apart_by_its_unit() -> None:
    points = raster_points()
    eyes = points[[33, 133]].mean(0), points[[362, 263]].mean(0)
    assert np.linalg.norm(eyes[1] - eyes[0]) == pytest.approx(RASTER_IOD_PX, rel=0.03)


def test_each_level_has_half_the_size_and_is_made_once() -> None:
    levels = Levels(np.full((RASTER_HEIGHT_PX, RASTER_WIDTH_PX), 90, np.uint8))
    assert levels[2].shape == (RASTER_HEIGHT_PX // 4, RASTER_WIDTH_PX // 4)
    assert levels[1].shape == (RASTER_HEIGHT_PX // 2, RASTER_WIDTH_PX // 2)
    assert levels[1] is levels[1]
    assert levels[2] == pytest.approx(90, abs=1e-3)


@pytest.mark.parametrize("scale", [0.5, 1.0, 2.3, 6.0])
def test_a_spot_on_the_face_comes_to_its_place_in_the_raster_at_any_size(scale: float) -> None:
    """Also where the picture is averaged down first: to a quarter of a pixel."""
    iod = 96.0 * scale
    size = (int(4.2 * iod), int(4.0 * iod))
    face = mesh(iod, size[1] / 2 + 0.3, size[0] * 0.4)
    spot = face.points_px[50, :2]
    y, x = np.mgrid[: size[0], : size[1]]
    bright = 40 + 180 * np.exp(-0.5 * ((x - spot[0]) ** 2 + (y - spot[1]) ** 2) / (4 * scale) ** 2)
    raster = raster_of(frame(np.rint(bright).astype(np.uint8)), mesh_to_raster(face)).astype(float) - 40
    assert raster.shape == (RASTER_HEIGHT_PX, RASTER_WIDTH_PX)
    weight = np.clip(raster - 20, 0, None)
    y, x = np.mgrid[:RASTER_HEIGHT_PX, :RASTER_WIDTH_PX]
    centre = np.array([(x * weight).sum(), (y * weight).sum()]) / weight.sum()
    assert np.abs(centre - raster_points()[50]).max() < 0.25


def test_a_face_at_the_edge_or_outside_still_gives_a_raster() -> None:
    luma = np.full((120, 160), 90, np.uint8)
    for x in (-100.0, 0.0, 160.0, 1000.0):
        raster = raster_of(frame(luma), mesh_to_raster(mesh(200.0, x, 60.0)))
        assert raster.shape == (RASTER_HEIGHT_PX, RASTER_WIDTH_PX)
        assert raster == pytest.approx(90, abs=1)


def test_the_eye_opening_is_relative_to_the_eyes_distance() -> None:
    open_, far = eye_aperture_iod(mesh(60.0)), eye_aperture_iod(mesh(240.0, rotation=turned(yaw=20, roll=30)))
    assert open_ == pytest.approx(far)
    assert 0.05 < open_[0] < 0.5
    assert open_[0] == pytest.approx(open_[1], rel=0.1)


def test_a_closed_eye_is_that_of_its_side() -> None:
    face = mesh()
    points = face.points_px.copy()
    right_upper, right_lower = [159, 158, 160], [145, 153, 144]
    points[right_upper] = points[right_lower]
    right, left = eye_aperture_iod(Mesh(points_px=points, presence=1.0))
    assert right < 0.01 < 0.05 < left
    flipped = points[mirror()] * [-1.0, 1.0, 1.0]
    assert eye_aperture_iod(Mesh(points_px=flipped, presence=1.0))[::-1] == pytest.approx([right, left], abs=0.01)


@pytest.mark.parametrize("yaw", [-25.0, 0.0, 15.0])
@pytest.mark.parametrize("pitch", [-15.0, 0.0, 10.0])
@pytest.mark.parametrize("roll", [-30.0, 0.0, 20.0])
def test_the_turn_of_the_head_is_read_back(yaw: float, pitch: float, roll: float) -> None:
    pose = pose_of(mesh(rotation=turned(yaw, pitch, roll)))
    assert (pose.yaw_deg, pose.pitch_deg, pose.roll_deg) == pytest.approx((yaw, pitch, roll), abs=1e-6)


def test_signs_of_the_turn() -> None:
    """Yaw: the nose goes to the person's left; pitch: it goes up; roll: the head tilts to the left shoulder."""
    tip, forehead = 1, 10
    rest = template()
    assert (rest @ turned(yaw=20).T)[tip, 0] > rest[tip, 0]
    assert (rest @ turned(pitch=20).T)[tip, 1] < rest[tip, 1]
    assert (rest @ turned(roll=20).T)[forehead, 0] > rest[forehead, 0]


def test_a_mirrored_face_turns_the_other_way() -> None:
    face = mesh(rotation=turned(12, 7, -9))
    pose = pose_of(face)
    flipped = pose_of(Mesh(points_px=face.points_px[mirror()] * [-1.0, 1.0, 1.0], presence=1.0))
    assert (flipped.yaw_deg, flipped.pitch_deg, flipped.roll_deg) == pytest.approx(
        (-pose.yaw_deg, pose.pitch_deg, -pose.roll_deg), abs=0.3
    )
