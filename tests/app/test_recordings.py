"""A film comes in by pieces, is kept or refused, is played in parts, and goes without a trace."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.jobs.models import Job
from facialis.app.people.models import Person
from facialis.app.place import Place
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.store import film_reader, forget_strays
from facialis.app.recordings.uploads import MOST_BYTES, forget_old
from tests.film.media import make_kind

Anna = tuple[Account, Client, Person]
TOLD = {"day": "2026-05-01", "filmed": "planned", "shown_name": "monday.mp4"}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small film of nobody."""
    return make_kind(tmp_path_factory.mktemp("film"), "h264.mp4").read_bytes()


def ask(anna: Anna, size: str | None, **more: str) -> Any:
    """Announce a film by tus 1.0; ``size`` None: it is said later."""
    _, client, person = anna
    pairs = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in (TOLD | more).items())
    length = {"Upload-Defer-Length": "1"} if size is None else {"Upload-Length": size}
    headers = {"Tus-Resumable": "1.0.0", "Upload-Metadata": pairs, **length}
    return client.post(f"/people/{person.pk}/uploads/", headers=headers)


def announce(anna: Anna, size: int | None, **more: str) -> str:
    answer = ask(anna, None if size is None else str(size), **more)
    assert answer.status_code == 201, answer.content
    return str(answer.headers["Location"])


def patch(anna: Anna, url: str, piece: bytes, offset: object = 0, **headers: str) -> Any:
    kind = "application/offset+octet-stream"
    said = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), "Content-Type": kind, **headers}
    return anna[1].patch(url, piece, content_type=kind, headers=said)


def send(anna: Anna, url: str, piece: bytes, offset: int = 0) -> tuple[int, str]:
    """Status, and where it goes on: the next offset, the page of the recording, or what was wrong."""
    answer = patch(anna, url, piece, offset)
    further = answer.headers.get("Casebook-Next") or answer.headers.get("Upload-Offset")
    return answer.status_code, further or answer.content.decode()


def standing(anna: Anna, url: str) -> Any:
    return anna[1].head(url, headers={"Tus-Resumable": "1.0.0"})


def left_over(place: Place) -> list[Path]:
    return [path for folder in (place.incoming, place.recordings) for path in folder.rglob("*")]


def test_a_film_comes_in_by_pieces_and_waits_to_be_measured(anna: Anna, film: bytes) -> None:
    url = announce(anna, len(film))
    assert send(anna, url, film[:1000]) == (204, "1000")
    assert standing(anna, url).headers["Upload-Offset"] == "1000"
    assert send(anna, url, film[:1000])[0] == 409  # the same piece again, as after an answer that was lost
    status, said = send(anna, url, film[1000:], 1000)
    recording = Recording.objects.get()
    assert (status, said) == (204, f"/recordings/{recording.pk}/")
    with film_reader(recording) as kept:
        assert kept.read() == film
    assert film[:64] not in recording.film.read_bytes()
    assert (recording.container, recording.shown_name, str(recording.day)) == ("mov", "monday.mp4", "2026-05-01")
    assert Job.objects.get().state == Job.State.WAITING
    assert Upload.objects.count() == 0
    assert "It waits for its turn" in anna[1].get(f"/recordings/{recording.pk}/").content.decode()


HOSTILE = {
    "text": b"no film at all" * 100,
    "html": b"<!DOCTYPE html><script>alert(1)</script>" * 50,
    "playlist": b"#EXTM3U\nfile:///etc/passwd\n",
    "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "zip": b"PK\x03\x04" + bytes(1000),
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(1000),
    "cut": b"\x00\x00\x00\x20ftypisom" + bytes(500),
}


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *((kind, "film.mp4") for kind in HOSTILE),
        *(("text", name) for name in ("../../x.mp4", "a\u202e4pm.mp4", "CON", "n" * 4000)),
    ],
)
def test_what_is_no_film_is_refused_whatever_it_is_called(anna: Anna, casebook: Place, kind: str, name: str) -> None:
    body = HOSTILE[kind]
    url = announce(anna, len(body), shown_name=name)
    status, said = send(anna, url, body)
    assert status in (415, 422)
    assert '"message": "' in said
    assert left_over(casebook) == []
    assert (Upload.objects.count(), Recording.objects.count()) == (0, 0)
    assert standing(anna, url).status_code == 404


def test_the_same_film_is_taken_once(anna: Anna, film: bytes) -> None:
    send(anna, announce(anna, len(film)), film)
    status, said = send(anna, announce(anna, len(film), day="2026-05-08"), film)
    assert status == 422
    assert "in the casebook already" in said
    assert Recording.objects.count() == 1


