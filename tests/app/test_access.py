"""Who may ask for what: every address, without a login and with another person's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.diary.deeds import add_treatment
from facialis.app.jobs.models import Job
from facialis.app.people.deeds import delete_person
from facialis.app.people.models import Person, Row
from facialis.app.recordings.deeds import begin_upload
from facialis.app.recordings.models import Recording, Upload
from facialis.app.urls import urlpatterns
from tests.app.house import LogIn

# Each route: the method by which it is asked, and whose number stands in it. A route that is not here fails the test.
OPEN = {"first_run": "get", "login": "get", "language": "post", "drawings_css": "get"}
NOBODYS = {"home": "get", "logout": "post", "add_person": "get"}
SOMEBODYS = {
    "person": ("get", "person"),
    "delete_person": ("post", "person"),
    "add_recording": ("post", "person"),
    "diary": ("post", "person"),
    "add_column": ("post", "person"),
    "treatments": ("post", "person"),
    "questionnaires": ("get", "person"),
    "questionnaire": ("post", "questionnaire"),
    "history": ("post", "person"),
    "guide": ("get", "person"),
    "library": ("get", "person"),
    "article": ("get", "article"),
    "course": ("get", "person"),
    "visit_pdf": ("get", "person"),
    "clinician_pdf": ("get", "person"),
    "folder_zip": ("get", "person"),
    "delete_row": ("post", "row"),
    "upload": ("patch", "upload"),
    "recording": ("get", "recording"),
    "progress": ("get", "recording"),
    "stop_job": ("post", "recording"),
    "begin_again": ("post", "recording"),
    "judge": ("post", "recording"),
    "undo": ("post", "recording"),
    "redo": ("post", "recording"),
    "exclude": ("post", "recording"),
    "include": ("post", "recording"),
    "delete_recording": ("post", "recording"),
    "film": ("get", "recording"),
    "result_file": ("get", "file"),
}


@pytest.fixture
def things(anna: tuple[Account, Client, Person]) -> dict[str, list[Any]]:
    """Something of anna's for each kind of address."""

    account, _, person = anna
    row = add_treatment(account, person, {"date": "2026-05-01", "kind": "toxin"})
    upload = begin_upload(
        account, person, day=date(2026, 5, 1), shown_name="a", size_bytes=9, mirrored=False, filmed="planned"
    )
    recording = Recording.objects.create(owner=account, person=person, day=date(2026, 5, 1), name="x", container="mov")
    recording.folder.mkdir()
    recording.film.write_bytes(b"film")
    recording.result.mkdir()
    (recording.result / "events.tsv").write_text("onset\n")
    Job.objects.create(owner=account, recording=recording)
    return {
        "person": [person.pk],
        "row": [row.pk],
        "upload": [upload.token],
        "recording": [recording.pk],
        "file": [recording.pk, "events.tsv"],
        "article": [person.pk, "what_it_is"],
        "questionnaire": [person.pk, "phq9"],
    }


def test_every_address_is_held_against_who_may_ask_for_it() -> None:

    assert {pattern.name for pattern in urlpatterns} == set(OPEN) | set(NOBODYS) | set(SOMEBODYS)


def test_without_a_login_everything_leads_to_the_door(things: dict[str, list[Any]], client: Client) -> None:

    for name, method in NOBODYS.items():
        answer = getattr(client, method)(reverse(name))
        assert (answer.status_code, answer.headers["Location"][:7]) == (302, "/login/"), name
    for name, (method, kind) in SOMEBODYS.items():
        answer = getattr(client, method)(reverse(name, args=things[kind]))
        assert (answer.status_code, answer.headers["Location"][:7]) == (302, "/login/"), name


def test_of_somebody_else_nothing_is_there(things: dict[str, list[Any]], log_in: LogIn) -> None:

    before = [kind.objects.count() for kind in (Entry, Person, Row, Recording, Upload)]
    _, other = log_in("bert")
    for name, (method, kind) in SOMEBODYS.items():
        assert getattr(other, method)(reverse(name, args=things[kind])).status_code == 404, name
    assert [kind.objects.count() for kind in (Entry, Person, Row, Recording, Upload)] == before


def test_what_is_ones_own_is_there(things: dict[str, list[Any]], anna: tuple[Account, Client, Person]) -> None:

    for name in ("person", "course", "recording", "progress", "film", "result_file"):
        answer = anna[1].get(reverse(name, args=things[SOMEBODYS[name][1]]))
        assert answer.status_code == 200, name
        answer.close()


def test_a_deed_asks_for_itself_whose_it_is(things: dict[str, list[Any]], log_in: LogIn) -> None:

    person = Person.objects.get(pk=things["person"][0])
    bert, _ = log_in("bert")
    for deed in (lambda: delete_person(bert, person), lambda: add_treatment(bert, person, {"date": "2026-05-02"})):
        with pytest.raises(PermissionDenied):
            deed()


def test_only_the_one_name_of_the_casebook_is_answered(client: Client) -> None:
    assert client.get("/login/", headers={"host": "elsewhere.example"}).status_code == 400
    answer = client.get("/login/?a=b", headers={"host": "127.0.0.1:8321"})
    assert (answer.status_code, answer.headers["Location"]) == (302, "http://localhost:8321/login/?a=b")


def test_a_form_from_elsewhere_is_refused(anna: tuple[Account, Client, Person]) -> None:

    strict = Client(enforce_csrf_checks=True, SERVER_NAME="localhost")
    strict.force_login(anna[0])
    assert strict.post("/people/new/", {"name": "Eve"}).status_code == 403
    assert not Person.objects.filter(name="Eve").exists()
