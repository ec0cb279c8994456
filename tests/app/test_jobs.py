"""Jobs: taken once, kept while they are worked on, given back when a worker is gone, and left when asked."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.jobs.deeds import do_again, stop
from facialis.app.jobs.models import Job
from facialis.app.jobs.progress import Progress, read_progress, write_progress
from facialis.app.jobs.queue import LEASE, MOST_ATTEMPTS, end, fail, give_back, renew, return_unharmed, take
from facialis.app.jobs.supervisor import Supervisor
from facialis.app.jobs.worker import Worker, _count
from facialis.app.people.models import Person
from facialis.app.place import Place
from facialis.app.recordings.models import Recording
from facialis.core.errors import VideoError
from tests.film.media import make

Anna = tuple[Account, Client, Person]


def recording_of(anna: Anna, film: bytes = b"no film", day: date = date(2026, 5, 1)) -> Recording:
    account, _, person = anna
    made = Recording(owner=account, person=person, day=day, container="mov", shown_name="a.mp4")
    made.name = made.token
    made.save()
    made.folder.mkdir()
    made.film.write_bytes(film)
    Job.objects.create(owner=account, recording=made)
    return made


def job() -> Job:
    return Job.objects.get()


def until(come: Callable[[], bool], seconds: float = 60.0) -> None:
    ends = time.monotonic() + seconds
    while not come():
        assert time.monotonic() < ends, "it does not come"
        time.sleep(0.05)


def test_a_job_is_taken_once_and_in_its_turn(anna: Anna) -> None:
    first, second = recording_of(anna), recording_of(anna)
    assert [take("a"), take("b"), take("c")] == [first.job, second.job, None]


def test_whoever_holds_a_job_keeps_it_and_nobody_else_ends_it(anna: Anna) -> None:
    recording_of(anna)
    held = take("a")
    assert held is not None
    assert renew(held, "a")
    assert not renew(held, "b")
    assert not end(held, "b", Job.State.DONE)
    assert end(held, "a", Job.State.DONE)
    assert not renew(held, "a")


def test_a_lease_that_has_run_out_gives_the_job_back(anna: Anna) -> None:
    recording_of(anna)
    held = take("a")
    assert take("b") is None
    Job.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert take("b") == held
    assert not renew(job(), "a")
    assert timedelta(seconds=10) < LEASE < timedelta(minutes=3)


def test_a_job_whose_worker_dies_again_and_again_has_failed(anna: Anna) -> None:
    recording_of(anna)
    for _ in range(MOST_ATTEMPTS):
        assert take("a") is not None
        give_back(worker="a")
    assert take("a") is None
    assert (job().state, job().error_code) == (Job.State.FAILED, "worker_died")
    page = anna[1].get(f"/recordings/{job().recording_id}/").content.decode()
    assert "broke off 3 times" in page
    do_again(anna[0], job())
    assert take("b") is not None
    assert job().attempts == 1


def test_a_program_that_is_ended_costs_no_attempt(anna: Anna) -> None:
    recording_of(anna)
    for _ in range(MOST_ATTEMPTS + 1):
        held = take("a")
        assert held is not None
        return_unharmed(held, "a")
    assert (job().state, job().attempts) == (Job.State.WAITING, 0)


def test_a_job_can_be_stopped_while_it_waits_and_while_it_runs(anna: Anna) -> None:
    recording_of(anna)
    stop(anna[0], job())
    assert job().state == Job.State.STOPPED
    do_again(anna[0], job())
    held = take("a")
    assert held is not None
    stop(anna[0], job())
    assert not renew(held, "a")
    give_back(worker="a")
    assert job().state == Job.State.STOPPED


def test_a_recording_that_was_measured_is_not_measured_again_for_the_asking(anna: Anna) -> None:
    recording = recording_of(anna)
    Job.objects.update(state=Job.State.DONE)
    assert anna[1].post(f"/recordings/{recording.pk}/again/").status_code == 302
    assert job().state == Job.State.DONE, "its result stays"
    assert not Entry.objects.filter(deed="job_begun_again").exists()


def test_what_is_no_film_ends_with_its_reason(anna: Anna) -> None:
    made = recording_of(anna)
    assert Worker("a").do_one()
    assert (job().state, job().error_code) == (Job.State.FAILED, "unreadable")
    assert not made.result.exists()
    assert job().error_message in anna[1].get(f"/recordings/{made.pk}/").content.decode()


def test_a_reason_is_kept_only_by_whoever_holds_the_job(anna: Anna) -> None:
    recording_of(anna)
    held = take("a")
    assert held is not None
    fail(held, "b", VideoError("x", code="empty"))
    assert job().state == Job.State.RUNNING


def test_progress_is_said_in_words(anna: Anna) -> None:
    made = recording_of(anna)
    held = take("a")
    assert held is not None
    write_progress(held.pk, "measuring", 0.25, time.monotonic() - 30.0)
    said = read_progress(held.pk)
    assert said is not None
    assert (said.percent, said.stage_words) == (25, "measuring")
    page = anna[1].get(f"/recordings/{made.pk}/progress/").content.decode()
    assert "25 % done (measuring)" in page
    assert "left" in page
    assert 'hx-trigger="every 1s"' in page
    assert Progress(stage="", share=0.01, spent_s=1.0).left_words == ""
    assert Progress(stage="x", share=1.0, spent_s=1.0).percent == 99
    end(held, "a", Job.State.DONE)
    assert anna[1].get(f"/recordings/{made.pk}/progress/").headers["HX-Refresh"] == "true"


@pytest.fixture
def supervised(casebook: Place, monkeypatch: pytest.MonkeyPatch) -> Place:
    """A casebook that a worker of its own finds."""
    monkeypatch.setenv("FACIALIS_DATA", str(casebook.root))
    return casebook


def test_a_killed_worker_leaves_its_job_to_the_next(anna: Anna, supervised: Place, endless: bytes) -> None:
    recording_of(anna, endless)
    connection.close()
    with Supervisor() as supervisor:
        until(lambda: read_progress(job().pk) is not None)
        first = supervisor.worker
        assert first is not None
        os.kill(first, signal.SIGKILL)
        until(lambda: job().attempts == 2)
        assert supervisor.worker != first
        stop(anna[0], job())
        until(lambda: job().state == Job.State.STOPPED)
    assert [path.name for path in job().recording.folder.iterdir()] == ["film"]
    assert list(supervised.progress.iterdir()) == []


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A film that is looked through for long, as there is no face in it."""
    path = tmp_path_factory.mktemp("endless") / "film.mp4"
    make(path, "libx264", frames=600, width=320, height=240)
    return path.read_bytes()


@pytest.mark.usefixtures("supervised")
def test_nothing_runs_on_when_the_program_ends(anna: Anna, endless: bytes) -> None:
    recording_of(anna, endless)
    connection.close()
    with Supervisor() as supervisor:
        until(lambda: read_progress(job().pk) is not None)
        worker = supervisor.worker
    assert worker is not None
    assert not Path(f"/proc/{worker}").exists()
    assert (job().state, job().attempts) == (Job.State.WAITING, 0)


def test_a_worker_that_was_made_to_leave_costs_no_attempt(anna: Anna) -> None:
    recording_of(anna)
    for _ in range(MOST_ATTEMPTS + 1):
        assert take("a") is not None
        give_back(worker="a", unharmed=True)
    assert (job().state, job().attempts) == (Job.State.WAITING, 0)


def test_what_begins_to_count_leaves_a_line(anna: Anna) -> None:
    recording = recording_of(anna)
    before = anna[2].revision
    _count(job())
    line = Entry.objects.latest("pk")
    assert (line.owner, line.deed, line.person) == (anna[0], "recording_measured", anna[2].pk)
    assert line.thing == str(recording.pk)
    anna[2].refresh_from_db()
    assert anna[2].revision > before
