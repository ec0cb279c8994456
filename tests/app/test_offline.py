"""What the command line does to a casebook while nobody serves it: take a folder in, and set a new password."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

from facialis.app.accounts.models import Account
from facialis.app.offline import account_name, set_password, take_in_folder
from facialis.app.people.models import Person
from facialis.app.place import Place
from facialis.core.errors import FormatError, InputError, OutputError, SettingsError
from facialis.files.empty_person import templates
from tests.app.house import LogIn


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "berta"
    made.mkdir()
    for name, text in templates("en").items():
        (made / name).write_text(text, encoding="utf-8")
    return made


def test_a_folder_is_taken_in_for_the_only_account(casebook: Place, log_in: LogIn, folder: Path) -> None:
    anna, client = log_in("anna")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert take_in_folder(casebook, folder) == "berta"
    assert take_in_folder(casebook, folder, account="anna", name="Berta B.") == "Berta B."
    assert {person.owner for person in Person.objects.all()} == {anna}
    assert "Berta B." in client.get("/").content.decode()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_whose_it_is_has_to_be_said_where_several_could_be_meant(casebook: Place, log_in: LogIn, folder: Path) -> None:
    with pytest.raises(SettingsError, match="no account yet"):
        take_in_folder(casebook, folder)
    log_in("anna")
    log_in("bert")
    with pytest.raises(SettingsError, match="more than one"):
        take_in_folder(casebook, folder)
    with pytest.raises(SettingsError, match="'Anna'"):
        take_in_folder(casebook, folder, account="Anna")
    assert not Person.objects.exists()


def test_what_is_no_folder_of_a_person_is_refused(casebook: Place, log_in: LogIn, tmp_path: Path) -> None:
    log_in("anna")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FormatError):
        take_in_folder(casebook, tmp_path / "empty")
    with pytest.raises(InputError, match="is no folder"):
        take_in_folder(casebook, tmp_path / "nowhere")
    assert not Person.objects.exists()


def test_a_new_password_opens_the_door_and_ends_every_session(casebook: Place, log_in: LogIn) -> None:
    _, inside = log_in("anna")
    assert inside.get("/people/new/").status_code == 200
    assert account_name(casebook) == "anna"
    set_password(casebook, "anna", "window river coat")
    assert inside.get("/people/new/").headers["Location"].startswith("/login/")
    door = Client(SERVER_NAME="localhost")
    assert door.post("/login/", {"name": "anna", "password": "cherry boat lamp"}).status_code == 422
    assert door.post("/login/", {"name": "anna", "password": "window river coat"}).status_code == 302


@pytest.mark.parametrize("password", ["short", "password1234", "12345678901234"])
def test_a_password_that_can_be_guessed_is_refused_and_the_old_one_stays(
    password: str, casebook: Place, log_in: LogIn
) -> None:
    log_in("anna")
    with pytest.raises(SettingsError, match="can be guessed"):
        set_password(casebook, "anna", password)
    assert Account.objects.get().check_password("cherry boat lamp")


def test_while_it_is_served_nothing_is_done_to_a_casebook(casebook: Place, log_in: LogIn, folder: Path) -> None:
    log_in("anna")
    with casebook.held(), pytest.raises(OutputError, match="open"):
        take_in_folder(casebook, folder)
    assert not Person.objects.exists()


def test_where_there_is_no_casebook_none_is_made(tmp_path: Path, folder: Path) -> None:
    place = tmp_path / "nothing"
    said = subprocess.run(
        [sys.executable, "-m", "facialis", "casebook", "take-in", str(folder), "--data", str(place)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode == 2
    assert "no casebook" in said.stderr
    assert not place.exists()
