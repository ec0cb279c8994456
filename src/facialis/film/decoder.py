"""The child process that decodes: the only place that opens media with PyAV.

A decoder is a large C library fed with files from strangers. It runs here, in a process of its own with limits on
memory, processor time, pictures and pixels, so that a file that breaks it ends this process and nothing else. The
process ends when its parent does, however that happens. The words exchanged are in `facialis.film.protocol`.
"""

from __future__ import annotations

import errno
import json
import mmap
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from math import inf
from typing import Any, Final

import av
import numpy as np
from av.error import FFmpegError
from av.stream import Discard

from facialis.film.clock import seconds_of, steady_times
from facialis.film.complaints import Complaints
from facialis.film.moment import moment_of
from facialis.film.protocol import FRAME, HEAD, START, Layout
from facialis.film.sandbox import DECODERS, allow_cpu, confine, cores, end_with
from facialis.film.speed import CAPTURE_TAG
from facialis.film.upright import draw, turn_of

__all__ = ["Count", "Refused", "main"]

_START_CPU_S: Final = 20.0  # chosen: starting and probing takes 0.3 s; 5 - 60 s
_CPU_FRAMES: Final = 16  # chosen: a decoder may hold this many pictures back (H.264's limit) before it shows one
_THREADS: Final = 4  # chosen: more threads cost memory and bring nothing below 4K
_STREAMS: Final = 32  # chosen: a phone writes up to 8
_FRUITLESS: Final = (
    1500  # chosen: packets without two pictures, longer than from one key picture to the next; 600 - 5000
)
_SQUARE: Final = (0.25, 4.0)  # chosen: pixel shapes beyond are damage, no camera has them; 0.4 - 2.5 is known
_USUAL_RATE_HZ: Final = 30.0  # chosen: stands in only where a file states neither rate nor stamps
_TAG_CHARACTERS: Final = 80  # chosen: a rate or a moment has 30 at most; 40 - 200
_MOST_HZ: Final = 10_000.0  # chosen: cameras of laboratories reach some thousands, phones 960; 3,000 - 100,000
_RHYTHM_PACKETS: Final = 2000  # chosen: a minute and more; 100 - 100,000
_MARGIN: Final = 2  # chosen: above it a picture is not made, between it and the limit made and refused; 1.1 - 8
_PLACEHOLDER_BYTES: Final = 8  # MPEG-4 in AVI marks a picture that was shown before by 7 bytes at most; 7 - 10
_LATE_S: Final = 0.15  # as a gap in `facialis.film.clock`
_ALIVE_FRAMES: Final = 50  # chosen: how often to say "still alive" while skipping


