"""The folder is there as a whole or not at all."""

from __future__ import annotations

import base64
import re
import resource
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from facialis.core.errors import FormatError, OutputError, VideoError
from facialis.core.records import Frame
from facialis.files.clips import INDEX, read_clips
from facialis.files.session_folder import read_session
from facialis.files.signals import write_motion
from facialis.report.session.folder import FILES, write_session_folder
from tests.report import factory


@pytest.fixture(scope="module")
def made() -> factory.Made:
    return factory.make(duration_s=8.0, twitches=((2.0, "left", 0.02),), tonic=(), blinks=(), gaps=())


@dataclass
class Broken:
    """A source that fails after the first picture."""

    error: BaseException

    def frames(self, start_s: float = 0.0, stop_s: float = np.inf) -> Iterator[Frame]:
        yield from list(factory.Pictures(times_s=np.array([max(start_s, 0) + 0.05])).frames(start_s, stop_s))
        raise self.error


def write(made: factory.Made, out: Path, **more: object) -> Path:
    options: dict[str, object] = {"faces": False, **more}
    source = options.pop("source", None)
    whole = replace(made.session, signals=made.motion, face=made.track)
    return write_session_folder(whole, source, out, **options)  # type: ignore[arg-type]


def names(out: Path) -> set[str]:
    """All files below a folder."""
    return {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}


def test_everything_is_written_and_can_be_read_back(made: factory.Made, tmp_path: Path) -> None:
    stages: list[tuple[str, float]] = []
    source = factory.Pictures(times_s=made.motion.time_s)
    out = write(made, tmp_path / "out" / "sample", source=source, faces=True, progress=lambda *x: stages.append(x))
    assert out == tmp_path / "out" / "sample"
    assert names(out) == {*FILES, "clips/event-001.jpg"}
    assert [path.name for path in out.parent.iterdir()] == ["sample"]
    session = read_session(out)
    motion = session.motion
    assert session.recording == made.session.recording
    assert session.measures == made.session.measures
    assert [e.trial_type for e in session.events] == [e.trial_type for e in made.session.events]
    np.testing.assert_array_equal(motion.displacement_iod, made.motion.displacement_iod)
    shares = [share for _, share in stages]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert {stage for stage, _ in stages} == {"films", "report"}


def test_files_can_be_read_by_the_group_as_other_files(made: factory.Made, tmp_path: Path) -> None:
    (tmp_path / "usual").mkdir()
    out = write(made, tmp_path / "out")
    assert out.stat().st_mode == (tmp_path / "usual").stat().st_mode


def test_the_same_session_gives_the_same_bytes(made: factory.Made, tmp_path: Path) -> None:
    a, b = (write(made, tmp_path / name) for name in "ab")
    assert names(a) == names(b) > set(FILES)
    for name in names(a):
        assert (a / name).read_bytes() == (b / name).read_bytes()


def test_films_are_files_and_the_page_holds_the_same_pictures(tmp_path: Path) -> None:
    made = factory.make(duration_s=20.0)
    out = write(made, tmp_path / "out", source=factory.Pictures(times_s=made.motion.time_s), faces=True)
    clips = read_clips(out)
    events = read_session(out).events
    assert {events[clip.event].trial_type for clip in clips} == {"twitch", "blink"}
    for clip in clips:
        event = events[clip.event]
        assert clip.faces
        assert clip.start_s <= event.onset_s <= event.offset_s <= clip.stop_s
        apex_s = clip.start_s + (clip.stop_s - clip.start_s) * clip.apex_tile / (clip.tiles - 1)
        assert abs(apex_s - event.apex_s) < 0.05
        assert (out / "clips" / f"event-{clip.event + 1:03d}.jpg").read_bytes() == clip.image
    page = (out / "report.html").read_text(encoding="utf-8")
    shown = re.findall(r"\.film-(\d+)\{background-image:url\(data:image/jpeg;base64,([^)]+)\)\}", page)
    assert [(int(number) - 1, base64.b64decode(code)) for number, code in shown] == [(c.event, c.image) for c in clips]
    assert "clips/" not in page, "the page can be sent on its own"


def test_a_session_without_events_has_an_empty_index(tmp_path: Path) -> None:
    made = factory.make(duration_s=6.0, twitches=(), tonic=(), blinks=(), gaps=())
    out = write(made, tmp_path / "out", source=factory.Pictures(times_s=made.motion.time_s), faces=True)
    assert names(out) == set(FILES)
    assert read_clips(out) == ()


@pytest.mark.parametrize("faces", [True, False])
def test_films_of_an_earlier_result_do_not_stay(made: factory.Made, tmp_path: Path, faces: bool) -> None:
    before = factory.make(duration_s=20.0)
    source = factory.Pictures(times_s=before.motion.time_s)
    out = write(before, tmp_path / "out", source=source, faces=True)
    assert len(read_clips(out)) > 1
    (out / "clips" / "event-1000.jpg").write_bytes(b"of a longer recording")
    write(made, out, source=factory.Pictures(times_s=made.motion.time_s), faces=faces)
    assert names(out) == {*FILES, f"clips/event-001.{'jpg' if faces else 'png'}"}


