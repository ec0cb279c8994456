"""The home page: what to do today, the day to film, the diary in three taps, and rows that come back."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.course.answers import answer_about
from facialis.app.diary.deeds import add_diary_day, add_treatment
from facialis.app.diary.face import muscles, parted_sites, sites_written
from facialis.app.people.casefiles import casefile_of
from facialis.app.people.models import Person, RemovedRow, Row
from facialis.app.people.sheets import keep_file
from facialis.app.today.content import film_of, now_of
from facialis.app.today.reminders import WEEKDAYS, film_reminder
from facialis.core.knowledge import language
from facialis.report.person.course_words import more_sentences

Anna = tuple[Account, Client, Person]
TODAY = date.today()  # noqa: DTZ011 - a person's own calendar day
EVIL = 'Anna, "B"; \\ BEGIN:VEVENT\nX' + "ü" * 60


def films(person: Person, days: list[date]) -> None:
    rows = "".join(f"{day},1,9,planned\n" for day in days)
    keep_file(person, "sessions.csv", ("date,usable_min,twitches,filmed\n" + rows).encode())
    person.changed()


def unfolded(raw: bytes) -> list[tuple[str, str]]:
    """Names and values of a calendar, read by the letter of RFC 5545."""
    lines = raw.split(b"\r\n")
    assert all(len(line) <= 75 for line in lines)
    assert b"\n" not in raw.replace(b"\r\n", b"")
    text = raw.replace(b"\r\n ", b"").decode()
    return [(line.partition(":")[0], line.partition(":")[2]) for line in text.split("\r\n") if line]


def test_the_day_to_film_is_the_one_that_was_chosen(anna: Anna) -> None:
    _, client, person = anna
    films(person, [TODAY - timedelta(days=7 * n + 1) for n in range(5, 0, -1)])
    usual = (TODAY - timedelta(days=1)).weekday()
    before = film_of(answer_about(person), person, TODAY)
    assert before.next is not None
    assert before.next.weekday() == usual
    other = (TODAY + timedelta(days=3)).weekday()
    client.post(f"/people/{person.pk}/film-day/", {"weekday": WEEKDAYS[other]})
    person.refresh_from_db()
    after = film_of(answer_about(person), person, TODAY)
    assert (after.next, after.weekday, after.due) == (TODAY + timedelta(days=3), WEEKDAYS[other], False)
    assert f"film_weekday: {WEEKDAYS[other]}" in person.sheets.get(file="person.yaml").opening
    client.post(f"/people/{person.pk}/film-day/", {"weekday": "someday"})
    assert f"film_weekday: {WEEKDAYS[other]}" in person.sheets.get(file="person.yaml").opening


def test_it_asks_for_a_film_on_the_day_and_not_once_it_is_there(anna: Anna) -> None:
    account, client, person = anna
    films(person, [TODAY - timedelta(days=7 * n) for n in range(5, 0, -1)])
    assert "Film today?" in client.get(f"/people/{person.pk}/").content.decode()
    person.recordings.create(owner=account, day=TODAY, name="today", measured=False)
    page = client.get(f"/people/{person.pk}/").content.decode()
    assert "Film today?" not in page
    assert "Filmed today" in page
    add_treatment(account, person, {"date": str(TODAY - timedelta(days=3)), "kind": "toxin"})
    person.recordings.all().delete()
    assert "Film today?" not in client.get(f"/people/{person.pk}/").content.decode()


@pytest.mark.parametrize("code", ["en", "de"])
def test_the_reminder_is_a_calendar_that_names_nobody_unless_asked(anna: Anna, code: str) -> None:
    person = anna[2]
    person.name = EVIL
    day = date(2026, 12, 4)
    with language(code):
        plain, named = film_reminder(person, day, named=False), film_reminder(person, day, named=True)
    assert b"Anna" not in plain
    rows = unfolded(named)
    assert [value for name, value in rows if name in ("BEGIN", "END")] == ["VCALENDAR", "VEVENT", "VEVENT", "VCALENDAR"]
    known = dict(rows)
    assert known["DTSTART;VALUE=DATE"] == "20261204"
    assert known["RRULE"] == "FREQ=WEEKLY;BYDAY=FR"
    assert known["UID"] == dict(unfolded(plain))["UID"]
    assert re.fullmatch(r"\d{8}T\d{6}Z", known["DTSTAMP"])
    assert r"Anna\, " in known["SUMMARY"]
    assert r"B\"\;" not in known["SUMMARY"]
    assert r'"B"\; \\ BEGIN:VEVENT\nX' in known["SUMMARY"]


def test_the_calendar_file_is_there_when_a_day_is_known(anna: Anna) -> None:
    films(anna[2], [TODAY - timedelta(days=8), TODAY - timedelta(days=1)])
    answer = anna[1].get(f"/people/{anna[2].pk}/film-day.ics")
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    assert b"Anna" not in answer.content
    assert b"Anna" in anna[1].get(f"/people/{anna[2].pk}/film-day.ics?named=1").content


def test_a_day_is_noted_in_three_taps_and_the_rest_of_it_stays(anna: Anna) -> None:
    account, client, person = anna
    add_diary_day(account, person, {"date": str(TODAY), "sleep (h)": "7", "note": "mine"})
    page = client.get(f"/people/{person.pk}/").content.decode()
    assert 'name="value_0" value="10"' in page
    told = {"day": str(TODAY), "value_0": "7", "value_1": "", "value_2": "", "note": ""}
    answer = client.post(f"/people/{person.pk}/diary/today/", told, headers={"HX-Request": "true"})
    part = answer.content.decode()
    assert answer.status_code == 200
    assert ("Saved." in part, "<html" in part, 'hx-swap-oob="true"' in part) == (True, False, True)
    diary = casefile_of(person).diary
    assert (diary.column("spasms")[0], diary.column("sleep")[0]) == (7.0, 7.0)
    assert "mine" in Row.objects.get().written
    answer = client.post(f"/people/{person.pk}/diary/today/", {**told, "value_0": "3"})
    assert answer.headers["Location"] == f"/people/{person.pk}/?noted=1#note-day"
    assert casefile_of(person).diary.column("spasms")[0] == 3.0


def test_what_was_noted_wrong_is_said_where_it_was_noted(anna: Anna) -> None:
    _, client, person = anna
    told = {"day": "2999-01-01", "value_0": "7"}
    for headers, status in (({"HX-Request": "true"}, 200), ({}, 422)):  # a script's error would stand in the console
        answer = client.post(f"/people/{person.pk}/diary/today/", told, headers=headers)
        assert answer.status_code == status
        assert "data-announce" in answer.content.decode()
    assert not Row.objects.exists()


def test_a_row_that_was_removed_comes_back_as_it_was(anna: Anna) -> None:
    account, client, person = anna
    rows = [add_diary_day(account, person, {"date": f"2026-05-0{n}", "spasms (0-10)": str(n)}) for n in (1, 2, 3)]
    before = [row.written for row in Row.objects.all()]
    answer = client.post(f"/rows/{rows[1].pk}/delete/", follow=True)
    assert Row.objects.count() == 2
    undo = re.findall(r'action="(/removed/\d+/back/)"', answer.content.decode())
    assert client.post(undo[0]).status_code == 302
    assert [row.written for row in Row.objects.all()] == before
    assert not RemovedRow.objects.exists()


def test_a_place_that_was_taken_meanwhile_is_not_taken_away(anna: Anna) -> None:
    account, client, person = anna
    row = add_diary_day(account, person, {"date": "2026-05-01", "spasms (0-10)": "1"})
    client.post(f"/rows/{row.pk}/delete/")
    add_diary_day(account, person, {"date": "2026-05-02", "spasms (0-10)": "2"})
    client.post(f"/removed/{RemovedRow.objects.get().pk}/back/")
    assert [str(day) for day in casefile_of(person).diary.days] == ["2026-05-01", "2026-05-02"]


def test_only_so_many_removed_rows_are_kept(anna: Anna) -> None:
    account, client, person = anna
    for n in range(25):
        row = add_diary_day(account, person, {"date": str(TODAY - timedelta(days=n)), "spasms (0-10)": "1"})
        client.post(f"/rows/{row.pk}/delete/")
    assert RemovedRow.objects.count() == 20


def test_how_long_ago_toxin_was_given_is_said(anna: Anna) -> None:
    account, client, person = anna
    add_treatment(account, person, {"date": str(TODAY - timedelta(days=68)), "kind": "toxin", "product": "Botox"})
    assert "68 days since Botox was injected." in client.get(f"/people/{person.pk}/").content.decode()
    person.refresh_from_db()
    said = answer_about(person)
    assert now_of(said).fades in more_sentences(said)
    with language("de"):
        assert now_of(answer_about(person)).toxin == "Vor 68 Tagen wurde Botox gespritzt."


def test_an_injection_is_written_down_muscle_by_muscle(anna: Anna) -> None:
    _, client, person = anna
    told = {"date": "2026-05-01", "kind": "toxin", "product": "Xeomin", "sites": "somewhere else"}
    units = {"site_zygomaticus_left": "2,5", "site_upper_lid_outer_left": "5 U", "site_frontalis_right": ""}
    assert client.post(f"/people/{person.pk}/treatments/", told | units).status_code == 302
    case = casefile_of(person)
    assert case.problems == ()
    assert case.treatments[0].dose_units == 7.5
    person.refresh_from_db()
    sites = answer_about(person).sites
    assert [(site.key, site.side, site.units) for site in sites] == [
        ("upper_lid_outer", "left", 5.0),
        ("zygomaticus", "left", 2.5),
        ("", None, None),
    ]
    row = Row.objects.get()
    page = client.get(f"/treatments/{row.pk}/").content.decode()
    assert re.search(r'name="site_zygomaticus_left" value="2.5"', page)
    assert re.search(r'name="sites" value="somewhere else"', page)
    changed = {"date": "2026-05-02", "kind": "toxin", "dose_units": "20", "site_mentalis_right": "1"}
    assert client.post(f"/treatments/{row.pk}/", changed).status_code == 302
    treatment = casefile_of(person).treatments[0]
    assert (treatment.day, treatment.sites, treatment.dose_units) == (date(2026, 5, 2), ("mentalis right 1 U",), 20.0)
    assert client.post(f"/treatments/{row.pk}/", {**changed, "site_mentalis_right": "much"}).status_code == 422
    assert client.post(f"/treatments/{row.pk}/", {**changed, "date": "soon"}).status_code == 422
    assert casefile_of(person).treatments[0] == treatment


def test_every_muscle_goes_to_the_table_and_back() -> None:
    units = {(muscle.key, side): f"{n}.5" for n, muscle in enumerate(muscles(), 1) for side in ("left", "right")}
    assert parted_sites(sites_written(units, "")) == (units, "")
    odd = "cheek left; upper lid 2 vials; cheek left 2 U; cheek left 3 U"
    assert parted_sites(odd) == ({("zygomaticus", "left"): "2"}, "cheek left; upper lid 2 vials; cheek left 3 U")
    assert len({place for muscle in muscles() for place in (muscle.right_px, muscle.left_px)}) == 2 * len(muscles())
    assert all(muscle.right_px[0] < 150 < muscle.left_px[0] for muscle in muscles())


def test_days_of_tables_are_written_as_everywhere_and_a_month_stays_a_month(anna: Anna) -> None:
    from facialis.app.diary.deeds import add_treatment

    account, client, person = anna
    for written in ("2026-05-21", "2026-04"):
        add_treatment(account, person, {"date": written, "kind": "toxin"})
    page = client.get(f"/people/{person.pk}/treatments/").content.decode()
    assert ">21 May 2026</a>" in page
    assert ">2026-04</a>" in page
