"""Fits ``noise`` of ``data/limits.yaml``: how much more than the bare evidence asks for a contraction must have.

The evidence says from which size a contraction stands out of the noise; to be told as a twitch it has to satisfy the
rule of kinds as well. In signals of a face at rest, and with noise added to them, the parts of a face contract by
multiples of the size that the evidence asks for; the multiple found nine times in ten is written. What pictures ask for
beyond that, however little noise there is, and what a face that moves asks for, is measured by
`validation.stated_limit`. Run both after each fit of the rule (`validation.fit_kinds`).
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from facialis.core.knowledge import load
from facialis.core.records import SIDES, Motion
from facialis.core.settings import Settings
from facialis.measure.events.decision import Found, detect
from facialis.measure.limits import PULSE_S, evidence_limits
from facialis.measure.regions import parts
from validation.curves import fit_curve
from validation.matching import WITHIN_S
from validation.material import motion_of
from validation.motions import Pull, surrogate, with_pulls

__all__ = ["write_limits"]

Row = tuple[str, float, bool]

MULTIPLES = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
NOISE_IOD = (0.0, 0.0005, 0.0015, 0.004)  # chosen: added noise, from none to a camera in the dark
STEP_S = 1.1
DATA = Path(__file__).parent.parent / "src" / "facialis" / "data"


def found_in(motion: Motion) -> Found:
    """The product's events."""
    return detect(motion, Settings().events, "trial")


def trials(job: tuple[Motion, int]) -> list[Row]:
    """Part, multiple of what the evidence asks for, and whether it was told as a twitch on its side."""
    quiet, seed = job
    rng = np.random.default_rng([seed, 17])
    limits = evidence_limits(found_in(quiet))
    order = [
        (s, part, m)
        for s in (0, 1)
        for part in parts()
        if limits[part.name, SIDES[s]]
        for m in MULTIPLES
        for _ in range(3)
    ]
    order = [order[k] for k in rng.permutation(len(order))]
    slots = np.arange(quiet.time_s[0] + 1.0, quiet.time_s[-1] - 1.0, STEP_S)
    rows: list[Row] = []
    for first in range(0, len(order), len(slots)):
        some = order[first : first + len(slots)]
        pulls = [
            Pull(
                onset_s=float(slots[k] + rng.uniform(0, 0.2)),
                duration_s=PULSE_S,
                side=side,
                part=part,
                size_iod=multiple * (limits[part.name, SIDES[side]] or np.nan),
            )
            for k, (side, part, multiple) in enumerate(some)
        ]
        events = [e for e in found_in(with_pulls(quiet, pulls)).events if e.trial_type == "twitch"]
        for pull, (_, part, multiple) in zip(pulls, some, strict=True):
            hit = any(e.side == SIDES[pull.side] and abs(e.apex_s - pull.apex_s) <= WITHIN_S for e in events)
            rows.append((part.name, multiple, hit))
    return rows


def quiet_motions(options: argparse.Namespace) -> list[Motion]:
    """A minute of noise with the spectra of a man at rest, with more and more noise added."""
    still, _ = motion_of(options.footage / "evm_face.mp4", 0, options.cache)
    made = []
    for k, level in enumerate(NOISE_IOD):
        motion = surrogate(still, 60.0, 100 + k)
        noise = np.random.default_rng(k).normal(0, level, motion.displacement_iod.shape)
        error = np.hypot(motion.error_iod, level)
        made.append(replace(motion, displacement_iod=motion.displacement_iod + noise, error_iod=error))
    return made


def write_limits(times: Mapping[str, float], least: Mapping[str, float], moving: float) -> None:
    """Write the file anew; ``least`` of each part and ``moving`` are what `validation.stated_limit` measured."""
    said = {
        "times": ", ".join(f"{k}: {v:.2f}" for k, v in times.items()),
        "iod": ", ".join(f"{k}: {v:.4f}" for k, v in least.items()),
    }
    lines = [
        "# Made by python -m validation.fit_limits --write, then validation.stated_limit --calibrate.",
        "noise:",
        "  # How many times what the evidence asks for a contraction must have to be told as a twitch, by part.",
        "  references: [facialis]",
        f"  times: {{{said['times']}}}",
        "least:",
        "  # What it must have however little noise there is, in IOD.",
        "  references: [facialis]",
        f"  iod: {{{said['iod']}}}",
        "moving:",
        "  # How many times that it must have in a face that is never at rest; to the power of the share that is not.",
        "  references: [facialis]",
        f"  times: {moving:.2f}",
    ]
    (DATA / "limits.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    """Prints the multiples, and writes them if asked to."""
    parser = argparse.ArgumentParser(
        prog="python -m validation.fit_limits",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--footage", type=Path, default=Path(os.environ.get("FACIALIS_FOOTAGE", "../shared/footage")))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "facialis-fit-kinds")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    jobs = [(motion, seed) for motion in quiet_motions(options) for seed in range(options.seeds)]
    with ProcessPoolExecutor(options.jobs) as pool:
        rows = [row for part in pool.map(trials, jobs) for row in part]
    times: dict[str, float] = {}
    for part in parts():
        multiple = np.array([m for name, m, _ in rows if name == part.name])
        found = np.array([hit for name, _, hit in rows if name == part.name], bool)
        times[part.name] = fit_curve(multiple, found).size()
        shares = "  ".join(f"{m:g}: {found[multiple == m].mean():.2f}" for m in MULTIPLES)
        print(f"{part.name:10s} {times[part.name]:5.2f}   {shares}")
    if options.write:
        known = load("limits.yaml")
        write_limits(times, known["least"]["iod"], known["moving"]["times"])


if __name__ == "__main__":
    main()
