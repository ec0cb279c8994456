"""Results have a folder of their own, and finished ones are known again."""

from __future__ import annotations

import hashlib
import json
import sys
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.actions.outputs import NAME_BYTES, Folders, Place, folder_name
from facialis.core.errors import VideoError
from facialis.core.occasion import Told
from facialis.core.records import Block
from facialis.core.revision import MEASUREMENT_REVISION, data_sha256
from facialis.core.settings import EventSettings, Settings
from facialis.files.clips import INDEX, write_clips
from facialis.files.session import FORMAT_VERSION
from tests.odd_files import ODD, at_once, put

MADE = {
    "facialis_version": "0.0.1",
    "revision": MEASUREMENT_REVISION,
    "data_sha256": data_sha256(),
    "settings_fingerprint": Settings().fingerprint(),
}


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def folders(out: Path, videos: list[Path], **changes: Any) -> Folders:
    options: dict[str, Any] = {"settings": Settings(), "blocks": (), "faces": True, "force": False}
    return Folders(out, videos, **(options | changes))


def place_all(out: Path, videos: list[Path], **changes: Any) -> list[Place]:
    given = folders(out, videos, **changes)
    return [given.place(video) for video in videos]


def finish(place: Place, content: bytes, **changes: Any) -> None:
    """Leave behind what an analysis leaves behind."""
    session = {
        "format_version": FORMAT_VERSION,
        "recording": {"sha256": sha256(content)},
        "provenance": MADE,
        "blocks": [],
        "report": {"faces": True},
    }
    place.folder.mkdir(parents=True, exist_ok=True)
    (place.folder / "session.json").write_text(json.dumps(session | changes))
    for name in ("events.tsv", "signals.parquet"):
        (place.folder / name).touch()
    write_clips((), place.folder)


@pytest.mark.parametrize(
    ("told", "stored"),
    [
        (Told(), {}),
        (Told(), {"date": "2026-05-31", "date_from": "film", "mirrored": False, "filmed": "planned"}),
        (Told(day=date(2026, 5, 31)), {"date": "2026-05-31", "date_from": "given"}),
        (Told(mirrored=True, filmed="caught", alone=True), {"mirrored": True, "filmed": "caught", "alone": True}),
        (Told(filmed=None), {"filmed": None}),
        (Told(as_filmed=False, time=time(7, 30)), {"as_filmed": False, "time": "07:30"}),
        (Told(time_zone="-07:00"), {"date": "2026-05-31", "date_from": "film_utc", "time_zone": "-07:00"}),
    ],
)
def test_a_result_counts_as_done_only_if_the_same_was_said_of_it(
    tmp_path: Path, told: Told, stored: dict[str, Any]
) -> None:
    video = clip(tmp_path / "a.mp4", b"film")
    finish(Place(folder=tmp_path / "out" / "a"), b"film", **stored)
    assert folders(tmp_path / "out", [video], told=told).place(video).finished is not None
    for other in (Told(day=date(2026, 5, 30)), Told(mirrored=not told.mirrored), Told(time_zone="+09:00")):
        again = folders(tmp_path / "out", [video], told=other).place(video)
        assert again.finished is None
        assert "was said of the recording" in again.remark


@pytest.mark.parametrize(
    ("stored", "day"),
    [
        ({"date": "2026-05-30"}, date(2026, 5, 30)),
        ({"date": "2026-05-30", "date_from": "given"}, date(2026, 5, 30)),
        ({"date": "2026-05-30", "date_from": None}, date(2026, 5, 30)),
        ({"date": "2026-05-30", "date_from": "film"}, date(2026, 5, 30)),
        ({"date": "2026-05-31", "date_from": "film"}, None),
        ({"date": "2026-05-31", "date_from": "film_utc", "utc_offset": "-07:00"}, None),
        ({"date": "2026-06-01", "date_from": "film_utc", "utc_offset": "-07:00"}, date(2026, 6, 1)),
        ({"date": "soon"}, None),
        ({}, None),
    ],
)
def test_a_day_written_by_hand_survives_a_new_measurement(
    tmp_path: Path, stored: dict[str, Any], day: date | None
) -> None:
    video = clip(tmp_path / "a.mp4", b"film")
    local = stored.get("date_from") == "film"
    finish(Place(folder=tmp_path / "out" / "a"), b"film", **stored)
    path = tmp_path / "out" / "a" / "session.json"
    content = json.loads(path.read_text(encoding="utf-8"))
    content["recording"]["recorded_at"] = "2026-05-31T22:30:00" if local else "2026-06-01T05:30:00+00:00"
    path.write_text(json.dumps(content), encoding="utf-8")
    place = folders(tmp_path / "out", [video]).place(video)
    assert place.finished is not None, "a day that was given once need not be given again"
    assert place.day == day
    forced = Folders(
        tmp_path / "out", [video], settings=Settings(), blocks=(), faces=True, told=Told(), force=True
    ).place(video)
    assert (forced.finished, forced.day) == (None, day)