@pytest.mark.parametrize(
    ("size", "told"), [("0", {}), (str(MOST_BYTES + 1), {}), ("9", {"day": "2999-01-01"}), ("9", {"alone": "perhaps"})]
)
def test_what_cannot_be_is_refused_before_anything_is_sent(
    anna: Anna, casebook: Place, size: str, told: dict[str, str]
) -> None:
    answer = ask(anna, size, **told)
    assert answer.status_code == 422
    assert answer.json()["message"]
    assert left_over(casebook) == []


def test_more_than_was_announced_is_refused(anna: Anna, casebook: Place, film: bytes) -> None:
    assert send(anna, announce(anna, 100), film)[0] == 422
    assert left_over(casebook) == []


@pytest.mark.parametrize("offset", ["", "-1", "1e3", "٣", "9" * 30])
def test_an_offset_that_is_no_number_is_refused(anna: Anna, film: bytes, offset: str) -> None:
    url = announce(anna, len(film))
    assert patch(anna, url, b"x", offset).status_code == 409


def test_an_upload_can_be_given_up_and_is_forgotten_when_old(anna: Anna, casebook: Place, film: bytes) -> None:
    first, second = announce(anna, len(film)), announce(anna, len(film))
    for url in (first, second):
        send(anna, url, film[:100])
    assert anna[1].delete(first, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert {path.name.split(".")[0] for path in left_over(casebook)} == {second.split("/")[2]}
    Upload.objects.update(made_at="2026-01-01T00:00:00Z")
    (casebook.incoming / "stray").write_bytes(b"x")
    forget_old()
    assert left_over(casebook) == []


RANGES = {
    "": (200, 0, None),
    "bytes=0-": (206, 0, None),
    "bytes=10-19": (206, 10, 20),
    "bytes=10-99999999": (206, 10, None),
    "bytes=-5": (206, -5, None),
    "bytes=-": (200, 0, None),
    "bytes=1-2,4-5": (200, 0, None),
    "frames=1-2": (200, 0, None),
}


def test_a_player_gets_the_part_it_asks_for(anna: Anna, film: bytes) -> None:
    send(anna, announce(anna, len(film)), film)
    url = f"/recordings/{Recording.objects.get().pk}/film/"
    for asked, (status, first, last) in RANGES.items():
        answer = anna[1].get(url, headers={"range": asked} if asked else {})
        body = b"".join(answer)
        answer.close()
        assert (answer.status_code, body) == (status, film[first:last]), asked
        assert int(answer.headers["Content-Length"]) == len(body)
        assert answer.headers["Content-Type"] == "video/mp4"
    for asked in (f"bytes={len(film)}-", "bytes=9-3", "bytes=-0"):
        answer = anna[1].get(url, headers={"range": asked})
        assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(film)}"), asked
    old = anna[1].get(url, headers={"range": "bytes=1-2", "if-range": '"another"'})
    assert old.status_code == 200
    old.close()
    assert anna[1].head(url).headers["Content-Length"] == str(len(film))


def test_a_deleted_recording_leaves_nothing(anna: Anna, casebook: Place, film: bytes) -> None:
    send(anna, announce(anna, len(film)), film)
    url = f"/recordings/{Recording.objects.get().pk}/delete/"
    assert "Nobody can bring it back" in anna[1].get(url).content.decode()
    assert anna[1].post(url, {"how": "now"}).status_code == 302
    assert left_over(casebook) == []
    assert Job.objects.count() == 0


def test_a_deleted_person_leaves_nothing(anna: Anna, casebook: Place, film: bytes) -> None:
    _, client, person = anna
    client.post(f"/people/{person.pk}/diary/", {"day": "2026-05-01", "value_0": "7", "note": "canary-4711"})
    send(anna, announce(anna, len(film)), film)
    assert client.post(f"/people/{person.pk}/delete/", {"how": "now"}).status_code == 302
    assert left_over(casebook) == []
    assert Person.objects.count() == 0


def test_what_has_no_record_is_removed_at_the_start(anna: Anna, casebook: Place, film: bytes) -> None:
    send(anna, announce(anna, len(film)), film)
    (casebook.recordings / "stray").mkdir()
    forget_strays()
    assert [path.name for path in casebook.recordings.iterdir()] == [Recording.objects.get().token]


@pytest.mark.parametrize("name", ["../casebook.sqlite3", "film", "..%2Ffilm", "clips"])
def test_only_files_of_the_result_are_handed_out(anna: Anna, film: bytes, name: str) -> None:
    send(anna, announce(anna, len(film)), film)
    assert anna[1].get(f"/recordings/{Recording.objects.get().pk}/files/{name}").status_code == 404
