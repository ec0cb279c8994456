"""Region motion: how far the skin over each muscle has moved, per picture, from the pixels.

Each region is a window of the stabilised face, measured by Gauss-Newton against a reference that follows light and
pose slowly and never learns where the skin is (so a spasm that holds stays visible). Head motion and lighting are
taken out on rigid skin.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.records import FaceTrack, Frame, Motion
from facialis.measure.face import (
    compose,
    eye_aperture_iod,
    interocular_px,
    mesh_to_raster,
    pose_of,
    pyramid,
    raster_of,
)
from facialis.measure.mesh import FaceBox, Mesh, MeshBackend
from facialis.measure.regions import (
    RASTER_HEIGHT_PX,
    RASTER_IOD_PX,
    RASTER_WIDTH_PX,
    region_points,
    regions,
    rigid_points,
)
from facialis.numeric.registration import LEVELS, Pyramid, Reference, Shift, measure_shift, similarity

__all__ = ["Sighting", "Tracked", "track_motion"]

Array = NDArray[np.float64]

_HOLD_PX = 0.8  # chosen: the warp is held until rigid skin has moved this far in the raster; 0.5 - 1.5 px
_REDO_PX = 2.5  # chosen: beyond this a window has lost overlap and the picture is warped again; 2 - 4 px
_LOST_PX = 9.6  # chosen: 0.1 IOD between mesh and pixels for _LOST_FRAMES in a row means the pixels slipped
_LOST_FRAMES = 5  # chosen: 3 - 10
_LEARN_EVERY = 4  # chosen: the reference learns every fourth picture; 1 - 8 give the same signals
_LEARN_S = 4.0  # chosen: time constant of the reference; 2 - 8 s
_GOOD_MATCH = 0.5  # chosen: below this correlation a window shows something else (a hand, a turned head); 0.4 - 0.7
_RIGID_WINDOW_IOD = (0.125, 0.125)  # chosen: as large as bone allows; 0.1 - 0.15
_SPARSE = 8  # chosen: every eighth pixel tells whether a picture is the same; 4 - 16
_SAME = 0.02  # chosen: mean difference in grey levels below which no camera made a new picture; 0.005 - 0.05
_EYE_HOLE = 3  # chosen: pixels by which the eye opening left out is shrunk, so that the lid margin itself counts


@dataclass(frozen=True, kw_only=True)
class Sighting:
    """Faces found at one moment by the detector, the followed one or not."""

    time_s: float
    boxes: tuple[FaceBox, ...]


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """What one pass over a recording gives; ``repeated_share`` of the pictures are the same as the one before."""

    motion: Motion
    track: FaceTrack
    sightings: tuple[Sighting, ...]
    luma_mean: Array
    repeated_share: float = 0.0


@dataclass
class _Rows:
    time_s: list[float] = field(default_factory=list)
    shift: list[Array] = field(default_factory=list)
    error: list[Array] = field(default_factory=list)
    aperture: list[Array] = field(default_factory=list)
    pose: list[Array] = field(default_factory=list)
    quality: list[float] = field(default_factory=list)
    matrix: list[Array] = field(default_factory=list)
    iod: list[float] = field(default_factory=list)
    box: list[Array] = field(default_factory=list)
    luma: list[float] = field(default_factory=list)


class _Follower:
    """The state between pictures: the warp, the reference, and where each window was last."""

    def __init__(self) -> None:
        self._windows = np.concatenate([region_points().reshape(-1, region_points().shape[2])])
        self._rigid = rigid_points()
        self.count = len(self._windows)
        self.reference: Reference | None = None
        self.matrix: Array | None = None
        self.offset = np.zeros((self.count, 2))  # where the reference's windows stood when it was made
        self._last = np.zeros((self.count, 2))
        self._slipped = 0
        self._seen = 0
        self.outline: Array | None = None

    def lose(self) -> None:
        """The face is gone; the next one starts a new reference, and displacement begins at zero again."""
        self.reference = None
        self.matrix = None

    def step(self, frame: Frame, mesh: Mesh, interval_s: float) -> tuple[Shift, Array, Array]:
        """Displacement of all muscle windows in raster pixels with head motion taken out, the warp, rigid match."""
        by_mesh = mesh_to_raster(mesh)
        if self.reference is None or self.matrix is None:
            return self._begin(frame, mesh, by_mesh)
        matrix = self._predict(by_mesh)
        start = np.concatenate([self._last, np.zeros((len(self._rigid), 2))])
        for _ in range(3):
            levels = pyramid(raster_of(frame, matrix))
            found = measure_shift(self.reference, levels, start)
            ego = self._ego(found)
            moved = _apply(ego, self.reference.centres[self.count :]) - self.reference.centres[self.count :]
            if np.abs(moved).max() <= _REDO_PX:
                break
            matrix = compose(_undo(ego), matrix)
        centres = self.reference.centres
        still = found.shift_px - (_apply(ego, centres) - centres)
        exact = compose(_undo(ego), matrix)
        self.matrix = exact if np.abs(moved).max() > _HOLD_PX else matrix
        self._watch(exact, by_mesh)
        self._last = np.where(found.match[: self.count, None] > _GOOD_MATCH, still[: self.count], 0.0)
        self._learn(levels, found, interval_s)
        muscles = slice(0, self.count)
        return (
            Shift(shift_px=still[muscles], match=found.match[muscles], error_px=found.error_px[muscles]),
            exact,
            found.match[self.count :],
        )

    def _begin(self, frame: Frame, mesh: Mesh, by_mesh: Array) -> tuple[Shift, Array, Array]:
        self.matrix = by_mesh
        points = mesh.points_px[:, :2] @ by_mesh[:, :2].T + by_mesh[:, 2]
        self.outline = points
        centres = np.concatenate(
            [points[self._windows].mean(1), np.array([points[list(w)].mean(0) for w in self._rigid])]
        )
        hole = np.ones((RASTER_HEIGHT_PX, RASTER_WIDTH_PX), np.uint8)
        for eye in (_RIGHT_EYE, _LEFT_EYE):
            cv2.fillPoly(hole, [np.rint(points[eye]).astype(np.int32)], (0,))
        open_skin = np.asarray(cv2.dilate(hole, np.ones((2 * _EYE_HOLE + 1,) * 2, np.uint8)), dtype=np.uint8)
        levels = pyramid(raster_of(frame, by_mesh))
        sigma = np.array([region.window_iod for region in regions()] * 2 + [_RIGID_WINDOW_IOD] * len(self._rigid))
        masks = tuple(_shrunk(open_skin, step) for step in LEVELS)
        self.reference = Reference(levels, centres, sigma * RASTER_IOD_PX, masks)
        self._last = np.zeros((self.count, 2))
        self._slipped = self._seen = 0
        error = measure_shift(self.reference, levels, np.zeros_like(centres)).error_px[: self.count]
        zero = Shift(shift_px=np.zeros((self.count, 2)), match=np.ones(self.count), error_px=error)
        return zero, by_mesh, np.ones(len(self._rigid))

    def _predict(self, by_mesh: Array) -> Array:
        assert self.matrix is not None
        corners = np.array([[60.0, 60.0], [196.0, 60.0], [128.0, 240.0]])
        back = _undo(self.matrix)
        gap = _apply(compose(by_mesh, back), corners) - corners
        # A still head keeps its warp; after a jump the mesh is nearer than the last picture.
        return self.matrix if np.abs(gap).max() < _LOST_PX else by_mesh

    def _ego(self, found: Shift) -> Array:
        assert self.reference is not None
        centres = self.reference.centres[self.count :]
        shift = found.shift_px[self.count :]
        weight = (
            np.clip(found.match[self.count :] - _GOOD_MATCH, 0.01, None) / (found.error_px[self.count :] + 0.02) ** 2
        )
        matrix = similarity(centres, centres + shift, weight)
        for _ in range(3):
            rest = np.linalg.norm(shift - (_apply(matrix, centres) - centres), axis=1)
            scale = max(float(np.median(rest)) * 1.5, 0.05)
            matrix = similarity(centres, centres + shift, weight / (1.0 + (rest / scale) ** 2))
        return matrix

    def _watch(self, exact: Array, by_mesh: Array) -> None:
        corners = np.array([[60.0, 60.0], [196.0, 60.0], [128.0, 240.0]])
        gap = np.abs(_apply(compose(by_mesh, _undo(exact)), corners) - corners).max()
        self._slipped = self._slipped + 1 if gap > _LOST_PX else 0
        if self._slipped >= _LOST_FRAMES:
            self.lose()

    def _learn(self, levels: Pyramid, found: Shift, interval_s: float) -> None:
        if self.reference is None:
            return
        self._seen += 1
        if self._seen % _LEARN_EVERY:
            return
        # Right after the start the reference is one noisy picture: learn fast, as a running mean.
        share = max(1.0 - np.exp(-_LEARN_EVERY * interval_s / _LEARN_S), 1.0 / (1.0 + self._seen / _LEARN_EVERY))
        self.reference.learn(levels, found.shift_px, np.where(found.match > 0.8, share, 0.0))


_RIGHT_EYE = [33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7]
_LEFT_EYE = [263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249]


def _shrunk(weights: NDArray[np.uint8], step: int) -> NDArray[np.float32]:
    size = (RASTER_WIDTH_PX // step, RASTER_HEIGHT_PX // step)
    return np.asarray(cv2.resize(weights.astype(np.float32), size, interpolation=cv2.INTER_AREA), dtype=np.float32)


def _undo(matrix: Array) -> Array:
    """The 2×3 matrix that takes back what ``matrix`` does."""
    return np.asarray(cv2.invertAffineTransform(matrix), dtype=np.float64)


def _apply(matrix: Array, points: Array) -> Array:
    return np.asarray(points @ matrix[:, :2].T + matrix[:, 2])


def track_motion(
    frames: Iterable[Frame], backend: MeshBackend, *, seen: Callable[[Frame], None] | None = None
) -> Tracked:
    """Follows the face through a recording and measures the motion of every region.

    Memory grows only by a few hundred numbers a picture. Displacement starts at zero where the reference begins; after
    a gap it starts anew, so displacement before and after a gap cannot be compared. ``seen`` is called with each frame.
    """
    rows, follower, sightings = _Rows(), _Follower(), []
    empty = np.full(follower.count, np.nan)
    outline: Array | None = None
    last_s = -np.inf
    repeated, before = 0, np.zeros((0, 0))
    for frame in frames:
        interval_s = min(frame.time_s - last_s, 0.1)
        last_s = frame.time_s
        sample = frame.luma[::_SPARSE, ::_SPARSE].astype(np.float64)
        repeated += int(sample.shape == before.shape and float(np.abs(sample - before).mean()) < _SAME)
        before = sample
        look = backend.look(frame)
        if look.boxes is not None:
            sightings.append(Sighting(time_s=frame.time_s, boxes=look.boxes))
        rows.time_s.append(frame.time_s)
        if look.mesh is None:
            follower.lose()
            rows.shift.append(np.full((follower.count, 2), np.nan))
            rows.error.append(empty)
            rows.aperture.append(np.full(2, np.nan))
            rows.pose.append(np.full(3, np.nan))
            rows.quality.append(0.0)
            rows.matrix.append(np.full((2, 3), np.nan))
            rows.iod.append(np.nan)
            rows.box.append(np.full(4, np.nan))
            rows.luma.append(np.nan)
        else:
            shift, matrix, rigid = follower.step(frame, look.mesh, interval_s)
            outline = follower.outline if outline is None else outline
            pose = pose_of(look.mesh)
            xy = look.mesh.points_px[:, :2]
            # Directions are of the person: lateral is away from the midline on both sides, up towards the brow.
            sided = shift.shift_px.reshape(2, -1, 2) / RASTER_IOD_PX * [1.0, -1.0]
            sided[0, :, 0] *= -1.0
            seen_well = np.where(shift.match > _GOOD_MATCH, 1.0, np.nan)
            rows.shift.append(sided.reshape(-1, 2) * seen_well[:, None])
            rows.error.append(shift.error_px / RASTER_IOD_PX * seen_well)
            rows.aperture.append(eye_aperture_iod(look.mesh))
            rows.pose.append(np.array([pose.yaw_deg, pose.pitch_deg, pose.roll_deg]))
            rows.quality.append(float(np.clip(np.median(rigid), 0.0, 1.0)) * float(look.mesh.presence))
            rows.matrix.append(matrix)
            rows.iod.append(interocular_px(look.mesh))
            rows.box.append(np.concatenate([xy.min(0), xy.max(0)]))
            x0, y0, x1, y1 = np.clip(rows.box[-1], 0, None).astype(int)
            rows.luma.append(float(frame.luma[y0:y1:4, x0:x1:4].mean() if y1 > y0 and x1 > x0 else np.nan))
        if seen is not None:
            seen(frame)
    n, r = len(rows.time_s), len(regions())
    motion = Motion(
        time_s=np.array(rows.time_s),
        regions=tuple(region.name for region in regions()),
        displacement_iod=np.array(rows.shift).reshape(n, 2, r, 2),
        error_iod=np.array(rows.error).reshape(n, 2, r),
        aperture_iod=np.array(rows.aperture),
        pose_deg=np.array(rows.pose),
        quality=np.array(rows.quality),
    )
    track = FaceTrack(
        time_s=motion.time_s,
        to_raster=np.array(rows.matrix),
        iod_px=np.array(rows.iod),
        box_px=np.array(rows.box),
        outline_raster=np.zeros((0, 2)) if outline is None else outline,
        faces_seen=max((len(s.boxes) for s in sightings), default=0),
    )
    return Tracked(
        motion=motion,
        track=track,
        sightings=tuple(sightings),
        luma_mean=np.array(rows.luma),
        repeated_share=repeated / max(n - 1, 1),
    )
