"""The decoding process as its parent sees it: started, listened to, never trusted, always ended.

What the child says is checked before it is used: a decoder that a hostile file has taken over can send nonsense, and
nonsense is answered like a crash.
"""

from __future__ import annotations

import json
import mmap
import os
import select
import signal
import struct
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import RecordError
from facialis.core.reading import above_standard
from facialis.core.records import Frame
from facialis.core.settings import DecodeLimits
from facialis.film.protocol import FRAME, HEAD, REFUSALS, START, Layout

__all__ = ["Child", "Counted", "Header"]

R = TypeVar("R")

_BOOT: Final = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from facialis.film.decoder import main; main(sys.argv[2])"
)
_PIPE_BYTES: Final = 1 << 16  # what a pipe holds on Linux: pipe(7)
_MESSAGE_BYTES: Final = 1 << 16  # chosen: a hundred times the longest message; more is nonsense from a broken child
_START_S: Final = 10.0  # chosen: a busy machine may need seconds to start a Python; 5 - 30 s
_END_S: Final = 5.0  # chosen: between the end of a child's words and its own lie milliseconds; 1 - 10 s
_ENVIRONMENT: Final = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}  # address space is limited; save it

# ITU-R BT.601 and BT.709: luma 16-235 and chroma 16-240 stretched to 0-255
_LUMA_STRETCH: Final = 255 / 219
_CHROMA_STRETCH: Final = 255 / 224


class _Nonsense(Exception):
    """The child said something that cannot be."""


