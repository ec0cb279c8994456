"""From my phone: one film by one link, for ten minutes, and nothing else by this way."""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from http.client import HTTPResponse
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.people.models import Person
from facialis.app.phone.addresses import CHOSEN, lan_addresses
from facialis.app.phone.answers import Answers
from facialis.app.phone.deeds import find_link, make_link
from facialis.app.phone.door import DOOR, Listener
from facialis.app.phone.models import LASTS, PhoneLink
from facialis.app.place import Place
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.store import film_reader
from facialis.app.recordings.uploads import MOST_BYTES
from tests.film.media import make_kind

Anna = tuple[Account, Client, Person]
TOLD = {"day": "2026-05-01", "filmed": "caught", "camera": "front", "mirrored": "yes", "as_filmed": "no"}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small film of nobody."""
    return make_kind(tmp_path_factory.mktemp("film"), "h264.mp4").read_bytes()


class Phone:
    """A phone with a link. Its requests go through a pair of sockets, as no test may use a network."""

    def __init__(self, listener: Listener, secret: str) -> None:
        self.listener, self.secret = listener, secret

    def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None, *, cut: bool = False
    ) -> tuple[int, dict[str, str], bytes]:
        """Send one request; ``cut``: hang up in the middle of it."""
        ours, theirs = socket.socketpair()
        sent = {"Host": self.listener.host, "Content-Length": str(len(body)), "Connection": "close"} | (headers or {})
        head = "".join(f"{name}: {value}\r\n" for name, value in sent.items() if value)
        thread = threading.Thread(target=self._answer, args=(theirs,))
        thread.start()
        with ours:
            ours.sendall(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode())
            if cut:
                ours.sendall(body[: len(body) // 2])
                ours.close()
                thread.join(30)
                return 0, {}, b""
            with suppress(ConnectionError):
                ours.sendall(body)
            answer = HTTPResponse(ours, method=method)
            answer.begin()
            found = answer.status, dict(answer.getheaders()), answer.read()
        thread.join(30)
        return found

    def _answer(self, theirs: socket.socket) -> None:
        with theirs, suppress(ConnectionError):
            Answers(theirs, ("phone", 0), self.listener)

    def at(self, method: str, name: str = "", body: bytes = b"", **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Ask for something of the own link."""
        named = {key.replace("_", "-"): value for key, value in headers.items()}
        return self.ask(method, f"/{self.secret}/{name}", body, named)

    def announce(self, size: int, **more: str) -> tuple[int, dict[str, str], bytes]:
        """Announce a film."""
        told = TOLD | {"shown_name": "monday.mp4", "size_bytes": str(size)} | more
        return self.at("POST", "film", urlencode(told).encode())

    def piece(self, content: bytes, offset: int = 0) -> tuple[int, dict[str, str], bytes]:
        """Send a piece."""
        return self.at("PATCH", "film", content, Upload_Offset=str(offset))

    def form(self, film: bytes | None, **more: str) -> bytes:
        """A form of several parts, boundary ``XX``."""
        parts = [
            f'--XX\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
            for name, value in (TOLD | more).items()
        ]
        if film is not None:
            head = b'--XX\r\nContent-Disposition: form-data; name="file"; filename="monday.mp4"\r\n\r\n'
            parts.append(head + film + b"\r\n")
        return b"".join(parts) + b"--XX--\r\n"

    def whole(self, film: bytes | None, **more: str) -> tuple[int, dict[str, str], bytes]:
        """Send a form with the film in it."""
        return self.at("POST", "", self.form(film, **more), Content_Type="multipart/form-data; boundary=XX")


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A second listener that is bound, but to which nobody connects."""
    made = Listener("127.0.0.1", 0)
    yield made
    made.server_close()


@pytest.fixture
def phone(anna: Anna, listener: Listener) -> Phone:
    """A phone with an open link of anna's."""
    return Phone(listener, make_link(anna[0], anna[2])[1])


def left_over(place: Place) -> list[Path]:
    return [path for folder in (place.incoming, place.recordings, place.temporary) for path in folder.rglob("*")]


