"""Quality findings are said when, and only when, there is something to say."""

from __future__ import annotations

import numpy as np
import pytest

from facialis.core.knowledge import sentences
from facialis.core.records import FaceTrack, Finding, Interval
from facialis.core.settings import EventSettings
from facialis.measure.events.decision import detect
from facialis.measure.face.motion import Tracked
from facialis.measure.quality import quality_findings, usable_s
from tests.measure.factory import Face, recording


def tracked(face: Face, *, iod_px: float = 120.0, luma: float = 130.0, faces: int = 1, yaw: float = 0.0) -> Tracked:
    face.pose[:, 0] += yaw
    motion = face.motion()
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
    ("change", "code"),
    [
        ({"iod_px": 32.0}, "too_far"),
        ({"luma": 45.0}, "too_dark"),
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
    ("change", "code"), [({"iod_px": 15.0}, "too_far"), ({"luma": 15.0}, "too_dark"), ({"yaw": 45.0}, "too_oblique")]
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


def test_every_finding_has_words_for_a_person() -> None:
    keys = list(sentences())
    for code in (
        "too_far",
        "too_dark",
        "too_bright",
        "slow_motion",
        "speed_unclear",
        "too_oblique",
        "rate_low",
        "face_lost",
        "moving",
        "restless",
        "short",
        "truncated",
        "gaps",
        "several_faces",
        "variable_rate",
    ):
        assert any(code in key for key in keys), code
