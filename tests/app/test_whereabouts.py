"""Where a film was taken leaves the casebook with nothing that is handed out, and all else of it does."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import av
import pytest
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.people.models import Person
from facialis.app.phone.pieces import receive
from facialis.app.recordings.deeds import begin_upload
from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import film_reader
from facialis.app.recordings.whereabouts import WithoutPlace, place_spans
from facialis.film.container import demuxer_of
from facialis.film.video import VideoFile
from tests.film.media import make_kind, with_tags

Anna = tuple[Account, Client, Person]
HERE = "+48.1351+011.5820+519.000/"
APPLE = {
    "com.apple.quicktime.make": "Apple",
    "com.apple.quicktime.location.ISO6709": HERE,
    "com.apple.quicktime.creationdate": "2026-05-01T10:00:00+0200",
}


def android(folder: Path) -> Path:
    """A film with the place in its user data, where Android's cameras write it."""
    path = make_kind(folder, "mpeg4.m4v")
    content = path.read_bytes()
    place = len(HERE).to_bytes(2, "big") + b"\x15\xc7" + HERE.encode()
    place = (8 + len(place)).to_bytes(4, "big") + b"\xa9xyz" + place
    place = (8 + len(place)).to_bytes(4, "big") + b"udta" + place
    at = content.rindex(b"moov") - 4
    size = int.from_bytes(content[at : at + 4], "big")
    assert at + size == len(content), "the index is not at the end"
    path.write_bytes(content[:at] + (size + len(place)).to_bytes(4, "big") + content[at + 4 :] + place)
    return path


FILMS: dict[str, Callable[[Path], Path]] = {
    "apple": lambda folder: with_tags(make_kind(folder, "mpeg4.m4v"), {**APPLE}),
    "ffmpeg": lambda folder: make_kind(folder, "mjpeg.mov", tags={"location": HERE}),
    "android": android,
    "matroska": lambda folder: make_kind(folder, "h264.mkv", tags={"LOCATION": HERE, "TITLE": "Monday"}),
    "webm": lambda folder: make_kind(folder, "vp8.webm", tags={"location": HERE}),
}


@pytest.mark.parametrize("kind", FILMS)
def test_the_place_is_blank_and_the_film_the_same(tmp_path: Path, kind: str) -> None:
    path = FILMS[kind](tmp_path)
    content = path.read_bytes()
    assert HERE.encode() in content
    given = WithoutPlace(path.open("rb"), demuxer_of(content[:64]) or "")
    blanked = given.read()
    given.close()
    assert HERE.encode() not in blanked
    assert b"48.13" not in blanked
    assert len(blanked) == len(content)
    assert sum(a != b for a, b in zip(blanked, content, strict=True)) <= len(HERE) + 12
    other = tmp_path / f"blank{path.suffix}"
    other.write_bytes(blanked)
    with VideoFile(other) as film:
        assert sum(1 for _ in film.frames()) == 45
    with av.open(str(path)) as before, av.open(str(other)) as after:
        kept = {key: value for key, value in before.metadata.items() if "location" not in key.lower()}
        assert kept.items() <= after.metadata.items()


def test_any_part_of_it_is_blank(tmp_path: Path) -> None:
    path = FILMS["android"](tmp_path)
    content = path.read_bytes()
    at = content.index(HERE.encode())
    given = WithoutPlace(path.open("rb"), "mov")
    given.seek(at + 5)
    assert given.read(4) == b"    "
    assert given.tell() == at + 9
    given.seek(at - 3)
    assert given.read(6)[3:] == b"   "
    given.close()


@pytest.mark.parametrize("content", [b"", b"\0" * 100, b"\0\0\0\x08moov" * 50, b"\0\0\0\1moov" + b"\xff" * 50])
def test_what_is_broken_has_no_place(content: bytes) -> None:
    assert place_spans(io.BytesIO(content), "mov") == ()
    assert place_spans(io.BytesIO(content), "matroska") == ()
    begun = b"\x12\x54\xc3\x67\x45\xa3\x88LOCATION\x44\x87"  # a tag whose text is cut off
    assert all(first >= len(begun) for first, _ in place_spans(io.BytesIO(begun + content), "matroska"))


def test_what_is_handed_out_has_no_place_and_what_is_kept_has(anna: Anna, tmp_path: Path) -> None:
    account, client, person = anna
    path = FILMS["apple"](tmp_path)
    content = path.read_bytes()
    upload = begin_upload(
        account, person, day=date(2026, 5, 1), shown_name="a", size_bytes=len(content), mirrored=False, filmed="planned"
    )
    made = receive(account, upload, 0, io.BytesIO(content))
    assert isinstance(made, Recording)
    with film_reader(made) as film:
        assert film.read() == content
    answer = client.get(f"/recordings/{made.pk}/film/")
    played = b"".join(answer)
    answer.close()
    with zipfile.ZipFile(io.BytesIO(b"".join(client.get(f"/people/{person.pk}/folder.zip")))) as packed:
        packed_film = packed.read(next(name for name in packed.namelist() if "/films/" in name))
    for given in (played, packed_film):
        assert HERE.encode() not in given
        assert len(given) == len(content)