def content_of(recording: Recording) -> bytes:
    with film_reader(recording) as file:
        return file.read()


def deeds() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("deed", flat=True))


def test_a_film_comes_in_by_pieces_and_the_link_is_used_up(phone: Phone, film: bytes) -> None:
    status, headers, _ = phone.announce(len(film))
    assert (status, headers["Upload-Offset"]) == (201, "0")
    assert phone.piece(film[:1000])[1]["Upload-Offset"] == "1000"
    assert phone.at("HEAD", "film")[1]["Upload-Offset"] == "1000"
    assert phone.piece(film[:1000])[0] == 409  # once more, as after an answer that was lost
    assert phone.announce(len(film))[1]["Upload-Offset"] == "1000"  # the page was opened again
    status, _, said = phone.piece(film[1000:], 1000)
    assert (status, said) == (201, b'{"message": "The film has arrived."}')
    made = Recording.objects.get()
    assert content_of(made) == film
    assert (str(made.day), made.filmed, made.mirrored, made.as_filmed) == ("2026-05-01", "caught", True, "no")
    assert PhoneLink.objects.get().state == PhoneLink.State.USED
    assert deeds()[-2:] == ["recording_added", "phone_link_used"]
    assert phone.piece(film[1000:], 1000)[0] == 201  # the answer to the last piece was lost
    assert phone.announce(9, shown_name="another.mp4")[0] == 201
    assert (Recording.objects.count(), Upload.objects.count()) == (1, 0)
    PhoneLink.objects.update(until=timezone.now())
    assert phone.at("GET")[0] == 404


def test_another_film_takes_the_place_of_one_that_is_on_its_way(phone: Phone, casebook: Place, film: bytes) -> None:
    phone.announce(5000)
    phone.piece(bytes(1000))
    assert phone.announce(len(film), shown_name="another.mp4")[1]["Upload-Offset"] == "0"
    assert left_over(casebook) == []
    assert Upload.objects.count() == 1


def test_a_film_comes_whole_where_no_script_runs(phone: Phone, film: bytes) -> None:
    status, _, page = phone.whole(film)
    assert status == 201
    assert b"The film has arrived." in page
    made = Recording.objects.get()
    assert content_of(made) == film
    assert (str(made.day), made.filmed, made.mirrored, made.as_filmed) == ("2026-05-01", "caught", True, "no")
    assert (made.size_bytes, made.shown_name) == (len(film), "monday.mp4")


@pytest.mark.parametrize(
    ("content", "more", "said"),
    [
        (b"<!DOCTYPE html><script>alert(1)</script>" * 50, {}, "no video that can be read"),
        (None, {}, "Please choose a film"),
        (b"", {}, "Please choose a film"),
        (b"x", {"day": "2999-01-01"}, "has not come yet"),
        (b"x", {"mirrored": ""}, "left and right are swapped"),
    ],
)
def test_a_form_that_is_refused_leaves_nothing_and_may_be_sent_again(
    phone: Phone, casebook: Place, content: bytes | None, more: dict[str, str], said: str
) -> None:
    status, _, page = phone.whole(content, **more)
    assert status in (415, 422)
    assert said in page.decode()
    assert left_over(casebook) == []
    assert (Upload.objects.count(), Recording.objects.count()) == (0, 0)
    assert phone.announce(100)[0] == 201


def test_a_form_that_breaks_off_leaves_nothing(phone: Phone, casebook: Place, film: bytes) -> None:
    kind = {"Content-Type": "multipart/form-data; boundary=XX"}
    phone.ask("POST", f"/{phone.secret}/", phone.form(film * 50), kind, cut=True)
    assert left_over(casebook) == []
    assert Upload.objects.count() == 0
    assert phone.at("POST", "", b"no form at all", Content_Type="multipart/form-data; boundary=XX")[0] in (400, 422)
    assert phone.at("POST", "", b"a=b", Content_Type="text/plain")[0] == 400


def test_what_is_no_film_is_refused_with_a_sentence(phone: Phone, casebook: Place) -> None:
    phone.announce(700)
    status, _, said = phone.piece(b"no film" * 100)
    assert status == 415
    assert b"no video that can be read" in said
    assert left_over(casebook) == []
    assert "no video that can be read" in PhoneLink.objects.get().refused
    assert phone.announce(700)[0] == 201