def test_own_files_among_the_films_are_kept(made: factory.Made, tmp_path: Path) -> None:
    """A result of an earlier version may have a folder of this name that is the user's own."""
    out = write(made, tmp_path / "out")
    own = ("clips/best.mp4", "clips/event-001 slow.jpg", "clips/event-1.jpg", "clips/day/event-001.jpg")
    for name in own:
        (out / name).parent.mkdir(exist_ok=True)
        (out / name).write_text(name)
    write(made, out)
    assert [(out / name).read_text() for name in own] == list(own)
    assert names(out) == {*FILES, "clips/event-001.png", *own}


def test_an_own_file_that_has_the_name_of_the_films_is_kept(made: factory.Made, tmp_path: Path) -> None:
    out = write(made, tmp_path / "out")
    for path in (out / "clips").iterdir():
        path.unlink()
    (out / "clips").rmdir()
    (out / "clips").write_text("mine")
    write(made, out)
    assert (out / INDEX).is_file()
    assert "mine" in [path.read_text() for path in out.rglob("clips") if path.is_file()]


def test_an_old_result_is_replaced_and_notes_beside_it_are_kept(made: factory.Made, tmp_path: Path) -> None:
    out = write(made, tmp_path / "out")
    (out / "notes.txt").write_text("mine")
    (out / "photos").mkdir()
    (out / "photos" / "a.txt").write_text("also mine")
    (out / "report.html").write_text("old")
    write(made, out)
    assert (out / "report.html").read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert (out / "notes.txt").read_text() == "mine"
    assert (out / "photos" / "a.txt").read_text() == "also mine"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    "error", [KeyboardInterrupt(), VideoError("Gone.", code="unreadable"), OSError(28, "No space left on device")]
)
def test_a_failure_leaves_nothing(made: factory.Made, tmp_path: Path, error: BaseException) -> None:
    wanted = OutputError if isinstance(error, OSError) else type(error)
    with pytest.raises(wanted):
        write(made, tmp_path / "new" / "deep" / "out", source=Broken(error), faces=True)
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_the_old_result(made: factory.Made, tmp_path: Path) -> None:
    out = write(made, tmp_path / "out")
    before = {name: (out / name).read_bytes() for name in names(out)}
    with pytest.raises(KeyboardInterrupt):
        write(made, out, source=Broken(KeyboardInterrupt()), faces=True)
    assert {name: (out / name).read_bytes() for name in names(out)} == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_a_disk_that_takes_no_more_is_said_in_one_sentence(made: factory.Made, tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        with pytest.raises(OutputError) as caught:
            write(made, tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "could not be written" in caught.value.message
    assert caught.value.advice
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_no_folder_is_refused(made: factory.Made, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(OutputError):
            write(made, out)
    assert (tmp_path / "file").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_folder_of_other_files_is_refused(made: factory.Made, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    (tmp_path / "photos" / "a.jpg").write_text("mine")
    with pytest.raises(OutputError, match="no result of facialis"):
        write(made, tmp_path / "photos")
    assert [path.name for path in (tmp_path / "photos").iterdir()] == ["a.jpg"]


def test_an_empty_folder_and_a_link_are_used(made: factory.Made, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    write(made, tmp_path / "link")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "empty" / "report.html").is_file()


def test_without_faces_no_file_holds_a_picture_of_the_recording(tmp_path: Path) -> None:
    made = factory.make(duration_s=12.0)
    out = write(made, tmp_path / "out", source=factory.Forbidden())
    clips = read_clips(out)
    assert clips
    for clip in clips:
        assert not clip.faces
        film = cv2.imdecode(np.frombuffer(clip.image, np.uint8), cv2.IMREAD_UNCHANGED)
        assert film is not None
        assert film.ndim == 2, "grey"
        assert np.unique(film).size <= 6, "a drawn line on its ground"
    for name in names(out):
        content = (out / name).read_bytes()
        assert b"image/jpeg" not in content
        assert b"\xff\xd8\xff" not in content
        assert b"/9j/" not in content
    assert '"faces": false' in (out / "session.json").read_text(encoding="utf-8")


def test_a_name_that_is_no_unicode_is_written(made: factory.Made, tmp_path: Path) -> None:
    odd = replace(made.session, recording=replace(made.session.recording, name="bad\udcff.mp4"))
    out = write(replace(made, session=odd), tmp_path / "out")
    assert (out / "session.json").is_file()


def test_signals_of_another_recording_are_not_taken(made: factory.Made, tmp_path: Path) -> None:
    out = write(made, tmp_path / "out")
    write_motion(factory.make(duration_s=5.0).motion, out / "signals.parquet")
    with pytest.raises(FormatError, match="two recordings"):
        read_session(out)
    (out / "signals.parquet").unlink()
    with pytest.raises(FormatError, match=r"signals\.parquet"):
        read_session(out)
