"""Whatever programs ask, the answer is no fault of facialis."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.api import limits
from facialis.app.api.tokens import make_token
from facialis.app.diary.deeds import add_diary_day, add_treatment
from facialis.app.people.models import Person
from facialis.app.questionnaires.deeds import fill_in
from facialis.app.recordings.models import Recording
from tests.app.fuzzing import fuzz


@pytest.fixture(autouse=True)
def ask_as_often_as_one_likes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(limits, "MOST_A_MINUTE", 1_000_000)
    yield
    limits.clear()


def test_no_question_is_a_fault(anna: tuple[Account, Client, Person], session_folder: Path) -> None:
    account, _, person = anna
    add_treatment(account, person, {"date": "2026-05-01", "kind": "toxin"})
    add_diary_day(account, person, {"date": "2026-05-01", "spasms (0-10)": "7"})
    fill_in(account, person, {"date": "2026-05-01", "instrument": "phq9", "item_1": "1"})
    recording = Recording.objects.create(owner=account, person=person, day=date(2026, 5, 1), name="x", measured=True)
    shutil.copytree(session_folder, recording.result)
    person.changed()
    found = fuzz(make_token(account, "fuzz", 90)[1], {"people": person.pk, "recordings": recording.pk}, examples=4)
    assert found.wrong == []
    assert found.asked == 4 * 12
    statuses = {status for count in found.statuses.values() for status in count}
    assert statuses >= {200, 405}, "some were answered, some refused"
