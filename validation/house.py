"""A casebook that is served, killed and opened again, and what it left; the seat of `validation.kills`."""

from __future__ import annotations

import contextlib
import http.client
import random
import socket
import sqlite3
import subprocess
import sys
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

from facialis.app.place import Place
from facialis.app.start import prepare
from facialis.film.encode import VideoWriter
from facialis.phantom.recording import PhantomSource
from facialis.phantom.specification import parse_spec

FACE = """\
duration_s: 2
camera: {width_px: 240, height_px: 240, iod_share: 0.3}
acts:
  - {act: contraction, side: left, onset_s: 0.8, duration_s: 0.15, amplitude_iod: 0.04}
"""
PATIENCE_S = 180.0  # chosen: the phantom is measured in some seconds; a busy machine needs longer
TOKEN = "k" * 32
FILLING_BYTES = 4_000_000  # behind the film, so that its upload and encryption can be met half-way


class House:
    """A casebook that is served, killed and opened again."""

    def __init__(self, root: Path, lots: random.Random) -> None:
        self.place, self.lots = Place(root / "casebook"), lots
        self.face = face(root / "face.mp4")
        prepare(self.place)
        from django.conf import settings
        from django.db import connection
        from django.test import Client

        from facialis.app.accounts.models import Account
        from facialis.app.people.deeds import add_person

        account = Account(name="anna")
        account.set_password("cherry boat lamp")
        account.save()
        self.person = add_person(account, "Anna").pk
        client = Client(SERVER_NAME="localhost")
        client.force_login(account)
        session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.cookie = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={TOKEN}"
        connection.close()
        self.server: subprocess.Popen[str] | None = None
        self.port = 0
        self.left = 0
        """How often a process outlived the server that it belonged to."""

    def open(self) -> None:
        """Serve it; TimeoutError where it does not open."""
        command = [sys.executable, "-m", "facialis", "serve", "--no-open", "--port", "0", "--data"]
        self.server = subprocess.Popen(
            [*command, str(self.place.root)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.server.stdout is not None
        line = self.server.stdout.readline().strip()
        if not line.startswith("http://localhost:"):
            raise TimeoutError(line)
        self.port = int(line.split(":")[2].split("/")[0])

    def close(self) -> None:
        """End it as with Ctrl-C."""
        if self.server is not None:
            self.server.terminate()
            self.server.communicate(timeout=PATIENCE_S)
            self.server = None

    def kill(self) -> None:
        """End it outright, and wait until its workers have noticed."""
        assert self.server is not None
        started = list(below(self.server.pid))
        self.server.kill()
        self.server.communicate()
        self.server = None
        self.left += not until(lambda: not any(alive(number) for number in started), 30.0)

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> http.client.HTTPResponse:
        """One request of somebody who has logged in; OSError where nobody answers."""
        link = http.client.HTTPConnection("127.0.0.1", self.port)
        link.sock = socket.socket()  # looks up no name
        link.sock.settimeout(60.0)
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        said |= {"Host": f"localhost:{self.port}", "Cookie": self.cookie, "X-CSRFToken": TOKEN}
        try:
            link.sock.connect(("127.0.0.1", self.port))
            link.request(method, path, body or None, said)
            answer = link.getresponse()
            answer.body = answer.read()  # type: ignore[attr-defined]
            return answer
        finally:
            link.close()

    def film(self) -> bytes:
        """Another film of the same face: what stands behind it is read by no decoder."""
        filling = self.lots.randbytes(FILLING_BYTES)
        return self.face + (len(filling) + 8).to_bytes(4, "big") + b"free" + filling

    def announce(self, size: int) -> str:
        """Where a film of that size is to be sent."""
        told = {"day": date.today().isoformat(), "filmed": "planned", "shown_name": "a.mp4"}  # noqa: DTZ011
        pairs = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in told.items())
        answer = self.ask(
            "POST",
            f"/people/{self.person}/uploads/",
            Tus_Resumable="1.0.0",
            Upload_Length=str(size),
            Upload_Metadata=pairs,
        )
        assert answer.status == 201, (answer.status, answer.body)  # type: ignore[attr-defined]
        return str(answer.headers["Location"])

    def send(self, url: str, film: bytes, start: int, acknowledged: Callable[[int], None]) -> str:
        """Send a film from a place on, in pieces of any size; returns the page of the recording it became."""
        while True:
            piece = film[start : start + self.lots.randrange(1, 300_000)]
            answer = self.ask(
                "PATCH",
                url,
                piece,
                Tus_Resumable="1.0.0",
                Upload_Offset=str(start),
                Content_Type="application/offset+octet-stream",
            )
            assert answer.status == 204, (answer.status, answer.body)  # type: ignore[attr-defined]
            if "Casebook-Next" in answer.headers:
                return str(answer.headers["Casebook-Next"])
            start = int(answer.headers["Upload-Offset"])
            acknowledged(start)

    def offset(self, url: str) -> int | None:
        """How much of a film is there; None where it has become a recording."""
        answer = self.ask("HEAD", url, Tus_Resumable="1.0.0")
        if "Casebook-Next" in answer.headers:
            return None
        return int(answer.headers.get("Upload-Offset") or 0)

    def states(self) -> Counter[str]:
        """How many jobs are in which state."""
        with closing(sqlite3.connect(self.place.database, timeout=30)) as database:
            return Counter(row[0] for row in database.execute("SELECT state FROM casebook_job"))

    def ended(self) -> bool:
        """Whether every job has come to an end."""
        states = self.states()
        return not states["waiting"] and not states["running"]

    def look(self, row: Counter[str]) -> None:
        """Look for orphans and for faults of the database."""
        with closing(sqlite3.connect(self.place.database, timeout=30)) as database:
            row["database"] += database.execute("PRAGMA integrity_check").fetchone() != ("ok",)
            row["database"] += database.execute("PRAGMA foreign_key_check").fetchone() is not None
            recordings = {item[0] for item in database.execute("SELECT token FROM casebook_recording")}
            uploads = {item[0] for item in database.execute("SELECT token FROM casebook_upload")}
        strays = [path for path in self.place.recordings.iterdir() if path.name not in recordings]
        strays += [path for path in self.place.incoming.iterdir() if path.name.split(".")[0] not in uploads]
        strays += [path for path in self.place.recordings.rglob("*") if path.name.endswith(".sealing")]
        if self.states()["running"] == 0:
            strays += list(self.place.temporary.iterdir())
        row["orphans"] += len(strays)

    def clear(self) -> None:
        """Remove all recordings, so that trials do not weigh on each other; it must not be served."""
        from django.db import connection

        from facialis.app.recordings.models import Recording, Upload
        from facialis.app.recordings.store import forget_strays
        from facialis.app.recordings.uploads import forget_old

        Recording.objects.all().delete()
        Upload.objects.all().delete()
        forget_old()
        forget_strays()
        connection.close()


def face(path: Path) -> bytes:
    with VideoWriter(path, width_px=240, height_px=240, frame_rate_hz=30.0) as writer:
        for frame in PhantomSource(parse_spec(FACE, "face", "face")).frames():
            writer.write(frame)
        writer.finish()
    return path.read_bytes()


def below(number: int) -> Iterator[int]:
    """All processes that a process has started, and those that they have."""
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{number}/task").iterdir():
            for child in (task / "children").read_text().split():
                yield int(child)
                yield from below(int(child))


def alive(number: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def named(server: int, word: str) -> int | None:
    for number in below(server):
        with contextlib.suppress(OSError):
            if word in Path(f"/proc/{number}/cmdline").read_bytes().decode(errors="replace"):
                return number
    return None


def until(come: Callable[[], bool], seconds: float = PATIENCE_S, every_s: float = 0.05) -> bool:
    ends_s = time.monotonic() + seconds
    while not come():
        if time.monotonic() > ends_s:
            return False
        time.sleep(every_s)
    return True


@contextmanager
def killed_after(seconds: float, kill: Callable[[], None]) -> Iterator[None]:
    import threading

    timer = threading.Timer(seconds, kill)
    timer.start()
    try:
        yield
    finally:
        timer.join()
