"""Writing phantoms: the file holds what was asked for, whole or not at all."""

from __future__ import annotations

import resource
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.core.errors import FormatError, OutputError
from facialis.film.encode import replacing
from facialis.phantom.acts import Blink
from facialis.phantom.contractions import Contraction
from facialis.phantom.recording import Camera, PhantomSource, PhantomSpec, truth, write_phantom

CAMERA = Camera(width_px=160, height_px=120, iod_share=0.3, background="grey")
SPEC = PhantomSpec(
    duration_s=0.8,
    camera=CAMERA,
    acts=(Contraction(onset_s=0.3, duration_s=0.15, side="left", amplitude_iod=0.05), Blink(onset_s=0.5)),
)


def decoded(path: Path) -> tuple[list[float], list[NDArray[np.float64]]]:
    with av.open(str(path)) as container:
        frames = list(container.decode(video=0))
    return [f.time or 0.0 for f in frames], [stored_luma(f) for f in frames]


def stored_luma(frame: av.VideoFrame) -> NDArray[np.float64]:
    """The luma plane as it lies in the file, 16-235."""
    plane = frame.planes[0]
    rows = np.frombuffer(bytes(plane), np.uint8).reshape(-1, plane.line_size)
    return np.asarray(rows[: frame.height, : frame.width], np.float64)


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.avi", "mpeg4"), ("a.webm", "libvpx-vp9")]
)
def test_the_file_holds_the_frames_at_their_times(tmp_path: Path, name: str, codec: str) -> None:
    spec = replace(SPEC, camera=replace(CAMERA, codec=codec, crf=12))  # type: ignore[arg-type]
    events = write_phantom(spec, tmp_path / name)
    times, pictures = decoded(tmp_path / name)
    assert np.allclose(np.array(times) - times[0], spec.times_s(), atol=0.0011)  # Matroska keeps milliseconds
    source = [f.luma for f in PhantomSource(spec).frames()]
    assert len(pictures) == len(source) == 24
    for made, seen in zip(source, pictures, strict=True):
        stored = 16 + made.astype(float) * 219 / 255  # cameras write 16-235
        assert np.abs(seen - stored).mean() < 4
    assert events == truth(spec)
    assert {p.name for p in tmp_path.iterdir()} == {name, "a.events.tsv"}


def test_the_truth_beside_it_has_the_fixed_columns(tmp_path: Path) -> None:
    events = write_phantom(SPEC, tmp_path / "b.mp4")
    header, *rows = (line.split("\t") for line in (tmp_path / "b.events.tsv").read_text().splitlines())
    assert header == [
        "onset",
        "duration",
        "trial_type",
        "side",
        "regions",
        "apex",
        "amplitude_iod",
        "probability",
        "detector",
    ]
    assert len(rows) == len(events) == 2
    first = dict(zip(header, rows[0], strict=True))
    assert float(first["onset"]) == pytest.approx(0.3)
    assert float(first["amplitude_iod"]) == pytest.approx(0.05, rel=1e-3)
    assert (first["trial_type"], first["side"], first["detector"]) == ("twitch", "left", "phantom")
    assert "orbicularis_oculi" in first["regions"].split(",")


@pytest.mark.parametrize("rotation_deg", [90, 180, 270])
def test_a_turned_recording_is_turned_back_by_its_metadata(tmp_path: Path, rotation_deg: int) -> None:
    spec = replace(SPEC, duration_s=0.2, camera=replace(CAMERA, rotation_deg=rotation_deg, crf=8))
    write_phantom(spec, tmp_path / "c.mp4")
    with av.open(str(tmp_path / "c.mp4")) as container:
        frame = next(container.decode(video=0))
        stored, turn = stored_luma(frame), frame.rotation
    assert stored.shape == ((160, 120) if rotation_deg % 180 else (120, 160))
    upright = np.rot90(stored, turn // 90)  # PyAV's rotation is anticlockwise
    made = next(PhantomSource(spec).frames()).luma.astype(float) * 219 / 255 + 16
    assert np.abs(upright - made).mean() < 4


def test_a_variable_rate_is_kept_and_rises(tmp_path: Path) -> None:
    spec = replace(SPEC, camera=replace(CAMERA, jitter_ms=4.0))
    write_phantom(spec, tmp_path / "d.mp4")
    times, _ = decoded(tmp_path / "d.mp4")
    assert np.allclose(np.array(times) - times[0], spec.times_s(), atol=2e-5)
    assert np.diff(times).std() > 0.003
    assert (np.diff(times) > 0).all()


def test_the_number_of_processes_does_not_change_a_byte(tmp_path: Path) -> None:
    spec = replace(SPEC, duration_s=3.6)  # long enough for processes to be started
    for jobs in (1, 2):
        write_phantom(spec, tmp_path / f"{jobs}.mp4", jobs=jobs)
    assert (tmp_path / "1.mp4").read_bytes() == (tmp_path / "2.mp4").read_bytes()


def test_a_stop_leaves_nothing_and_keeps_what_was_there(tmp_path: Path) -> None:
    video = tmp_path / "e.mp4"
    video.write_bytes(b"older")

    def stop(done: int, frames: int) -> None:
        assert frames == 24
        if done == 10:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_phantom(SPEC, video, progress=stop)
    assert video.read_bytes() == b"older"
    assert [p.name for p in tmp_path.iterdir()] == ["e.mp4"]


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    spec = replace(SPEC, camera=replace(CAMERA, crf=1, read_noise=20))
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, hard))
    try:
        with pytest.raises(OutputError, match=r"f\.mp4"):
            write_phantom(spec, tmp_path / "f.mp4")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="could not be written"):
        write_phantom(SPEC, tmp_path / "none" / "g.mp4")


@pytest.mark.parametrize("name", ["h.txt", "h", "h.webm"])
def test_a_container_that_does_not_fit_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FormatError):
        write_phantom(SPEC, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_files_are_replaced_together_or_not_at_all(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("old")
    with pytest.raises(ValueError, match="no"), replacing(one, two) as (first, second):
        first.write_text("new")
        second.write_text("new")
        raise ValueError("no")
    assert (one.read_text(), two.exists()) == ("old", False)
    with replacing(one, two) as (first, second):
        first.write_text("new")
        second.write_text("new")
    assert (one.read_text(), two.read_text()) == ("new", "new")
    assert len(list(tmp_path.iterdir())) == 2