class Refused(Exception):
    """The recording is not decoded; the first argument is one of `facialis.film.protocol.REFUSALS`."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


@dataclass
class Count:
    """What went through the decoder in one pass."""

    packets: int = 0
    decoded: int = 0
    damaged: int = 0
    hidden: int = 0
    expected_packets: int = 0
    kept: int = 0
    interlaced: int = 0
    complaints: int = 0
    resized: int = 0


@dataclass
class _Decode:
    """One open file and the state of the pass over it."""

    path: str
    demuxer: str
    limits: dict[str, Any]
    count: Count = field(default_factory=Count)
    oversized: bool = False
    kept_s: list[float] = field(default_factory=list)
    begin_s: float = inf
    reached_s: float = 0.0

    def open(self) -> None:
        """Open, choose the picture stream, decode its first frame; Refused if that is impossible or not allowed."""
        self._open_container()
        self._choose_stream()
        self._read_header()
        self.pictures = steady_times(self._stamped(), 1.0 / (self.rate_hz or _USUAL_RATE_HZ))
        first = next(self.pictures, None)
        if first is None:
            raise Refused("too_many_pixels" if self.oversized else "unreadable", "no frame could be decoded")
        self.first = first[1]
        self.moment = moment_of(self.tag)
        # A player's clock starts with the first picture in the file, whether it can be decoded or not.
        self.late_s = self.first_s - min(self.kept_s, default=self.first_s)
        self.late_s = self.late_s if self.late_s > _LATE_S else 0.0
        self._check_size(self.first.width, self.first.height)
        self.turn = turn_of(self.first)
        ratio = self.stream.sample_aspect_ratio
        stretch = float(ratio) if ratio and _SQUARE[0] <= ratio <= _SQUARE[1] else 1.0
        self.stored = (max(1, round(self.first.width * stretch)), self.first.height)
        self._check_size(*self.stored)
        self.layout = Layout(*(self.stored[::-1] if self.turn.transpose else self.stored))

    def _open_container(self) -> None:
        av.logging.restore_default_callback()
        av.logging.set_libav_level(av.logging.ERROR)
        self.complaints = Complaints()
        # PyAV 19 replaces undecodable metadata by itself and no longer takes the argument
        more: dict[str, Any] = {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}
        try:
            self.container = av.open(
                self.path,
                format=self.demuxer,
                options={"max_pixels": str(self.limits["pixels"])},
                container_options={
                    "protocol_whitelist": "file",
                    "codec_whitelist": DECODERS,
                    "max_streams": str(_STREAMS),
                },
                **more,
            )
        except FFmpegError as problem:
            _raise_if_out_of_memory(problem)
            raise Refused("unreadable", str(problem)) from None

    def _choose_stream(self) -> None:
        """Take the best video stream that is no cover picture, and leave all others unread."""
        if len(self.container.streams) >= _STREAMS:  # some demuxers go on without those that are too many
            raise Refused("unreadable", f"{len(self.container.streams)} streams")
        videos = [s for s in self.container.streams.video if "attached_pic" not in str(s.disposition)]
        if not videos:
            raise Refused("no_picture")
        best = self.container.streams.best("video")
        self.stream = best if best in videos else videos[0]
        for stream in self.container.streams:
            if stream is not self.stream:
                stream.discard = Discard.all
        codec = self.stream.codec_context
        if codec is None or codec.name not in DECODERS.split(","):
            raise Refused("unreadable", f"codec {codec.name if codec else 'unknown'}")
        self._check_size(codec.width, codec.height)
        # Of every picture, before it is made. Decoders count up to 64 more in each direction: libavcodec/internal.h.
        codec.options = {**codec.options, "max_pixels": str(_MARGIN * self.limits["pixels"] + 64 * 64)}
        codec.thread_type = "AUTO"
        codec.thread_count = min(_THREADS, cores())

    def _read_header(self) -> None:
        """What the container states; Refused if it states more than is allowed."""
        self.count.expected_packets = self._expected_packets()
        rate = self.stream.average_rate or self.stream.guessed_rate
        self.rate_hz = float(rate) if rate and 0.1 < rate < 1000 else None
        self.declared_s = self._declared_s()
        # MPEG and GIF state no number of pictures; what the library gives is what it has found
        self.declared_frames = int(self.stream.frames) or None if self.demuxer != "gif" else None
        if self.declared_frames is not None and self.declared_frames > self.limits["frames"]:
            raise Refused("too_many_frames")
        if self.declared_s is not None and self.declared_s > self.limits["duration_s"]:
            raise Refused("too_long")
        self.stated_end_s = self._stated_end_s()

    def _expected_packets(self) -> int:
        """How many pictures the index promises; in AVI the header, less those that the camera dropped."""
        index = self.stream.index_entries
        if index is None or not len(index):
            return 0
        if self.demuxer == "avi":
            return int(self.stream.frames) - len([entry for entry in index if not entry.size])
        return len(index) if self.demuxer == "mov" else 0

    def _declared_s(self) -> float | None:
        """The duration that the container's header states; MPEG and GIF state none, FFmpeg only looks for the end."""
        if self.demuxer in ("mpeg", "mpegvideo", "gif"):
            return None
        if self.stream.duration and self.stream.time_base:
            return float(self.stream.duration * self.stream.time_base)
        if self.demuxer == "matroska" and (own := seconds_of(self.stream.metadata.get("DURATION", ""))):
            return own
        return self.container.duration / 1e6 if self.container.duration else None

    def _stated_end_s(self) -> float | None:
        """When the last picture should end on the container's own clock, where that can be relied on.

        An index (MP4) says more; a duration of the file that may be that of its sound says nothing.
        """
        if self.demuxer == "avi" or (self.demuxer == "matroska" and "DURATION" in self.stream.metadata):
            return self.declared_s
        return self.declared_s if self.demuxer in ("matroska", "flv") and len(self.container.streams) == 1 else None

    def tag(self, name: str) -> str:
        """What the container says under a name, whatever its case; empty where it says nothing."""
        for key, value in self.container.metadata.items():
            if key.lower() == name:
                return str(value)[:_TAG_CHARACTERS]
        return ""

    def playback_hz(self) -> float | None:
        """Pictures per second by the index's own stamps, which lost pictures do not lower; else as the file states."""
        base, index = self.stream.time_base, self.stream.index_entries
        if self.demuxer == "mov" and base and index is not None and len(index) > 2:
            stamps = [index[i].timestamp for i in range(min(len(index), _RHYTHM_PACKETS))]
            interval_s = float(np.median(np.diff(stamps)) * base)
            if interval_s > 0:
                return 1.0 / interval_s
        return self.rate_hz

    def _check_size(self, width: int, height: int) -> None:
        if width * height > self.limits["pixels"]:
            raise Refused("too_many_pixels", f"{width}x{height}")

    def _stamped(self) -> Iterator[tuple[float | None, Any]]:
        """Decoded frames with their stamps in seconds; packets that yield none for their damage are counted.

        AVI stores no presentation stamps: what the library makes up goes wrong where frames are stored out of order,
        while its decoding stamps count the frames as they are shown.
        """
        base = self.stream.time_base
        for packet in self._packets():
            if self.count.decoded < 2 and self.count.packets > _FRUITLESS:
                raise Refused("unreadable", f"{self.count.packets} packets and hardly a picture")
            for frame in self._decoded(packet):
                self.count.decoded += 1
                self.count.damaged += frame.is_corrupt
                self.count.interlaced += frame.interlaced_frame
                if self.count.decoded > self.limits["frames"]:
                    raise Refused("too_many_frames")
                stamp = frame.dts if self.demuxer == "avi" or frame.pts is None else frame.pts
                stamp_s = float(stamp * base) if stamp is not None and base else None
                if self.count.decoded == 1:
                    self.first_s = stamp_s or 0.0
                yield stamp_s, frame

    def _packets(self) -> Iterator[Any]:
        try:
            for packet in self.container.demux(self.stream):
                self.count.packets += packet.size > 0
                self._check_packets(packet)
                self.count.hidden += packet.is_discard
                self.count.kept += packet.size > _PLACEHOLDER_BYTES and not packet.is_discard and self._is_shown(packet)
                if packet.is_corrupt:  # cut short
                    self.count.damaged += 1
                else:
                    if not self.count.decoded and packet.pts is not None and packet.time_base and not packet.is_discard:
                        self.kept_s.append(float(packet.pts * packet.time_base))
                    yield packet
        except FFmpegError as problem:
            _raise_if_out_of_memory(problem)
            self.count.damaged += 1

    def _check_packets(self, packet: Any) -> None:
        """Refused where packets go on without time or pictures getting on: each costs time, however small it is."""
        if self.count.packets > self.limits["frames"]:
            raise Refused("too_many_frames", "packets")
        if packet.dts is not None and packet.time_base:
            time_s = float(packet.dts * packet.time_base)
            self.begin_s = min(self.begin_s, time_s)
            self.reached_s = max(self.reached_s, time_s - self.begin_s)
            if self.count.packets > _MOST_HZ * (1.0 + self.reached_s):
                raise Refused("too_dense", f"{self.count.packets} packets in {self.reached_s} s")

    def look_through(self, ends_s: float) -> None:
        """Go on through the packets without decoding them, until this processor time; Refused as a whole pass would."""
        for number, _ in enumerate(self._packets()):
            if self.reached_s > self.limits["duration_s"]:
                raise Refused("too_long")
            if number % _ALIVE_FRAMES == 0 and time.process_time() > ends_s:
                break

    def _is_shown(self, packet: Any) -> bool:
        """Whether a packet holds a picture to be shown; VP8 stores others to refer to (RFC 6386, 9.1)."""
        return self.stream.codec_context.name not in ("vp8", "libvpx") or bool(bytes(packet)[0] & 0x10)

    def _decoded(self, packet: Any) -> list[Any]:
        try:
            return list(packet.decode())
        except FFmpegError as problem:
            _raise_if_out_of_memory(problem)
            # The library forgets the size when it refuses a picture for it: libavcodec/utils.c, ff_set_dimensions.
            self.oversized |= problem.errno == errno.EINVAL and not self.stream.codec_context.width
            self.count.damaged += 1
            return []
        finally:
            self.count.complaints += self.complaints.count(self.stream.codec_context.name, self.container.format.name)


