"""Pictures of a twitch for the page of a person: cut from the films beside the reports, or none."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.actions.report import write_report
from facialis.core.person.casefile import SessionRow
from facialis.core.records import SPASM_KINDS
from facialis.files.clips import INDEX, read_clips
from facialis.files.events import read_events
from facialis.report.person.stills import Strip, _tiles, find_strips
from facialis.report.session.folder import write_session_folder
from tests.report import factory, person_factory

CALM = SessionRow(day=date(2026, 3, 1), name="2026-03-01-calm", usable_min=2.0, twitches=2, revision=2)
LIVELY = SessionRow(day=date(2026, 4, 1), name="2026-04-01-lively", usable_min=2.0, twitches=40, revision=2)
BOTH = (CALM, LIVELY)


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One result with faces and one without."""
    made = factory.make(duration_s=8.0, tonic=(), gaps=())
    place = tmp_path_factory.mktemp("results")
    source = factory.Pictures(times_s=made.motion.time_s)
    session = replace(made.session, signals=made.motion, face=made.track)
    write_session_folder(session, source, place / "faces")
    write_session_folder(session, None, place / "outline", faces=False)
    return place


@pytest.fixture
def person(results: Path, tmp_path: Path) -> Path:
    """A person's folder with two filmed sessions; the pages are away, so that nothing can be read from them."""
    for row in BOTH:
        shutil.copytree(results / "faces", tmp_path / "sessions" / row.name)
        (tmp_path / "sessions" / row.name / "report.html").unlink()
    return tmp_path


def shown(strip: Strip) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(strip.jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    assert picture.shape[:2] == (strip.height_px, strip.width_px)
    return np.asarray(picture, dtype=np.uint8)


def test_the_calmest_and_the_liveliest_are_shown(person: Path) -> None:
    strips = find_strips(person, BOTH)
    assert [(strip.day, strip.best) for strip in strips] == [(CALM.day, True), (LIVELY.day, False)]


def test_the_pictures_are_those_of_a_spasm_with_its_apex_and_of_no_blink(person: Path) -> None:
    strip = find_strips(person, BOTH)[0]
    picture = shown(strip)
    assert strip.kind in SPASM_KINDS
    assert strip.side in ("left", "right")
    events = read_events(person / "sessions" / CALM.name / "events.tsv")
    matched = []
    for clip in read_clips(person / "sessions" / CALM.name):
        film = cv2.imdecode(np.frombuffer(clip.image, np.uint8), cv2.IMREAD_COLOR)
        assert film is not None
        wide, high = clip.tile_width_px, clip.tile_height_px
        cut = np.concatenate([film[:high, k * wide : (k + 1) * wide] for k in _tiles(clip)], axis=1)
        matched.append((float(np.abs(picture.astype(int) - cut.astype(int)).mean()), clip))
    far, clip = min(matched, key=lambda row: row[0])
    assert far < 3, "as it was filmed, stored once more"
    assert events[clip.event].trial_type in SPASM_KINDS


def test_the_apex_is_among_the_pictures_however_short_the_spasm(person: Path) -> None:
    clip = read_clips(person / "sessions" / CALM.name)[0]
    for onset, apex, offset in ((2, 3, 4), (0, 0, 0), (0, clip.tiles // 2, clip.tiles - 1), (5, 9, 20)):
        tiles = _tiles(replace(clip, onset_tile=onset, apex_tile=apex, offset_tile=min(offset, clip.tiles - 1)))
        assert apex in tiles
        assert len(tiles) == len(set(tiles)) == 6
        assert tiles == sorted(tiles)
        assert tiles[0] >= 0
        assert tiles[-1] < clip.tiles


def test_without_faces_an_outline_is_shown_and_nothing_else(results: Path, tmp_path: Path) -> None:
    shutil.copytree(results / "outline", tmp_path / "sessions" / CALM.name)
    (strip,) = find_strips(tmp_path, BOTH)
    picture = shown(strip)
    assert np.abs(picture[..., 0].astype(int) - picture[..., 2]).max() <= 2, "grey"
    assert np.median(picture) > 240, "ground"


def test_older_results_have_no_pictures(person: Path) -> None:
    shutil.rmtree(person / "sessions" / LIVELY.name / "clips")
    assert [strip.day for strip in find_strips(person, BOTH)] == [CALM.day]
    shutil.rmtree(person / "sessions" / CALM.name / "clips")
    assert find_strips(person, BOTH) == ()
    assert find_strips(person / "nowhere", BOTH) == ()


def test_a_broken_film_is_passed_over_quietly(person: Path) -> None:
    index = person / "sessions" / LIVELY.name / INDEX
    content = json.loads(index.read_text(encoding="utf-8"))
    content["clips"][0]["file"] = "../../../x.jpg"
    index.write_text(json.dumps(content), encoding="utf-8")
    assert [strip.day for strip in find_strips(person, BOTH)] == [CALM.day]
    for path in (person / "sessions" / CALM.name / "clips").glob("*.jpg"):
        os.truncate(path, 100_000_000)
    assert find_strips(person, BOTH) == ()


def test_a_film_that_is_cut_off_is_passed_over(person: Path) -> None:
    for path in (person / "sessions" / LIVELY.name / "clips").glob("*.jpg"):
        content = path.read_bytes()
        path.write_bytes(content[: content.index(b"\xff\xda")])
    assert [strip.day for strip in find_strips(person, BOTH)] == [CALM.day]


@pytest.mark.parametrize("name", ["../elsewhere", "", ".", "a\0b", "x" * 5000, "sessions.csv, line 2"])
def test_a_name_from_a_table_leads_nowhere(person: Path, name: str) -> None:
    shutil.copytree(person / "sessions" / CALM.name, person / "elsewhere")
    shutil.copytree(person / "sessions" / CALM.name / "clips", person / "sessions" / "clips")
    row = SessionRow(day=date(2026, 5, 1), name=name, usable_min=2.0, twitches=99, revision=2)
    assert [strip.day for strip in find_strips(person, (*BOTH, row))] == [CALM.day, LIVELY.day]


def test_a_row_of_a_table_has_no_film_even_under_the_name_of_one(person: Path) -> None:
    counted = replace(LIVELY, day=date(2026, 5, 1), twitches=99, revision=None)
    assert [strip.day for strip in find_strips(person, (CALM, counted))] == [CALM.day]


def test_faces_left_out_of_the_report_of_a_person_leave_out_the_pictures(person: Path) -> None:
    answer = person_factory.resolving()
    measured = tuple(replace(row, revision=2) for row in answer.casefile.sessions)
    answer = replace(answer, casefile=replace(answer.casefile, sessions=measured))
    first = answer.casefile.sessions[0]
    shutil.copytree(person / "sessions" / CALM.name, person / "sessions" / first.name, dirs_exist_ok=True)
    with_faces = write_report(answer, person / "with", folder=person)
    without = write_report(answer, person / "without", folder=person, faces=False)
    assert "data:image/jpeg" in (with_faces / "report.html").read_text(encoding="utf-8")
    assert "data:image/jpeg" not in (without / "report.html").read_text(encoding="utf-8")
    assert "data:image/jpeg" not in (without / "visit.html").read_text(encoding="utf-8")
