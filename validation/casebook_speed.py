"""How quick is the casebook after five years of daily entries and 300 recordings, alone and beside a measurement?

Makes a person with 1,826 days of diary, 300 results, 15 injections and 60 questionnaires, serves the casebook as
``facialis serve`` does, and asks for every page ``--asks`` times over HTTP, first while nothing else runs, then while a
recording is being measured. Prints the median and the 95th percentile of each page, and how long the answer took to be
worked out, from the change to the page that has it. Made results carry no signals.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from facialis.app.place import Place
from facialis.app.start import prepare
from facialis.report.session.folder import write_session_folder
from tests.film.media import make as make_film
from tests.report import factory
from validation.outcome import Goal, Outcome, Table, finish
from validation.trial import Trial, begin

_DAYS, _RECORDINGS = 1826, 300
_EVERY_DAYS = 6
_MOST_MS, _MOST_BESIDE_MS, _MOST_ANSWER_S = 200.0, 500.0, 5.0
_LONGEST_S = 120.0


@dataclass(frozen=True, kw_only=True)
class _Made:
    """A casebook with somebody in it who is logged in."""

    place: Place
    cookie: str
    person: int
    addresses: Mapping[str, str]


def write_folder(folder: Path, days: int, recordings: int) -> None:
    """A person's folder with so many days and recordings; numbers from a fixed lot."""
    lot, today = random.Random(7), date.today()  # noqa: DTZ011 - a person's own calendar day; no secret
    level = 4.0
    diary = ["date,spasms (0-10),stress (0-10),fatigue (0-10),sleep (h),coffee (cups),note"]
    for n in range(days, 0, -1):
        level = min(10.0, max(0.0, level + lot.gauss(0, 0.4)))
        stress = min(10, max(0, round(lot.gauss(4, 2))))
        cells = (round(level), stress, lot.randint(0, 10), round(lot.gauss(7, 1), 1), lot.randint(0, 4))
        diary.append(f"{today - timedelta(days=n)},{','.join(map(str, cells))},{'a quiet day' if n % 9 == 0 else ''}")
    (folder / "diary.csv").write_text("\n".join(diary) + "\n")
    toxin = [
        f"{today - timedelta(days=40 + 120 * n)},toxin,Botox,20,zygomaticus left 2.5 U" for n in range(days // 120)
    ]
    (folder / "treatments.csv").write_text("\n".join(["date,kind,product,dose_units,sites", *toxin]) + "\n")
    filled = [f"{today - timedelta(days=30 * n + 1)},phq9,1,1,2,0,1,1,0,1,0" for n in range(days // 30)]
    head = "date,instrument," + ",".join(f"item_{n}" for n in range(1, 10))
    (folder / "questionnaires.csv").write_text("\n".join([head, *filled]) + "\n")
    (folder / "person.yaml").write_text("side: left\nonset: 2020\nsex: female\nbirth_year: 1970\n")
    _results(folder / "sessions", today, recordings, lot)


def _results(sessions: Path, today: date, recordings: int, lot: random.Random) -> None:
    """Results as ``facialis analyse`` writes them, without films and signals; each of its own day, length and rate."""
    sessions.mkdir()
    made = factory.make(duration_s=30.0)
    first = sessions / "first"
    write_session_folder(replace(made.session, signals=made.motion, face=made.track), None, first, faces=False)
    text = (first / "session.json").read_text()
    for n in range(recordings):
        content = json.loads(text)
        day = today - timedelta(days=_EVERY_DAYS * n + 1)
        content["date"] = day.isoformat()
        content["recording"]["sha256"] = f"{lot.getrandbits(256):064x}"
        for measure in content["measures"]:
            if measure["name"] == "twitch_rate" and measure["value"]:
                measure["value"] *= float(np.exp(lot.gauss(0, 0.4)))
        folder = sessions / f"{day.isoformat()}-{n}"
        shutil.copytree(first, folder)
        (folder / "session.json").write_text(json.dumps(content))
    shutil.rmtree(first)


def _casebook(root: Path, days: int, recordings: int) -> _Made:
    place = Place(root / "data")
    prepare(place)
    from django.test import Client
    from django.urls import reverse

    from facialis.app.accounts.models import Account
    from facialis.app.people.folders import take_in

    folder = root / "person"
    folder.mkdir()
    write_folder(folder, days, recordings)
    account = Account(name="anna")
    account.set_password("cherry boat lamp")
    account.save()
    person = take_in(account, folder, name="Anna")
    client = Client(SERVER_NAME="localhost")
    client.force_login(account)
    names = ("person", "recordings", "add_recording", "diary", "treatments", "questionnaires", "history", "course")
    addresses = {name: reverse(name, args=[person.pk]) for name in (*names, "guide", "library")}
    addresses["questionnaire"] = reverse("questionnaire", args=[person.pk, "phq9"])
    addresses["article"] = reverse("article", args=[person.pk, "what_it_is"])
    cookie = "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())
    return _Made(place=place, cookie=cookie, person=person.pk, addresses=addresses)


@contextmanager
def served(place: Place) -> Iterator[str]:
    command = [sys.executable, "-m", "facialis", "serve", "--no-open", "--port", "0", "--data", str(place.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        found = re.search(r"http://[a-z]+:\d+", server.stdout.readline())
        assert found is not None
        try:
            yield found[0]
        finally:
            server.terminate()
            server.wait(60)


def _ask(made: _Made, address: str) -> tuple[float, int, Mapping[str, str]]:
    """Milliseconds until the whole page is here, its status, and its headers (lower case)."""
    request = urllib.request.Request(address, headers={"Cookie": made.cookie})
    began_s = time.perf_counter()
    with urllib.request.urlopen(request, timeout=60) as answer:
        answer.read()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return 1000 * (time.perf_counter() - began_s), answer.status, headers


def _until_current(made: _Made, base: str) -> float:
    """Seconds until the answer is up to date, as a page sees it that asks ten times a second."""
    began_s = time.perf_counter()
    while time.perf_counter() - began_s < _LONGEST_S:
        _, _, headers = _ask(made, f"{base}/people/{made.person}/up-to-date/")
        if headers.get("hx-refresh") == "true":
            return time.perf_counter() - began_s
        time.sleep(0.1)
    return float("nan")


def _pages(made: _Made, base: str, asks: int) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in made.addresses}
    for _ in range(asks):
        for name, address in made.addresses.items():
            took_ms, status, _ = _ask(made, base + address)
            assert status == 200, name
            times[name].append(took_ms)
    return times


def _note_today(level: int) -> None:
    from facialis.app.accounts.models import Account
    from facialis.app.diary.deeds import add_diary_day
    from facialis.app.people.models import Person

    today = date.today().isoformat()  # noqa: DTZ011 - a person's own calendar day
    add_diary_day(Account.objects.get(), Person.objects.get(), {"date": today, "spasms (0-10)": str(level)})


def begin_measurement(of: int, root: Path) -> None:
    """Let the worker measure a film of minutes; it has no face in it, and is looked through to its end."""
    from facialis.app.jobs.models import Job
    from facialis.app.people.models import Person
    from facialis.app.recordings.models import Recording
    from facialis.app.recordings.store import keep_film

    path = root / "film.mp4"
    make_film(path, "libx264", frames=9000, width=640, height=480)
    person = Person.objects.get(pk=of)
    today = date.today()  # noqa: DTZ011 - a person's own calendar day
    recording = Recording(owner_id=person.owner_id, person=person, day=today, name="beside", shown_name="film.mp4")
    keep_film(recording, path)
    Job.objects.create(owner_id=person.owner_id, recording=recording)


def is_measuring() -> bool:
    from facialis.app.jobs.models import Job

    return Job.objects.filter(state=Job.State.RUNNING).exists()


def _slowest(times: Mapping[str, list[float]]) -> float:
    return max(float(np.percentile(each, 95)) for each in times.values())


def run(trial: Trial) -> Outcome:
    """Both tables, and whether the figures are reached."""
    asks = int(trial.options.asks)
    days, recordings = (120, 20) if trial.quick else (_DAYS, _RECORDINGS)
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        made = _casebook(root, days, recordings)
        trial.say("made; now served")
        with served(made.place) as base:
            first_s = _until_current(made, base)
            again_s = []
            for level in (3, 7, 5):
                _note_today(level)
                again_s.append(_until_current(made, base))
            alone = _pages(made, base, asks)
            trial.say("now beside a measurement")
            begin_measurement(made.person, root)
            while not is_measuring():
                time.sleep(0.1)
            _note_today(2)
            beside_s = _until_current(made, base)
            beside = _pages(made, base, asks)
            measuring = is_measuring()
    rows = [
        (name, *(f"{np.percentile(times[name], share):.0f}" for times in (alone, beside) for share in (50, 95)))
        for name in made.addresses
    ]
    head = ("page", "median, ms", "p95, ms", "measuring: median, ms", "measuring: p95, ms")
    title = f"{days} days of diary, {recordings} recordings; {asks} times each"
    return Outcome(
        name="casebook_speed",
        title="How quick the casebook is",
        about="Over HTTP, as a browser asks; the answer is worked out by the worker beside the server.",
        command=trial.command("casebook_speed"),
        tables=[Table(title=title, head=head, rows=tuple(rows))],
        goals=[
            Goal(what="slowest page, p95, ms", value=_slowest(alone), most=_MOST_MS),
            Goal(
                what="slowest page beside a measurement, p95, ms",
                value=_slowest(beside) if measuring else float("nan"),
                most=_MOST_BESIDE_MS,
            ),
            Goal(what="first answer after the start, s", value=first_s, most=_MOST_ANSWER_S),
            Goal(what="answer after a change, slowest of three, s", value=max(again_s), most=_MOST_ANSWER_S),
            Goal(what="answer after a change beside a measurement, s", value=beside_s, most=2 * _MOST_ANSWER_S),
        ],
    )


if __name__ == "__main__":
    this = begin("validation.casebook_speed", __doc__, needs_footage=False, asks=20)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
