"""From pictures to a session: violent spasms are found, what passes before a cheek and what lies outside are not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from facialis.core.records import Frame, Session
from facialis.measure.regions import groups, regions, windows_of
from facialis.measure.session import measure_source
from facialis.phantom.recording import PhantomSource
from facialis.phantom.specification import parse_spec
from tests.measure.pictures import listed, spasms

SPEC = """
duration_s: 6
camera: {width_px: 288, height_px: 288, iod_share: 0.28}
acts:
  - {act: head_motion, motion: walk, onset_s: 0, duration_s: 6, yaw_deg: 0.3, pitch_deg: 0.3, x_iod: 0.01, y_iod: 0.01}
"""
VIOLENT = """
  - {act: contraction, side: left, onset_s: 1.5, duration_s: 0.2, amplitude_iod: 0.2}
  - {act: contraction, side: left, onset_s: 3.0, duration_s: 0.15, amplitude_iod: 0.16}
  - {act: contraction, side: left, onset_s: 4.5, duration_s: 0.3, amplitude_iod: 0.2}
"""


@cache
def frames(acts: str = "") -> tuple[Frame, ...]:
    return tuple(PhantomSource(parse_spec(SPEC + acts.lstrip("\n"), "made", "made")).frames())


def with_blob(frame: Frame, middle: tuple[float, float], radius: float, grey: float) -> Frame:
    """A soft disc drawn over the picture."""
    y, x = np.mgrid[: frame.luma.shape[0], : frame.luma.shape[1]]
    share = 1 / (1 + np.exp((np.hypot(x - middle[0], y - middle[1]) - radius) * 1.5))
    return replace(frame, luma=np.rint(frame.luma * (1 - share) + grey * share).astype(np.uint8))


def measured(pictures: list[Frame]) -> Session:
    return measure_source(listed(pictures))


def test_violent_spasms_are_found() -> None:
    result = measured(list(frames(VIOLENT)))
    assert [round(e.apex_s) for e in spasms(result.events)] == [2, 3, 5]
    assert result.usable_s == pytest.approx(6.0, abs=0.1)


def test_what_is_drawn_over_a_cheek_is_no_twitch() -> None:
    rng = np.random.Generator(np.random.SFC64(12))
    pictures = []
    for frame in frames():
        phase = frame.time_s % 1.2
        rise = 150 * phase / 1.2
        middle = (190 + 3 * np.sin(9 * frame.time_s), 230 - rise)
        pictures.append(with_blob(frame, middle, 9.0, 235.0 + rng.normal()))
    result = measured(pictures)
    assert spasms(result.events) == []
    assert result.usable_s < 5.0


def test_a_mouth_outside_the_picture_has_no_part_in_anything() -> None:
    cut = [replace(f, luma=np.ascontiguousarray(f.luma[:176]), chroma=f.chroma[:, :88]) for f in frames(VIOLENT)]
    result = measured(cut)
    below = {name for group in ("mouth", "low") for name in groups()[group]}
    assert {row.region for row in result.limits if row.limit_iod is not None} & below == set()
    names = [region.name for region in regions()]
    index = [names.index(name) for name in (*windows_of("zygomaticus_end"), "chin")]
    assert np.isnan(result.motion.displacement_iod[:, :, index]).all()
    assert len(spasms(result.events)) == 3
    assert result.measure("eye_mouth_synchrony").why_not == "the mouth was not seen"
    assert "cropped_mouth" in {finding.code for finding in result.findings}


def test_a_mouth_behind_a_mask_has_no_part_in_anything() -> None:
    pictures = []
    for frame in frames(VIOLENT):
        luma, chroma = frame.luma.copy(), frame.chroma.copy()
        luma[165:255, 75:213] = luma[165:255, 75:213] // 8 + 140
        chroma[:, 82:128, 37:107] = np.array([148, 108], np.uint8)[:, None, None]
        pictures.append(replace(frame, luma=luma, chroma=chroma))
    result = measured(pictures)
    below = {name for group in ("mouth", "low") for name in groups()[group]}
    assert {row.region for row in result.limits if row.limit_iod is not None} & below == set()
    assert {row.region for row in result.limits if row.limit_iod is not None} >= {"upper_lid", "lower_lid"}
    names = [region.name for region in regions()]
    index = [names.index(name) for name in (*windows_of("zygomaticus_end"), "chin")]
    assert np.isnan(result.motion.displacement_iod[:, :, index]).all()
    assert len(spasms(result.events)) == 3
    assert result.measure("eye_mouth_synchrony").why_not == "the mouth was not seen"
    assert "not_skin_mouth" in {finding.code for finding in result.findings}
