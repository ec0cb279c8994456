"""A film of a few kilobytes with pictures of gigabytes is refused before one of them is made."""

from __future__ import annotations

import struct
import subprocess
import sys
import zlib
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest

from facialis.core.errors import VideoError
from facialis.core.settings import DecodeLimits
from facialis.film.video import VideoFile

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux (memory of children)")

SMALL = (320, 240)
LARGE = (6000, 6000)  # each picture needs 144 MB
ABSURD = (60_000, 60_000)


def png(width: int, height: int, *, whole: bool = True) -> bytes:
    """A black picture with transparency; not ``whole``: only its head speaks of so many pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    packer = zlib.compressobj(9)
    rows = b"".join(packer.compress(bytes(1 + 4 * width)) for _ in range(height if whole else 1)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def jpeg(width: int, height: int, *, whole: bool = True) -> bytes:
    """A black picture; not ``whole``: a small one whose head speaks of so many pixels."""
    shape = (height, width, 3) if whole else (240, 320, 3)
    picture = bytearray(cv2.imencode(".jpg", np.zeros(shape, np.uint8))[1].tobytes())
    at = picture.index(b"\xff\xc0")  # the frame's head: ITU-T T.81, B.2.2
    picture[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(picture)


def film(path: Path, codec: str, pictures: Sequence[bytes], *, rate: int = 30) -> Path:
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream(codec, rate=rate)
        stream.width, stream.height = SMALL
        stream.pix_fmt = "rgba" if codec == "png" else "yuvj420p"
        for index, content in enumerate(pictures):
            packet: Any = av.Packet(content)
            packet.stream, packet.pts, packet.dts = stream, index, index
            packet.time_base, packet.is_keyframe = Fraction(1, rate), True
            file.mux(packet)
    return path


KINDS = [("avi", "png"), ("mov", "png"), ("avi", "mjpeg"), ("mov", "mjpeg"), ("mkv", "mjpeg")]


def picture(codec: str, size: tuple[int, int]) -> bytes:
    return (png if codec == "png" else jpeg)(*size, whole=size != ABSURD)


@pytest.mark.parametrize(("container", "codec"), KINDS)
def test_pictures_above_the_limit_are_refused_unmade(tmp_path: Path, container: str, codec: str) -> None:
    path = film(tmp_path / f"bomb.{container}", codec, [picture(codec, LARGE)] * 20)
    with pytest.raises(VideoError) as refused:
        VideoFile(path)
    assert refused.value.code == "too_large"


@pytest.mark.parametrize("size", [LARGE, ABSURD])
@pytest.mark.parametrize(("container", "codec"), KINDS)
def test_one_of_them_amid_a_film_counts_as_damage(
    tmp_path: Path, container: str, codec: str, size: tuple[int, int]
) -> None:
    small = picture(codec, SMALL)
    path = film(tmp_path / f"mid.{container}", codec, [small] * 20 + [picture(codec, size)] + [small] * 20)
    with VideoFile(path) as video:
        assert sum(1 for _ in video.frames()) == 40
        assert video.recording.truncated
        assert (video.declared.width_px, video.declared.height_px) == SMALL


def test_pictures_of_another_size_are_counted_and_come_in_the_first_one(tmp_path: Path) -> None:
    path = film(tmp_path / "call.mkv", "mjpeg", [jpeg(320, 240)] * 20 + [jpeg(160, 120)] * 12)
    with VideoFile(path) as video:
        assert {frame.luma.shape for frame in video.frames()} == {(240, 320)}
        assert video.recording.resized == 12
        assert not video.recording.truncated


def test_packets_without_end_are_refused_before_they_are_all_read(tmp_path: Path) -> None:
    small = jpeg(16, 16)
    dense = film(tmp_path / "flood.mkv", "mjpeg", [small] * 11_500, rate=100_000)
    with pytest.raises(VideoError) as refused, VideoFile(dense) as video:
        list(video.frames())
    assert refused.value.code == "too_large"
    assert "a second" in str(refused.value)
    many = film(tmp_path / "many.mkv", "mjpeg", [b"\xff\xd8"] * 500, rate=30)
    with pytest.raises(VideoError) as refused:
        VideoFile(many, DecodeLimits(frames=400))
    assert refused.value.code == "too_large"


def test_the_memory_of_the_child_stays_that_of_a_small_film(tmp_path: Path) -> None:
    small = picture("png", SMALL)
    bomb = film(tmp_path / "bomb.avi", "png", [small] * 20 + [picture("png", LARGE)] * 20 + [small] * 20)
    plain = film(tmp_path / "plain.avi", "png", [small] * 40)
    script = (
        "import resource, sys; from facialis.film.video import VideoFile; "
        "count = sum(1 for _ in VideoFile(sys.argv[1]).frames()); "
        "print(count, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    needed_kb = []
    for path in (plain, bomb):
        done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
        count, peak_kb = map(int, done.stdout.split())
        assert count == 40
        needed_kb.append(peak_kb)
    assert needed_kb[1] < needed_kb[0] + 50_000, "less than half of one of the large pictures"
