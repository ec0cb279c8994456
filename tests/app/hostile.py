"""Files that are made to do harm, small or as large as one likes: what a stranger might send for a film."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from types import MappingProxyType
from typing import Any

import av

from tests.film.media import make, make_kind
from tests.film.test_video_bombs import film as of_pictures
from tests.film.test_video_bombs import jpeg, png

__all__ = ["BOMBS", "NAMES", "POLYGLOTS", "Make"]

Make = Callable[[Path, float], Path]
"""Makes a file in a folder; how large, from 0 (as small as shows the point) to 1 (as reliability.md has it)."""


def _many(at_least: int, whole: int, size: float) -> int:
    return round(at_least + (whole - at_least) * size)


def _8k60(folder: Path, size: float) -> Path:
    quick = {"preset": "ultrafast", "x264-params": "log-level=none"}
    frames = _many(1, 120, size)
    return make(folder / "8k60.mp4", "libx264", frames=frames, width=7680, height=4320, rate=60, codec_options=quick)


def _wide(folder: Path, size: float) -> Path:
    if size:
        quick = {"preset": "ultrafast", "x264-params": "log-level=none"}
        return make(folder / "wide.mp4", "libx264", frames=4, width=16384, height=8192, codec_options=quick)
    path = folder / "wide.mkv"
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = 16384, 8192, "yuvj420p"
        for number in range(20):
            _mux(file, stream, jpeg(16384, 8192, whole=False), number, Fraction(1, 30))
    return path


def _ten_hours(folder: Path, size: float) -> Path:
    """The container states a duration of zero, as a browser's recordings do: only its packets tell."""
    small, rate = jpeg(64, 48), 1 if size else 25
    path = folder / "ten_hours.mkv"
    with av.open(str(path), "w", options={"live": "1"}) as file:
        stream: Any = file.add_stream("mjpeg", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuvj420p"
        for second in range(0, 36_000, 1 if size else 60):
            _mux(file, stream, small, second, Fraction(1))
    return path


def _stated_ten_hours(folder: Path, _size: float) -> Path:
    return make(folder / "ten_hours.mp4", "libx264", frames=20, rate=1, stamps_ms=[1000 * 1800 * i for i in range(20)])


def _tiny_packets(folder: Path, size: float) -> Path:
    path = folder / "tiny.mkv"
    with av.open(str(path), "w", options={"live": "1"}) as file:
        stream: Any = file.add_stream("mjpeg", rate=1000)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuvj420p"
        for number in range(_many(12_000, 1_000_000, size)):
            _mux(file, stream, jpeg(64, 48) if number == 0 else b"\xff\xd8", number // 20, Fraction(1, 1000))
    return path


def _mux(file: Any, stream: Any, content: bytes, stamp: int, base: Fraction) -> None:
    packet: Any = av.Packet(content)
    packet.stream, packet.pts, packet.dts, packet.time_base = stream, stamp, stamp, base
    packet.is_keyframe = True
    file.mux(packet)


def _streams(folder: Path, _size: float) -> Path:
    path = folder / "streams.mkv"
    with av.open(str(path), "w") as file:
        streams: list[Any] = [file.add_stream("mjpeg", rate=30) for _ in range(100)]
        for stream in streams:
            stream.width, stream.height, stream.pix_fmt = 320, 240, "yuvj420p"
        for number in range(3):
            for stream in streams:
                _mux(file, stream, jpeg(320, 240), number, Fraction(1, 30))
    return path


def _zip_bomb(folder: Path, size: float) -> Path:
    path = folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("film.mp4", bytes(_many(1_000_000, 1_000_000_000, size)))
    return path


def _zip_slip(folder: Path, _size: float) -> Path:
    path = folder / "slip.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("../../../casebook.sqlite3", b"x")
        packed.writestr("/etc/passwd", b"x")
    return path


def _xml_bomb(folder: Path, _size: float) -> Path:
    laughs = "".join(f'<!ENTITY l{n + 1} "{f"&l{n};" * 10}">' for n in range(9))
    path = folder / "bomb.svg"
    path.write_text(f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "lol">{laughs}]><svg>&l9;</svg>')
    return path


def _huge_png(folder: Path, size: float) -> Path:
    edge = _many(2000, 30_000, size)
    path = folder / "huge.png"
    path.write_bytes(png(edge, edge, whole=size < 1))
    return path


def _png_film(folder: Path, _size: float) -> Path:
    return of_pictures(folder / "pictures.mov", "png", [png(60_000, 60_000, whole=False)] * 20)


def _deep_json(folder: Path, size: float) -> Path:
    depth = _many(100_000, 5_000_000, size)
    path = folder / "deep.json"
    path.write_text("[" * depth + "]" * depth)
    return path


def _long_line(folder: Path, size: float) -> Path:
    path = folder / "diary.csv"
    with path.open("wb") as file:
        file.write(b"date,note\n2026-05-01,")
        file.truncate(_many(60_000_000, 1_000_000_000, size))  # a sparse file: a line of zeros to its end
    return path


def _endless_boxes(folder: Path, size: float) -> Path:
    """An MP4 of nothing but empty boxes, to be walked through for ever."""
    path = folder / "boxes.mp4"
    path.write_bytes(b"\0\0\0\x08free" * _many(300_000, 4_000_000, size))
    return path


def _playlist(folder: Path, _size: float) -> Path:
    path = folder / "list.m3u8"
    path.write_text("#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXTINF:1,\nhttp://192.0.2.1/x.ts\n")
    return path


def _reference_film(folder: Path, _size: float) -> Path:
    """A QuickTime film whose pictures lie in another file: Apple's ``dref`` with an ``alis`` (QuickTime format)."""
    path = make_kind(folder, "mjpeg.mov", frames=30)
    content = bytearray(path.read_bytes())
    at = content.index(b"dref")
    content[at + 12 : at + 24] = struct.pack(">I", 12) + b"url " + b"\0\0\0\0"  # not in this file, and no address
    path.write_bytes(bytes(content))
    return path


BOMBS: Mapping[str, Make] = MappingProxyType(
    {
        "8K at 60 a second": _8k60,
        "16384 × 8192": _wide,
        "ten hours, unsaid": _ten_hours,
        "ten hours, said": _stated_ten_hours,
        "a million tiny packets": _tiny_packets,
        "a hundred streams": _streams,
        "pictures of 60,000 × 60,000": _png_film,
        "zip bomb": _zip_bomb,
        "zip slip": _zip_slip,
        "XML bomb": _xml_bomb,
        "huge PNG": _huge_png,
        "deep JSON": _deep_json,
        "a line of 1 GB": _long_line,
        "empty boxes without end": _endless_boxes,
        "playlist": _playlist,
    }
)
"""Files that cost little to send and much to open."""


NAMES = (
    "../../casebook.sqlite3",
    "..\\..\\casebook.sqlite3",
    "/etc/passwd",
    "a\0.mp4",
    "gpj\u202e4pm.exe",
    "CON",
    "nul.mp4",
    ".",
    "..",
    "",
    " ",
    "n" * 4000,
    "\n\r\x1b[2J.mp4",
    "<img src=x onerror=alert(1)>.mp4",
    "%2e%2e%2fx",
    "film.html",
    "film.svg",
    "\ud800.mp4",
)
"""Names that lead elsewhere, mean a device, hide what they are, or end a line."""


def _polyglot(head: str, tail: Callable[[], bytes]) -> Make:
    def made(folder: Path, _size: float) -> Path:
        path = make_kind(folder, head)
        path.write_bytes(path.read_bytes() + tail())
        return path

    return made


def _zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("index.html", "<script>alert(1)</script>")
    return out.getvalue()


def _page() -> bytes:
    return b"\0\0\0\x48free<!DOCTYPE html><script>alert(document.cookie)</script>          "


POLYGLOTS: Mapping[str, Make] = MappingProxyType(
    {
        "film and ZIP": _polyglot("h264.mp4", _zipped),
        "film and page": _polyglot("h264.mp4", _page),
        "picture and script": _polyglot("animation.gif", lambda: b"/*<script>alert(1)</script>*/"),
    }
)
"""Films that are something else as well: they are taken as films, and handed out as nothing but films."""
