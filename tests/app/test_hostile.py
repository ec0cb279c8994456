"""Rows 4 and 6 of the figures to hold: bombs, hostile names, wrong extensions and polyglots, by the app's upload.

All are small here; ``python -m validation.hostile_uploads`` sends them as large as they are meant.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.diary.deeds import add_diary_day
from facialis.app.jobs.models import Job
from facialis.app.people.deeds import add_person
from facialis.app.people.folders import take_in
from facialis.app.people.models import Person
from facialis.app.phone.pieces import receive
from facialis.app.place import Place
from facialis.app.recordings.deeds import begin_upload
from facialis.app.recordings.models import Recording, Upload
from facialis.core.errors import FacialisError, VideoError
from facialis.film.video import VideoFile
from tests.app.hostile import BOMBS, NAMES, POLYGLOTS
from tests.film.media import make_kind

Anna = tuple[Account, Client, Person]
_LOOKS = """\
import resource, sys
from pathlib import Path
from facialis.core.errors import VideoError
from facialis.film.video import VideoFile
try:
    VideoFile(Path(sys.argv[1]), look=True)
except VideoError:
    print("refused", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
CPU_S = 2.5  # of the child and of this process together; two seconds, and a half for the start of a Python


def send(anna: Anna, path: Path, name: str = "film.mp4") -> Recording:
    """Send a film by the way that every film comes in by."""
    upload = begin_upload(
        anna[0],
        anna[2],
        day=date(2026, 5, 1),
        shown_name=name,
        size_bytes=path.stat().st_size,
        mirrored=False,
        filmed="planned",
    )
    with path.open("rb") as file:
        made = receive(anna[0], upload, 0, file)
    assert isinstance(made, Recording)
    return made


def left_over(place: Place) -> list[str]:
    """All files of a casebook but its own."""
    own = {"casebook.sqlite3", "casebook.sqlite3-wal", "casebook.sqlite3-shm", "secret.key", "in-use.lock"}
    return [
        path.name
        for path in place.root.rglob("*")
        if path.is_file() and path.name not in own and "key" not in path.name
    ]


def cpu_s() -> float:
    """Processor time of this process and of all its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@pytest.mark.parametrize("kind", [kind for kind in BOMBS if kind != "a line of 1 GB"])
def test_a_bomb_is_refused_with_a_sentence_and_leaves_nothing(
    anna: Anna, casebook: Place, tmp_path: Path, kind: str
) -> None:
    path = BOMBS[kind](tmp_path, 0.0)
    before, began_s = left_over(casebook), cpu_s()
    with pytest.raises(FacialisError) as refused:
        send(anna, path)
    assert cpu_s() - began_s < CPU_S + 2e-9 * path.stat().st_size
    assert refused.value.message.startswith("film.mp4 ")
    assert refused.value.advice
    assert left_over(casebook) == before
    assert (Upload.objects.count(), Recording.objects.count(), Job.objects.count()) == (0, 0, 0)


def test_the_child_that_looks_is_held_to_its_memory_and_time(tmp_path: Path) -> None:
    # In a process of its own: the system tells the largest of all children that have ended, those of other tests too.
    film = BOMBS["empty boxes without end"](tmp_path, 0.2)
    told = subprocess.run([sys.executable, "-c", _LOOKS, str(film)], check=True, capture_output=True, text=True)
    refused, largest_kib = told.stdout.split()
    assert refused == "refused"
    assert 10_000 < int(largest_kib) < 1.5 * 2**20


def test_a_film_that_is_looked_through_can_still_be_read(tmp_path: Path) -> None:
    with VideoFile(make_kind(tmp_path, "h264.mp4"), look=True) as film:
        assert sum(1 for _ in film.frames()) == 45


@pytest.mark.parametrize("name", NAMES)
def test_a_name_decides_nothing(anna: Anna, casebook: Place, tmp_path: Path, name: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"<!DOCTYPE html><script>alert(1)</script>")
    before = sorted(casebook.root.parent.iterdir())
    with pytest.raises(VideoError) as refused:
        send(anna, path, name)
    assert not set(refused.value.message) & set("\0\n\r\x1b\u202e")
    assert len(refused.value.message) < 400
    assert sorted(casebook.root.parent.iterdir()) == before
    assert left_over(casebook) == []


def test_names_stay_within_the_casebook_and_what_it_hands_out(anna: Anna, casebook: Place, tmp_path: Path) -> None:
    _, client, person = anna
    path = make_kind(tmp_path, "h264.mp4")
    Person.objects.filter(pk=person.pk).update(name="../../CON")
    made = send(anna, path, "../../../evil.html")
    assert made.film.resolve().is_relative_to(casebook.recordings.resolve())
    answer = client.get(f"/people/{person.pk}/folder.zip")
    with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as packed:
        names = packed.namelist()
    assert any("films" in name for name in names)
    for name in names:
        assert not name.startswith("/")
        assert ".." not in name.replace("\\", "/").split("/")
        assert name.split("/")[0].upper() != "CON"
    assert "evil.html" not in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("kind", POLYGLOTS)
def test_what_is_a_film_and_something_else_is_handed_out_as_a_film(anna: Anna, tmp_path: Path, kind: str) -> None:
    made = send(anna, POLYGLOTS[kind](tmp_path, 0.0), "film.html")
    answer = anna[1].get(f"/recordings/{made.pk}/film/")
    b"".join(answer)
    answer.close()
    assert answer.headers["Content-Type"] in ("video/mp4", "image/gif")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A person's folder that is about to hold something hostile."""
    made = tmp_path / "Eve"
    made.mkdir()
    (made / "diary.csv").write_text("date,note\n2026-05-01,x\n")
    return made


def test_a_folder_with_a_line_without_end_is_not_taken_in(anna: Anna, casebook: Place, folder: Path) -> None:
    BOMBS["a line of 1 GB"](folder, 1.0)  # a sparse file
    began_s = cpu_s()
    with pytest.raises(OSError, match="larger than"):
        take_in(anna[0], folder)
    assert cpu_s() - began_s < 1.0
    assert Person.objects.count() == 1
    assert left_over(casebook) == []


def test_a_folder_with_deep_or_odd_results_is_taken_in_as_it_is(anna: Anna, casebook: Place, folder: Path) -> None:
    for name, text in (("deep", "[" * 100_000), ("facts", json.dumps({"recording": {"sha256": 1, "name": ["x"]}}))):
        (folder / "sessions" / name).mkdir(parents=True)
        (folder / "sessions" / name / "session.json").write_text(text)
    (folder / "sessions" / "out").symlink_to("/etc")
    (folder / "sessions" / "facts" / "passwd").symlink_to("/etc/passwd")
    person = take_in(anna[0], folder)
    assert person.recordings.count() == 2
    assert "passwd" not in left_over(casebook)
    assert anna[1].get(f"/people/{person.pk}/").status_code == 200


def test_a_diary_takes_no_more_than_a_page_holds(anna: Anna, casebook: Place) -> None:
    account, client, person = anna
    url = f"/people/{person.pk}/diary/"
    assert client.post(url, {"day": "2026-05-01", "note": "x" * 1_100_000}).status_code in (400, 413)
    assert client.post(url, {f"f{n}": "x" for n in range(1100)}).status_code in (400, 413)
    row = add_diary_day(account, person, {"date": "2026-05-01", "note": '=cmd|"/c calc"!A1\u202e,"'})
    assert row.pk
    assert client.get(url).status_code == 200
    assert left_over(casebook) == []


def test_a_person_may_be_called_what_they_like(anna: Anna, casebook: Place) -> None:
    account, client, _ = anna
    for name in NAMES:
        if not (name.strip() and name.isprintable() and len(name) <= 80):
            continue
        person = add_person(account, name)
        answer = client.get(f"/people/{person.pk}/folder.zip")
        with zipfile.ZipFile(io.BytesIO(b"".join(answer))) as packed:
            assert all(".." not in part.split("/") and not part.startswith("/") for part in packed.namelist()), name
    assert left_over(casebook) == []
