"""The access matrix: every address with GET and POST, as each of seven who may ask, from the table of addresses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facialis.app import urls
from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.people.models import Person
from facialis.app.sharing.access import NOUNS, may
from facialis.app.sharing.models import SCOPE_KEYS, Share
from facialis.app.sharing.scopes import SCOPES, WRITES
from facialis.app.urls import urlpatterns
from tests.app.house import LogIn
from tests.app.test_access import NOBODYS, OPEN, SOMEBODYS, refused, things  # noqa: F401 - a fixture

Anna = tuple[Account, Client, Person]
Things = dict[str, list[Any]]
# What is about no person: whose it is, its view asks for itself.
NOT_OF_A_PERSON = (
    *("account", "accounts", "bin", "shares", "offers", "issued", "receive", "received", "ratings", "rating", "rate"),
)
# Nothing of the kind is there for these, or it takes more than an empty form.
NOTHING_THERE = {"copy", "copy_progress", "times", "signals", "clip", "loops", "loop", "api_session"}


def share(person: Person, clinician: Account, *scopes: str, **more: Any) -> Share:
    """Something that is shared."""
    chosen = {key: key in scopes for key in SCOPE_KEYS}
    return Share.objects.create(owner=person.owner, person=person, clinician=clinician, **chosen, **more)


def asked(client: Client, name: str, things: Things, method: str) -> int:  # noqa: F811
    """The status of an answer."""
    answer = getattr(client, method)(reverse(name, args=things[SOMEBODYS[name][1]]))
    if answer.streaming:
        list(answer)
    return int(answer.status_code)


@pytest.fixture(autouse=True)
def bare_refusals(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused is refused without a page: there are a thousand refusals here."""
    monkeypatch.setattr(urls, "handler404", lambda *_, **__: HttpResponse(status=404), raising=False)


@pytest.fixture
def actors(anna: Anna, log_in: LogIn) -> dict[str, Client]:
    """Those who may not see anything of anna's, though some could once, or could see somebody else's."""
    person = anna[2]
    found = {name: log_in(name) for name in ("another", "not_sharing", "revoked", "over", "administrator")}
    Account.objects.filter(name="administrator").update(administrator=True)
    Account.objects.filter(name__in=("not_sharing", "revoked", "over")).update(clinician=True)
    theirs = Person.objects.create(owner=found["another"][0], name="Bert")
    share(theirs, found["not_sharing"][0], *SCOPE_KEYS)
    share(person, found["revoked"][0], *SCOPE_KEYS, revoked_at=timezone.now())
    share(person, found["over"][0], *SCOPE_KEYS, ends_at=timezone.now() - timedelta(seconds=1))
    return {name: client for name, (_, client) in found.items()}


def test_each_address_about_a_person_is_behind_the_gate() -> None:
    nouns = {pattern.name: str(pattern.pattern).removeprefix("api/").partition("/")[0] for pattern in urlpatterns}
    for name, (_, kind) in SOMEBODYS.items():
        assert nouns[name] in NOUNS or nouns[name] in NOT_OF_A_PERSON, f"{name}: say in NOUNS whom a {kind} is about"
    assert set(SCOPES) | set(WRITES) <= set(SOMEBODYS), "only what is about somebody can be shared"
    assert set(SCOPES.values()) - {""} == set(SCOPE_KEYS)
    for name in (*SCOPES, *WRITES):
        assert nouns[name] in NOUNS, name
    assert not set(SOMEBODYS) & (set(OPEN) | set(NOBODYS))


def test_nobody_sees_what_is_not_shared_with_them(things: Things, actors: dict[str, Client], client: Client) -> None:  # noqa: F811
    before, looks = Entry.objects.count(), 0
    for name in SOMEBODYS:
        for method in ("get", "post"):
            assert asked(client, name, things, method) == refused(name)[0], name
            for actor, browser in actors.items():
                if actor == "administrator" and SOMEBODYS[name][1] == "account":
                    continue  # adding and removing accounts is what an administrator is for
                looks += 1
                status = asked(browser, name, things, method)
                # An address that takes no GET says so to everybody, whether anything is there or not.
                assert status == 404 or (status == 405 and method != SOMEBODYS[name][0]), (actor, name, method, status)
    assert (Entry.objects.count(), looks) == (before, 2 * (5 * len(SOMEBODYS) - 2))


@pytest.mark.parametrize("scope", SCOPE_KEYS)
def test_a_clinician_sees_what_is_shared_and_changes_nothing(
    scope: str,
    things: Things,  # noqa: F811
    anna: Anna,
    log_in: LogIn,
) -> None:
    person = anna[2]
    clinician, browser = log_in("clinician")
    share(person, clinician, scope)
    for name in SOMEBODYS:
        open_to_them = SCOPES.get(name) in ("", scope)
        status, line = asked(browser, name, things, "get"), Entry.objects.latest("pk")
        if open_to_them and name not in NOTHING_THERE:
            assert status in (200, 204, 302), (name, status)
        else:
            assert status in (404, 405), (name, status)
        if status == 200 and SOMEBODYS[name][1] != "account":
            assert (line.owner, line.person, line.data_of) == (clinician, person.pk, anna[0].pk), name
        if WRITES.get(name) not in ("", scope):
            assert asked(browser, name, things, "post") in (404, 405), name
    assert may(clinician, person, scope)
    assert not may(clinician, person, scope, write=True)
    assert not any(may(clinician, person, other) for other in SCOPE_KEYS if other != scope)
    Share.objects.update(revoked_at=timezone.now())
    assert not may(clinician, person, scope)
    assert {asked(browser, name, things, "get") for name in SCOPES} == {404}
