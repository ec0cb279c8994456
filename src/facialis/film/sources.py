"""Where pictures come from: the one seam between a recording and everything that is measured in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import RecordError, VideoError
from facialis.core.knowledge import figure
from facialis.core.messages import said
from facialis.core.records import Frame, Recording
from facialis.film.clock import rhythm_of

__all__ = ["Declared", "FrameList", "FrameSource", "MirroredSource", "TurnedSource", "as_seen", "check_enough"]

MIN_DURATION_S: Final = 1.0  # chosen: a twitch lasts 0.1 - 0.4 s and needs quiet around it to be told from noise
_TICK_S: Final = 0.011  # the coarsest clock of a container, that of GIF: a second may read as 0.99 s
MIN_FRAMES: Final = 15  # chosen: fewer pictures give no noise level to compare with; 10 - 30
MIN_RATE_HZ: Final = 10.0  # chosen: a twitch of 0.15 s then has one picture at least (Nyquist asks for 13 Hz); 8 - 13


@dataclass(frozen=True, kw_only=True)
class Declared:
    """What a recording says about itself before it is decoded; None where it says nothing.

    Width and height are those of the upright picture with square pixels. ``rotation_deg`` is how far the stored
    picture was turned clockwise to become upright: 0, 90, 180 or 270. ``first_s`` is where the first picture stands on
    the file's own clock, from which all times count.
    """

    duration_s: float | None
    frames: int | None
    width_px: int
    height_px: int
    rotation_deg: int
    rate_hz: float | None
    container: str = ""
    codec: str = ""
    recorded_at: str | None = None
    first_s: float = 0.0


class FrameSource(Protocol):
    """Pictures in the order of time.

    A source may be read more than once. Frames count from 0 and times from the first frame of the whole recording,
    whatever part of it is asked for. The first time is above 0 where a file's first frames could not be decoded.
    """

    declared: Declared

    def frames(self, start_s: float = 0.0, stop_s: float = inf) -> Iterator[Frame]:
        """Frames with ``start_s <= time_s < stop_s``. Their arrays belong to whoever receives them."""
        ...

    @property
    def recording(self) -> Recording:
        """All facts; RecordError until a whole pass over the frames was made."""
        ...


def check_enough(time_s: NDArray[np.float64], name: str) -> None:
    """Raise VideoError (``too_short``, ``rate_too_low``) if nothing can be measured with pictures at these times."""
    n = time_s.size
    median = float(np.median(np.diff(time_s))) if n > 1 else 0.0
    duration = float(time_s[-1]) + median if n else 0.0
    if n > 1 and 1.0 / median < MIN_RATE_HZ * (1 - 1e-6) and duration >= MIN_DURATION_S - _TICK_S:
        rate = figure(f"{1.0 / median:.3g}")
        raise VideoError(**said("rate_too_low", name=name, rate=rate), code="rate_too_low")
    if n < MIN_FRAMES or duration < MIN_DURATION_S - _TICK_S:
        seconds = figure(f"{duration:.2g}")
        raise VideoError(**said("too_short", name=name, duration=seconds, pictures=n), code="too_short")


class FrameList:
    """A `FrameSource` over pictures in memory, for phantoms and tests.

    Parameters
    ----------
    time_s
        Times in seconds, rising strictly; they are counted from the first.
    luma
        One (height, width) uint8 picture per time, all of one size.
    chroma
        One (2, ceil(height/2), ceil(width/2)) uint8 array per time; grey (128) when left out.
    name
        What to call it in messages and results.

    Notes
    -----
    ``sha256`` of its recording is taken over times and pictures, ``container`` and ``codec`` are ``memory``. It has
    no lower limit on length or rate.
    """

    def __init__(
        self,
        time_s: Sequence[float] | NDArray[np.float64],
        luma: Sequence[NDArray[np.uint8]] | NDArray[np.uint8],
        chroma: Sequence[NDArray[np.uint8]] | NDArray[np.uint8] | None = None,
        *,
        name: str = "frames in memory",
    ) -> None:
        times = np.asarray(time_s, dtype=np.float64)
        if times.ndim != 1 or times.size < 2 or times.size != len(luma):
            raise RecordError(f"{times.size} times and {len(luma)} pictures: there must be two or more of each")
        if not (np.all(np.isfinite(times)) and np.all(np.diff(times) > 0)):
            raise RecordError("times must rise strictly")
        height, width = luma[0].shape
        small = (2, (height + 1) // 2, (width + 1) // 2)
        if any(p.shape != (height, width) or p.dtype != np.uint8 for p in luma):
            raise RecordError(f"pictures must all be uint8 of shape {(height, width)}")
        if chroma is not None and (len(chroma) != len(luma) or any(c.shape != small for c in chroma)):
            raise RecordError(f"chroma must be one array of shape {small} per picture")
        self._times = times - times[0]
        self._luma = luma
        self._chroma = chroma
        self._grey = np.full(small, 128, dtype=np.uint8)
        self._name = name
        rhythm = rhythm_of(self._times)
        self.declared = Declared(
            duration_s=float(self._times[-1]) + rhythm.median_interval_s,
            frames=times.size,
            width_px=width,
            height_px=height,
            rotation_deg=0,
            rate_hz=rhythm.rate_hz,
            container="memory",
            codec="memory",
        )
        self._seen = False

    def frames(self, start_s: float = 0.0, stop_s: float = inf) -> Iterator[Frame]:
        """Copies of the pictures with ``start_s <= time_s < stop_s``."""
        for i, time in enumerate(self._times):
            if start_s <= time < stop_s:
                chroma = self._grey if self._chroma is None else self._chroma[i]
                yield Frame(index=i, time_s=float(time), luma=self._luma[i].copy(), chroma=chroma.copy())
        if start_s <= 0 and stop_s == inf:
            self._seen = True

    @property
    def recording(self) -> Recording:
        """All facts; RecordError until a whole pass over the frames was made."""
        if not self._seen:
            raise RecordError(f"{self._name}: read all frames before asking for the recording's facts")
        digest = hashlib.sha256(self._times.tobytes())
        for i in range(self._times.size):
            digest.update(np.ascontiguousarray(self._luma[i]).data)
            if self._chroma is not None:
                digest.update(np.ascontiguousarray(self._chroma[i]).data)
        rhythm = rhythm_of(self._times)
        return Recording(
            name=self._name,
            sha256=digest.hexdigest(),
            container="memory",
            codec="memory",
            width_px=self.declared.width_px,
            height_px=self.declared.height_px,
            rotation_deg=0,
            duration_s=float(self._times[-1]) + rhythm.median_interval_s,
            frames=self._times.size,
            frames_declared=self._times.size,
            frame_rate_hz=rhythm.rate_hz,
            frame_interval_sd_ms=1e3 * rhythm.interval_sd_s,
            variable_rate=rhythm.variable,
            truncated=False,
            gaps=rhythm.gaps,
        )


class MirroredSource:
    """Another source seen in a mirror: pictures swap left and right, all else stays.

    Mirroring one with an odd width mirrors its chroma about the middle of the chroma columns, half a chroma pixel
    off the middle of the picture.
    """

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self.declared = source.declared

    def frames(self, start_s: float = 0.0, stop_s: float = inf) -> Iterator[Frame]:
        """Frames of the other source with ``start_s <= time_s < stop_s``, mirrored."""
        for frame in self._source.frames(start_s, stop_s):
            yield replace(
                frame,
                luma=np.ascontiguousarray(frame.luma[:, ::-1]),
                chroma=np.ascontiguousarray(frame.chroma[:, :, ::-1]),
            )

    @property
    def recording(self) -> Recording:
        """The other source's facts, its name marked as mirrored."""
        facts = self._source.recording
        return replace(facts, name=f"{facts.name} (mirrored)")


