"""Who may ask for what: every address, without a login and with another person's."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facialis.app.accounts.models import Account, Passkey
from facialis.app.api.tokens import make_token
from facialis.app.audit.models import Entry
from facialis.app.bin.deeds import bin_recording, delete_person
from facialis.app.bin.models import Binned
from facialis.app.bundle.models import Arrival, Received
from facialis.app.comments.models import Comment
from facialis.app.diary.deeds import add_treatment
from facialis.app.jobs.models import Job
from facialis.app.people.deeds import delete_row
from facialis.app.people.models import Person, Row
from facialis.app.rating.deeds import Stretch, make_set
from facialis.app.rating.models import Turn
from facialis.app.recordings.deeds import begin_upload
from facialis.app.recordings.models import Recording, Upload
from facialis.app.sharing.issuing import issue
from facialis.app.sharing.offers import accept, make_offer
from facialis.app.urls import urlpatterns
from tests.app.house import LogIn
from tests.app.softkey import SoftKey

# Each route: the method by which it is asked, and whose number stands in it. A route that is not here fails the test.
OPEN = {
    "first_run": "get",
    "welcome": "get",
    "login": "get",
    "second_step": "get",
    "recover": "get",
    "language": "post",
    "ask_passkey": "post",
    "make_passkey": "post",
    "drawings_css": "get",
    "demo_door": "get",
    "demo_sides": "post",
    "offered": "get",
    "open_library": "get",
    "open_article": "get",
}
NOBODYS = {
    "home": "get",
    "logout": "post",
    "add_person": "get",
    "confirm": "get",
    "my_account": "get",
    "settings": "post",
    "change_password": "post",
    "add_passkey": "post",
    "authenticator": "post",
    "authenticator_code": "get",
    "remove_authenticator": "post",
    "recovery_codes": "post",
    "seen": "get",
    "programs": "get",
    "new_token": "post",
    "api_openapi": "get",
    "api_people": "get",
    "still_here": "post",
    "delete_account": "post",
    "accounts": "get",
    "add_account": "post",
    "bin": "get",
    "backup": "get",
    "backup_now": "post",
    "backup_progress": "get",
    "shared_with_me": "get",
    "my_comments": "get",
    "read_comments": "post",
    "receive": "get",
    "arrivals": "post",
    "rating_sets": "get",
    "new_rating_set": "get",
}
SOMEBODYS = {
    "person": ("get", "person"),
    "delete_person": ("post", "person"),
    "add_recording": ("get", "person"),
    "forget_refused": ("post", "person"),
    "phone": ("post", "person"),
    "phone_code": ("get", "person"),
    "phone_state": ("get", "person"),
    "phone_revoke": ("post", "person"),
    "diary": ("post", "person"),
    "add_column": ("post", "person"),
    "note_day": ("post", "person"),
    "film_day": ("post", "person"),
    "film_day_ics": ("get", "person"),
    "recordings": ("get", "person"),
    "side_by_side": ("get", "person"),
    "treatments": ("post", "person"),
    "treatment": ("post", "row"),
    "questionnaires": ("get", "person"),
    "questionnaires_later": ("post", "person"),
    "questionnaire": ("post", "questionnaire"),
    "experiment": ("get", "person"),
    "note_experiment": ("post", "person"),
    "put_experiment_aside": ("post", "person"),
    "take_experiment_up": ("post", "person"),
    "history": ("post", "person"),
    "help": ("get", "person"),
    "glossary": ("get", "person"),
    "guide": ("get", "person"),
    "answer_question": ("post", "question"),
    "library": ("get", "person"),
    "article": ("get", "article"),
    "course": ("get", "person"),
    "answer": ("get", "person"),
    "up_to_date": ("get", "person"),
    "visit_pdf": ("get", "person"),
    "clinician_pdf": ("get", "person"),
    "folder_zip": ("get", "person"),
    "delete_row": ("post", "row"),
    "uploads": ("post", "person"),
    "film_now": ("get", "person"),
    "look": ("post", "person"),
    "camera": ("post", "person"),
    "put_row_back": ("post", "removed"),
    "upload": ("patch", "upload"),
    "told": ("post", "upload"),
    "end_upload": ("post", "upload"),
    "drop_upload": ("post", "upload"),
    "recording": ("get", "recording"),
    "progress": ("get", "recording"),
    "stop_job": ("post", "recording"),
    "begin_again": ("post", "recording"),
    "judge": ("post", "recording"),
    "undo": ("post", "recording"),
    "redo": ("post", "recording"),
    "exclude": ("post", "recording"),
    "include": ("post", "recording"),
    "add_event": ("post", "recording"),
    "move_event": ("post", "recording"),
    "judge_miss": ("post", "recording"),
    "copy": ("get", "recording"),
    "make_copy": ("post", "recording"),
    "copy_progress": ("get", "recording"),
    "times": ("get", "recording"),
    "signals": ("get", "recording"),
    "clip": ("get", "clip"),
    "loops": ("post", "recording"),
    "loop": ("get", "loop"),
    "delete_recording": ("post", "recording"),
    "swap": ("post", "recording"),
    "how_filmed": ("get", "recording"),
    "put_back_said": ("post", "recording"),
    "film": ("get", "recording"),
    "result_file": ("get", "file"),
    "api_person": ("get", "person"),
    "api_answer": ("get", "person"),
    "api_guidance": ("get", "person"),
    "api_treatments": ("get", "person"),
    "api_history": ("get", "person"),
    "api_diary": ("get", "person"),
    "api_questionnaires": ("get", "person"),
    "api_recordings": ("get", "person"),
    "api_recording": ("get", "recording"),
    "api_session": ("get", "recording"),
    "api_events": ("get", "recording"),
    "revoke_token": ("post", "token"),
    "name_passkey": ("post", "passkey"),
    "remove_passkey": ("post", "passkey"),
    "end_session": ("post", "session"),
    "invite_again": ("post", "account"),
    "remove_account": ("post", "account"),
    "out_of_bin": ("post", "binned"),
    "empty_bin": ("post", "binned"),
    "sharing": ("get", "person"),
    "new_share": ("post", "person"),
    "shared_person": ("get", "person"),
    "enter_treatment": ("get", "person"),
    "issue_sheet": ("post", "person"),
    "change_share": ("post", "share"),
    "stop_share": ("post", "share"),
    "still_shared": ("get", "share"),
    "leave_share": ("post", "share"),
    "revoke_offer": ("post", "offer"),
    "issued_file": ("get", "issued"),
    "send_bundle": ("get", "person"),
    "arrival": ("patch", "arrival"),
    "arrived": ("get", "arrival"),
    "send_answer": ("post", "received"),
    "delete_received": ("post", "received"),
    "recording_comments": ("get", "recording"),
    "read_comment": ("post", "comment"),
    "edit_comment": ("post", "comment"),
    "delete_comment": ("post", "comment"),
    "put_comment_back": ("post", "comment"),
    "hide_comment": ("post", "comment"),
    "resolve_comment": ("post", "comment"),
    "reopen_comment": ("post", "comment"),
    "report_comment": ("post", "comment"),
    "dismiss_reports": ("post", "comment"),
    "rating_set": ("get", "rating_set"),
    "close_rating_set": ("post", "rating_set"),
    "delete_rating_set": ("post", "rating_set"),
    "rating": ("get", "rater"),
    "finish_rating": ("post", "rater"),
    "rating_results": ("get", "rating_set"),
    "ratings_tsv": ("get", "rating_set"),
    "agreement_json": ("get", "rating_set"),
    "practice": ("get", "rater"),
    "practice_progress": ("get", "rater"),
    "practice_film": ("get", "practice"),
    "practice_truth": ("get", "practice"),
    "practice_play": ("get", "practice"),
    "rate": ("get", "turn"),
    "rate_film": ("get", "turn"),
}


@pytest.fixture
def things(anna: tuple[Account, Client, Person]) -> dict[str, list[Any]]:
    """Something of anna's for each kind of address."""

    account, browser, person = anna
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
    made = SoftKey().make(browser.post("/passkey/make/").json())
    assert browser.post("/account/passkeys/", {"passkey": made}).status_code == 302
    gone = Recording.objects.create(owner=account, person=person, day=date(2026, 5, 1), name="y", token="y")
    binned = bin_recording(account, gone)
    carla = Account.objects.create(name="carla", clinician=True)
    offer, _ = make_offer(account, person, ["course"], None)
    share = accept(carla, offer)
    rating_set = make_set(account, "before and after", "smc", [Stretch(recording)], [account], 0.2)
    return {
        "rating_set": [rating_set.pk],
        "rater": [rating_set.raters.get().token],
        "practice": [rating_set.raters.get().token, 1],
        "turn": [Turn.objects.filter(owner=account)[0].token],
        "share": [share.pk],
        "offer": [make_offer(account, person, ["course"], 30)[0].pk],
        "issued": [issue(carla, person, "sheet", b"%PDF-1.7").pk],
        "comment": [Comment.objects.create(owner=account, recording=recording, text="see #t=1").pk],
        "binned": [binned.pk],
        "person": [person.pk],
        "row": [row.pk],
        "removed": [delete_row(account, add_treatment(account, person, {"date": "2026-05-03", "kind": "toxin"})).pk],
        "upload": [upload.token],
        "recording": [recording.pk],
        "file": [recording.pk, "events.tsv"],
        "clip": [recording.pk, 1],
        "loop": [recording.pk, "0f"],
        "article": [person.pk, "what_it_is"],
        "questionnaire": [person.pk, "phq9"],
        "question": [person.pk, "fever"],
        "passkey": [Passkey.objects.get().pk],
        "session": [browser.session["ref"]],
        "account": [account.pk],
        "arrival": [Arrival.objects.create(owner=account, size_bytes=9).token],
        "received": [_received(account).pk],
        "token": [make_token(account, "mine", 90)[0].pk],
    }


