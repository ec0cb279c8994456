"""What is deleted waits in the bin and comes back as it was, or goes, and no word of it is left in the casebook."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.backup.automatic import copies, make_daily
from facialis.app.backup.keeper import look_after
from facialis.app.bin.deeds import bin_person, bin_recording, bring_back
from facialis.app.bin.models import Binned
from facialis.app.jobs.models import Job
from facialis.app.people.casefiles import casefile_of
from facialis.app.people.deeds import add_person
from facialis.app.people.models import Person
from facialis.app.people.sheets import whole_text
from facialis.app.place import Place
from facialis.app.recordings.deeds import add_recording, begin_upload
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.store import film_reader, forget_strays, keep_result, result_reader
from facialis.app.recordings.uploads import coming_in
from facialis.app.review.deeds import exclude
from facialis.app.vault.models import FileKey, PersonKey
from facialis.core.errors import InputError
from facialis.core.records import Interval
from tests.film.media import make_kind

Anna = tuple[Account, Client, Person]
CANARY = "kanarienvogel"
FILM_CANARY = b"canary-in-the-film"


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small film of nobody, with a word in it that can be looked for."""
    return make_kind(tmp_path_factory.mktemp("film"), "h264.mp4").read_bytes() + b"\x00\x00\x00\x1afree" + FILM_CANARY


def announced(account: Account, person: Person, film: bytes) -> Upload:
    return begin_upload(
        account,
        person,
        day=timezone.now().date(),
        shown_name=f"{CANARY}.mp4",
        size_bytes=len(film),
        mirrored=False,
        filmed="planned",
    )


def filled(account: Account, client: Client, person: Person, film: bytes, session_folder: Path) -> Recording:
    """A person of whom everything is kept: diary, treatment, a recording that was measured and reviewed, an upload."""
    client.post(f"/people/{person.pk}/diary/", {"day": "2026-05-01", "value_0": "7", "note": f"{CANARY} diary"})
    made = []
    for _ in range(2):
        upload = announced(account, person, film)
        coming_in(upload).append(iter([film]))
        made.append(upload)
    recording = add_recording(account, made[0])
    keep_result(recording, session_folder)
    Recording.objects.filter(pk=recording.pk).update(measured=True)
    Job.objects.update(state=Job.State.DONE)
    exclude(account, recording, Interval(start_s=1.0, stop_s=2.0), f"{CANARY} spoke")
    recording.refresh_from_db()
    casefile_of(person)
    return recording


def known_of(person: Person) -> object:
    """All files of a person as they are written, and what counts of their recordings."""
    return {sheet.file: whole_text(sheet) for sheet in person.sheets.all()}, casefile_of(person).sessions


def places_of(place: Place, *words: bytes) -> list[str]:
    """Files below the casebook's folder in which a word stands, in any of the ways in which text is written."""
    wanted = [coded for word in words for coded in (word, word.decode().encode("utf-16-le"))]
    files = [path for path in place.root.rglob("*") if path.is_file()]
    return [path.name for path in files if any(word in path.read_bytes() for word in wanted)]


def test_a_person_comes_back_from_the_bin_as_they_were(anna: Anna, film: bytes, session_folder: Path) -> None:
    account, client, person = anna
    recording = filled(account, client, person, film, session_folder)
    before = known_of(person)
    assert client.post(f"/people/{person.pk}/delete/").headers["Location"] == "/bin/"
    assert (Person.objects.count(), Recording.objects.count(), FileKey.objects.count()) == (0, 0, 0)
    assert client.get(f"/people/{person.pk}/").status_code == 404
    forget_strays()
    page = client.get("/bin/").content.decode()
    assert "Anna" in page
    assert "Goes in 30 days" in page
    answer = client.post(f"/bin/{Binned.objects.get().pk}/back/")
    assert answer.headers["Location"] == f"/people/{person.pk}/"
    back = Person.objects.get()
    assert back.pk == person.pk
    assert known_of(back) == before
    again = Recording.objects.get()
    assert (again.pk, again.made_at, again.steps.count()) == (recording.pk, recording.made_at, 1)
    with film_reader(again) as kept, result_reader(again, "session.json") as facts:
        assert kept.read() == film
        assert facts.read() == (session_folder / "session.json").read_bytes()
    assert Binned.objects.count() == 0


