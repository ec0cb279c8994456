"""The folder is there as a whole or not at all."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from facialis.core.errors import OutputError, VideoError
from facialis.core.records import Frame
from facialis.files.session_folder import read_session
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


def test_everything_is_written_and_can_be_read_back(made: factory.Made, tmp_path: Path) -> None:
    stages: list[tuple[str, float]] = []
    source = factory.Pictures(times_s=made.motion.time_s)
    out = write(made, tmp_path / "out" / "sample", source=source, faces=True, progress=lambda *x: stages.append(x))
    assert out == tmp_path / "out" / "sample"
    assert sorted(path.name for path in out.iterdir()) == sorted(FILES)
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
    for name in FILES:
        assert (a / name).read_bytes() == (b / name).read_bytes()


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
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(KeyboardInterrupt):
        write(made, out, source=Broken(KeyboardInterrupt()), faces=True)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
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
    for name in FILES:
        content = (out / name).read_bytes()
        assert b"image/jpeg" not in content
        assert b"\xff\xd8\xff" not in content
        assert b"/9j/" not in content
    assert '"faces": false' in (out / "session.json").read_text(encoding="utf-8")


def test_a_name_that_is_no_unicode_is_written(made: factory.Made, tmp_path: Path) -> None:
    odd = replace(made.session, recording=replace(made.session.recording, name="bad\udcff.mp4"))
    out = write(replace(made, session=odd), tmp_path / "out")
    assert (out / "session.json").is_file()
