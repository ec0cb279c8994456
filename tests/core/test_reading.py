"""Only ordinary files of bounded size are opened, by one door, whatever stands in their place."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from facialis.actions.outputs import file_sha256
from facialis.core.errors import FacialisError
from facialis.core.reading import above_standard, as_text, read_bytes
from facialis.files.blocks import read_blocks
from facialis.files.clips import INDEX, read_clips
from facialis.files.events import read_events
from facialis.files.experiment import read_experiment
from facialis.files.history import read_questions
from facialis.files.person import read_person
from facialis.files.session import read_session_object
from facialis.files.session_folder import read_session
from facialis.files.signals import read_motion
from facialis.film.video import VideoFile
from facialis.phantom.specification import read_spec
from tests.odd_files import ODD, at_once, put

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs Linux (pipes and devices)")

SOURCES = Path(__file__).resolve().parents[2] / "src" / "facialis"


def person(path: Path) -> object:
    return read_person(path.parent, today=date(2026, 5, 31))


READERS: dict[str, Callable[[Path], object]] = {
    "blocks.csv": read_blocks,
    "events.tsv": read_events,
    "session.json": read_session_object,
    "signals.parquet": read_motion,
    "spec.yaml": read_spec,
    "experiment.csv": read_experiment,
    "face.mp4": VideoFile,
    "twice.mp4": file_sha256,
    "person.yaml": person,
    "diary.csv": person,
    "sessions.csv": person,
    "treatments.csv": person,
    "questionnaires.csv": person,
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", READERS)
def test_whatever_stands_in_the_place_of_a_file_is_refused_at_once(tmp_path: Path, name: str, kind: str) -> None:
    path = put(kind, tmp_path / name)
    with at_once(), pytest.raises((FacialisError, OSError)) as refused:
        READERS[name](path)
    said = str(refused.value)
    assert "\n" not in said
    assert "Traceback" not in said


@pytest.mark.parametrize("kind", ["pipe", "socket", "folder", "zeros"])
def test_the_refusal_says_what_it_is(tmp_path: Path, kind: str) -> None:
    words = {"pipe": "a pipe", "socket": "a socket", "folder": "a folder", "zeros": "a device"}
    with pytest.raises(FacialisError, match=f"blocks.csv cannot be read: it is {words[kind]}"):
        read_blocks(put(kind, tmp_path / "blocks.csv"))


@pytest.mark.parametrize("kind", ODD)
def test_no_films_are_read_from_an_odd_index(tmp_path: Path, kind: str) -> None:
    (tmp_path / "clips").mkdir()
    put(kind, tmp_path / INDEX)
    with at_once(), pytest.raises((FacialisError, OSError)):
        read_clips(tmp_path)


@pytest.mark.parametrize("kind", ODD)
def test_questions_that_cannot_be_read_are_none(tmp_path: Path, kind: str) -> None:
    with at_once():
        assert read_questions(put(kind, tmp_path / "questions.txt")) == ()


@pytest.mark.parametrize("kind", ODD)
def test_a_session_whose_result_is_odd_is_a_named_problem(tmp_path: Path, kind: str) -> None:
    result = tmp_path / "sessions" / "2026-05-01-evening"
    result.mkdir(parents=True)
    put(kind, result / "session.json")
    with at_once():
        (problem,) = read_person(tmp_path, today=date(2026, 5, 31)).problems
    assert "2026-05-01-evening" in problem.file
    with at_once(), pytest.raises(FacialisError):
        read_session(result)


def test_a_file_that_grows_while_it_is_read_is_bounded(tmp_path: Path) -> None:
    path = tmp_path / "grows"
    path.write_bytes(bytes(100))
    assert len(read_bytes(path, 100)) == 100
    with pytest.raises(OSError, match="larger than 99 bytes"):
        read_bytes(path, 99)
    # The system states that these have no bytes, and gives more.
    with pytest.raises(OSError, match="larger than 10 bytes"):
        read_bytes("/proc/self/status", 10)


def test_a_name_that_cannot_be_is_a_file_that_is_not_there() -> None:
    with pytest.raises(FileNotFoundError):
        read_bytes("a\0b", 10)


def test_a_link_is_followed_only_where_it_may_be(tmp_path: Path) -> None:
    (tmp_path / "own").write_bytes(b"own")
    (tmp_path / "link").symlink_to("own")
    assert read_bytes(tmp_path / "link", 10) == b"own"
    with pytest.raises(OSError, match="it is a link"):
        read_bytes(tmp_path / "link", 10, follow=False)


def test_a_descriptor_is_lifted_above_the_standard_streams(tmp_path: Path) -> None:
    high = os.open(os.devnull, os.O_RDONLY)
    assert above_standard(high) == high
    os.close(high)
    (tmp_path / "own").write_bytes(b"own")
    script = (
        "import os, sys; from facialis.core.reading import open_ordinary; out = os.dup(1); os.closerange(0, 3); "
        "file = open_ordinary(sys.argv[1]); os.write(out, b'%d %s' % (file, os.read(file, 9))); "
        "[os.fstat(n) for n in range(3) if n == file]; os._exit(0)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(tmp_path / "own")], capture_output=True, check=False)
    number, content = done.stdout.split()
    assert int(number) > 2
    assert content == b"own"


def test_files_are_opened_by_one_door() -> None:
    """All else that opens: data of the package, standard streams, and what the program itself has just made."""
    data, own = {"core/knowledge.py", "report/drawing/templates.py"}, {"core/temporary.py", "files/placing.py"}
    opening = re.compile(r"(\.read_text|\.read_bytes|\bpath\.open|(?<![.\w])(?<!def )open|os\.open|Path\.open)\(")
    found = {
        str(path.relative_to(SOURCES))
        for path in SOURCES.rglob("*.py")
        if any(opening.search(line) for line in path.read_text(encoding="utf-8").splitlines())
    }
    # The casebook's own folder, which only it writes, and the system's list of disks.
    kept = {f"app/{name}.py" for name in ("place", "settings", "start", "jobs/progress", "course/keeping")}
    kept |= {f"app/vault/{name}.py" for name in ("folders", "growing", "installation", "moving", "plain", "sealed")}
    kept |= {f"app/backup/{name}.py" for name in ("automatic", "doctor", "locks", "making", "restoring")}
    kept |= {f"app/bundle/{name}.py" for name in ("arriving", "contents", "taking")}
    kept |= {"app/demo/making.py", "app/practice/painting.py", "app/phone/addresses.py", "app/phone/answers.py"}
    assert found - data - own - kept - {"cli/faults.py"} == {"core/reading.py"}
    assert kept < found


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_of_every_coding_is_read(coding: str) -> None:
    assert as_text("Müdigkeit – für Käthe\n".encode(coding)) == "Müdigkeit – für Käthe\n"


@pytest.mark.parametrize("raw", [b"a\0b", b"\xff\xfea", b"\x81\x8d", b"PK\x03\x04\0\0\0\0\0\0", bytes(range(256))])
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r".*"):
        as_text(raw)
