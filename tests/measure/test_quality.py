"""Quality findings are said when, and only when, there is something to say."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from facialis.core.knowledge import sentences
from facialis.core.records import FaceTrack, Finding, Frame, Interval
from facialis.core.settings import EventSettings
from facialis.measure.events.decision import detect
from facialis.measure.face.mesh import FaceMesh
from facialis.measure.face.motion import Tracked, track_motion
from facialis.measure.quality import quality_findings, usable_s
from facialis.measure.regions import groups
from facialis.phantom.recording import PhantomSource
from facialis.phantom.skin import TONES
from facialis.phantom.specification import parse_spec
from tests.measure.factory import NAMES, SIDED, Face, recording


def tracked(
    face: Face,
    *,
    iod_px: float = 120.0,
    luma: float = 130.0,
    faces: int = 1,
    yaw: float = 0.0,
    match: float = 1.0,
    outside: np.ndarray[tuple[int, int], np.dtype[np.float64]] | None = None,
    covered: np.ndarray[tuple[int, int], np.dtype[np.float64]] | None = None,
) -> Tracked:
    face.pose[:, 0] += yaw
    motion = face.motion()
    motion = replace(motion, quality=motion.quality * match)
    n = len(motion.time_s)
    seen = motion.quality > 0
    track = FaceTrack(
        time_s=motion.time_s,
        to_raster=np.full((n, 2, 3), 1.0),
        iod_px=np.where(seen, iod_px, np.nan),
        box_px=np.full((n, 4), 1.0),
        outline_raster=np.zeros((0, 2)),
        faces_seen=faces,
    )
    return Tracked(
        motion=motion,
        track=track,
        sightings=(),
        luma_mean=np.where(seen, luma, np.nan),
        outside_share=outside,
        covered_share=covered,
    )


def findings(made: Tracked, **facts: object) -> dict[str, Finding]:
    found = detect(made.motion, EventSettings(), "test")
    rows = quality_findings(recording(made.motion, **facts), made, found)
    assert [("serious", "caution", "note").index(row.severity) for row in rows] == sorted(
        ("serious", "caution", "note").index(row.severity) for row in rows
    )
    return {row.code: row for row in rows}


def face(duration_s: float = 31.0) -> Face:
    return Face(duration_s, rate_hz=12.0)  # findings do not need many pictures


def test_a_good_recording_has_nothing_to_say() -> None:
    assert findings(tracked(face()), frame_rate_hz=30.0) == {}


@pytest.mark.parametrize(
    ("duration_s", "faces", "lids_iod", "told"),
    [
        (25.0, 1, 0.002, True),
        (15.0, 1, 0.001, False),  # some people do not blink for so long
        (15.0, 2, 0.001, True),  # the other face may be the living one
        (15.0, 2, 0.002, False),
        (25.0, 1, 0.005, False),
    ],
)
def test_a_face_in_which_nothing_moves_may_be_a_picture(
    duration_s: float, faces: int, lids_iod: float, told: bool
) -> None:
    made = face(duration_s)
    made.aperture = 0.2 + lids_iod * np.random.default_rng(3).standard_normal(made.aperture.shape)
    assert ("maybe_picture" in findings(tracked(made, faces=faces))) == told


def test_one_blink_is_a_sign_of_life() -> None:
    made = face(25.0)
    made.aperture = np.full_like(made.aperture, made.aperture.mean())
    assert "maybe_picture" in findings(tracked(made))
    assert "maybe_picture" not in findings(tracked(made.blink(12.0)))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"iod_px": 32.0}, "too_far"),
        ({"luma": 45.0, "match": 0.85}, "too_dark"),
        ({"luma": 238.0}, "too_bright"),
        ({"yaw": 28.0}, "too_oblique"),
        ({"yaw": -28.0}, "too_oblique"),
        ({"faces": 2}, "several_faces"),
    ],
)
def test_each_fault_of_the_picture_is_named(change: dict[str, float], code: str) -> None:
    found = findings(tracked(face(), **change), frame_rate_hz=30.0)  # type: ignore[arg-type]
    assert list(found) == [code]
    assert 0 <= found[code].share <= 1


@pytest.mark.parametrize(
    ("change", "code"),
    [({"iod_px": 15.0}, "too_far"), ({"luma": 15.0, "match": 0.6}, "too_dark"), ({"yaw": 45.0}, "too_oblique")],
)
def test_worse_is_serious(change: dict[str, float], code: str) -> None:
    assert findings(tracked(face(), **change), frame_rate_hz=30.0)[code].severity == "serious"  # type: ignore[arg-type]


def test_too_few_pictures_a_second() -> None:
    assert findings(tracked(face()), frame_rate_hz=20.0)["rate_low"].severity == "caution"
    assert findings(tracked(face()), frame_rate_hz=12.0)["rate_low"].severity == "serious"


def test_a_face_that_is_lost_is_said_with_its_share() -> None:
    row = findings(tracked(face().lose(10.0, 17.0)), frame_rate_hz=30.0)["face_lost"]
    assert row.share == pytest.approx(7 / 31, abs=0.02)
    assert findings(tracked(face(40.0).lose(0.0, 25.0)), frame_rate_hz=30.0)["face_lost"].severity == "serious"


def test_a_moment_without_a_face_is_not_worth_a_sentence() -> None:
    assert "face_lost" not in findings(tracked(face().lose(10.0, 10.5)), frame_rate_hz=30.0)


def test_a_moving_head_is_said() -> None:
    made = face()
    made.pose[:, 0] += 15 * np.sin(2 * np.pi * 0.8 * made.time_s)
    assert "moving" in findings(tracked(made), frame_rate_hz=30.0)


def test_too_short_a_recording_is_said_the_shorter_the_more() -> None:
    assert findings(tracked(face(20.0)), frame_rate_hz=30.0)["short"].severity == "caution"
    assert findings(tracked(face(5.0)), frame_rate_hz=30.0)["short"].severity == "serious"


def test_a_face_never_at_rest_is_said() -> None:
    made = face()
    for onset in np.arange(1.0, 29.0, 1.4):
        made.smile(float(onset), 1.2, 0.15)
    assert "restless" in findings(tracked(made), frame_rate_hz=30.0)


def test_faults_of_the_file_are_said() -> None:
    gaps = (Interval(start_s=3.0, stop_s=4.0), Interval(start_s=9.0, stop_s=11.0))
    found = findings(tracked(face()), frame_rate_hz=30.0, truncated=True, gaps=gaps, variable_rate=True)
    assert {"truncated", "gaps", "variable_rate"} == set(found)
    damaged = findings(tracked(face()), frame_rate_hz=30.0, damaged=3)
    assert set(damaged) == {"damaged"}
    assert damaged["damaged"].value == 3.0
    assert set(findings(tracked(face()), frame_rate_hz=30.0, holds_another=True)) == {"holds_another"}
    turned = findings(tracked(face()), frame_rate_hz=30.0, upside_down=True)
    assert {code: row.severity for code, row in turned.items()} == {"upside_down": "note"}
    resized = findings(tracked(face()), frame_rate_hz=30.0, resized=5)
    assert {code: row.value for code, row in resized.items()} == {"resized": 5.0}
    assert found["gaps"].value == pytest.approx(3.0)
    assert found["variable_rate"].severity == "note"


def test_slow_motion_and_an_impossible_speed_are_said() -> None:
    slow = findings(tracked(face()), frame_rate_hz=120.0, capture_rate_hz=120.0, playback_rate_hz=30.0)
    assert set(slow) == {"slow_motion"}
    assert (slow["slow_motion"].severity, slow["slow_motion"].value) == ("note", 120.0)
    assert set(findings(tracked(face()), frame_rate_hz=30.0, capture_rate_ignored=True)) == {"speed_unclear"}


def test_usable_time_leaves_gaps_out() -> None:
    made = tracked(face().lose(10.0, 17.0))
    assert usable_s(detect(made.motion, EventSettings(), "test")) == pytest.approx(24.0, abs=0.2)


def out(
    groups_out: dict[str, float], sides: tuple[int, ...] = (0, 1)
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """Shares of the time for which the windows of groups lay outside the picture."""
    share = np.zeros((2, len(NAMES)))
    for group, value in groups_out.items():
        share[np.ix_(sides, [NAMES.index(name) for name in groups()[group]])] = value
    return share


@pytest.mark.parametrize(
    ("groups_out", "codes"),
    [
        ({}, []),
        ({"low": 0.05}, []),
        ({"low": 0.3}, ["cropped_chin"]),
        ({"low": 1.0, "mouth": 0.9}, ["cropped_mouth"]),
        ({"brow": 1.0}, ["cropped_brow"]),
        ({"brow": 1.0, "eye": 0.4}, ["cropped_eyes"]),
        ({"brow": 0.8, "low": 0.8}, ["cropped_brow", "cropped_chin"]),
    ],
)
def test_a_part_outside_the_picture_is_named_and_is_not_called_covered(
    groups_out: dict[str, float], codes: list[str]
) -> None:
    made = face()
    share = out(groups_out)
    for group, value in groups_out.items():
        for name in groups()[group]:
            for side in SIDED:
                made.hide(name, side, 0.0, value * 31.0)
    found = findings(tracked(made, outside=share), frame_rate_hz=30.0)
    assert list(found) == codes
    for code in codes:
        assert found[code].severity == ("serious" if found[code].share > 0.5 else "caution")


def test_half_a_face_outside_the_picture_is_one_side() -> None:
    made = face()
    share = out(dict.fromkeys(("eye", "brow", "mouth", "mid"), 0.9), sides=(1,))
    assert list(findings(tracked(made, outside=share), frame_rate_hz=30.0)) == ["cropped_side"]


@pytest.mark.parametrize(
    ("groups_over", "codes"),
    [
        ({"low": 0.05}, []),
        ({"mouth": 1.0, "mid": 1.0, "low": 1.0}, ["not_skin_mouth"]),
        ({"eye": 1.0, "brow": 0.9}, ["not_skin_eye"]),
        ({"brow": 0.9}, ["not_skin_brow"]),
        ({"mid": 0.8, "low": 0.8}, ["not_skin_mid", "not_skin_low"]),
    ],
)
def test_what_lies_over_the_face_is_named_and_is_not_called_covered(
    groups_over: dict[str, float], codes: list[str]
) -> None:
    made = face()
    for group, value in groups_over.items():
        for name in groups()[group]:
            for side in SIDED:
                made.hide(name, side, 0.0, value * 31.0)
    found = findings(tracked(made, covered=out(groups_over)), frame_rate_hz=30.0)
    assert list(found) == codes
    assert all(found[code].severity == "serious" for code in codes)


def test_what_is_hidden_within_the_picture_is_covered() -> None:
    made = face()
    for name in ("cheek", "buccal", "alar", "mouth_corner", "upper_lip", "lower_lip"):
        made.hide(name, "left").hide(name, "right")
    assert list(findings(tracked(made, outside=out({})), frame_rate_hz=30.0)) == ["covered"]


def test_time_in_which_a_whole_side_was_hidden_is_not_usable() -> None:
    made = face()
    for name in NAMES:
        made.hide(name, "left", 10.0, 17.0)
    assert usable_s(detect(tracked(made).motion, EventSettings(), "test")) == pytest.approx(24.0, abs=0.2)


def test_every_finding_has_words_for_a_person() -> None:
    keys = list(sentences())
    for code in (
        "too_far",
        "too_dark",
        "too_bright",
        "slow_motion",
        "damaged",
        "holds_another",
        "upside_down",
        "resized",
        "speed_unclear",
        "too_oblique",
        "rate_low",
        "face_lost",
        "moving",
        "restless",
        "short",
        "truncated",
        "gaps",
        "covered",
        "cropped_brow",
        "cropped_chin",
        "cropped_eyes",
        "cropped_mouth",
        "cropped_side",
        *(f"not_skin_{part}" for part in groups()),
        "several_faces",
        "two_people_in_turn",
        "variable_rate",
    ):
        assert any(code in key for key in keys), code


def test_another_person_who_comes_is_serious() -> None:
    row = findings(replace(tracked(face(30.0)), another_from_s=20.0), frame_rate_hz=30.0)["two_people_in_turn"]
    assert (row.severity, row.value) == ("serious", 20.0)
    assert row.share == pytest.approx(1 / 3, abs=0.02)


def test_dark_skin_that_is_seen_well_is_not_too_dark() -> None:
    assert "too_dark" not in findings(tracked(face(), luma=30.0), frame_rate_hz=30.0)
    assert "too_dark" not in findings(tracked(face(), luma=130.0, match=0.85), frame_rate_hz=30.0)


def test_skin_that_only_moves_is_not_too_dark_and_a_dark_part_of_the_time_is() -> None:
    made = tracked(face(), luma=40.0)
    quality = made.motion.quality.copy()
    quality[np.arange(len(quality)) % 4 != 0] *= 0.8  # as while a head turns: every now and then it fits
    assert "too_dark" not in findings(replace(made, motion=replace(made.motion, quality=quality)), frame_rate_hz=30.0)
    quality = np.where(made.motion.time_s < 8.0, 0.6, made.motion.quality)
    row = findings(replace(made, motion=replace(made.motion, quality=quality)), frame_rate_hz=30.0)["too_dark"]
    assert (row.severity, row.value) == ("caution", 40.0)
    assert row.share == pytest.approx(8 / 31, abs=0.05)


@cache
def noiseless(tone: str) -> tuple[Frame, ...]:
    """A second of a still face, as light falls on it before any camera."""
    text = f"""
