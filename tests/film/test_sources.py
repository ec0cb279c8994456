"""Frames from memory and mirrored frames keep the contract of a frame source."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from facialis.core.errors import RecordError, VideoError
from facialis.film.sources import FrameList, FrameSource, MirroredSource, check_enough


def pictures(count: int, height: int = 6, width: int = 8, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, height, width), dtype=np.uint8)


def read(source: FrameSource, start_s: float = 0.0, stop_s: float = inf) -> list[float]:
    return [f.time_s for f in source.frames(start_s, stop_s)]


def test_frames_in_memory_come_back_as_they_are() -> None:
    luma = pictures(5)
    chroma = pictures(10, 3, 4).reshape(5, 2, 3, 4)
    source = FrameList([2.0, 2.1, 2.2, 2.3, 2.4], luma, chroma, name="test")
    frames = list(source.frames())
    assert [f.index for f in frames] == [0, 1, 2, 3, 4]
    assert np.allclose([f.time_s for f in frames], [0, 0.1, 0.2, 0.3, 0.4])
    assert all(np.array_equal(f.luma, luma[f.index]) for f in frames)
    assert all(np.array_equal(f.chroma, chroma[f.index]) for f in frames)
    frames[0].luma[:] = 0
    assert np.array_equal(next(iter(source.frames())).luma, luma[0]), "frames are copies"


def test_grey_frames_have_neutral_chroma_of_rounded_up_size() -> None:
    frame = next(iter(FrameList([0, 0.1], pictures(2, 7, 9)).frames()))
    assert frame.chroma.shape == (2, 4, 5)
    assert np.all(frame.chroma == 128)


def test_facts_come_after_a_whole_pass() -> None:
    source = FrameList(np.arange(30) / 30, pictures(30), name="test")
    assert source.declared.frames == 30
    assert source.declared.duration_s == pytest.approx(1.0)
    read(source, 0.2)
    with pytest.raises(RecordError):
        _ = source.recording
    read(source)
    facts = source.recording
    assert (facts.frames, facts.width_px, facts.height_px, facts.name) == (30, 8, 6, "test")
    assert facts.frame_rate_hz == pytest.approx(30)
    other = FrameList(np.arange(30) / 30, pictures(30, seed=1))
    read(other)
    assert other.recording.sha256 != facts.sha256


@given(st.floats(-1, 4), st.floats(-1, 4))
def test_parts_are_half_open_and_keep_their_numbers(start_s: float, stop_s: float) -> None:
    source = FrameList(np.arange(30) / 10, pictures(30))
    wanted = [i for i in range(30) if start_s <= i / 10 < stop_s]
    assert [f.index for f in source.frames(start_s, stop_s)] == wanted


def test_what_is_no_row_of_pictures_is_refused() -> None:
    for times, luma in (
        ([0.0], pictures(1)),
        ([0.0, 0.1], pictures(3)),
        ([0.0, 0.0], pictures(2)),
        ([0.0, np.nan], pictures(2)),
        ([0.0, 0.1], [pictures(1)[0], pictures(1, 8, 8)[0]]),
    ):
        with pytest.raises(RecordError):
            FrameList(times, luma)
    with pytest.raises(RecordError):
        FrameList([0.0, 0.1], pictures(2), pictures(4, 6, 8).reshape(2, 2, 6, 8))


def test_a_mirror_of_a_mirror_is_the_source() -> None:
    source = FrameList(np.arange(4) / 10, pictures(4), pictures(8, 3, 4).reshape(4, 2, 3, 4))
    mirrored = MirroredSource(source)
    for plain, once, twice in zip(source.frames(), mirrored.frames(), MirroredSource(mirrored).frames(), strict=True):
        assert np.array_equal(once.luma, np.fliplr(plain.luma))
        assert np.array_equal(once.chroma[1], np.fliplr(plain.chroma[1]))
        assert np.array_equal(twice.luma, plain.luma)
        assert np.array_equal(twice.chroma, plain.chroma)
        assert once.luma.flags.c_contiguous
        assert once.time_s == plain.time_s
    assert mirrored.declared == source.declared
    assert "mirrored" in mirrored.recording.name
    assert read(mirrored, 0.1, 0.3) == read(source, 0.1, 0.3)


@pytest.mark.parametrize(
    ("count", "rate", "code"),
    [
        (14, 10, "too_short"),
        (15, 30, "too_short"),
        (29, 30, "too_short"),
        (0, 30, "too_short"),
        (1, 30, "too_short"),
        (40, 9, "rate_too_low"),
        (5, 1, "rate_too_low"),
    ],
)
def test_too_few_pictures_are_refused(count: int, rate: int, code: str) -> None:
    with pytest.raises(VideoError) as caught:
        check_enough(np.arange(count) / rate, "film.mp4")
    assert caught.value.code == code
    assert "film.mp4" in caught.value.message


@pytest.mark.parametrize(("count", "rate"), [(15, 10), (30, 30), (60, 60), (240, 240), (25, 25)])
def test_just_enough_pictures_are_enough(count: int, rate: int) -> None:
    check_enough(np.arange(count) / rate, "film.mp4")
    check_enough(np.round(np.arange(count) * 1000 / rate) / 1000, "film.mp4")  # stamps in whole milliseconds
