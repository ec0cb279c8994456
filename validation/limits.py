"""Is the stated detection limit true, and is the stated size?

The limit of a recording promises that a contraction of one region alone, 150 ms long and of that size, would have been
found nine times in ten. Tried in three ways: single windows moved in the signals of a quiet recording (what the
detector makes of it); single muscles moved in the pictures of evm_face.mp4; single muscles of a rendered head. A
muscle's limit is taken as the least of its windows' limits. Sizes in pictures are the largest displacement of any skin,
which the mean over a window does not reach (WINDOW_GAIN of measure/shape).
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from facialis.core.records import SIDES, Event, Limit, Motion
from facialis.core.settings import Settings
from facialis.measure.acts import HeadMotion
from facialis.measure.contractions import Contraction, Muscles, OneSide
from facialis.measure.events import Found, find_events
from facialis.measure.evidence import geometry
from facialis.measure.limits import detection_limits
from facialis.measure.phantom import PhantomSpec, truth
from facialis.measure.regions import regions
from facialis.measure.shape import WINDOW_GAIN
from facialis.measure.specification import Camera, Identity
from facialis.measure.video import VideoFile
from validation.clips import PULSE_S, QuietClip, phantom_clip
from validation.matching import WITHIN_S, match
from validation.motions import Pull, motion_of, with_pulls
from validation.trial import Trial, begin, number, print_table, share

FACTORS = (0.5, 0.7, 1.0, 1.4, 2.0, 4.0)
LENGTH_S = 10.0
# Muscles that move alone, and the muscle of regions.yaml whose windows they move.
MUSCLES: dict[str, tuple[Muscles, str]] = {
    "lower lid": ((("lower_lid", 1.0),), "orbicularis_oculi"),
    "orbicularis oculi": ((("orbicularis_oculi", 1.0),), "orbicularis_oculi"),
    "zygomaticus": ((("zygomaticus", 1.0),), "zygomaticus"),
    "levator labii": ((("levator_labii", 1.0),), "levator_labii"),
    "frontalis": ((("frontalis", 1.0),), "frontalis"),
    "mentalis": ((("mentalis", 1.0),), "mentalis"),
}
BEFORE_S = 0.8
_STEP_S = 1.15


@dataclass
class Tally:
    """What became of contractions of one kind and size."""

    tried: int = 0
    passed: int = 0
    found: int = 0
    sizes: list[float] = field(default_factory=list)

    def add(self, truths: Sequence[Event], result: Found) -> None:
        twitches = [e for e in result.events if e.trial_type == "twitch"]
        for m in match(truths, twitches, 1.0).matches:
            self.tried += 1
            self.found += m.side_right
            self.passed += any(
                c.deviate >= result.threshold
                and SIDES[c.side] == m.truth.side
                and abs(c.time_s - m.truth.apex_s) <= WITHIN_S
                for part in result.candidates
                for c in part.peaks
            )
            if m.found is not None and m.side_right:
                self.sizes.append(m.found.amplitude_iod / m.truth.amplitude_iod)


Tallies = dict[tuple[str, float], Tally]


def _events(motion: Motion) -> Found:
    return find_events(motion, Settings().events, "trial")


def _muscle_limits(limits: Sequence[Limit]) -> dict[tuple[str, str], float]:
    muscle_of = {r.name: r.muscle for r in regions()}
    inner = {regions()[k].name for k in geometry()[1]["all"]}
    least: dict[tuple[str, str], float] = {}
    for row in limits:
        if row.limit_iod is not None and row.region in inner:
            key = (muscle_of[row.region], row.side)
            least[key] = min(least.get(key, np.inf), row.limit_iod)
    return least


def on_signals(quiet: Motion, seeds: int) -> Tallies:
    """Single windows moved in the signals of a quiet recording; a limit is of the skin that moves most."""
    limits = {(row.region, row.side): row.limit_iod for row in detection_limits(_events(quiet))}
    tallies: Tallies = defaultdict(Tally)
    names = [r.name for r in regions()]
    inner = geometry()[1]["all"]
    slots = np.arange(BEFORE_S, quiet.time_s[-1] - 0.6, _STEP_S)
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        order = [(side, int(w)) for side in (0, 1) for w in inner]
        for side in (0, 1):
            todo = [w for s, w in order if s == side]
            for first in range(0, len(todo), len(slots)):
                part = todo[first : first + len(slots)]
                late = rng.uniform(0, 0.2, len(part))
                for factor in FACTORS:
                    pulls = [
                        Pull(
                            onset_s=float(slots[k] + late[k]),
                            duration_s=PULSE_S,
                            side=side,
                            window=w,
                            size_iod=factor * float(limits[names[w], SIDES[side]] or np.nan) / WINDOW_GAIN,
                        )
                        for k, w in enumerate(part)
                    ]
                    result = _events(with_pulls(quiet, pulls))
                    for pull in pulls:
                        truth_of_skin = replace(pull.truth, amplitude_iod=pull.size_iod * WINDOW_GAIN)
                        tallies[names[pull.window], factor].add([truth_of_skin], result)
    return tallies


Maker = Callable[[tuple[Contraction, ...]], tuple[Path, Sequence[Event]]]


def on_pictures(trial: Trial, name: str, make: Maker, seeds: int) -> Tallies:
    """Single muscles moved in pictures, each with the limit of the very recording without them."""
    tallies: Tallies = defaultdict(Tally)
    quiet, _ = make(())
    least = _muscle_limits(detection_limits(_events(_motion(trial, quiet))))
    muscles = list(MUSCLES)
    for seed in range(seeds):
        for side in SIDES:
            for factor in FACTORS:
                trial.say(f"{name} {side} {factor:g} times the limit, seed {seed}")
                plan = _plan(muscles, side, factor, least, seed)
                path, truths = make(tuple(c for _, c in plan))
                result = _events(_motion(trial, path))
                for (muscle, contraction), event in zip(plan, truths, strict=True):
                    assert abs(event.onset_s - contraction.onset_s) < 1e-9
                    tallies[muscle, factor].add([event], result)
    return tallies


def _plan(
    muscles: Sequence[str], side: OneSide, factor: float, least: dict[tuple[str, str], float], seed: int
) -> list[tuple[str, Contraction]]:
    rng = np.random.default_rng([seed, side == "left"])
    rows = []
    for k, onset in enumerate(np.arange(BEFORE_S, LENGTH_S - 0.8, _STEP_S)):
        muscle = muscles[(k + seed) % len(muscles)]
        patterns, limited = MUSCLES[muscle]
        rows.append(
            (
                muscle,
                Contraction(
                    onset_s=float(onset + rng.uniform(0, 0.2)),
                    duration_s=PULSE_S,
                    side=side,
                    amplitude_iod=factor * least[limited, side],
                    regions=patterns,
                    rise_share=0.5,
                ),
            )
        )
    return rows


def _motion(trial: Trial, path: Path) -> Motion:
    with VideoFile(path) as video:
        return motion_of(video, trial.cache, path.name)


def phantom_maker(trial: Trial) -> Maker:
    """A resting head that sways a little, 480 px, encoded."""

    def make(contractions: tuple[Contraction, ...]) -> tuple[Path, Sequence[Event]]:
        sway = HeadMotion(
            onset_s=0,
            duration_s=LENGTH_S,
            motion="walk",
            yaw_deg=0.4,
            pitch_deg=0.3,
            roll_deg=0.2,
            x_iod=0.008,
            y_iod=0.006,
        )
        spec = PhantomSpec(
            duration_s=LENGTH_S,
            seed=1,
            identity=Identity(person="woman_a", tone="olive"),
            camera=Camera(width_px=480, height_px=480, iod_share=0.25),
            acts=(sway, *contractions),
        )
        return phantom_clip(spec, trial.cache), [e for e in truth(spec) if e.trial_type == "twitch"]

    return make


def clip_maker(clip: QuietClip) -> Maker:
    """A real, quiet clip."""
    return clip.with_contractions


def needed(tallies: Tallies, kind: str | None, what: str) -> float:
    """How many times the limit is needed to find 90 %, between the factors tried; inf beyond the largest."""
    last = (0.0, 0.0)
    for factor in FACTORS:
        rows = [t for (name, f), t in tallies.items() if f == factor and kind in (None, name)]
        tried = sum(t.tried for t in rows)
        part = sum(getattr(t, what) for t in rows) / tried if tried else 0.0
        if part >= 0.9:
            if last[0] == 0.0:
                return factor
            x = (0.9 - last[1]) / (part - last[1])
            return float(np.exp(np.log(last[0]) + x * (np.log(factor) - np.log(last[0]))))
        last = (factor, part)
    return float("inf")


def report(trial: Trial, title: str, tallies: Tallies) -> float:
    kinds = list(dict.fromkeys(name for name, _ in tallies))
    rows = []
    for kind in [*kinds, None]:
        row: list[str] = [kind or "all"]
        for factor in FACTORS:
            some = [t for (name, f), t in tallies.items() if f == factor and kind in (None, name)]
            row.append(share(sum(t.found for t in some), sum(t.tried for t in some)))
        sizes = [s for (name, _), t in tallies.items() if kind in (None, name) for s in t.sizes]
        most = needed(tallies, kind, "passed")
        rows.append(
            [
                *row,
                _times(needed(tallies, kind, "found")),
                _times(most),
                number(float(np.median(sizes)) if sizes else None),
            ]
        )
    print_table(
        title,
        ["", *(f"{f:g}×" for f in FACTORS), "90 % found at", "evidence alone", "size found/true"],
        rows,
    )
    ratio = needed(tallies, None, "found")
    trial.note(title, {"rows": rows, "needed": ratio, "evidence": needed(tallies, None, "passed")})
    return ratio


def _times(value: float) -> str:
    return f"{value:.2f}×" if np.isfinite(value) else f"> {FACTORS[-1]:g}×"


def run(trial: Trial) -> None:
    clip = QuietClip(trial.footage / "evm_face.mp4", trial.cache)
    quiet = _motion(trial, clip.with_contractions(())[0])
    many = 4 * trial.seeds
    report(
        trial,
        "evm_face.mp4, single windows moved in the signals: twitches found, by multiples of the stated limit",
        on_signals(quiet, many),
    )
    phantom = phantom_maker(trial)
    report(trial, "phantom, single windows moved in the signals", on_signals(_motion(trial, phantom(())[0]), many))
    report(
        trial,
        "evm_face.mp4, single muscles moved in the pictures",
        on_pictures(trial, "evm_face", clip_maker(clip), trial.seeds),
    )
    report(trial, "phantom, single muscles moved in the pictures", on_pictures(trial, "phantom", phantom, trial.seeds))


if __name__ == "__main__":
    this = begin("validation.limits", __doc__, seeds=1)
    run(this)
    this.end()
    sys.exit(0)
