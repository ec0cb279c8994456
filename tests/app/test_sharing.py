"""Sharing: from an invitation to its end, as both sides see it, and what stays."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facialis.app.accounts.deeds import close_account
from facialis.app.accounts.models import Account
from facialis.app.accounts.proof import FRESH_S
from facialis.app.audit.models import Entry
from facialis.app.audit.trail import check
from facialis.app.bin.deeds import bin_person, bring_back, delete_person
from facialis.app.course.answers import answer_about
from facialis.app.diary.deeds import add_diary_day
from facialis.app.people.models import Person
from facialis.app.questionnaires.deeds import fill_in
from facialis.app.recordings.models import Recording
from facialis.app.sharing import access
from facialis.app.sharing.issuing import issue, read_issued
from facialis.app.sharing.limited import limited
from facialis.app.sharing.models import SCOPE_KEYS, Issued, Offer, Share
from facialis.app.sharing.offers import INVITED, accept, find_offer, make_offer, refuse
from tests.app.house import LogIn

Anna = tuple[Account, Client, Person]
PASSWORD = "cherry boat lamp"


def invited(client: Client, person: Person, **told: object) -> str:
    """The link of an invitation that was made in the page."""
    page = client.post(reverse("new_share", args=[person.pk]), told).content.decode()
    found = re.search(r"http://localhost(/offered/[^<]+)", page)
    assert found is not None, page
    return found[1]


def shared(person: Person, clinician: Account, *scopes: str) -> Share:
    """Something that a clinician has accepted."""
    return accept(clinician, make_offer(person.owner, person, scopes, None)[0])


def test_from_the_invitation_to_its_end(anna: Anna, client: Client) -> None:
    account, owner, person = anna
    link = invited(owner, person, scopes=["recordings", "course"], lasts="180")
    page = client.get(link).content.decode()
    assert "Anna shares with you" in page
    assert "180 days from when you accept" in page
    told = {"name": "Dr Carla", "password": PASSWORD, "again": PASSWORD}
    assert 'id="codes"' in client.post(link, told).content.decode()
    carla = Account.objects.get(name="Dr Carla")
    assert (carla.clinician, carla.administrator) == (True, False)
    assert client.get(link).status_code == 404, "it opens once"

    assert client.get("/", follow=True).redirect_chain[-1][0] == "/shared/"
    assert "Anna" in client.get("/shared/").content.decode()
    assert client.get(reverse("person", args=[person.pk]), follow=True).redirect_chain == [
        (reverse("shared_person", args=[person.pk]), 302)
    ]
    assert client.get(reverse("diary", args=[person.pk])).status_code == 404
    page = client.post(reverse("issue_sheet", args=[person.pk]), follow=True).content.decode()
    assert "The sheet is issued and kept" in page
    sheet = client.get(reverse("issued_file", args=[Issued.objects.get().pk]))
    assert sheet.content.startswith(b"%PDF")

    page = owner.get(reverse("sharing", args=[person.pk])).content.decode()
    for said in ("Dr Carla", "recordings, course", "Last looked", "Issued the sheet", "Looked at the overview"):
        assert said in page
    share = Share.objects.get()
    assert client.get(reverse("still_shared", args=[share.pk])).status_code == 204
    assert owner.post(reverse("stop_share", args=[share.pk])).status_code == 302

    for route in ("shared_person", "course", "recordings"):
        assert client.get(reverse(route, args=[person.pk])).status_code == 404
    assert client.post(reverse("issue_sheet", args=[person.pk])).status_code == 404
    assert client.get(reverse("still_shared", args=[share.pk])).headers["HX-Redirect"] == "/shared/?over=1"
    assert "Anna: Sheet for the clinician" in client.get("/shared/").content.decode()
    issued = Issued.objects.get()
    assert client.get(reverse("issued_file", args=[issued.pk])).content == sheet.content
    page = owner.get(reverse("sharing", args=[person.pk])).content.decode()
    assert "What was issued from my data" in page
    assert "Opened what was issued" in page
    assert owner.get(reverse("issued_file", args=[issued.pk])).content == sheet.content
    deeds = set(Entry.objects.filter(owner=carla, data_of=account.pk, person=person.pk).values_list("deed", flat=True))
    assert deeds == {"offer_accepted", "read_clinic_day", "read_shared_person", "issued_sheet", "read_issued_file"}
    assert check() == []


def test_a_form_that_is_sent_twice_shows_the_codes_again(anna: Anna, client: Client) -> None:
    _, owner, person = anna
    link = invited(owner, person, scopes=["course"], lasts="30")
    told = {"name": "Dr  Carla", "password": PASSWORD, "again": PASSWORD}
    shown = [codes_in(Client(SERVER_NAME="localhost").post(link, told)) for _ in range(2)]
    assert shown[0] != shown[1], "only the last are good, and they are the ones that are seen"
    assert (Share.objects.count(), Account.objects.filter(name="Dr Carla").count()) == (1, 1)
    assert client.post(link, {**told, "password": "another boat lamp"}).status_code == 404
    assert client.post(link, {**told, "name": "anna"}).status_code == 404
    assert client.get(link).status_code == 404
    Account.objects.update(made_at=timezone.now() - timedelta(minutes=2))
    assert client.post(link, told).status_code == 404


def codes_in(answer: object) -> list[str]:
    """The recovery codes of a page."""
    found = re.findall("<code data-line>([^<]+)", answer.content.decode())  # type: ignore[attr-defined]
    assert len(found) == 8
    return found


def test_who_shares_proves_again_who_they_are(anna: Anna) -> None:
    _, owner, person = anna
    session = owner.session
    session["proved_s"] -= FRESH_S + 1
    session.save()
    answer = owner.post(reverse("new_share", args=[person.pk]), {"scopes": ["course"], "lasts": ""})
    assert answer.headers["Location"].startswith("/confirm/")
    assert not Offer.objects.exists()
    assert owner.get(reverse("sharing", args=[person.pk])).status_code == 200


def test_an_invitation_ends_by_itself_when_it_is_taken_back_and_when_it_is_declined(anna: Anna, client: Client) -> None:
    account, owner, person = anna
    link = invited(owner, person, scopes=["course"], lasts="")
    assert owner.post(link, {"accept": "1"}).status_code == 200
    assert not Share.objects.exists(), "nobody shares with themselves"
    Offer.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert client.get(link).status_code == 404
    link = invited(owner, person, scopes=["course"], lasts="")
    owner.post(reverse("revoke_offer", args=[Offer.objects.latest("pk").pk]))
    assert client.get(link).status_code == 404
    link = invited(owner, person, scopes=["course"], lasts="")
    assert "Declined" in client.post(link, {"refuse": "1"}).content.decode()
    assert client.get(link).status_code == 404
    assert not Share.objects.exists()
    offer, secret = make_offer(account, person, ["course"], None)
    assert offer.until - timezone.now() <= INVITED
    refuse(offer)
    with pytest.raises(PermissionDenied):
        accept(account, offer)
    assert find_offer(secret) is None


def test_a_form_that_chooses_nothing_is_asked_again(anna: Anna, client: Client) -> None:
    _, owner, person = anna
    answer = owner.post(reverse("new_share", args=[person.pk]), {"lasts": "30"})
    assert answer.status_code == 422
    assert "Choose at least one" in answer.content.decode()
    link = invited(owner, person, scopes=["course"], lasts="30")
    answer = client.post(link, {"name": "anna", "password": "short", "again": "other"})
    assert answer.status_code == 422
    assert not Share.objects.exists()


def test_the_word_of_an_invitation_is_not_kept(anna: Anna) -> None:
    _, secret = make_offer(anna[0], anna[2], ["course"], 30)
    with connection.cursor() as cursor:
        cursor.execute("select * from casebook_offer")
        assert secret not in str(cursor.fetchall())


def test_what_is_shared_is_changed_and_ends_on_its_day(anna: Anna, log_in: LogIn) -> None:
    _, owner, person = anna
    clinician, browser = log_in("carla")
    share = shared(person, clinician, "course")
    address = reverse("change_share", args=[share.pk])
    assert "as it is now" in owner.get(address).content.decode()
    assert owner.post(address, {"scopes": ["diary"], "lasts": "30"}).status_code == 302
    assert browser.get(reverse("course", args=[person.pk])).status_code == 404
    assert browser.get(reverse("diary", args=[person.pk])).status_code == 200
    share.refresh_from_db()
    assert share.ends_at is not None
    assert timedelta(days=29) < share.ends_at - timezone.now() <= timedelta(days=30)
    owner.post(address, {"scopes": ["diary", "course"], "lasts": "same"})
    kept = share.ends_at
    share.refresh_from_db()
    assert share.ends_at == kept
    Share.objects.update(ends_at=timezone.now())
    assert browser.get(reverse("diary", args=[person.pk])).status_code == 404


def test_pages_of_a_guest_offer_nothing_that_only_the_owner_may_do(anna: Anna, log_in: LogIn) -> None:
    account, _, person = anna
    clinician, browser = log_in("carla")
    shared(person, clinician, *SCOPE_KEYS)
    add_diary_day(account, person, {"date": "2026-05-01", "spasms (0-10)": "7"})
    fill_in(account, person, {"date": "2026-05-01", "instrument": "stress", "item_1": "6"})
    Recording.objects.create(owner=account, person=person, day=date(2026, 5, 1), name="x", shown_name="one.mp4")
    asked = {"", reverse("issue_sheet", args=[person.pk])}
    for route in ("shared_person", "diary", "treatments", "history", "questionnaires", "course", "guide", "recordings"):
        answer = browser.get(reverse(route, args=[person.pk]))
        page = answer.content.decode()
        assert "You see what Anna shares with you" in page, route
        led = set(re.findall(r'(?:href|action)="([^"#?]*)', page))
        for address in led - asked:
            if not re.search(r"^/(static|language|logout)|/leave/$|\.css$", address):
                status = browser.get(address).status_code
                assert status in (200, 302), (route, address, status)
        asked |= led


def test_the_answer_holds_nothing_of_what_is_not_shared(anna: Anna, log_in: LogIn) -> None:
    account, _, person = anna
    clinician, browser = log_in("carla")
    share = shared(person, clinician, "course")
    items = {f"item_{number}": "3" for number in range(1, 10)}
    fill_in(account, person, {"date": str(date.today()), "instrument": "phq9", **items})  # noqa: DTZ011
    add_diary_day(account, person, {"date": "2026-05-01", "spasms (0-10)": "7"})
    said = answer_about(person)
    assert said.guidance.help_now
    told = limited(share, said)
    assert (told.scores, told.casefile.forms, told.casefile.diary.days) == ((), (), ())
    assert not told.guidance.help_now
    share.questionnaires = True
    assert limited(share, said).guidance.help_now
    assert limited(None, said) is said
    words = "talk to somebody today"
    page = browser.get(reverse("course", args=[person.pk])).content.decode()
    assert words not in page.lower()


def test_a_film_that_is_being_sent_ends_with_its_share(
    anna: Anna, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, _, person = anna
    clinician, browser = log_in("carla")
    share = shared(person, clinician, "recordings")
    recording = Recording.objects.create(owner=account, person=person, day=date(2026, 5, 1), name="x", container="mov")
    recording.folder.mkdir()
    recording.film.write_bytes(b"film" * 500_000)
    monkeypatch.setattr(access, "_AGAIN_S", 0.0)
    whole = browser.get(reverse("film", args=[recording.pk]))
    assert sum(map(len, pieces(whole))) == 2_000_000
    cut = pieces(browser.get(reverse("film", args=[recording.pk])))
    got = len(next(cut))
    Share.objects.filter(pk=share.pk).update(revoked_at=timezone.now())
    assert got + sum(map(len, cut)) < 1_000_000


def pieces(answer: object) -> Iterator[bytes]:
    """What is sent, as it is sent."""
    return iter(answer.streaming_content)  # type: ignore[attr-defined]


def test_a_person_or_an_account_that_goes_ends_shares_and_what_was_issued_stays(anna: Anna, log_in: LogIn) -> None:
    account, _, person = anna
    clinician, browser = log_in("carla")
    shared(person, clinician, "course")
    issued = issue(clinician, person, "sheet", b"%PDF-1.7 sheet")
    number, address = person.pk, reverse("shared_person", args=[person.pk])
    binned = bin_person(account, person)
    assert browser.get(address).status_code == 404
    bring_back(account, binned)
    assert browser.get(address).status_code == 404, "whoever comes back shares anew"
    person = Person.objects.get(pk=number)
    shared(person, clinician, "course")
    delete_person(account, person)
    assert read_issued(Issued.objects.get(pk=issued.pk)) == b"%PDF-1.7 sheet"
    page = browser.get("/shared/").content.decode()
    assert "Anna: Sheet for the clinician" in page
    assert browser.get(reverse("issued_file", args=[issued.pk])).status_code == 200
    assert Entry.objects.filter(deed="read_issued_file", data_of=account.pk, person=number).exists()
    other = Person.objects.create(owner=account, name="Otto")
    share = shared(other, clinician, "course")
    close_account(clinician)
    share.refresh_from_db()
    assert share.revoked_at is not None
    assert not Issued.objects.exists()


def test_what_was_issued_is_sealed_and_issued_only_by_whom_it_is_shared_with(anna: Anna, log_in: LogIn) -> None:
    _, _, person = anna
    clinician, _ = log_in("carla")
    with pytest.raises(PermissionDenied):
        issue(clinician, person, "sheet", b"x")
    shared(person, clinician, "diary")
    issue(clinician, person, "sheet", b"canary words")
    with connection.cursor() as cursor:
        cursor.execute("select * from casebook_issued")
        assert "canary" not in str(cursor.fetchall())
    stranger, browser = log_in("dora")
    assert stranger.pk
    assert browser.get(reverse("issued_file", args=[Issued.objects.get().pk])).status_code == 404
