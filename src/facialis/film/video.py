"""A recording as upright pictures with their true times.

Decoding happens in a child process (`facialis.film.decoder`) that is held to limits: a file that kills, hangs or
bloats the decoder costs that child its life and gives the user a sentence. Pictures cross through a small ring of
shared memory, so memory does not grow with the length of the recording.
"""

from __future__ import annotations

import errno
import hashlib
import os
import weakref
from array import array
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from math import inf
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Final, NoReturn, cast

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import RecordError, VideoError
from facialis.core.knowledge import figure
from facialis.core.messages import reason, said
from facialis.core.reading import open_ordinary
from facialis.core.records import Frame, Interval, Recording
from facialis.core.settings import DecodeLimits
from facialis.film.child import Child, Counted, Header
from facialis.film.clock import rhythm_of
from facialis.film.container import DEMUXERS, HEAD_BYTES, demuxer_of, ends_early, holds_another, is_broken
from facialis.film.sources import Declared, FrameList, FrameSource, MirroredSource, as_seen, check_enough
from facialis.film.speed import Speed, speed_of

__all__ = ["Declared", "FrameList", "FrameSource", "MirroredSource", "VideoFile", "as_seen", "check_kind"]

_MISSING_END_S: Final = 0.5  # chosen: the last picture of a screen recording may stand as long; 0.3 - 1 s
_ROUNDING_S: Final = 1e-9  # a time of the file that is turned into real time and back may differ by this
_LOOK_S: Final = 0.7  # chosen: with its start well within the two seconds that a refusal may take; 0.3 - 1.2 s
_REFUSED_READS: Final = 200_000  # chosen: 0.2 s, to say of what was refused that it is cut; 10,000 - 1,000,000
_HASH_BYTES: Final = 1 << 20  # chosen: 0.1 - 16 MB read equally fast