def _received(account: Account) -> Received:
    """Somebody who came from another computer."""
    now = timezone.now()
    person = Person.objects.create(owner=account, name="Edith", received_at=now)
    told = {"secret": "0" * 32, "sender": "E", "made_on": now.date(), "until": now.date(), "reply_to": "age1"}
    return Received.objects.create(owner=account, person=person, **told)


def test_every_address_is_held_against_who_may_ask_for_it() -> None:

    assert {pattern.name for pattern in urlpatterns} == set(OPEN) | set(NOBODYS) | set(SOMEBODYS)


def test_without_a_login_everything_leads_to_the_door(things: dict[str, list[Any]], client: Client) -> None:

    for name, method in NOBODYS.items():
        answer = getattr(client, method)(reverse(name))
        assert (answer.status_code, answer.headers.get("Location", "")[:7]) == refused(name), name
    for name, (method, kind) in SOMEBODYS.items():
        answer = getattr(client, method)(reverse(name, args=things[kind]))
        assert (answer.status_code, answer.headers.get("Location", "")[:7]) == refused(name), name


def refused(name: str) -> tuple[int, str]:
    """How whoever has not logged in is answered: a person is led to the door, a program is told."""
    return (401, "") if name.startswith("api_") else (302, "/login/")


def test_of_somebody_else_nothing_is_there(things: dict[str, list[Any]], log_in: LogIn) -> None:

    before = [kind.objects.count() for kind in (Entry, Person, Row, Recording, Upload, Binned, Comment)]
    _, other = log_in("bert")
    for name, (method, kind) in SOMEBODYS.items():
        assert getattr(other, method)(reverse(name, args=things[kind])).status_code == 404, name
    assert [kind.objects.count() for kind in (Entry, Person, Row, Recording, Upload, Binned, Comment)] == before


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
