"""A backup holds everything, says when it is broken, and comes back whole or not at all; a doctor finds what is ill."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pyrage
import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from facialis.app.accounts.models import Account
from facialis.app.audit.models import Entry
from facialis.app.audit.trail import check
from facialis.app.backup.automatic import copies, make_daily, outdated
from facialis.app.backup.doctor import examine
from facialis.app.backup.locks import lock_by_passphrase, lock_by_recipient, unlocked
from facialis.app.backup.making import make_backup
from facialis.app.backup.reading import head_of
from facialis.app.backup.restoring import check_backup, restore
from facialis.app.backup.running import state
from facialis.app.bin.deeds import bin_recording
from facialis.app.people.models import Person
from facialis.app.place import Place
from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import film_reader, keep, keep_result
from facialis.app.sharing.models import Share
from facialis.app.sharing.offers import find_offer, make_offer
from facialis.app.start import prepare
from facialis.cli import app
from facialis.core.errors import FormatError, OutputError, SettingsError
from tests.app.house import LogIn

Anna = tuple[Account, Client, Person]
PHRASE = "cherry boat lamp river"
FILM = b"film of nobody " * 20_000


@pytest.fixture
def kept(anna: Anna, session_folder: Path) -> Recording:
    """A recording with its film and result, and one in the bin."""
    account, client, person = anna
    client.post(f"/people/{person.pk}/diary/", {"day": "2026-05-01", "value_0": "7"})
    made = []
    for name in ("one", "two"):
        recording = Recording(owner=account, person=person, day=date(2026, 5, 1), name=name, container="mov")
        recording.measured = True
        keep_result(recording, session_folder)
        recording.save()
        with (recording.folder / "plain").open("wb") as file:
            file.write(FILM)
        keep(recording, "film", recording.folder / "plain")
        (recording.folder / "plain").unlink()
        made.append(recording)
    bin_recording(account, made[1])
    return made[0]


@pytest.fixture(scope="module")
def identity() -> pyrage.x25519.Identity:
    return pyrage.x25519.Identity.generate()


def back_up(place: Place, target: Path, identity: pyrage.x25519.Identity) -> Path:
    shares: list[float] = []
    make_backup(place, target, lock_by_recipient(str(identity.to_public())), report=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert target.stat().st_mode & 0o077 == 0
    return target


def everything(root: Path) -> dict[str, bytes]:
    kept = [path for path in root.rglob("*") if path.is_file() and "recordings" in path.parts]
    return {str(path.relative_to(root)): path.read_bytes() for path in kept}


@pytest.mark.usefixtures("kept")
def test_a_backup_comes_back_as_it_was(casebook: Place, identity: pyrage.x25519.Identity, tmp_path: Path) -> None:
    before = everything(casebook.root)
    assert Session.objects.exists()
    file = back_up(casebook, tmp_path / "a.backup", identity)
    assert b"film of nobody" not in file.read_bytes()
    checked = check_backup(file, identity)
    assert (checked.files, checked.opened) == (2 + len(before), len(before) // 2)
    new = Place(tmp_path / "new")
    restore(file, identity, new.root)
    assert everything(new.root) == before
    assert {path.stat().st_mode & 0o077 for path in new.root.rglob("*")} == {0}
    from django.conf import settings

    connection.close()
    connection.settings_dict["NAME"], settings.PLACE = str(new.database), new
    assert Person.objects.get().name == "Anna"
    assert not Session.objects.exists()  # one that was ended since the backup must not come back
    with film_reader(Recording.objects.get()) as film:
        assert film.read() == FILM
    assert [item.text for item in examine(new) if item.level == "bad"] == []


@pytest.mark.usefixtures("kept")
def test_a_broken_backup_is_said_to_be_broken_and_leaves_nothing(
    casebook: Place, identity: pyrage.x25519.Identity, tmp_path: Path
) -> None:
    whole = back_up(casebook, tmp_path / "a.backup", identity).read_bytes()
    broken, lots = tmp_path / "b.backup", random.Random(5)
    cuts = [0, 10, whole.index(b"\n") + 1, len(whole) // 2, len(whole) - 1]
    changes = [whole.index(b"\n") + 20, *(lots.randrange(whole.index(b"\n") + 1, len(whole)) for _ in range(12))]
    for content in (
        *(whole[:cut] for cut in cuts),
        *(whole[:at] + bytes((whole[at] ^ 4,)) + whole[at + 1 :] for at in changes),
    ):
        broken.write_bytes(content)
        with pytest.raises(FormatError):
            check_backup(broken, identity)
        with pytest.raises(FormatError):
            restore(broken, identity, tmp_path / "new")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.backup", "b.backup", "casebook"]
    with pytest.raises(FormatError, match="another key"):
        check_backup(tmp_path / "a.backup", pyrage.x25519.Identity.generate())


@pytest.mark.parametrize("name", ["../evil", "/etc/evil", "recordings/../evil", "evil", f"recordings/{32 * 'a'}/.x"])
def test_a_backup_that_leads_elsewhere_is_refused(identity: pyrage.x25519.Identity, tmp_path: Path, name: str) -> None:
    inner = tmp_path / "inner.tar"
    with tarfile.open(inner, "w") as archive:
        facts = tarfile.TarInfo(name)
        archive.addfile(facts)
    head = {"format": "facialis backup", "version": 1, "made_at": "", "facialis": "", "whole": True, "key": ""}
    file = tmp_path / "evil.backup"
    file.write_bytes(json.dumps(head).encode() + b"\n" + pyrage.encrypt(inner.read_bytes(), [identity.to_public()]))
    with pytest.raises(FormatError, match="broken"):
        restore(file, identity, tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["evil.backup", "inner.tar"]


@pytest.mark.usefixtures("kept")
def test_a_full_disk_and_a_folder_in_use_are_said(
    casebook: Place, identity: pyrage.x25519.Identity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = back_up(casebook, tmp_path / "a.backup", identity)
    with pytest.raises(OutputError, match="something in"):
        restore(file, identity, casebook.root)
    with pytest.raises(OutputError, match="cannot be written"):
        make_backup(casebook, tmp_path / "none" / "b.backup", lock_by_recipient(str(identity.to_public())))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutputError, match="disk is full"):
        make_backup(casebook, tmp_path / "b.backup", lock_by_recipient(str(identity.to_public())))
    with pytest.raises(OutputError, match="disk is full"):
        restore(file, identity, tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.backup", "casebook"]


def test_a_passphrase_opens_what_it_locked() -> None:
    lock = lock_by_passphrase(PHRASE)
    assert str(unlocked(lock.key, PHRASE).to_public()) == str(lock.recipient)
    with pytest.raises(FormatError, match="passphrase"):
        unlocked(lock.key, PHRASE.upper())
    with pytest.raises(SettingsError):
        lock_by_passphrase("short")


def test_seven_days_and_four_weeks_are_kept(casebook: Place) -> None:
    today = date(2026, 11, 30)
    days = [today - timedelta(days=n) for n in range(60)]
    kept = [day for day in days if day not in outdated(days)]
    assert kept[:7] == days[:7]
    assert len(kept) == 7 + 2  # the latest of four weeks, two of which are among the seven days
    for day in (today, today, today + timedelta(days=1)):
        make_daily(casebook, day)
    assert list(copies(casebook)) == [today + timedelta(days=1), today]
    assert head_of(copies(casebook)[today]).whole is False


def cut(recording: Recording) -> None:
    content = recording.film.read_bytes()
    recording.film.write_bytes(content[: len(content) // 2])


ILLS: dict[str, tuple[Callable[[Place, Recording], object], str]] = {
    "film gone": (lambda _, recording: recording.film.unlink(), "missing: one"),
    "result gone": (lambda _, recording: shutil.rmtree(recording.result), "missing: one"),
    "film cut": (lambda _, recording: cut(recording), "broken: one"),
    "key gone": (lambda place, _: place.vault.unlink(), "is missing"),
    "other key": (lambda place, _: place.vault.write_text("00" * 32), "is not the key"),
    "others read": (lambda place, _: place.database.chmod(0o644), "Others on this computer"),
    "stray": (lambda place, _: (place.recordings / ("f" * 32)).mkdir(), "without a recording"),
    "database": (lambda place, _: place.database.write_bytes(place.database.read_bytes()[:5000]), "is damaged"),
}


@pytest.mark.parametrize("ill", ILLS)
def test_the_doctor_finds_what_is_wrong_and_says_what_to_do(casebook: Place, kept: Recording, ill: str) -> None:
    casebook.database.chmod(0o600)
    assert [item.text for item in examine(casebook) if item.level == "bad"] == []
    connection.close()
    make, words = ILLS[ill]
    make(casebook, kept)
    found = [item for item in examine(casebook) if words in item.text]
    assert len(found) == 1
    assert found[0].advice


def test_the_commands_back_up_check_and_restore(casebook: Place, kept: Recording, tmp_path: Path) -> None:
    (tmp_path / "phrase").write_text(PHRASE + "\n")
    told = ["--passphrase-file", str(tmp_path / "phrase")]

    def run(*arguments: object) -> tuple[int, str]:
        result = CliRunner().invoke(app, [str(argument) for argument in arguments])
        return result.exit_code, result.output

    def fresh(*arguments: object) -> tuple[int, str]:
        """As a person types it: in a process that knows no casebook yet."""
        unset = {"DJANGO_SETTINGS_MODULE", "FACIALIS_DATA"}
        result = subprocess.run(
            [sys.executable, "-m", "facialis", *map(str, arguments)],
            env={name: value for name, value in os.environ.items() if name not in unset},
            capture_output=True,
            text=True,
        )
        return result.returncode, result.stdout + result.stderr

    connection.close()
    code, said = fresh("backup", tmp_path / "a.backup", "--data", casebook.root, *told)
    assert (code, "The backup is made" in said) == (0, True)
    assert run("backup", tmp_path / "a.backup", "--data", casebook.root, *told)[0] == 2
    code, said = fresh("restore", tmp_path / "a.backup", "--verify", *told)
    assert (code, "is sound" in said) == (0, True), said
    code, said = fresh("restore", tmp_path / "a.backup", "--data", tmp_path / "new", *told)
    assert (code, "lies in" in said) == (0, True), said
    code, said = fresh("doctor", "--data", tmp_path / "new")
    assert (code, "All is well" in said) == (0, True), said
    casebook.database.chmod(0o600)
    code, said = run("doctor", "--data", casebook.root)
    assert (code, "All is well" in said) == (0, True)
    kept.film.unlink()
    assert run("doctor", "--data", casebook.root, "--quiet")[0] == 3
    assert run("doctor", "--data", tmp_path / "nowhere")[0] == 2
    make_daily(casebook, date(2026, 11, 30))
    copy = copies(casebook)[date(2026, 11, 30)]
    code, said = run("restore", copy, "--data", tmp_path / "part")
    assert (code, "without films" in said) == (0, True)
    assert run("restore", kept.folder / "result" / "session.json", "--verify", *told)[0] == 2


def test_the_page_makes_a_backup(anna: Anna, casebook: Place, tmp_path: Path) -> None:
    account, client, _ = anna
    Account.objects.filter(pk=account.pk).update(administrator=True)
    assert "not made a backup yet" in client.get("/backup/").content.decode()
    (tmp_path / "stick").mkdir()
    told = {"folder": str(tmp_path / "stick"), "passphrase": PHRASE, "again": PHRASE}
    for wrong in ({"again": "x"}, {"passphrase": "short"}, {"folder": "stick"}, {"folder": str(tmp_path / "none")}):
        assert client.post("/backup/now/", told | wrong).status_code == 422
    assert client.post("/backup/now/", told | {"folder": str(casebook.backups)}).status_code == 422
    assert client.post("/backup/now/", told).status_code == 302
    while not (now := state()) or not now.done:
        client.get("/backup/progress/")
    assert now.error is None
    page = client.get("/backup/").content.decode()
    assert str(now.target) in page
    assert head_of(now.target).whole
    other = Account.objects.create(name="bert")
    client.force_login(other)
    assert client.get("/backup/").status_code == 404


def test_what_was_stopped_does_not_come_back_with_an_older_backup(
    anna: Anna, log_in: LogIn, casebook: Place, identity: pyrage.x25519.Identity, tmp_path: Path
) -> None:
    account, owner, person = anna
    clinician, browser = log_in("carla")
    share = Share.objects.create(owner=account, person=person, clinician=clinician, course=True)
    _, word = make_offer(account, person, ["course"], None)
    file = back_up(casebook, tmp_path / "a.backup", identity)
    owner.post(reverse("stop_share", args=[share.pk]))
    new = Place(tmp_path / "new")
    restore(file, identity, new.root)
    from django.conf import settings

    connection.close()
    connection.settings_dict["NAME"], settings.PLACE = str(new.database), new
    assert Share.objects.get().holds
    prepare(new)
    assert not Share.objects.get().holds
    assert find_offer(word) is None
    browser.force_login(clinician)
    assert browser.get(reverse("course", args=[person.pk])).status_code == 404
    assert Entry.objects.filter(deed="share_not_restored", owner=account, person=person.pk).count() == 1
    assert check() == []
    Share.objects.update(revoked_at=None)  # shared anew: the next start ends nothing
    prepare(new)
    assert Share.objects.get().holds
