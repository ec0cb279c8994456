"""The door: first run, logging in, too many failures, and sessions that end."""

from __future__ import annotations

import re
import time

import pytest
from django.test import Client, override_settings

from facialis.app.accounts.codes import COUNT
from facialis.app.accounts.limits import MOST_PER_ADDRESS, MOST_PER_NAME, PER_ADDRESS, PER_NAME
from facialis.app.accounts.models import Account, FailedLogin
from tests.app.counting import Counting
from tests.app.house import LogIn

GOOD = {"name": "anna", "password": "cherry boat lamp", "again": "cherry boat lamp"}


def test_a_new_casebook_asks_for_its_first_account(client: Client) -> None:
    assert client.get("/login/").headers["Location"] == "/first-run/"
    page = client.post("/first-run/", GOOD).content.decode()
    assert len(re.findall(r"<code data-line>(?:[2-9a-z]{4}-){3}[2-9a-z]{4}</code>", page)) == COUNT
    assert Account.objects.get().administrator
    assert client.get("/", follow=True).redirect_chain[-1][0] == "/people/new/"


def test_there_is_no_second_account_at_the_door(client: Client, log_in: LogIn) -> None:

    log_in("bert")
    assert client.post("/first-run/", GOOD).headers["Location"] == "/login/"
    assert not Account.objects.filter(name="anna").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [({"again": "cherry boat lamb"}, "not the same"), ({"password": "short", "again": "short"}, "too short")],
)
def test_a_password_that_will_not_do_is_refused(client: Client, change: dict[str, str], said: str) -> None:
    answer = client.post("/first-run/", GOOD | change)
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_whoever_knows_the_password_comes_in_and_goes_where_they_wanted(client: Client, log_in: LogIn) -> None:
    log_in("anna")
    wanted = GOOD | {"next": "/people/new/"}
    assert client.post("/login/", wanted).headers["Location"] == "/people/new/"
    client.post("/logout/")
    assert client.get("/people/new/").status_code == 302
    assert client.post("/login/", GOOD | {"next": "https://elsewhere.example/"}).headers["Location"] == "/"


def test_a_name_cannot_be_tried_without_end(client: Client, log_in: LogIn) -> None:
    from datetime import timedelta

    log_in("anna")
    wrong = GOOD | {"password": "wrong"}
    answers = [client.post("/login/", wrong).content for _ in range(MOST_PER_NAME)]
    unknown = client.post("/login/", wrong | {"name": "nobody"}).content
    assert client.post("/login/", GOOD).status_code == 422  # even the right one, for a while
    for answer in (answers[0], unknown):
        assert b"do not fit together" in answer
    FailedLogin.objects.all().update(at=FailedLogin.objects.earliest("at").at - PER_NAME - timedelta(seconds=1))
    assert client.post("/login/", GOOD).status_code == 302


@pytest.mark.parametrize("key", ["seen_s", "came_s"])
def test_a_session_ends_when_nobody_uses_it_and_after_half_a_day(log_in: LogIn, key: str) -> None:
    _, client = log_in("anna")
    client.get("/people/new/")
    session = client.session
    session[key] = time.time() - 13 * 3600
    session.save()
    assert client.get("/people/new/").headers["Location"].startswith("/login/")


def test_what_a_page_asks_for_by_itself_keeps_no_session_alive(log_in: LogIn) -> None:
    _, client = log_in("anna")
    client.get("/people/new/")
    session = client.session
    session["seen_s"] = earlier = time.time() - 600
    session.save()
    client.get("/people/new/", headers={"HX-Request": "true"})
    assert client.session["seen_s"] == earlier
    client.get("/people/new/")
    assert client.session["seen_s"] > earlier


def test_a_new_password_ends_all_sessions(log_in: LogIn) -> None:
    account, client = log_in("anna")
    account.set_password("another boat lamp")
    account.save()
    assert client.get("/people/new/").status_code == 302


def test_the_language_can_be_chosen_before_anybody_has_logged_in(client: Client, log_in: LogIn) -> None:
    log_in("anna")
    assert "Log in" in client.get("/login/").content.decode()
    assert "Anmelden" in client.get("/login/", headers={"accept-language": "de"}).content.decode()
    client.post("/language/", {"language": "de", "next": "/login/"})
    assert "Anmelden" in client.get("/login/").content.decode()


def test_an_address_cannot_be_tried_without_end_either(client: Client, log_in: LogIn) -> None:
    from datetime import timedelta

    log_in("anna")
    for number in range(MOST_PER_ADDRESS):
        assert client.post("/login/", {"name": f"nobody{number}", "password": "wrong"}).status_code == 422
    assert client.post("/login/", GOOD).status_code == 422
    assert client.post("/login/", GOOD, REMOTE_ADDR="127.0.0.2").status_code == 302
    first = FailedLogin.objects.earliest("at").at
    FailedLogin.objects.update(at=first - PER_ADDRESS - timedelta(seconds=1))
    client.post("/logout/")
    assert client.post("/login/", GOOD).status_code == 302


def test_a_name_that_is_unknown_costs_the_same_work_as_a_wrong_password(client: Client, log_in: LogIn) -> None:
    worked, said = [], []
    with override_settings(PASSWORD_HASHERS=["tests.app.counting.Counting"]):
        log_in("anna")
        no_password, gone = log_in("bert")[0], log_in("carl")[0]
        no_password.set_unusable_password()
        no_password.save()
        Account.objects.filter(pk=gone.pk).update(closed_at=gone.made_at)
        for name in ("anna", "bert", "carl", "nobody"):
            Counting.worked = 0
            page = client.post("/login/", {"name": name, "password": "wrong"}).content.decode()
            worked.append(Counting.worked)
            said.append(re.sub(r'value="[^"]*"', "", page))
    assert worked == [1, 1, 1, 1]
    assert len(set(said)) == 1
