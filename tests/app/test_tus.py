"""The upload protocol tus 1.0: what it promises to whoever sends a film."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha1, sha256
from pathlib import Path

import pytest

from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.store import film_reader
from facialis.app.recordings.uploads import _TAKING
from tests.app.test_recordings import Anna, announce, ask, patch, standing
from tests.film.media import make_kind


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small film of nobody."""
    return make_kind(tmp_path_factory.mktemp("film"), "h264.mp4").read_bytes()


def checksum(piece: bytes, name: str = "sha256") -> dict[str, str]:
    digest = {"sha1": sha1, "sha256": sha256}.get(name, sha256)(piece).digest()
    return {"Upload-Checksum": f"{name} {b64encode(digest).decode()}"}


def test_what_is_spoken_is_said(anna: Anna) -> None:
    answer = anna[1].options(f"/people/{anna[2].pk}/uploads/")
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert answer.headers["Tus-Extension"] == "creation,creation-defer-length,checksum,termination"
    assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
    assert anna[1].options(announce(anna, 9)).status_code == 204


def test_another_version_is_not_understood(anna: Anna) -> None:
    url = announce(anna, 9)
    assert anna[1].head(url, headers={"Tus-Resumable": "0.2.2"}).status_code == 412
    assert anna[1].post(f"/people/{anna[2].pk}/uploads/").status_code == 412


@pytest.mark.parametrize("size", [None, "9"])
def test_how_long_a_film_is_stands_beside_how_much_is_here(anna: Anna, size: str | None) -> None:
    url = ask(anna, size).headers["Location"]
    answer = standing(anna, url)
    length = answer.headers.get("Upload-Length"), answer.headers.get("Upload-Defer-Length")
    assert length == ((None, "1") if size is None else ("9", None))
    assert (answer.headers["Upload-Offset"], answer.headers["Cache-Control"]) == ("0", "no-store")


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Length": "nine"},
        {"Upload-Length": "-1"},
        {"Upload-Defer-Length": "2"},
        {"Upload-Length": "9", "Upload-Metadata": "day %%%"},
        {"Upload-Length": "9", "Upload-Metadata": "x" * 20_000},
    ],
)
def test_what_is_not_the_protocol_is_refused(anna: Anna, headers: dict[str, str]) -> None:
    said = {"Tus-Resumable": "1.0.0", **headers}
    assert anna[1].post(f"/people/{anna[2].pk}/uploads/", headers=said).status_code == 400
    assert Upload.objects.count() == 0


def test_a_film_that_is_still_being_made_ends_when_its_length_is_said(anna: Anna, film: bytes) -> None:
    url = announce(anna, None, alone="yes")
    for start in range(0, len(film), 2000):
        assert patch(anna, url, film[start : start + 2000], start).status_code == 204
    assert Recording.objects.count() == 0
    answer = patch(anna, url, b"", len(film), **{"Upload-Length": str(len(film))})
    made = Recording.objects.get()
    assert (answer.status_code, answer.headers["Casebook-Next"]) == (204, f"/recordings/{made.pk}/")
    with film_reader(made) as kept:
        assert kept.read() == film
    assert (made.size_bytes, made.alone) == (len(film), "yes")


def test_a_length_is_said_once(anna: Anna, film: bytes) -> None:
    url = announce(anna, None)
    assert patch(anna, url, film[:100], **{"Upload-Length": "1000"}).status_code == 204
    assert patch(anna, url, film[100:200], 100, **{"Upload-Length": "2000"}).status_code == 422


def test_whoever_missed_the_last_answer_is_led_to_the_recording(anna: Anna, film: bytes) -> None:
    url = announce(anna, len(film))
    led = patch(anna, url, film).headers["Casebook-Next"]
    for answer in (standing(anna, url), patch(anna, url, film[-10:], len(film) - 10)):
        assert (answer.headers["Casebook-Next"], answer.headers["Upload-Offset"]) == (led, str(len(film)))
    assert Recording.objects.count() == 1


@pytest.mark.parametrize("name", ["sha1", "sha256"])
def test_a_damaged_piece_leaves_nothing_and_may_come_again(anna: Anna, film: bytes, name: str) -> None:
    url = announce(anna, len(film))
    good = checksum(film[:500], name)
    assert patch(anna, url, film[:499] + b"?", **good).status_code == 460
    assert standing(anna, url).headers["Upload-Offset"] == "0"
    assert patch(anna, url, film[:500], **good).headers["Upload-Offset"] == "500"


def test_a_checksum_that_is_not_known_is_refused(anna: Anna) -> None:
    url = announce(anna, 9)
    for said in ("md4 AAAA", "sha256 ???", "sha256"):
        assert patch(anna, url, b"123", **{"Upload-Checksum": said}).status_code in (400, 460), said
    assert standing(anna, url).headers["Upload-Offset"] == "0"


def test_two_pieces_at_once_are_not_mixed(anna: Anna, film: bytes) -> None:
    url = announce(anna, len(film))
    token = Upload.objects.get().token
    _TAKING.add(token)
    try:
        assert patch(anna, url, film[:100]).status_code == 423
    finally:
        _TAKING.discard(token)
    assert patch(anna, url, film[:100]).status_code == 204


def test_a_piece_says_that_it_is_one(anna: Anna) -> None:
    url = announce(anna, 9)
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    assert anna[1].patch(url, b"x", content_type="application/octet-stream", headers=headers).status_code == 415


def test_what_was_given_up_is_gone(anna: Anna, film: bytes) -> None:
    url = announce(anna, None)
    patch(anna, url, film[:100])
    path: Path = Upload.objects.get().path
    assert anna[1].delete(url, headers={"Tus-Resumable": "1.0.0"}).status_code == 204
    assert not path.exists()
    assert standing(anna, url).status_code == 404
