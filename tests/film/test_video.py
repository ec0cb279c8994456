"""A video file is read as upright pictures with true times, whatever its container, or refused in plain words."""

from __future__ import annotations

import hashlib
import os
import stat
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from facialis.core.errors import RecordError, VideoError
from facialis.core.settings import DecodeLimits
from facialis.film.video import MirroredSource, VideoFile
from tests.film import media

LOSSY = 2  # grey levels that the worst of the codecs used here may be off; pictures differ by 4 from one to the next


def test_all_containers_give_every_picture_in_order_with_its_time(tmp_path: Path) -> None:
    for name, how in media.KINDS.items():
        rate = how.get("rate", 30)
        with VideoFile(media.make_kind(tmp_path, name)) as video:
            frames = list(video.frames())
        assert [f.index for f in frames] == list(range(45)), name
        assert np.allclose([f.time_s for f in frames], np.arange(45) / rate, atol=0.00051), name
        for i, frame in enumerate(frames):
            assert frame.luma.shape == (64, 96), name
            assert frame.chroma.shape == (2, 32, 48), name
            assert frame.luma.dtype == frame.chroma.dtype == np.uint8
            assert abs(np.median(frame.luma[40:, 8:88]) - media.level(i)) <= LOSSY, (name, i)
            mark = np.median(frame.luma[4:28, 4:44]) - np.median(frame.luma[4:28, 52:92])
            assert abs(mark - media.MARK) < 4, (name, i)
            assert np.all(np.abs(frame.chroma.astype(int) - 128) <= 2), (name, i)


def test_facts_of_whole_files(tmp_path: Path) -> None:
    for name, how in media.KINDS.items():
        rate = how.get("rate", 30)
        path = media.make_kind(tmp_path, name)
        with VideoFile(path) as video:
            for _ in video.frames():
                pass
            facts = video.recording
        assert facts.name == name
        assert facts.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert (facts.width_px, facts.height_px, facts.rotation_deg) == (96, 64, 0)
        assert facts.frames == 45
        assert facts.frames_declared in (45, None), name
        assert facts.duration_s == pytest.approx(45 / rate, abs=0.002)
        assert facts.frame_rate_hz == pytest.approx(rate, rel=0.001)
        assert facts.frame_interval_sd_ms < 0.6
        assert not facts.variable_rate, name
        assert not facts.truncated, name
        assert facts.gaps == ()
        assert video.declared.width_px == 96
        assert video.declared.duration_s is None or video.declared.duration_s == pytest.approx(45 / rate, abs=0.07)


@pytest.mark.parametrize("name", ["h264.mp4", "vp8.webm", "h264.mkv", "h264.flv"])
def test_variable_rate_is_kept_to_the_millisecond(tmp_path: Path, name: str) -> None:
    steps = np.random.default_rng(7).integers(20, 60, 60)
    steps[30] = 640  # a hole
    stamps = np.concatenate([[0], np.cumsum(steps)])
    with VideoFile(media.make_kind(tmp_path, name, frames=61, stamps_ms=stamps.tolist())) as video:
        times = np.array([f.time_s for f in video.frames()])
        facts = video.recording
    assert np.allclose(times, stamps / 1000, atol=0.001)
    assert facts.variable_rate
    (gap,) = facts.gaps
    assert gap.start_s == pytest.approx(stamps[30] / 1000, abs=0.001)
    assert gap.stop_s == pytest.approx(stamps[31] / 1000, abs=0.001)


def test_names_do_not_matter_content_does(tmp_path: Path) -> None:
    for odd in ("film.txt", "http:__evil.mp4", "concat:a|b", "a%03d.png", "-i", "名前 \u202e.mp4", "x" * 250):
        path = media.make_kind(tmp_path, "mjpeg.avi").rename(tmp_path / odd)
        with VideoFile(path) as video:
            assert sum(1 for _ in video.frames()) == 45
            assert video.recording.container == "avi"
            assert "\u202e" not in video.recording.name


QUARTER = 65536  # 1 in the fixed-point numbers of a display matrix


