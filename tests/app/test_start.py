"""How a casebook starts: its folder, its key, a copy before its form changes, and one program at a time."""

from __future__ import annotations

import signal
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from facialis.app import place as place_module
from facialis.app.place import Place, default_folder
from facialis.app.serve import SCRIPT
from facialis.app.start import prepare
from facialis.core.errors import OutputError
from tests.app.house import move_in, set_up

BUILT = pytest.mark.skipif(not SCRIPT.is_file(), reason="the pages have not been built: type make")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_only_its_user_can_read_a_casebook(tmp_path: Path) -> None:
    place = move_in(tmp_path / "casebook")
    prepare(place)
    assert mode_of(place.root) == 0o700
    assert {mode_of(path) for path in place.root.iterdir() if path.is_dir()} == {0o700}
    assert {mode_of(path) for path in (place.database, place.secret)} == {0o600}
    assert len(place.secret.read_text()) > 40


def test_a_casebook_is_copied_before_its_form_changes(tmp_path: Path) -> None:
    place = move_in(tmp_path / "casebook")
    prepare(place)
    assert list(place.backups.iterdir()) == []
    MigrationExecutor(connection).migrate([("sessions", None)])  # an older form: a table is missing
    prepare(place)
    (copy,) = place.backups.iterdir()
    with closing(sqlite3.connect(copy)) as before, closing(sqlite3.connect(place.database)) as now:
        names = "select count(*) from sqlite_master where name = 'django_session'"
        assert (before.execute(names).fetchone()[0], now.execute(names).fetchone()[0]) == (0, 1)
        assert before.execute("pragma integrity_check").fetchone() == ("ok",)
    prepare(place)
    assert len(list(place.backups.iterdir())) == 1


def test_an_older_casebook_keeps_its_accounts_and_its_trail(tmp_path: Path) -> None:
    from facialis.app.accounts.models import Account
    from facialis.app.audit.models import Entry
    from facialis.app.audit.trail import check, note

    place = move_in(tmp_path / "casebook")
    executor = MigrationExecutor(connection)
    (door,) = (key for key in executor.loader.disk_migrations if key[1].endswith("_door"))
    before = executor.loader.disk_migrations[door].dependencies
    executor.migrate([*before])
    with closing(sqlite3.connect(place.database)) as database:
        for name in ("anna", "bert"):
            database.execute(
                "insert into casebook_account (name, password, made_at) values (?, 'x', '2026-01-01 10:00:00')", [name]
            )
            database.execute(
                "insert into casebook_entry (made_at, deed, thing, owner_id) "
                "select '2026-01-01 10:00:00', 'account_made', name, id from casebook_account where name = ?",
                [name],
            )
        database.commit()
    prepare(place)
    anna, bert = Account.objects.order_by("pk")
    assert (anna.administrator, bert.administrator) == (True, False)
    assert len({anna.handle, bert.handle, ""}) == 3
    assert [entry.thing for entry in Entry.objects.order_by("pk")] == [str(anna.pk), str(bert.pk)]
    note(anna, "settings_changed")
    assert check() == []


def test_what_a_newer_facialis_has_written_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    place = move_in(tmp_path / "casebook")
    with closing(sqlite3.connect(place.database)) as database:
        database.execute("insert into django_migrations (app, name, applied) values ('casebook', '9999_later', '2030')")
        database.commit()
    before = place.database.read_bytes()
    with pytest.raises(OutputError, match="newer facialis"):
        prepare(place)
    assert place.database.read_bytes() == before
    assert list(place.backups.iterdir()) == []


def test_no_write_is_lost_and_none_waits_in_vain() -> None:
    set_up()
    with connection.cursor() as cursor:
        said = [cursor.execute(f"pragma {name}").fetchone()[0] for name in ("foreign_keys", "synchronous")]
    assert said == [1, 2]
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_folder_on_another_computer_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text(f"disk / ext4 rw 0 0\nserver:/home {tmp_path}/far nfs4 rw 0 0\n")
    monkeypatch.setattr(place_module, "_MOUNTS", mounts)
    with pytest.raises(OutputError, match="another computer"):
        Place(tmp_path / "far" / "casebook").make()
    assert not (tmp_path / "far").exists()
    Place(tmp_path / "near").make()


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        Place(tmp_path / "file").make()


def test_data_lie_where_the_system_keeps_them(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert default_folder() == tmp_path / "facialis"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert default_folder() == tmp_path / ".local" / "share" / "facialis"


def until(come: Callable[[], bool], seconds: float = 60.0) -> None:
    ends = time.monotonic() + seconds
    while not come():
        assert time.monotonic() < ends, "it does not come"
        time.sleep(0.05)


def served(folder: Path, *more: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "facialis", "serve", "--no-open", "--data", str(folder), *more]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@BUILT
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs Linux")
def test_a_server_that_is_killed_leaves_no_worker_behind(tmp_path: Path) -> None:
    with served(tmp_path, "--port", "0") as server:
        assert server.stdout is not None
        assert server.stdout.readline()
        tasks = Path(f"/proc/{server.pid}/task")

        def workers() -> list[str]:
            return [number for task in tasks.iterdir() for number in (task / "children").read_text().split()]

        try:
            until(lambda: len(workers()) == 2)  # one measures, one works answers out
            there = workers()
        finally:
            server.kill()

    def is_gone(worker: str) -> bool:
        try:
            return "Z" in Path(f"/proc/{worker}/stat").read_text().split()[2]
        except FileNotFoundError:
            return True

    until(lambda: all(is_gone(worker) for worker in there))


@BUILT
def test_a_casebook_is_served_once_on_loopback_and_ends_when_asked(tmp_path: Path) -> None:
    first = served(tmp_path / "a", "--port", "0")
    try:
        assert first.stdout is not None
        assert first.stderr is not None
        address = first.stdout.readline().strip()
        port = int(address.removeprefix("http://localhost:"))
        assert address in first.stderr.readline()
        rows = Path("/proc/net/tcp").read_text(encoding="ascii").split("\n")[1:]
        listening = [row.split()[1] for row in rows if row and row.split()[1].endswith(f":{port:04X}")]
        assert {place.split(":")[0] for place in listening} == {"0100007F"}
        with served(tmp_path / "a", "--port", "0") as second:
            assert "has the casebook" in second.communicate(timeout=60)[1]
            assert second.returncode == 1
        with served(tmp_path / "b", "--port", str(port)) as third:
            assert f"listens on port {port}" in third.communicate(timeout=60)[1]
            assert third.returncode == 2
    finally:
        first.send_signal(signal.SIGTERM)
        first.communicate(timeout=60)
    assert first.returncode == 0
    with closing(sqlite3.connect(tmp_path / "a" / "casebook.sqlite3")) as database:
        assert database.execute("pragma integrity_check").fetchone() == ("ok",)
