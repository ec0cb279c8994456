"""The command line speaks of somebody in the casebook as it does of their folder, and as the casebook does."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from typer.testing import CliRunner

from facialis.app.api.tokens import make_token
from facialis.app.audit.models import Entry
from facialis.app.people.deeds import add_person
from facialis.app.people.folders import take_in
from facialis.app.people.models import Person
from facialis.app.place import Place
from facialis.cli import app
from tests.app.house import LogIn


@pytest.fixture
def mara(log_in: LogIn, tmp_path: Path, session_folder: Path) -> Person:
    """Somebody of whom something of each kind is known."""
    today = date.today()  # noqa: DTZ011 - a person's own calendar day
    folder = tmp_path / "Mara"
    folder.mkdir()
    rows = [f"{today - timedelta(days=n)},{n % 7},{n % 5}" for n in range(20, 0, -1)]
    (folder / "diary.csv").write_text("\n".join(["date,spasms (0-10),stress (0-10)", *rows]) + "\n")
    (folder / "treatments.csv").write_text(f"date,kind,product\n{today - timedelta(days=200)},toxin,Botox\n")
    items = ",".join(f"item_{n}" for n in range(1, 10))
    filled = f"{today - timedelta(days=9)},phq9{',1' * 9}"
    (folder / "questionnaires.csv").write_text(f"date,instrument,{items}\n{filled}\n")
    (folder / "person.yaml").write_text("side: left\nonset: 2020\n")
    (folder / "sessions").mkdir()
    shutil.copytree(session_folder, folder / "sessions" / f"{today - timedelta(days=9)}-noon")
    return take_in(log_in("anna")[0], folder)


def run(place: Place, *words: str) -> tuple[int, str, str]:
    told = CliRunner().invoke(app, [*words, "--data", str(place.root)])
    return told.exit_code, told.stdout, told.stderr


def test_all_three_say_the_same(casebook: Place, mara: Person, tmp_path: Path) -> None:
    _, word = make_token(mara.owner, "a", 90)
    program = Client(SERVER_NAME="localhost", headers={"Authorization": f"Bearer {word}"})
    for command, route in (("course", "answer"), ("guide", "guidance")):
        code, of_person, wrong = run(casebook, command, "--person", "Mara", "--json", "-q")
        assert (code, wrong) == (0, "")
        of_folder = CliRunner().invoke(app, [command, str(tmp_path / "Mara"), "--json", "-q"]).stdout
        of_casebook = program.get(f"/api/people/{mara.pk}/{route}").json()
        assert json.loads(of_person) == json.loads(of_folder) == of_casebook
    assert Entry.objects.filter(deed="read_terminal", data_of=mara.owner_id).count() == 1, "as own looks: once an hour"


def test_reports_and_experiments_of_somebody_in_the_casebook(casebook: Place, mara: Person, tmp_path: Path) -> None:
    out = tmp_path / "out"
    code, said, _ = run(
        casebook, "report", "--person", f"#{mara.pk}", "--no-open", "--no-faces", "-q", "--out", str(out)
    )
    assert (code, said.strip()) == (0, str((out / "report.html").resolve()))
    assert {"report.html", "visit.pdf"} <= {path.name for path in out.iterdir()}
    code, _, wrong = run(casebook, "experiment", "--person", "Mara", "--factor", "coffee")
    assert (code, "drawn in the page" in wrong) == (2, True)


def test_what_is_wrong_is_said(casebook: Place, mara: Person, log_in: LogIn, tmp_path: Path) -> None:
    bert, _ = log_in("bert")
    for words, said in (
        (["--person", "Eve"], "There is nobody called 'Eve' in the casebook. There are: Mara."),
        ([], "Name either a folder or a person"),
        ([str(tmp_path), "--person", "Mara"], "Name either a folder or a person"),
        (["--person", "Mara", "--account", "carla"], "carla"),
        (["--person", "Mara", "--account", "bert"], "There are: –."),
        (["--person", f"#{2**70}"], "There is nobody called"),
    ):
        code, out, wrong = run(casebook, "course", *words)
        assert (code, out) == (2, ""), words
        assert said in " ".join(wrong.split()), words
    other = add_person(bert, "Mara")
    code, _, wrong = run(casebook, "course", "--person", "Mara")
    assert code == 2
    assert f"#{mara.pk} (anna), #{other.pk} (bert)" in wrong
    code, out, _ = run(casebook, "course", "--person", "Mara", "--account", "bert", "--json", "-q")
    assert (code, json.loads(out)["sessions_used"]) == (0, [])
    code, _, wrong = run(Place(tmp_path / "none"), "course", "--person", "Mara")
    assert (code, "There is no casebook" in wrong) == (2, True)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("insert into django_migrations (app, name, applied) values ('casebook', '9999_new', '2030-01-01')", "newer"),
        (
            "delete from django_migrations where name = (select max(name) from django_migrations where name < '1')",
            "older",
        ),
    ],
)
def test_a_casebook_of_another_facialis_is_left_alone(casebook: Place, mara: Person, change: str, said: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(change)
    code, out, wrong = run(casebook, "course", "--person", mara.name)
    assert (code, out, f"{said} facialis" in wrong) == (1, "", True)
    assert not Entry.objects.filter(deed="read_terminal").exists()
