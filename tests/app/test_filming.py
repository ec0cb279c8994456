"""Filming in the page, but for the browser: what is asked for, what is seen in a still, what is kept of a film."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.app.filming.capture import NotUnderstood, read_blocks, read_capture
from facialis.app.filming.checks import Camera, checks_of
from facialis.app.filming.deeds import set_mirrored
from facialis.app.filming.models import Camera as Known
from facialis.app.filming.picture import Face, Seen, look_at
from facialis.app.filming.protocol import block_names, length_s, plan_of
from facialis.app.filming.shown import filmed_of, told_side
from facialis.app.jobs.models import Job
from facialis.app.people.sheets import keep_file
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.store import keep_result
from facialis.core.knowledge import LANGUAGES, language
from facialis.phantom.recording import PhantomSource
from tests.app.test_recordings import Anna, announce, patch
from tests.film.media import make_kind
from tests.measure.pictures import spec

REST = {"name": "rest", "start_s": 0.0, "stop_s": 60.0}


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A small film of nobody."""
    return make_kind(tmp_path_factory.mktemp("film"), "h264.mp4").read_bytes()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_step_is_said_in_words(code: str) -> None:
    with language(code):
        plan = plan_of()
    for steps in plan["protocols"].values():
        assert [step["block"] for step in steps if not step["first"] or not step["name"]] == []
        assert all(phase["do_s"] > 0 and phase["say"] for step in steps for phase in step["phases"])
    assert [step["block"] for step in plan["protocols"]["short"]] == ["rest", "pucker"]
    assert length_s("full") > 150 > length_s("short") > 60


def test_blocks_are_taken_only_in_their_form() -> None:
    pucker = {"name": "pucker", "start_s": 65, "stop_s": 70.5}
    assert read_blocks(json.dumps([pucker, REST])) == [REST, pucker]
    wrong = (
        "x",
        "{}",
        "[1]",
        json.dumps([{**REST, "name": "all"}]),
        json.dumps([{**REST, "stop_s": 0}]),
        json.dumps([{**REST, "start_s": -1}]),
        json.dumps([{**REST, "stop_s": "60"}]),
        '[{"name": "rest", "start_s": 0, "stop_s": NaN}]',
        json.dumps([REST] * 101),
        "[" * 100_000,
    )
    for text in wrong:
        with pytest.raises(NotUnderstood):
            read_blocks(text)


def test_of_a_recorder_only_numbers_and_short_words_are_kept() -> None:
    told = {"codec": "video/webm;codecs=vp9", "frames": 1800, "copied_share": None, "script": "x", "camera": "c" * 999}
    assert read_capture(json.dumps(told)) == {"codec": told["codec"], "frames": 1800.0, "camera": "c" * 200}
    for text in ("[]", '{"frames": -1}', '{"frames": true}', '{"frames": Infinity}'):
        with pytest.raises(NotUnderstood):
            read_capture(text)


def test_what_was_told_while_filming_goes_with_the_recording(anna: Anna, film: bytes) -> None:
    url = announce(anna, None, mirrored="yes")
    capture = {"codec": "video/webm;codecs=vp9", "rate_bps": 12e6, "width_px": 640, "height_px": 480}
    capture |= {"frames": 57, "frames_lost": 1, "copied_share": 0.01}
    answers = {"blocks": json.dumps([REST]), "capture": json.dumps(capture)}
    assert anna[1].post(f"{url}told/", answers).status_code == 204
    assert anna[1].post(f"{url}told/", answers | {"blocks": "[7]"}).status_code == 422
    patch(anna, url, film, **{"Upload-Length": str(len(film))})
    made = Recording.objects.get()
    assert (made.blocks, made.mirrored, made.capture["frames"]) == ([REST], True, 57)
    page = anna[1].get(f"/recordings/{made.pk}/").content.decode()
    assert "VP9, 640 × 480, 12 Mbit/s; 1 of 58 pictures lost. 1 % of a calm picture" in page
    assert "Parts: rest 0:00–1:00." in page


def test_a_film_that_broke_off_is_kept_or_thrown_away(anna: Anna, film: bytes) -> None:
    page = f"/people/{anna[2].pk}/film/"
    kept, thrown, empty = announce(anna, None), announce(anna, None), announce(anna, None)
    patch(anna, kept, film)
    patch(anna, thrown, film[:500])
    assert anna[1].get(page).content.decode().count("A film broke off") == 3
    assert anna[1].post(f"{thrown}drop/").headers["Location"] == page
    assert anna[1].post(f"{empty}end/").headers["Location"] == page
    assert anna[1].post(f"{kept}end/").headers["Location"] == f"/recordings/{Recording.objects.get().pk}/"
    assert Upload.objects.count() == 0
    assert "A film broke off" not in anna[1].get(page).content.decode()


def test_what_broke_off_before_it_was_a_film_is_refused_with_a_sentence(anna: Anna) -> None:
    url = announce(anna, None)
    patch(anna, url, b"no film at all" * 9)
    answer = anna[1].post(f"{url}end/")
    assert answer.status_code in (415, 422)
    assert "data-announce><p>" in answer.content.decode()
    assert Upload.objects.count() == 0


def rgb_of(luma: NDArray[np.uint8]) -> bytes:
    return np.repeat(luma[:, :, None], 3, axis=2).tobytes()


