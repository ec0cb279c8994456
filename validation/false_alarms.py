"""Is the asked-for false-alarm rate kept?

Quiet recordings of minutes, in which nothing happens but noise, are measured at asked-for rates of 0.05, 0.2, 1 and 5 a
minute: rendered heads that only sway, of several noise levels and frame rates, and the noise of evm_face.mp4, made long
in two ways (Gaussian noise of the same spectra, and the recording forwards and backwards in turn). "Evidence" counts
moments above the threshold, which is what the rate is asked for; "twitches" what is left of them once the rule of kinds
has had its say.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass

import numpy as np

from facialis.core.records import Motion
from facialis.core.settings import EventSettings
from facialis.measure.acts import HeadMotion
from facialis.measure.events import find_events
from facialis.measure.phantom import PhantomSpec
from facialis.measure.specification import Camera, Identity
from facialis.measure.video import VideoFile
from facialis.numeric.intervals import rate_bounds
from validation.clips import QuietClip, phantom_clip
from validation.motions import looped, motion_of, surrogate
from validation.trial import Trial, begin, number, print_table

ASKED_PER_MIN = (0.05, 0.2, 1.0, 5.0)
RATES_HZ = (24.0, 30.0, 60.0)
NOISES = ((0.02, 1.0), (0.2, 3.0))  # gain and read noise of a good and of a poor sensor
PEOPLE = (("man_a", "light"), ("woman_a", "olive"), ("man_b", "brown"), ("woman_b", "dark"))
_PART_S = 60.0  # a recording; more of them for more minutes, since a person records a minute or two


@dataclass
class Count:
    """How many came in how many minutes."""

    minutes: float = 0.0
    evidence: int = 0
    twitches: int = 0
    thresholds: tuple[float, ...] = ()


def quiet_phantom(rate_hz: float, noise: tuple[float, float], seed: int, duration_s: float) -> PhantomSpec:
    """A resting head that sways a little."""
    person, tone = PEOPLE[seed % len(PEOPLE)]
    sway = HeadMotion(
        onset_s=0,
        duration_s=duration_s,
        motion="walk",
        yaw_deg=0.6,
        pitch_deg=0.4,
        roll_deg=0.3,
        x_iod=0.012,
        y_iod=0.008,
        seed=seed,
    )
    camera = Camera(width_px=320, height_px=320, iod_share=0.28, gain=noise[0], read_noise=noise[1])
    return PhantomSpec(
        duration_s=duration_s,
        frame_rate_hz=rate_hz,
        seed=seed,
        camera=camera,
        acts=(sway,),
        identity=Identity(person=person, tone=tone),
    )


def count(motions: list[Motion]) -> dict[float, Count]:
    rows = {}
    for asked in ASKED_PER_MIN:
        row = rows[asked] = Count()
        for motion in motions:
            found = find_events(motion, EventSettings(false_alarms_per_min=asked), "trial")
            row.minutes += sum(part.duration_s for part in found.usable) / 60
            row.evidence += sum(c.deviate >= found.threshold for part in found.candidates for c in part.peaks)
            row.twitches += sum(e.trial_type == "twitch" for e in found.events)
            row.thresholds += (found.threshold,)
    return rows


def run(trial: Trial) -> None:
    minutes = trial.options.minutes
    kinds: dict[str, dict[float, Count]] = {}
    for rate in RATES_HZ:
        for noise in NOISES:
            motions = []
            for seed in range(trial.seeds):
                trial.say(f"phantom {rate:g} frames/s, noise {noise}, seed {seed}")
                spec = quiet_phantom(rate, noise, seed, trial.options.length)
                made = phantom_clip(spec, trial.cache)
                with VideoFile(made) as video:
                    motions.append(motion_of(video, trial.cache, made.name))
            kinds[f"phantom {rate:g} frames/s, noise {noise[1]:g}"] = count(motions)
    clip = QuietClip(trial.footage / "evm_face.mp4", trial.cache)
    path, _ = clip.with_contractions(())
    with VideoFile(path) as video:
        quiet = motion_of(video, trial.cache, path.name)
    parts = max(1, round(60 * minutes / _PART_S))
    kinds["noise with evm_face's spectra"] = count([surrogate(quiet, _PART_S, seed) for seed in range(parts)])
    kinds["evm_face forwards and backwards"] = count([looped(quiet, _PART_S)])
    for what in ("evidence", "twitches"):
        rows = [
            [
                name,
                number(next(iter(rows.values())).minutes, 1),
                *(_cell(getattr(row, what), row.minutes) for row in rows.values()),
            ]
            for name, rows in kinds.items()
        ]
        rows.append(["all", *_together(kinds, what)])
        print_table(
            f"{what} a minute (90 % interval), by the rate asked for",
            ["", "minutes", *(f"{asked:g}/min" for asked in ASKED_PER_MIN)],
            rows,
        )
    thresholds = [
        [name, *(number(float(np.median(r.thresholds))) for r in rows.values())] for name, rows in kinds.items()
    ]
    print_table(
        "median threshold (standard deviates)", ["", *(f"{asked:g}/min" for asked in ASKED_PER_MIN)], thresholds
    )
    trial.note(
        "rates",
        {
            name: {
                f"{asked:g}": {"minutes": r.minutes, "evidence": r.evidence, "twitches": r.twitches}
                for asked, r in rows.items()
            }
            for name, rows in kinds.items()
        },
    )


def _cell(events: int, minutes: float) -> str:
    bounds = rate_bounds(events, minutes)
    return f"{events / minutes:.2f} ({bounds.low:.2f} – {bounds.high:.2f})"


def _together(kinds: dict[str, dict[float, Count]], what: str) -> list[str]:
    total = sum(next(iter(rows.values())).minutes for rows in kinds.values())
    sums = [sum(getattr(rows[asked], what) for rows in kinds.values()) for asked in ASKED_PER_MIN]
    return [number(total, 1), *(_cell(n, total) for n in sums)]


if __name__ == "__main__":
    this = begin("validation.false_alarms", __doc__, seeds=1, minutes=20.0, length=30.0)
    run(this)
    this.end()
    sys.exit(0)
