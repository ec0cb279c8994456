"""Films: one pass, the right moments, motion magnified where and as it was measured; no face when not wanted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from facialis.core.records import SIDES, Frame
from facialis.files.clips import Clip
from facialis.measure.face.raster import raster_points
from facialis.report.drawing.anatomy import face_map
from facialis.report.session.clips import choose_events, make_clips
from facialis.report.session.magnify import measured_pull, shift_px, spread
from facialis.report.session.rest import resting_place
from tests.report import factory


def tiles(clip: Clip) -> NDArray[np.uint8]:
    """The pictures of a film as (row, tile, y, x, colour)."""
    image = cv2.imdecode(np.frombuffer(clip.image, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    rows = image.shape[0] // clip.tile_height_px
    assert image.shape == (rows * clip.tile_height_px, clip.tiles * clip.tile_width_px, 3)
    parts = image.reshape(rows, clip.tile_height_px, clip.tiles, clip.tile_width_px, 3).swapaxes(1, 2)
    return np.asarray(parts, dtype=np.uint8)


@dataclass
class Spot:
    """Pictures that are dark but for a round spot on one corner of the mouth, which stands still."""

    times_s: NDArray[np.float64]
    side: int
    asked: int = 0

    def frames(self, start_s: float = 0.0, stop_s: float = np.inf) -> Iterator[Frame]:
        self.asked += 1
        w, h = factory.PICTURE_PX
        y, x = np.mgrid[0:h, 0:w]
        at = face_map().centres_px["mouth_corner"][self.side] * factory.SCALE + np.array(factory.SHIFT_PX)
        luma = (20 + 200 * np.exp(-((x - at[0]) ** 2 + (y - at[1]) ** 2) / (2 * 5.0**2))).astype(np.uint8)
        chroma = np.full((2, h // 2, w // 2), 128, np.uint8)
        for index, time_s in enumerate(self.times_s):
            if start_s <= time_s < stop_s:
                yield Frame(index=index, time_s=float(time_s), luma=luma, chroma=chroma)


def centre(tile: NDArray[np.uint8]) -> NDArray[np.float64]:
    bright = np.clip(tile.astype(float).mean(axis=2) - 60, 0, None)
    y, x = np.mgrid[0 : tile.shape[0], 0 : tile.shape[1]]
    return np.asarray(np.array([(bright * x).sum(), (bright * y).sum()]) / bright.sum())


@pytest.mark.parametrize("side", ["left", "right"])
def test_the_magnified_motion_has_the_right_place_direction_and_size(side: str) -> None:
    made = factory.make(duration_s=6.0, twitches=((2.0, side, 0.02),), tonic=(), blinks=(), gaps=(), noise_iod=1e-5)
    s = SIDES.index("left" if side == "left" else "right")
    source = Spot(made.motion.time_s, s)
    (clip,) = make_clips(made.session, made.motion, made.track, source)
    assert source.asked == 1
    assert clip.factor > 1
    film = tiles(clip)
    moved = centre(film[1, clip.apex_tile]) - centre(film[0, clip.apex_tile])
    face = face_map()
    step = face.crop().width_px / clip.tile_width_px
    mouth = made.motion.regions.index("mouth_corner")
    at = int(np.argmin(np.abs(made.motion.time_s - made.session.events[0].apex_s)))
    lateral, up = made.motion.displacement_iod[at, s, mouth]
    wanted = (clip.factor - 1) * face.iod_px / step * np.array([-lateral if side == "right" else lateral, -up])
    assert np.linalg.norm(wanted) > 3
    assert np.dot(moved, wanted) / np.linalg.norm(wanted) == pytest.approx(np.linalg.norm(wanted), rel=0.2)
    assert np.dot(moved, wanted) > 0.95 * np.linalg.norm(moved) * np.linalg.norm(wanted)
    still = centre(film[1, 0]) - centre(film[0, 0])
    assert np.linalg.norm(still) < 0.2


def test_the_other_side_stays() -> None:
    made = factory.make(duration_s=6.0, twitches=((2.0, "left", 0.02),), tonic=(), blinks=(), gaps=(), noise_iod=1e-5)
    (clip,) = make_clips(made.session, made.motion, made.track, Spot(made.motion.time_s, SIDES.index("right")))
    film = tiles(clip)
    assert np.linalg.norm(centre(film[1, clip.apex_tile]) - centre(film[0, clip.apex_tile])) < 1.0


@given(st.floats(0.0005, 0.5), st.sampled_from(["left", "right"]), st.integers(0, 10**6))
def test_the_factor_makes_the_motion_plain_but_not_absurd(size: float, side: str, seed: int) -> None:
    made = factory.make(
        duration_s=3.0, twitches=((1.0, side, size),), tonic=(), blinks=(), gaps=(), noise_iod=1e-6, seed=seed
    )
    chosen = np.flatnonzero(made.motion.time_s < 2)
    pull = measured_pull(
        made.motion, resting_place(made.motion, made.session.events), made.session.events[0], chosen, face_map()
    )
    assert 1 <= pull.factor <= 20
    peak = float(np.hypot(pull.displacement_iod[..., 0], pull.displacement_iod[..., 1]).max())
    if 1 < pull.factor < 20:
        assert pull.factor * peak == pytest.approx(0.12, rel=0.35)
    if pull.factor == 1:
        assert peak > 0.07


def test_motion_below_its_error_is_not_magnified() -> None:
    made = factory.make(duration_s=6.0, twitches=((2.0, "left", 0.03),), tonic=(), blinks=(), gaps=(), noise_iod=0.001)
    chosen = np.flatnonzero(made.motion.time_s < 4)
    pull = measured_pull(
        made.motion, resting_place(made.motion, made.session.events), made.session.events[0], chosen, face_map()
    )
    quiet = pull.displacement_iod[(made.motion.time_s[chosen] > 1.7) & (made.motion.time_s[chosen] < 2.0)]
    assert np.mean(quiet == 0) > 0.8


@given(st.integers(0, 14), st.integers(0, 1), st.floats(-0.1, 0.1), st.floats(-0.1, 0.1))
def test_spreading_is_smooth_and_mirrored(region: int, side: int, lateral: float, up: float) -> None:
    face = face_map()
    regions = tuple(face.centres_px)
    y, x = np.mgrid[0 : face.height_px : 8, 0 : face.width_px : 8].astype(float)
    grid = np.stack([x.ravel(), y.ravel()], axis=1)
    mirrored = np.stack([face.width_px - 1 - grid[:, 0], grid[:, 1]], axis=1)
    displacement = np.zeros((2, len(regions), 2))
    displacement[side, region] = lateral, up
    moved = shift_px(face, spread(face, regions, grid), displacement)
    other = shift_px(face, spread(face, regions, mirrored), displacement[::-1])
    np.testing.assert_allclose(moved, other * [-1, 1], atol=1e-6)
    assert np.abs(moved).max() <= 1.3 * face.iod_px * max(abs(lateral), abs(up)) + 1e-9


def test_regions_move_by_what_was_measured_there() -> None:
    face = face_map()
    regions = tuple(face.centres_px)
    centres = np.stack([face.centres_px[name] for name in regions], axis=1).reshape(-1, 2)
    rng = np.random.default_rng(3)
    pattern = np.array([factory.SHAPE[name] for name in regions])
    displacement = 0.02 * np.stack([pattern, 0.5 * pattern]) + rng.normal(0, 1e-4, (2, len(regions), 2))
    moved = shift_px(face, spread(face, regions, centres), displacement).reshape(2, len(regions), 2) / face.iod_px
    wanted = displacement * np.array([[[-1.0, -1.0]], [[1.0, -1.0]]])
    assert np.abs(moved - wanted).max() < 0.3 * np.abs(wanted).max()
    assert np.abs(moved - wanted).mean() < 0.1 * np.abs(wanted).max()


def test_one_pass_few_tiles_and_the_moments_of_the_event() -> None:
    made = factory.make()
    source = factory.Pictures(times_s=made.motion.time_s)
    shares: list[float] = []
    clips = make_clips(made.session, made.motion, made.track, source, progress=shares.append)
    assert len(source.asked) == 1
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert sum(len(clip.image) for clip in clips) < 1_500_000
    for clip in clips:
        event = made.session.events[clip.event]
        assert clip.tiles <= 24
        assert clip.start_s <= event.onset_s
        assert clip.stop_s >= min(event.offset_s, made.motion.time_s[-1])
        assert 0 <= clip.onset_tile <= clip.apex_tile <= clip.offset_tile < clip.tiles
        assert clip.faces
        assert tiles(clip).shape[0] == (1 if clip.factor == 1 else 2)


def test_skin_keeps_its_colour() -> None:
    made = factory.make(duration_s=6.0, twitches=((2.0, "left", 0.02),), tonic=(), blinks=(), gaps=())
    source = factory.Pictures(times_s=made.motion.time_s)
    (clip,) = make_clips(made.session, made.motion, made.track, source)
    blue, green, red = tiles(clip)[0, 0].reshape(-1, 3).mean(axis=0)
    assert red > green > blue


def test_the_largest_and_surest_are_chosen_and_a_few_blinks() -> None:
    many = tuple((1.0 + 0.5 * n, "left", 0.005 + 0.001 * (n % 37)) for n in range(60))
    session = factory.make(duration_s=40.0, twitches=many, tonic=()).session
    chosen = choose_events(session)
    kinds = [session.events[n].trial_type for n in chosen]
    assert kinds.count("twitch") == 24
    assert kinds.count("blink") == 3
    weight = [e.amplitude_iod * e.probability for e in session.events]
    least = min(weight[n] for n in chosen if session.events[n].trial_type == "twitch")
    rest = [weight[n] for n, e in enumerate(session.events) if e.trial_type == "twitch" and n not in chosen]
    assert max(rest) <= least


def test_without_faces_the_pictures_are_not_read() -> None:
    made = factory.make(duration_s=12.0)
    clips = make_clips(made.session, made.motion, made.track, factory.Forbidden(), faces=False)
    assert clips
    for clip in clips:
        assert clip.mime == "image/png"
        assert not clip.faces
        film = tiles(clip)
        assert np.array_equal(film[..., 0], film[..., 1])
        assert np.unique(film).size <= 6
        if clip.factor > 1:
            assert not np.array_equal(film[1, clip.apex_tile], film[0, clip.apex_tile]), "the outline moves"


def test_the_outline_is_taken_from_the_whole_mesh_too() -> None:
    made = factory.make(duration_s=12.0)
    whole = replace(made.track, outline_raster=raster_points())
    none = replace(made.track, outline_raster=np.zeros((0, 2)))
    films = [
        [clip.image for clip in make_clips(made.session, made.motion, track, None, faces=False)]
        for track in (made.track, whole, none)
    ]
    assert films[0] == films[1] == films[2]


def test_an_outline_that_is_not_known_is_drawn_as_points() -> None:
    made = factory.make(duration_s=12.0)
    track = replace(made.track, outline_raster=made.track.outline_raster[:40])
    assert make_clips(made.session, made.motion, track, None, faces=False)


def test_pictures_that_do_not_come_leave_no_film() -> None:
    made = factory.make(duration_s=12.0)
    early = factory.Pictures(times_s=made.motion.time_s[:100])
    clips = make_clips(made.session, made.motion, made.track, early)
    assert {clip.event for clip in clips} < set(choose_events(made.session))


def test_a_face_that_is_large_in_the_picture_is_cut_the_same() -> None:
    """Twice the picture with half the matrix shows the same film (within resampling)."""
    made = factory.make(duration_s=6.0, twitches=((2.0, "left", 0.02),), tonic=(), blinks=(), gaps=())
    small = factory.Pictures(times_s=made.motion.time_s)

    @dataclass
    class Large:
        factor: int = 4

        def frames(self, start_s: float = 0.0, stop_s: float = np.inf) -> Iterator[Frame]:
            for frame in small.frames(start_s, stop_s):
                luma = frame.luma.repeat(self.factor, 0).repeat(self.factor, 1)
                chroma = frame.chroma.repeat(self.factor, 1).repeat(self.factor, 2)
                yield replace(frame, luma=luma, chroma=chroma)

    (a,) = make_clips(made.session, made.motion, made.track, small)
    shrink = np.array([[0.25, 0, -0.375], [0, 0.25, -0.375], [0, 0, 1]])
    track = replace(made.track, to_raster=made.track.to_raster @ shrink)
    (b,) = make_clips(made.session, made.motion, track, Large())
    assert np.abs(tiles(a)[:, :3].astype(int) - tiles(b)[:, :3].astype(int)).mean() < 2.0


def test_nothing_to_film_reads_nothing() -> None:
    made = factory.make(duration_s=6.0, twitches=(), tonic=(), blinks=(), gaps=())
    assert make_clips(made.session, made.motion, made.track, factory.Forbidden()) == ()
