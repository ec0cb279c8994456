"""A clinic's day: who comes first, what is new, and that nothing is told that is not shared."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.audit.trail import check
from facialis.app.clinic.day import toxin_words
from facialis.app.clinic.entering import enter
from facialis.app.clinic.news import shares_with_news
from facialis.app.course import answers, keeping
from facialis.app.course.keeping import program, today, work_out
from facialis.app.course.models import Answering, KeptAnswer
from facialis.app.diary.deeds import add_diary_day, add_treatment
from facialis.app.people.models import Person, RemovedRow, Row
from facialis.app.questionnaires.deeds import fill_in
from facialis.app.recordings.models import Recording
from facialis.app.review.models import Step
from facialis.app.sharing.models import SCOPE_KEYS, Share
from tests.app.house import LogIn

Anna = tuple[Account, Client, Person]
PLAIN = {"urgency": "wait", "help_now": False, "why": [], "verdict": "v", "lead": "Quiet.", "toxin": None}
PLAIN |= {"since": None, "was": ""}


def shared(person: Person, clinician: Account, *scopes: str) -> Share:
    """Something that is shared, without an invitation."""
    chosen = {key: key in scopes for key in SCOPE_KEYS}
    return Share.objects.create(owner=person.owner, person=person, clinician=clinician, **chosen)


def keep(person: Person, **told: Any) -> None:
    """Keep an answer of which only the glance is read."""
    glance = {key: {**PLAIN, **told} for key in ("", "d", "q", "dq")}
    values = {"revision": person.revision, "day": today(), "program": program(), "inputs": "", "content": b""}
    KeptAnswer.objects.update_or_create(
        person=person,
        language="en",
        defaults={"owner_id": person.owner_id, "glance": glance, "worked_out_at": timezone.now(), **values},
    )


def names(page: str) -> list[str]:
    """Who is on the page, from above."""
    return re.findall(r"<h2><a [^>]*>([^<]+)</a></h2>", page)


def seen(browser: Client, asked: str = "") -> str:
    """The page."""
    return browser.get(f"/shared/{asked}").content.decode()


@pytest.fixture
def carla(log_in: LogIn) -> tuple[Account, Client]:
    """A clinician with whom nothing is shared yet."""
    return log_in("carla")


def test_an_empty_day_says_how_one_is_invited(carla: tuple[Account, Client]) -> None:
    page = seen(carla[1])
    assert "People invite you with a link" in page
    assert 'role="search"' not in page


def test_urgent_answers_come_first_in_every_order_and_choices_are_kept(
    anna: Anna, carla: tuple[Account, Client]
) -> None:
    account, _, _ = anna
    clinician, browser = carla
    soon = {"level": 0.5, "probability": 0.9, "day": str(today()), "low": str(today()), "high": str(today())}
    told: dict[str, dict[str, Any]] = {
        "Ada": {},
        "Bea": {"toxin": soon},
        "Cyd": {"urgency": "soon", "why": ["It spreads."]},
        "Dot": {"help_now": True},
    }
    for name, glance in told.items():
        person = Person.objects.create(owner=account, name=name)
        keep(person, **glance)
        shared(person, clinician, "course")
    page = seen(browser)
    assert names(page) == ["Dot", "Cyd", "Bea", "Ada"]
    assert "To be seen within days." in page
    assert "It spreads." in page
    assert dict(re.findall(r'show=(\w+)"[^>]*>[^<]*<span class="badge">(\d+)', page)) == {
        "all": "4",
        "urgent": "2",
        "changed": "4",
        "fades": "1",
        "review": "0",
    }
    assert names(seen(browser, "?order=name")) == ["Dot", "Cyd", "Ada", "Bea"]
    assert names(seen(browser, "?show=urgent")) == ["Dot", "Cyd"]
    assert names(seen(browser)) == ["Dot", "Cyd"], "the choice is kept"
    assert names(seen(browser, "?show=all&name=b")) == ["Bea"]
    assert names(seen(browser, "?order=odd&show=odd")) == ["Dot", "Cyd", "Ada", "Bea"], "and so is the order"
    assert "Nobody here is called “zoë”" in seen(browser, "?name=zoë")
    assert not re.search(r"\binject", seen(browser))


def test_what_is_new_is_what_came_since_the_last_look_and_is_shared(anna: Anna, carla: tuple[Account, Client]) -> None:
    account, _, person = anna
    clinician, browser = carla
    share = shared(person, clinician, *SCOPE_KEYS)
    keep(person)
    assert "You have not looked yet" in seen(browser)
    assert "You have not looked yet" in seen(browser), "to see the list is no look at the person"
    Entry.objects.create(owner=clinician, deed="read_course", person=person.pk, data_of=account.pk)
    assert "nothing new since" in seen(browser)
    add_treatment(account, person, {"date": "2026-05-01", "kind": "toxin"})
    add_diary_day(account, person, {"date": "2026-05-01", "spasms (0-10)": "7"})
    fill_in(account, person, {"date": "2026-05-01", "instrument": "stress", "item_1": "6"})
    fill_in(account, person, {"date": "2026-05-02", "instrument": "stress", "item_1": "6"})
    film = Recording.objects.create(owner=account, person=person, day=date(2026, 5, 1), name="x", measured=True)
    keep(Person.objects.get(pk=person.pk), since=timezone.now().isoformat(), was="It twitched.")
    page = seen(browser)
    every = {
        "recordings": ("A new recording", "A recording that nobody has gone through"),
        "course": ("A new treatment", "The answer has changed", "Before: It twitched."),
        "diary": ("A new day in the diary",),
        "questionnaires": ("2 new questionnaires",),
    }
    for words in every.values():
        for said in words:
            assert said in page
    for scope in every:
        Share.objects.filter(pk=share.pk).update(**{key: key == scope for key in SCOPE_KEYS})
        page = seen(browser)
        for other, theirs in every.items():
            assert all((said in page) == (other == scope) for said in theirs), (scope, other)
    Share.objects.filter(pk=share.pk).update(recordings=True)
    Step.objects.create(owner=account, recording=film, deed=Step.Deed.JUDGE, event="e", verdict="accept")
    assert "nobody has gone through" not in seen(browser)
    Share.objects.filter(pk=share.pk).update(revoked_at=timezone.now())
    assert names(seen(browser)) == []


def test_a_list_of_fifty_asks_no_more_than_one_of_five_and_works_nothing_out(
    anna: Anna, carla: tuple[Account, Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    account, _, _ = anna
    clinician, browser = carla

    def never(*_: object) -> None:
        raise AssertionError("it was opened or worked out")

    monkeypatch.setattr(answers, "work_out", never)
    monkeypatch.setattr(answers, "answer_of_bytes", never)
    monkeypatch.setattr(keeping, "answer", never)
    times = []
    for many in (5, 45):
        for number in range(many):
            person = Person.objects.create(owner=account, name=f"P{many}-{number}")
            if number % 2:
                keep(person)
            shared(person, clinician, "course", "recordings")
        Entry.objects.all().delete()
        Answering.objects.all().delete()
        browser.get("/shared/")
        Entry.objects.all().delete()
        Answering.objects.all().delete()
        with CaptureQueriesContext(connection) as asked:
            page = seen(browser)
        times.append(len(asked))
    assert len(names(page)) == 50
    assert times[0] == times[1] < 30
    assert Answering.objects.count() == 26, "the answers that are missing are asked for"
    assert Entry.objects.filter(owner=clinician, deed="read_clinic_day", data_of=account.pk).count() == 50
    assert check() == []
    seen(browser)
    assert Entry.objects.count() == 50, "once an hour of each"


def test_what_is_new_is_looked_up_and_never_searched_for(carla: tuple[Account, Client]) -> None:
    # Years of diary lie behind each line: of 500 people they would be a million rows.
    plan = [line.strip() for line in shares_with_news(carla[0]).explain().splitlines() if "row_by_when_it_came" in line]
    assert len(plan) == 3
    assert all(line.endswith("(sheet_id=? AND made_at>?)") for line in plan), plan


def test_a_glance_leaves_out_what_is_not_shared_and_tells_of_a_change(anna: Anna) -> None:
    account, _, person = anna
    work_out(person, "en")
    first = KeptAnswer.objects.get(person=person, language="en").glance
    assert {told["since"] for told in first.values()} == {None}
    items = {f"item_{number}": "3" for number in range(1, 10)}
    fill_in(account, person, {"date": str(today()), "instrument": "phq9", **items})
    work_out(person, "en")
    kept = {row.language: row.glance for row in KeptAnswer.objects.filter(person=person)}
    assert {key: told["help_now"] for key, told in kept["en"].items()} == {"": False, "d": False, "q": True, "dq": True}
    assert kept["de"]["q"]["lead"] != kept["en"]["q"]["lead"]
    assert [key for key, told in kept["en"].items() if told["since"]] == [
        key for key in kept["en"] if kept["en"][key]["urgency"] != first[key]["urgency"]
    ]


def test_toxin_is_forecast_until_it_is_long_over() -> None:
    day = date(2026, 6, 1)

    def told(low: int, middle: int, high: int) -> tuple[str, bool]:
        days = {name: str(day + timedelta(days=n)) for name, n in (("low", low), ("day", middle), ("high", high))}
        return toxin_words({"level": 0.5, "probability": 0.9, **days}, day)

    assert toxin_words(None, day) == ("", False)
    words, fades = told(40, 50, 60)
    assert (fades, "50 %" in words.replace("\N{NO-BREAK SPACE}", " "), "earlier cycles" in words) == (False, True, True)
    assert told(14, 20, 30)[1]
    assert "was to fall" in told(-40, -30, -20)[0]
    assert told(-140, -120, -100) == ("", False)


def test_treatments_are_entered_only_where_the_owner_allows_it_and_say_by_whom(
    anna: Anna, carla: tuple[Account, Client]
) -> None:
    account, owner, person = anna
    clinician, browser = carla
    share = shared(person, clinician, "course")
    address = reverse("enter_treatment", args=[person.pk])
    told = {"date": "2026-05-01", "kind": "toxin", "product": "Xeomin", "site_zygomaticus_left": "2,5"}
    assert (
        "does not let treatments be entered" in browser.get(reverse("shared_person", args=[person.pk])).content.decode()
    )
    assert (browser.get(address).status_code, browser.post(address, told).status_code) == (404, 404)
    with pytest.raises(PermissionDenied):
        enter(clinician, person, {"date": "2026-05-01", "kind": "toxin"})
    Share.objects.filter(pk=share.pk).update(entries=True)
    assert 'value="MRI"' in browser.get(f"{address}?what=mri").content.decode()
    assert browser.post(address, {"date": "soon", "kind": "toxin"}).status_code == 422
    page = browser.post(address, told, follow=True).content.decode()
    assert "Anna sees that it was you" in page
    assert "zygomaticus left 2.5 U" in page
    row = Row.objects.get(sheet__person=person, entered_by=clinician)
    assert row.owner_id == account.pk
    line = Entry.objects.get(deed="treatments_entered")
    assert (line.owner, line.thing, line.person, line.data_of) == (clinician, str(row.pk), person.pk, account.pk)
    assert "A new treatment" not in seen(browser), "what they wrote is not new to them"
    mine = reverse("treatments", args=[person.pk])
    assert "Entered by carla" in owner.get(mine).content.decode()
    assert browser.post(reverse("delete_row", args=[row.pk])).status_code == 404
    owner.post(reverse("delete_row", args=[row.pk]))
    assert "Entered by carla" not in owner.get(mine).content.decode()
    owner.post(reverse("put_row_back", args=[RemovedRow.objects.get().pk]))
    assert "Entered by carla" in owner.get(mine).content.decode()
    Share.objects.filter(pk=share.pk).update(revoked_at=timezone.now())
    assert browser.post(address, told).status_code == 404


def test_a_letter_says_what_was_entered_in_both_languages(anna: Anna, carla: tuple[Account, Client]) -> None:
    account, _, person = anna
    clinician, browser = carla
    shared(person, clinician, "course")
    add_treatment(account, person, {"date": "2026-05-01", "kind": "toxin", "product": "Xeomin", "dose_units": "20"})
    page = browser.get(reverse("shared_person", args=[person.pk])).content.decode()
    found = dict(re.findall(r'lang="(\w\w)" data-snippet>([^<]*Xeomin[^<]*)<', page))
    assert found == {
        "en": "1 May 2026: Botulinum toxin, Xeomin, 20 U.",
        "de": "1. Mai 2026: Botulinumtoxin, Xeomin, 20 E.",
    }
    assert page.index("For the letter") > page.index('class="lead"'), "the answer is read first"
