"""Makes small video files whose every picture and time stamp is known."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

os.environ.setdefault("SVT_LOG", "1")  # the encoder of AV1 speaks of errors only

MARK = 40  # how much brighter the upper left quarter is

# name of the file → how it is made
KINDS: dict[str, dict[str, Any]] = {
    "h264.mp4": {"codec": "libx264", "options": {"movflags": "faststart"}, "codec_options": {"bf": "2"}},
    "hevc_10_bit.mov": {
        "codec": "libx265",
        "pixel_format": "yuv420p10le",
        "codec_options": {"x265-params": "log-level=0"},
    },
    "av1.mp4": {"codec": "libsvtav1", "codec_options": {"preset": "12", "svtav1-params": "lp=1"}},
    "mpeg4.m4v": {"codec": "mpeg4"},
    "mjpeg.mov": {"codec": "mjpeg", "pixel_format": "yuvj420p"},
    "fragmented.mp4": {"codec": "libx264", "options": {"movflags": "frag_keyframe+empty_moov"}},
    "vp9.webm": {"codec": "libvpx-vp9", "codec_options": {"deadline": "realtime", "cpu-used": "8"}},
    "vp8.webm": {"codec": "libvpx", "codec_options": {"deadline": "realtime", "cpu-used": "8"}},
    "live.webm": {
        "codec": "libvpx",
        "codec_options": {"deadline": "realtime", "cpu-used": "8"},
        "options": {"live": "1"},
    },
    "av1.webm": {"codec": "libsvtav1", "codec_options": {"preset": "12", "svtav1-params": "lp=1"}},
    "h264.mkv": {"codec": "libx264", "codec_options": {"bf": "2"}},
    "hevc.mkv": {"codec": "libx265", "codec_options": {"x265-params": "log-level=0"}},
    "grey.mkv": {"codec": "ffv1", "pixel_format": "gray"},
    "colour.mkv": {"codec": "ffv1", "pixel_format": "yuv444p"},
    "mpeg4.avi": {"codec": "mpeg4"},
    "b_frames.avi": {"codec": "libx264", "codec_options": {"bf": "2"}},
    "mjpeg.avi": {"codec": "mjpeg", "pixel_format": "yuvj420p"},
    "mpeg1.mpg": {"codec": "mpeg1video", "codec_options": {"bf": "2"}},
    "mpeg2.mpg": {"codec": "mpeg2video", "container": "vob"},
    "flash.flv": {"codec": "flv"},
    "h264.flv": {"codec": "libx264"},
    "animation.gif": {"codec": "gif", "pixel_format": "gray", "rate": 25},
}


def level(index: int) -> int:
    """Brightness of the three darker quarters of a picture."""
    return 40 + 4 * (index % 40)


def picture(index: int, width: int, height: int) -> NDArray[np.uint8]:
    """A flat picture with a brighter upper left quarter."""
    luma = np.full((height, width), level(index), dtype=np.uint8)
    luma[: height // 2, : width // 2] += MARK
    return luma


def make(
    path: Path,
    codec: str,
    *,
    frames: int = 45,
    width: int = 96,
    height: int = 64,
    rate: int = 30,
    pixel_format: str = "yuv420p",
    container: str | None = None,
    options: dict[str, str] | None = None,
    codec_options: dict[str, str] | None = None,
    stamps_ms: Sequence[int] | None = None,
    pixel_shape: Fraction | None = None,
    display_matrix: Sequence[int] | None = None,
    pictures: Sequence[NDArray[np.uint8]] | None = None,
    full_range: bool = False,
    tags: dict[str, str] | None = None,
) -> Path:
    """Write a video of `picture`s (or of the given ones, grey) and return its path."""
    with av.open(str(path), "w", format=container, options=options or {}) as file:
        file.metadata.update(tags or {})
        stream: Any = file.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.bit_rate = 4_000_000  # generous, so that each picture keeps its own brightness
        stream.codec_context.options = codec_options or {}
        if codec.startswith("libvpx"):
            # Its threads wait in a loop for each other: where all cores are busy, 0.03 s became minutes.
            stream.codec_context.thread_count = 1
        if full_range:
            stream.codec_context.color_range = 2
        if stamps_ms is not None:
            stream.codec_context.time_base = Fraction(1, 1000)
        if pixel_shape is not None:
            stream.codec_context.sample_aspect_ratio = pixel_shape
        if display_matrix is not None:
            stream.set_display_matrix(display_matrix)
        for i in range(frames):
            luma = picture(i, width, height) if pictures is None else pictures[i]
            frame = av.VideoFrame.from_ndarray(luma, format="gray")
            frame = frame.reformat(format=pixel_format, dst_color_range="JPEG" if full_range else None)
            frame.pts = i if stamps_ms is None else stamps_ms[i]
            frame.time_base = Fraction(1, rate) if stamps_ms is None else Fraction(1, 1000)
            for packet in stream.encode(frame):
                file.mux(packet)
        for packet in stream.encode(None):
            file.mux(packet)
    _ordinary()
    return path


def _ordinary() -> None:
    """Take back what the encoder of AV1 does where root runs it: it makes its caller a process of real time.

    Whatever the caller starts then, such as a browser, would be one as well, and wait for nobody else.
    """
    if hasattr(os, "sched_setscheduler") and os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))


def make_kind(folder: Path, name: str, **more: Any) -> Path:
    """Write the file of `KINDS` with this name and return its path."""
    return make(folder / name, **{**KINDS[name], **more})


def sound(path: Path) -> Path:
    """Write a second of silence without a picture and return its path."""
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream("aac", rate=48000, layout="mono")
        for i in range(50):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48000, 1024 * i
            for packet in stream.encode(frame):
                file.mux(packet)
        for packet in stream.encode(None):
            file.mux(packet)
    return path


def with_tags(path: Path, tags: dict[str, bytes | str]) -> Path:
    """Add tags to an MP4 or MOV as phones store them, and return its path; numbers are the four bytes of a float.

    QuickTime file format, "Metadata": ``meta`` in ``moov`` with a handler ``mdta``, the names in ``keys``, the values
    in ``ilst`` with their type (1: UTF-8, 23: a float of 32 bits). The index must be at the end of the file.
    """

    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", 8 + len(content)) + kind + content

    keys = b"".join(box(b"mdta", name.encode()) for name in tags)
    values = b""
    for number, value in enumerate(tags.values(), 1):
        kind, data = (1, value.encode()) if isinstance(value, str) else (23, value)
        values += box(struct.pack(">I", number), box(b"data", struct.pack(">II", kind, 0) + data))
    handler = box(b"hdlr", bytes(8) + b"mdta" + bytes(13))
    meta = box(b"meta", handler + box(b"keys", struct.pack(">II", 0, len(tags)) + keys) + box(b"ilst", values))

    content = path.read_bytes()
    at = content.rindex(b"moov") - 4
    size = int.from_bytes(content[at : at + 4], "big")
    assert at + size == len(content), "the index is not at the end"
    path.write_bytes(content[:at] + struct.pack(">I", size + len(meta)) + content[at + 4 :] + meta)
    return path


def rate_tag(rate_hz: float) -> dict[str, bytes | str]:
    """Android's tag with the rate of the camera."""
    return {"com.android.capture.fps": struct.pack(">f", rate_hz)}
