"""What lies outside the picture is not measured; what lies in it is, and what comes into it begins at rest."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.core.records import SIDES, Frame
from facialis.measure.face.framing import beyond_picture
from facialis.measure.face.mesh import SyntheticMesh
from facialis.measure.face.motion import Tracked, track_motion
from facialis.measure.regions import region_points
from facialis.numeric.images.similarity import IDENTITY, Similarity
from tests.measure.face.test_motion import HEIGHT, NAMES, POINTS, WIDTH, X, Y, at, moved, pulled, shot

Floats = NDArray[np.float64]
Box = tuple[int, int, int, int]  # left, top, right, bottom

WINDOW = np.array([[12.0, 6.0]])


def cut(frame: Frame, box: Box) -> Frame:
    left, top, right, bottom = box
    luma = np.ascontiguousarray(frame.luma[top:bottom, left:right])
    return replace(
        frame, luma=luma, chroma=np.full((2, (bottom - top + 1) // 2, (right - left + 1) // 2), 128, np.uint8)
    )


def sway(t: float) -> Floats:
    return np.array([2.0 * np.sin(9 * t), 1.5 * np.sin(7 * t)])


@cache
def swaying(box: Box, count: int = 20) -> Tracked:
    """A head that sways, of which the picture shows only the inside of a box."""

    def make(k: int) -> Frame:
        dx, dy = sway(k / 30)
        return cut(shot(k / 30, (np.full_like(X, dx), np.full_like(Y, dy))), box)

    corner = np.array([box[0], box[1], 0.0])
    return track_motion((make(k) for k in range(count)), SyntheticMesh(lambda t: POINTS - corner + [*sway(t), 0.0]))


def middles() -> Floats:
    """Middle of each window in the whole picture (side, region, 2)."""
    return np.asarray(POINTS[region_points(), :2].mean(axis=2))


def room(box: Box) -> Floats:
    """How far each window's middle lies within the box (side, region), less than 0 outside."""
    low, high = np.array(box[:2]), np.array(box[2:])
    return np.asarray(np.minimum(middles() - low, high - middles()).min(axis=2))


BOXES: dict[str, Box] = {
    "chin": (0, 0, WIDTH, 232),
    "mouth": (0, 0, WIDTH, 196),
    "forehead": (0, 90, WIDTH, HEIGHT),
    "eyes": (0, 130, WIDTH, HEIGHT),
    "left side": (0, 0, 196, HEIGHT),
    "right side": (92, 0, WIDTH, HEIGHT),
}


@pytest.mark.parametrize("name", BOXES)
def test_a_window_outside_the_picture_has_no_motion_and_no_error(name: str) -> None:
    result = swaying(BOXES[name])
    inside = room(BOXES[name])
    seen = np.isfinite(result.motion.displacement_iod[..., 0])
    assert (inside < -3).any(), "nothing was cut off"
    assert not seen[:, inside < -3].any()
    assert np.isnan(result.motion.error_iod[:, inside < -3]).all()
    assert seen[:, inside > 36].all()
    assert result.outside_share is not None
    assert (result.outside_share[inside < -3] == 1.0).all()
    assert (result.outside_share[inside > 36] == 0.0).all()


@pytest.mark.parametrize("name", BOXES)
def test_the_edge_of_the_picture_does_not_move_the_skin_within_it(name: str) -> None:
    """Rigid skin beyond the edge would stand still with the picture, and take the head along."""
    found = swaying(BOXES[name]).motion.displacement_iod
    assert np.nanmax(np.abs(found)) < 0.012
    assert np.nanmean(np.abs(found)) < 0.002


def test_a_whole_face_has_nothing_outside() -> None:
    result = swaying((0, 0, WIDTH, HEIGHT), 12)
    assert result.outside_share is not None
    assert not result.outside_share.any()
    assert np.isfinite(result.motion.displacement_iod).all()


def test_skin_that_comes_into_the_picture_is_measured_from_then_on() -> None:
    """The camera is tilted: at first the chin is outside, after half a second all of it is inside."""

    def box(t: float) -> Box:
        top = 0 if t < 0.5 else 60
        return (0, top, WIDTH, top + 240)

    def make(t: float) -> Frame:
        return cut(shot(t, pulled("chin", "left", 0.0, -3.0) if t >= 1.2 else None), box(t))

    result = track_motion((make(k / 30) for k in range(54)), SyntheticMesh(lambda t: POINTS - [0.0, box(t)[1], 0.0]))
    chin = moved(result, "chin", "left")
    assert np.isnan(chin[: at(0.5)]).all()
    assert np.abs(chin[at(0.6) : at(1.15)]).max() < 0.004
    assert chin[at(1.25) :, 1].mean() > 0.012
    assert result.outside_share is not None
    share = result.outside_share[SIDES.index("left"), NAMES.index("chin")]
    assert share == pytest.approx(15 / 54, abs=0.03)


@pytest.mark.parametrize(
    ("middle", "beyond"),
    [((50, 40), False), ((18, 40), True), ((21, 40), False), ((50, 8), True), ((50, 11), False), ((-40, 40), True)],
)
def test_a_twentieth_of_the_weight_outside_is_too_much(middle: tuple[float, float], beyond: bool) -> None:
    """A bell of standard deviation s has a twentieth of its weight beyond 1.64 s."""
    found = beyond_picture(np.array([middle], float), WINDOW, IDENTITY, (80, 100))
    assert found.tolist() == [beyond]


@pytest.mark.parametrize("scale", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("turn", [0.0, 0.5 * np.pi, np.pi, -0.3])
def test_it_does_not_matter_how_the_camera_is_held(turn: float, scale: float) -> None:
    """All four edges in turn, in pictures of other sizes: only the distance counts, in widths of the window."""
    warp = Similarity(complex(scale * np.exp(1j * turn)), 5.0 - 3.0j)
    rng = np.random.Generator(np.random.SFC64(4))
    places = rng.uniform([-10, -10], [90, 90], (200, 2))
    across = np.broadcast_to([[8.0 * scale, 8.0 * scale]], (200, 2))
    found = beyond_picture(warp.of(places), np.asarray(across), warp, (80, 80))
    near = np.minimum(places + 0.5, 79.5 - places).min(axis=1)
    assert found[near < 0.8 * 8].all()
    assert not found[near > 2.1 * 8].any()
