"""Region motion from pictures: skin that moves is measured where it moves, the head and the light are not."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import map_coordinates, spline_filter

from facialis.core.records import SIDES, Frame
from facialis.measure.face.mesh import SyntheticMesh
from facialis.measure.face.motion import Tracked, prepare, track_motion
from facialis.measure.regions import region_points, regions, rigid_points, template
from facialis.numeric.images import agreement as pictures
from facialis.numeric.images import windows

Floats = NDArray[np.float64]
IOD = 100.0
HEIGHT, WIDTH = 360, 300
MIDDLE = np.array([150.0, 130.0])
NAMES = [region.name for region in regions()]
POINTS: Floats = template() * IOD + [*MIDDLE, 0.0]
Warp = Callable[[float], tuple[Floats, Floats]]


def skin() -> Floats:
    """A face without features other than pores: noise of several sizes."""
    rng = np.random.Generator(np.random.SFC64(3))
    picture = np.full((HEIGHT, WIDTH), 130.0, np.float32)
    for blur, size in ((1.2, 12.0), (3.0, 16.0), (8.0, 18.0)):
        grain = cv2.GaussianBlur(rng.standard_normal((HEIGHT, WIDTH)).astype(np.float32), (0, 0), blur)
        picture += (size / grain.std()) * grain
    return np.clip(picture, 5, 250).astype(np.float64)


SKIN = skin()
SPLINE = spline_filter(SKIN)
Y, X = np.mgrid[:HEIGHT, :WIDTH].astype(np.float64)


def place(name: str, side: str) -> Floats:
    """Middle of a window in the picture."""
    return np.asarray(POINTS[region_points()[SIDES.index(side), NAMES.index(name)], :2].mean(axis=0))


def pulled(name: str, side: str, dx: float, dy: float, width: float = 14.0) -> tuple[Floats, Floats]:
    """Displacement in pixels of all skin when that of one window moves by (dx, dy)."""
    x, y = place(name, side)
    share = np.exp(-0.5 * ((X - x) ** 2 + (Y - y) ** 2) / width**2)
    return np.asarray(dx * share), np.asarray(dy * share)


def shot(time_s: float, move: tuple[Floats, Floats] | None = None, *, gain: float = 1.0, offset: float = 0.0) -> Frame:
    picture: Floats = SKIN
    if move is not None:  # splines, since OpenCV rounds places to a thirty-second of a pixel
        picture = map_coordinates(SPLINE, [Y - move[1], X - move[0]], prefilter=False, mode="nearest")
    rng = np.random.Generator(np.random.SFC64(round(1000 * time_s)))
    luma = np.clip(np.rint(picture * gain + offset + rng.normal(0, 1.0, picture.shape)), 0, 255).astype(np.uint8)
    grey = np.full((2, HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    return Frame(index=round(time_s * 30), time_s=time_s, luma=luma, chroma=grey)


def still(_time: float) -> Floats:
    return POINTS


def at(seconds: float) -> int:
    return round(seconds * 30)


def run(count: int, make: Callable[[float], Frame], points: Callable[[float], Floats | None] = still) -> Tracked:
    return track_motion((make(k / 30) for k in range(count)), SyntheticMesh(points))


def moved(result: Tracked, name: str, side: str) -> Floats:
    """(time, direction) displacement of a window in IOD."""
    return np.asarray(result.motion.displacement_iod[:, SIDES.index(side), NAMES.index(name)])


def others(result: Tracked, name: str, side: str) -> Floats:
    """(time,) largest displacement of windows far from one."""
    here = place(name, side)
    far = [
        np.linalg.norm(moved(result, n, s), axis=1)
        for n in NAMES
        for s in SIDES
        if np.linalg.norm(place(n, s) - here) > 0.7 * IOD
    ]
    return np.asarray(np.max(far, axis=0))


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize(
    ("name", "dx", "dy"), [("cheek", 0.0, -2.0), ("mouth_corner", 1.5, -1.0), ("lower_lid", 0.0, -1.2)]
)
def test_skin_that_moves_is_measured_in_its_own_directions(side: str, name: str, dx: float, dy: float) -> None:
    """Lateral is away from the midline on both sides, up is towards the brow; the rest of the face stays."""
    sign = 1.0 if side == "left" else -1.0  # the person's left is on the right of the picture
    result = run(12, lambda t: shot(t, pulled(name, side, sign * dx, dy) if at(t) >= 6 else None))
    found = moved(result, name, side)
    assert np.abs(found[:6]).max() < 0.002
    # A window sees the mean of skin that moves less towards its rim.
    want = np.array([dx, -dy]) / IOD
    size = np.linalg.norm(want)
    assert 0.5 * size < found[6:].mean(axis=0) @ want / size < 1.05 * size
    assert np.linalg.norm(found[6:].mean(axis=0) - want * (found[6:].mean(axis=0) @ want) / size**2) < 0.12 * size
    assert others(result, name, side)[6:].max() < 0.2 * size


def test_twice_the_movement_is_twice_the_measure() -> None:
    def size(px: float) -> float:
        result = run(20, lambda t: shot(t, pulled("cheek", "left", 0.0, -px) if at(t) >= 10 else None))
        up = moved(result, "cheek", "left")[:, 1]
        return float(up[10:].mean() - up[2:10].mean())

    assert size(2.0) / size(1.0) == pytest.approx(2.0, rel=0.08)
    assert size(0.5) / size(1.0) == pytest.approx(0.5, rel=0.08)


@pytest.mark.parametrize("mesh_follows", [True, False])
def test_a_head_that_moves_does_not_move_its_skin(mesh_follows: bool) -> None:
    """Also where the mesh says nothing of it: rigid skin tells."""

    def shift(t: float) -> Floats:
        return np.array([3.0 * np.sin(2 * t), 2.0 * np.sin(3 * t)])

    def make(t: float) -> Frame:
        dx, dy = shift(t)
        return shot(t, (np.full_like(X, dx), np.full_like(Y, dy)))

    result = run(45, make, (lambda t: POINTS + [*shift(t), 0.0]) if mesh_follows else still)
    assert np.abs(result.motion.displacement_iod).max() < 0.006
    assert np.abs(result.motion.displacement_iod).mean() < 0.001
    nose = np.array([*POINTS[168, :2], 1.0])
    where = np.array([m @ (nose + [*shift(k / 30), 0.0]) for k, m in enumerate(result.track.to_raster)])
    assert np.abs(where - where[0]).max() < 0.4


def test_jitter_of_the_mesh_is_no_movement() -> None:
    rng = np.random.Generator(np.random.SFC64(6))
    result = run(40, shot, lambda _t: POINTS + rng.normal(0, 0.6, POINTS.shape))
    assert np.abs(result.motion.displacement_iod).mean() < 0.001


def test_light_is_no_movement() -> None:
    result = run(40, lambda t: shot(t, gain=1.0 - 0.25 * t, offset=10 * t))
    assert np.abs(result.motion.displacement_iod).max() < 0.005


def test_what_holds_is_not_forgotten() -> None:
    """Five seconds of a held contraction: the reference follows the light, never the place."""
    result = run(
        180, lambda t: shot(t, pulled("cheek", "right", 0.0, -2.0) if 0.5 <= t < 5.5 else None, gain=1 - 0.03 * t)
    )
    up = moved(result, "cheek", "right")[:, 1]
    assert up[at(5.2) : at(5.4)].mean() == pytest.approx(up[at(0.7) : at(0.9)].mean(), rel=0.1)
    assert np.abs(up[at(5.7) :]).max() < 0.002


def test_a_face_that_is_not_there_is_a_gap_and_begins_anew() -> None:
    def make(t: float) -> Frame:
        return shot(t, pulled("cheek", "left", 0.0, -2.0) if t >= 0.5 else None)

    result = run(45, make, lambda t: None if 0.7 <= t < 1.0 else POINTS)
    gone = slice(at(0.7), at(1.0))
    motion = result.motion
    assert (motion.quality[gone] == 0).all()
    for values in (motion.displacement_iod, motion.error_iod, motion.aperture_iod, motion.pose_deg):
        assert np.isnan(values[gone]).all()
    assert np.isnan(result.track.to_raster[gone]).all()
    seen = np.r_[0 : at(0.7), at(1.0) : 45]
    assert (motion.quality[seen] > 0.5).all()
    up = moved(result, "cheek", "left")[:, 1]
    assert up[at(0.6)] > 0.01
    assert np.abs(up[at(1.0) :]).max() < 0.003  # what it looked like when it came back is the new rest


def test_a_hand_over_a_cheek_hides_its_windows_and_no_others() -> None:
    hand = np.random.Generator(np.random.SFC64(9)).integers(60, 200, (HEIGHT, WIDTH)).astype(np.uint8)
    hand = np.asarray(cv2.GaussianBlur(hand, (0, 0), 2.0), np.uint8)

    def make(t: float) -> Frame:
        frame = shot(t)
        if 0.4 <= t < 0.8:
            x, y = place("buccal", "left").astype(int)
            frame.luma[y - 45 : y + 45, x - 45 : x + 45] = hand[y - 45 : y + 45, x - 45 : x + 45]
        return frame

    result = run(36, make)
    covered = slice(at(0.45), at(0.75))
    assert np.isnan(moved(result, "buccal", "left")[covered]).all()
    assert np.isfinite(moved(result, "buccal", "right")).all()
    assert np.isfinite(moved(result, "forehead", "left")).all()
    assert np.isfinite(moved(result, "buccal", "left")[at(0.9) :]).all()


def test_noisier_pictures_have_larger_errors() -> None:
    rng = np.random.Generator(np.random.SFC64(10))

    def noisy(t: float) -> Frame:
        frame = shot(t)
        loud = frame.luma + rng.normal(0, 8.0 if t >= 0.5 else 0.0, frame.luma.shape)
        return Frame(index=frame.index, time_s=t, luma=np.clip(loud, 0, 255).astype(np.uint8), chroma=frame.chroma)

    result = run(30, noisy)
    quiet, loud = (np.median(result.motion.error_iod[part]) for part in (slice(5, 14), slice(16, 30)))
    assert loud > 2.5 * quiet
    assert result.motion.displacement_iod[16:].std() > 2 * result.motion.displacement_iod[5:14].std()


def test_everything_is_on_the_recordings_times_and_every_frame_is_shown() -> None:
    times = np.array([0.0, 0.03, 0.07, 0.1, 0.15, 0.4, 0.43])
    shown: list[float] = []
    result = track_motion((shot(float(t)) for t in times), SyntheticMesh(still), seen=lambda f: shown.append(f.time_s))
    assert result.motion.time_s == pytest.approx(times)
    assert result.track.time_s == pytest.approx(times)
    assert shown == pytest.approx(times)
    assert len(result.sightings) == len(times)
    assert result.track.faces_seen == 1
    assert result.track.iod_px == pytest.approx(IOD, rel=0.05)
    assert result.luma_mean == pytest.approx(130, abs=12)
    assert result.motion.quality.min() >= 0
    assert result.motion.quality.max() <= 1


def test_the_first_picture_is_rest() -> None:
    result = run(3, shot)
    assert not result.motion.displacement_iod[0].any()


def test_all_that_is_compiled_is_compiled_beforehand() -> None:
    prepare()
    kernels = [windows.settle, windows.learn, windows.cut_windows, pictures.same_share, pictures.mean_difference]
    before = [list(kernel.signatures) for kernel in kernels]  # type: ignore[attr-defined]
    assert all(before)
    run(30, lambda t: shot(t, pulled("cheek", "left", 2.0 * (t > 0.2), 0.0)))
    assert [list(kernel.signatures) for kernel in kernels] == before  # type: ignore[attr-defined]


def test_windows_of_rigid_skin_are_what_tells_the_head_apart() -> None:
    """When rigid skin itself moves together, that is the head: muscles move the other way by as much."""
    whole = np.array([[POINTS[list(p), 0].mean(), POINTS[list(p), 1].mean()] for p in rigid_points()])

    def make(t: float) -> Frame:
        if at(t) < 4:
            return shot(t)
        share = sum(np.exp(-0.5 * ((X - x) ** 2 + (Y - y) ** 2) / 16.0**2) for x, y in whole)
        return shot(t, (np.zeros_like(X), np.asarray(np.clip(share, 0, 1) * 1.5)))

    result = run(8, make)
    assert moved(result, "mouth_corner", "left")[5:, 1].mean() > 0.007
