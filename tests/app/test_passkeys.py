"""Passkeys: the first run without a password, coming in, and what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from facialis.app.accounts.models import Account, Passkey, RecoveryCode
from tests.app.house import LogIn
from tests.app.softkey import SoftKey


def asked(client: Client, address: str = "/passkey/ask/", **told: str) -> dict[str, Any]:
    answer = client.post(address, told)
    assert answer.status_code == 200
    return dict(json.loads(answer.content))


def enter(client: Client, key: SoftKey) -> bool:
    answer = client.post("/login/", {"passkey": key.answer(asked(client))})
    return answer.status_code == 302


@pytest.fixture
def key(log_in: LogIn) -> SoftKey:
    """A passkey of anna's."""
    _, inside = log_in("anna")
    made = SoftKey()
    answer = made.make(asked(inside, "/passkey/make/"))
    assert inside.post("/account/passkeys/", {"name": "laptop", "passkey": answer}).status_code == 302
    return made


def test_a_casebook_can_be_set_up_by_a_passkey_alone(client: Client) -> None:
    key = SoftKey()
    answer = key.make(asked(client, "/passkey/make/", name="anna"))
    page = client.post("/first-run/", {"name": "anna", "passkey": answer})
    assert (page.status_code, b"Recovery codes" in page.content) == (200, True)
    account = Account.objects.get()
    assert (account.name, account.has_usable_password(), account.administrator) == ("anna", False, True)
    assert RecoveryCode.objects.filter(owner=account).count() == 8
    client.post("/logout/")
    assert client.get("/people/new/").status_code == 302
    assert enter(client, key)
    assert client.get("/people/new/").status_code == 200


def test_a_passkey_opens_the_door_without_a_name(client: Client, key: SoftKey) -> None:
    assert enter(client, key)
    passkey = Passkey.objects.get()
    assert (passkey.name, passkey.count) == ("laptop", key.count)
    assert passkey.used_at is not None


@pytest.mark.parametrize(
    "wrong", [{"origin": "http://elsewhere.example"}, {"sees": False}, {"count": 0}, {"handle": "AAAA"}]
)
def test_a_passkey_that_was_copied_or_asked_elsewhere_opens_nothing(
    client: Client, key: SoftKey, wrong: dict[str, Any]
) -> None:
    for name, value in wrong.items():
        setattr(key, name, value)
    assert not enter(client, key)


def test_an_answer_serves_once_and_a_strange_key_never(client: Client, key: SoftKey) -> None:
    answer = key.answer(asked(client))
    assert client.post("/login/", {"passkey": answer}).status_code == 302
    client.post("/logout/")
    assert client.post("/login/", {"passkey": answer}).status_code == 422
    asked(client)
    assert client.post("/login/", {"passkey": answer}).status_code == 422
    assert not enter(client, SoftKey())
    for nonsense in ("{}", "[]", "x", '{"rawId": 3}', "9" * 30_000):
        asked(client)
        assert client.post("/login/", {"passkey": nonsense}).status_code == 422


def test_a_key_that_does_not_know_its_owner_is_not_taken(log_in: LogIn) -> None:
    _, inside = log_in("anna")
    answer = SoftKey(sees=False).make(asked(inside, "/passkey/make/"))
    assert inside.post("/account/passkeys/", {"passkey": answer}).status_code == 422
    assert not Passkey.objects.exists()


def test_what_was_made_for_one_account_is_not_anothers(log_in: LogIn, client: Client) -> None:
    log_in("bert")
    assert client.post("/passkey/make/").status_code == 404  # nobody who stands at the door gets one
    _, inside = log_in("anna")
    answer = SoftKey().make(asked(inside, "/passkey/make/"))
    other, theirs = log_in("carl")
    asked(theirs, "/passkey/make/")
    assert theirs.post("/account/passkeys/", {"passkey": answer}).status_code == 422
    assert not Passkey.objects.filter(owner=other).exists()


def test_the_last_way_in_is_not_removed(client: Client) -> None:
    first, second = SoftKey(), SoftKey()
    client.post("/first-run/", {"name": "anna", "passkey": first.make(asked(client, "/passkey/make/", name="anna"))})
    pk = Passkey.objects.get().pk
    answer = client.post(f"/account/passkeys/{pk}/remove/")
    assert (answer.status_code, b"only way into your account" in answer.content) == (422, True)
    client.post("/account/passkeys/", {"passkey": second.make(asked(client, "/passkey/make/"))})
    assert client.post(f"/account/passkeys/{pk}/remove/").status_code == 302
    client.post("/logout/")
    assert not enter(client, first)
    assert enter(client, second)