class VideoFile:
    """A video file as a `FrameSource`.

    Parameters
    ----------
    path
        The file. MP4, MOV, M4V, WebM, MKV, AVI, MPG, FLV and GIF are recognised by content, not by name.
    limits
        What the recording may cost.
    name
        What to call it in messages and results; the file's name when left out.
    look
        Look at once whether the limits hold beyond the first picture, without decoding, for less than a second of
        processor time: what comes in is refused then and not only when its frames are read.

    Attributes
    ----------
    declared
        What the container says of itself.

    Raises
    ------
    VideoError
        ``not_found``, ``not_readable``, ``empty``, ``unreadable`` (no video in it, or none that is understood),
        ``too_large`` (a limit), ``time_lapse``, ``decoder_failed`` (it broke or hung the decoder). ``too_short`` and
        ``rate_too_low`` come at the end of the first whole pass.

    Notes
    -----
    Times come from the presentation stamps; `facialis.film.clock.steady_times` says what is done with stamps that
    are missing, repeated or wrong. They are real time: those of slow motion that plays slower than things happened are
    divided by how much slower (`facialis.film.speed`). Rotation and mirroring metadata and the pixels' shape are
    applied; interlaced footage is left as it is. Luma is the stored luma stretched to full range, whatever colour
    matrix made it.

    Use it in a ``with`` statement, or call `close`; the child also ends when the object is collected, when a pass is
    abandoned, and when this process ends.
    """

    declared: Declared

    def __init__(
        self, path: Path | str, limits: DecodeLimits | None = None, *, name: str | None = None, look: bool = False
    ) -> None:
        self._path = Path(path)
        self._limits = limits or DecodeLimits()
        self._name = name if name is not None else _printable(self._path.name)
        self._recording: Recording | None = None
        self._identity: tuple[int, ...] | None = None
        self._demuxer = self._sniff()
        self._children: weakref.WeakSet[Child] = weakref.WeakSet()
        child = self._begin(_LOOK_S if look else 0.0)
        self._child: Child | None = child
        self._speed = speed_of(child.header.capture_rate, child.header.playback_hz)
        if self._speed.factor < 1:
            self.close()
            raise _time_lapse(self._name, self._speed)
        if look:
            self.close()  # that child has read on, and gives no frames
        header = _in_real_time(child.header, self._speed)
        self.declared = Declared(
            duration_s=header.duration_s,
            frames=header.frames,
            width_px=header.width_px,
            height_px=header.height_px,
            rotation_deg=header.rotation_deg,
            rate_hz=header.rate_hz,
            container=self._demuxer,
            codec=header.codec,
            recorded_at=header.recorded_at,
            first_s=header.first_s,
        )

    def __enter__(self) -> VideoFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all decoding, passes under way included. Asking for frames again starts from the beginning."""
        for child in list(self._children):
            child.end()
        self._child = None

    def frames(self, start_s: float = 0.0, stop_s: float = inf) -> Iterator[Frame]:
        """Frames with ``start_s <= time_s < stop_s``; each call is a pass of its own.

        Each frame owns its arrays: they stay valid. At the end of a whole pass the recording's facts are complete,
        and VideoError is raised if it was too short, or its rate too low, to be measured.
        """
        child, self._child = self._child or self._begin(), None
        header = _in_real_time(child.header, self._speed)
        factor = self._speed.factor
        times = array("d")
        try:
            for frame in child.frames(start_s * factor - _ROUNDING_S, stop_s * factor + _ROUNDING_S):
                time_s = frame.time_s / factor
                if start_s <= time_s < stop_s:
                    times.append(time_s)
                    yield replace(frame, time_s=time_s)
            counted = child.counted
        finally:
            child.end()
        if start_s <= 0 and stop_s == inf:
            all_s = np.frombuffer(times, dtype=np.float64) if times else np.empty(0)
            self._check_enough(all_s, header, counted)
            if self._recording is None:
                self._recording = self._facts(all_s, header, counted)

    def _check_enough(self, time_s: NDArray[np.float64], header: Header, counted: Counted) -> None:
        try:
            check_enough(time_s, self._name)
        except VideoError as error:
            end_s = float(time_s[-1]) if time_s.size else 0.0
            if error.code == "too_short" and self._lost_frames(end_s, header, counted):
                raise VideoError(
                    **said("hardly_begun", name=self._name, pictures=time_s.size), code="too_short"
                ) from error
            raise

    @property
    def recording(self) -> Recording:
        """All facts; RecordError until a whole pass over the frames was made."""
        if self._recording is None:
            raise RecordError(f"{self._name}: read all frames before asking for the recording's facts")
        return self._recording

    def _facts(self, time_s: NDArray[np.float64], header: Header, counted: Counted) -> Recording:
        rhythm = rhythm_of(time_s, header.tick_s)
        declared = self.declared.frames
        before = [Interval(start_s=0.0, stop_s=float(time_s[0]))] if time_s[0] > 0 else []
        end_s = float(time_s[-1]) + rhythm.median_interval_s
        missing_s = _MISSING_END_S if rhythm.variable else rhythm.ordinary_s
        broken = self._asks(is_broken)
        return Recording(
            name=self._name,
            sha256=self._sha256(),
            container=self._demuxer,
            codec=self.declared.codec,
            width_px=self.declared.width_px,
            height_px=self.declared.height_px,
            rotation_deg=self.declared.rotation_deg,
            duration_s=end_s,
            frames=time_s.size,
            frames_declared=None if declared is None else declared - counted.hidden,
            frame_rate_hz=rhythm.rate_hz,
            frame_interval_sd_ms=1e3 * rhythm.interval_sd_s,
            variable_rate=rhythm.variable,
            truncated=broken or self._lost_frames(end_s, header, counted, missing_s),
            gaps=(*before, *rhythm.gaps),
            damaged=max(_damaged(counted), int(broken)),
            holds_another=self._asks(holds_another),
            resized=counted.resized,
            recorded_at=header.recorded_at,
            recorded_local=bool(header.recorded_local),
            capture_rate_hz=self._speed.capture_rate_hz,
            playback_rate_hz=self._speed.playback_rate_hz,
            capture_rate_ignored=self._speed.ignored,
        )

    def _lost_frames(self, end_s: float, header: Header, counted: Counted, missing_s: float = _MISSING_END_S) -> bool:
        """Whether pictures are missing: packets damaged or not there, an early end by structure or by stated time."""
        stated = header.stated_end_s
        if _damaged(counted) or counted.packets < counted.expected_packets:
            return True
        if stated is not None and stated - header.first_s - end_s > missing_s:
            return True
        return self._asks(ends_early)

    def _open(self) -> int:
        """Open the file for reading; VideoError if it is not there, not ours to read, no file, or another by now."""
        name = self._name
        try:
            file = open_ordinary(self._path)
        except (FileNotFoundError, NotADirectoryError):
            raise VideoError(**said("no_film", name=name), code="not_found") from None
        except PermissionError:
            raise VideoError(**said("film_not_yours", name=name), code="not_readable") from None
        except OSError as problem:
            raise _not_opened(name, problem) from None
        facts = os.fstat(file)
        identity = (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)
        if self._identity not in (None, identity):
            os.close(file)
            raise VideoError(**said("film_changed", name=name), code="unreadable")
        self._identity = identity
        return file

    def _sniff(self) -> str:
        file = self._open()
        try:
            head = os.read(file, HEAD_BYTES)
        finally:
            os.close(file)
        return check_kind(head, self._name, self._limits)

    def _sha256(self) -> str:
        digest = hashlib.sha256()
        file = self._open()
        try:
            while block := os.read(file, _HASH_BYTES):
                digest.update(block)
        finally:
            os.close(file)
        return digest.hexdigest()

    def _begin(self, look_s: float = 0.0) -> Child:
        file = self._open()
        try:
            child = Child(file, self._demuxer, self._limits, self._refuse, look_s)
            self._children.add(child)
            return child
        finally:
            os.close(file)

    def _refuse(self, code: str, detail: str = "") -> NoReturn:
        if code == "unreadable" and self._asks(ends_early, _REFUSED_READS):
            code = "cut"
        raise _refusal(self._name, code, detail, self._limits)

    def _asks(self, question: Callable[[BinaryIO, str], bool | None], most_reads: float = inf) -> bool:
        """What the container says of itself: yes, or no where it says neither, or not within so many reads."""
        with os.fdopen(self._open(), "rb") as file:
            demuxer = demuxer_of(file.read(HEAD_BYTES)) or ""
            with suppress(_Enough):
                return bool(question(cast(BinaryIO, _Patient(file, most_reads)), demuxer))
        return False


def check_kind(head: bytes, name: str, limits: DecodeLimits | None = None) -> str:
    """The demuxer for a file that begins with these bytes (`facialis.film.container.HEAD_BYTES` of them).

    Raises
    ------
    VideoError
        ``empty``, or ``unreadable``: no container that is opened here begins like that.
    """
    if not head:
        raise VideoError(**said("film_empty", name=name), code="empty")
    demuxer = demuxer_of(head)
    if demuxer is None:
        raise _refusal(name, "unreadable", "", limits or DecodeLimits())
    return demuxer


class _Enough(Exception):
    """A file was read more often than its question is worth."""


class _Patient:
    """A file that may be read so many times: one made to be walked through for ever costs no more than that."""

    def __init__(self, file: BinaryIO, most_reads: float) -> None:
        self._file, self._left = file, most_reads
        self.seek = file.seek

    def read(self, size: int) -> bytes:
        """At most ``size`` bytes."""
        self._left -= 1
        if self._left < 0:
            raise _Enough
        return self._file.read(size)


def _not_opened(name: str, problem: OSError) -> VideoError:
    """The error for a file that is no ordinary one, or that the system does not open."""
    why, advice = reason(problem)
    if problem.errno in (errno.EISDIR, errno.EINVAL):
        return VideoError(**said("film_odd", name=name, why=why), code="unreadable")
    return VideoError(**said("film_not_opened", name=name, why=why, advice=advice), code="not_readable")


_KIND_OF: Final = {
    "unreadable": "unreadable",
    "cut": "unreadable",
    "no_picture": "unreadable",
    "too_many_pixels": "too_large",
    "too_many_frames": "too_large",
    "too_dense": "too_large",
    "too_long": "too_large",
    "failed": "decoder_failed",
    "silent": "decoder_failed",
}
"""Refusals of the child, and of its parent, by the code of their error."""


def _refusal(name: str, code: str, detail: str, limits: DecodeLimits) -> VideoError:
    """The error for a refusal of the child, in words for whoever gave the file."""
    known = ", ".join(dict.fromkeys(DEMUXERS.values()))
    hours = figure(f"{limits.duration_s / 3600:.3g}")
    error = VideoError(
        **said(f"refused_{code}", name=name, known=known, frames=limits.frames, hours=hours), code=_KIND_OF[code]
    )
    if detail:
        error.add_note(detail)
    return error


def _damaged(counted: Counted) -> int:
    """How many pictures are broken or lost, as far as the decoder knows: its log names some that nothing else does."""
    return max(counted.damaged, counted.lost, min(counted.complaints, 1))


def _in_real_time(header: Header, speed: Speed) -> Header:
    """A header whose times and rates are those of what happened before the camera."""
    factor = speed.factor

    def real(time_s: float | None) -> float | None:
        return None if time_s is None else time_s / factor

    return replace(
        header,
        duration_s=real(header.duration_s),
        rate_hz=None if header.rate_hz is None else header.rate_hz * factor,
        tick_s=header.tick_s / factor,
        stated_end_s=real(header.stated_end_s),
        first_s=header.first_s / factor,
    )


def _time_lapse(name: str, speed: Speed) -> VideoError:
    taken, played = figure(f"{speed.capture_rate_hz:.3g}"), figure(f"{speed.playback_rate_hz:.3g}")
    return VideoError(**said("time_lapse", name=name, taken=taken, played=played), code="time_lapse")


def _printable(name: str) -> str:
    """A file name without characters that could disturb a terminal or a page, and of bearable length."""
    clean = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in name)
    return clean if len(clean) <= 120 else f"{clean[:80]}…{clean[-39:]}"
