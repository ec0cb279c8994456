"""A disk that is full, and one that may not be written: said in a sentence, and nothing half-written is kept."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.backup.automatic import copies
from facialis.app.backup.keeper import look_after
from facialis.app.jobs.models import Job
from facialis.app.people.models import Person, Row
from facialis.app.place import Place
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.store import film_reader, keep, keep_result
from facialis.core.errors import OutputError
from tests.app.test_recordings import announce, patch, standing
from tests.film.media import make_kind

Anna = tuple[Account, Client, Person]


@contextmanager
def full(most_bytes: int) -> Iterator[None]:
    """Let no file grow beyond this, as a full disk would not; the system tells whoever writes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_film_goes_on_when_there_is_room_again(anna: Anna, tmp_path: Path) -> None:
    film = make_kind(tmp_path, "h264.mp4").read_bytes() + (4_000_008).to_bytes(4, "big") + b"free" + bytes(4_000_000)
    url = announce(anna, len(film))
    assert patch(anna, url, film[:100_000]).status_code == 204
    with full(1_500_000):
        answer = patch(anna, url, film[100_000:], 100_000)
    assert answer.status_code == 507
    assert "on another disk" in answer.json()["message"]
    assert Recording.objects.count() == 0
    assert Upload.objects.count() == 1
    assert standing(anna, url).headers["Upload-Offset"] == "100000"
    assert patch(anna, url, film[100_000:], 100_000).headers["Casebook-Next"]
    with film_reader(Recording.objects.get()) as kept:
        assert kept.read() == film


def test_what_was_there_stays_when_a_result_does_not_fit(anna: Anna, session_folder: Path, casebook: Place) -> None:
    account, _, person = anna
    recording = Recording(owner=account, person=person, day="2026-05-01", name="x")
    keep_result(recording, session_folder)
    recording.save()
    before = {path: path.read_bytes() for path in recording.folder.rglob("*") if path.is_file()}
    with full(3_000), pytest.raises(OSError, match="large"):
        keep_result(recording, session_folder)
    with full(3_000), pytest.raises(OSError, match="large"):
        keep(recording, "proxy.mp4", session_folder / "report.html")
    assert {path: path.read_bytes() for path in recording.folder.rglob("*") if path.is_file()} == before
    with full(100_000):
        look_after()  # a backup of the day that does not fit is tried again another time
    assert copies(casebook) == {}
    assert [path.name for path in casebook.backups.iterdir()] == []


def test_a_page_says_that_nothing_could_be_saved(anna: Anna, casebook: Place) -> None:
    _, client, person = anna
    rows = Row.objects.count()
    connection.close()
    with full(36_000):  # what SQLite needs for reading fits, the row with its note does not
        answer = client.post(f"/people/{person.pk}/diary/", {"day": "2026-05-01", "value_0": "7", "note": "x" * 900})
    assert answer.status_code == 507
    assert "Nothing could be saved" in answer.content.decode()
    connection.close()
    assert Row.objects.count() == rows
    assert client.post(f"/people/{person.pk}/diary/", {"day": "2026-05-01", "value_0": "7"}).status_code == 302
    assert Job.objects.count() == 0
    assert casebook.database.exists()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    # A file where a folder is wanted stops everybody; a mode that forbids writing would not stop root.
    (tmp_path / "casebook").write_text("no folder", encoding="utf-8")
    with pytest.raises(OutputError, match="cannot be written"):
        Place(tmp_path / "casebook" / "deep").make()
    assert (tmp_path / "casebook").read_text(encoding="utf-8") == "no folder"
