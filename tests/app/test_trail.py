"""The trail: what stands in it, that nothing of a person does, and that no change of it goes unseen."""

from __future__ import annotations

import random
import threading

import pytest
from django.db import connection, connections, transaction
from django.test import Client
from django.urls import reverse

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.audit.reading import READ, UNSEEN, note_look
from facialis.app.audit.trail import check, note
from facialis.app.diary.deeds import add_diary_day, add_treatment
from facialis.app.people.models import Person
from facialis.app.recordings.models import Recording
from facialis.app.sharing.scopes import SCOPES
from facialis.core.knowledge import sentences
from tests.app.house import LogIn
from tests.app.test_access import SOMEBODYS, things  # noqa: F401 - a fixture

Anna = tuple[Account, Client, Person]
EDITS = 1000
WRITERS, WRITES = 6, 10
COLUMNS = ("made_at", "owner_id", "deed", "thing", "person", "data_of", "digest", "id")


@pytest.fixture
def lines(anna: Anna) -> int:
    """A trail of twenty lines and more; how many."""
    account, client, person = anna
    for day in range(1, 10):
        add_diary_day(account, person, {"date": f"2026-06-{day:02d}", "spasms (0-10)": "7"})
        add_treatment(account, person, {"date": f"2026-06-{day:02d}", "kind": "toxin"})
    client.get(reverse("diary", args=[person.pk]))
    return Entry.objects.count()


def test_each_of_a_thousand_edits_of_one_byte_is_found(lines: int) -> None:
    assert check() == []
    chance = random.Random(17)
    found = 0
    with connection.cursor() as cursor, connection.constraint_checks_disabled(), transaction.atomic():
        cursor.execute("pragma ignore_check_constraints = on")
        for _ in range(EDITS):
            number, column = chance.randrange(lines) + 1, chance.choice(COLUMNS)
            cursor.execute("savepoint edit")
            cursor.execute(f"select cast({column} as blob) from casebook_entry where id = %s", [number])
            raw = bytearray(cursor.fetchone()[0] or b"")
            if raw:
                at = chance.randrange(len(raw))
                raw[at] = (raw[at] + chance.randrange(1, 256)) % 256
            else:
                raw.append(chance.randrange(256))
            put = "cast(%s as text)" if column != "id" else "%s"
            value = bytes(raw) if column != "id" else 10_000 + chance.randrange(10_000)
            cursor.execute(f"update casebook_entry set {column} = {put} where id = %s", [value, number])
            found += check() != []
            cursor.execute("rollback to edit")
            cursor.execute("release edit")
    assert (found, EDITS) == (EDITS, EDITS)
    assert check() == []


def test_a_line_that_was_taken_out_or_put_in_is_missed(lines: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("delete from casebook_entry where id = 5")
        assert check() == [6]
        cursor.execute(
            "insert into casebook_entry (id, made_at, owner_id, deed, thing, digest) values (5, '', 1, 'x', '', 'y')"
        )
        assert check() == [5, 6]
    assert lines >= 20


def test_a_chain_goes_on_behind_a_break(lines: int, anna: Anna) -> None:
    Entry.objects.filter(pk=lines).update(deed="something_else")
    note(anna[0], "person_added", 1)
    assert check() == [lines]


def test_a_chain_holds_where_many_write_at_once(anna: Anna) -> None:
    def write() -> None:
        for number in range(WRITES):
            note(anna[0], "settings_changed", number)
        connections.close_all()

    writers = [threading.Thread(target=write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert Entry.objects.filter(deed="settings_changed").count() == WRITERS * WRITES
    assert check() == []


def test_every_address_that_shows_something_of_a_person_leaves_a_line(
    things: dict[str, list[object]],  # noqa: F811
    anna: Anna,
) -> None:
    seen = 0
    for name, (method, kind) in SOMEBODYS.items():
        if method != "get" or name in UNSEEN:
            continue
        answer = anna[1].get(reverse(name, args=things[kind]))
        list(answer) if answer.streaming else answer.content
        answer.close()
        if answer.status_code not in (200, 206):  # nothing is there to be shown
            continue
        seen += 1
        line = Entry.objects.latest("pk")
        assert (line.owner, line.deed, line.person, line.data_of) == (anna[0], f"read_{name}", anna[2].pk, anna[0].pk)
    assert seen >= 12


def test_what_its_owner_looks_at_stands_once_an_hour_what_others_do_each_time(anna: Anna, log_in: LogIn) -> None:
    account, client, person = anna
    for _ in range(3):
        client.get(reverse("diary", args=[person.pk]))
    assert Entry.objects.filter(deed="read_diary").count() == 1
    other, _ = log_in("bert")
    for follows in (False, True, True, False):
        note_look(other, person, "film", 3, follows=follows)
    seen = Entry.objects.filter(owner=other, data_of=account.pk, person=person.pk, deed="read_film")
    assert [line.thing for line in seen] == ["3", "3"]


def test_what_is_refused_or_not_there_is_no_look(anna: Anna, log_in: LogIn, client: Client) -> None:
    address = reverse("diary", args=[anna[2].pk])
    before = Entry.objects.count()
    assert log_in("bert")[1].get(address).status_code == 404
    assert client.get(address).status_code == 302
    assert Entry.objects.count() == before


def test_nothing_of_a_person_stands_in_the_trail(anna: Anna) -> None:
    account, client, person = anna
    Person.objects.filter(pk=person.pk).update(name="Canary Meadow")
    add_treatment(account, person, {"date": "2026-05-01", "kind": "toxin", "note": "canary words"})
    Recording.objects.create(owner=account, person=person, day="2026-05-01", name="x", shown_name="canary.mp4")
    client.get(reverse("person", args=[person.pk]))
    client.post(reverse("delete_person", args=[person.pk]))
    with connection.cursor() as cursor:
        cursor.execute("select * from casebook_entry")
        assert "canary" not in str(cursor.fetchall()).lower()
    assert Entry.objects.filter(deed__in=["person_binned", "person_deleted"], person=person.pk).exists()


def test_who_saw_my_data_is_told_in_plain_words_page_by_page(anna: Anna, log_in: LogIn) -> None:
    account, client, person = anna
    bert, theirs = log_in("bert")
    note_look(bert, person, "course")
    page = client.get("/account/seen/").content.decode()
    assert "bert" in page
    assert "Looked at the course" in page
    assert "Anna" in page
    assert "Anna" not in theirs.get("/account/seen/").content.decode()
    for _ in range(50):
        note(account, "something_new_of_tomorrow")
    pages = [client.get(f"/account/seen/?page={number}").content.decode() for number in ("1", "2", "x")]
    assert "Changed something" in pages[0]
    assert "Looked at the course" in pages[1]
    assert "Older" in pages[2]
    client.post("/language/", {"language": "de"})
    assert "Den Verlauf angesehen" in client.get("/account/seen/?page=2").content.decode()


def test_each_look_of_somebody_else_has_words_of_its_own() -> None:
    kinds = {kind for kind in SCOPES if SOMEBODYS[kind][0] == "get"} - UNSEEN
    kinds |= {"clinic_day", "comments", "issued_file", "rate_film", "rating_results", "rating_set"}
    assert {kind for kind in kinds if f"app_deed_{READ}{kind}" not in sentences()} == set()
