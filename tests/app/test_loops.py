"""Loops of events that the report has none of, and what the page draws: made once, kept sealed, forgotten together."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from facialis.app.audit.models import Entry
from facialis.app.bin.deeds import delete_recording
from facialis.app.people.models import Person
from facialis.app.place import Place
from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import keep_result
from facialis.app.review.content import session_of
from facialis.app.review.deeds import add
from facialis.app.sharing.models import Share
from facialis.app.vault.sealed import MAGIC
from facialis.app.watching.curves import SIGNALS, TIMES
from facialis.app.watching.deeds import ask_for_loop
from facialis.app.watching.loops import LOOPS, event_named
from facialis.app.watching.models import Viewing
from facialis.app.watching.preparing import start_anew
from facialis.app.watching.tracks import TRACK, track_of
from facialis.core.records import SIDES, Interval
from facialis.report.session.folder import write_session_folder
from tests.app.films import barred, person_of, recorded
from tests.app.house import LogIn
from tests.report import factory

MISS = {
    "onset_s": 3.0,
    "offset_s": 3.2,
    "side": SIDES[1],
    "regions": ["zygomaticus"],
    "amplitude_iod": 0.01,
    "probability": 0.3,
}
NAME = "miss 3.000000 left"
Given = tuple[Person, Client, Recording]


@pytest.fixture
def given(casebook: Place, tmp_path: Path) -> Given:
    """A film of four seconds that was measured, with where its face was, and a near miss."""
    assert casebook.root.is_dir()
    person = person_of("anna")
    recording = recorded(person, barred(tmp_path / "film.mp4", np.arange(120) / 30), ((1.0, "left", 0.02),))
    Viewing.objects.filter(recording=recording).update(state="film", misses=[MISS])
    client = Client(SERVER_NAME="localhost")
    client.force_login(person.owner)
    return person, client, recording


def ask(given: Given, name: str, *, made: bool = True) -> dict[str, Any]:
    """What is said of a loop once it is no longer being made."""
    _, client, recording = given
    where = f"/recordings/{recording.pk}/loops/?of={name}"
    told = (client.post if made else client.get)(where).json()
    while told["state"] == "making":
        told = client.post(where).json()  # which waits for a moment
    return dict(told)


def names(recording: Recording) -> set[str]:
    return {path.name for path in (recording.folder / LOOPS).glob("*")}


def test_a_near_miss_gets_a_loop_when_somebody_asks(given: Given) -> None:
    _, client, recording = given
    assert ask(given, NAME, made=False) == {"state": "none"}
    told = ask(given, NAME)
    assert (told["state"], told["tiles"], told["width"]) == ("ready", 24, 120)
    assert told["factor"] > 1
    answer = client.get(told["loop"])
    strip = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_COLOR)
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert strip is not None
    assert strip.shape[:2] == (2 * told["height"], 24 * 120)  # as it was, and below it magnified
    kept = (recording.folder / LOOPS).iterdir()
    assert [path.read_bytes()[: len(MAGIC)] for path in kept] == [MAGIC]
    assert ask(given, NAME, made=False) == ask(given, NAME) == told
    assert len(names(recording)) == 1  # it was not made again
    assert Entry.objects.filter(deed="loop_asked").count() == 1


def test_whom_the_recording_is_shared_with_asks_as_well_and_stands_in_the_trail(given: Given, log_in: LogIn) -> None:
    person, _, recording = given
    carla, browser = log_in("carla")
    share = Share.objects.create(owner=person.owner, person=person, clinician=carla, recordings=True)
    told = ask((person, browser, recording), NAME)
    assert told["state"] == "ready"
    assert browser.get(told["loop"]).status_code == 200
    deeds = Entry.objects.filter(owner=carla, person=person.pk).values_list("deed", flat=True)
    assert sorted(deeds) == ["loop_asked", "read_loop"]
    share.recordings, share.course = False, True
    share.save()
    event = event_named(recording, NAME)
    assert event is not None
    with pytest.raises(PermissionDenied):
        ask_for_loop(carla, recording, event)
    assert {
        browser.get(told["loop"]).status_code,
        browser.post(f"/recordings/{recording.pk}/loops/?of={NAME}").status_code,
    } == {404}


def test_an_added_event_gets_one_and_another_when_it_is_moved(given: Given) -> None:
    person, client, recording = given
    part = Interval(start_s=2.0, stop_s=2.3)
    number = add(person.owner, recording, part, kind="twitch", side="left", region="zygomaticus")
    first = ask(given, f"added {number}")
    assert first["state"] == "ready"
    client.post(
        f"/recordings/{recording.pk}/review/move/", {"event": f"added {number}", "start_s": "2.1", "stop_s": "2.4"}
    )
    assert ask(given, f"added {number}", made=False) == {"state": "none"}
    assert ask(given, f"added {number}")["loop"] != first["loop"]


def test_a_mirrored_film_is_turned_back_in_its_loop(given: Given) -> None:
    _, client, recording = given
    told = ask(given, NAME)
    as_filmed = client.get(told["loop"]).content
    (recording.folder / LOOPS / told["loop"].rpartition("/")[2]).unlink()
    Recording.objects.filter(pk=recording.pk).update(mirrored=True)
    assert client.get(ask(given, NAME)["loop"]).content != as_filmed


def test_without_a_face_or_a_film_it_is_said(given: Given) -> None:
    _, client, recording = given
    (recording.folder / TRACK).unlink()  # as of a result from before it was kept: the face is looked for again
    told = ask(given, NAME)
    assert told["state"] == "failed"
    assert "face" in told["words"]
    assert client.get(f"/recordings/{recording.pk}/loops/?of=miss+9").status_code == 404
    Recording.objects.filter(pk=recording.pk).update(container="")
    assert client.post(f"/recordings/{recording.pk}/loops/?of={NAME}").status_code == 404


def test_all_of_it_goes_with_the_recording_and_with_another_result(given: Given) -> None:
    person, client, recording = given
    told = ask(given, NAME)
    start_anew(recording.pk)
    assert (names(recording), client.get(told["loop"]).status_code) == (set(), 404)
    Viewing.objects.filter(recording=recording).update(state="film", misses=[MISS])
    assert ask(given, NAME)["state"] == "ready"
    delete_recording(person.owner, recording)
    assert not recording.folder.exists()


def test_where_the_face_was_is_kept_for_its_own_result_only(given: Given) -> None:
    _, _, recording = given
    times_s = session_of(recording).motion.time_s
    kept, told = track_of(recording, times_s), factory.track_of(times_s, np.zeros(times_s.size, bool))
    assert kept is not None
    np.testing.assert_allclose(kept.to_raster, told.to_raster, atol=1e-4)
    assert track_of(recording, times_s + 0.001) is None


def test_what_the_page_draws_is_kept_sealed_until_the_result_changes(given: Given, tmp_path: Path) -> None:
    _, client, recording = given
    there = {name: recording.folder / name for name in (TIMES, SIGNALS)}
    assert not any(path.exists() for path in there.values())
    first = {name: client.get(f"/recordings/{recording.pk}/{name}.bin").content for name in there}
    assert {path.read_bytes()[: len(MAGIC)] for path in there.values()} == {MAGIC}
    marks = {name: path.stat().st_mtime_ns for name, path in there.items()}
    assert {name: client.get(f"/recordings/{recording.pk}/{name}.bin").content for name in there} == first
    assert {name: path.stat().st_mtime_ns for name, path in there.items()} == marks  # read, not made
    assert np.frombuffer(first[TIMES], "<f8").size == 120
    client.post("/language/", {"language": "de"})
    german = client.get(f"/recordings/{recording.pk}/signals.bin").content
    (said, spoken), tail = (names_of(content) for content in (first[SIGNALS], german)), -4 * 120
    assert said != spoken
    assert german[tail:] == first[SIGNALS][tail:]
    other = factory.make(duration_s=2.0, twitches=(), tonic=(), blinks=(), gaps=())
    whole = replace(other.session, signals=other.motion, face=other.track)
    keep_result(recording, write_session_folder(whole, None, tmp_path / "other", faces=False))
    again = client.get(f"/recordings/{recording.pk}/times.bin").content
    assert np.frombuffer(again, "<f8").size == other.motion.time_s.size


def names_of(content: bytes) -> list[str]:
    (length,) = struct.unpack_from("<I", content)
    return [row["name"] for row in json.loads(content[4 : 4 + length])["curves"]]
