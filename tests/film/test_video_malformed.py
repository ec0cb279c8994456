"""No damaged file kills or hangs the reader, none leaves a process behind; validation/ does two thousand."""

from __future__ import annotations

import re
import time
from pathlib import Path

import av
import pytest

from facialis.core.errors import VideoError
from facialis.core.settings import DecodeLimits
from facialis.film.video import VideoFile
from tests.film import media
from tests.film.mutants import WAYS, mutant_of

FILES = ("h264.mp4", "hevc_10_bit.mov", "vp8.webm", "h264.mkv", "mpeg4.avi", "mpeg1.mpg", "flash.flv", "animation.gif")
CODES = {"unreadable", "empty", "too_short", "rate_too_low", "too_large", "decoder_failed"}
WHOLE = 45  # pictures of each file of `media.KINDS`
KEYS = "keyint=60:min-keyint=60:scenecut=0:bframes=0"
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


def test_no_damaged_file_that_lost_pictures_counts_as_whole(tmp_path: Path) -> None:
    lost = 0
    for number, name in enumerate(("h264.mp4", "hevc_10_bit.mov", "h264.mkv", "b_frames.avi", "h264.flv", "vp9.webm")):
        data = media.make_kind(tmp_path, name).read_bytes()
        for seed in range(number * 8, number * 8 + 8):
            way, damaged = mutant_of(data, seed)
            path = tmp_path / f"damaged_{name}"
            path.write_bytes(damaged)
            try:
                with VideoFile(path, LIMITS) as video:
                    frames = sum(1 for _ in video.frames())
                    facts = video.recording
            except VideoError:
                continue
            if frames < WHOLE:
                lost += 1
                assert facts.truncated or facts.damaged or facts.gaps, (name, seed, way, frames)
    assert lost >= 8


@pytest.mark.parametrize(("missing", "incomplete"), [(0, False), (4, False), (8, True)])
def test_a_steady_film_that_ends_before_its_stated_end_is_incomplete(
    tmp_path: Path, missing: int, incomplete: bool
) -> None:
    path = media.make_kind(tmp_path, "h264.mkv", frames=45 - missing)
    content, stated = re.subn(rb"00:00:01\.\d{3}", b"00:00:01.500", path.read_bytes())
    assert stated == 1
    path.write_bytes(content)
    with VideoFile(path) as video:
        assert sum(1 for _ in video.frames()) == 45 - missing
        assert video.recording.truncated == incomplete


@pytest.mark.parametrize("name", sorted(media.KINDS))
def test_a_whole_file_is_not_damaged(tmp_path: Path, name: str) -> None:
    with VideoFile(media.make_kind(tmp_path, name)) as video:
        list(video.frames())
        assert (video.recording.damaged, video.recording.truncated) == (0, False)


def test_first_pictures_that_cannot_be_decoded_are_missed_and_times_are_those_of_a_player(tmp_path: Path) -> None:
    whole = media.make(tmp_path / "whole.mkv", "libx264", frames=150, codec_options={"x264-params": KEYS})
    late = tmp_path / "late.mkv"
    with av.open(str(whole)) as source, av.open(str(late), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.size and packet.pts is not None and packet.pts > 500:  # the first group lost its beginning
                packet.stream = stream
                target.mux(packet)
    with VideoFile(late) as video:
        times = [frame.time_s for frame in video.frames()]
        facts = video.recording
    assert len(times) == 90
    assert times[0] == pytest.approx(2.0 - 16 / 30, abs=0.01)
    assert times[-1] == pytest.approx(149 / 30 - 16 / 30, abs=0.01)
    assert facts.truncated
    assert facts.damaged == 44
    assert [(gap.start_s, gap.stop_s) for gap in facts.gaps] == [(0.0, times[0])]
    with VideoFile(late) as video:
        assert [frame.index for frame in video.frames(times[3], times[5])] == [3, 4]


def test_a_mutant_is_the_same_each_time() -> None:
    data = bytes(range(256)) * 20
    for seed in range(30):
        assert mutant_of(data, seed) == mutant_of(data, seed)
        way, damaged = mutant_of(data, seed)
        assert damaged != data or way in ("blank", "swap")  # zeros for zeros, or two equal blocks