@pytest.mark.parametrize(
    "told", [{"size_bytes": "0"}, {"size_bytes": str(MOST_BYTES + 1)}, {"size_bytes": ""}, {"camera": "side"}]
)
def test_what_cannot_be_is_refused_before_anything_is_sent(phone: Phone, casebook: Place, told: dict[str, str]) -> None:
    status, _, said = phone.announce(9, **told)
    assert status == 422
    assert len(said) > 20
    assert left_over(casebook) == []
    assert phone.piece(b"x")[0] == 422


ELSEWHERE: tuple[str, ...] = (
    "",
    "/",
    "/login/",
    "/static/casebook.css",
    "/people/1/",
    "/{secret}/x",
    "/{secret}/film/",
)
ELSEWHERE += ("/{secret}/../", "/{secret}//", "/{secret}x/", "/%00/", "http://a/{secret}/")


def test_nothing_else_is_there(phone: Phone) -> None:
    for path in ELSEWHERE:
        for method in ("GET", "POST", "PATCH"):
            status, headers, body = phone.ask(method, path.format(secret=phone.secret) or "x")
            assert (status, body) == (404, b""), (method, path)
            assert headers["Cache-Control"] == "no-store"
    for method, known in (("PUT", 501), ("DELETE", 501), ("OPTIONS", 501), ("GET", 404)):
        assert phone.at(method, "film")[0] == known
    assert phone.at("GET", "", Host="evil.example")[0] == 404
    status, headers, _ = phone.ask("GET", f"/{phone.secret}")  # typed by hand
    assert (status, headers["Location"]) == (302, f"/{phone.secret}/")


def test_what_is_too_much_is_refused_unread(phone: Phone, casebook: Place) -> None:
    phone.announce(9)
    assert phone.at("PATCH", "film", b"", Content_Length=str(9_000_000))[0] == 413
    assert phone.at("POST", "film", b"", Content_Length="30000")[0] == 413
    assert phone.at("POST", "", b"", Content_Length=str(2 * MOST_BYTES))[0] == 413
    assert phone.at("PATCH", "film", b"", Content_Length="-5")[0] == 411
    assert phone.at("PATCH", "film", b"", Content_Length="", Transfer_Encoding="chunked")[0] == 411
    assert phone.at("GET", "x" * 70_000)[0] == 414
    assert left_over(casebook) == []


def test_more_than_any_phone_asks_is_put_off(phone: Phone) -> None:
    assert phone.ask("GET", "/guess/")[0] == 404
    calm = [phone.listener.is_calm() for _ in range(1000)]  # at once, so that hardly any is added meanwhile
    assert all(calm[:70])
    assert not all(calm)
    phone.listener._at_s += 60.0  # for a minute nothing is added
    assert phone.at("GET")[0] == 429
    phone.listener._at_s -= 120.0
    assert phone.at("GET")[0] == 200


def test_the_page_says_what_it_must_and_nothing_of_the_person(phone: Phone) -> None:
    status, headers, page = phone.at("GET", "", Accept_Language="fr;q=0.9, de-AT;q=0.8, en;q=0.7")
    text = page.decode()
    assert status == 200
    assert '<html lang="de">' in text
    assert "nicht verschlüsselt" in text
    assert "Anna" not in text
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert not {"Set-Cookie", "Access-Control-Allow-Origin"} & set(headers)
    assert re.search(r"<style|style=|<script>|\son\w+=", text) is None
    assert re.search(r'(?:src|href|action)="(?!data:|\./"|phone|casebook)', text) is None
    assert "not encrypted" in phone.at("GET", "")[2].decode()
    for name in ("casebook.css", "phone.css"):
        assert phone.at("GET", name)[0] == 200
    assert PhoneLink.objects.get().opened


