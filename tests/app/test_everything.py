"""Everything in one file: no record of a person is missing from it, no key is in it, and each column is explained."""

from __future__ import annotations

import csv
import json
import zipfile
from datetime import date
from io import BytesIO, StringIO

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.course.records import LEFT_OUT, records_of
from facialis.app.diary.deeds import add_diary_day, add_treatment
from facialis.app.history.deeds import write_history
from facialis.app.jobs.models import Job
from facialis.app.people.deeds import delete_row
from facialis.app.people.models import Person
from facialis.app.people.sheets import keep_file
from facialis.app.questionnaires.deeds import fill_in
from facialis.app.recordings.models import Recording
from facialis.app.review.models import Step

Anna = tuple[Account, Client, Person]
CANARIES = ("magpie", "heron", "=plover", "dipper", "siskin", "ouzel", "jackdaw", "wagtail")


@pytest.fixture
def packed(anna: Anna) -> dict[str, bytes]:
    """The file of somebody who has something in every table, each with a word of its own."""
    account, client, person = anna
    magpie, heron, plover, dipper, siskin, ouzel, jackdaw, wagtail = CANARIES
    add_diary_day(account, person, {"date": "2026-05-01", "spasms (0-10)": "7", "note": magpie})
    add_treatment(account, person, {"date": "2026-05-01", "kind": "toxin", "sites": "cheek left 2.5 U", "note": heron})
    delete_row(account, add_treatment(account, person, {"date": "2026-05-02", "kind": "drug", "product": plover}))
    fill_in(account, person, {"date": "2026-05-01", "instrument": "stress", "item_1": "6"})
    write_history(account, person, {"film_weekday": "friday"})
    keep_file(person, "questions.txt", dipper.encode())
    recording = Recording(owner=account, person=person, day=date(2026, 5, 1), name=siskin, shown_name=f"{ouzel}.mp4")
    recording.save()
    Job.objects.create(owner=account, recording=recording, state=Job.State.FAILED, error_message=jackdaw)
    Step.objects.create(owner=account, recording=recording, deed="exclude", start_s=1.0, stop_s=2.5, reason=wagtail)
    person.changed()
    answer = client.get(f"/people/{person.pk}/folder.zip")
    with zipfile.ZipFile(BytesIO(answer.getvalue())) as file:
        return {name.partition("/")[2]: file.read(name) for name in file.namelist()}


def test_every_word_that_was_ever_written_is_in_it(packed: dict[str, bytes]) -> None:
    records = packed["records/records.json"].decode()
    assert [word for word in CANARIES if word not in records] == []
    assert b"magpie" in packed["diary.csv"]
    assert b"heron" in packed["data/treatments.csv"]


def test_every_record_of_a_person_is_in_it(anna: Anna, packed: dict[str, bytes]) -> None:
    person = anna[2]
    found = {table.name: table for table in records_of(person)}
    for model in apps.get_app_config("casebook").get_models():
        relations = [field for field in model._meta.concrete_fields if isinstance(field, models.ForeignKey)]
        about = {field.related_model for field in relations} & {Person, Recording}
        if about and model.__name__ not in LEFT_OUT:
            assert model.__name__.lower() in found, f"{model.__name__} is neither handed out nor left out by name"
    for name, table in found.items():
        rows = list(csv.reader(StringIO(packed[f"records/{name}.csv"].decode())))
        assert len(rows) == len(table.rows) + 1, name
    assert {
        name for name in ("row", "removedrow", "recording", "job", "step", "sheet") if not found[name].rows
    } == set()
    assert len(found["person"].rows) == 1


def test_nothing_of_anybody_else_and_no_key_is_in_it(anna: Anna, packed: dict[str, bytes]) -> None:
    other = Person.objects.create(owner=anna[0], name="Bert")
    add_diary_day(anna[0], other, {"date": "2026-05-01", "spasms (0-10)": "1"})
    assert all(len(table.rows) < 2 for table in records_of(other) if table.name in ("person", "row"))
    token = Recording.objects.get().token.encode()
    assert [name for name, content in packed.items() if token in content] == []


def test_each_column_is_explained_for_people_and_for_machines(packed: dict[str, bytes]) -> None:
    package = json.loads(packed["datapackage.json"])
    tables = {name for name in packed if name.endswith(".csv")}
    assert {resource["path"] for resource in package["resources"]} == tables
    readme = packed["README.md"].decode()
    for resource in package["resources"]:
        header = next(csv.reader(StringIO(packed[resource["path"]].decode())))
        fields = resource["schema"]["fields"]
        assert [field["name"] for field in fields] == header, resource["path"]
        assert [field["name"] for field in fields if not field["description"]] == [], resource["path"]
        assert f"## `{resource['path']}`" in readme
    names = [resource["name"] for resource in package["resources"]]
    assert len(set(names)) == len(names)
    assert "| `stop_s` | s |" in readme


def test_without_an_answer_all_the_rest_is_in_it(anna: Anna) -> None:
    _, client, person = anna
    keep_file(person, "diary.csv", b"a,b\nmagpie,2\n")
    person.changed()
    answer = client.get(f"/people/{person.pk}/folder.zip")
    with zipfile.ZipFile(BytesIO(answer.getvalue())) as file:
        assert "Anna/data/course.json" not in file.namelist()
        assert b"magpie" in file.read("Anna/diary.csv")
