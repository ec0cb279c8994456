"""A person's folder goes into the casebook and comes out the same; both say the same of it."""

from __future__ import annotations

import shutil
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from facialis.actions.answer import answer
from facialis.actions.made_up import AS_OF, write_made_up
from facialis.app.accounts.models import Account
from facialis.app.diary.deeds import add_diary_day, add_treatment
from facialis.app.people.casefiles import casefile_of
from facialis.app.people.deeds import Unread
from facialis.app.people.folders import laid_out, take_in
from facialis.app.people.models import Person, Row
from facialis.app.recordings.models import Recording
from facialis.core.errors import FormatError
from facialis.core.records import Frame
from facialis.files.person import read_person
from facialis.film.encode import VideoWriter
from facialis.report.person.answers import course_object

TABLES = {
    "plain": b"date,kind,product,note\n2026-05-01,toxin,Botox,\n2026-09,toxin,Botox,again\n",
    "semicolons": "\ufeffdate;kind;product;note\r\n01.05.2026;Botox;;\r\n\r\n15.9.2026;Botox;;ja\r\n".encode(),
    "remarks": b'# mine\n\ndate,kind,note\n# first\n2026-05-01,toxin,"two\nlines, ""quoted"""\n\n# the end\n',
    "old": "date,kind,note\n2026-05-01,toxin,M\xfcller\n".encode("cp1252"),
    "cut": b"date,kind,product\n2026-05-01,toxin,Botox",
    "heads": b"date,kind",
    "empty": b"",
    "odd": b'date,kind\n2026-05-01,"toxin\n',
    "german": "sep=;\nMeine Behandlungen\nDatum;Art;Präparat\n1.5.2026;Botox;\n".encode(),
    "wide": "date,kind\n2026-05-01,toxin\n".encode("utf-16"),
    "no text": bytes(range(256)),
}


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_comes_out_as_it_went_in(anna: tuple[Account, Client, Person], name: str, tmp_path: Path) -> None:

    folder = tmp_path / "eve"
    folder.mkdir()
    (folder / "treatments.csv").write_bytes(TABLES[name])
    with laid_out(take_in(anna[0], folder), whole=True) as out:
        assert files_of(out) == files_of(folder)


def test_of_a_person_the_casebook_says_what_the_command_line_says(
    anna: tuple[Account, Client, Person], session_folder: Path, tmp_path: Path
) -> None:

    folder = tmp_path / "made-up"
    folder.mkdir()
    write_made_up(folder)
    shutil.copytree(session_folder, folder / "sessions" / "2026-10-16-evening")
    person = take_in(anna[0], folder)
    ours, theirs = casefile_of(person, today=AS_OF), read_person(folder, today=AS_OF)
    assert len(theirs.sessions) > 20
    assert course_object(answer(ours)) == course_object(answer(theirs))
    assert (ours.person, ours.sessions, ours.treatments, ours.forms) == (
        theirs.person,
        theirs.sessions,
        theirs.treatments,
        theirs.forms,
    )
    with laid_out(person, whole=True) as out:
        assert files_of(out) == files_of(folder)
        again = read_person(out, today=AS_OF)
    assert (again.sessions, again.problems) == (theirs.sessions, theirs.problems)