def clip(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_a_recording_gets_the_folder_of_its_stem(tmp_path: Path) -> None:
    (place,) = place_all(tmp_path / "out", [clip(tmp_path / "day one.mp4", b"1")])
    assert place == Place(folder=tmp_path / "out" / "day one")


def test_recordings_of_one_name_do_not_share_a_folder(tmp_path: Path) -> None:
    names = ["a/x.mp4", "b/x.mp4", "x.mov", "X.webm"]
    videos = [clip(tmp_path / name, name.encode()) for name in names]
    places = place_all(tmp_path / "out", videos)
    assert places[0].folder.name == "x"
    assert places[1].folder.name == f"x-{sha256(b'b/x.mp4')[:8]}"
    assert len({place.folder.name.casefold() for place in places}) == 4


def test_copies_of_one_recording_do_not_share_a_folder(tmp_path: Path) -> None:
    videos = [clip(tmp_path / name, b"same") for name in ("a/x.mp4", "b/x.mp4", "c/x.mp4")]
    assert len({place.folder for place in place_all(tmp_path / "out", videos)}) == 3


def test_a_folder_of_another_recording_is_left_alone(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first, second = clip(tmp_path / "a/x.mp4", b"1"), clip(tmp_path / "b/x.mp4", b"2")
    finish(place_all(out, [first])[0], b"1")
    (place,) = place_all(out, [second])
    assert place == Place(folder=out / f"x-{sha256(b'2')[:8]}")


def test_a_folder_that_is_no_result_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out" / "x").mkdir(parents=True)
    (place,) = place_all(tmp_path / "out", [clip(tmp_path / "x.mp4", b"1")])
    assert place.folder.name == f"x-{sha256(b'1')[:8]}"


def test_finished_recordings_are_known_whatever_the_order(tmp_path: Path) -> None:
    videos = [clip(tmp_path / name, name.encode()) for name in ("a/x.mp4", "b/x.mp4", "c/y.mp4")]
    for video, place in zip(videos, place_all(tmp_path / "out", videos), strict=True):
        finish(place, video.read_bytes())
    for order in (videos, videos[::-1], videos[1:]):
        for video, place in zip(order, place_all(tmp_path / "out", order), strict=True):
            assert place.finished is not None
            assert place.finished["recording"]["sha256"] == sha256(video.read_bytes())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"settings": Settings(events=EventSettings(false_alarms_per_min=1.0))}, "other settings"),
        ({"blocks": (Block(name="rest", start_s=0, stop_s=1),)}, "other blocks"),
        ({"faces": False}, "showed faces"),
        ({"force": True}, ""),
    ],
)
def test_a_result_made_otherwise_is_done_again_in_its_place_and_says_why(
    tmp_path: Path, changes: dict[str, Any], why: str
) -> None:
    video = clip(tmp_path / "x.mp4", b"1")
    finish(place_all(tmp_path / "out", [video])[0], b"1")
    assert place_all(tmp_path / "out", [video])[0].finished is not None
    (place,) = place_all(tmp_path / "out", [video], **changes)
    assert (place.folder, place.finished) == (tmp_path / "out" / "x", None)
    assert place.remark.startswith("Measured again: ") if why else place.remark == ""
    assert why in place.remark


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in MADE.items() if name != key}


@pytest.mark.parametrize(
    ("made", "why"),
    [
        (without("revision"), "before revisions"),
        ({}, "before revisions"),
        (without("data_sha256"), "data files"),
        (MADE | {"data_sha256": "0" * 64}, "data files"),
    ],
)
def test_a_result_of_another_measurement_is_done_again_and_says_why(
    tmp_path: Path, made: dict[str, Any], why: str
) -> None:
    video = clip(tmp_path / "x.mp4", b"1")
    finish(place_all(tmp_path / "out", [video])[0], b"1", provenance=made)
    (place,) = place_all(tmp_path / "out", [video])
    assert (place.folder, place.finished) == (tmp_path / "out" / "x", None)
    assert why in place.remark


def test_a_result_of_a_newer_measurement_is_replaced_by_force_only(tmp_path: Path) -> None:
    video = clip(tmp_path / "x.mp4", b"1")
    finish(place_all(tmp_path / "out", [video])[0], b"1", provenance=MADE | {"revision": MEASUREMENT_REVISION + 1})
    (place,) = place_all(tmp_path / "out", [video])
    assert (place.folder.name, place.finished) == (f"x-{sha256(b'1')[:8]}", None)
    assert f"revision {MEASUREMENT_REVISION + 1}" in place.remark
    assert place_all(tmp_path / "out", [video], force=True) == [Place(folder=tmp_path / "out" / "x")]


