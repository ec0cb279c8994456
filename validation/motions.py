"""Region motion of quiet recordings, kept between runs, and changed at the level of the signal: cheap and exact.

A trial on the signals tells what the detector makes of them; a trial on pictures tells what the whole chain does. Where
the two differ, the pictures' way into signals is to blame.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Motion
from facialis.film.sources import FrameSource
from facialis.measure.face.mesh import FaceMesh
from facialis.measure.face.motion import track_motion
from facialis.measure.limits import pattern_of
from facialis.measure.regions import Part, regions
from facialis.numeric.signals.filters import fill_gaps
from validation.trial import code_key

__all__ = ["TRACKING", "Pull", "looped", "motion_of", "surrogate", "with_pulls"]

Array = NDArray[np.float64]

TRACKING = (
    "measure/face/mesh_schedule",
    "measure/face/raster",
    "measure/face/follower",
    "measure/face/mesh",
    "measure/face/motion",
    "measure/regions",
    "measure/face/copied_skin",
    "numeric/compiled",
    "numeric/images/agreement",
    "numeric/images/registration",
    "numeric/images/similarity",
    "numeric/images/windows",
)
"""What turns pictures into motion: motion that was kept is only good for the code that made it."""


def motion_of(source: FrameSource, cache: Path, recipe: str) -> Motion:
    """Motion of all regions of a recording; ``recipe`` names it in the cache."""
    digest = hashlib.sha256(recipe.encode()).hexdigest()[:12]
    path = cache / f"motion.{digest}.{code_key(*TRACKING)}.npz"
    names = [f.name for f in fields(Motion) if f.name != "regions"]
    if not path.exists():
        motion = track_motion(source.frames(), FaceMesh()).motion
        with path.open("wb") as file:
            np.savez(file, **{name: getattr(motion, name) for name in names})
    with np.load(path) as kept:
        return Motion(regions=tuple(r.name for r in regions()), **{name: kept[name] for name in names})


@dataclass(frozen=True, kw_only=True)
class Pull:
    """One part of the face (`facialis.measure.regions.parts`) of one side contracts: a raised cosine of ``duration_s``,
    the point that moves most by ``size_iod``.
    """

    onset_s: float
    duration_s: float
    side: int
    part: Part
    size_iod: float

    @property
    def apex_s(self) -> float:
        """When it is largest."""
        return self.onset_s + self.duration_s / 2


def with_pulls(motion: Motion, pulls: Sequence[Pull]) -> Motion:
    """The same motion with contractions of parts added."""
    moved = motion.displacement_iod.copy()
    for pull in pulls:
        x = np.clip((motion.time_s - pull.onset_s) / pull.duration_s, 0, 1)
        course = np.sin(np.pi * x) ** 2
        moved[:, pull.side] += pull.size_iod * course[:, None, None] * pattern_of(pull.part)
    return replace(motion, displacement_iod=moved)


def looped(motion: Motion, duration_s: float) -> Motion:
    """The same signals forwards, backwards, forwards … for longer: real noise without a seam, but it repeats itself."""
    n = len(motion.time_s)
    interval = float(np.median(np.diff(motion.time_s)))
    count = round(duration_s / interval)
    there_and_back = np.concatenate([np.arange(n), np.arange(n - 2, 0, -1)])
    return _picked(motion, np.resize(there_and_back, count), interval)


def _picked(motion: Motion, index: NDArray[np.int64], interval_s: float) -> Motion:
    values = {f.name: getattr(motion, f.name)[index] for f in fields(Motion) if f.name not in ("regions", "time_s")}
    return Motion(time_s=np.arange(len(index), dtype=np.float64) * interval_s, regions=motion.regions, **values)


def surrogate(motion: Motion, duration_s: float, seed: int) -> Motion:
    """Gaussian noise with the spectra and cross-spectra of a quiet recording, as long as wanted.

    White noise of many channels is coloured with the measured spectra: for each frequency the Fourier vector of all
    channels is multiplied by a random complex number, block after block with half overlap (sine windows, so that power
    stays even). What is not Gaussian in the recording is lost; see `looped` for the other way.
    """
    rng = np.random.default_rng(seed)
    interval = float(np.median(np.diff(motion.time_s)))
    shape = motion.displacement_iod.shape
    flat = fill_gaps(motion.displacement_iod).reshape(shape[0], -1)
    n = shape[0] // 2 * 2
    time = np.arange(n)
    trend = np.polynomial.polynomial.polyfit(time, flat[:n], 1)
    rest = flat[:n] - np.polynomial.polynomial.polyval(time, trend).T
    spectrum = np.fft.rfft(rest, axis=0)
    count = round(duration_s / interval)
    out = np.zeros((count + 2 * n, rest.shape[1]))
    window = np.sin(np.pi * (np.arange(n) + 0.5) / n)[:, None]
    for start in range(0, count + n, n // 2):
        z = (rng.normal(size=len(spectrum)) + 1j * rng.normal(size=len(spectrum))) / np.sqrt(2)
        out[start : start + n] += window * np.fft.irfft(spectrum * z[:, None], n, axis=0)
    longer = looped(motion, duration_s)
    return replace(longer, displacement_iod=out[n // 2 : n // 2 + len(longer.time_s)].reshape(-1, *shape[1:]))
