"""Contractions put into a clip: of the size, side and time that were asked for, and nothing else is touched."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from facialis.core.errors import FormatError
from facialis.core.records import Frame
from facialis.phantom.animate import AnimatedSource, animate_clip, animated_truth, smooth_landmarks
from facialis.phantom.contractions import PATTERNS, REGIONS, Contraction
from facialis.phantom.recording import Camera, PhantomSource, PhantomSpec

Floats = NDArray[np.float64]
IOD_PX = 80.0
# Rough places of the mesh points in use, in shares of IOD from midway between the pupils: person's right, up.
PLACES = {
    33: (0.75, 0),
    226: (0.82, 0.05),
    144: (0.58, -0.13),
    145: (0.5, -0.15),
    153: (0.4, -0.13),
    158: (0.4, 0.13),
    159: (0.5, 0.15),
    160: (0.6, 0.13),
    50: (0.8, -0.6),
    101: (0.5, -0.5),
    61: (0.38, -1.15),
    205: (0.65, -0.85),
    129: (0.28, -0.72),
    203: (0.3, -0.85),
    63: (0.7, 0.4),
    105: (0.55, 0.45),
    66: (0.35, 0.4),
    107: (0.18, 0.33),
    40: (0.25, -1.05),
    91: (0.25, -1.25),
    171: (0.15, -1.6),
    148: (0.2, -1.75),
    468: (0.5, 0),
}
MIRROR = {
    33: 263,
    226: 446,
    144: 373,
    145: 374,
    153: 380,
    158: 385,
    159: 386,
    160: 387,
    50: 280,
    101: 330,
    61: 291,
    205: 425,
    129: 358,
    203: 423,
    63: 293,
    105: 334,
    66: 296,
    107: 336,
    40: 270,
    91: 321,
    171: 396,
    148: 377,
    468: 473,
}


def landmarks(roll_deg: float = 0.0) -> Floats:
    points = np.zeros((478, 2))
    for number, (right, up) in PLACES.items():
        points[number] = (-right, -up)
        points[MIRROR[number]] = (right, -up)
    angle = np.radians(roll_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(points @ turn.T * IOD_PX + [120, 110], np.float64)


def clip(count: int = 20, rate_hz: float = 30.0) -> list[Frame]:
    rng = np.random.default_rng(2)
    grain = cv2.GaussianBlur(rng.normal(0, 1, (280, 240)).astype(np.float32), (0, 0), 2.0)
    luma = np.clip(128 + 40 * grain / grain.std(), 0, 255).astype(np.uint8)
    chroma = np.stack([cv2.resize(luma, (120, 140), interpolation=cv2.INTER_AREA)] * 2)
    return [Frame(index=k, time_s=k / rate_hz, luma=luma, chroma=chroma) for k in range(count)]


def act(**change: object) -> Contraction:
    values: dict[str, object] = {
        "onset_s": 0.2,
        "duration_s": 0.3,
        "side": "left",
        "amplitude_iod": 0.03,
        "rise_share": 1 / 3,
        "regions": PATTERNS["eye_cheek_mouth"],
    }
    return Contraction(**(values | change))  # type: ignore[arg-type]


def animated(contraction: Contraction, points: Floats | None = None) -> list[Frame]:
    frames = clip()
    return list(animate_clip(frames, [landmarks() if points is None else points] * len(frames), [contraction]))


def flow(before: NDArray[np.uint8], after: NDArray[np.uint8], points: Floats) -> Floats:
    start = points.astype(np.float32)[:, None]
    found, _, _ = cv2.calcOpticalFlowPyrLK(
        before,
        after,
        start,
        np.zeros_like(start),
        winSize=(11, 11),
        maxLevel=1,
        criteria=(cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 60, 1e-4),
    )
    return np.asarray((found - start)[:, 0], np.float64)


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("roll_deg", [0.0, 25.0])
def test_muscles_pull_where_they_should_by_what_was_asked(side: str, roll_deg: float) -> None:
    before = clip(1)[0].luma
    points = landmarks(roll_deg)
    after = animated(act(side=side), points)[9].luma  # 0.3 s: the apex
    across = (points[473] - points[468]) / IOD_PX
    up = np.array([across[1], -across[0]])
    outward = across if side == "left" else -across
    lid, corner = (374, 291) if side == "left" else (145, 61)
    moved = flow(before, after, points[[lid, corner]]) / IOD_PX
    assert moved[0] @ up > 0.01
    assert moved[1] @ up > 0.005
    assert moved[1] @ outward > 0.005
    grid = points.mean(0) + np.stack(np.meshgrid(np.arange(-60, 61, 4), np.arange(-40, 120, 4)), -1).reshape(-1, 2)
    sizes = np.linalg.norm(flow(before, after, grid), axis=1) / IOD_PX
    assert sizes.max() == pytest.approx(0.03, rel=0.15)
    other = (grid - points[[468, 473]].mean(0)) @ outward < -0.1 * IOD_PX
    assert sizes[other].max() < 0.002


def test_frames_outside_the_contraction_are_the_same_objects() -> None:
    frames = clip()
    out = list(animate_clip(frames, [landmarks()] * len(frames), [act()]))
    changed = [k for k, (a, b) in enumerate(zip(frames, out, strict=True)) if a is not b]
    assert changed == [7, 8, 9, 10, 11, 12, 13, 14]  # 0.2 s to 0.5 s
    assert all((a.index, a.time_s) == (b.index, b.time_s) for a, b in zip(frames, out, strict=True))


@settings(max_examples=10, deadline=None)
@given(amplitude=st.floats(0.002, 0.04), region=st.sampled_from(REGIONS))
def test_luma_and_chroma_change_in_proportion_to_the_size(amplitude: float, region: str) -> None:
    before = clip(1)[0]
    one, two = (animated(act(amplitude_iod=a, regions=((region, 1.0),)))[9] for a in (amplitude, amplitude / 2))
    change = [np.abs(f.luma.astype(float) - before.luma).sum() for f in (one, two)]
    assert change[0] > change[1] > 0 or amplitude < 0.006
    if amplitude > 0.015:
        assert change[0] / change[1] == pytest.approx(2, rel=0.35)
        assert (one.chroma != before.chroma).any()
        assert (one.chroma[0] == one.chroma[1]).all()


def test_a_frame_without_a_face_is_passed_on() -> None:
    frames = clip()
    for nothing in (None, np.full((478, 2), np.nan)):
        out = animate_clip(frames, [nothing] * len(frames), [act()])
        assert all(a is b for a, b in zip(frames, out, strict=True))


def test_truth_is_what_was_put_in() -> None:
    events = animated_truth([act(onset_s=2.0), act(side="right", amplitude_iod=0.01, regions=PATTERNS["lower_lid"])])
    assert [(e.onset_s, e.side, e.amplitude_iod, e.regions) for e in events] == [
        (0.2, "right", 0.01, ("orbicularis_oculi",)),
        (2.0, "left", 0.03, ("orbicularis_oculi", "zygomaticus")),
    ]
    assert events[0].apex_s == pytest.approx(0.3)
    with pytest.raises(FormatError, match="amplitude_iod"):
        animated_truth([act(amplitude_iod=None, amplitude_share=0.5)])
    with pytest.raises(FormatError):
        next(animate_clip(clip(), [None] * 20, [act(amplitude_iod=None, amplitude_share=0.5)]))


def test_a_face_at_the_edge_of_the_picture_is_animated_too() -> None:
    frames = clip()
    for shift in ([-100.0, 0], [100, 60], [0, -90], [400, 400]):
        out = list(animate_clip(frames, [landmarks() + shift] * len(frames), [act()]))
        assert out[9].luma.shape == frames[9].luma.shape
        assert (out[9].luma != frames[9].luma).any() == (shift[0] < 400)


def test_smoothed_landmarks_keep_a_drift_lose_jitter_and_do_not_cross_gaps() -> None:
    rng = np.random.default_rng(0)
    time_s = np.arange(120) / 30
    drift = np.tile(time_s[:, None, None] * 5, (1, 4, 2))
    noisy = drift + rng.normal(0, 0.5, drift.shape)
    noisy[60:80] = np.nan
    noisy[80:] += 100
    smooth = smooth_landmarks(noisy, time_s, width_s=0.2)
    assert np.isnan(smooth[60:80]).all()
    inner = np.r_[20:40, 100:110]
    assert np.abs((smooth - drift)[20:40]).mean() < 0.15
    assert np.isfinite(smooth[inner]).all()
    assert (smooth[80:] > 90).all()
    assert (smooth[:60] < 40).all()


def test_a_clip_with_contractions_is_a_source_like_any_other() -> None:
    spec = PhantomSpec(duration_s=0.5, camera=Camera(width_px=240, height_px=280))
    quiet = PhantomSource(spec)
    points = np.tile(landmarks(), (15, 1, 1))
    source = AnimatedSource(quiet, points, [act(onset_s=0.1, duration_s=0.2)])
    changed = [f.index for f, q in zip(source.frames(), quiet.frames(), strict=True) if (f.luma != q.luma).any()]
    assert changed == [4, 5, 6, 7, 8]
    assert [f.index for f in source.frames(0.2, 0.3)] == [6, 7, 8]
    assert source.recording.sha256 != quiet.recording.sha256
    assert source.declared == quiet.declared
    assert len(source.events) == 1
