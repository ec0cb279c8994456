"""Slow motion is measured in real time, time-lapse is refused, and a rate that cannot be is not used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from facialis.core.errors import VideoError
from facialis.core.records import Recording
from facialis.film.speed import Speed, speed_of
from facialis.film.video import VideoFile
from tests.film import media


def facts_of(path: Path) -> tuple[list[float], Recording]:
    with VideoFile(path) as video:
        times = [frame.time_s for frame in video.frames()]
        return times, video.recording


def film(path: Path, tags: dict[str, bytes | str], *, rate: int = 30, frames: int = 150) -> Path:
    return media.with_tags(media.make(path, "libx264", rate=rate, frames=frames), tags)


@pytest.mark.parametrize(("capture_hz", "rate", "times"), [(120.0, 30, 4), (240.0, 30, 8), (60.0, 30, 2), (120, 24, 5)])
def test_slow_motion_is_told_in_real_time(tmp_path: Path, capture_hz: float, rate: int, times: int) -> None:
    times_s, facts = facts_of(film(tmp_path / "slow.mp4", media.rate_tag(capture_hz), rate=rate, frames=400))
    assert np.allclose(times_s, np.arange(400) / (rate * times), atol=1e-4)
    assert facts.frame_rate_hz == pytest.approx(rate * times, rel=1e-3)
    assert facts.duration_s == pytest.approx(400 / (rate * times), abs=1e-3)
    assert facts.capture_rate_hz == capture_hz
    assert facts.playback_rate_hz == pytest.approx(rate, rel=1e-3)
    assert not facts.truncated
    assert not facts.variable_rate
    assert not facts.capture_rate_ignored


def test_a_part_of_slow_motion_has_the_frames_of_these_times(tmp_path: Path) -> None:
    path = film(tmp_path / "slow.mp4", media.rate_tag(120.0), rate=29)
    with VideoFile(path) as video:
        whole = list(video.frames())
        for first, last in ((0, 5), (17, 60), (149, 150)):
            stop_s = whole[last].time_s if last < len(whole) else 1e9
            part = list(video.frames(whole[first].time_s, stop_s))
            assert [frame.index for frame in part] == list(range(first, last))
            assert [frame.time_s for frame in part] == [frame.time_s for frame in whole[first:last]]
        assert video.declared.rate_hz == pytest.approx(120, rel=1e-3)
        assert video.declared.duration_s == pytest.approx(150 / 120, abs=0.02)


def test_lost_pictures_do_not_change_the_speed(tmp_path: Path) -> None:
    kept = [round(1000 * k / 30) for k in range(300) if k % 7]
    path = media.make(tmp_path / "slow.mp4", "libx264", frames=len(kept), stamps_ms=kept)
    times_s, facts = facts_of(media.with_tags(path, media.rate_tag(120.0)))
    assert times_s[-1] == pytest.approx((kept[-1] - kept[0]) / 4000, abs=1e-3)
    assert facts.frame_rate_hz == pytest.approx(120, rel=0.02)


@pytest.mark.parametrize("capture_hz", [1.0, 10.0, 15.0])
def test_time_lapse_is_refused_with_what_to_do(tmp_path: Path, capture_hz: float) -> None:
    with pytest.raises(VideoError, match="time-lapse") as refusal:
        VideoFile(film(tmp_path / "lapse.mp4", media.rate_tag(capture_hz)))
    assert refusal.value.code == "time_lapse"
    assert "ordinary video setting" in refusal.value.advice


@pytest.mark.parametrize("value", [0.0, -30.0, float("nan"), float("inf"), 1e9, 1e-40])
def test_a_rate_that_cannot_be_is_not_used_and_said(tmp_path: Path, value: float) -> None:
    times_s, facts = facts_of(film(tmp_path / "film.mp4", media.rate_tag(value)))
    assert np.allclose(times_s, np.arange(150) / 30, atol=1e-4)
    assert facts.capture_rate_ignored
    assert facts.capture_rate_hz is None


@pytest.mark.parametrize(
    ("tags", "rate"),
    [
        ({}, 30),
        (media.rate_tag(30.0), 30),
        (media.rate_tag(30.0), 25),
        (media.rate_tag(30.0), 15),  # in the dark a phone takes fewer pictures than it promised
        (media.rate_tag(60.0), 60),
        (media.rate_tag(240.0), 240),
        ({"com.apple.quicktime.full-frame-rate-playback-intent": "0"}, 240),
    ],
)
def test_an_ordinary_film_is_left_as_it_is(tmp_path: Path, tags: dict[str, bytes | str], rate: int) -> None:
    path = media.make(tmp_path / "film.mp4", "libx264", rate=rate, frames=300)
    times_s, facts = facts_of(media.with_tags(path, tags) if tags else path)
    assert np.allclose(times_s, np.arange(300) / rate, atol=1e-3)
    assert (facts.capture_rate_hz, facts.playback_rate_hz, facts.capture_rate_ignored) == (None, None, False)


@pytest.mark.parametrize("text", ["", " ", "120", "120.000000"])
def test_the_tag_may_be_text_and_may_be_missing(text: str) -> None:
    assert speed_of(text, 30.0).factor == (4.0 if text.strip() else 1.0)


def test_words_and_a_film_without_a_rate_of_its_own_are_unclear() -> None:
    assert speed_of("fast", 30.0) == Speed(ignored=True)
    assert speed_of("240", None) == Speed(ignored=True)
    assert speed_of("30", None) == Speed()


def test_the_tag_survives_a_copy_into_matroska(tmp_path: Path) -> None:
    """Other programs write the tag in capitals there."""
    path = media.make(tmp_path / "slow.mkv", "libx264", frames=400, tags={"COM.ANDROID.CAPTURE.FPS": "120.000000"})
    _, facts = facts_of(path)
    assert facts.duration_s == pytest.approx(400 / 120, abs=0.01)
