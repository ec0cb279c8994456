"""Programs of a casebook ended outright (kill -9) at random moments: what was lost, and what was left behind.

Run from the root of the repository: ``python -m validation.kills [COUNT] [SEED] [ROW ...]``; COUNT trials of each row,
30 if left out. A casebook of its own in a temporary folder is served, filmed people are phantoms. After each kill it is
opened again as a person would, and looked through.

Columns: ``killed``, the program was still at it; ``lost``, something that had been acknowledged is not there or not as
it was; ``orphans``, files or processes without a record; ``stuck``, a job did not end by itself, or the casebook did
not open again; ``database``, its own check finds a fault. The exit code is 1 unless all but the first are 0,
and the first is not.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path

from facialis.app.place import Place
from facialis.app.start import prepare
from validation.house import House, killed_after, named, until

COLUMNS = ("killed", "lost", "orphans", "stuck", "database")
_DECODER = "facialis.film.decoder"
_OLDEST = "0005"  # the first form that 0006 can be taken back to
PHRASE = "cherry boat lamp river"


def upload(house: House, row: Counter[str]) -> None:
    """The server is killed while a film comes in and the diary is written."""
    house.open()
    film, here, days = house.film(), 0, 0

    def acknowledged(offset: int) -> None:
        nonlocal here, days
        here = offset
        day = f"2026-{1 + days // 28:02d}-{1 + days % 28:02d}"
        body = f"day={day}&value_0=7".encode()
        kind = "application/x-www-form-urlencoded"
        days += house.ask("POST", f"/people/{house.person}/diary/", body, Content_Type=kind).status == 302

    url, server = house.announce(len(film)), house.server
    assert server is not None
    with killed_after(house.lots.uniform(0.05, 1.5), server.kill):
        try:
            house.send(url, film, 0, acknowledged)
        except (OSError, http.client.HTTPException):
            row["killed"] += 1
    house.kill()
    house.open()
    offset = house.offset(url)
    row["lost"] += offset is not None and offset < here
    with closing(sqlite3.connect(house.place.database, timeout=30)) as database:
        written = "SELECT count(*) FROM casebook_row WHERE written LIKE '2026-%'"
        row["lost"] += database.execute(written).fetchone()[0] < days
    row["stuck"] += not until(lambda: house.states()["running"] == 0)
    page = house.send(url, film, offset, lambda _: None) if offset is not None else _page(house, url)
    answer = house.ask("GET", f"{page}film/")
    row["lost"] += answer.body != film  # type: ignore[attr-defined]
    house.look(row)


def _page(house: House, url: str) -> str:
    return str(house.ask("HEAD", url, Tus_Resumable="1.0.0").headers["Casebook-Next"])


def _analysis(house: House, row: Counter[str], victim: str) -> None:
    house.open()
    film = house.film()
    page = house.send(house.announce(len(film)), film, 0, lambda _: None)
    until(lambda: house.states()["running"] == 1)
    assert house.server is not None
    server = house.server.pid
    if victim == _DECODER:  # it lives for a moment only
        until(lambda: named(server, victim) is not None or house.ended(), every_s=0.002)
        time.sleep(house.lots.uniform(0.0, 0.2))
    else:
        time.sleep(house.lots.uniform(0.0, 3.0))
    number = server if victim == "web" else named(server, victim)
    row["killed"] += number is not None and house.states()["running"] == 1
    if victim == "web":
        house.kill()
        house.open()
    elif number is not None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    row["stuck"] += not until(house.ended)
    row["lost"] += house.ask("GET", f"{page}film/").body != film  # type: ignore[attr-defined]
    row["lost"] += house.ask("GET", page).status != 200
    house.look(row)


def analysis_web(house: House, row: Counter[str]) -> None:
    """The server is killed while a film is measured."""
    _analysis(house, row, "web")


def analysis_worker(house: House, row: Counter[str]) -> None:
    """The worker is killed while it measures."""
    _analysis(house, row, "import work; work()")


def analysis_child(house: House, row: Counter[str]) -> None:
    """The process that decodes is killed."""
    _analysis(house, row, _DECODER)


def migration(house: House, row: Counter[str]) -> None:
    """The program is killed while an older casebook is encrypted at its first start."""
    films = _plain(house, 12)
    command = [sys.executable, "-c", "import sys; from validation.kills import moving; moving(sys.argv[1])"]
    with subprocess.Popen([*command, str(house.place.root)], stdout=subprocess.PIPE, text=True) as moving_in:
        assert moving_in.stdout is not None
        moving_in.stdout.readline()
        time.sleep(house.lots.uniform(0.0, 0.6))
        row["killed"] += moving_in.poll() is None
        moving_in.kill()
    house.open()
    for number, digest in films.items():
        body = house.ask("GET", f"/recordings/{number}/film/").body  # type: ignore[attr-defined]
        row["lost"] += hashlib.sha256(body).hexdigest() != digest
    marks = [path for path in house.place.recordings.rglob("film") if not path.read_bytes().startswith(b"facialis")]
    row["lost"] += len(marks)
    house.look(row)


def schema(house: House, row: Counter[str]) -> None:
    """The program is killed while it brings the tables of an older facialis into the form of this one."""
    films = _plain(house, 4)
    prepare(house.place)
    _taken_back()
    command = [sys.executable, "-c", "import sys; from validation.kills import moving; moving(sys.argv[1])"]
    with subprocess.Popen([*command, str(house.place.root)], stdout=subprocess.PIPE, text=True) as moving_in:
        assert moving_in.stdout is not None
        moving_in.stdout.readline()
        until(lambda: _wal(house) > 0 or moving_in.poll() is not None, 30, every_s=0.002)
        time.sleep(house.lots.uniform(0.0, 0.4))
        row["killed"] += moving_in.poll() is None
        moving_in.kill()
    house.look(row)
    house.open()
    for number, digest in films.items():
        body = house.ask("GET", f"/recordings/{number}/film/").body  # type: ignore[attr-defined]
        row["lost"] += hashlib.sha256(body).hexdigest() != digest
    house.look(row)


def _wal(house: House) -> int:
    log = house.place.database.with_name(house.place.database.name + "-wal")
    return log.stat().st_size if log.is_file() else 0


def _taken_back() -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", "casebook", _OLDEST, verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def moving(root: str) -> None:
    """Open a casebook as ``facialis serve`` does, and say when that begins."""
    print("begun", flush=True)
    prepare(Place(Path(root)))


def _plain(house: House, count: int) -> dict[int, str]:
    """Recordings as they lay there before they were encrypted."""
    from django.db import connection

    from facialis.app.people.models import Person
    from facialis.app.recordings.models import Recording

    person, made = Person.objects.get(), {}
    for number in range(count):
        film = house.film()
        recording = Recording.objects.create(
            owner_id=person.owner_id, person=person, day=date(2026, 5, 1), name=f"{number}-{time.time_ns()}",
            container="mov",
        )  # fmt: skip
        recording.folder.mkdir(mode=0o700)
        recording.film.write_bytes(film)
        made[recording.pk] = hashlib.sha256(film).hexdigest()
    connection.close()
    return made


def backup(house: House, row: Counter[str]) -> None:
    """The program is killed while it makes a backup."""
    _copied(house, row, "backup")


def restoring(house: House, row: Counter[str]) -> None:
    """The program is killed while it puts a backup back."""
    _copied(house, row, "restore")


def _copied(house: House, row: Counter[str], what: str) -> None:
    _plain(house, 12 if what == "backup" else 40)  # putting back is quick
    prepare(house.place)
    stick = house.place.root.parent / "stick"
    shutil.rmtree(stick, ignore_errors=True)
    stick.mkdir()
    (stick / "phrase").write_text(PHRASE)
    facialis, told = [sys.executable, "-m", "facialis"], ["--passphrase-file", str(stick / "phrase"), "--quiet"]
    backup_now = [*facialis, "backup", str(stick / "a.backup"), "--data", str(house.place.root), *told]
    command, product = backup_now, stick / "a.backup"
    if what == "restore":
        subprocess.run(backup_now, check=True, stdout=subprocess.DEVNULL)
        command = [*facialis, "restore", str(product), "--data", str(stick / "new"), *told]
        product = stick / "new"
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as copying:
        until(lambda: any(stick.glob(".facialis*")) or copying.poll() is not None, 60, every_s=0.002)
        time.sleep(house.lots.uniform(0.0, 0.5 if what == "backup" else 0.15))
        row["killed"] += copying.poll() is None
        copying.kill()
    if product.exists() and what == "backup":
        verify = [*facialis, "restore", str(product), "--verify", *told]
        row["lost"] += subprocess.run(verify, stdout=subprocess.DEVNULL, check=False).returncode != 0
    elif product.exists():
        doctor = [*facialis, "doctor", "--quiet", "--data", str(product)]
        row["lost"] += subprocess.run(doctor, stdout=subprocess.DEVNULL, check=False).returncode != 0
    house.open()
    house.look(row)


TRIALS = (upload, analysis_web, analysis_worker, analysis_child, migration, schema, backup, restoring)


def run(
    count: int, seed: int, trials: tuple[Callable[[House, Counter[str]], None], ...] = TRIALS
) -> list[Counter[str]]:
    """Run trials and return one row for each kind."""
    rows = []
    with tempfile.TemporaryDirectory(prefix="kills-") as folder:
        house = House(Path(folder), random.Random(seed))
        for trial in trials:
            row: Counter[str] = Counter()
            for _ in range(count):
                try:
                    trial(house, row)
                except (TimeoutError, OSError, AssertionError, http.client.HTTPException) as error:
                    print(f"  {trial.__name__}: {error!r}", file=sys.stderr)
                    row["stuck"] += 1
                finally:
                    house.close()
                    prepare(house.place)  # a trial may have ended with tables of an older form
                    house.clear()
            row["orphans"] += house.left
            house.left = 0
            rows.append(row)
            print(f"| {trial.__name__} | {count} | " + " | ".join(str(row[c]) for c in COLUMNS) + " |", flush=True)
    return rows


def main() -> int:
    """Print the table; 1 if anything was lost, left or stuck."""
    told = [*sys.argv[1:3], *("30", "1")[len(sys.argv[1:3]) :]]
    count, seed = int(told[0]), int(told[1])
    trials = tuple(trial for trial in TRIALS if not sys.argv[3:] or trial.__name__ in sys.argv[3:])
    print("| killed in | trials | " + " | ".join(COLUMNS) + " |\n|---|---|" + "---|" * len(COLUMNS))
    rows = run(count, seed, trials)
    # A row in which nothing was ever at work when it was killed has shown nothing.
    return int(any(row[column] for row in rows for column in COLUMNS[1:]) or not all(row["killed"] for row in rows))


if __name__ == "__main__":
    sys.exit(main())