@dataclass(frozen=True, kw_only=True)
class Header:
    """What the child found when it opened the file."""

    width_px: int
    height_px: int
    rotation_deg: int
    duration_s: float | None
    frames: int | None
    rate_hz: float | None
    codec: str
    recorded_at: str | None
    recorded_local: int
    capture_rate: str
    playback_hz: float | None
    tick_s: float
    stated_end_s: float | None
    first_s: float


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What went through the decoder in one pass.

    Packets, those that the index promised, pictures out, packets and pictures damaged, packets that an edit list hides,
    errors that the decoding library named in its log, packets of which no picture came, and pictures that are stored in
    another size than the first.
    """

    packets: int
    expected_packets: int
    decoded: int
    damaged: int
    hidden: int
    complaints: int = 0
    lost: int = 0
    resized: int = 0


class Child:
    """One decoding process: good for one pass.

    Parameters
    ----------
    file
        Open file descriptor of the recording, above those of the standard streams. It is passed on; the caller
        closes it.
    demuxer
        How to read it.
    limits
        What it may cost.
    refuse
        Called with a code (of `facialis.film.protocol.REFUSALS`, or ``silent``) and a detail; raises.
    look_s
        How many seconds of processor time it may spend on looking through the packets before it says what it found;
        a child that has looked gives no frames.
    """

    def __init__(
        self,
        file: int,
        demuxer: str,
        limits: DecodeLimits,
        refuse: Callable[[str, str], NoReturn],
        look_s: float = 0.0,
    ) -> None:
        self._refuse = refuse
        self._limits = limits
        self._inbox = bytearray()
        self._patience_s = max(_START_S, limits.idle_s)
        self._ring = above_standard(_anonymous_file())
        order = {"file": file, "ring": self._ring, "parent": os.getpid(), "demuxer": demuxer, "look_s": look_s}
        order["limits"] = asdict(limits)
        paths = [path or str(Path.cwd()) for path in sys.path]
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _BOOT, json.dumps(paths), json.dumps(order)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                pass_fds=(file, self._ring),
                start_new_session=True,  # a Ctrl-C in the terminal is for the parent, which then ends the child
                env=os.environ | _ENVIRONMENT,
            )
        except BaseException:
            os.close(self._ring)
            raise
        self.end = weakref.finalize(self, _end, self._process, self._ring, os.getpid())
        """Ends the process for good; may be called any number of times."""
        self.counted = Counted(packets=0, expected_packets=0, decoded=0, damaged=0, hidden=0)
        """What was counted, once all frames of a pass were read."""
        try:
            self.header = self._heard(self._hear_header)
            self._patience_s = limits.idle_s
        except BaseException:
            self.end()
            raise

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def frames(self, start_s: float, stop_s: float) -> Iterator[Frame]:
        """Frames with ``start_s <= time_s < stop_s``; can be called once."""
        layout = Layout(self.header.width_px, self.header.height_px)
        os.ftruncate(self._ring, layout.slot_bytes * layout.slots)
        with mmap.mmap(self._ring, layout.slot_bytes * layout.slots) as shared:
            self._tell(START.pack(start_s, stop_s))
            last = -1
            while (heard := self._heard(self._hear_frame)) is not None:
                slot, index, time_s, full = heard
                if slot >= layout.slots or index <= last:
                    self._lost(f"frame {index} after {last} in slot {slot}")
                last = index
                luma, chroma = _planes(shared, slot, layout, full)
                self._tell(bytes((slot,)))
                yield Frame(
                    index=index,
                    time_s=time_s,
                    luma=luma,
                    chroma=chroma,
                )

    def _hear_header(self) -> Header:
        letter, content = self._message()
        if letter != b"H":
            raise _Nonsense(f"{letter!r} instead of a header")
        header = _record(Header, json.loads(content))
        if not 0 < header.width_px * header.height_px <= self._limits.pixels or header.width_px < 0:
            raise _Nonsense(f"{header.width_px} x {header.height_px}")
        return header

    def _hear_frame(self) -> tuple[int, int, float, bool] | None:
        while True:
            letter, content = self._message()
            if letter == b"F":
                slot, index, time_s, full = FRAME.unpack(content)
                return slot, index, time_s, full
            if letter == b"Z":
                self.counted = _record(Counted, json.loads(content))
                return None
            if letter != b"T":
                raise _Nonsense(f"{letter!r} instead of a frame")

    def _heard(self, hear: Callable[[], R]) -> R:
        try:
            return hear()
        except (_Nonsense, struct.error, ValueError, TypeError, KeyError) as nonsense:
            self._lost(f"nonsense from the decoder: {nonsense}")

    def _message(self) -> tuple[bytes, bytes]:
        letter, size = HEAD.unpack(self._take(HEAD.size))
        if size > _MESSAGE_BYTES:
            raise _Nonsense(f"a message of {size} bytes")
        content = self._take(size)
        if letter == b"E":
            said = json.loads(content)
            code = said["code"] if said["code"] in REFUSALS else "failed"
            self._refuse(code, str(said["detail"]))
        return letter, content

    def _take(self, size: int) -> bytes:
        pipe = self._process.stdout
        assert pipe is not None
        if pipe.closed:
            raise RecordError("the video was closed while its frames were still being read")
        while len(self._inbox) < size:
            if not select.select([pipe], [], [], self._patience_s)[0]:
                self._refuse("silent", f"no word from the decoder for {self._patience_s} s")
            data = os.read(pipe.fileno(), _PIPE_BYTES)
            if not data:
                self._lost("the decoder ended")
            self._inbox += data
        taken = bytes(self._inbox[:size])
        del self._inbox[:size]
        return taken

    def _tell(self, data: bytes) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(data)
        except (BrokenPipeError, ValueError):
            return  # gone or closed; what the child said last is still in the pipe

    def _lost(self, why: str) -> NoReturn:
        try:
            code = self._process.wait(_END_S)
        except subprocess.TimeoutExpired:
            code = 0
        if code < 0:
            why = f"{why}, by {signal.Signals(-code).name}"
        self._refuse("failed", why)


def _record(kind: type[R], said: Any) -> R:
    """Make a record of what the child said, each value of the type it should have."""
    values = {}
    for field in fields(kind):  # type: ignore[arg-type]
        value = said[field.name]
        words = str(field.type)
        wanted: tuple[type, ...] = (int,) if "int" in words else (int, float) if "float" in words else (str,)
        if not (isinstance(value, wanted) or (value is None and "None" in words)):
            raise _Nonsense(f"{field.name} is {value!r}")
        values[field.name] = value
    return kind(**values)


def _planes(shared: mmap.mmap, slot: int, layout: Layout, full: bool) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Copies of the planes in a slot, stretched to full range: here, since the child would have to load OpenCV."""
    size = layout.slot_bytes
    stored = np.frombuffer(shared, dtype=np.uint8, count=size, offset=slot * size)
    luma = stored[: layout.luma_bytes].reshape(layout.luma_shape)
    chroma = stored[layout.luma_bytes :].reshape(layout.chroma_shape)
    if full:
        return luma.copy(), chroma.copy()
    flat = chroma.reshape(1, -1)
    flat = np.asarray(cv2.addWeighted(flat, _CHROMA_STRETCH, flat, 0.0, 128 - 128 * _CHROMA_STRETCH), dtype=np.uint8)
    stretched = cv2.addWeighted(luma, _LUMA_STRETCH, luma, 0.0, -16 * _LUMA_STRETCH)
    return np.asarray(stretched, dtype=np.uint8), flat.reshape(layout.chroma_shape)


def _anonymous_file() -> int:
    """A file without a name, in memory where the system can."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("facialis-frames", os.MFD_CLOEXEC)
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())


def _end(process: subprocess.Popen[bytes], ring: int, owner: int) -> None:
    """End a child for good and take its remains away; only the process that started it may."""
    if os.getpid() != owner:
        return
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.kill()
    process.wait()
    os.close(ring)