@pytest.mark.parametrize("flip", [False, True])
@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_rotation_and_mirroring_metadata_are_applied(tmp_path: Path, turns: int, flip: bool) -> None:
    luma = np.full((64, 96), 60, np.uint8)
    luma[:32, :48], luma[:32, 48:] = 120, 180  # three different quarters: no two of the eight positions look alike
    a, b, c, d = [(1, 0, 0, 1), (0, -1, 1, 0), (-1, 0, 0, -1), (0, 1, -1, 0)][turns]
    if flip:
        a, c = -a, -c
    matrix = [v * QUARTER for v in (a, b, 0, c, d, 0, 0, 0)] + [1 << 30]
    path = media.make(tmp_path / "t.mp4", "libx264", frames=30, display_matrix=matrix, pictures=[luma] * 30)
    # the matrix maps x' = a x + c y, y' = b x + d y, with y downwards: (0, -1, 1, 0) is a quarter turn to the left
    wanted = np.rot90(luma, turns)
    wanted = wanted[:, ::-1] if flip else wanted
    with VideoFile(path) as video:
        frame = list(video.frames())[10]
        assert (video.declared.height_px, video.declared.width_px) == wanted.shape
        if not flip:
            assert video.declared.rotation_deg == (360 - 90 * turns) % 360
    assert np.mean(np.abs(frame.luma.astype(int) - wanted)) < 3
    assert frame.luma.flags.c_contiguous
    assert frame.chroma.shape == (2, (wanted.shape[0] + 1) // 2, (wanted.shape[1] + 1) // 2)


def test_pixels_that_are_not_square_are_stretched(tmp_path: Path) -> None:
    wide = media.make(tmp_path / "w.mp4", "libx264", pixel_shape=Fraction(4, 3))
    with VideoFile(wide) as video:
        frame = next(iter(video.frames()))
        assert frame.luma.shape == (64, 128)
        assert (video.declared.width_px, video.declared.height_px) == (128, 64)
        assert abs(np.median(frame.luma[4:28, 4:58]) - media.level(0) - media.MARK) < 3
        assert abs(np.median(frame.luma[4:28, 70:]) - media.level(0)) < 3


def test_limited_and_full_range_give_the_same_luma(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 255, 96).round().astype(np.uint8), (64, 1))
    limited = media.make(tmp_path / "l.mkv", "ffv1", pictures=[ramp] * 30, frames=30)
    full = media.make(tmp_path / "f.mkv", "ffv1", pictures=[ramp] * 30, frames=30, full_range=True)
    grey = media.make(tmp_path / "g.mkv", "ffv1", pictures=[ramp] * 30, frames=30, pixel_format="gray")
    deep = media.make(tmp_path / "d.mkv", "ffv1", pictures=[ramp] * 30, frames=30, pixel_format="yuv422p10le")
    colour = media.make(tmp_path / "c.mkv", "ffv1", pictures=[ramp] * 30, frames=30, pixel_format="bgr0")
    for path in (limited, full, grey, deep, colour):
        with VideoFile(path) as video:
            luma = next(iter(video.frames())).luma
        assert np.max(np.abs(luma.astype(int) - ramp)) <= 2, path.name


def test_odd_sizes_round_chroma_up(tmp_path: Path) -> None:
    path = media.make(tmp_path / "o.mkv", "ffv1", width=97, height=63)
    with VideoFile(path) as video:
        frame = next(iter(video.frames()))
    assert frame.luma.shape == (63, 97)
    assert frame.chroma.shape == (2, 32, 49)


def test_frames_stay_valid_and_may_be_written_to(tmp_path: Path) -> None:
    with VideoFile(media.make_kind(tmp_path, "h264.mp4")) as video:
        frames = list(video.frames())
        frames[3].luma[:] = 0
    for i in (0, 1, 2, 4, 44):
        assert abs(np.median(frames[i].luma[40:, 8:88]) - media.level(i)) <= LOSSY


def test_second_pass_and_parts_agree_with_the_first(tmp_path: Path) -> None:
    with VideoFile(media.make_kind(tmp_path, "h264.mp4")) as video:
        first = list(video.frames())
        again = list(video.frames())
        part = list(video.frames(0.5, 1.0))
        late = list(video.frames(start_s=1.4))
        assert list(video.frames(5.0)) == []
    assert [f.time_s for f in again] == [f.time_s for f in first]
    assert all(np.array_equal(f.luma, g.luma) for f, g in zip(first, again, strict=True))
    assert [f.index for f in part] == list(range(15, 30))  # half-open
    assert [f.index for f in late] == [42, 43, 44]
    assert all(np.array_equal(f.luma, first[f.index].luma) for f in part + late)


