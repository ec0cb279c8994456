"""Small phantoms with known truth, rendered once for all tests, and what can be done to their pictures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.records import Event, Frame, Session
from facialis.film.sources import FrameList
from facialis.measure.session import measure_source
from facialis.phantom.recording import PhantomSource, truth
from facialis.phantom.specification import PhantomSpec, parse_spec

Bytes = NDArray[np.uint8]

SPECS = {
    # Contractions of both sides, two blinks, a head that sways a little.
    "man": """
duration_s: 6
camera: {width_px: 288, height_px: 288, iod_share: 0.3}
acts:
  - {act: head_motion, motion: walk, onset_s: 0, duration_s: 6, yaw_deg: 0.5, pitch_deg: 0.4, x_iod: 0.01, y_iod: 0.01}
  - {act: contraction, side: left, onset_s: 1.0, duration_s: 0.18, amplitude_iod: 0.06}
  - {act: blink, onset_s: 1.7}
  - {act: contraction, side: right, onset_s: 2.5, duration_s: 0.18, amplitude_iod: 0.06}
  - {act: contraction, side: left, onset_s: 3.5, duration_s: 0.18, amplitude_iod: 0.05}
  - {act: blink, onset_s: 4.2, asynchrony_ms: 12}
  - {act: contraction, side: left, onset_s: 5.0, duration_s: 0.18, amplitude_iod: 0.06}
""",
    # Somebody else, further away, filmed by a slower and noisier camera: a held contraction of the right side.
    "woman": """
duration_s: 5
seed: 5
identity: {person: woman_a, tone: olive}
camera: {width_px: 256, height_px: 256, iod_share: 0.25, gain: 0.05, read_noise: 1.5}
acts:
  - {act: contraction, side: right, onset_s: 1.0, duration_s: 0.2, amplitude_iod: 0.06}
  - {act: contraction, side: right, onset_s: 2.2, duration_s: 1.8, amplitude_share: 0.7, profile: tonic}
""",
}


@cache
def spec(name: str) -> PhantomSpec:
    return parse_spec(SPECS[name], name, name)


@cache
def frames(name: str) -> tuple[Frame, ...]:
    """All pictures of a phantom; do not change them."""
    return tuple(PhantomSource(spec(name)).frames())


def put_in(name: str, *kinds: str) -> list[Event]:
    """What was put into a phantom."""
    return [event for event in truth(spec(name)) if event.trial_type in kinds]


def listed(pictures: Sequence[Frame], *, name: str = "made", later_s: float = 0.0, step_s: float = 0.0) -> FrameList:
    """Pictures as a source; with ``step_s`` on an even grid of their own."""
    times = [k * step_s if step_s else f.time_s + later_s for k, f in enumerate(pictures)]
    return FrameList(times, [f.luma for f in pictures], [f.chroma for f in pictures], name=name)


def changed(name: str, luma: Callable[[Bytes], Bytes]) -> list[Frame]:
    """The pictures of a phantom with their luma changed."""
    return [replace(frame, luma=luma(frame.luma)) for frame in frames(name)]


def scaled(name: str, size_px: int) -> list[Frame]:
    """The pictures of a phantom, larger or smaller."""
    half = (size_px + 1) // 2

    def sized(picture: Bytes, to: int) -> Bytes:
        how = cv2.INTER_AREA if to < picture.shape[0] else cv2.INTER_CUBIC
        return np.asarray(cv2.resize(picture, (to, to), interpolation=how), np.uint8)

    return [
        replace(f, luma=sized(f.luma, size_px), chroma=np.stack([sized(plane, half) for plane in f.chroma]))
        for f in frames(name)
    ]


@cache
def measured(name: str) -> Session:
    """The whole way from pictures to a session."""
    return measure_source(listed(frames(name), name=name))


def spasms(events: Sequence[Event]) -> list[Event]:
    return [e for e in events if e.trial_type in ("twitch", "tonic_spasm", "myokymia")]


def wall(like: Frame, index: int = 0) -> Frame:
    """A noisy wall of the same size and time."""
    rng = np.random.Generator(np.random.SFC64(index))
    luma = rng.normal(120, 5, like.luma.shape).clip(0, 255).astype(np.uint8)
    return replace(like, luma=luma, chroma=np.full_like(like.chroma, 128))