def _raise_if_out_of_memory(problem: FFmpegError) -> None:
    """No damage of the file: going on would leave out pictures at random."""
    if isinstance(problem, MemoryError) or problem.errno == errno.ENOMEM:
        raise problem


def _send(letter: bytes, content: bytes | dict[str, Any] = b"") -> None:
    content = json.dumps(content).encode() if isinstance(content, dict) else content
    message = HEAD.pack(letter, len(content)) + content
    while message:
        message = message[os.write(1, message) :]


def _receive(size: int) -> bytes:
    data = os.read(0, size)
    if not data:
        os._exit(0)
    return data


def _run(order: dict[str, Any]) -> None:
    limits = order["limits"]
    confine(limits["memory_bytes"])
    ends_s = time.process_time() + order["look_s"]
    allow_cpu(1.7 * order["look_s"] or _START_CPU_S)
    job = _Decode(path=f"file:/dev/fd/{order['file']}", demuxer=order["demuxer"], limits=limits)
    job.open()
    if order["look_s"]:
        job.look_through(ends_s)
    header = {
        "width_px": job.layout.width_px,
        "height_px": job.layout.height_px,
        "rotation_deg": job.turn.clockwise_deg,
        "duration_s": job.declared_s,
        "frames": job.declared_frames,
        "rate_hz": job.rate_hz,
        "codec": job.stream.codec_context.name,
        "recorded_at": job.moment.iso,
        "recorded_local": int(job.moment.local),
        "capture_rate": job.tag(CAPTURE_TAG),
        "playback_hz": job.playback_hz(),
        "tick_s": float(job.stream.time_base or 0),
        "stated_end_s": job.stated_end_s,
        "first_s": job.first_s - job.late_s,
    }
    _send(b"H", header)
    start_s, stop_s = START.unpack(_receive(START.size))
    _pass(job, order["ring"], start_s, stop_s)


