"""Every page, in both languages: nothing inline, nothing from elsewhere, the emergency line, and no name unescaped."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.bin.deeds import bin_recording
from facialis.app.diary.deeds import add_diary_day, add_treatment
from facialis.app.headers import POLICY
from facialis.app.jobs.models import Job
from facialis.app.people.models import Person, Row
from facialis.app.questionnaires.deeds import fill_in
from facialis.app.recordings.models import Recording
from facialis.core.knowledge import language, wording

Anna = tuple[Account, Client, Person]
EVIL = "<img src=x onerror=alert(1)>"
PAGES = {
    "person": "person",
    "delete_person": "person",
    "add_recording": "person",
    "phone": "person",
    "diary": "person",
    "treatments": "person",
    "recordings": "person",
    "course": "person",
    "questionnaires": "person",
    "history": "person",
    "guide": "person",
    "library": "person",
    "recording": "measured",
    "progress": "waiting",
    "delete_recording": "measured",
}


@pytest.fixture
def pages(anna: Anna, session_folder: Path) -> dict[str, str]:
    """The addresses of all pages of a person who has everything, whose every word is hostile."""
    account, _, person = anna
    Person.objects.filter(pk=person.pk).update(name=EVIL)
    add_treatment(account, person, {"date": "2026-05-01", "kind": "toxin", "product": "Botox", "note": EVIL})
    add_diary_day(
        account, person, {"date": "2026-05-02", "spasms (0-10)": "7", EVIL.replace("(", "[").replace(")", "]"): "1"}
    )
    made: dict[str, int] = {"person": person.pk}
    for name, state in (("measured", Job.State.DONE), ("waiting", Job.State.RUNNING), ("failed", Job.State.FAILED)):
        recording = Recording.objects.create(
            owner=account, person=person, day=date(2026, 5, 1), name=name, shown_name=EVIL, container="mov"
        )
        recording.folder.mkdir()
        made[name] = recording.pk
        Job.objects.create(owner=account, recording=recording, state=state, error_message=EVIL, error_advice="x")
    gone = Recording.objects.create(owner=account, person=person, day=date(2026, 5, 1), name="x", shown_name=EVIL)
    bin_recording(account, gone)
    Account.objects.filter(pk=account.pk).update(administrator=True)
    measured = Recording.objects.get(name="measured")
    shutil.copytree(session_folder, measured.result)
    Recording.objects.filter(pk=measured.pk).update(measured=True)
    addresses = {name: reverse(name, args=[made[kind]]) for name, kind in PAGES.items()}
    addresses |= {f"recording_{kind}": reverse("recording", args=[made[kind]]) for kind in ("waiting", "failed")}
    row = Row.objects.filter(sheet__file="treatments.csv").latest("pk")
    addresses["treatment"] = reverse("treatment", args=[row.pk])
    addresses["article"] = reverse("article", args=[person.pk, "what_it_is"])
    addresses["questionnaire"] = reverse("questionnaire", args=[person.pk, "phq9"])
    addresses |= {name: reverse(name) for name in ("add_person", "home", "bin", "backup")}
    return addresses


def read(client: Client, pages: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, address in pages.items():
        answer = client.get(address, follow=True)
        assert answer.status_code == 200, name
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert answer.headers["Cache-Control"] == "no-store"
        yield name, answer.content.decode()


@pytest.mark.parametrize("code", ["en", "de"])
def test_no_page_holds_anything_inline_or_from_elsewhere(anna: Anna, pages: dict[str, str], code: str) -> None:
    anna[1].post("/language/", {"language": code})
    for name, page in read(anna[1], pages):
        assert re.findall(r"<style|\sstyle\s*=|\son[a-z]+\s*=\s*[\"']|javascript:|<base|hx-on|js:", page) == [], name
        assert [tag for tag in re.findall(r"<script[^>]*>", page) if " src=" not in tag] == [], name
        # `every 1s` is fine; a filter in brackets would be run as code.
        assert [text for text in re.findall(r'hx-trigger="([^"]*)"', page) if "[" in text] == [], name
        assert re.findall(r"(?:src|href|action|poster|hx-get)=[\"']?(?:[a-z]+:)?//", page) == [], name
        assert EVIL not in page, name


@pytest.mark.parametrize("code", ["en", "de"])
def test_every_page_has_its_frame_in_the_language_that_was_chosen(anna: Anna, pages: dict[str, str], code: str) -> None:
    anna[1].post("/language/", {"language": code})
    with language(code):
        fixed = [wording(key) for key in ("emergency_title", "emergency_stroke", "disclaimer_title", "disclaimer")]
    for name, page in read(anna[1], {name: pages[name] for name in pages if name != "progress"}):
        assert f'<html lang="{code}">' in page, name
        text = page.replace("&#x27;", "'")
        assert [words for words in fixed if words not in text] == [], name


def test_the_answer_is_what_a_page_says_first(anna: Anna, pages: dict[str, str]) -> None:
    page = anna[1].get(pages["recording"]).content.decode().split("<main")[1]
    lead = re.findall(r'<p class="lead">(.*?)</p>', page)
    assert "one-sided twitches of the left side were seen" in lead[0]
    assert page.index('class="lead"') < page.index("<video") < page.index('id="curves"') < page.index("<table")
    assert len(re.findall(r"data-at=", page)) > 5


def test_the_navigation_says_where_one_is(anna: Anna, pages: dict[str, str]) -> None:
    for name, way, current in (
        ("diary", "diary", "page"),
        ("article", "library", "true"),
        ("recording", "person", "true"),
    ):
        page = anna[1].get(pages[name]).content.decode()
        marked = re.findall(r'<a href="([^"]+)" aria-current="(\w+)"', page.split("<main")[0])
        assert marked == [(reverse(way, args=[anna[2].pk]), current)], name


def test_a_result_that_is_broken_is_said(anna: Anna, pages: dict[str, str]) -> None:
    (Recording.objects.get(name="measured").result / "events.tsv").unlink()
    answer = anna[1].get(pages["recording"])
    assert answer.status_code == 200
    assert "events.tsv" in answer.content.decode()


@pytest.mark.parametrize("name", ["visit.pdf", "visit-clinician.pdf"])
def test_the_sheets_for_the_visit_are_pdfs(anna: Anna, pages: dict[str, str], name: str) -> None:
    answer = anna[1].get(pages["person"] + name)
    assert answer.content.startswith(b"%PDF")
    assert answer.headers["Content-Disposition"].startswith("attachment")


def test_the_answer_changes_as_soon_as_something_is_written_down(anna: Anna, pages: dict[str, str]) -> None:
    def lead() -> str:
        return str(re.findall(r'<p class="lead">(.*?)</p>', anna[1].get(pages["course"]).content.decode())[0])

    before = lead()
    today = date.today().isoformat()  # noqa: DTZ011 - a person's own calendar day
    told = {"date": today, "kind": "toxin", "product": "Botox"}
    assert anna[1].post(pages["treatments"], told).status_code == 302
    assert "botulinum toxin may still be at work" in lead()
    assert "botulinum toxin may still be at work" not in before


def test_queries_of_a_page_do_not_grow_with_its_rows(
    anna: Anna, pages: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, client, person = anna
    # Once a minute a session is written, and once an hour a line of the trail: neither of them has to do with rows.
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    monkeypatch.setattr(time, "time", now.timestamp)

    def counted() -> dict[str, int]:
        for warm in ("course", "recording"):  # works the answer out; opens the person's key
            client.get(pages[warm])
        made: dict[str, int] = {}
        for name, address in pages.items():
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            made[name] = len(queries)
        return made

    def write(days: range) -> None:
        for n in days:
            day = date(2026, 6, n)
            add_diary_day(account, person, {"date": str(day), "spasms (0-10)": "7"})
            add_treatment(account, person, {"date": str(day), "kind": "toxin"})
            fill_in(account, person, {"date": str(day), "instrument": "phq9", "item_1": "1"})
            recording = Recording.objects.create(owner=account, person=person, day=day, name=str(n))
            Job.objects.create(owner=account, recording=recording, state=Job.State.DONE)

    write(range(1, 4))
    counted()  # the first looks, which are written down
    before = counted()
    write(range(4, 31))
    assert counted() == before


def test_what_was_written_wrong_is_said_beside_the_form(anna: Anna, pages: dict[str, str]) -> None:
    answer = anna[1].post(pages["treatments"], {"date": "31.2.2026", "kind": "toxin"})
    assert answer.status_code == 422
    assert "31.2.2026" in answer.content.decode()
    answer = anna[1].post(pages["diary"], {"day": "2026-05-03", "value_3": "30"})
    assert answer.status_code == 422
    assert "24 hours" in answer.content.decode()
    answer = anna[1].post(pages["diary"] + "column/", {"name": "stress", "unit": "0-10"})
    assert answer.status_code == 422
    assert anna[1].post(pages["diary"] + "column/", {"name": "noise", "unit": "0-10"}).status_code == 302
    assert "noise" in anna[1].get(pages["diary"]).content.decode()


@pytest.mark.parametrize(("code", "said"), [("en", "There is nothing here"), ("de", "Hier ist nichts")])
def test_what_is_not_there_is_said_with_a_way_back(anna: Anna, code: str, said: str) -> None:
    _, client, person = anna
    client.post("/language/", {"language": code, "next": "/"})
    for path in (f"/people/{person.pk + 1}/", "/recordings/7/film/", "/nowhere/"):
        answer = client.get(path)
        page = answer.content.decode()
        assert (answer.status_code, f"<h1>{said}</h1>" in page, 'href="/"' in page) == (404, True, True), path
