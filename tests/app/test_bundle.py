"""Bundles: what is chosen arrives byte by byte at another address, nothing else does, and a refusal leaves nothing."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyrage
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from facialis.app.accounts.deeds import close_account
from facialis.app.accounts.models import Account
from facialis.app.accounts.proof import FRESH_S
from facialis.app.audit.models import Entry
from facialis.app.backup.keeper import look_after
from facialis.app.bundle.addresses import address_of, checked, fingerprint, identity_of
from facialis.app.bundle.arriving import forget_arrivals, look, take_whole
from facialis.app.bundle.commands import bundle_address, receive_bundle, send_bundle
from facialis.app.bundle.manifest import BLOCK, MANIFEST, PARTS, RECORD, Item, Manifest
from facialis.app.bundle.models import Arrival, BundleAddress, Received, Sent
from facialis.app.bundle.sending import send
from facialis.app.bundle.taking import accept
from facialis.app.comments.models import Comment
from facialis.app.diary.deeds import add_diary_day, add_treatment
from facialis.app.history.deeds import write_history
from facialis.app.people.casefiles import casefile_of
from facialis.app.people.deeds import write_row
from facialis.app.people.folders import laid_out, take_in
from facialis.app.people.models import Person
from facialis.app.people.sheets import keep_file, whole_text
from facialis.app.place import Place
from facialis.app.questionnaires.deeds import fill_in
from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import folder_of, keep
from facialis.app.sharing.deeds import end_all_shares
from facialis.app.sharing.issuing import issue, read_issued
from facialis.app.sharing.models import Issued, Share
from facialis.core.errors import FacialisError, FormatError, InputError
from facialis.core.records import Frame
from facialis.files.columns import DIARY
from facialis.files.person import read_person
from facialis.film.encode import VideoWriter
from tests.app.house import LogIn

Anna = tuple[Account, Client, Person]
Carla = tuple[Account, Client]
# A word of its own in everything that can be chosen, and in what never leaves.
CANARIES = {
    "recordings": ("siskin",),
    "course": ("heron", "dipper", "curlew"),
    "diary": ("magpie",),
    "questionnaires": ("jackdaw",),
    "": ("wagtail", "ouzel"),
}


@pytest.fixture
def carla(log_in: LogIn) -> Carla:
    """A clinician; the two casebooks are one here, as all that they share is a file."""
    return log_in("carla")


@pytest.fixture
def one_film(tmp_path: Path) -> Path:
    """A film of three pictures."""
    film = tmp_path / "film.mp4"
    with VideoWriter(film, width_px=64, height_px=64, frame_rate_hz=30.0) as writer:
        for k in range(3):
            luma, chroma = np.full((64, 64), 40 * k, np.uint8), np.full((2, 32, 32), 128, np.uint8)
            writer.write(Frame(index=k, time_s=k / 30, luma=luma, chroma=chroma))
        writer.finish()
    return film


@pytest.fixture
def record(anna: Anna, session_folder: Path, tmp_path: Path) -> Person:
    """Anna, with something in every part."""
    account, _, empty = anna
    folder = tmp_path / "taken"
    with laid_out(empty, whole=True) as plain:
        shutil.copytree(plain, folder)
    empty.delete()
    result = folder / "sessions" / "2026-05-01"
    shutil.copytree(session_folder, result)
    facts = json.loads((result / "session.json").read_text())
    facts["recording"]["name"] = "siskin.mp4"
    (result / "session.json").write_text(json.dumps(facts))
    person = take_in(account, folder, name="Anna")
    add_diary_day(account, person, {"date": "2026-05-01", "spasms (0-10)": "7", "note": "magpie"})
    add_treatment(account, person, {"date": "2026-05-01", "kind": "toxin", "note": "heron"})
    write_history(account, person, {"film_weekday": "friday"})
    keep_file(person, "questions.txt", b"dipper?\n")
    keep_file(person, "READ-ME.txt", b"wagtail\n")
    keep_file(person, "experiment-2026-01-01.csv", b"date,ouzel\n")
    fill_in(account, person, {"date": "2026-05-01", "instrument": "stress", "item_1": "6"})
    sheet = person.sheets.get(file="questionnaires.csv")
    keep_file(person, "questionnaires.csv", whole_text(sheet) + b"# jackdaw\n")
    sheet = person.sheets.get(file="person.yaml")
    keep_file(person, "person.yaml", whole_text(sheet) + b"# curlew\n")
    return person


def sent_to(person: Person, receiver: Account, *scopes: str, films: bool = False, days: int = 30) -> bytes:
    """A bundle of a person for a receiver."""
    owner = person.owner
    assert isinstance(owner, Account)
    told: dict[str, Any] = {"films": films, "lasts_days": days, "sender": "Anna A.", "whom": "Dr Carla"}
    with send(owner, person, address_of(receiver).recipient, scopes, **told) as file:
        return file.read()


def received(account: Account, bundle: bytes) -> Person:
    """Whoever has come with a bundle."""
    arrival = take_whole(account, len(bundle), [bundle])
    look(account, arrival)
    return accept(account, arrival)


def opened(bundle: bytes, account: Account) -> bytes:
    """What is under age."""
    return bytes(pyrage.decrypt(bundle, [identity_of(address_of(account))]))


@pytest.mark.parametrize("scopes", [*((part,) for part in PARTS), PARTS])
def test_what_is_chosen_arrives_and_nothing_else(
    record: Person, carla: Carla, scopes: tuple[str, ...], tmp_path: Path
) -> None:
    bundle = sent_to(record, carla[0], *scopes)
    plain = opened(bundle, carla[0])
    for part, words in CANARIES.items():
        for word in words:
            assert (word.encode() in plain) == (part in scopes), (part, word)
            assert word.encode() not in bundle
    with tarfile.open(fileobj=io.BytesIO(plain)) as ordinary:  # any other tool opens it as well
        ordinary.extractall(tmp_path / "elsewhere", filter="data")
    assert read_person(tmp_path / "elsewhere" / "record").treatments == (
        casefile_of(record).treatments if "course" in scopes else ()
    )
    person = received(carla[0], bundle)
    there = {sheet.file: whole_text(sheet) for sheet in person.sheets.all()}
    wanted = {"course": {"person.yaml", "questions.txt", "treatments.csv", "sessions.csv"}}
    wanted |= {"diary": {"diary.csv"}, "questionnaires": {"questionnaires.csv"}, "recordings": set()}
    mine = {sheet.file: whole_text(sheet) for sheet in record.sheets.all()}
    assert there == {file: mine[file] for part in scopes for file in wanted[part] if file in mine}
    seen = person.recordings.count()
    assert seen == (1 if {"recordings", "course"} & set(scopes) else 0)
    if set(scopes) == set(PARTS):
        theirs, own = casefile_of(person), casefile_of(record)
        assert (theirs.sessions, theirs.treatments) == (own.sessions, own.treatments)
        with laid_out(record, whole=True) as left, laid_out(person, whole=True) as right:
            names = ("session.json", "events.tsv", "signals.parquet")
            for name in names:
                place = f"sessions/2026-05-01/{name}"
                assert (left / place).read_bytes() == (right / place).read_bytes()
    elif scopes == ("course",):
        assert casefile_of(person).sessions == casefile_of(record).sessions
    assert not Arrival.objects.exists()


def test_a_film_goes_along_where_it_was_chosen(
    anna: Anna, carla: Carla, session_folder: Path, tmp_path: Path, one_film: Path
) -> None:
    folder = tmp_path / "with film"
    shutil.copytree(session_folder, folder / "sessions" / "2026-05-01")
    (folder / "films").mkdir()
    shutil.copy(one_film, folder / "films" / "2026-05-01.mp4")
    record = take_in(anna[0], folder, name="Anna")
    without = received(carla[0], sent_to(record, carla[0], "recordings"))
    assert not without.recordings.get().film.is_file()
    person = received(carla[0], sent_to(record, carla[0], "recordings", films=True))
    assert person.recordings.get().film.is_file()
    assert Person.objects.filter(owner=carla[0]).get() == person


def test_who_was_received_is_seen_and_not_changed(record: Person, carla: Carla) -> None:
    account, browser = carla
    person = received(account, sent_to(record, account, "recordings", "course"))
    day = browser.get(reverse("shared_with_me")).content.decode()
    assert "from another computer" in day
    page = browser.get(reverse("shared_person", args=[person.pk])).content.decode()
    assert "Anna A." in page
    assert "You see a copy" in page
    assert "Each time you look" not in page
    recording = person.recordings.get()
    for name, number in (("course", person.pk), ("recording", recording.pk), ("treatments", person.pk)):
        assert browser.get(reverse(name, args=[number])).status_code == 200, name
    for name in ("diary", "questionnaires", "sharing", "folder_zip", "send_bundle", "person", "experiment"):
        assert browser.get(reverse(name, args=[person.pk])).status_code in (302, 404), name
    assert browser.get(reverse("diary", args=[person.pk])).status_code == 404
    for name in ("delete_person", "new_share", "treatments", "film_day"):
        assert browser.post(reverse(name, args=[person.pk]), {"scopes": ["course"]}).status_code == 404, name
    with pytest.raises(PermissionDenied):
        write_row(account, person, DIARY, {"date": "2026-05-02"})
    assert browser.get(reverse("home")).headers["Location"] == reverse("shared_with_me")
    shown = browser.get(reverse("api_people")).json()["people"]
    assert [(one["own"], one["may_see"]) for one in shown] == [(False, ["recordings", "course"])]
    Received.objects.update(until=date.today() - timedelta(days=1))  # noqa: DTZ011 - a person's own calendar day
    Share.objects.update(ends_at=timezone.now() - timedelta(seconds=1))
    assert browser.get(reverse("course", args=[person.pk])).status_code == 404
    assert browser.get(reverse("recording", args=[recording.pk])).status_code == 404
    look_after()
    assert not Person.objects.filter(pk=person.pk).exists()
    assert not recording.folder.exists()
    assert Entry.objects.filter(owner=account, deed="bundle_ended", person=person.pk).exists()


def test_a_later_one_replaces_it_and_keeps_what_was_written(record: Person, carla: Carla) -> None:
    account, _ = carla
    first = received(account, sent_to(record, account, "recordings", "course"))
    told = {"owner": account, "recording": first.recordings.get(), "text": "look here"}
    Comment.objects.create(**told)
    issue(account, first, "sheet", b"%PDF-1.7")
    add_treatment(record.owner, record, {"date": "2026-06-01", "kind": "drug", "product": "robin"})
    folder = first.recordings.get().folder
    second = received(account, sent_to(record, account, "recordings", "course", "diary", days=180))
    assert Person.objects.filter(owner=account).get() == second
    assert not folder.exists()
    assert Comment.objects.get().recording == second.recordings.get()
    assert Issued.objects.get().person_id == second.pk
    assert Share.objects.now(account).get().scopes == ("recordings", "course", "diary")
    assert b"robin" in whole_text(second.sheets.get(file="treatments.csv"))
    assert Sent.objects.get().whom == "Dr Carla"


def test_what_is_older_than_what_is_here_is_refused(record: Person, carla: Carla) -> None:
    account, _ = carla
    bundle = sent_to(record, account, "course")
    person = received(account, bundle)
    arrival = take_whole(account, len(bundle), [bundle])
    look(account, arrival)
    Received.objects.update(made_on=timezone.now().date() + timedelta(days=2))
    with pytest.raises(InputError, match="is newer"):
        accept(account, arrival)
    assert Person.objects.filter(owner=account).get() == person
    assert not Arrival.objects.exists()


def test_an_answer_about_somebody_who_was_deleted_meanwhile_is_refused(
    record: Person, anna: Anna, carla: Carla
) -> None:
    person = received(carla[0], sent_to(record, carla[0], "recordings", "course"))
    issue(carla[0], person, "sheet", b"%PDF-1.7 thrush")
    fresh(carla[1])
    answer = carla[1].post(reverse("send_answer", args=[person.received.pk]), {"sender": "Dr Carla"}).getvalue()
    anna[1].post(reverse("receive"), {"file": SimpleUploadedFile("x.facialis", answer)})
    Sent.objects.all().delete()
    way = reverse("arrived", args=[Arrival.objects.get().token])
    assert anna[1].get(way).status_code == 200
    page = anna[1].post(way)
    assert (page.status_code, "belongs to nothing" in page.content.decode()) == (422, True)
    assert not Issued.objects.filter(owner=anna[0]).exists()


@pytest.mark.parametrize("odd", [[], None, "x", {"name": "a\u202e" * 300 + "\n", "sha256": "f" * 900}])
def test_a_result_of_an_odd_form_is_taken_in_and_shown(odd: object, record: Person, carla: Carla) -> None:
    recording = record.recordings.get()
    facts = json.loads(folder_of(recording).read("result/session.json"))
    facts["recording"] = odd
    keep(recording, "result/session.json", io.BytesIO(json.dumps(facts).encode()))
    person = received(carla[0], sent_to(record, carla[0], "recordings"))
    taken = person.recordings.get()
    assert len(taken.shown_name) <= 200
    assert taken.shown_name.isprintable()
    assert carla[1].get(reverse("recordings", args=[person.pk])).status_code == 200


def test_what_the_clinician_wrote_comes_back(record: Person, anna: Anna, carla: Carla) -> None:
    account, browser = carla
    person = received(account, sent_to(record, account, "recordings", "course"))
    way = reverse("send_answer", args=[person.received.pk])
    fresh(browser)
    refused = browser.post(way, {"sender": "Dr Carla"})
    assert (refused.status_code, "issued no sheet" in refused.content.decode()) == (422, True)
    issue(account, person, "sheet", b"%PDF-1.7 thrush")
    Comment.objects.create(owner=account, recording=person.recordings.get(), text="look at 0:03", at_s=3.0)
    answer = browser.post(way, {"sender": "Dr Carla"})
    bundle = answer.getvalue()
    for _ in range(2):  # the same once more is in the place of the first
        anna[1].post(reverse("receive"), {"file": SimpleUploadedFile("x.facialis", bundle)})
        page = anna[1].get(reverse("arrived", args=[Arrival.objects.get().token])).content.decode()
        assert "An answer about Anna" in page
        assert anna[1].post(reverse("arrived", args=[Arrival.objects.get().token])).status_code == 302
    there = Issued.objects.filter(owner=anna[0])
    assert {(item.kind, item.sender) for item in there} == {("sheet", "Dr Carla"), ("comments", "Dr Carla")}
    assert b"look at 0:03" in read_issued(there.get(kind="comments"))
    assert "Dr Carla" in anna[1].get(reverse("sharing", args=[record.pk])).content.decode()
    file = anna[1].get(reverse("issued_file", args=[there.get(kind="comments").pk]))
    assert ".txt" in file.headers["Content-Disposition"]
    stranger = take_whole(account, len(bundle), [bundle])
    with pytest.raises(FormatError, match="another address"):
        look(account, stranger)


def fresh(browser: Client, ago_s: float = 0.0) -> None:
    """Whoever uses the browser said who they are just now, or some time ago."""
    session = browser.session
    session["proved_s"] = timezone.now().timestamp() - ago_s
    session.save()


def test_in_the_page_from_the_address_to_the_day_list(record: Person, anna: Anna, carla: Carla) -> None:
    way = reverse("send_bundle", args=[record.pk])
    fresh(anna[1], FRESH_S + 1)
    assert anna[1].get(way).headers["Location"].startswith(reverse("confirm"))
    fresh(anna[1])
    assert "Send to another computer" in anna[1].get(way).content.decode()
    page = carla[1].get(reverse("receive")).content.decode()
    address = address_of(carla[0]).recipient
    assert address in page
    assert fingerprint(address) in page
    told = {"recipient": address[:40], "whom": "Dr Carla", "sender": "Anna A.", "scopes": ["course"]}
    told |= {"films": "no", "lasts": "30"}
    wrong = anna[1].post(way, told)
    assert (wrong.status_code, "no address of a casebook" in wrong.content.decode()) == (422, True)
    own = anna[1].post(way, {**told, "recipient": address_of(anna[0]).recipient})
    assert "your own address" in own.content.decode()
    told["recipient"] = f"  {address[:30]}\n{address[30:]} "
    seen = anna[1].post(way, told).content.decode()
    assert fingerprint(address) in seen
    assert "treatments: 1" in seen
    assert "days of the diary" not in seen
    assert not Sent.objects.exists()
    answer = anna[1].post(way, {**told, "make": "1"})
    assert answer.headers["Content-Disposition"].endswith('.facialis"')
    bundle = answer.getvalue()
    assert Entry.objects.filter(owner=anna[0], deed="bundle_sent", person=record.pk).exists()
    assert "Dr Carla" in anna[1].get(reverse("sharing", args=[record.pk])).content.decode()
    came = carla[1].post(reverse("receive"), {"file": SimpleUploadedFile("x.facialis", bundle)})
    waiting = carla[1].get(came.headers["Location"]).content.decode()
    assert "From the record of Anna" in waiting
    assert not Person.objects.filter(owner=carla[0]).exists()
    taken = carla[1].post(came.headers["Location"])
    assert carla[1].get(taken.headers["Location"]).status_code == 200
    received_pk = Received.objects.get().pk
    assert anna[1].post(reverse("delete_received", args=[received_pk])).status_code == 404
    carla[1].post(reverse("delete_received", args=[received_pk]))
    assert not Person.objects.filter(owner=carla[0]).exists()


def test_it_comes_in_by_pieces(record: Person, carla: Carla) -> None:
    bundle, half = sent_to(record, carla[0], "course"), 1000
    told = {"Tus-Resumable": "1.0.0"}
    made = carla[1].post(reverse("arrivals"), headers={**told, "Upload-Length": str(len(bundle))})
    way = made.headers["Location"]

    def piece(start: int, stop: int) -> Any:
        more = {**told, "Upload-Offset": str(start)}
        return carla[1].patch(way, bundle[start:stop], content_type="application/offset+octet-stream", headers=more)

    assert piece(0, half).headers["Upload-Offset"] == str(half)
    assert piece(0, half).status_code == 409
    assert carla[1].head(way, headers=told).headers["Upload-Offset"] == str(half)
    assert carla[1].get(reverse("arrived", args=[Arrival.objects.get().token])).status_code == 404
    last = piece(half, len(bundle))
    assert carla[1].get(last.headers["Casebook-Next"]).status_code == 200
    carla[1].post(last.headers["Casebook-Next"], {"refuse": "1"})
    assert not Arrival.objects.exists()


# ---- what is refused ---------------------------------------------------------------------------------------------


def told_of(receiver: Account, *files: Item, **more: Any) -> Manifest:
    """A manifest that is as it should be, but for what is said."""
    day = date.today()  # noqa: DTZ011 - a person's own calendar day
    told: dict[str, Any] = {"kind": RECORD, "secret": "0" * 32, "made_on": day, "until": day, "sender": "A"}
    told |= {"person": "Anna", "scopes": ("recordings", "course"), "facialis": "0.4.0", "files": files}
    return Manifest(**{**told, "reply_to": address_of(receiver).recipient, **more})


def member(name: str, content: bytes, **facts: Any) -> bytes:
    """A file of a tar; ``facts`` are what its header says in the place of what it should."""
    made = tarfile.TarInfo(name)
    made.size = len(content)
    for key, value in facts.items():
        setattr(made, key, value)
    return made.tobuf(tarfile.GNU_FORMAT, "utf-8") + content + bytes(-len(content) % BLOCK)


def sealed(receiver: Account, plain: bytes) -> bytes:
    """Something under age, for an address."""
    return bytes(pyrage.encrypt(plain, [pyrage.x25519.Recipient.from_str(address_of(receiver).recipient)]))


def made_of(receiver: Account, *names: str, **more: Any) -> bytes:
    """A tar whose manifest names these files, each with the same row."""
    row = b"date,kind\n2026-05-01,toxin\n"
    items = [Item(name, len(row), hashlib.sha256(row).hexdigest()) for name in names]
    manifest = told_of(receiver, *items, **more).written()
    return member(MANIFEST, manifest) + b"".join(member(name, row) for name in names) + bytes(2 * BLOCK)


GOOD = "record/treatments.csv"
NAMES = (
    *("../treatments.csv", "/etc/passwd", "record/../treatments.csv", "record//treatments.csv", "record/./person.yaml"),
    *("record/sessions/../../x/session.json", "record/sessions/a\\b/session.json", "record/sessions/.x/session.json"),
    *("record/sessions/con/session.json", "record/sessions/a /session.json", "record/sessions/a\n/session.json"),
    *("record/sessions/a/report.html", "record/sessions/a/clips/../session.json", "record/sessions/a/b/c/d.json"),
    *("record/experiment.csv", "record/diary.csv", "record/READ-ME.txt", "answer/1.pdf", "record", "", "C:/x"),
    f"record/sessions/{'a' * 300}/session.json",
)


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_no_casebook_writes_is_refused(name: str, carla: Carla) -> None:
    refuses(carla, sealed(carla[0], made_of(carla[0], GOOD, name)), "no casebook puts there")


def refuses(carla: Carla, bundle: bytes, why: str) -> None:
    """In one sentence, by pieces and by form, and nothing is left."""
    account, browser = carla
    before = Person.objects.count(), Recording.objects.count()
    answer = browser.post(reverse("receive"), {"file": SimpleUploadedFile("x.facialis", bundle)})
    assert (answer.status_code, why in answer.content.decode()) == (422, True), answer.content.decode()[-3000:]
    place = Arrival(owner=account, token="0").path.parent
    assert (Arrival.objects.count(), list(place.iterdir())) == (0, [])
    assert (Person.objects.count(), Recording.objects.count()) == before


def of(change: Callable[[dict[str, Any]], object]) -> Callable[[Account], bytes]:
    """A bundle whose manifest was changed."""

    def make(receiver: Account) -> bytes:
        told = json.loads(told_of(receiver).written())
        change(told)
        return sealed(receiver, member(MANIFEST, json.dumps(told).encode()) + bytes(2 * BLOCK))

    return make


def with_header(**facts: Any) -> Callable[[Account], bytes]:
    """A bundle one of whose headers says something else."""

    def make(receiver: Account) -> bytes:
        whole, row = made_of(receiver, GOOD), b"date,kind\n2026-05-01,toxin\n"
        manifest = whole[: -4 * BLOCK]
        return sealed(receiver, manifest + member(GOOD, row, **facts) + bytes(2 * BLOCK))

    return make


_HEADERS: Mapping[str, Mapping[str, Any]] = {
    "a link": {"type": b"2", "linkname": "/etc/passwd"},
    "a hard link": {"type": b"1", "linkname": "x"},
    "a pipe": {"type": b"6"},
    "a device": {"type": b"3"},
    "a folder": {"type": b"5"},
    "holes": {"type": b"S"},
    "a long name": {"type": b"L"},
    "a header of its own": {"type": b"x"},
    "another size": {"size": 5},
}
MADE: Mapping[str, tuple[Callable[[Account], bytes], str]] = {
    "nothing": (lambda _: b"", "no file from another casebook"),
    "something else": (lambda _: b"\x89PNG\r\n" * 99, "no file from another casebook"),
    "another tar": (lambda to: sealed(to, member("x", b"y") + bytes(1024)), "no file from another casebook"),
    "random bytes": (lambda to: sealed(to, b"\xff" * 5000), "no casebook puts there"),
    "empty": (lambda to: sealed(to, b""), "damaged"),
    "a newer form": (of(lambda told: told.update(version=2, facialis="9.1")), "newer facialis (9.1)"),
    "no version": (of(lambda told: told.pop("version")), "no casebook puts there"),
    "another form": (of(lambda told: told.update(format="backup")), "no file from another casebook"),
    "no JSON": (lambda to: sealed(to, member(MANIFEST, b"{") + bytes(1024)), "no casebook puts there"),
    "deep JSON": (lambda to: sealed(to, member(MANIFEST, b"[" * 90_000) + bytes(1024)), "no casebook puts there"),
    "an unknown part": (of(lambda told: told.update(scopes=["all"])), "no casebook puts there"),
    "no part": (of(lambda told: told.update(scopes=[])), "no casebook puts there"),
    "an unknown kind": (of(lambda told: told.update(kind="all")), "no casebook puts there"),
    "no day": (of(lambda told: told.update(until="soon")), "no casebook puts there"),
    "a day of old": (of(lambda told: told.update(until="2026-01-01")), "could be used until"),
    "no secret": (of(lambda told: told.update(secret="../x")), "no casebook puts there"),
    "no address": (of(lambda told: told.update(reply_to="age1")), "no address"),
    "less than nothing": (of(lambda told: told.update(files=[[GOOD, -1, "0" * 64]])), "no casebook puts there"),
    "too much": (of(lambda told: told.update(files=[[GOOD, 10**12, "0" * 64]])), "no casebook puts there"),
    "an answer": (of(lambda told: told.update(kind="answer", scopes=[])), "nothing that was sent from here"),
    "twice": (lambda to: sealed(to, made_of(to, GOOD, GOOD)), "no casebook puts there"),
    "twice by case": (
        lambda to: sealed(to, made_of(to, *(f"record/sessions/{name}/session.json" for name in "aA"))),
        "no casebook puts there",
    ),
    "a file more": (lambda to: sealed(to, made_of(to, GOOD)[: -2 * BLOCK] + member("x", b"y")), "no casebook puts"),
    "a file less": (lambda to: sealed(to, made_of(to, GOOD)[: -4 * BLOCK] + bytes(2 * BLOCK)), "no casebook puts"),
    "no end": (lambda to: sealed(to, made_of(to, GOOD)[: -2 * BLOCK]), "damaged"),
    "more behind the end": (lambda to: sealed(to, made_of(to, GOOD) + b"x"), "no casebook puts there"),
    "another content": (lambda to: sealed(to, made_of(to, GOOD).replace(b"toxin", b"toxic")), "damaged"),
    "something in the gaps": (
        lambda to: sealed(to, made_of(to, GOOD)[: -2 * BLOCK - 1] + b"x" + bytes(1024)),
        "no cas",
    ),
    "nothing of a person": (lambda to: sealed(to, made_of(to, "record/questions.txt")), ""),
    **{name: (with_header(**facts), "no casebook puts there") for name, facts in _HEADERS.items()},
}


@pytest.mark.parametrize("name", [name for name in MADE if name != "nothing of a person"])
def test_what_no_casebook_made_is_refused(name: str, carla: Carla) -> None:
    make, why = MADE[name]
    refuses(carla, make(carla[0]), why)


def test_what_was_damaged_on_its_way_is_refused(record: Person, carla: Carla, anna: Anna) -> None:
    bundle = sent_to(record, carla[0], "course")
    for cut in (30, 200, len(bundle) // 2, len(bundle) - 1):
        refuses(carla, bundle[:cut], "damaged")
    for at in (250, len(bundle) // 2, len(bundle) - 5):
        refuses(carla, bundle[:at] + bytes([bundle[at] ^ 1]) + bundle[at + 1 :], "damaged")
    refuses(carla, bundle + b"x", "damaged")
    refuses((anna[0], anna[1]), bundle, "another address")


def test_what_cannot_be_taken_in_leaves_nothing(carla: Carla) -> None:
    account, _ = carla
    for plain in (made_of(account, "record/questions.txt"), _no_film(account)):
        bundle = sealed(account, plain)
        arrival = take_whole(account, len(bundle), [bundle])
        look(account, arrival)
        with pytest.raises(FacialisError):
            accept(account, arrival)
        assert (Arrival.objects.count(), Person.objects.count(), Recording.objects.count()) == (0, 0, 0)
        assert not arrival.path.exists()


def _no_film(receiver: Account) -> bytes:
    return made_of(receiver, "record/sessions/a/session.json", "record/films/a.mp4")


def test_an_address_is_kept_under_the_key_of_the_installation(anna: Anna) -> None:
    address = address_of(anna[0])
    assert address_of(anna[0]) == address
    assert b"AGE-SECRET" not in bytes(address.wrapped)
    assert str(identity_of(address).to_public()) == address.recipient == checked(f" {address.recipient}\n")
    assert len(fingerprint(address.recipient)) == 29
    for text in ("", "age1", "hello", address.recipient[:-1] + "q", str(identity_of(address))):
        with pytest.raises(InputError):
            checked(text)


def test_nothing_to_send_is_said(anna: Anna, carla: Carla) -> None:
    Person.objects.all()[0].sheets.all().delete()
    with pytest.raises(InputError, match="nothing"):
        sent_to(anna[2], carla[0], "diary")
    assert not Sent.objects.exists()


def test_a_backup_that_was_put_back_does_not_end_what_was_received(record: Person, carla: Carla) -> None:
    received(carla[0], sent_to(record, carla[0], "course"))
    end_all_shares()
    assert Share.objects.now(carla[0]).count() == 1


def test_an_account_that_goes_leaves_no_address_and_nothing_received(record: Person, carla: Carla) -> None:
    account = carla[0]
    bundle = sent_to(record, account, "course")
    received(account, bundle)
    waiting = take_whole(account, len(bundle), [bundle])
    close_account(account)
    assert not Person.objects.filter(owner=account).exists()
    assert not BundleAddress.objects.filter(owner=account).exists()
    assert not waiting.path.exists()


def test_what_nobody_goes_on_with_is_forgotten(record: Person, carla: Carla) -> None:
    bundle = sent_to(record, carla[0], "course")
    waiting = [take_whole(carla[0], len(bundle), [bundle]) for _ in range(7)]
    assert Arrival.objects.count() == 5
    (waiting[-1].path.parent / "stray").write_bytes(b"x")
    Arrival.objects.filter(pk=waiting[-1].pk).update(made_at=timezone.now() - timedelta(days=3))
    forget_arrivals()
    assert {path.name for path in waiting[-1].path.parent.iterdir()} == {one.token for one in waiting[2:-1]}


def test_the_command_line_sends_and_receives(record: Person, carla: Carla, casebook: Place, tmp_path: Path) -> None:
    address, digits = bundle_address(casebook, "carla")
    assert (address, digits) == (address_of(carla[0]).recipient, fingerprint(address))
    file = tmp_path / "anna.facialis"
    told: dict[str, Any] = {"whom": "Dr Carla", "scopes": ["course"], "films": False, "days": 30}
    assert send_bundle(casebook, "Anna", file, to=address, account="anna", **told) == digits
    assert [path.name for path in tmp_path.glob("*.facialis*")] == ["anna.facialis"]
    assert receive_bundle(casebook, file, lambda lines: "anna" not in lines[1], account="carla") == ""
    assert not Received.objects.exists()
    assert receive_bundle(casebook, file, lambda lines: "Anna" in lines[0], account="carla") == "Anna"
    assert Received.objects.get().sender == "anna"
    with pytest.raises(InputError):
        receive_bundle(casebook, tmp_path / "nowhere", lambda _: True, account="carla")
    assert record.pk
