"""How a film was filmed: asked on every way in, corrected afterwards, and taken back."""

from __future__ import annotations

import json
from datetime import date, time
from pathlib import Path

import pytest
from django.test import Client

from facialis.actions.analyse import Outcome
from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.jobs.models import Job
from facialis.app.jobs.queue import take
from facialis.app.jobs.worker import Worker
from facialis.app.people.casefiles import casefile_of
from facialis.app.people.folders import laid_out, take_in
from facialis.app.people.models import Person
from facialis.app.recordings.asked import UploadForm
from facialis.app.recordings.corrections import correct, put_back_said, told_of
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.store import keep_result, result_reader
from facialis.app.review.models import Step
from facialis.core.errors import InputError
from tests.app.test_recordings import announce

Anna = tuple[Account, Client, Person]
AS_IT_IS = {"day": "2026-05-01", "filmed": "planned", "alone": "", "mirrored": "no", "as_filmed": "unknown", "time": ""}


@pytest.fixture
def made(anna: Anna, session_folder: Path) -> Recording:
    """A recording that was measured, with its film."""
    account, _, person = anna
    recording = Recording(owner=account, person=person, day=date(2026, 5, 1), name="2026-05-01-abc", measured=True)
    recording.mirrored = False
    keep_result(recording, session_folder)
    recording.film.write_bytes(b"film")
    recording.save()
    Job.objects.create(owner=account, recording=recording, state=Job.State.DONE)
    return recording


def facts(recording: Recording) -> dict[str, object]:
    with result_reader(recording, "session.json") as file:
        content: dict[str, object] = json.loads(file.read())
    return content


def test_what_is_corrected_is_in_the_result_and_the_answer_is_out_of_date(anna: Anna, made: Recording) -> None:
    _, client, person = anna
    told = AS_IT_IS | {"day": "2026-04-30", "time": "07:30", "filmed": "caught", "alone": "yes", "as_filmed": "no"}
    before = person.revision
    answer = client.post(f"/recordings/{made.pk}/how-filmed/", told)
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/recordings/{made.pk}/how-filmed/?said=1")
    made.refresh_from_db()
    person.refresh_from_db()
    assert person.revision > before
    assert (made.day, made.time, made.measured) == (date(2026, 4, 30), time(7, 30), True)
    found = facts(made)
    assert [found[key] for key in ("date", "date_from", "time")] == ["2026-04-30", "given", "07:30"]
    assert [found[key] for key in ("filmed", "alone", "as_filmed", "mirrored")] == ["caught", True, False, False]
    (row,) = casefile_of(person).sessions
    assert (row.day, row.filmed, row.alone, row.as_filmed) == (made.day, "caught", True, False)
    assert row.name == made.name == "2026-04-30-abc"
    with result_reader(made, "report.html") as page:
        assert "30 Apr 2026" in page.read().decode()
    line = Entry.objects.get(deed="filmed_corrected")
    assert (line.thing, line.person) == (str(made.pk), person.pk)


def test_what_was_said_before_can_be_put_back_step_by_step(anna: Anna, made: Recording) -> None:
    account, client, _ = anna
    where = f"/recordings/{made.pk}/how-filmed/"
    first = told_of(made)
    correct(account, made, {"alone": "yes"})
    correct(account, made, {"filmed": "caught"})
    assert "Put back what was said before" in client.get(where).content.decode()
    assert client.post(f"{where}back/").status_code == 302
    made.refresh_from_db()
    assert (made.filmed, made.alone, facts(made)["filmed"]) == ("planned", "yes", "planned")
    client.post(f"{where}back/")
    made.refresh_from_db()
    assert told_of(made) == first
    assert facts(made)["alone"] is None
    assert not put_back_said(account, made)
    assert "Put back what was said before" not in client.get(where).content.decode()
    assert not correct(account, made, {"alone": "", "filmed": "planned"})


def test_sides_are_swapped_by_measuring_again_and_the_review_goes_with_them(anna: Anna, made: Recording) -> None:
    account = anna[0]
    Step.objects.create(owner=account, recording=made, deed="judge", event="1.500000 twitch left 2", verdict="reject")
    Step.objects.create(owner=account, recording=made, deed="add", start_s=1, stop_s=2, kind="twitch", side="right")
    correct(account, made, {"mirrored": True})
    assert (made.mirrored, made.measured, Job.objects.get().state) == (True, False, Job.State.WAITING)
    assert [(step.event, step.side) for step in made.steps.all()] == [("1.500000 twitch right 2", ""), ("", "left")]
    put_back_said(account, made)
    assert [(step.event, step.side) for step in made.steps.all()] == [("1.500000 twitch left 2", ""), ("", "right")]
    made.film.unlink()
    with pytest.raises(InputError):
        correct(account, made, {"mirrored": True})
    made.refresh_from_db()
    assert made.mirrored is False
    assert "cannot be swapped" in anna[1].get(f"/recordings/{made.pk}/how-filmed/").content.decode()


def test_what_is_corrected_while_it_is_measured_is_not_lost(anna: Anna, made: Recording) -> None:
    account = anna[0]
    Job.objects.update(state=Job.State.WAITING)
    worker = Worker("a")

    def measured_meanwhile(answers: dict[str, object]) -> Job:
        job = take("a")
        assert job is not None
        job.recording  # noqa: B018 - as the worker reads it when it begins
        correct(account, Recording.objects.get(), answers)
        worker._settle(job, outcome)
        return Job.objects.get()

    outcome = Outcome(number=0, video=made.film)
    assert measured_meanwhile({"mirrored": True}).state == Job.State.WAITING  # it is measured once more
    assert not Recording.objects.get().measured
    assert measured_meanwhile({"filmed": "caught"}).state == Job.State.DONE
    assert Recording.objects.get().measured
    assert facts(Recording.objects.get())["filmed"] == "caught"


@pytest.mark.parametrize("wrong", [{"day": "2999-01-01"}, {"day": ""}, {"time": "25:00"}, {"mirrored": "maybe"}])
def test_a_wrong_answer_is_said_and_changes_nothing(anna: Anna, made: Recording, wrong: dict[str, str]) -> None:
    answer = anna[1].post(f"/recordings/{made.pk}/how-filmed/", AS_IT_IS | wrong)
    assert answer.status_code == 422
    assert 'class="wrong"' in answer.content.decode()
    assert not Entry.objects.filter(deed="filmed_corrected").exists()


def test_a_file_is_asked_the_same_and_an_answer_left_out_stays_open(anna: Anna) -> None:
    page = anna[1].get(f"/people/{anna[2].pk}/recordings/new/").content.decode()
    assert all(f'name="{name}"' in page for name in ("day", "filmed", "alone", "mirrored", "as_filmed"))
    form = UploadForm({"day": "2026-05-01", "filmed": "planned"})
    assert form.is_valid()
    assert (form.cleaned_data["mirrored"], form.cleaned_data["as_filmed"]) == (None, "unknown")
    announce(anna, 9, mirrored="no", as_filmed="yes")
    upload = Upload.objects.get()
    assert (upload.mirrored, upload.as_filmed) == (False, "yes")


def test_what_was_said_comes_back_with_a_folder(anna: Anna, made: Recording) -> None:
    account, _, person = anna
    correct(account, made, {"filmed": "", "alone": "no", "as_filmed": "yes", "time": time(21, 5)})
    with laid_out(person, whole=True) as folder:
        other = take_in(account, folder)
    back = other.recordings.get()
    assert told_of(back) == told_of(made)
    assert (back.filmed, back.alone, back.as_filmed, back.is_asked) == ("", "no", "yes", True)
