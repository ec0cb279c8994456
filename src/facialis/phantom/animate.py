"""Contractions put into a real, quiet clip: smooth displacement fields that hang on the points of a face mesh.

The truth is exact: the largest displacement of any pixel is what was asked for, in share of the interocular distance
(here the distance of the mesh's two iris centres in the same picture). The fields are not the phantom head's shapes, so
the two kinds of phantom do not share their motion.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import inf
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import FormatError
from facialis.core.records import Event, Frame, Recording
from facialis.film.sources import Declared, FrameSource
from facialis.phantom.contractions import Contraction

__all__ = ["AnimatedSource", "Landmarks", "animate_clip", "animated_truth", "smooth_landmarks"]

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Bytes = NDArray[np.uint8]
Landmarks = Callable[[Frame], Floats | None]
"""Gives the (478, 2) or (478, 3) mesh points of a frame in pixels, or None where there is no face."""

_PUPILS = {"right": 468, "left": 473}


@dataclass(frozen=True, kw_only=True)
class _Pull:
    """A patch of skin round mesh points that moves ``outward`` and ``up`` (shares of the contraction's size)."""

    right: tuple[int, ...]
    left: tuple[int, ...]
    outward: float
    up: float
    reach_iod: float


# Mesh points are numbered as in MediaPipe Face Mesh. Directions follow the muscles' pull (Gray's Anatomy, ch. 30);
# sizes against one another and reaches are chosen by eye: within half and double they look like a twitch.
_LOWER_LID = _Pull(right=(144, 145, 153), left=(373, 374, 380), outward=-0.15, up=0.9, reach_iod=0.09)
_PULLS: Mapping[str, tuple[_Pull, ...]] = MappingProxyType(
    {
        "orbicularis_oculi": (
            _LOWER_LID,
            _Pull(right=(158, 159, 160), left=(385, 386, 387), outward=0.0, up=-0.8, reach_iod=0.09),
            _Pull(right=(33, 226), left=(263, 446), outward=-0.55, up=0.0, reach_iod=0.11),
            _Pull(right=(50, 101), left=(280, 330), outward=0.0, up=0.5, reach_iod=0.22),
        ),
        "lower_lid": (_LOWER_LID,),
        "zygomaticus": (
            _Pull(right=(61,), left=(291,), outward=0.75, up=0.65, reach_iod=0.20),
            _Pull(right=(205,), left=(425,), outward=0.25, up=0.45, reach_iod=0.22),
        ),
        "levator_labii": (_Pull(right=(129, 203), left=(358, 423), outward=0.15, up=0.7, reach_iod=0.13),),
        "frontalis": (_Pull(right=(63, 105, 66), left=(293, 334, 296), outward=0.0, up=0.9, reach_iod=0.15),),
        "corrugator": (_Pull(right=(107, 66), left=(336, 296), outward=-0.6, up=-0.4, reach_iod=0.13),),
        "orbicularis_oris": (_Pull(right=(61, 40, 91), left=(291, 270, 321), outward=-0.6, up=0.0, reach_iod=0.14),),
        "mentalis": (_Pull(right=(171, 148), left=(396, 377), outward=-0.1, up=0.7, reach_iod=0.15),),
    }
)


def animate_clip(
    frames: Iterable[Frame], landmarks_px: Iterable[Floats | None], contractions: Sequence[Contraction]
) -> Iterator[Frame]:
    """Frames with contractions put in.

    Parameters
    ----------
    frames
        The clip, in order of time.
    landmarks_px
        Mesh points of each frame, (478, 2) or (478, 3) in pixels; None or NaN where there is no face (such a frame is
        passed on unchanged). Smooth them in time first (`smooth_landmarks`): their jitter would move the patches.
    contractions
        What to put in. Each needs ``amplitude_iod``: the largest displacement of any pixel at its apex, if no other
        contraction overlaps it.

    Yields
    ------
    Frame
        The same frames; luma and chroma are displaced alike, by cubic interpolation. Frames in which nothing contracts
        are the very same objects.

    Raises
    ------
    FormatError
        If a contraction has no ``amplitude_iod``.
    """
    animated_truth(contractions)
    for frame, points in zip(frames, landmarks_px, strict=True):
        yield _animate(frame, points, contractions)


def animated_truth(contractions: Sequence[Contraction]) -> tuple[Event, ...]:
    """Events that `animate_clip` puts in, ordered by onset; FormatError if a contraction has no ``amplitude_iod``."""
    events = []
    for act in sorted(contractions, key=lambda act: act.onset_s):
        if act.amplitude_iod is None:
            raise FormatError(
                f"amplitude_iod of the contraction at {act.onset_s:g} s is missing.",
                advice="In a real clip there is no full spasm to take a share of: give amplitude_iod.",
            )
        events.append(
            Event(
                onset_s=act.onset_s,
                duration_s=act.duration_s,
                trial_type=act.kind,
                side=act.side,
                regions=act.names,
                apex_s=act.apex_s,
                amplitude_iod=act.amplitude_iod,
                probability=1.0,
                detector="phantom",
            )
        )
    return tuple(events)


def smooth_landmarks(points_px: Floats, time_s: Floats, width_s: float = 0.3) -> Floats:
    """Mesh points smoothed over time by a Gaussian.

    Parameters
    ----------
    points_px
        (times, points, coordinates); NaN where there is no face.
    time_s
        (times,) their times.
    width_s
        Standard deviation of the Gaussian. Points are not smoothed across gaps of more than this.

    Returns
    -------
    Floats
        Of the same shape, NaN in the same places.
    """
    out = np.full_like(points_px, np.nan)
    there = np.isfinite(points_px).reshape(len(points_px), -1).all(axis=1)
    rows = np.flatnonzero(there)
    breaks = [0, *(k + 1 for k, (a, b) in enumerate(pairwise(rows)) if time_s[b] - time_s[a] > width_s), len(rows)]
    for start, stop in pairwise(breaks):
        run = rows[start:stop]
        for k in run:
            near = run[np.abs(time_s[run] - time_s[k]) <= 3 * width_s]
            weight = np.exp(-0.5 * ((time_s[near] - time_s[k]) / width_s) ** 2)
            out[k] = np.tensordot(weight / weight.sum(), points_px[near], axes=1)
    return out


class AnimatedSource:
    """A clip with contractions put in, as a `facialis.film.sources.FrameSource`.

    Parameters
    ----------
    source
        The quiet clip.
    landmarks_px
        (frames, 478, 2 or 3) mesh points in pixels, smoothed in time; NaN where there is no face. By frame number.
    contractions
        What to put in; see `animate_clip`.
    """

    declared: Declared

    def __init__(self, source: FrameSource, landmarks_px: Floats, contractions: Sequence[Contraction]) -> None:
        self.declared = source.declared
        self.events = animated_truth(contractions)
        self._source = source
        self._landmarks_px = landmarks_px
        self._contractions = tuple(contractions)

    def frames(self, start_s: float = 0.0, stop_s: float = inf) -> Iterator[Frame]:
        """Frames with ``start_s <= time_s < stop_s``."""
        for frame in self._source.frames(start_s, stop_s):
            known = frame.index < len(self._landmarks_px)
            yield _animate(frame, self._landmarks_px[frame.index] if known else None, self._contractions)

    @property
    def recording(self) -> Recording:
        """Facts of the clip; the hash is of the clip's and of what was put in."""
        inner = self._source.recording
        both = hashlib.sha256(f"{inner.sha256} {self._contractions!r}".encode()).hexdigest()
        return replace(inner, sha256=both)


def _animate(frame: Frame, points: Floats | None, contractions: Sequence[Contraction]) -> Frame:
    if points is None or not np.isfinite(points).all():
        return frame
    now = np.array([frame.time_s])
    active = [(act, float(act.course(now)[0]), float(act.course(now - act.lag_s)[0])) for act in contractions]
    active = [row for row in active if row[1] > 0 or row[2] > 0]
    if not active:
        return frame
    field = _Field(points[:, :2], frame.luma.shape)
    for act, eye, rest in active:
        field.add(act, eye, rest)
    return replace(frame, luma=field.moved(frame.luma, 1), chroma=np.stack([field.moved(c, 2) for c in frame.chroma]))


class _Field:
    """Displacement of the pixels of one picture, in a box round the face."""

    def __init__(self, points: Floats, shape: tuple[int, ...]) -> None:
        self._points = points
        right, left = points[_PUPILS["right"]], points[_PUPILS["left"]]
        self.iod_px = float(np.linalg.norm(left - right))
        across = (left - right) / self.iod_px  # towards the person's left
        self._left = across
        self._up = np.array([across[1], -across[0]])  # rows count downwards
        low = np.maximum(np.floor(points.min(0) - 0.4 * self.iod_px).astype(int), 0) // 2 * 2
        high = np.minimum(np.ceil(points.max(0) + 0.4 * self.iod_px).astype(int), [shape[1], shape[0]])
        self._low, self._high = low, np.maximum(high, low + 2)
        self._x = np.arange(self._low[0], self._high[0], dtype=np.float32)[None, :]
        self._y = np.arange(self._low[1], self._high[1], dtype=np.float32)[:, None]
        self.shift: Floats32 = np.zeros((self._y.size, self._x.size, 2), np.float32)

    def add(self, act: Contraction, eye: float, rest: float) -> None:
        """Add a contraction; ``eye`` and ``rest`` are its course now in the muscles of the eye and in the others."""
        full = np.zeros_like(self.shift)
        now = np.zeros_like(self.shift)
        for region, weight in act.regions:
            course = eye if region in ("orbicularis_oculi", "lower_lid") else rest
            for pull in _PULLS[region]:
                part = weight * self._patch(pull, act.side)
                full += part
                now += np.float32(course) * part
        most = float(np.sqrt((full**2).sum(2).max()))
        if most > 0:
            self.shift += np.float32((act.amplitude_iod or 0.0) * self.iod_px / most) * now

    def _patch(self, pull: _Pull, side: str) -> Floats32:
        reach = pull.reach_iod * self.iod_px
        outside = np.ones(self.shift.shape[:2], np.float32)
        for number in pull.left if side == "left" else pull.right:
            x, y = self._points[number]
            distance2 = (self._x - np.float32(x)) ** 2 + (self._y - np.float32(y)) ** 2
            outside *= 1 - np.exp(distance2 * np.float32(-0.5 / reach**2))
        outward = self._left if side == "left" else -self._left
        direction = pull.outward * outward + pull.up * self._up
        return np.asarray((1 - outside)[:, :, None] * direction.astype(np.float32), np.float32)

    def moved(self, plane: Bytes, step: int) -> Bytes:
        """A plane with its pixels moved; ``step`` is how many luma pixels one of its own is wide."""
        out = plane.copy()
        left, top = (int(v) // step for v in self._low)
        every = self.shift[::step, ::step]  # a chroma sample's shift: the field is smooth
        shift = every[: plane.shape[0] - top, : plane.shape[1] - left].astype(np.float64) / step
        rows, columns = np.nonzero((np.abs(shift) > 1e-4).any(axis=2))
        if rows.size:
            x = columns + left - shift[rows, columns, 0]
            y = rows + top - shift[rows, columns, 1]
            out[rows + top, columns + left] = _cubic(plane, x, y)
        return out


def _cubic(plane: Bytes, x: Floats, y: Floats) -> Bytes:
    """Values between pixels by Catmull-Rom interpolation, exact in position (OpenCV rounds to 1/32 pixel)."""
    height, width = plane.shape
    column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
    across, down = _weights((x - column).astype(np.float32)), _weights((y - row).astype(np.float32))
    total = np.zeros(len(x), np.float32)
    for j in range(4):
        line = np.clip(row + j - 1, 0, height - 1) * width
        part = np.zeros(len(x), np.float32)
        for k in range(4):
            part += across[k] * plane.ravel()[line + np.clip(column + k - 1, 0, width - 1)]
        total += down[j] * part
    return np.asarray(np.clip(np.rint(total), 0, 255), np.uint8)


def _weights(t: Floats32) -> tuple[Floats32, Floats32, Floats32, Floats32]:
    t2, t3 = t * t, t * t * t
    return (-0.5 * t + t2 - 0.5 * t3, 1 - 2.5 * t2 + 1.5 * t3, 0.5 * t + 2 * t2 - 1.5 * t3, -0.5 * t2 + 0.5 * t3)