def _pass(job: _Decode, ring_file: int, start_s: float, stop_s: float) -> None:
    size = job.layout.slot_bytes
    ring = np.frombuffer(mmap.mmap(ring_file, size * job.layout.slots), dtype=np.uint8)
    free = list(range(job.layout.slots))
    budget_s = job.limits["cpu_s_per_frame"] * _CPU_FRAMES
    for index, (time_s, frame) in enumerate(_all_pictures(job)):
        if time_s > job.limits["duration_s"]:
            raise Refused("too_long")
        if time_s >= stop_s:
            break
        if index % _CPU_FRAMES == 0:
            allow_cpu(2 * budget_s)
        if time_s < start_s:
            if index % _ALIVE_FRAMES == 0:
                _send(b"T")
            continue
        if not free:
            free.extend(_receive(256))
        slot = free.pop(0)
        job.count.resized += (frame.width, frame.height) != (job.first.width, job.first.height)
        full = draw(frame, job.stored, job.turn, job.layout, ring[slot * size : (slot + 1) * size])
        _send(b"F", FRAME.pack(slot, index, time_s, full))
    count = job.count
    _send(
        b"Z",
        {
            "packets": count.packets,
            "expected_packets": count.expected_packets,
            "decoded": count.decoded,
            "damaged": count.damaged,
            "hidden": count.hidden,
            "complaints": count.complaints,
            "resized": count.resized,
            "lost": max(0, count.kept - count.decoded) if not count.interlaced else 0,
        },
    )


def _all_pictures(job: _Decode) -> Iterator[tuple[float, Any]]:
    yield job.late_s, job.first
    for time_s, frame in job.pictures:
        yield job.late_s + time_s, frame


def main(order: str) -> None:
    """Decode as ordered in JSON by `facialis.film.child.Child`, then end the process."""
    wanted = json.loads(order)
    end_with(wanted["parent"])
    try:
        try:
            _run(wanted)
        except Refused as no:
            _send(b"E", {"code": no.code, "detail": no.detail})
        except Exception as problem:  # noqa: BLE001 - whatever it is, the parent learns of it and lives on
            _send(b"E", {"code": "failed", "detail": f"{type(problem).__name__}: {problem}"})
    except BrokenPipeError:
        pass
    os._exit(0)