duration_s: 0.8
frame_rate_hz: 20
identity: {{tone: {tone}}}
camera: {{width_px: 288, height_px: 288, iod_share: 0.3, gain: 0, read_noise: 0}}
"""
    return tuple(PhantomSource(parse_spec(text, tone, tone)).frames())


def filmed(frames: tuple[Frame, ...], light: float, gain: float, read_noise: float, amplified: float = 1.0) -> Tracked:
    """The same by so much light, through a sensor with such noise; see `facialis.phantom.specification.Camera`."""
    rng = np.random.default_rng(1)
    shot = []
    for frame in frames:
        luma = frame.luma.astype(float) * light
        luma += np.sqrt(gain * luma + read_noise**2) * rng.standard_normal(luma.shape)
        chroma = 128 + (frame.chroma.astype(float) - 128) * light * amplified
        levels = np.clip(np.rint(luma * amplified), 0, 255).astype(np.uint8)
        shot.append(replace(frame, luma=levels, chroma=np.clip(np.rint(chroma), 0, 255).astype(np.uint8)))
    return track_motion(shot, FaceMesh(None))


def dark(made: Tracked) -> bool:
    nothing = detect(made.motion, EventSettings(), "test")
    return "too_dark" in {row.code for row in quality_findings(recording(made.motion), made, nothing)}


@pytest.mark.parametrize("tone", TONES)
def test_no_skin_in_good_light_is_too_dark_and_every_skin_in_dim_light_is(tone: str) -> None:
    frames = noiseless(tone)
    good = filmed(frames, 1.0, 0.02, 1.0)
    assert not dark(good), "a good camera"
    assert not dark(filmed(frames, 1.0, 0.1, 2.5)), "a cheap camera"
    assert dark(filmed(frames, 0.3, 0.2, 4.0)), "little light"
    if tone != "dark":  # else no face is found at all
        assert dark(filmed(frames, 0.15, 0.15, 3.0, amplified=4.0)), "a camera that makes up for little light"
    if tone == "dark":
        assert float(np.nanmedian(good.luma_mean)) < 60, "darker than any one bound for all skins would allow"


def test_few_blinks_are_said_not_to_be_told_and_leave_the_usable_time() -> None:
    few, many, none = (Face(34.0) for _ in range(3))
    for face, count in ((few, 3), (many, 16)):
        for k in range(count):
            face.blink(1.0 + 2 * k)
    row = findings(tracked(few))["blinks_untold"]
    assert (row.severity, row.value) == ("note", 3.0)
    assert 0.01 < row.share < 0.06
    for face in (many, none):
        assert "blinks_untold" not in findings(tracked(face))
    short, whole = (usable_s(detect(face.motion(), EventSettings(), "test")) for face in (few, none))
    assert whole - short == pytest.approx(row.share * whole, rel=0.01)