def test_films_come_back_with_the_folder(
    anna: tuple[Account, Client, Person], session_folder: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "made-up"
    write_made_up(folder)
    for name in ("2026-10-16-evening", "2026-10-23-noon"):
        shutil.copytree(session_folder, folder / "sessions" / name)
    film = folder / "films" / "2026-10-16-evening.mp4"
    film.parent.mkdir()
    with VideoWriter(film, width_px=64, height_px=64, frame_rate_hz=30.0) as writer:
        for k in range(3):
            luma, chroma = np.full((64, 64), 40 * k, np.uint8), np.full((2, 32, 32), 128, np.uint8)
            writer.write(Frame(index=k, time_s=k / 30, luma=luma, chroma=chroma))
        writer.finish()
    person = take_in(anna[0], folder)
    assert list(person.recordings.values_list("name", "container")) == [
        ("2026-10-23-noon", ""),
        ("2026-10-16-evening", "mov"),
    ]
    answered = anna[1].get(f"/people/{person.pk}/folder.zip")
    with zipfile.ZipFile(BytesIO(b"".join(answered))) as packed:
        films = [name for name in packed.namelist() if "/films/" in name]
        assert packed.read(films[0]) == film.read_bytes()
    answered.close()
    assert len(films) == 1


def test_the_folder_that_is_taken_away_holds_what_was_added(anna: tuple[Account, Client, Person]) -> None:

    account, client, person = anna
    add_treatment(account, person, {"date": "2026-05-01", "kind": "toxin", "product": "Botox", "dose_units": "20"})
    add_diary_day(account, person, {"date": "2026-05-02", "spasms (0-10)": "7", "note": "a, b"})
    answered = client.get(f"/people/{person.pk}/folder.zip")
    with zipfile.ZipFile(BytesIO(b"".join(answered))) as packed:
        names = packed.namelist()
        diary = packed.read("Anna/diary.csv").decode().splitlines()
    answered.close()
    assert {"Anna/person.yaml", "Anna/treatments.csv", "Anna/questionnaires.csv"} <= set(names)
    assert diary[1] == '2026-05-02,7,,,,,"a, b"'


def test_rows_are_added_in_the_form_of_the_table(anna: tuple[Account, Client, Person], tmp_path: Path) -> None:

    for name in ("semicolons", "cut", "heads", "remarks", "german", "wide"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "treatments.csv").write_bytes(TABLES[name])
        person = take_in(anna[0], folder)
        before = len(read_person(folder).treatments)
        add_treatment(anna[0], person, {"date": "2026-10-01", "kind": "toxin", "until": "", "note": "x, y; z"})
        with laid_out(person, whole=True) as out:
            raw = (out / "treatments.csv").read_bytes()
            case = read_person(out)
        assert raw.startswith(TABLES[name][:9]), name
        assert (len(case.treatments), case.problems) == (before + 1, ()), name
        assert case.treatments[-1].note == "x, y; z", name


def test_the_same_day_is_written_over_and_the_rest_of_it_kept(anna: tuple[Account, Client, Person]) -> None:

    account, _, person = anna
    add_diary_day(account, person, {"date": "2026-05-02", "spasms (0-10)": "7", "stress (0-10)": "3"})
    add_diary_day(account, person, {"date": "2026-05-02", "spasms (0-10)": "4"})
    diary = casefile_of(person).diary
    assert len(diary.days) == 1
    assert (diary.column("spasms")[0], diary.column("stress")[0]) == (4.0, 3.0)


def test_what_could_not_be_read_is_refused_and_not_kept(anna: tuple[Account, Client, Person]) -> None:

    account, _, person = anna
    for cells in ({"date": "2026-13-45", "kind": "toxin"}, {"date": "2999-01-01", "kind": "toxin"}):
        with pytest.raises(Unread):
            add_treatment(account, person, cells)
    with pytest.raises(Unread):
        add_diary_day(account, person, {"date": "2026-05-02", "spasms (0-10)": "70"})
    assert Row.objects.count() == 0


def test_links_in_a_folder_lead_nowhere(anna: tuple[Account, Client, Person], tmp_path: Path) -> None:

    folder, secret = tmp_path / "eve", tmp_path / "secret"
    (folder / "sessions" / "a").mkdir(parents=True)
    secret.write_text("secret")
    (folder / "sessions" / "a" / "session.json").write_text("{}")
    (folder / "sessions" / "a" / "notes.txt").symlink_to(secret)
    (folder / "diary.csv").symlink_to(secret)
    with laid_out(take_in(anna[0], folder), whole=True) as out:
        assert list(files_of(out)) == ["sessions/a/session.json"]


def test_a_folder_of_something_else_is_refused(anna: tuple[Account, Client, Person], tmp_path: Path) -> None:

    (tmp_path / "holiday.txt").write_text("x")
    with pytest.raises(FormatError):
        take_in(anna[0], tmp_path)
    assert Person.objects.count() == 1


@pytest.mark.parametrize(
    ("shown_name", "ending"),
    [("face.MP4", ".MP4"), ("a.\\..\\b", ""), ("a.b/c", ""), ("none", ""), ("a.\u202egpj", "")],
)
def test_a_film_in_the_zip_is_named_by_the_casebook_not_by_whoever_sent_it(
    shown_name: str, ending: str, anna: tuple[Account, Client, Person]
) -> None:
    account, client, person = anna
    made = Recording(owner=account, person=person, day=date(2026, 5, 1), container="mov", shown_name=shown_name)
    made.name = made.token
    made.save()
    made.folder.mkdir()
    made.film.write_bytes(b"film")
    answer = client.get(f"/people/{person.pk}/folder.zip")
    with zipfile.ZipFile(BytesIO(answer.getvalue())) as packed:
        assert f"Anna/films/{made.name}{ending}" in packed.namelist()
