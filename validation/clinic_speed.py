"""How quick is the casebook of a clinic: 500 people over five years, 20 users who go from page to page at once?

Makes one person with 1,826 days of diary and 60 results, and 499 more with the same rows; each has an owner of their
own and shares all with each of ten clinicians. ``facialis serve`` serves them, and ten clinicians and ten people ask
for the pages that each of them uses, without a pause between, for ``--seconds``; first alone, then while a recording is
being measured. Prints requests a second, the 95th percentile of each page, and how many questions a page puts to the
database with 50 people and with all. Who asks runs on the same processors as who answers.
"""

from __future__ import annotations

import http.client
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from facialis.app.place import Place
from facialis.app.start import prepare
from validation.casebook_speed import begin_measurement, is_measuring, served, write_folder
from validation.outcome import Goal, Outcome, Table, finish
from validation.trial import Trial, begin

_PEOPLE, _DAYS, _RECORDINGS, _CLINICIANS, _OWNERS = 500, 1826, 60, 10, 10
_FEW = 50
_LEAST_PER_S, _MOST_MS, _MOST_BESIDE_MS = 100.0, 300.0, 600.0


@dataclass(frozen=True, kw_only=True)
class _User:
    """Somebody who is logged in, and what they look at, again and again."""

    cookie: str
    addresses: tuple[tuple[str, str], ...]


@dataclass
class _Times:
    """Milliseconds by page, and how long all of it took."""

    took_s: float
    pages: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    @property
    def per_s(self) -> float:
        """Requests a second."""
        return sum(len(each) for each in self.pages.values()) / self.took_s

    def p95_ms(self, name: str = "") -> float:
        """Of one page, or of all requests."""
        found = self.pages[name] if name else [took for each in self.pages.values() for took in each]
        return float(np.percentile(found, 95))


def _copied(table: str, where: str, values: Mapping[str, str]) -> None:
    """Copy rows of a table, with other values in some columns; all in the database, as there are a million."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT name FROM pragma_table_info('{table}') WHERE name != 'id'")
        names = [name for (name,) in cursor.fetchall()]
        cells = ", ".join(values.get(name, name) for name in names)
        cursor.execute(f"INSERT INTO {table} ({', '.join(names)}) SELECT {cells} FROM {table} WHERE {where}")


def _like(template: int, owner: int, name: str) -> int:
    """One more person with the rows of another; their number."""
    from facialis.app.people.models import Person, Sheet

    person = Person.objects.create(owner_id=owner, name=name, revision=Person.objects.get(pk=template).revision)
    own = {"person_id": str(person.pk), "owner_id": str(owner)}
    for sheet in Sheet.objects.filter(person=template):
        made = Sheet.objects.create(
            owner_id=owner, person=person, file=sheet.file, opening=sheet.opening, written_at=sheet.written_at
        )
        _copied("casebook_row", f"sheet_id = {sheet.pk}", {"sheet_id": str(made.pk), "owner_id": str(owner)})
    _copied("casebook_recording", f"person_id = {template}", {**own, "token": "lower(hex(randomblob(16)))"})
    _copied("casebook_keptanswer", f"person_id = {template}", own)
    return person.pk


def _clinic(root: Path, people: int, days: int) -> tuple[Place, list[_User], list[int]]:
    place = Place(root / "data")
    prepare(place)
    from django.db import transaction

    from facialis.app.accounts.models import Account
    from facialis.app.course.keeping import work_out
    from facialis.app.people.folders import take_in
    from facialis.app.sharing.models import SCOPE_KEYS, Share

    folder = root / "person"
    folder.mkdir()
    write_folder(folder, days, _RECORDINGS)
    owners = [Account.objects.create(name=f"owner {n}", administrator=n == 0) for n in range(people)]
    clinicians = [Account.objects.create(name=f"clinician {n}", clinician=True) for n in range(_CLINICIANS)]
    first = take_in(owners[0], folder, name="Person 0")
    work_out(first, "en")
    with transaction.atomic():
        known = [first.pk, *(_like(first.pk, owner.pk, f"Person {n}") for n, owner in enumerate(owners[1:], start=1))]
        scopes = dict.fromkeys(SCOPE_KEYS, True)
        Share.objects.bulk_create(
            Share(owner=owner, person_id=person, clinician=clinician, **scopes)
            for owner, person in zip(owners, known, strict=True)
            for clinician in clinicians
        )
    users = [_clinician(clinician, known[n::_CLINICIANS]) for n, clinician in enumerate(clinicians)]
    users += [_owner(owners[n], known[n]) for n in range(min(_OWNERS, people))]
    return place, users, known


def _cookie(account: object) -> str:
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    client.force_login(account)  # type: ignore[arg-type]
    return "; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items())


def _clinician(account: object, people: Sequence[int]) -> _User:
    """The list, then somebody of it, with what is looked at before a visit; then the next one."""
    from django.urls import reverse

    found: list[tuple[str, str]] = []
    for person in people[:10]:
        found.append(("a clinician's day", reverse("shared_with_me")))
        names = ("shared_person", "recordings", "course", "treatments", "side_by_side", "diary", "questionnaires")
        found += [(name, reverse(name, args=[person])) for name in names]
    return _User(cookie=_cookie(account), addresses=(*found, ("my_comments", reverse("my_comments"))))


def _owner(account: object, person: int) -> _User:
    """One's own pages, with what a page asks for by itself."""
    from django.urls import reverse

    names = ("person", "up_to_date", "diary", "recordings", "course", "up_to_date", "guide", "library", "sharing")
    return _User(cookie=_cookie(account), addresses=tuple((name, reverse(name, args=[person])) for name in names))


