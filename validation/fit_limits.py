"""Fits ``data/limits.yaml``: how much larger than the bare evidence asks for a region's lone contraction must be.

The evidence says from which size a contraction of one region stands out of the noise; to be told as a twitch it has to
satisfy the rule of kinds as well, which takes some regions alone for a twitch sooner than others. In signals of a face
at rest, and with noise added to them, single windows are moved by multiples of the size that the evidence asks for;
what is found nine times in ten is written. Run it after each fit of the rule (`validation.fit_kinds`).
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np

from facialis.core.knowledge import load
from facialis.core.records import SIDES, Motion
from facialis.core.settings import Settings
from facialis.measure.events import Found, find_events
from facialis.measure.evidence import geometry
from facialis.measure.limits import evidence_limits
from facialis.measure.regions import regions
from facialis.measure.shape import WINDOW_GAIN
from validation.curves import fit_curve
from validation.matching import WITHIN_S
from validation.material import motion_of
from validation.motions import Pull, surrogate, with_pulls

PULSE_S = 0.15
MULTIPLES = (0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6)
MOST = 5.0  # chosen: a region that needs more is not told as a twitch when it moves alone; 4 - 8
NOISE_IOD = (0.0, 0.0005, 0.0015, 0.004)  # chosen: added noise, from none to a camera in the dark
STEP_S = 1.1
DATA = Path(__file__).parent.parent / "src" / "facialis" / "data"
Row = tuple[str, float, bool]


def found_in(motion: Motion) -> Found:
    """The product's events."""
    return find_events(motion, Settings().events, "trial")


def trials(job: tuple[Motion, int]) -> list[Row]:
    """Region, multiple of its evidence limit, and whether it was told as a twitch on its side."""
    quiet, seed = job
    rng = np.random.default_rng([seed, 17])
    limits = {(row.region, row.side): row.limit_iod for row in evidence_limits(found_in(quiet))}
    names = [region.name for region in regions()]
    order = [(s, int(w), m) for s in (0, 1) for w in geometry()[1]["all"] for m in MULTIPLES]
    order = [order[k] for k in rng.permutation(len(order))]
    slots = np.arange(quiet.time_s[0] + 1.0, quiet.time_s[-1] - 1.0, STEP_S)
    rows: list[Row] = []
    for first in range(0, len(order), len(slots)):
        part = order[first : first + len(slots)]
        pulls = [
            Pull(onset_s=float(slots[k] + rng.uniform(0, 0.2)), duration_s=PULSE_S, side=side, window=window,
                 size_iod=multiple * (limits[names[window], SIDES[side]] or np.nan) / WINDOW_GAIN)
            for k, (side, window, multiple) in enumerate(part)
        ]  # fmt: skip
        events = [e for e in found_in(with_pulls(quiet, pulls)).events if e.trial_type == "twitch"]
        for pull, (side, window, multiple) in zip(pulls, part, strict=True):
            apex = pull.onset_s + PULSE_S / 2
            hit = any(e.side == SIDES[side] and abs(e.apex_s - apex) <= WITHIN_S for e in events)
            rows.append((names[window], multiple, hit))
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


def write_limits(lines: Sequence[str], pictures: Mapping[str, float]) -> None:
    """Write the file anew; ``pictures`` is what `validation.stated_limit` measured of each region."""
    tail = [
        "pictures:",
        "  # Beyond that: what pictures ask for, by python -m validation.stated_limit --calibrate.",
        "  references: [facialis]",
        "  times:",
        *(f"    {region}: {times:.2f}" for region, times in pictures.items()),
    ]
    (DATA / "limits.yaml").write_text("\n".join([*lines, *tail]) + "\n", encoding="utf-8")


def main() -> None:
    """Prints the multiples, and writes them if asked to."""
    parser = argparse.ArgumentParser(prog="python -m validation.fit_limits", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    parser.add_argument("--footage", type=Path, default=Path(os.environ.get("FACIALIS_FOOTAGE", "../shared/footage")))
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "facialis-fit-kinds")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    jobs = [(motion, seed) for motion in quiet_motions(options) for seed in range(options.seeds)]
    with ProcessPoolExecutor(options.jobs) as pool:
        rows = [row for part in pool.map(trials, jobs) for row in part]
    lines = [
        "# Made by python -m validation.fit_limits --write: how many times the size that the evidence asks for a lone",
        "# contraction of a region must have to be told as a twitch nine times in ten; null: it is not told at all.",
        "alone:", "  references: [facialis]", "  times:",
    ]  # fmt: skip
    for region in dict.fromkeys(row[0] for row in rows):
        x = np.array([multiple for name, multiple, _ in rows if name == region])
        y = np.array([hit for name, _, hit in rows if name == region], bool)
        shares = "  ".join(f"{m:g}: {y[x == m].mean():.2f}" for m in MULTIPLES)
        size = fit_curve(x, y).size() if y.mean() > 0.15 else np.inf
        print(f"{region:14s} {size:6.2f}   {shares}")
        lines.append(f"    {region}: {f'{size:.2f}' if size <= MOST else 'null'}")
    if options.write:
        write_limits(lines, load("limits.yaml")["pictures"]["times"])


if __name__ == "__main__":
    main()
