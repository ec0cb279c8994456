"""What every answer says to the browser: over all addresses, asked for in every way, found, refused or not there."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from facialis.app.accounts.models import Account
from facialis.app.headers import POLICY
from facialis.app.people.models import Person
from tests.app.test_access import NOBODYS, OPEN, SOMEBODYS, things  # noqa: F401 - a fixture

SAID = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
WAYS = ("options", "post", "get")
NAMED = ("welcome", "demo_door", "demo_sides", "offered", "open_article")  # their addresses hold a word


def held(answer: Any, what: str) -> None:
    said = {name: answer.headers.get(name) for name in SAID}
    assert said == SAID, what
    assert "camera" in answer.headers["Permissions-Policy"], what
    assert "Server" not in answer.headers, what
    assert "Access-Control-Allow-Origin" not in answer.headers, what
    for cookie in (cookie for cookie in answer.cookies.values() if cookie.value):
        assert (cookie["samesite"], bool(cookie["httponly"])) == ("Strict", True), what


@pytest.mark.parametrize("inside", [False, True])
def test_every_address_answers_with_all_headers(
    things: dict[str, list[Any]],  # noqa: F811
    anna: tuple[Account, Client, Person],
    client: Client,
    *,
    inside: bool,
) -> None:
    addresses = {name: reverse(name, args=["nothing"] if name in NAMED else []) for name in (*OPEN, *NOBODYS)}
    addresses |= {name: reverse(name, args=things[kind]) for name, (_, kind) in SOMEBODYS.items()}
    # What ends the session or takes the things away comes last; what is written comes before what is worked out of it.
    last = ("delete_recording", "delete_person", "end_session", "logout", "delete_account")
    asked = [(way, name) for way in WAYS for name in addresses if name not in last]
    for way, name in (*asked, *((way, name) for name in last for way in ("get", "post"))):
        answer = getattr(anna[1] if inside else client, way)(addresses[name])
        held(answer, f"{way} {name}: {answer.status_code}")
        answer.close()


def test_what_is_not_there_or_not_allowed_has_them_too(anna: tuple[Account, Client, Person]) -> None:
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    held(strict.post("/login/", {}), "a form from elsewhere")
    for address in (
        "/nothing/",
        "/people/99/",
        "/static/../secret.key",
        "/people/1/library/none/",
        "/%00",
        "/uploads/x/",
    ):
        held(anna[1].get(address), address)
    held(strict.get("/login/", headers={"host": "elsewhere.example"}), "another name")
    held(strict.get("/login/", headers={"host": "127.0.0.1:8321"}), "an address")


def test_the_policy_allows_nothing_unsafe_and_no_frame() -> None:
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
    assert "frame-ancestors 'none'" in POLICY
    assert re.findall(r"https?:|\*", POLICY) == []


def test_only_what_is_the_same_for_everybody_may_be_kept(client: Client) -> None:
    answer = client.get("/static/casebook.css")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    answer.close()