def test_the_secret_is_kept_nowhere(anna: Anna, casebook: Place) -> None:
    link, secret = make_link(anna[0], anna[2])
    connection.close()
    kept = b"".join(path.read_bytes() for path in casebook.root.rglob("*") if path.is_file())
    assert secret.encode() not in kept
    assert link.secret_sha256.encode() in kept
    assert find_link(secret) == link
    assert find_link(secret[:-1]) is None


def test_a_link_ends_by_itself(anna: Anna, phone: Phone, casebook: Place) -> None:
    assert timedelta(minutes=9) < PhoneLink.objects.get().until - timezone.now() <= LASTS
    phone.announce(100)
    phone.piece(b"x")
    PhoneLink.objects.update(until=timezone.now())
    assert phone.at("GET")[0] == 404
    assert phone.piece(b"x", 1)[0] == 404
    assert left_over(casebook) != []
    make_link(anna[0], anna[2])  # whatever of it is left goes at the latest with the next one
    assert left_over(casebook) == []


@pytest.fixture
def door(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The door opens at the loopback address, and is shut afterwards."""
    monkeypatch.setenv(CHOSEN, "127.0.0.1")
    yield
    DOOR.shut()


@pytest.mark.usefixtures("door")
def test_the_desk_opens_shows_and_takes_back_a_link(anna: Anna) -> None:
    _, client, person = anna
    base = f"/people/{person.pk}/phone/"
    assert client.get(base + "code.svg").status_code == 404
    assert client.post(base).status_code == 302
    page = client.get(base).content.decode()
    address = re.search(r"http://127\.0\.0\.1:\d+/[\w-]{32}/", page)
    assert address is not None
    assert "Waiting for your phone" in page
    code = client.get(base + "code.svg")
    assert (code.headers["Content-Type"], code.content[:4]) == ("image/svg+xml", b"<svg")
    assert "HX-Refresh" not in client.get(base + "state/").headers
    assert client.post(base + "revoke/").status_code == 302
    assert "was taken back" in client.get(base).content.decode()
    assert client.get(base + "state/").headers["HX-Refresh"] == "true"
    assert find_link(address.group().split("/")[-2]) is None
    assert deeds()[-2:] == ["phone_link_made", "phone_link_revoked"]


@pytest.mark.usefixtures("door")
def test_the_desk_shows_how_far_the_film_is_and_then_leads_to_it(anna: Anna, listener: Listener, film: bytes) -> None:
    _, client, person = anna
    base = f"/people/{person.pk}/phone/"
    client.post(base)
    link = PhoneLink.objects.get()
    phone = Phone(listener, DOOR.url(link).split("/")[-2])
    phone.at("GET")
    assert "Your phone has opened the page" in client.get(base + "state/").content.decode()
    phone.announce(len(film))
    phone.piece(film[: (len(film) + 1) // 2])
    assert "The film is coming in: 50 %." in client.get(base + "state/").content.decode()
    phone.piece(film[(len(film) + 1) // 2 :], (len(film) + 1) // 2)
    made = Recording.objects.get()
    assert client.get(base + "state/").headers["HX-Redirect"] == f"/recordings/{made.pk}/"


@pytest.mark.usefixtures("door")
def test_the_door_closes_when_its_last_link_has_ended(anna: Anna) -> None:
    _, client, person = anna
    client.post(f"/people/{person.pk}/phone/")
    thread = DOOR._thread
    assert thread is not None
    assert thread.is_alive()
    PhoneLink.objects.update(until=timezone.now())
    thread.join(10)
    assert not thread.is_alive()
    assert deeds()[-1] == "phone_link_expired"
    assert "time of the link is over" in client.get(f"/people/{person.pk}/phone/").content.decode()


def test_without_a_network_the_page_says_what_to_do(anna: Anna, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOSEN, "203.0.113.7")  # of documentation, RFC 5737: no computer has it
    answer = anna[1].post(f"/people/{anna[2].pk}/phone/")
    assert answer.status_code == 422
    assert "by cable" in answer.content.decode()
    assert PhoneLink.objects.get().state == PhoneLink.State.REVOKED


def test_addresses_are_those_of_local_networks() -> None:
    found = [ipaddress.ip_address(address) for address in lan_addresses()]
    assert all(address.is_private and not address.is_loopback for address in found)
