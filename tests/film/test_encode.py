"""A video is written with the values that were given, and nothing of a phantom is needed for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from facialis.core.errors import FormatError
from facialis.core.records import Frame
from facialis.film.encode import CODECS, Codec, VideoWriter
from facialis.film.video import VideoFile

WIDTH_PX, HEIGHT_PX, RATE_HZ = 96, 64, 25.0


def frame(index: int) -> Frame:
    """A dark frame whose upper left quarter is bright, on a noisy ground."""
    luma = np.random.default_rng(index).integers(40, 80, (HEIGHT_PX, WIDTH_PX)).astype(np.uint8)
    luma[: HEIGHT_PX // 2, : WIDTH_PX // 2] += 120
    chroma = np.full((2, HEIGHT_PX // 2, WIDTH_PX // 2), 128, np.uint8)
    return Frame(index=index, time_s=index / RATE_HZ, luma=luma, chroma=chroma)


def write(path: Path, *, codec: Codec = "libx264", crf: int = 20, rotation_deg: int = 0) -> Path:
    with VideoWriter(
        path,
        width_px=WIDTH_PX,
        height_px=HEIGHT_PX,
        frame_rate_hz=RATE_HZ,
        codec=codec,
        crf=crf,
        rotation_deg=rotation_deg,
    ) as writer:
        for index in range(30):
            writer.write(frame(index))
        writer.finish()
    return path


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("rotation_deg", [0, 90, 180, 270])
def test_a_video_comes_back_upright_with_its_size_and_times(tmp_path: Path, codec: Codec, rotation_deg: int) -> None:
    with VideoFile(write(tmp_path / "made.mkv", codec=codec, rotation_deg=rotation_deg)) as video:
        declared, frames = video.declared, list(video.frames())
    assert (declared.width_px, declared.height_px) == (WIDTH_PX, HEIGHT_PX)
    assert declared.rotation_deg == rotation_deg
    assert [item.time_s for item in frames] == pytest.approx([index / RATE_HZ for index in range(30)], abs=1e-3)
    quarter = frames[5].luma[8 : HEIGHT_PX // 2 - 8, 8 : WIDTH_PX // 2 - 8]
    assert quarter.mean() == pytest.approx(frame(5).luma[:32, :48].mean(), abs=8)
    assert frames[5].luma.mean() < quarter.mean() - 60


@pytest.mark.parametrize("codec", ["libx264", "libvpx-vp9"])
def test_a_higher_crf_makes_a_smaller_file(tmp_path: Path, codec: Codec) -> None:
    fine, coarse = (write(tmp_path / f"{crf}.mkv", codec=codec, crf=crf) for crf in (12, 48))
    assert coarse.stat().st_size < 0.8 * fine.stat().st_size


def test_what_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="no kind of video"):
        VideoWriter(tmp_path / "made.txt", width_px=WIDTH_PX, height_px=HEIGHT_PX, frame_rate_hz=RATE_HZ)
    with pytest.raises(FormatError, match="cannot be written"):
        write(tmp_path / "made.webm", codec="mpeg4")