def test_a_result_that_names_no_revision_at_all_is_not_taken_for_one(tmp_path: Path) -> None:
    video = clip(tmp_path / "x.mp4", b"1")
    finish(place_all(tmp_path / "out", [video])[0], b"1", provenance={"revision": "1"})
    (place,) = place_all(tmp_path / "out", [video])
    assert (place.folder.name, place.finished) == (f"x-{sha256(b'1')[:8]}", None)
    assert "does not name the revision" in place.remark


@pytest.mark.parametrize("content", ["", "{", "[]", '{"recording": 3}', '{"format_version": 1, "provenance": []}'])
def test_a_broken_result_is_left_alone_and_said_and_replaced_by_force(tmp_path: Path, content: str) -> None:
    video = clip(tmp_path / "x.mp4", b"1")
    folder = tmp_path / "out" / "x"
    folder.mkdir(parents=True)
    (folder / "session.json").write_text(content)
    (place,) = place_all(tmp_path / "out", [video])
    assert (place.folder.name, place.finished) == (f"x-{sha256(b'1')[:8]}", None)
    assert place.remark.startswith(f"{folder} is left as it is")
    assert "--force" in place.remark
    assert place_all(tmp_path / "out", [video], force=True) == [Place(folder=folder)]


@pytest.mark.parametrize("lost", [["events.tsv"], ["signals.parquet"], ["events.tsv", INDEX]])
def test_a_result_of_which_files_are_missing_is_done_again_and_says_which(tmp_path: Path, lost: list[str]) -> None:
    video = clip(tmp_path / "x.mp4", b"1")
    finish(place_all(tmp_path / "out", [video])[0], b"1")
    for name in lost:
        (tmp_path / "out" / "x" / name).unlink()
    (place,) = place_all(tmp_path / "out", [video])
    assert (place.folder.name, place.finished) == ("x", None)
    assert all(name in place.remark for name in lost)


def test_a_result_of_a_newer_facialis_is_left_alone_and_said(tmp_path: Path) -> None:
    video = clip(tmp_path / "x.mp4", b"1")
    finish(place_all(tmp_path / "out", [video])[0], b"1", format_version=FORMAT_VERSION + 1)
    (place,) = place_all(tmp_path / "out", [video])
    assert (place.folder.name, place.finished) == (f"x-{sha256(b'1')[:8]}", None)
    assert "newer facialis" in place.remark
    assert str(tmp_path / "out" / "x") in place.remark
    assert place_all(tmp_path / "out", [video], force=True) == [place]
    finish(place, b"1")
    (again,) = place_all(tmp_path / "out", [video])
    assert again.finished is not None
    assert again.remark == ""


def test_a_missing_recording_is_no_result(tmp_path: Path) -> None:
    videos = [tmp_path / "a/x.mp4", tmp_path / "b/x.mp4"]
    with pytest.raises(VideoError, match="does not exist") as caught:
        folders(tmp_path, videos).place(videos[0])
    assert caught.value.code == "not_found"


@given(st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1, max_size=300))
def test_folder_names_are_safe(name: str) -> None:
    safe = folder_name(Path(name + ".mp4"))
    assert safe.isprintable()
    assert not set(safe) & set('<>:"/\\|?*')
    assert 1 <= len(safe.encode()) <= NAME_BYTES + 1
    assert not safe.startswith(".")
    assert not safe.endswith((".", " "))
    assert Path("out", safe).resolve().parent == Path("out").resolve()


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("...mp4", "_"),
        ("..", "_"),
        ("CON.mp4", "_CON"),
        (".hidden.mp4", "_hidden"),
        ("a\u202eb.mp4", "a_b"),
        ("ü", "ü"),
    ],
)
def test_hostile_names(name: str, safe: str) -> None:
    assert folder_name(Path(name)) == safe


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux (pipes and devices)")
@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("name", ["session.json", "clips/clips.json", "events.tsv", "."])
def test_an_odd_result_costs_its_recording_nothing_but_a_place(tmp_path: Path, kind: str, name: str) -> None:
    video = clip(tmp_path / "in" / "a.mp4", b"one")
    out = tmp_path / "out"
    (place,) = place_all(out, [video])
    if name == ".":
        out.mkdir()
        put(kind, out / "a")
    else:
        finish(place, b"one")
        if (place.folder / name).exists():
            (place.folder / name).unlink()
        put(kind, place.folder / name)
    with at_once():
        (again,) = place_all(out, [video])
    assert again.folder.parent == out
    assert again.finished is None or name == "events.tsv" or (name, kind) == ("clips/clips.json", "endless")
