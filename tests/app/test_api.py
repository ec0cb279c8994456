"""What programs read: by a key, behind the same gate as pages, in both languages; and what they never can."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facialis.app.accounts.deeds import close_account, reset
from facialis.app.accounts.models import Account
from facialis.app.accounts.proof import FRESH_S
from facialis.app.api import limits
from facialis.app.api.models import ReadToken
from facialis.app.api.tokens import find_token, make_token
from facialis.app.audit.content import lines_of
from facialis.app.audit.models import Entry
from facialis.app.audit.trail import check
from facialis.app.course.answers import answer_about
from facialis.app.diary.deeds import add_diary_day, add_treatment
from facialis.app.history.deeds import write_history
from facialis.app.people.models import Person
from facialis.app.questionnaires.deeds import fill_in
from facialis.app.recordings.models import Recording
from facialis.app.review.models import Step
from facialis.app.sharing.models import Share
from facialis.app.sharing.offers import accept, make_offer
from facialis.report.person.answers import course_object, guidance_object
from tests.app.house import LogIn

Anna = tuple[Account, Client, Person]


@pytest.fixture(autouse=True)
def nobody_has_asked() -> Iterator[None]:
    limits.clear()
    yield
    limits.clear()


def program(account: Account, name: str = "my statistics", **headers: str) -> Client:
    """A program with a key of its own."""
    _, word = make_token(account, name, 90)
    return Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {word}", **headers})


def read(client: Client, route: str, *args: object, **asked: str) -> Any:
    answer = client.get(reverse(route, args=args), asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_a_program_reads_what_pages_show(anna: Anna, session_folder: Path) -> None:
    account, _, person = anna
    add_treatment(account, person, {"date": "2026-05-01", "kind": "toxin", "product": "Botox", "dose_units": "20"})
    add_treatment(account, person, {"date": "2026-03", "kind": "drug", "product": "carbamazepine"})
    add_diary_day(account, person, {"date": "2026-05-02", "spasms (0-10)": "7"})
    add_diary_day(account, person, {"date": "2026-05-04", "spasms (0-10)": "3", "stress (0-10)": "2"})
    fill_in(account, person, {"date": "2026-05-01", "instrument": "phq9", "item_1": "1", "item_3": "2"})
    write_history(account, person, {"side": "left", "onset": "2020"})
    recording = Recording.objects.create(owner=account, person=person, day=date(2026, 5, 1), name="one", alone="yes")
    shutil.copytree(session_folder, recording.result)
    Recording.objects.filter(pk=recording.pk).update(measured=True)
    person.changed()
    asks = program(account)

    assert read(asks, "api_people") == {
        "count": 1,
        "people": [
            {
                "id": person.pk,
                "name": "Anna",
                "own": True,
                "may_see": ["recordings", "course", "diary", "questionnaires"],
                "shared_until": None,
            }
        ],
    }
    told = read(asks, "api_answer", person.pk)
    assert told == json.loads(json.dumps(course_object(answer_about(person))))
    assert told["person"] == "Anna"
    assert read(asks, "api_guidance", person.pk) == json.loads(json.dumps(guidance_object(answer_about(person))))

    drug, toxin = read(asks, "api_treatments", person.pk)["treatments"]
    assert (toxin["date"], toxin["product"], toxin["dose_units"]) == ("2026-05-01", "Botox", 20.0)
    assert (drug["date"], drug["latest_date"], drug["dose_units"]) == ("2026-03-01", "2026-03-31", None)
    diary = read(asks, "api_diary", person.pk)
    at = [column["name"] for column in diary["columns"]].index("stress")
    assert [(day["date"], day["values"][at]) for day in diary["days"]] == [("2026-05-02", None), ("2026-05-04", 2.0)]
    assert len(read(asks, "api_diary", person.pk, since="2026-05-03")["days"]) == 1
    filled = read(asks, "api_questionnaires", person.pk)
    assert filled["filled"][0]["items"] == [1.0, None, 2.0]
    assert filled["scores"] == told["questionnaires"]
    answers = read(asks, "api_history", person.pk)["answers"]
    assert answers["side"] == "left"
    assert "sex" not in answers, "what is unknown is not there"

    Step.objects.create(owner=account, recording=recording, deed=Step.Deed.EXCLUDE, start_s=1.0, stop_s=2.0)
    listed = read(asks, "api_recordings", person.pk)
    assert (listed["count"], listed["recordings"][0]["alone"], listed["recordings"][0]["as_filmed"]) == (1, True, None)
    whole = read(asks, "api_recording", recording.pk)
    assert {row["name"] for row in whole["measures"]} >= {"twitch_rate_per_min"}
    assert whole["review"]["excluded"] == [
        {"start_s": 1.0, "stop_s": 2.0, "reason": "", "trial_type": None, "side": None, "region": None}
    ]
    table = b"".join(asks.get(reverse("api_events", args=[recording.pk]))).decode()
    assert table == (session_folder / "events.tsv").read_text()
    assert len(whole["events"]) == table.count("\n") - 1 > 3
    facts = json.loads(b"".join(asks.get(reverse("api_session", args=[recording.pk]))))
    assert facts == json.loads((session_folder / "session.json").read_text())


def test_of_somebody_else_a_program_reads_what_is_shared_and_each_look_is_written_down(
    anna: Anna, log_in: LogIn
) -> None:
    account, _, person = anna
    add_diary_day(account, person, {"date": "2026-05-01", "spasms (0-10)": "7"})
    fill_in(account, person, {"date": "2026-05-01", "instrument": "phq9", "item_1": "1"})
    carla, _ = log_in("carla")
    accept(carla, make_offer(account, person, ["course"], None)[0])
    asks = program(carla, "clinic export")
    assert read(asks, "api_people")["people"][0]["may_see"] == ["course"]
    assert read(asks, "api_answer", person.pk)["questionnaires"] == []
    for route in ("api_diary", "api_questionnaires", "api_recordings"):
        assert asks.get(reverse(route, args=[person.pk])).status_code == 404
    said = [line.what for line in lines_of(account, "1")[0] if line.other]
    assert said[:2] == [
        "Read the course, by a program with the key “clinic export”",
        "Read the list of people, by a program with the key “clinic export”",
    ]
    before = Entry.objects.count()
    read(asks, "api_people")
    assert Entry.objects.count() == before, "the list once an hour"
    read(asks, "api_answer", person.pk)
    assert Entry.objects.count() == before + 1, "everything else each time"
    assert check() == []
    Share.objects.update(revoked_at=timezone.now())
    answer = asks.get(reverse("api_answer", args=[person.pk]))
    assert (answer.status_code, answer.json()["message"]) == (404, "There is nothing here that you may see.")
    assert read(asks, "api_people")["count"] == 0


def test_ones_own_look_stands_once_an_hour_for_each_key(anna: Anna) -> None:
    account, browser, person = anna
    for name in ("one", "one", "other"):
        asks = program(account, name)
        read(asks, "api_history", person.pk)
        read(asks, "api_history", person.pk)
    lines = Entry.objects.filter(deed="read_api_history").values_list("thing", flat=True)
    assert list(lines) == [" key:one", " key:other"]
    assert "by a program with the key “other”" in browser.get(reverse("seen")).content.decode()


def test_a_key_reads_at_its_addresses_and_nowhere_else(anna: Anna) -> None:
    account, _, person = anna
    asks = program(account)
    for path in ("/", "/account/", f"/people/{person.pk}/", f"/people/{person.pk}/diary/"):
        assert asks.get(path).status_code == 302, path
        assert asks.post(path, {"name": "x"}).status_code == 302, path
    for method in ("post", "put", "patch", "delete"):
        answer = getattr(asks, method)(reverse("api_people"))
        assert (answer.status_code, answer.json()["code"], answer.headers["Allow"]) == (405, "read_only", "GET")
    assert not asks.cookies, "no session is begun"


def test_a_log_in_counts_only_where_a_page_of_the_casebook_asks(anna: Anna) -> None:
    _, browser, _ = anna
    path = reverse("api_people")

    def asked(**headers: str) -> int:
        return int(browser.get(path, headers=headers).status_code)

    assert asked() == 200
    assert asked(**{"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}) == 200
    assert asked(**{"Sec-Fetch-Site": "none"}) == 200
    for site in ("same-site", "cross-site", "odd"):
        assert asked(**{"Sec-Fetch-Site": site}) == 401
    assert asked(Origin="http://localhost:9000") == 401
    assert asked(Authorization="Bearer facialis_no") == 401, "a key that opens nothing is not helped by a log-in"
    assert asked(Authorization="Basic YTpi") == 401


def test_a_key_is_made_with_proof_shown_once_and_taken_away_at_once(anna: Anna) -> None:
    _, browser, _ = anna
    session = browser.session
    session["proved_s"] = session["proved_s"] - FRESH_S - 1
    session.save()
    told = {"name": "my  statistics", "lasts_days": "90"}
    assert browser.post(reverse("new_token"), told).headers["Location"].startswith("/confirm/")
    assert not ReadToken.objects.exists()
    browser.post("/confirm/", {"password": "cherry boat lamp", "next": "/"})
    page = browser.post(reverse("new_token"), told).content.decode()
    word = page.partition('id="token">')[2].partition("<")[0]
    token = ReadToken.objects.get()
    assert (token.name, timezone.now() + timedelta(days=89) < token.ends_at < timezone.now() + timedelta(days=91)) == (
        "my statistics",
        True,
    )
    assert word not in str(ReadToken.objects.values())
    asks = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {word}"})
    shown = browser.get(reverse("programs")).content.decode()
    assert word not in shown
    assert "Not used yet" in shown
    assert asks.get(reverse("api_people")).status_code == 200
    assert "Last used" in browser.get(reverse("programs")).content.decode()
    assert browser.post(reverse("revoke_token", args=[token.pk])).status_code == 302
    answer = asks.get(reverse("api_people"))
    assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    assert browser.post(reverse("new_token"), {"name": " ", "lasts_days": "90"}).status_code == 422
    deeds = Entry.objects.filter(deed__startswith="token_").values_list("deed", flat=True)
    assert list(deeds) == ["token_made", "token_revoked"]


def test_a_key_ends_by_itself_and_with_its_account(anna: Anna, log_in: LogIn) -> None:
    account, _, _ = anna
    _, word = make_token(account, "a", 90)
    ReadToken.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert find_token(word) is None
    _, word = make_token(account, "b", 90)
    assert find_token(word) is not None
    reset(account, "another boat lamp")
    assert find_token(word) is None
    other, _ = log_in("bert")
    _, word = make_token(other, "c", 90)
    close_account(other)
    assert find_token(word) is None
    assert not ReadToken.objects.exists()


def test_keys_end_with_the_password_and_the_page_says_so(anna: Anna) -> None:
    account, browser, _ = anna
    told = "Keys for programs end as well"
    assert told not in browser.get("/account/password/").content.decode()
    _, word = make_token(account, "a", 90)
    assert told in browser.get("/account/password/").content.decode()
    assert browser.post("/account/password/", {"password": "another boat lamp", "again": "another boat lamp"})
    assert find_token(word) is None
    assert [entry.deed for entry in Entry.objects.order_by("-pk")[:2]] == ["token_revoked", "password_changed"]


def test_who_asks_too_often_has_to_wait(anna: Anna, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_A_MINUTE", 3)
    asks = program(anna[0])
    path = reverse("api_openapi")
    assert [asks.get(path).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = asks.get(path)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["Retry-After"] in answer.json()["message"]
    assert program(anna[0]).get(path).status_code == 200, "another key may"
    monkeypatch.setattr(limits, "_MINUTE_S", 0.0)
    assert asks.get(path).status_code == 200


@pytest.mark.parametrize(
    ("code", "nothing", "odd"),
    [("en", "There is nothing here", "cannot be understood: since"), ("de", "Hier ist nichts", "nicht zu verstehen")],
)
def test_what_is_wrong_is_said_in_the_language_asked_for(anna: Anna, code: str, nothing: str, odd: str) -> None:
    account, _, person = anna
    asks = program(account, **{"Accept-Language": code})
    for path in ("/api/nowhere", f"/api/people/{person.pk + 9}", f"/api/people/{2**70}/answer", "/api/recordings/7"):
        answer = asks.get(path)
        assert (answer.status_code, answer.headers["Content-Language"]) == (404, code), path
        assert nothing in answer.json()["message"]
    answer = asks.get(reverse("api_diary", args=[person.pk]), {"since": "yesterday"})
    assert answer.status_code == 422
    assert odd in answer.json()["message"]
    recording = Recording.objects.create(owner=account, person=person, day=date(2026, 5, 1), name="x", measured=True)
    recording.result.mkdir(parents=True)
    for name in ("session.json", "events.tsv"):
        (recording.result / name).write_text("no result")
    answer = asks.get(reverse("api_recording", args=[recording.pk]))
    assert (answer.status_code, set(answer.json())) == (422, {"code", "message", "advice"})


def test_the_description_names_every_address_and_the_page_says_each_in_words(anna: Anna) -> None:
    account, browser, _ = anna
    told = read(program(account), "api_openapi")
    assert told["components"]["securitySchemes"] == {"key": {"type": "http", "scheme": "bearer"}}
    page = browser.get(reverse("programs")).content.decode()
    assert len(told["paths"]) == 12
    for path in told["paths"]:
        assert f"<code>{path.replace('{pk}', '{id}')}</code>" in page, path
    assert "http" not in page.partition("<main")[2].replace("http://localhost/api/people", "")
