"""The inbox: films are taken in when they lie still, what is none is put aside with a sentence, and nothing is lost."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.inbox import watching
from facialis.app.inbox.deeds import Changed, take_file
from facialis.app.inbox.places import inbox_of, refused_folder, refused_of
from facialis.app.inbox.watching import Watching
from facialis.app.people.deeds import add_person
from facialis.app.people.models import Person
from facialis.app.place import Place
from facialis.app.recordings import uploads
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.store import film_reader
from tests.app.test_jobs import until
from tests.film.media import make_kind

Anna = tuple[Account, Client, Person]


class Clock:
    """A watcher that is told the time."""

    def __init__(self) -> None:
        self.watching, self.now_s = Watching(), 100.0

    def after(self, seconds: float) -> int:
        """Look again so much later."""
        self.now_s += seconds
        return self.watching.look(self.now_s)


@pytest.fixture
def clock(anna: Anna) -> Clock:
    """A watcher that has made its folders."""
    made = Clock()
    assert made.after(0) == 0
    assert inbox_of(anna[2]).is_dir()
    return made


def left_over(place: Place) -> list[Path]:
    return [path for folder in (place.incoming, place.recordings) for path in folder.rglob("*")]


def test_a_film_that_lies_still_is_taken_in_under_its_own_day(anna: Anna, clock: Clock) -> None:
    path = make_kind(inbox_of(anna[2]), "h264.mp4", tags={"creation_time": "2026-04-03T10:00:00Z"})
    content = path.read_bytes()
    assert [clock.after(s) for s in (0, 3, 1)] == [0, 0, 0]
    assert clock.after(1.5) == 1
    made = Recording.objects.get()
    assert (made.day, made.shown_name, made.as_filmed) == (date(2026, 4, 3), "h264.mp4", "unknown")
    assert (made.filmed, made.mirrored, made.alone) == ("", None, "")  # a folder asks nothing, and nothing is a no
    assert made.is_asked
    with film_reader(made) as film:
        assert film.read() == content
    assert list(inbox_of(anna[2]).iterdir()) == []
    assert made.job.state == "waiting"
    assert list(Entry.objects.order_by("pk").values_list("deed", flat=True))[-2:] == ["recording_added", "inbox_taken"]
    assert "Say how it was filmed" in anna[1].get(f"/people/{anna[2].pk}/").content.decode()


def test_a_film_without_a_day_has_that_of_its_file(anna: Anna, clock: Clock) -> None:
    path = make_kind(inbox_of(anna[2]), "vp8.webm")
    at_s = datetime(2026, 2, 3, 12, tzinfo=UTC).timestamp()
    os.utime(path, (at_s, at_s))
    clock.after(0)
    clock.after(6)
    assert Recording.objects.get().day == date(2026, 2, 3)


def test_a_file_that_grows_waits(anna: Anna, clock: Clock) -> None:
    path = inbox_of(anna[2]) / "film.mp4"
    for number in range(1, 6):
        path.write_bytes(b"x" * number)
        assert clock.after(4) == 0
    assert clock.after(6) == 1
    assert not path.exists()


def test_what_is_no_film_is_put_aside_with_a_sentence_and_shown(anna: Anna, clock: Clock, casebook: Place) -> None:
    _, client, person = anna
    for name in ("notes.txt", "n" * 250, "a\u202e4pm.mp4", "<img src=x>.mp4"):
        (inbox_of(person) / name).write_text("no film")
    (inbox_of(person) / ".hidden").write_text("x")
    (inbox_of(person) / "half.part").write_text("x")
    (inbox_of(person) / "link.mp4").symlink_to("/etc/passwd")
    (inbox_of(person) / "folder").mkdir()
    clock.after(0)
    assert clock.after(6) == 4
    assert {path.name for path in inbox_of(person).iterdir()} == {".hidden", "half.part", "link.mp4", "folder"}
    assert (refused_folder(person) / "notes.txt").read_text() == "no film"
    assert "no video that can be read" in (refused_folder(person) / "notes.txt.why.txt").read_text()
    assert len(refused_of(person)) == 4
    page = client.get(f"/people/{person.pk}/").content.decode()
    assert "Not taken in from the folder" in page
    assert "notes.txt" in page
    assert "<img src=x>" not in page
    assert left_over(casebook) == []
    assert client.post(f"/people/{person.pk}/inbox/forget/").status_code == 302
    assert list(refused_folder(person).iterdir()) == []
    assert "Not taken in" not in client.get(f"/people/{person.pk}/").content.decode()


def test_a_copy_of_a_known_film_is_told_and_kept(anna: Anna, clock: Clock, tmp_path: Path) -> None:
    content = make_kind(tmp_path, "h264.mp4").read_bytes()
    for name in ("first.mp4", "second.mp4"):
        (inbox_of(anna[2]) / name).write_bytes(content)
    clock.after(0)
    assert clock.after(6) == 2
    assert Recording.objects.count() == 1
    (refused,) = refused_of(anna[2])
    assert refused.name == "second.mp4"
    assert "in the casebook already" in refused.why
    assert (refused_folder(anna[2]) / "second.mp4").read_bytes() == content


def test_two_refused_files_of_one_name_are_both_kept(anna: Anna, clock: Clock) -> None:
    for content in ("one", "two"):
        (inbox_of(anna[2]) / "x.mp4").write_text(content)
        clock.after(0)
        clock.after(6)
    assert {path.read_text() for path in refused_folder(anna[2]).glob("*.mp4")} == {"one", "two"}


def test_without_room_a_film_stays_and_is_tried_again(
    anna: Anna, clock: Clock, casebook: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_kind(inbox_of(anna[2]), "h264.mp4")
    monkeypatch.setattr(uploads, "_SPARE_BYTES", 10**18)
    clock.after(0)
    assert clock.after(6) == 0
    assert path.exists()
    assert left_over(casebook) == []
    monkeypatch.undo()
    assert clock.after(30) == 0
    assert clock.after(60) == 1
    assert Recording.objects.count() == 1


@pytest.mark.usefixtures("clock")
def test_a_program_that_ends_leaves_the_film_where_it_is(anna: Anna, casebook: Place) -> None:
    path = make_kind(inbox_of(anna[2]), "h264.mp4")
    with pytest.raises(Changed):
        take_file(anna[0], anna[2], path, lambda: True)
    assert path.exists()
    assert left_over(casebook) == []
    assert Upload.objects.count() == 0


def test_the_watcher_looks_by_itself_while_it_is_used(anna: Anna, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watching, "_LOOK_S", 0.05)
    monkeypatch.setattr(watching, "_STILL_S", 0.1)
    with Watching():
        until(inbox_of(anna[2]).is_dir)
        make_kind(inbox_of(anna[2]), "h264.mp4")
        until(Recording.objects.exists)
    assert list(inbox_of(anna[2]).iterdir()) == []


def test_folders_of_people_differ_and_loose_films_are_taken_for_the_only_one(
    anna: Anna, clock: Clock, casebook: Place
) -> None:
    make_kind(casebook.inbox, "h264.mp4")
    clock.after(0)
    assert clock.after(6) == 1
    assert Recording.objects.get().person == anna[2]
    others = [add_person(anna[0], name) for name in ("Anna", "refused", "../x", "CON")]
    places = [inbox_of(person) for person in (anna[2], *others)]
    assert len({str(path).casefold() for path in places}) == 5
    assert {path.parent for path in places} == {casebook.inbox}
    assert casebook.inbox / "refused" not in places
    (casebook.inbox / "whose.mp4").write_text("x")
    clock.after(0)
    assert clock.after(6) == 0
    assert (casebook.inbox / "whose.mp4").exists()
