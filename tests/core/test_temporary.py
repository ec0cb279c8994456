"""What a killed run leaves is removed by a later one, and nothing else is."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from facialis.core.temporary import remove_leftovers, temporary_file, temporary_folder
from facialis.files.experiment import write_experiment
from facialis.files.placing import whole_folder
from facialis.film.encode import replacing
from facialis.follow.experiment import plan_experiment

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs Linux or macOS (locks of files)")

DAY_S = 24 * 3600.0


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def age(path: Path, days: float = 1.5) -> None:
    """Let a file or folder, and all in it, have last changed so long ago."""
    then_s = time.time() - days * DAY_S
    for item in (*path.rglob("*"), path):
        os.utime(item, (then_s, then_s), follow_symlinks=False)


def killed(folder: Path, block: str) -> None:
    """A run that is killed outright within this block."""
    script = (
        "import os, signal, sys; from pathlib import Path; from facialis.core.temporary import *\n"
        "from facialis.files.placing import whole_folder\nfrom facialis.film.encode import replacing\n"
        f"place = Path(sys.argv[1])\n{block}\n    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", script, str(folder)], check=False).returncode == -9


WRITERS = {
    "folder": "with whole_folder(place / 'x', is_ours=bool, made=frozenset(), keep_others=True) as work:\n"
    "    (work / 'clips').mkdir(); (work / 'clips' / 'face.jpg').write_bytes(b'face')",
    "film": "with replacing(place / 'x.mp4', place / 'x.events.tsv') as (film, table):\n    film.write_bytes(b'half')",
    "file": "with temporary_file(place) as part:\n    part.write_text('half')",
}


def write_folder(place: Path) -> None:
    with whole_folder(place / "y", is_ours=bool, made=frozenset(), keep_others=True) as work:
        (work / "new").touch()


def write_film(place: Path) -> None:
    with replacing(place / "y.mp4"):
        pass


def write_plan(place: Path) -> None:
    write_experiment(plan_experiment("coffee", days=20, start=date(2026, 1, 1), seed=1), place / "y.csv")


@pytest.mark.parametrize("block", WRITERS.values(), ids=WRITERS)
@pytest.mark.parametrize("later", [write_folder, write_film, write_plan])
def test_the_next_run_removes_what_a_killed_one_left(tmp_path: Path, block: str, later: Callable[[Path], None]) -> None:
    killed(tmp_path, block)
    left = names(tmp_path)
    assert left
    assert all(name.startswith(".facialis-") for name in left), "nothing half-written has a result's name"
    later(tmp_path)
    assert left <= names(tmp_path), "it may be of a run that only just began"
    for name in left:
        age(tmp_path / name)
    later(tmp_path)
    assert not left & names(tmp_path)
    assert len(names(tmp_path)) == 1


def test_what_is_in_use_stays_however_old_it_is(tmp_path: Path) -> None:
    with temporary_folder(tmp_path) as folder, temporary_file(tmp_path, ".mp4") as file:
        age(folder, 100)
        age(file, 100)
        script = "import sys; from facialis.core.temporary import *; from pathlib import Path; "
        script += "remove_leftovers(Path(sys.argv[1]))"
        subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True)
        assert names(tmp_path) == {folder.name, file.name}
    assert names(tmp_path) == set()


@pytest.mark.parametrize(
    "name",
    [
        ".facialis",
        ".facialis-notes",
        ".facialis-abcdefgh",
        ".facialis-abcdefgh.partial.txt",
        ".facialis-ABCDEFGH.partial",
        "x.facialis-abcdefgh.partial",
        "face.part",
        ".face.0123abcd.part.mp4",
    ],
)
def test_what_others_made_is_never_removed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / f"{name}.mp4").touch()
    for path in tmp_path.iterdir():
        age(path, 1000)
    before = names(tmp_path)
    remove_leftovers(tmp_path)
    assert names(tmp_path) == before


def test_a_link_is_not_followed_and_a_pipe_is_not_opened(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "dear").touch()
    place = tmp_path / "place"
    place.mkdir()
    (place / ".facialis-aaaaaaaa.partial").symlink_to(own)
    os.mkfifo(place / ".facialis-bbbbbbbb.partial")
    for path in place.iterdir():
        os.utime(path, (0, 0), follow_symlinks=False)
    remove_leftovers(place)
    assert names(own) == {"dear"}


def test_leftovers_of_an_earlier_version_go_too(tmp_path: Path) -> None:
    for name in (".facialis-a_b1c2d3.partial", ".facialis-a_b1c2d3.old"):
        (tmp_path / name / "session").mkdir(parents=True)
        (tmp_path / name / "session" / "report.html").write_text("face")
        age(tmp_path / name)
    remove_leftovers(tmp_path)
    assert names(tmp_path) == set()


def test_a_result_whose_place_is_empty_is_put_back(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "session.json").write_text("earlier")
    block = "with temporary_folder(place, holding='x') as old:\n    (place / 'x').rename(old / 'x')"
    killed(tmp_path, block)
    (left,) = names(tmp_path)
    assert left != "x"
    remove_leftovers(tmp_path)
    assert (tmp_path / "x" / "session.json").read_text() == "earlier"
    age(tmp_path / left)
    remove_leftovers(tmp_path)
    assert names(tmp_path) == {"x"}


def test_a_result_that_was_replaced_is_not_put_back(tmp_path: Path) -> None:
    for content in ("first", "second"):
        with whole_folder(tmp_path / "x", is_ours=bool, made=frozenset({"a"}), keep_others=True) as work:
            (work / "a").write_text(content)
    assert names(tmp_path) == {"x"}
    assert (tmp_path / "x" / "a").read_text() == "second"
    (tmp_path / ".facialis-0123abcd.earlier" / ".replaced").mkdir(parents=True)
    age(tmp_path / ".facialis-0123abcd.earlier")
    remove_leftovers(tmp_path)
    assert names(tmp_path) == {"x"}


def test_files_are_as_readable_as_the_user_wants_new_files_to_be(tmp_path: Path) -> None:
    mask = os.umask(0o027)
    try:
        with replacing(tmp_path / "film.mp4"), temporary_file(tmp_path, private=True) as private:
            assert private.stat().st_mode & 0o777 == 0o600
    finally:
        os.umask(mask)
    assert (tmp_path / "film.mp4").stat().st_mode & 0o777 == 0o640