def test_facts_are_there_after_a_whole_pass_only(tmp_path: Path) -> None:
    with VideoFile(media.make_kind(tmp_path, "h264.mp4")) as video:
        for _ in video.frames(stop_s=1.0):
            pass
        with pytest.raises(RecordError, match="read all frames"):
            _ = video.recording
        for _ in video.frames():
            pass
        assert video.recording.frames == 45


def test_a_mirrored_file_swaps_left_and_right(tmp_path: Path) -> None:
    with VideoFile(media.make_kind(tmp_path, "h264.mp4")) as video:
        plain = list(video.frames())
        mirrored = list(MirroredSource(video).frames())
    assert np.array_equal(plain[7].luma, mirrored[7].luma[:, ::-1])
    assert plain[7].time_s == mirrored[7].time_s


@pytest.mark.parametrize(
    ("name", "flagged_from"),
    [
        ("h264.mp4", 0.6),
        ("vp9.webm", 0.4),
        ("live.webm", 0.5),
        ("mjpeg.avi", 0.4),
        ("mpeg4.avi", 0.8),
        ("mpeg1.mpg", 0.6),
        ("mpeg2.mpg", 0.6),
        ("flash.flv", 0.5),
        ("h264.mkv", 0.5),
        ("animation.gif", 0.4),
    ],
)
def test_a_file_that_was_cut_is_flagged_or_refused(tmp_path: Path, name: str, flagged_from: float) -> None:
    data = media.make_kind(tmp_path, name, frames=90, width=192, height=128).read_bytes()
    cut = tmp_path / f"cut_{name}"
    flagged = 0
    for share in (0.1, 0.45, 0.7, 0.9, 0.97):
        cut.write_bytes(data[: int(share * len(data))])
        try:
            with VideoFile(cut) as video:
                frames = sum(1 for _ in video.frames())
                assert frames < 90 or name == "mpeg4.avi", "the cut took nothing away"
                assert video.recording.truncated, share
                flagged += 1
        except VideoError as refusal:
            if refusal.code not in ("unreadable", "too_short"):
                raise
            assert share < flagged_from + 0.2, "so much of a recording should have been of use"
    assert flagged >= 2


