"""Clips of known truth: a real, quiet recording with contractions put in, encoded as a phone would."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Event, Frame
from facialis.film.encode import VideoWriter, replacing
from facialis.film.video import VideoFile
from facialis.measure.face.mesh import FaceMesh
from facialis.phantom.animate import animate_clip, animated_truth, smooth_landmarks
from facialis.phantom.contractions import PATTERNS, Contraction, OneSide
from facialis.phantom.recording import PhantomSpec, write_phantom
from validation.trial import code_key

__all__ = ["CRF", "PULSE_S", "QuietClip", "phantom_clip", "schedule"]

Array = NDArray[np.float64]

CRF = 20  # of the encoded clips: what phones come near to
PULSE_S = 0.15  # length of the reference contraction
_MAKES = (
    "phantom/recording",
    "phantom/scene",
    "phantom/acts",
    "phantom/contractions",
    "phantom/portrait",
    "phantom/head",
    "phantom/skin",
    "film/encode",
)  # what makes a phantom
_APART_S = (0.9, 1.3)  # from one contraction to the next


class QuietClip:
    """A quiet recording to put contractions into. Landmarks and clips made from it are kept in ``cache``."""

    def __init__(self, path: Path, cache: Path) -> None:
        self.name = path.stem
        self._cache = cache
        with VideoFile(path) as video:
            self.frames: list[Frame] = list(video.frames())
            self.duration_s = video.recording.duration_s
            self.rate_hz = video.recording.frame_rate_hz
        self.time_s: Array = np.array([frame.time_s for frame in self.frames])
        self.points_px = self._landmarks()

    def _landmarks(self) -> Array:
        kept = self._cache / f"{self.name}.{code_key('measure/face/mesh', 'phantom/animate')}.npy"
        if not kept.exists():
            mesh = FaceMesh()
            looks = [mesh.look(frame).mesh for frame in self.frames]
            raw = np.stack([np.full((478, 3), np.nan) if m is None else m.points_px for m in looks])
            np.save(kept, smooth_landmarks(raw, self.time_s))
        return np.asarray(np.load(kept), dtype=np.float64)

    def encode(self, frames: Sequence[Frame], recipe: str) -> Path:
        """The frames as an MP4, H.264 at crf 20; made once for each ``recipe``."""
        digest = hashlib.sha256(recipe.encode()).hexdigest()[:12]
        code = code_key("phantom/animate", "phantom/contractions", "film/encode")
        path = self._cache / f"{self.name}.{digest}.{code}.mp4"
        if not path.exists():
            height, width = frames[0].luma.shape
            with (
                replacing(path) as (part,),
                VideoWriter(part, width_px=width, height_px=height, frame_rate_hz=self.rate_hz, crf=CRF) as writer,
            ):
                for frame in frames:
                    writer.write(frame)
                writer.finish()
        return path

    def with_contractions(self, contractions: Sequence[Contraction]) -> tuple[Path, tuple[Event, ...]]:
        """A clip with these contractions in it, and its truth. None: the clip itself, encoded anew."""
        frames = list(animate_clip(self.frames, list(self.points_px), contractions)) if contractions else self.frames
        return self.encode(frames, repr(tuple(contractions))), animated_truth(contractions)


def schedule(
    patterns: Sequence[str], size_iod: float, side: OneSide, duration_s: float, seed: int
) -> tuple[Contraction, ...]:
    """Contractions of 150 ms and one size on one side, one a second, patterns in turn, moments and rise at random."""
    rng = np.random.default_rng([seed, side == "left", round(size_iod * 1e5)])
    order = rng.permutation(len(patterns))
    rows: list[Contraction] = []
    onset = float(rng.uniform(0.6, 1.0))
    while onset + PULSE_S + 0.4 < duration_s:
        pattern = patterns[order[len(rows) % len(patterns)]]
        rows.append(
            Contraction(
                onset_s=onset,
                duration_s=PULSE_S,
                side=side,
                amplitude_iod=size_iod,
                regions=PATTERNS[pattern],
                rise_share=float(rng.uniform(0.3, 0.6)),
            )
        )
        onset += float(rng.uniform(*_APART_S))
    return tuple(rows)


def phantom_clip(spec: PhantomSpec, cache: Path) -> Path:
    """The video of a phantom, made once."""
    code = code_key(*_MAKES)
    path = cache / f"phantom.{spec.fingerprint()[:12]}.{code}.mp4"
    if not path.exists():
        write_phantom(spec, path)
    return path
