"""Hostile files of full size, sent to a casebook by the way of every film: what became of each, as a table.

Run from the root of the repository: ``python -m validation.hostile_uploads [KIND ...]``. Each kind gets a fresh
casebook in a process of its own; the largest takes 1 GB of disk for a moment. The exit code is 1 if one was taken that
should not be, if refusing it took more than two seconds of processor time or a child more than 1.5 GiB of memory, or
if anything was left behind.

Columns: the file's size; ``sent``, seconds to receive it (and encrypt it, as everything that comes in); ``refused``,
seconds from its last byte to the sentence; processor time of that, this process and its child together; the most
memory of the child; what was left; the sentence. Where a film is something else as well, or has a hostile name, being
taken and handed out as a film and nothing else is right.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

from tests.app.hostile import BOMBS, NAMES, POLYGLOTS

MOST_S = 2.0  # design/reliability.md, row 4
MOST_BYTES = 1.5 * 2**30
OWN = ("casebook.sqlite3", "secret.key", "in-use.lock")


def used_s() -> float:
    """Processor time of this process and of its children that have ended."""
    return sum(one.ru_utime + one.ru_stime for one in map(resource.getrusage, (0, resource.RUSAGE_CHILDREN)))


def become_of(path: Path, name: str, root: Path) -> dict[str, Any]:
    """Send one file to a fresh casebook, and say what became of it."""
    from tests.app.house import move_in

    place = move_in(root / "casebook")
    from facialis.app.accounts.models import Account
    from facialis.app.people.deeds import add_person
    from facialis.app.recordings.deeds import add_recording, begin_upload
    from facialis.app.recordings.models import Recording
    from facialis.app.recordings.uploads import take_piece
    from facialis.core.errors import FacialisError

    account = Account.objects.create(name="anna")
    person = add_person(account, "Anna")
    before = set(place.root.rglob("*"))
    about: Any = {"day": date(2026, 5, 1), "shown_name": name, "mirrored": False, "filmed": "planned"}
    size = path.stat().st_size
    said, sent_s = "taken", 0.0
    began_s, cpu_s = time.monotonic(), used_s()
    try:
        upload = begin_upload(account, person, size_bytes=size, **about)
        with path.open("rb") as file:
            take_piece(upload, 0, file)  # type: ignore[arg-type]
        sent_s, began_s, cpu_s = time.monotonic() - began_s, time.monotonic(), used_s()
        add_recording(account, upload)
    except FacialisError as error:
        said = error.message
    took_s, cpu_s = time.monotonic() - began_s, used_s() - cpu_s
    taken = Recording.objects.count()
    left = [path.name for path in set(place.root.rglob("*")) - before if not path.name.startswith(OWN)] * (not taken)
    peak = 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    told = {"size": size, "sent_s": sent_s, "took_s": took_s, "cpu_s": cpu_s, "peak": peak, "left": left}
    return told | {"said": said, "taken": bool(taken)}


def one(kind: str, number: int, root: Path) -> None:
    """What the process of one kind does: its answer goes to standard output as JSON."""
    made = next(root.iterdir())
    print(json.dumps(become_of(made, NAMES[number] if kind == "name" else "film.mp4", root)))


def made_for(kind: str, root: Path) -> None:
    """Make the file, in a process of its own as well: an encoder's memory is not that of whoever looks at its film."""
    if kind == "name":
        (root / "page").write_bytes(b"<!DOCTYPE html><script>alert(1)</script>")
    else:
        (BOMBS | POLYGLOTS)[kind](root, 1.0)  # type: ignore[operator]


def run(step: str, kind: str, number: int, root: str) -> subprocess.CompletedProcess[str]:
    """One step of one kind, in a process of its own."""
    command = [sys.executable, "-m", "validation.hostile_uploads", step, kind, str(number), root]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def main(kinds: list[str]) -> int:
    """Print the table; 1 if a figure is not held."""
    rows = [(kind, 0) for kind in (*BOMBS, *POLYGLOTS)] + [("name", number) for number in range(len(NAMES))]
    wrong = 0
    print(f"{'kind':28}{'MB':>8}{'sent s':>8}{'refused s':>11}{'cpu s':>7}{'child MB':>10}{'left':>6}  sentence")
    for kind, number in rows:
        if kinds and kind not in kinds:
            continue
        with tempfile.TemporaryDirectory(prefix="hostile-") as folder:
            run("--make", kind, number, folder)
            done = run("--send", kind, number, folder)
        label = kind if kind != "name" else f"name {NAMES[number]!a}"[:27]
        if done.returncode:
            print(f"{label:28}FAULT: {done.stderr.strip().splitlines()[-1:]}")
            wrong += 1
            continue
        told = json.loads(done.stdout.splitlines()[-1])
        should = kind in POLYGLOTS
        bad = told["taken"] != should or told["peak"] > MOST_BYTES or told["left"]
        bad = bad or (not should and told["cpu_s"] > MOST_S)
        wrong += bool(bad)
        print(
            f"{label:28}{told['size'] / 1e6:8.1f}{told['sent_s']:8.1f}{told['took_s']:11.1f}{told['cpu_s']:7.1f}"
            f"{told['peak'] / 1e6:10.0f}{len(told['left']):6}  {told['said']!a:.100}{'  NOT HELD' if bad else ''}",
            flush=True,
        )
    print(f"figures not held: {wrong}")
    return 1 if wrong else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--make"]:
        made_for(sys.argv[2], Path(sys.argv[4]))
    elif sys.argv[1:2] == ["--send"]:
        one(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    else:
        sys.exit(main(sys.argv[1:]))
