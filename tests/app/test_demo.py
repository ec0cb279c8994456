"""The demo's casebook: a door that only its key opens, a mark on each page, and nothing of anybody else's touched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from facialis.actions.made_up import write_made_up
from facialis.actions.made_up_people import PEOPLE
from facialis.app.accounts.deeds import make_clinician, make_first_account
from facialis.app.accounts.models import Account
from facialis.app.comments.models import Comment, Unread
from facialis.app.course.keeping import work_out
from facialis.app.course.models import Answering
from facialis.app.demo.clinic import CLINICIAN, make_clinic
from facialis.app.demo.making import throw_away
from facialis.app.people.deeds import add_person
from facialis.app.people.folders import take_in
from facialis.app.people.models import Person
from facialis.app.place import Place
from facialis.app.rating.models import Turn
from facialis.app.serve import SCRIPT
from facialis.core.errors import OutputError
from facialis.core.knowledge import wording
from facialis.core.records import Frame
from facialis.film.encode import VideoWriter

KEY = "key-of-a-demo"


@pytest.fixture
def demo(casebook: Place) -> Place:
    """A casebook that is the demo's."""
    casebook.demo.write_text(f"{KEY} 0", encoding="ascii")
    add_person(make_first_account("demo", "cherry boat lamp"), "Mara")
    return casebook


def test_the_link_opens_the_door_and_begins_the_tour(demo: Place, client: Client) -> None:
    answer = client.get(demo.door)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/people/1/?tour=1")
    assert wording("app_demo_mark").split(":")[0] in client.get("/people/1/").content.decode()
    assert client.get(demo.door).status_code == 302, "it opens again after a lock"


def test_no_other_key_and_no_other_casebook_has_such_a_door(demo: Place, client: Client) -> None:
    for key in ("another", "schlüssel", KEY[:-1]):
        assert client.get(f"/demo/{key}/").status_code == 404
    demo.demo.unlink()
    assert client.get(f"/demo/{KEY}/").status_code == 404
    assert (demo.demo_key, demo.door) == ("", "")


def test_a_visitor_changes_sides_by_the_key_alone(demo: Place, client: Client) -> None:
    assert client.post(f"/demo/{KEY}/as/", {"as": "clinician"}).status_code == 404, "there is no clinician yet"
    make_clinician("Dr Lindner", "cherry boat lamp")
    assert KEY not in client.get("/login/").content.decode(), "who is not in does not learn the key"
    client.get(demo.door)
    assert f"/demo/{KEY}/as/" in client.get("/people/1/").content.decode()
    for side, lands in (("clinician", "/shared/"), ("person", "/people/1/")):
        answer = client.post(f"/demo/{KEY}/as/", {"as": side})
        assert (answer.status_code, answer.headers["Location"]) == (302, lands)
        assert client.get(lands).status_code == 200
    assert client.get(f"/demo/{KEY}/as/").status_code == 405
    assert client.post("/demo/another/as/", {"as": "clinician"}).status_code == 404
    demo.demo.unlink()
    assert client.post(f"/demo/{KEY}/as/", {"as": "clinician"}).status_code == 404


def test_the_clinic_holds_what_a_clinician_has_to_do(
    demo: Place, client: Client, session_folder: Path, tmp_path: Path
) -> None:
    owner = Account.objects.get()
    folder = write_made_up(tmp_path / "Mara", date(2026, 10, 31))
    shutil.copytree(session_folder, folder / "sessions" / "2026-10-16-demo")
    mara = take_in(owner, folder, name="Mara")
    make_clinic(mara, tmp_path, date(2026, 10, 31))
    assert Answering.objects.count() == len(PEOPLE), "the answers are asked for, and not waited for"
    for person in Person.objects.filter(answering__isnull=False):
        work_out(person, "en")
    client.post(demo.door.rstrip("/") + "/as/", {"as": "clinician"})
    day = client.get("/shared/").content.decode()
    assert all(who.name in day for who in PEOPLE)
    assert "could not have shown" in day
    talk = Comment.objects.all()
    assert {bool(one.article) for one in talk} == {True, False}
    assert talk.filter(at_s__isnull=False).exists()
    assert talk.exclude(resolved_at=None).count() == 1
    for account in Account.objects.filter(name__in=[owner.name, CLINICIAN]):
        assert Unread.objects.filter(owner=account, why="mention").exists(), "each is asked something"
    turns = Turn.objects.all()
    assert turns.exclude(done_at=None).count() == turns.count() // 2 > 0
    jonas = Person.objects.get(name__startswith="Jonas")
    for path in (f"/people/{jonas.pk}/shared/", f"/people/{jonas.pk}/recordings/"):
        page = client.get(path).content.decode()
        assert wording("app_counted_elsewhere") in page, path
        assert "0.0 twitches per minute" not in page, "what could not be seen is no rate of zero"


def test_pages_of_ones_own_have_no_mark(client: Client) -> None:
    assert 'class="demo"' not in client.get("/login/", follow=True).content.decode()


def test_only_the_demos_casebook_is_thrown_away(casebook: Place, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="not the demo's"):
        throw_away(casebook)
    assert casebook.database.is_file()
    assert not throw_away(Place(tmp_path / "nothing"))


MAKE_AND_SHOW = """
import sys
from pathlib import Path
from facialis.actions.demo import Comparison, Demo
from facialis.cli.demo import _casebook
out, results, film = map(Path, sys.argv[1:])
shown = Demo(video=film, results=results, comparison=Comparison(pairs=(), false=()))
assert _casebook(out, shown, again=False)
"""


@pytest.mark.skipif(not SCRIPT.is_file(), reason="the pages have not been built: type make")
def test_without_a_screen_it_shows_that_it_answers_and_ends(session_folder: Path, tmp_path: Path) -> None:
    film = tmp_path / "film.mp4"
    with VideoWriter(film, width_px=64, height_px=64, frame_rate_hz=30.0) as writer:
        for k in range(6):
            luma, chroma = np.full((64, 64), 40 * k, np.uint8), np.full((2, 32, 32), 128, np.uint8)
            writer.write(Frame(index=k, time_s=k / 30, luma=luma, chroma=chroma))
        writer.finish()
    out = tmp_path / "facialis-out"
    out.mkdir()
    (out / "mine").write_text("stays")
    write_made_up(out / "demo-person")

    def ran(*words: str) -> str:
        done = subprocess.run([sys.executable, *words], env=os.environ | {"CI": "1"}, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr

    said = ran("-c", MAKE_AND_SHOW, str(out / "demo-casebook"), str(session_folder), str(film))
    assert "http://localhost:" in said
    assert "Its first page answers." in said
    films = [path for path in (out / "demo-casebook" / "recordings").rglob("film*") if path.is_file()]
    assert len(films) == 1
    assert "is gone" in ran("-m", "facialis", "demo", "--clean", "--out", str(out))
    assert [path.name for path in out.iterdir()] == ["mine"]