def test_a_recording_comes_back_and_one_in_the_bin_goes_with_its_person(
    anna: Anna, film: bytes, session_folder: Path, casebook: Place
) -> None:
    account, client, person = anna
    recording = filled(account, client, person, film, session_folder)
    revision = person.revision
    binned = bin_recording(account, recording)
    person.refresh_from_db()
    assert person.revision > revision
    assert client.get(f"/recordings/{binned.pk}/").status_code == 404
    forget_strays()
    with film_reader(bring_back(account, binned)) as kept:  # type: ignore[arg-type]
        assert kept.read() == film
    bin_recording(account, Recording.objects.get())
    whole = bin_person(account, person)
    assert Binned.objects.count() == 1
    bring_back(account, whole)
    inner = Binned.objects.get()
    with film_reader(bring_back(account, inner)) as kept:  # type: ignore[arg-type]
        assert kept.read() == film
    client.post(f"/people/{Person.objects.get().pk}/delete/", {"how": "now"})
    assert list(casebook.recordings.iterdir()) == []


def test_what_has_been_taken_meanwhile_is_said(anna: Anna) -> None:
    account, client, person = anna
    recording = Recording.objects.create(owner=account, person=person, day=date(2026, 5, 1), name="x")
    binned = bin_recording(account, recording)
    Recording.objects.create(owner=account, person=person, day="2026-05-01", name="x")
    with pytest.raises(InputError, match="taken its place"):
        bring_back(account, binned)
    assert "taken its place" in client.post(f"/bin/{binned.pk}/back/").content.decode()
    assert Binned.objects.count() == 1


@pytest.mark.parametrize("way", ["now", "due", "emptied", "recording"])
def test_no_word_is_left_of_what_was_deleted(
    anna: Anna, film: bytes, session_folder: Path, casebook: Place, way: str
) -> None:
    account, client, _ = anna
    person = add_person(account, f"{CANARY} Anna")
    for note in range(12):  # rows that lie on several pages of the database, changed and removed
        client.post(f"/people/{person.pk}/diary/", {"day": f"2026-04-{note % 28 + 1:02d}", "note": f"{CANARY} {note}"})
    recording = filled(account, client, person, film, session_folder)
    (casebook.temporary / "left").write_text(CANARY)
    (casebook.temporary / "left").unlink()
    make_daily(casebook, timezone.now().date())
    with (
        closing(sqlite3.connect(casebook.database)) as old,
        closing(sqlite3.connect(casebook.backups / "2026-before.sqlite3")) as copy,
    ):
        old.backup(copy)
    assert places_of(casebook, CANARY.encode())
    assert not places_of(casebook, FILM_CANARY)
    if way == "now":
        client.post(f"/people/{person.pk}/delete/", {"how": "now"})
    elif way == "recording":
        client.post(f"/recordings/{recording.pk}/delete/", {"how": "now"})
        client.post(f"/people/{person.pk}/delete/", {"how": "now"})
    else:
        client.post(f"/people/{person.pk}/delete/")
        assert places_of(casebook, CANARY.encode())  # its name, in the bin
        if way == "due":
            Binned.objects.update(due_at=timezone.now() - timedelta(seconds=1))
            look_after()
        else:
            client.post(f"/bin/{Binned.objects.get().pk}/empty/")
    assert places_of(casebook, CANARY.encode(), FILM_CANARY) == []
    assert PersonKey.objects.count() == 0
    assert list(casebook.recordings.iterdir()) == []
    assert list(casebook.incoming.iterdir()) == []
    assert len(copies(casebook)) == (way == "due")  # where it was made anew


def test_what_is_read_all_the_while_is_erased_as_soon_as_that_ends(anna: Anna, casebook: Place) -> None:
    account, client, _ = anna
    person = add_person(account, f"{CANARY} Anna")
    with closing(sqlite3.connect(casebook.database)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM casebook_person").fetchone()
        client.post(f"/people/{person.pk}/delete/", {"how": "now"})
    look_after()
    assert places_of(casebook, CANARY.encode()) == []


def test_a_recording_that_is_being_measured_is_not_lost_in_the_bin(anna: Anna, film: bytes) -> None:
    from facialis.app.jobs.worker import Worker

    account, _, person = anna
    upload = announced(account, person, film)
    coming_in(upload).append(iter([film]))
    recording = add_recording(account, upload)
    worker = Worker("w")
    real = worker._settle

    def meanwhile(job: Job, outcome: object) -> None:
        bin_recording(account, recording)
        real(job, outcome)  # type: ignore[arg-type]

    worker._settle = meanwhile  # type: ignore[method-assign]
    assert worker.do_one()
    back = bring_back(account, Binned.objects.get())
    with film_reader(back) as kept:  # type: ignore[arg-type]
        assert kept.read() == film
    assert Job.objects.get().state == Job.State.RUNNING  # of a lease that runs out