class TurnedSource:
    """Another source turned by half: what stood on its head stands upright, left and right stay the person's own.

    As in `MirroredSource`, chroma of an odd width or height is turned about its own middle.
    """

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self.declared = replace(source.declared, rotation_deg=(source.declared.rotation_deg + 180) % 360)

    def frames(self, start_s: float = 0.0, stop_s: float = inf) -> Iterator[Frame]:
        """Frames of the other source with ``start_s <= time_s < stop_s``, turned."""
        for frame in self._source.frames(start_s, stop_s):
            yield replace(
                frame,
                luma=np.ascontiguousarray(frame.luma[::-1, ::-1]),
                chroma=np.ascontiguousarray(frame.chroma[:, ::-1, ::-1]),
            )

    @property
    def recording(self) -> Recording:
        """The other source's facts, with the turn in its rotation."""
        facts = self._source.recording
        return replace(facts, rotation_deg=(facts.rotation_deg + 180) % 360, upside_down=not facts.upside_down)


def as_seen(source: FrameSource, *, mirrored: bool, upside_down: bool = False) -> FrameSource:
    """A source as it is measured: swapped back if it is mirrored, turned if the face in it stands on its head."""
    if mirrored:
        source = MirroredSource(source)
    return TurnedSource(source) if upside_down else source
