"""How often noise alone passes for a twitch, by asked-for rate.

Minutes of noise with the spectra of faces at rest, and of white noise of several sizes as a sensor makes it, none of
which the rule of kinds was fitted to; what it says of their peaks comes from rules that have not seen the person either
(`validation.fit_kinds`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from facialis.measure.events.candidates import find_candidates
from facialis.measure.events.evidence import stretches
from facialis.measure.events.kinds import least_probability
from validation.compressed import FILMS
from validation.labelled import Clip, Held
from validation.material import motion_of, person_of
from validation.motions import surrogate

__all__ = ["LOOKS", "SURE", "noise_clip", "noise_jobs", "report_noise"]

Array = NDArray[np.float64]

RATES = (0.1, 0.2, 0.5, 1.0, 2.0)  # what can sensibly be asked for
SURE = 0.85  # facialis.measure.events.decision._SURE
LOOKS = 0.5  # facialis.measure.events.threshold._LOOKS_OF_RULE
NOISE_OF = ("evm_face.mp4", "man_a.still", "woman_b.still", *FILMS)
WHITE_IOD = (0.0003, 0.0005, 0.004)  # chosen: from a good camera to one in the dark
_STILL = "evm_face.mp4"
_MINUTES = 20  # of each
_NOISE_S, _FIRST_SEED = 60.0, 1000

Job = tuple[Path, float, int, Path]


def noise_jobs(footage: Path, cache: Path) -> list[Job]:
    """What `noise_clip` is asked for."""
    spectra = [(footage / name, 0.0, seed, cache) for seed in range(_MINUTES) for name in NOISE_OF]
    return spectra + [(footage / _STILL, size, seed, cache) for seed in range(_MINUTES) for size in WHITE_IOD]


def noise_clip(job: Job) -> Clip:
    """Peaks of a minute of noise, none of them put in: with the spectra of a recording of a face at rest, or white."""
    path, white_iod, seed, cache = job
    quiet, _ = motion_of(path, 0, cache)
    made = surrogate(quiet, _NOISE_S, _FIRST_SEED + seed)
    if white_iod:
        rng = np.random.default_rng([_FIRST_SEED, seed, round(1e6 * white_iod)])
        noise = rng.normal(0, white_iod, made.displacement_iod.shape)
        made = replace(made, displacement_iod=noise, error_iod=np.full_like(made.error_iod, white_iod))
    parts = stretches(made)
    kind = f"white {white_iod:g}" if white_iod else "noise"
    clip = Clip(
        name=f"{path.name}+{kind}.{seed}",
        person=person_of(path.name),
        made="noise",
        put_in=[],
        still=True,
        minutes=sum(len(part.time_s) / part.rate_hz / 60 for part in parts),
    )
    clip.pictures = sum(len(part.time_s) for part in parts)
    for candidates in map(find_candidates, parts):
        clip.parts.append(candidates.peaks)
        for peak in candidates.peaks:
            clip.take(peak, 0, -1)
    return clip


def report_noise(noise: Held) -> None:
    """Prints how often noise passes for a twitch, by asked-for rate: all, and each kind."""
    kinds = [clip.name.rsplit(".", 1)[0] for clip, _ in noise]
    for kind in ("all", *dict.fromkeys(kinds)):
        own = [row for row, name in zip(noise, kinds, strict=True) if kind in ("all", name)]
        minutes = sum(clip.minutes for clip, _ in own)
        if minutes >= 1:
            rates = [
                sum(int((_past_noise(clip, p, rate) >= least_probability(rate)).sum()) for clip, p in own)
                for rate in RATES
            ]
            said = ", ".join(f"{n / minutes:.2f} of {r:g}" for n, r in zip(rates, RATES, strict=True))
            print(f"  {kind:26s} {minutes:4.0f} min: {said}")


def _past_noise(clip: Clip, p: Array, rate_per_min: float) -> Array:
    """Probabilities of the peaks that are louder than noise is at an asked-for rate, or sure."""
    gate = float(norm.isf(min(rate_per_min * clip.minutes / (LOOKS * clip.pictures), 0.5)))
    peaks = [peak for part in clip.parts for peak in part]
    past = [k.shape is not None and (k.above_noise >= gate or q >= SURE) for k, q in zip(peaks, p, strict=True)]
    return np.asarray(p[np.array(past, bool)])
