"""Files are told by their first bytes, and a file that stops before its structure does is noticed."""

from __future__ import annotations

import io
from pathlib import Path

import av
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.film.container import DEMUXERS, HEAD_BYTES, demuxer_of, ends_early, is_broken
from facialis.film.video import VideoFile
from tests.film import media

DEMUXER_OF_SUFFIX = {
    ".mp4": "mov",
    ".mov": "mov",
    ".m4v": "mov",
    ".webm": "matroska",
    ".mkv": "matroska",
    ".avi": "avi",
    ".mpg": "mpeg",
    ".flv": "flv",
    ".gif": "gif",
}

SEEDS = [
    b"\0\0\0\x18ftypmp42",
    b"\x1a\x45\xdf\xa3",
    b"RIFF\x20\0\0\0AVI ",
    b"\0\0\1\xba",
    b"\0\0\1\xb3",
    b"FLV\x01\x05\0\0\0\x09",
    b"GIF89a",
]


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("kinds")
    return {name: media.make_kind(folder, name).read_bytes() for name in media.KINDS}


def test_every_container_is_told_by_its_content(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        assert demuxer_of(data[:HEAD_BYTES]) == DEMUXER_OF_SUFFIX[Path(name).suffix]
    for text in (b"", b"\0", b"#EXTM3U\n", b"ffconcat version 1.0\n", b"RIFF\x20\0\0\0WAVE", b"<?xml", bytes(64)):
        assert demuxer_of(text) is None


def test_whole_files_do_not_end_early(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        assert ends_early(io.BytesIO(data), DEMUXER_OF_SUFFIX[Path(name).suffix]) is False, name


def test_nearly_every_cut_is_seen_in_the_structure_alone(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        demuxer = DEMUXER_OF_SUFFIX[Path(name).suffix]
        cuts = range(len(data) // 5, len(data) - 400, max(1, len(data) // 97))
        seen = [ends_early(io.BytesIO(data[:cut]), demuxer) for cut in cuts]
        assert seen.count(True) >= 0.95 * len(seen), (name, seen.count(True), len(seen))


def test_rubbish_after_the_end_is_no_cut(files: dict[str, bytes]) -> None:
    for name in ("h264.mp4", "mjpeg.avi", "animation.gif", "mpeg1.mpg"):
        demuxer = DEMUXER_OF_SUFFIX[Path(name).suffix]
        assert ends_early(io.BytesIO(files[name] + bytes(300)), demuxer) is not True, name


def test_whole_files_are_not_broken(files: dict[str, bytes]) -> None:
    for name, data in files.items():
        assert not is_broken(io.BytesIO(data), DEMUXER_OF_SUFFIX[Path(name).suffix]), name
    for name in ("vp8.webm", "h264.mkv"):
        assert not is_broken(io.BytesIO(files[name] + bytes(300)), "matroska"), name


def test_a_bit_of_a_picture_breaks_the_checksum_of_matroska(files: dict[str, bytes]) -> None:
    for name in ("h264.mkv", "hevc.mkv", "colour.mkv"):
        data = bytearray(files[name])
        data[data.index(b"\x1f\x43\xb6\x75") + 200] ^= 1
        assert is_broken(io.BytesIO(data), "matroska"), name


def test_a_gif_with_a_hole_is_broken(files: dict[str, bytes]) -> None:
    data = files["animation.gif"]
    half = len(data) // 2
    assert is_broken(io.BytesIO(data[:half] + bytes(2048) + data[half + 2048 :]), "gif")


@pytest.mark.parametrize("name", ["live.webm", "av1.webm"])
def test_a_webm_with_a_blank_end_lost_pictures(tmp_path: Path, name: str) -> None:
    path = media.make_kind(tmp_path, name)
    with av.open(str(path)) as file:
        at = [packet.pos or 0 for packet in file.demux(file.streams.video[0]) if packet.size]
    data = path.read_bytes()
    end = data.rfind(b"\x1c\x53\xbb\x6b") if b"\x1c\x53\xbb\x6b" in data else len(data)  # the index of times
    path.write_bytes(data[: at[40]] + bytes(end - at[40]) + data[end:])
    with VideoFile(path) as video:
        assert sum(1 for _ in video.frames()) < 45
        assert video.recording.truncated
        assert video.recording.damaged


@given(st.sampled_from(SEEDS), st.binary(max_size=300), st.sampled_from(sorted(DEMUXERS)))
def test_any_bytes_get_an_answer(seed: bytes, rest: bytes, demuxer: str) -> None:
    assert ends_early(io.BytesIO(seed + rest), demuxer) in (True, False, None)
    assert is_broken(io.BytesIO(seed + rest), demuxer) in (True, False)
    assert demuxer_of(seed + rest) in DEMUXERS


@given(st.binary(max_size=80))
def test_any_head_gets_an_answer(head: bytes) -> None:
    assert demuxer_of(head) is None or demuxer_of(head) in DEMUXERS


@pytest.mark.parametrize("name", [name for name in sorted(media.KINDS) if name != "live.webm"])
def test_a_second_recording_in_one_file_is_seen_where_it_is_not_read(tmp_path: Path, name: str) -> None:
    path = media.make_kind(tmp_path, name)
    for joined in (False, True):
        path.write_bytes(path.read_bytes() * (2 if joined else 1))
        with VideoFile(path) as video:
            frames = sum(1 for _ in video.frames())
            said = video.recording.holds_another
        assert said is (joined and name.endswith((".mp4", ".mov", ".m4v", ".flv")))
        assert frames == 45 if said or not joined else frames >= 80