def _asking(base: str, user: _User, until_s: float, times: _Times, faults: list[str]) -> None:
    asked = urlsplit(base)
    assert asked.hostname is not None
    connection = http.client.HTTPConnection(asked.hostname, asked.port, timeout=60)
    while time.perf_counter() < until_s:
        for name, address in user.addresses:
            began_s = time.perf_counter()
            connection.request("GET", address, headers={"Cookie": user.cookie})
            answer = connection.getresponse()
            answer.read()
            times.pages[name].append(1000 * (time.perf_counter() - began_s))
            if answer.status != 200:
                faults.append(f"{name}: {answer.status}")
            if time.perf_counter() > until_s:
                break
    connection.close()


def _all_at_once(base: str, users: Sequence[_User], seconds: float, faults: list[str]) -> _Times:
    times, began_s = _Times(took_s=seconds), time.perf_counter()
    threads = [threading.Thread(target=_asking, args=(base, user, began_s + seconds, times, faults)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    times.took_s = time.perf_counter() - began_s
    return times


def _questions(user: _User, name: str) -> int:
    """How many questions a page puts to the database."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost", headers={"Cookie": user.cookie})
    address = dict(user.addresses)[name]
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200, name
    return len(asked)


def run(trial: Trial) -> Outcome:
    """Both tables, and whether the figures are reached."""
    seconds, people, days = float(trial.options.seconds), _PEOPLE, _DAYS
    if trial.quick:
        seconds, people, days = 3.0, 60, 120
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as temporary:
        place, users, known = _clinic(Path(temporary), people, days)
        from django.db import connection

        from facialis.app.sharing.models import Share

        trial.say("made")
        many = {name: _questions(users[0], name) for name in dict(users[0].addresses)}
        Share.objects.filter(person__in=known[_FEW:]).update(clinician=Share.objects.order_by("pk").first().owner)  # type: ignore[union-attr]
        few = {name: _questions(users[0], name) for name in many if name in ("a clinician's day", "my_comments")}
        _give_back(known)
        connection.close()
        with served(place) as base:
            _all_at_once(base, users, min(3.0, seconds), faults)
            trial.say("now alone")
            alone = _all_at_once(base, users, seconds, faults)
            trial.say("now beside a measurement")
            begin_measurement(known[0], Path(temporary))
            while not is_measuring():
                time.sleep(0.1)
            beside = _all_at_once(base, users, seconds, faults)
            measuring = is_measuring()
    assert not faults, sorted(set(faults))
    rows = [
        (
            name,
            str(len(alone.pages[name])),
            *(f"{t.p95_ms(name):.0f}" for t in (alone, beside)),
            str(many.get(name, "")),
        )
        for name in alone.pages
    ]
    head = ("page", "asked", "p95, ms", "measuring: p95, ms", "questions to the database")
    grown = max(many[name] - few[name] for name in few)
    return Outcome(
        name="clinic_speed",
        title="How quick a clinic's casebook is",
        about="Over HTTP; who asks and who answers share two processors.",
        command=trial.command("clinic_speed"),
        tables=[Table(title=f"{people} people, {len(users)} users at once", head=head, rows=tuple(rows))],
        goals=[
            Goal(what="requests a second", value=alone.per_s, least=_LEAST_PER_S),
            Goal(what="p95 of all requests, ms", value=alone.p95_ms(), most=_MOST_MS),
            Goal(
                what="p95 beside a measurement, ms",
                value=beside.p95_ms() if measuring else float("nan"),
                most=_MOST_BESIDE_MS,
            ),
            Goal(what=f"questions more with {people} people than with {_FEW}", value=float(grown), most=0.0),
        ],
    )


def _give_back(known: Sequence[int]) -> None:
    """The shares that were taken away to count with few."""
    from facialis.app.accounts.models import Account
    from facialis.app.sharing.models import Share

    clinicians = list(Account.objects.filter(clinician=True).order_by("pk"))
    for person in known[_FEW:]:
        for share, clinician in zip(Share.objects.filter(person=person).order_by("pk"), clinicians, strict=True):
            Share.objects.filter(pk=share.pk).update(clinician=clinician)


if __name__ == "__main__":
    this = begin("validation.clinic_speed", __doc__, needs_footage=False, seconds=20)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
