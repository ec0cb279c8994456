"""One face followed from picture to picture: the warp that holds it still, its reference, where each window is.

Windows of rigid skin tell where the head has gone since the picture before; only then are the windows over muscles
measured, from where they should be. So most pictures cost one warp and one step a window.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Frame
from facialis.measure.face.framing import beyond_picture
from facialis.measure.face.mesh import Mesh
from facialis.measure.face.raster import Levels, mesh_to_raster, raster_of
from facialis.measure.face.stretched_skin import stretched_match
from facialis.measure.regions import (
    RASTER_HEIGHT_PX,
    RASTER_IOD_PX,
    RASTER_WIDTH_PX,
    eye_opening_points,
    region_points,
    regions,
    rigid_points,
)
from facialis.numeric.images.registration import LEVELS, Reference, Shift, measure_shift
from facialis.numeric.images.similarity import IDENTITY, Similarity, fit_similarity
from facialis.numeric.images.windows import cut_windows

__all__ = ["GOOD_MATCH", "Follower", "Step"]

Array = NDArray[np.float64]

GOOD_MATCH = 0.5  # chosen: variance explained; less shows something else (a hand, a turned head); 0.4 - 0.7
_HOLD_PX = 0.8  # chosen: the warp is held until rigid skin has moved this far in the raster; 0.5 - 1.5 px
_REDO_PX = 2.5  # chosen: beyond this a window has lost overlap and the picture is warped again; 2 - 4 px
_WARPS = 3  # chosen: a head that needs more was not found; 2 - 5
_LOST_PX = 9.6  # chosen: 0.1 IOD between mesh and pixels for _LOST_LOOKS in a row means the pixels slipped
_LOST_LOOKS = 5  # chosen: 3 - 10
_LEARN_EVERY = 8  # chosen: the reference learns every eighth picture; 1 - 8 give the same signals
_LEARN_FIRST = 16  # chosen: pictures after the start of which it learns every second one; 8 - 64
_LEARN_S = 4.0  # chosen: time constant of the reference; 2 - 8 s
_LEARN_MATCH = 0.8  # chosen: only what surely is this skin is learnt; 0.7 - 0.9
_FORGET = 0.01  # chosen: share a picture by which a window's usual match follows downwards; 0.003 - 0.03
_LEAST_RIGID = 4  # chosen: two points give a similarity, twice as many one that can be checked; 3 - 6
_RIGID_WINDOW_IOD = (0.125, 0.125)  # chosen: as large as bone allows; 0.1 - 0.15
_EYE_SIDE_PX = 41  # chosen: 0.43 IOD, an eye and its lids; 0.35 - 0.5 IOD
_EYE_HOLE = 3  # chosen: pixels by which the eye opening left out is shrunk, so that the lid margin itself counts

_CORNERS = np.array([[60.0, 60.0], [196.0, 60.0], [128.0, 240.0]])  # of the face in the raster


@dataclass(frozen=True, kw_only=True)
class Step:
    """What one picture gave.

    ``muscles`` is the displacement of all muscle windows in raster pixels with head motion taken out, ``rigid_match``
    the median match of rigid skin, ``exact`` brings the picture to the raster so that rigid skin stands still,
    ``eyes`` shows both eyes as it does, each with mean 0 and length 1. ``beyond`` says which windows lie outside the
    picture; their match is 0.
    """

    muscles: Shift
    rigid_match: float
    exact: Similarity
    warp: Similarity
    found_px: Array
    match: Array
    levels: Levels
    eyes: NDArray[np.float32]
    beyond: NDArray[np.bool_]

    def moved_px(self, before: Similarity) -> float:
        """How far the face in the raster would have moved since the warp of an earlier picture."""
        return float(np.abs(self.exact.after(before.inverse).moves(_CORNERS)).max())


class Follower:
    """The state between pictures: the warp, the reference, and where each window was last."""

    def __init__(self) -> None:
        self._points = region_points().reshape(-1, region_points().shape[2])
        self._rigid_points = rigid_points()
        self.count = len(self._points)
        self.outline: Array | None = None
        self._eyes = np.zeros((2, 2))
        self._muscles = slice(0, self.count)
        self._rigid = slice(self.count, None)
        self._reference: Reference | None = None
        self._warp = self._exact = IDENTITY
        self._last = np.zeros((self.count, 2))
        self._usual = np.ones(self.count + len(self._rigid_points))
        self._sigma_px = (
            np.array([r.window_iod for r in regions()] * 2 + [_RIGID_WINDOW_IOD] * len(self._rigid_points))
            * RASTER_IOD_PX
        )
        self._unknown = np.zeros(len(self._usual), np.bool_)  # windows that were never in the picture yet
        self._slipped = 0
        self._seen = self._learnt = 0
        self._motion = IDENTITY  # of the head in the raster, from the picture before to the last one

    @property
    def lost(self) -> bool:
        """Whether there is no face to follow."""
        return self._reference is None

    @property
    def doubted(self) -> bool:
        """Whether mesh and pixels disagreed when the mesh last looked."""
        return self._slipped > 0

    @property
    def centres(self) -> Array:
        """Where the windows over muscles are in the raster, (n, 2); there must be a face."""
        assert self._reference is not None
        return self._reference.centres[self._muscles]

    def looks_alike(self, step: Step) -> Array:
        """Match (n,) of the windows over muscles: the same skin though it may be stretched; there must be a face."""
        assert self._reference is not None
        usual = self._usual[self._muscles]
        return stretched_match(self._reference, step.levels, step.found_px[self._muscles], step.muscles, usual)

    def lose(self) -> None:
        """The face is gone; the next one starts a new reference, and displacement begins at zero again."""
        self._reference = None

    def begin(self, frame: Frame, mesh: Mesh) -> Step:
        """A new reference from this picture."""
        warp = mesh_to_raster(mesh)
        points = warp.of(mesh.points_px[:, :2])
        self.outline = points
        self._eyes = np.array([points[eye].mean(0) for eye in eye_opening_points()])
        centres = np.concatenate(
            [points[self._points].mean(1), np.array([points[list(w)].mean(0) for w in self._rigid_points])]
        )
        levels = Levels(raster_of(frame, warp))
        skin = _open_skin(points)
        masks = tuple(_shrunk(skin, step) for step in LEVELS)
        self._reference = Reference(levels, centres, self._sigma_px, masks)
        beyond = beyond_picture(self._reference.centres, self._sigma_px, warp, frame.luma.shape)
        self._unknown = beyond.copy()
        self._warp = self._exact = warp
        self._last = np.zeros((self.count, 2))
        self._usual = np.ones(len(centres))
        self._slipped = self._seen = self._learnt = 0
        self._motion = IDENTITY
        found = measure_shift(self._reference, levels, np.zeros_like(centres))
        match = np.where(beyond, 0.0, 1.0)
        still = Shift(
            shift_px=np.zeros((self.count, 2)), match=match[self._muscles], error_px=found.error_px[self._muscles]
        )
        return Step(
            muscles=still,
            rigid_match=1.0,
            exact=warp,
            warp=warp,
            found_px=np.zeros_like(centres),
            match=match,
            levels=levels,
            eyes=self._see_eyes(levels, IDENTITY),
            beyond=beyond,
        )

    def step(self, frame: Frame, guess: Similarity | None = None) -> Step:
        """Where everything is in the next picture, the head being about where it was, or where ``guess`` has it.

        Nothing is remembered of it before `keep`.
        """
        reference = self._reference
        assert reference is not None
        centres = reference.centres[self._rigid]
        exact = self._motion.after(self._exact) if guess is None else guess
        warp = self._warp
        beyond = self._beyond(frame, exact)
        if guess is not None or np.abs(warp.after(exact.inverse).moves(centres)).max() > _REDO_PX:
            warp = exact
        for again in range(_WARPS):
            levels = Levels(raster_of(frame, warp))
            start = warp.after(exact.inverse).moves(centres)
            rigid = measure_shift(reference, levels, start, self._rigid, usual_match=self._usual[self._rigid])
            ego = _ego(centres, rigid, (beyond | self._unknown)[self._rigid])
            exact = ego.inverse.after(warp)
            drift = float(np.abs(ego.moves(centres)).max())
            if drift <= _REDO_PX or again == _WARPS - 1:
                break
            warp = exact
        ahead = ego.moves(reference.centres[self._muscles])
        found = measure_shift(
            reference, levels, self._last + ahead, self._muscles, usual_match=self._usual[self._muscles]
        )
        beyond = self._beyond(frame, exact)
        unknown = beyond | self._unknown
        seen = ~unknown[self._rigid]
        match = np.where(unknown, 0.0, np.concatenate([found.match, rigid.match]))
        found_px = np.concatenate([found.shift_px, rigid.shift_px])
        if unknown.any():
            found_px[unknown] = ego.moves(reference.centres)[unknown]
        return Step(
            muscles=Shift(
                shift_px=found_px[self._muscles] - ahead, match=match[self._muscles], error_px=found.error_px
            ),
            rigid_match=min(max(_median(rigid.match[seen] if seen.any() else rigid.match), 0.0), 1.0),
            exact=exact,
            warp=exact if drift > _HOLD_PX else warp,
            found_px=found_px,
            match=match,
            levels=levels,
            eyes=self._see_eyes(levels, ego),
            beyond=beyond,
        )

    def _beyond(self, frame: Frame, exact: Similarity) -> NDArray[np.bool_]:
        assert self._reference is not None
        return beyond_picture(self._reference.centres, self._sigma_px, exact, frame.luma.shape)

    def _see_eyes(self, levels: Levels, ego: Similarity) -> NDArray[np.float32]:
        windows = cut_windows(levels[0], ego.of(self._eyes), _EYE_SIDE_PX)
        windows -= (windows.sum(1) / windows.shape[1])[:, None]
        windows /= np.sqrt((windows * windows).sum(1) + 1e-6)[:, None]
        return windows

    def compare(self, frame: Frame, step: Step, mesh: Mesh) -> Step:
        """The step, or a better one from the mesh if that says that the head is somewhere else.

        If they disagree time and again the pixels have slipped: the face is lost after this picture.
        """
        by_mesh = mesh_to_raster(mesh)
        if step.moved_px(by_mesh) > _LOST_PX:
            other = self.step(frame, by_mesh)
            if other.rigid_match > step.rigid_match:
                step = other
        self._slipped = self._slipped + 1 if step.moved_px(by_mesh) > _LOST_PX else 0
        return step

    def keep(self, step: Step, interval_s: float) -> None:
        """Go on from this picture, and learn from it."""
        assert self._reference is not None
        # A head that moves goes on moving; one that hardly does is noise.
        self._motion = step.exact.after(self._exact.inverse) if step.moved_px(self._exact) > _HOLD_PX else IDENTITY
        self._warp, self._exact = step.warp, step.exact
        fits = step.muscles.match > GOOD_MATCH
        self._last = np.where(fits[:, None], step.muscles.shift_px, 0.0)
        self._usual = np.maximum(step.match, self._usual + _FORGET * (step.match - self._usual))
        if self._slipped >= _LOST_LOOKS:
            self.lose()
            return
        arrived = self._unknown & ~step.beyond
        if arrived.any():  # skin that comes into the picture is its own reference, and begins at rest
            self._reference.learn(step.levels, step.found_px, arrived.astype(np.float64))
            self._unknown &= step.beyond
            self._usual[arrived] = 1.0
        self._seen += 1
        every = 2 if self._seen <= _LEARN_FIRST else _LEARN_EVERY
        if self._seen % every:
            return
        self._learnt += 1
        # Right after the start the reference is one noisy picture: learn fast, as a running mean.
        share = max(1.0 - np.exp(-every * interval_s / _LEARN_S), 1.0 / (1.0 + self._learnt))
        self._reference.learn(step.levels, step.found_px, np.where(step.match > _LEARN_MATCH, share, 0.0))


def _ego(centres: Array, rigid: Shift, unseen: NDArray[np.bool_]) -> Similarity:
    """What the head did, by its rigid skin; by all of it where hardly any lies in the picture."""
    weight = np.maximum(rigid.match - GOOD_MATCH, 0.01) / (rigid.error_px + 0.02) ** 2
    moved = centres + rigid.shift_px
    if unseen.any() and (~unseen).sum() >= _LEAST_RIGID:
        centres, moved, weight = centres[~unseen], moved[~unseen], weight[~unseen]
    return fit_similarity(centres, moved, weight, rounds=3, least=0.05)


def _median(values: Array) -> float:
    """What np.median gives, without its overhead."""
    ordered = np.sort(values)
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


def _open_skin(points: Array) -> NDArray[np.float32]:
    """1 where the raster shows skin, 0 within the eye openings."""
    skin = np.ones((RASTER_HEIGHT_PX, RASTER_WIDTH_PX), np.uint8)
    for eye in eye_opening_points():
        cv2.fillPoly(skin, [np.rint(points[eye]).astype(np.int32)], (0,))
    return np.asarray(cv2.dilate(skin, np.ones((2 * _EYE_HOLE + 1,) * 2, np.uint8)), dtype=np.float32)


def _shrunk(weights: NDArray[np.float32], step: int) -> NDArray[np.float32]:
    size = (RASTER_WIDTH_PX // step, RASTER_HEIGHT_PX // step)
    return np.asarray(cv2.resize(weights, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