def test_a_still_is_looked_at_and_forgotten(anna: Anna) -> None:
    luma = next(iter(PhantomSource(spec("woman")).frames())).luma
    height, width = luma.shape
    asked = f"/people/{anna[2].pk}/film/look/?width={width}&height={height}&film_width=1280&film_height=1280&rate=12"
    answer = anna[1].post(asked, rgb_of(luma), content_type="application/octet-stream")
    said = {check["name"]: (check["state"], check["say"]) for check in answer.json()["checks"]}
    assert said["Face:"] == ("good", "in the picture.")
    assert said["Pictures:"][0] == "poor"
    for wrong in ("?width=9&height=9", f"?width={width}&height={height + 1}", "?width=x&height=nan"):
        sent = anna[1].post(asked.partition("?")[0] + wrong, rgb_of(luma), content_type="application/octet-stream")
        assert sent.status_code == 422, wrong


def test_an_empty_room_has_no_face() -> None:
    seen = look_at(rgb_of(np.full((240, 320), 128, np.uint8)), 320, 240)
    assert seen is not None
    assert (seen.face, round(seen.luma)) == (None, 128)


GOOD = Face(
    iod_share=0.15, left=0.3, right=0.7, top=0.2, bottom=0.8, yaw_deg=0.0, pitch_deg=0.0, roll_deg=0.0, luma=120.0
)
CAMERA = Camera(width_px=640, height_px=480, rate_hz=30.0, change=2.0)


def poor(seen: Seen, camera: Camera = CAMERA) -> list[str]:
    return [check["say"] for check in checks_of(seen, camera) if check["state"] != "good"]


def test_each_fault_is_said_with_what_to_do() -> None:
    seen = Seen(face=GOOD, faces=1, luma=120.0)
    assert poor(seen) == []
    faults = {
        "come closer.": replace(GOOD, iod_share=0.05),
        "move back a little.": replace(GOOD, top=0.05, bottom=0.95),
        "turn to the camera.": replace(GOOD, yaw_deg=-25.0),
        "put the camera at the height of your eyes.": replace(GOOD, pitch_deg=25.0),
        "too little. Sit facing a window or a lamp.": replace(GOOD, luma=60.0),
        "too much. Turn away from it a little.": replace(GOOD, luma=240.0),
        "move to the middle of the picture.": replace(GOOD, left=0.0),
        "tilt the camera until forehead and chin are in the picture.": replace(GOOD, bottom=1.0),
    }
    for sentence, face in faults.items():
        assert poor(replace(seen, face=face)) == [sentence]
    assert poor(replace(seen, luma=250.0, face=replace(GOOD, luma=80.0)))[0].startswith("it comes from behind")
    assert poor(replace(seen, faces=2)) == ["somebody else is in the picture. Film alone."]
    assert poor(Seen(face=None, faces=0, luma=120.0)) == ["no face is seen. Move into the oval."]
    assert poor(seen, replace(CAMERA, rate_hz=12.0)) == ["few a second. More light helps the camera."]
    assert poor(seen, replace(CAMERA, change=30.0)) == ["the picture moves. Put the camera on something firm."]
    assert poor(seen, replace(CAMERA, rate_hz=None, change=None)) == []


def test_a_camera_is_asked_once(anna: Anna) -> None:
    where = f"/people/{anna[2].pk}/film/"
    assert anna[1].post(f"{where}camera/", {"key": "abc", "name": "Front", "mirrored": "on"}).status_code == 204
    assert "&quot;abc&quot;: true" in anna[1].get(where).content.decode()
    assert anna[1].post(f"{where}camera/", {"key": "abc"}).status_code == 204
    assert Known.objects.get().mirrored is False
    assert anna[1].post(f"{where}camera/", {"name": "x"}).status_code == 422


def test_twitches_of_the_wrong_side_only_ask_whether_the_film_is_mirrored(anna: Anna, session_folder: Path) -> None:
    account, client, person = anna
    made = Recording(owner=account, person=person, day=date(2026, 5, 1), name="a", measured=True)
    keep_result(made, session_folder)
    made.save()
    made.film.write_bytes(b"film")
    Job.objects.create(owner=account, recording=made, state=Job.State.DONE)
    content = json.loads((session_folder / "session.json").read_text())
    side = next(row["value"] for row in content["measures"] if row["name"] == "side" and row["block"] == "all")
    assert side in ("left", "right")
    assert told_side(person) is None
    for told, doubt in ((side, False), ("right" if side == "left" else "left", True), ("both", False), ("", False)):
        keep_file(person, "person.yaml", f"side: {told}\n".encode())
        assert bool(filmed_of(made).doubt) is doubt, told
    assert client.post(f"/recordings/{made.pk}/swap/").status_code == 302
    made.refresh_from_db()
    assert (made.mirrored, made.measured, made.job.state) == (True, False, Job.State.WAITING)
    set_mirrored(account, made, mirrored=False)
    assert not Recording.objects.get().mirrored


def test_the_page_names_every_block_that_a_film_may_have(anna: Anna) -> None:
    page = anna[1].get(f"/people/{anna[2].pk}/film/").content.decode()
    assert all(f"&quot;{name}&quot;" in page for name in block_names())
