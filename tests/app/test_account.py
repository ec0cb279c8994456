"""One's own account: password, app, recovery codes, sessions, proving it again, and letting it go; and a household."""

from __future__ import annotations

import re
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from facialis.app.accounts.authenticator import code_at, opened
from facialis.app.accounts.models import Account, Authenticator, Invitation, Passkey, RecoveryCode
from facialis.app.accounts.proof import ASKED_AGAIN, FRESH_S
from facialis.app.audit.trail import check
from facialis.app.people.deeds import add_person
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording
from tests.app.house import LogIn
from tests.app.test_access import NOBODYS, SOMEBODYS

WORDS = "cherry boat lamp"
NEW = {"password": "window river coat", "again": "window river coat"}
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"


def enter(name: str, password: str = WORDS, agent: str = "") -> Client:
    """Another browser in which somebody logs in by the door."""
    client = Client(SERVER_NAME="localhost", HTTP_USER_AGENT=agent)
    client.post("/login/", {"name": name, "password": password})
    return client


def is_in(client: Client) -> bool:
    return bool(client.get("/people/new/").status_code == 200)


def codes_of(client: Client) -> list[str]:
    return re.findall(r"<code data-line>(.*?)</code>", client.post("/account/codes/").content.decode())


def turn_on_app(client: Client, account: Account) -> str:
    """The secret of an app that asks for codes from now on."""
    client.get("/account/app/")
    secret = opened(client.session["authenticator"])
    assert client.post("/account/app/", {"code": "000000"}).status_code == 422
    assert client.post("/account/app/", {"code": code_at(secret, int(time.time()) // 30)}).status_code == 302
    Authenticator.objects.filter(owner=account).update(step=0)  # as if half a minute had gone by
    return secret


def test_a_new_password_leaves_this_session_and_ends_all_others(log_in: LogIn) -> None:
    account, here = log_in("anna")
    there = enter("anna")
    assert is_in(there)
    assert here.post("/account/password/", {"password": "short", "again": "short"}).status_code == 422
    assert here.post("/account/password/", NEW).status_code == 302
    assert (is_in(here), is_in(there), is_in(enter("anna")), is_in(enter("anna", NEW["password"]))) == (
        True,
        False,
        False,
        True,
    )
    account.refresh_from_db()
    assert account.check_password(NEW["password"])


def test_each_session_is_told_with_its_device_and_can_be_ended(log_in: LogIn) -> None:
    _, here = log_in("anna")
    phone, other = enter("anna", agent=PHONE), log_in("bert")[1]
    page = here.get("/account/").content.decode()
    assert "Safari, iPhone" in page
    assert page.count("/end/") == 1
    ref = re.findall(r"/account/sessions/(\w+)/end/", page)[0]
    assert other.post(f"/account/sessions/{ref}/end/").status_code == 404
    assert is_in(phone)
    assert here.post(f"/account/sessions/{ref}/end/").status_code == 302
    assert (is_in(phone), is_in(here)) == (False, True)
    assert here.post(f"/account/sessions/{ref}/end/").status_code == 404


def test_logging_out_ends_the_session_for_whoever_kept_its_cookie(log_in: LogIn) -> None:
    _, client = log_in("anna")
    kept = client.cookies["facialis_session"].value
    client.post("/logout/")
    client.cookies["facialis_session"] = kept
    assert not is_in(client)


def test_the_casebook_locks_itself_after_the_time_that_was_chosen(log_in: LogIn) -> None:
    _, client = log_in("anna")
    assert client.post("/account/settings/", {"idle_min": "7", "language": ""}).status_code == 422
    assert client.post("/account/settings/", {"idle_min": "5", "language": "de"}).status_code == 302
    page = client.get("/account/").content.decode()
    assert 'data-idle-min="5"' in page
    assert "Mein Konto" in page
    session = client.session
    session["seen_s"] = time.time() - 4 * 60
    session.save()
    assert client.post("/account/here/").status_code == 204
    assert client.session["seen_s"] > time.time() - 60
    session = client.session
    session["seen_s"] = time.time() - 6 * 60
    session.save()
    assert not is_in(client)
    assert "Anmelden" in enter("anna").post("/logout/", follow=True).content.decode()


def test_with_an_app_a_password_alone_opens_nothing(log_in: LogIn) -> None:
    account, here = log_in("anna")
    secret = turn_on_app(here, account)
    now = int(time.time()) // 30
    assert secret not in Authenticator.objects.get().sealed
    client = enter("anna")
    assert not is_in(client)
    assert client.get("/login/code/").status_code == 200
    for wrong in ("000000", code_at(secret, now - 5), code_at(secret, now + 5)):
        assert client.post("/login/code/", {"code": wrong}).status_code == 422
    code = code_at(secret, now)
    assert client.post("/login/code/", {"code": f"{code[:3]} {code[3:]}"}).status_code == 302
    assert is_in(client)
    again = enter("anna")
    assert again.post("/login/code/", {"code": code}).status_code == 422  # it has served
    assert here.post("/account/app/remove/").status_code == 302
    assert is_in(enter("anna"))


def test_the_codes_of_an_app_cannot_be_tried_without_end(log_in: LogIn) -> None:
    account, here = log_in("anna")
    secret = turn_on_app(here, account)
    client = enter("anna")  # the password counts as a failure until the code has come
    for _ in range(4):
        client.post("/login/code/", {"code": "000000"})
    assert client.post("/login/code/", {"code": code_at(secret, int(time.time()) // 30)}).status_code == 422
    assert Client(SERVER_NAME="localhost").get("/login/code/").headers["Location"] == "/login/"


@pytest.mark.parametrize(
    ("at_s", "code"), [(59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")]
)
def test_an_apps_codes_are_those_of_the_standard(at_s: int, code: str) -> None:
    assert code_at("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", at_s // 30) == code  # RFC 6238, appendix B, last six digits


def test_the_picture_for_the_app_is_there_while_it_is_set_up(log_in: LogIn) -> None:
    account, client = log_in("anna")
    assert client.get("/account/app/code.svg").status_code == 404
    client.get("/account/app/")
    answer = client.get("/account/app/code.svg")
    assert (answer.headers["Content-Type"], answer.content[:4]) == ("image/svg+xml", b"<svg")
    assert answer.headers["Cache-Control"] == "no-store"
    turn_on_app(client, account)
    assert client.get("/account/app/code.svg").status_code == 404


def test_a_code_from_paper_opens_the_account_once(log_in: LogIn, client: Client) -> None:
    account, here = log_in("anna")
    turn_on_app(here, account)
    old, codes = codes_of(here), codes_of(here)
    assert len(set(old) | set(codes)) == 16
    kept = {row.digest for row in RecoveryCode.objects.all()}
    assert len(kept) == 8
    assert not kept & set(codes)
    for name, code in (("anna", old[0]), ("bert", codes[0]), ("anna", "")):
        assert client.post("/login/recover/", {"name": name, "code": code}).status_code == 422
    typed = codes[3].upper().replace("-", " ")
    answer = client.post("/login/recover/", {"name": "anna", "code": typed}, follow=True)
    assert "7 are left" in answer.content.decode()
    assert client.post("/account/password/", NEW).status_code == 302
    client.post("/logout/")
    assert client.post("/login/recover/", {"name": "anna", "code": codes[3]}).status_code == 422


@pytest.mark.parametrize("route", sorted(ASKED_AGAIN))
def test_before_what_is_grave_who_asks_must_prove_it_again(route: str, log_in: LogIn) -> None:
    account, client = log_in("anna")
    Account.objects.filter(pk=account.pk).update(administrator=True)
    person = add_person(account, "Anna")
    address = reverse(route, args=[person.pk] if route in PEOPLES else NUMBERS.get(route, []))
    session = client.session
    session["proved_s"] = time.time() - FRESH_S - 1
    session.save()
    method = NOBODYS[route] if route in NOBODYS else SOMEBODYS[route][0]
    asked = getattr(client, method)(address).headers["Location"]
    assert asked.startswith("/confirm/?next=")
    assert client.post(asked, {"password": "wrong"}).status_code == 422
    assert Person.objects.filter(pk=person.pk).exists()
    wanted = parse_qs(urlsplit(asked).query)["next"][0]
    back = ASKED_AGAIN[route]
    assert wanted == (reverse(back) if back else address)
    assert f'name="next" value="{wanted}"' in client.get(asked).content.decode().split("<main")[1]
    answer = client.post("/confirm/", {"password": WORDS, "next": wanted})
    if route == "folder_zip":  # a file: the page beside it says that it comes
        assert re.findall(r'content="1;url=([^"]*)"', answer.content.decode()) == [address]
    else:
        assert answer.headers["Location"] == wanted
    answer = client.get(wanted, follow=True)
    assert answer.status_code in (200, 404)
    answer.close()


PEOPLES = ("delete_person", "folder_zip", "new_share", "send_bundle")
NUMBERS = {"change_share": [1], "send_answer": [1], "empty_bin": [1], "remove_passkey": [1], "remove_account": [1]}


def test_a_proof_of_somebody_else_is_none(log_in: LogIn) -> None:
    _, client = log_in("anna")
    bert, _ = log_in("bert")
    bert.set_password("another boat lamp")
    bert.save()
    assert client.post("/confirm/", {"password": "another boat lamp"}).status_code == 422


def test_an_account_goes_with_all_its_people_and_leaves_no_name(log_in: LogIn) -> None:
    account, client = log_in("canary meadow")
    bert, theirs = log_in("bert")
    person, kept = add_person(account, "Anna"), add_person(bert, "Bert")
    recording = Recording.objects.create(owner=account, person=person, day="2026-05-01", name="x")
    recording.folder.mkdir()
    Account.objects.filter(pk=account.pk).update(administrator=True)
    page = client.get("/account/delete/").content.decode()
    assert "Anna" in page
    assert "oldest other account" in page
    assert client.post("/account/delete/").headers["Location"] == "/login/"
    assert list(Person.objects.all()) == [kept]
    assert not recording.folder.exists()
    assert (is_in(client), is_in(theirs), is_in(enter("canary meadow"))) == (False, True, False)
    bert.refresh_from_db()
    assert bert.administrator
    assert not Account.objects.filter(name="canary meadow").exists()
    assert check() == []


def test_after_the_last_account_a_casebook_is_new(log_in: LogIn, client: Client) -> None:
    _, here = log_in("anna")
    here.post("/account/delete/")
    assert client.get("/login/").headers["Location"] == "/first-run/"
    assert client.post("/first-run/", {"name": "anna", **NEW}).status_code == 200
    assert Account.objects.open().get().administrator


@pytest.fixture
def administrator(client: Client) -> Client:
    """Whoever has set the casebook up."""
    client.post("/first-run/", {"name": "anna", **NEW})
    return client


def invite(administrator: Client, name: str) -> str:
    page = administrator.post("/accounts/new/", {"name": name}).content.decode()
    return str(re.findall(r'id="link">http://localhost(/welcome/[^<]+)<', page)[0])


def test_a_second_account_is_opened_by_a_link_that_serves_once(administrator: Client) -> None:
    link = invite(administrator, "bert")
    assert administrator.post("/accounts/new/", {"name": "bert"}).status_code == 422
    assert not Invitation.objects.filter(digest__in=link.split("/")).exists()
    assert not is_in(enter("bert", ""))
    theirs = Client(SERVER_NAME="localhost")
    assert "Welcome, bert" in theirs.get(link).content.decode()
    assert "Recovery codes" in theirs.post(link, NEW).content.decode()
    assert is_in(theirs)
    bert = Account.objects.get(name="bert")
    assert not bert.administrator
    assert theirs.post(link, NEW).status_code == 404
    assert [theirs.get("/accounts/").status_code, theirs.post("/accounts/new/", {"name": "c"}).status_code] == [
        404,
        404,
    ]
    assert theirs.post("/accounts/1/remove/").status_code == 404


def test_a_new_link_replaces_the_old_and_none_holds_for_ever(administrator: Client) -> None:
    first = invite(administrator, "bert")
    pk = Account.objects.get(name="bert").pk
    page = administrator.post(f"/accounts/{pk}/invite/").content.decode()
    second = re.findall(r'id="link">http://localhost(/welcome/[^<]+)<', page)[0]
    door = Client(SERVER_NAME="localhost")
    assert (door.get(first).status_code, door.get(second).status_code) == (404, 200)
    Invitation.objects.update(ends_at=Invitation.objects.get().made_at)
    assert door.post(second, NEW).status_code == 404
    assert administrator.post("/accounts/1/invite/").status_code == 404  # that one is in


def test_administrators_do_not_see_what_is_others(administrator: Client, log_in: LogIn) -> None:
    bert, theirs = log_in("bert")
    person = add_person(bert, "Berta")
    assert administrator.get(f"/people/{person.pk}/").status_code == 404
    for page in ("/", "/accounts/", "/account/seen/"):
        assert "Berta" not in administrator.get(page, follow=True).content.decode()
    assert administrator.post("/accounts/1/remove/").status_code == 404  # not their own in this way
    assert administrator.get(f"/accounts/{bert.pk}/remove/").status_code == 200
    assert administrator.post(f"/accounts/{bert.pk}/remove/").status_code == 302
    assert not Person.objects.filter(pk=person.pk).exists()
    assert not is_in(theirs)
    assert "bert" not in administrator.get("/accounts/").content.decode()


def test_no_page_of_an_account_holds_anything_inline(administrator: Client) -> None:
    link = invite(administrator, "<img src=x>")
    pages = [
        "/account/",
        "/account/password/",
        "/account/app/",
        "/account/seen/",
        "/account/delete/",
        "/accounts/",
        "/confirm/",
    ]
    pages += [link, "/login/recover/", f"/accounts/{Account.objects.latest('pk').pk}/remove/", "/welcome/nothing/"]
    for page in [administrator.get(address).content.decode() for address in pages]:
        assert re.findall(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<base|hx-on|js:", page) == []
        assert [tag for tag in re.findall(r"<script[^>]*>", page) if " src=" not in tag] == []
        assert "<img src=x" not in page
        assert "emergency" in page
    assert Passkey.objects.count() == 0
