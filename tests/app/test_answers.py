"""The answer about a person: kept, worked out beside the pages, and the same as on the command line."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.utils import timezone

from facialis.actions.answer import answer
from facialis.actions.made_up import AS_OF, write_made_up
from facialis.app.accounts.models import Account
from facialis.app.course.answerer import Answerer, give_back
from facialis.app.course.answers import NoAnswer, answer_about, standing_of
from facialis.app.course.models import Answering, KeptAnswer
from facialis.app.course.writing import answer_as_bytes, answer_of_bytes
from facialis.app.diary.deeds import add_treatment
from facialis.app.jobs.queue import MOST_ATTEMPTS
from facialis.app.jobs.supervisor import Supervisor
from facialis.app.people.models import Person
from facialis.app.people.sheets import keep_file
from facialis.app.place import Place
from facialis.core.knowledge import LANGUAGES, language
from facialis.core.person.answer import Answer
from facialis.files.person import read_person
from facialis.report.person.answers import course_object, guidance_object

Anna = tuple[Account, Client, Person]


@pytest.fixture
def beside() -> Iterator[None]:
    """Answers are worked out beside the pages, as while a casebook is served."""
    settings.ANSWERS_BESIDE = True
    yield
    settings.ANSWERS_BESIDE = False


@pytest.fixture(scope="module")
def made_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("people") / "made-up"
    folder.mkdir()
    write_made_up(folder)
    return folder


@pytest.fixture(scope="module")
def whole(made_up: Path) -> Answer:
    """An answer in which nearly everything is said."""
    return answer(read_person(made_up, today=AS_OF))


def objects(said: Answer) -> tuple[dict[str, object], dict[str, object]]:
    return course_object(said), guidance_object(said)


def test_an_answer_that_was_kept_says_what_it_said(whole: Answer) -> None:
    again = answer_of_bytes(answer_as_bytes(whole))
    assert whole.triggers and whole.toxin and whole.scores  # noqa: PT018 - otherwise this shows little
    assert objects(again) == objects(whole)
    assert np.array_equal(again.casefile.diary.values, whole.casefile.diary.values, equal_nan=True)
    assert (again.casefile.sessions, again.casefile.treatments) == (whole.casefile.sessions, whole.casefile.treatments)
    assert (again.course, again.reading, again.pathway) == (whole.course, whole.reading, whole.pathway)


@pytest.mark.parametrize("raw", [b"", b"x", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_what_is_no_answer_is_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="no answer"):
        answer_of_bytes(raw)


def test_an_answer_in_another_language_takes_its_numbers_over(made_up: Path, whole: Answer) -> None:
    with language("de"):
        case = read_person(made_up, today=AS_OF)
        assert objects(answer(case, like=whole)) == objects(answer(case))


@pytest.mark.usefixtures("beside")
def test_pages_say_that_the_answer_is_worked_out_and_wait_for_nothing(anna: Anna) -> None:
    _, client, person = anna
    for page in ("", "course/", "guide/", "library/"):
        text = client.get(f"/people/{person.pk}/{page}").content.decode()
        assert "The answer is being worked out." in text, page
        assert 'hx-trigger="every 1s"' in text, page
    assert client.get(f"/people/{person.pk}/answer/").status_code == 204
    assert client.get(f"/people/{person.pk}/up-to-date/").status_code == 204
    assert Answerer("a").do_one()
    assert not Answerer("a").do_one()
    assert "being worked out" not in client.get(f"/people/{person.pk}/course/").content.decode()
    assert 'class="lead"' in client.get(f"/people/{person.pk}/answer/").content.decode()
    assert client.get(f"/people/{person.pk}/up-to-date/").headers["HX-Refresh"] == "true"


@pytest.mark.usefixtures("beside")
def test_what_was_said_last_stands_until_there_is_better(anna: Anna) -> None:
    account, client, person = anna
    standing_of(person)
    assert Answerer("a").do_one()
    before = standing_of(person)
    assert (before.current, before.said is not None) == (True, True)
    add_treatment(account, person, {"date": timezone.localdate().isoformat(), "kind": "toxin"})
    person.refresh_from_db()
    meanwhile = standing_of(person)
    assert (meanwhile.current, meanwhile.said) == (False, before.said)
    assert "It is being brought up to date" in client.get(f"/people/{person.pk}/").content.decode()
    assert Answerer("a").do_one()
    assert "botulinum toxin may still be at work" in client.get(f"/people/{person.pk}/answer/").content.decode()


@pytest.mark.usefixtures("beside")
def test_it_is_worked_out_in_both_languages_at_once(anna: Anna) -> None:
    _, client, person = anna
    standing_of(person)
    assert Answerer("a").do_one()
    assert set(KeptAnswer.objects.values_list("language", flat=True)) == set(LANGUAGES)
    client.post("/language/", {"language": "de"})
    assert "wird ausgerechnet" not in client.get(f"/people/{person.pk}/course/").content.decode()


@pytest.mark.usefixtures("beside")
def test_where_nothing_changed_after_all_nothing_is_worked_out_again(anna: Anna) -> None:
    person = anna[2]
    standing_of(person)
    assert Answerer("a").do_one()
    at = set(KeptAnswer.objects.values_list("worked_out_at", flat=True))
    person.changed()
    assert not standing_of(person).current
    assert Answerer("a").do_one()
    assert standing_of(person).current
    assert set(KeptAnswer.objects.values_list("worked_out_at", flat=True)) == at


@pytest.mark.usefixtures("beside")
def test_an_answer_of_yesterday_or_of_another_facialis_is_worked_out_again(anna: Anna) -> None:
    person = anna[2]
    standing_of(person)
    assert Answerer("a").do_one()
    for change in ({"day": timezone.localdate() - timedelta(days=1)}, {"program": "0.0"}, {"content": b"broken"}):
        KeptAnswer.objects.update(**change, worked_out_at=timezone.now())
        assert not standing_of(person).current, change
        if "content" not in change:
            assert Answerer("a").do_one()
            assert standing_of(person).current


@pytest.mark.usefixtures("beside")
def test_what_cannot_be_read_is_said_in_the_place_of_the_answer(anna: Anna) -> None:
    _, client, person = anna
    keep_file(person, "diary.csv", b"a,b\n1,2\n")
    person.changed()
    standing_of(person)
    assert Answerer("a").do_one()
    assert not Answerer("a").do_one()
    page = client.get(f"/people/{person.pk}/course/").content.decode()
    assert "diary.csv" in page
    assert "every 1s" not in page
    with pytest.raises(NoAnswer, match=r"diary\.csv"):
        answer_about(person)
    assert client.get(f"/people/{person.pk}/visit.pdf").status_code == 503


@pytest.mark.usefixtures("beside")
def test_after_three_deaths_it_is_given_up_until_something_changes(anna: Anna) -> None:
    account, client, person = anna
    standing_of(person)
    for _ in range(MOST_ATTEMPTS):
        dead = Answerer("dead")
        assert dead._take() is not None
        assert Answerer("other")._take() is None
        give_back(worker="dead")
    assert Answerer("a").do_one()
    assert "broke off several times" in client.get(f"/people/{person.pk}/").content.decode()
    add_treatment(account, person, {"date": "2026-05-01", "kind": "toxin"})
    person.refresh_from_db()
    standing_of(person)
    assert Answerer("a").do_one()
    assert standing_of(person).said is not None


@pytest.mark.usefixtures("beside")
def test_whom_nobody_has_looked_for_waits(anna: Anna) -> None:
    standing_of(anna[2])
    Answering.objects.update(asked_at=timezone.now() - timedelta(days=3))
    assert not Answerer("a").do_one()
    standing_of(anna[2])
    assert Answerer("a").do_one()


@pytest.mark.usefixtures("beside")
def test_whoever_is_deleted_meanwhile_leaves_no_answer(anna: Anna) -> None:
    standing_of(anna[2])
    assert Answerer("a").do_one()
    Person.objects.get(pk=anna[2].pk).delete()
    assert not KeptAnswer.objects.exists()
    assert not Answering.objects.exists()


@pytest.mark.usefixtures("beside")
def test_a_killed_answerer_is_replaced_and_a_sheet_waits_for_its_answer(
    anna: Anna, casebook: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FACIALIS_DATA", str(casebook.root))
    connection.close()
    with Supervisor("work_out_answers", give_back) as supervisor:
        until(lambda: supervisor.worker is not None)
        first = supervisor.worker
        assert first is not None
        os.kill(first, signal.SIGKILL)
        until(lambda: supervisor.worker != first)
        sheet = f"/people/{anna[2].pk}/visit.pdf"
        until(lambda: anna[1].get(sheet).content.startswith(b"%PDF"), 300.0)  # the first time it waits for the answer
        assert not Answering.objects.filter(attempts__gt=0).exists()


def until(come: Callable[[], bool], seconds: float = 60.0) -> None:
    ends = time.monotonic() + seconds
    while not come():
        assert time.monotonic() < ends, "it does not come"
        time.sleep(0.05)
