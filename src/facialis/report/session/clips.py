"""Small films of events: the moment as recorded and with its measured motion magnified, each in one picture strip."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import FacialisError
from facialis.core.records import Event, FaceTrack, Frame, Motion, Session
from facialis.files.clips import Clip
from facialis.report.drawing.anatomy import Crop, FaceMap, face_map
from facialis.report.session.magnify import Pull, measured_pull, shift_px, spread
from facialis.report.session.rest import resting_place

__all__ = ["AFTER_S", "BEFORE_S", "Pictures", "choose_events", "make_clip", "make_clips"]

Array = NDArray[np.float64]
Picture = NDArray[np.uint8]

MOST_EVENTS = 24  # chosen: keeps a report near a megabyte; all other events stand in the table without a film
MOST_BLINKS = 3  # chosen: enough to see what a blink looks like beside a twitch
MOST_TILES = 24  # chosen: 0.8 s at 30 frames/s; longer events skip frames evenly
BEFORE_S = 0.3  # chosen: shows the rest before it; 0.2-0.5 s
AFTER_S = 0.4  # chosen: shows the return to rest; 0.3-0.6 s
TILE_WIDTH_PX = 120  # chosen: an eye is 25 px wide, enough to see a magnified lid move; 100-160
COARSE = 4  # chosen: 7 raster pixels, a third of the width of the bells that make the field; 2-6
JPEG_QUALITY = 60  # chosen: no blocks to be seen on skin at this size; 50-75
SMOOTH_PX = 0.6  # half the step from raster to tile, so that shrinking does not skip pixels (sampling theorem)
GREYS = 6  # chosen: smooth enough for thin lines and a third of the bytes of all 256; 4-16
LINE, GROUND = 70, 246  # chosen: dark outline on light ground, contrast above 7:1


class Pictures(Protocol):
    """Where the pictures of a recording come from; `facialis.film.sources.FrameSource` is one."""

    def frames(self, start_s: float = 0.0, stop_s: float = np.inf) -> Iterator[Frame]:
        """Frames with ``start_s <= time_s < stop_s`` in the order of time."""
        ...


@dataclass(frozen=True, kw_only=True)
class _Plan:
    number: int
    event: Event
    chosen: NDArray[np.intp]
    pull: Pull


def choose_events(session: Session) -> tuple[int, ...]:
    """Places in ``Session.events`` that get a film: the largest, surest one-sided events, then a few blinks."""

    def weight(number: int) -> float:
        event = session.events[number]
        certain = event.probability if event.trial_type != "unclear" else 0.25 * event.probability
        return -certain * event.amplitude_iod

    numbers = range(len(session.events))
    shown = ("twitch", "tonic_spasm", "myokymia", "unclear")
    mine = sorted((n for n in numbers if session.events[n].trial_type in shown), key=weight)[:MOST_EVENTS]
    blinks = sorted((n for n in numbers if session.events[n].trial_type == "blink"), key=weight)[:MOST_BLINKS]
    return tuple(sorted(mine + blinks))


def make_clips(
    session: Session,
    motion: Motion,
    track: FaceTrack,
    source: Pictures | None,
    *,
    faces: bool = True,
    progress: Callable[[float], None] | None = None,
) -> tuple[Clip, ...]:
    """Films of the most important events, made in one more pass over the pictures.

    Without ``faces`` the source is not read at all and only the outline of the face moves. Events whose pictures
    cannot be had have no film.

    Raises
    ------
    FacialisError
        Faces are wanted and there is no source, or whatever the source raises.
    """
    rest = resting_place(motion, session.events)
    plans = [_plan(motion, rest, number, session.events[number]) for number in choose_events(session)]
    plans = [plan for plan in plans if plan.chosen.size]
    studio = _Studio(face_map(), motion.regions)
    if not faces:
        return tuple(_film(plan, motion, studio.drawn(plan, track.outline_raster), faces=False) for plan in plans)
    if not plans:
        return ()
    if source is None:
        raise FacialisError("The pictures of the recording are needed to make films of it.")
    films = _shoot(plans, motion, track, source, studio, progress)
    return tuple(_film(plan, motion, film, faces=True) for plan, film in zip(plans, films, strict=True) if film)


def make_clip(
    event: Event,
    others: Sequence[Event],
    motion: Motion,
    track: FaceTrack,
    source: Pictures,
    progress: Callable[[float], None] | None = None,
) -> Clip | None:
    """The film of one event, as `make_clips` makes them; it need not be one that was found.

    Parameters
    ----------
    event
        What is shown. In the film it has the number 0.
    others
        All events that are known, outside of which the skin rested.
    motion
        The signals of the recording, or of a part with the event and some seconds on both sides of it.
    track
        Where the face was, at least at the frames that are shown.
    source
        Where the pictures come from.
    progress
        Called with the share (0-1) of the pictures that are done.

    Returns
    -------
    Clip or None
        None where no picture of it could be had.
    """
    plan = _plan(motion, resting_place(motion, [*others, event]), 0, event)
    if not plan.chosen.size:
        return None
    [film] = _shoot([plan], motion, track, source, _Studio(face_map(), motion.regions), progress)
    return _film(plan, motion, film, faces=True) if film else None


def _plan(motion: Motion, rest: Array, number: int, event: Event) -> _Plan:
    inside = (motion.time_s >= event.onset_s - BEFORE_S) & (motion.time_s <= event.offset_s + AFTER_S)
    chosen = np.flatnonzero(inside)
    if chosen.size > MOST_TILES:
        apex = int(np.argmin(np.abs(motion.time_s[chosen] - event.apex_s)))
        places = np.round(np.linspace(0, chosen.size - 1, MOST_TILES)).astype(np.intp)
        places[np.argmin(np.abs(places - apex))] = apex
        chosen = chosen[np.unique(places)]
    pull = measured_pull(motion, rest, event, chosen, face_map())
    return _Plan(number=number, event=event, chosen=chosen, pull=pull)


def _film(plan: _Plan, motion: Motion, rows: list[list[Picture]], *, faces: bool) -> Clip:
    strip = np.concatenate([np.concatenate(row, axis=1) for row in rows], axis=0)
    options = (
        [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY, cv2.IMWRITE_JPEG_OPTIMIZE, 1]
        if faces
        else [cv2.IMWRITE_PNG_COMPRESSION, 9]
    )
    good, image = cv2.imencode(".jpg" if faces else ".png", strip, options)
    if not good:
        raise FacialisError("A film could not be stored as a picture.")
    time_s = motion.time_s[plan.chosen]

    def nearest(at_s: float) -> int:
        return int(np.argmin(np.abs(time_s - at_s)))

    height, width = rows[0][0].shape[:2]
    return Clip(
        event=plan.number,
        image=image.tobytes(),
        mime="image/jpeg" if faces else "image/png",
        tiles=len(rows[0]),
        tile_width_px=width,
        tile_height_px=height,
        start_s=float(time_s[0]),
        stop_s=float(time_s[-1]),
        onset_tile=max(nearest(plan.event.onset_s) - 1, 0),
        apex_tile=nearest(plan.event.apex_s),
        offset_tile=min(nearest(plan.event.offset_s) + 1, time_s.size - 1),
        factor=plan.pull.factor,
        faces=faces,
    )


class _Studio:
    """Cuts, bends and draws tiles. The tile's pixels and their weights are worked out once."""

    def __init__(self, face: FaceMap, regions: tuple[str, ...]) -> None:
        self.face = face
        self.regions = regions
        self.crop: Crop = face.crop()
        self.width = TILE_WIDTH_PX
        self.height = round(TILE_WIDTH_PX * self.crop.height_px / self.crop.width_px)
        self.step = self.crop.width_px / self.width
        self.grid = self._places(self.width, self.height, 1)
        # The field is far smoother than the tile's pixels, so it is worked out for every fourth and drawn out.
        self.coarse = self._places(-(-self.width // COARSE), -(-self.height // COARSE), COARSE)
        self.weights = spread(face, regions, self.coarse.reshape(-1, 2))

    def _places(self, width: int, height: int, every: int) -> Array:
        """Raster coordinates (height, width, xy) of the middles of blocks of ``every`` × ``every`` tile pixels."""
        y, x = np.mgrid[0:height, 0:width].astype(np.float64)
        corner = np.array([self.crop.x_px, self.crop.y_px]) - 0.5
        return np.asarray((np.stack([x, y], axis=-1) + 0.5) * every * self.step + corner)

    def shot(self, frame: Frame, to_raster: Array, pull: Array, factor: int) -> list[Picture]:
        """The tile of a frame as it was, and magnified where ``factor`` is not 1."""
        size = (self.face.width_px, self.face.height_px)
        half = np.array([[2.0, 0.0, 0.5], [0.0, 2.0, 0.5]])  # chroma pixels lie between two luma pixels
        luma = _cut(frame.luma, to_raster, size)
        cb, cr = (_cut(plane, _after(to_raster, half), size) for plane in frame.chroma)
        picture = cv2.cvtColor(np.stack([luma, cr, cb], axis=-1), cv2.COLOR_YCrCb2BGR)
        picture = cv2.GaussianBlur(picture, (0, 0), SMOOTH_PX * self.step / 2)
        tiles = [self._sample(picture, np.zeros_like(self.grid))]
        if factor > 1:
            tiles.append(self._sample(picture, self._arrived(self._field((factor - 1) * pull))))
        return tiles

    def _field(self, displacement_iod: Array) -> Array:
        moved = shift_px(self.face, self.weights, displacement_iod).reshape(self.coarse.shape)
        size = (self.coarse.shape[1] * COARSE, self.coarse.shape[0] * COARSE)
        return np.asarray(cv2.resize(moved, size, interpolation=cv2.INTER_CUBIC)[: self.height, : self.width])

    def _arrived(self, moved: Array) -> Array:
        """Motion by the place where it arrives instead of the place where it began, in two rounds."""
        begun = moved.astype(np.float32)
        arrived = begun
        own = np.indices(begun.shape[:2], dtype=np.float32)[::-1].transpose(1, 2, 0)
        for _ in range(2):  # chosen: the rest is a tenth of a tile pixel; 1-3
            at = own - arrived / np.float32(self.step)
            arrived = np.asarray(cv2.remap(begun, at[..., 0], at[..., 1], cv2.INTER_LINEAR), dtype=np.float32)
        return arrived.astype(np.float64)

    def _sample(self, picture: NDArray[np.integer | np.floating], moved: Array) -> Picture:
        at = (self.grid - moved).astype(np.float32)
        return np.asarray(
            cv2.remap(picture, at[..., 0], at[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE),
            dtype=np.uint8,
        )

    def drawn(self, plan: _Plan, outline_px: Array) -> list[list[Picture]]:
        """The outline moved by what was measured: as it was, and magnified."""
        outline_px = self.face.chain_points(outline_px)
        weights = spread(self.face, self.regions, outline_px)
        factors = [1] if plan.pull.factor == 1 else [1, plan.pull.factor]
        return [
            [
                self._draw(outline_px + shift_px(self.face, weights, factor * pull))
                for pull in plan.pull.displacement_iod
            ]
            for factor in factors
        ]

    def _draw(self, outline_px: Array) -> Picture:
        scale, bits = 2, 4  # drawn twice as large with sixteenths of a pixel, so that small motion shows
        tile = np.full((self.height * scale, self.width * scale), GROUND, np.uint8)
        corner = np.array([self.crop.x_px, self.crop.y_px])
        for name, line in self.face.lines(outline_px):
            points = np.round((line - corner) / self.step * scale * 2**bits).astype(np.int32)
            if name:
                cv2.polylines(tile, [points.reshape(-1, 1, 2)], False, LINE, 2, cv2.LINE_AA, bits)
            else:
                for x, y in points.tolist():
                    cv2.circle(tile, (x, y), 2 << bits, LINE, -1, cv2.LINE_AA, bits)
        small = cv2.resize(tile, (self.width, self.height), interpolation=cv2.INTER_AREA)
        level = (GROUND - LINE) / (GREYS - 1)
        return np.asarray(np.round((small - float(LINE)) / level) * level + LINE, dtype=np.uint8)


def _shoot(
    plans: list[_Plan],
    motion: Motion,
    track: FaceTrack,
    source: Pictures,
    studio: _Studio,
    progress: Callable[[float], None] | None,
) -> list[list[list[Picture]]]:
    """The tiles of every plan, in rows; empty where no picture came."""
    blank = np.full((studio.height, studio.width, 3), 128, np.uint8)
    films = [[[blank] * plan.chosen.size for _ in range(1 if plan.pull.factor == 1 else 2)] for plan in plans]
    found = [False] * len(plans)
    slots = sorted((float(motion.time_s[i]), p, k) for p, plan in enumerate(plans) for k, i in enumerate(plan.chosen))
    slot_s = [slot[0] for slot in slots]
    near_s = float(np.median(np.diff(motion.time_s))) / 2 if motion.time_s.size > 1 else 0.5
    for frame in source.frames(slot_s[0] - near_s, slot_s[-1] + near_s):
        first = bisect.bisect_left(slot_s, frame.time_s - near_s)
        last = bisect.bisect_left(slot_s, frame.time_s + near_s)
        if progress is not None:
            progress(last / len(slots))
        i = int(np.argmin(np.abs(track.time_s - frame.time_s))) if last > first else 0
        if last <= first or not np.isfinite(track.to_raster[i]).all():
            continue
        for _, p, k in slots[first:last]:
            plan = plans[p]
            tiles = studio.shot(frame, track.to_raster[i], plan.pull.displacement_iod[k], plan.pull.factor)
            found[p] = True
            for row, tile in zip(films[p], tiles, strict=True):
                row[k] = tile
    return [film if seen else [] for film, seen in zip(films, found, strict=True)]


def _cut(plane: Picture, to_raster: Array, size: tuple[int, int]) -> Picture:
    """A plane of the picture in the raster; averaged first where it is much finer than the raster."""
    scale = float(np.sqrt(abs(np.linalg.det(to_raster[:, :2]))))
    shrink = int(1 / max(scale, 1e-3))
    if shrink >= 2 and min(plane.shape) >= shrink:
        height, width = plane.shape[0] // shrink, plane.shape[1] // shrink
        small = cv2.resize(plane[: height * shrink, : width * shrink], (width, height), interpolation=cv2.INTER_AREA)
        plane = np.asarray(small, dtype=np.uint8)
        middle = (shrink - 1) / 2
        to_raster = _after(to_raster, np.array([[shrink, 0.0, middle], [0.0, shrink, middle]]))
    cut = cv2.warpAffine(plane, to_raster, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, dtype=np.uint8)


def _after(second: Array, first: Array) -> Array:
    return np.asarray(second @ np.vstack([first, [0.0, 0.0, 1.0]]))
