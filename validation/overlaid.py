"""Moving footage with contractions put into it: the sheet follows the face, and whatever the person does goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.signal import savgol_filter

from facialis.core.records import Frame
from facialis.film.encode import VideoWriter, replacing
from facialis.film.video import VideoFile
from facialis.measure.face.mesh import FaceMesh
from validation.surface import eye_distance_px, sheet, warped
from validation.trial import code_key
from validation.twitches import Twitch, displacement

__all__ = ["Footage", "encode"]

Array = NDArray[np.float64]

_SMOOTH_S = 0.3  # chosen: the mesh's jitter must not shake what is put in, nor may it lag; 0.2 - 0.5 s
_OWN = ("surface", "muscles", "twitches", "overlaid")


def encode(path: Path, frames: Sequence[Frame], rate_hz: float, crf: int) -> None:
    """Frames as H.264 in an MP4, with their own times."""
    height, width = frames[0].luma.shape
    with (
        replacing(path) as (part,),
        VideoWriter(part, width_px=width, height_px=height, frame_rate_hz=rate_hz, crf=crf) as writer,
    ):
        for frame in frames:
            writer.write(frame)
        writer.finish()


def own_code() -> str:
    """Eight digits that change with the generator, so that no clip outlives it."""
    here = Path(__file__).parent
    return hashlib.sha256(b"".join((here / f"{name}.py").read_bytes() for name in _OWN)).hexdigest()[:8]


class Footage:
    """A recording held in memory, with the face's mesh in every frame (smoothed; NaN where there is no face)."""

    def __init__(self, path: Path, cache: Path, *, stop_s: float = np.inf) -> None:
        self.name = path.name
        self._cache = cache
        with VideoFile(path) as video:
            # Encoders want even sides.
            self.frames = [_even(frame) for frame in video.frames(0.0, stop_s)]
            self.rate_hz = video.declared.rate_hz or 25.0
        self.time_s: Array = np.array([frame.time_s for frame in self.frames])
        self.rate_hz = 1.0 / float(np.median(np.diff(self.time_s)))
        self.duration_s = float(self.time_s[-1]) + 1.0 / self.rate_hz
        self.points_px = self._points(len(self.frames))

    def _points(self, count: int) -> Array:
        kept = self._cache / f"proof.{self.name}.{count}.{code_key('measure/face/mesh')}.npy"
        if not kept.exists():
            mesh = FaceMesh()
            looks = [mesh.look(frame).mesh for frame in self.frames]
            np.save(kept, np.stack([np.full((478, 3), np.nan) if m is None else m.points_px for m in looks]))
        return _smoothed(np.asarray(np.load(kept), dtype=np.float64), self.rate_hz)

    def with_twitches(self, twitches: Sequence[Twitch]) -> list[Frame]:
        """The frames with these in them; where no face is seen a frame stays as it is."""
        return [self._frame(frame, points, twitches) for frame, points in zip(self.frames, self.points_px, strict=True)]

    def _frame(self, frame: Frame, points: Array, twitches: Sequence[Twitch]) -> Frame:
        if not np.isfinite(points).all():
            return frame
        corners = sheet(points)[:, :2]
        shift = displacement(twitches, frame.time_s, corners, eye_distance_px(points))
        if shift is None:
            return frame
        luma, chroma = warped(frame.luma, frame.chroma, corners, corners + shift)
        return replace(frame, luma=luma, chroma=chroma)

    def seen(self, twitch: Twitch) -> bool:
        """Whether the face is in the picture all the while."""
        inside = (self.time_s >= twitch.onset_s) & (self.time_s <= twitch.offset_s)
        return bool(inside.any() and np.isfinite(self.points_px[inside]).all())

    def clip(self, twitches: Sequence[Twitch], crf: int) -> Path:
        """The same as a file, made once."""
        recipe = f"{self.name} {len(self.frames)} {crf} {tuple(twitches)!r}"
        digest = hashlib.sha256(recipe.encode()).hexdigest()[:12]
        path = self._cache / f"proof.{digest}.{own_code()}.mp4"
        if not path.exists():
            encode(path, self.with_twitches(twitches), self.rate_hz, crf)
        return path


def _even(frame: Frame) -> Frame:
    height, width = (side // 2 * 2 for side in frame.luma.shape)
    if (height, width) == frame.luma.shape:
        return frame
    return replace(
        frame,
        luma=np.ascontiguousarray(frame.luma[:height, :width]),
        chroma=np.ascontiguousarray(frame.chroma[:, : height // 2, : width // 2]),
    )


def _smoothed(points_px: Array, rate_hz: float) -> Array:
    """By a running parabola within each stretch in which the face is seen."""
    out = points_px.copy()
    there = np.isfinite(points_px).all((1, 2))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], there.view(np.int8), [0]])))
    window = max(5, round(_SMOOTH_S * rate_hz) // 2 * 2 + 1)
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        if stop - start >= window:
            out[start:stop] = savgol_filter(points_px[start:stop], window, 2, axis=0)
    return out
