"""No damaged file kills or hangs the reader, none leaves a process behind; validation/ does two thousand."""

from __future__ import annotations

import time
from pathlib import Path

from facialis.core.errors import VideoError
from facialis.core.settings import DecodeLimits
from facialis.film.video import VideoFile
from tests.film import media
from tests.film.mutants import WAYS, mutant_of

FILES = ("h264.mp4", "hevc_10_bit.mov", "vp8.webm", "h264.mkv", "mpeg4.avi", "mpeg1.mpg", "flash.flv", "animation.gif")
CODES = {"unreadable", "empty", "too_short", "rate_too_low", "too_large", "decoder_failed"}
LIMITS = DecodeLimits(idle_s=10)


def test_damaged_files_are_read_or_refused(tmp_path: Path) -> None:
    read = refused = 0
    ways = set()
    for number, name in enumerate(FILES):
        data = media.make_kind(tmp_path, name).read_bytes()
        for seed in range(number * 8, number * 8 + 8):
            way, damaged = mutant_of(data, seed)
            ways.add(way)
            path = tmp_path / f"damaged_{name}"
            path.write_bytes(damaged)
            began_s = time.monotonic()
            try:
                with VideoFile(path, LIMITS) as video:
                    frames = list(video.frames())
                    assert video.recording.frames == len(frames)
                read += 1
            except VideoError as error:
                if error.code not in CODES or not error.advice:
                    raise
                refused += 1
            assert time.monotonic() - began_s < 30, (name, seed)
    assert ways == set(WAYS)
    assert read >= 10
    assert refused >= 10


def test_a_mutant_is_the_same_each_time() -> None:
    data = bytes(range(256)) * 20
    for seed in range(30):
        assert mutant_of(data, seed) == mutant_of(data, seed)
        assert mutant_of(data, seed)[1] != data or seed % len(WAYS) in (0, 3)  # blanking zeros changes nothing
