"""Believable sessions without a video: noise, blinks, twitch trains, a speaking stretch, gaps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import (
    SIDES,
    Block,
    DetectionLimit,
    Event,
    FaceTrack,
    Finding,
    Frame,
    Interval,
    Measure,
    Motion,
    Provenance,
    Recording,
    Session,
)
from facialis.report.drawing.anatomy import face_map

DETECTOR = "facialis 0.1.0 ab12cd34"
PICTURE_PX = (640, 480)
SCALE = 1.4  # picture pixels a raster pixel
SHIFT_PX = (150.0, 20.0)


@dataclass(frozen=True, kw_only=True)
class Made:
    """A session with everything the report takes."""

    session: Session
    motion: Motion
    track: FaceTrack


@dataclass
class Pictures:
    """A frame source of a drawn face; counts how often it was asked."""

    times_s: NDArray[np.float64]
    asked: list[tuple[float, float]] = field(default_factory=list)
    colour: tuple[int, int] = (110, 150)

    def frames(self, start_s: float = 0.0, stop_s: float | None = None) -> Iterator[Frame]:
        stop = np.inf if stop_s is None else stop_s
        self.asked.append((start_s, stop))
        w, h = PICTURE_PX
        y, x = np.mgrid[0:h, 0:w]
        face = face_map()
        base = 150 - 60 * (((x - w / 2) / 260) ** 2 + ((y - h / 2) / 300) ** 2)
        for name, centres in face.centres_px.items():
            depth = 70 if "lid" in name or "lip" in name or "brow" in name else 18
            for cx, cy in centres * SCALE + np.array(SHIFT_PX):
                base -= depth * np.exp(-(((x - cx) / 22) ** 2 + ((y - cy) / 9) ** 2))
        luma = np.clip(base, 0, 255).astype(np.uint8)
        cb, cr = self.colour
        chroma = np.stack([np.full((h // 2, w // 2), cb, np.uint8), np.full((h // 2, w // 2), cr, np.uint8)])
        for index, time_s in enumerate(self.times_s):
            if start_s <= time_s < stop:
                yield Frame(index=index, time_s=float(time_s), luma=luma, chroma=chroma)


@dataclass
class Forbidden:
    """A frame source that must not be asked."""

    def frames(self, start_s: float = 0.0, stop_s: float | None = None) -> Iterator[Frame]:
        raise AssertionError(f"the pictures were read ({start_s}, {stop_s})")


def recording(name: str = "sample.mp4", duration_s: float = 60.0, rate_hz: float = 30.0, **more: object) -> Recording:
    facts: dict[str, object] = {
        "name": name,
        "sha256": "0f" * 32,
        "container": "mov,mp4",
        "codec": "h264",
        "width_px": PICTURE_PX[0],
        "height_px": PICTURE_PX[1],
        "rotation_deg": 0,
        "duration_s": duration_s,
        "frames": round(duration_s * rate_hz),
        "frames_declared": round(duration_s * rate_hz),
        "frame_rate_hz": rate_hz,
        "frame_interval_sd_ms": 0.4,
        "variable_rate": False,
        "truncated": False,
    }
    return Recording(**{**facts, **more})  # type: ignore[arg-type]


def event(onset_s: float, kind: str = "twitch", side: str = "left", **more: object) -> Event:
    facts: dict[str, object] = {
        "onset_s": onset_s,
        "duration_s": 0.18,
        "trial_type": kind,
        "side": side,
        "regions": ("orbicularis_oculi", "zygomaticus"),
        "apex_s": onset_s + 0.07,
        "amplitude_iod": 0.02,
        "probability": 0.93,
        "detector": DETECTOR,
    }
    return Event(**{**facts, **more})  # type: ignore[arg-type]


SHAPE = {
    "upper_lid": (0.0, -1.0),
    "lower_lid": (-0.2, 0.9),
    "outer_canthus": (-0.8, 0.2),
    "infraorbital": (0.0, 0.7),
    "cheek": (0.3, 0.7),
    "buccal": (0.4, 0.4),
    "mouth_corner": (0.6, 0.6),
    "upper_lip": (0.3, 0.4),
    "alar": (0.1, 0.4),
    "inner_brow": (-0.1, -0.2),
    "outer_brow": (0.0, -0.2),
    "lower_lip": (0.2, 0.1),
    "chin": (0.0, 0.2),
    "jaw": (0.0, 0.1),
    "forehead": (0.0, 0.0),
}


def make(  # noqa: C901 - a script of what happens on the face
    *,
    duration_s: float = 60.0,
    rate_hz: float = 30.0,
    twitches: tuple[tuple[float, str, float], ...] | None = None,
    tonic: tuple[tuple[float, float, str], ...] = ((48.0, 1.8, "left"),),
    blinks: tuple[float, ...] | None = None,
    gaps: tuple[tuple[float, float], ...] = ((33.0, 34.2),),
    unmeasurable_sides: tuple[str, ...] = (),
    findings: tuple[Finding, ...] | None = None,
    blocks: tuple[Block, ...] = (),
    name: str = "sample.mp4",
    noise_iod: float = 0.0012,
    seed: int = 7,
) -> Made:
    """A session in which what the signals show and what the events say agree."""
    rng = np.random.default_rng(seed)
    face = face_map()
    regions = tuple(face.centres_px)
    n = round(duration_s * rate_hz)
    time_s = np.arange(n) / rate_hz
    if twitches is None:
        starts = [5.0, 5.4, 5.75, 14.2, 21.0, 21.3, 21.7, 22.05, 22.4, 29.0, 38.6, 39.0, 39.4, 40.1, 55.0, 55.5, 56.1]
        sizes = [
            0.012,
            0.02,
            0.017,
            0.008,
            0.03,
            0.041,
            0.05,
            0.033,
            0.02,
            0.009,
            0.015,
            0.06,
            0.022,
            0.011,
            0.02,
            0.026,
            0.014,
        ]
        twitches = tuple((t, "left", a) for t, a in zip(starts, sizes, strict=True) if t < duration_s - 1)
    if blinks is None:
        blinks = tuple(np.arange(2.3, duration_s - 1, 4.7).tolist())
    displacement = rng.normal(0, noise_iod, (n, 2, len(regions), 2))
    displacement += 0.002 * np.sin(2 * np.pi * time_s / 17)[:, None, None, None]
    aperture = np.full((n, 2), 0.155) + rng.normal(0, 0.001, (n, 2))
    events: list[Event] = []

    def add(start_s: float, length_s: float, side: str, size: float, close: float, hold: bool = False) -> None:
        phase = (time_s - start_s) / length_s
        pulse = np.where((phase > 0) & (phase < 1), np.sin(np.pi * np.clip(phase, 0, 1)) ** (0.3 if hold else 1.5), 0)
        for s in range(2) if side == "both" else (SIDES.index(side),):
            for r, region in enumerate(regions):
                lid_only = side == "both" and region not in ("upper_lid", "lower_lid", "outer_canthus")
                for d in range(2):
                    displacement[:, s, r, d] += pulse * size * SHAPE[region][d] * (0.1 if lid_only else 1.0)
            aperture[:, s] -= pulse * close

    for start_s, side, size in twitches:
        add(start_s, 0.18, side, size, min(0.15, 2.2 * size))
        events.append(event(start_s, side=side, amplitude_iod=size, probability=float(min(0.99, 0.7 + 8 * size))))
    for start_s, length_s, side in tonic:
        if start_s + length_s < duration_s:
            add(start_s, length_s, side, 0.035, 0.09, hold=True)
            events.append(
                event(
                    start_s,
                    "tonic_spasm",
                    side,
                    duration_s=length_s,
                    apex_s=start_s + length_s / 2,
                    amplitude_iod=0.035,
                    probability=0.97,
                )
            )
    for start_s in blinks:
        add(start_s, 0.26, "both", 0.1, 0.14)
        events.append(
            event(
                start_s,
                "blink",
                "both",
                duration_s=0.26,
                apex_s=start_s + 0.12,
                amplitude_iod=0.1,
                probability=0.99,
                regions=("orbicularis_oculi",),
            )
        )
    quality = np.clip(rng.normal(0.92, 0.02, n), 0, 1)
    for start_s, stop_s in gaps:
        quality[(time_s >= start_s) & (time_s < stop_s)] = 0.0
    lost = quality == 0
    for side in unmeasurable_sides:
        s = SIDES.index(side)
        displacement[:, s] = np.nan
        aperture[:, s] = np.nan
    displacement[lost] = np.nan
    aperture[lost] = np.nan
    pose = np.stack([3 * np.sin(time_s / 5), np.cos(time_s / 7), 0.3 * np.sin(time_s)], axis=1)
    pose[lost] = np.nan
    error = np.full((n, 2, len(regions)), noise_iod)
    error[~np.isfinite(displacement[..., 0])] = np.nan
    motion = Motion(
        time_s=time_s,
        regions=regions,
        displacement_iod=displacement,
        error_iod=error,
        aperture_iod=aperture,
        pose_deg=pose,
        quality=quality,
    )
    usable_s = float(np.sum(~lost) / rate_hz)
    events.sort(key=lambda item: item.onset_s)
    return Made(
        session=session_of(
            tuple(events),
            recording(name, duration_s, rate_hz, gaps=tuple(Interval(start_s=a, stop_s=b) for a, b in gaps)),
            usable_s,
            unmeasurable_sides,
            findings,
            blocks,
            regions,
        ),
        motion=motion,
        track=track_of(time_s, lost),
    )


def track_of(time_s: NDArray[np.float64], lost: NDArray[np.bool_]) -> FaceTrack:
    n = time_s.size
    matrix = np.array([[1 / SCALE, 0, -SHIFT_PX[0] / SCALE], [0, 1 / SCALE, -SHIFT_PX[1] / SCALE]])
    to_raster = np.tile(matrix, (n, 1, 1))
    to_raster[lost] = np.nan
    iod_px = np.full(n, face_map().iod_px * SCALE)
    box = np.tile(np.array([160.0, 40.0, 480.0, 460.0]), (n, 1))
    return FaceTrack(
        time_s=time_s,
        to_raster=to_raster,
        iod_px=iod_px,
        box_px=box,
        outline_raster=face_map().template_outline_px.copy(),
        faces_seen=1,
    )


def session_of(
    events: tuple[Event, ...],
    facts: Recording,
    usable_s: float,
    unmeasurable_sides: tuple[str, ...],
    findings: tuple[Finding, ...] | None,
    blocks: tuple[Block, ...],
    regions: tuple[str, ...],
) -> Session:
    minutes = max(usable_s, 1e-9) / 60
    twitches = [e for e in events if e.trial_type == "twitch"]
    sizes = sorted(e.amplitude_iod for e in twitches)
    wide = 1.96 * np.sqrt(len(twitches) + 1) / minutes
    measures: list[Measure] = []
    if usable_s > 0:
        rate = len(twitches) / minutes
        measures.append(
            Measure(
                name="twitch_rate_per_min",
                value=rate,
                unit="1/min",
                low=max(0.0, rate - wide),
                high=rate + wide,
                probability=0.95,
                interval_kind="confidence",
            )
        )
    else:
        measures.append(Measure(name="twitch_rate_per_min", value=None, unit="1/min", why_not="no usable time"))
    measures.append(replace(measures[0], block="rest"))
    if sizes:
        measures.append(
            Measure(
                name="median_amplitude_iod",
                value=sizes[len(sizes) // 2],
                unit="iod",
                low=sizes[0],
                high=sizes[-1],
                probability=0.95,
                interval_kind="confidence",
            )
        )
        measures.append(Measure(name="side", value="left", unit=""))
    measures.append(Measure(name="other_babinski_events", value=None, unit="count", why_not="the brows were hidden"))
    measures.append(Measure(name="spasm_share", value=0.06, unit="share"))
    limits = tuple(
        DetectionLimit(
            region=r, side=s, limit_iod=None if s in unmeasurable_sides or usable_s == 0 else 0.004 + 0.0007 * i
        )
        for s in SIDES
        for i, r in enumerate(regions)
    )
    if findings is None:
        findings = (
            Finding(code="too_dark", severity="caution", share=0.3, value=38.0),
            Finding(code="face_lost", severity="note", share=0.02),
        )
    return Session(
        recording=facts,
        usable_s=usable_s,
        rest_s=usable_s,
        events=events,
        measures=tuple(measures),
        limits=limits,
        findings=findings,
        blocks=blocks,
        provenance=Provenance(
            facialis_version="0.1.0",
            settings_fingerprint="ab12cd34",
            model_sha256="64" * 32,
            libraries={"numpy": "2.4.6", "av": "18.1.0"},
            settings={"face": {"choice": "largest"}},
        ),
    )


def empty() -> Made:
    """A recording in which nothing could be measured."""
    made = make(duration_s=20.0, twitches=(), tonic=(), blinks=(), gaps=((0.0, 20.0),))
    return replace(made, session=replace(made.session, usable_s=0.0, rest_s=0.0, events=()))