def test_a_disk_block_aligned_cut_of_mpeg_is_flagged(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    noise = [rng.integers(60, 200, (128, 192), dtype=np.uint8) for _ in range(60)]
    path = media.make(tmp_path / "n.mpg", "mpeg1video", frames=60, width=192, height=128, pictures=noise)
    data = path.read_bytes()
    for blocks in (25, 29, 33, 40):
        path.write_bytes(data[: len(data) * blocks // 45 // 2048 * 2048])
        with VideoFile(path) as video:
            assert sum(1 for _ in video.frames()) < 60
            assert video.recording.truncated


def refusal_of(path: Path, limits: DecodeLimits | None = None) -> VideoError:
    with pytest.raises(VideoError) as caught, VideoFile(path, limits or DecodeLimits()) as video:
        for _ in video.frames():
            pass
    error = caught.value
    assert error.message.endswith(".")
    assert error.advice.endswith(".")
    for jargon in ("Error", "errno", "Traceback", "codec", "demux", "packet", "child", "process", "signal"):
        assert jargon not in str(error)
    return error


def test_what_is_no_video_is_refused_in_plain_words(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("Dear doctor,\n" * 200)
    (tmp_path / "picture.mp4").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(500))
    (tmp_path / "list.mp4").write_text("#EXTM3U\n#EXTINF:10,\nfile:///etc/passwd\n")
    (tmp_path / "concat.mp4").write_text("ffconcat version 1.0\nfile h264.mp4\n")
    (tmp_path / "head.mp4").write_bytes(b"\0\0\0\x18ftypmp42" + bytes(300))
    (tmp_path / "folder.mp4").mkdir()
    os.mkfifo(tmp_path / "pipe.mp4")
    media.sound(tmp_path / "sound.mp4")
    codes = {
        "missing.mp4": "not_found",
        "text.mp4/film.mp4": "not_found",
        "empty.mp4": "empty",
        "text.mp4": "unreadable",
        "picture.mp4": "unreadable",
        "list.mp4": "unreadable",
        "concat.mp4": "unreadable",
        "head.mp4": "unreadable",
        "folder.mp4": "unreadable",
        "pipe.mp4": "unreadable",
        "sound.mp4": "unreadable",
    }
    for name, code in codes.items():
        error = refusal_of(tmp_path / name)
        assert error.code == code, name
        assert Path(name).name in error.message
    assert "sound" in refusal_of(tmp_path / "sound.mp4").message
    assert "folder" in refusal_of(tmp_path / "folder.mp4").message


def test_an_interrupted_copy_that_cannot_be_read_is_called_incomplete(tmp_path: Path) -> None:
    path = media.make_kind(tmp_path, "hevc_10_bit.mov")  # its index comes last
    path.write_bytes(path.read_bytes()[:-800])
    error = refusal_of(path)
    assert error.code == "unreadable"
    assert "incomplete" in error.message


def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = media.make_kind(tmp_path, "h264.mp4")
    path.chmod(0)
    me = os.geteuid()
    if me == 0:
        os.seteuid(65534)  # root may read everything, nobody may not
    try:
        error = refusal_of(path)
    finally:
        os.seteuid(me)
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    assert error.code == "not_readable"


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    path = media.make_kind(tmp_path, "mjpeg.avi")
    with VideoFile(path) as video:
        for _ in video.frames():
            pass
        with path.open("ab") as file:
            file.write(b"more")
        with pytest.raises(VideoError, match="changed"):
            next(iter(video.frames()))


def test_too_short_and_too_slow_recordings_are_refused(tmp_path: Path) -> None:
    few = media.make(tmp_path / "few.mp4", "libx264", frames=14, rate=12)
    brief = media.make(tmp_path / "brief.mp4", "libx264", frames=50, rate=60)
    slow = media.make(tmp_path / "slow.mp4", "libx264", frames=40, rate=8)
    one = media.make(tmp_path / "one.gif", "gif", frames=1, pixel_format="gray")
    for path in (few, brief, one):
        assert refusal_of(path).code == "too_short", path.name
    assert refusal_of(slow).code == "rate_too_low"
    for name, rate in (("just.mp4", 60), ("just.flv", 60), ("ten.mp4", 10)):
        how = {"codec": "libx264", "frames": rate if rate > 15 else 15, "rate": rate}
        with VideoFile(media.make(tmp_path / name, **how)) as video:  # type: ignore[arg-type]
            assert sum(1 for _ in video.frames()) == how["frames"]


def test_what_exceeds_a_limit_is_refused(tmp_path: Path) -> None:
    path = media.make_kind(tmp_path, "h264.mp4")
    undeclared = media.make_kind(tmp_path, "live.webm")
    assert refusal_of(path, DecodeLimits(pixels=96 * 64 - 1)).code == "too_large"
    assert refusal_of(undeclared, DecodeLimits(pixels=96 * 64 - 1)).code == "too_large"
    for limits in (DecodeLimits(frames=44), DecodeLimits(duration_s=1.4)):
        assert refusal_of(path, limits).code == "too_large"
        assert refusal_of(undeclared, limits).code == "too_large"
    assert refusal_of(path, DecodeLimits(memory_bytes=100_000_000)).code == "decoder_failed"
    with VideoFile(path, DecodeLimits(pixels=96 * 64, frames=45, duration_s=1.5)) as video:
        assert sum(1 for _ in video.frames()) == 45


def test_stretching_cannot_get_round_the_limit_on_pixels(tmp_path: Path) -> None:
    wide = media.make(tmp_path / "w.mp4", "libx264", pixel_shape=Fraction(3, 1))
    assert refusal_of(wide, DecodeLimits(pixels=2 * 96 * 64)).code == "too_large"


def test_decoders_off_the_list_are_not_reached(tmp_path: Path) -> None:
    assert refusal_of(media.make(tmp_path / "z.avi", "zmbv", pixel_format="bgr0")).code == "unreadable"


def test_a_cover_picture_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "song.mkv"
    with av.open(str(path), "w") as file:
        cover = file.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 64, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        frame = av.VideoFrame.from_ndarray(media.picture(0, 64, 64), format="gray").reformat(format="yuvj420p")
        for packet in [*cover.encode(frame), *cover.encode(None)]:
            file.mux(packet)
    assert refusal_of(path).code in ("unreadable", "too_short")
