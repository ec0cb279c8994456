"""Do intervals keep their word? Twitches are drawn at random, alone and in trains, and handed to the measures' code.

The true rate and share of time are known, being what the twitches are drawn from; how often the interval holds them is
compared with the probability that it is stated for. Nothing is filmed: this is about counting, not about finding.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from facialis.core.records import Event, Motion
from facialis.measure.events.decision import Found
from facialis.measure.events.evidence import stretches
from facialis.measure.measures import session_measures
from facialis.measure.regions import regions
from validation.outcome import Goal, Outcome, Table, finish
from validation.trial import Trial, begin

__all__ = ["Process", "covered", "run"]


@dataclass(frozen=True, kw_only=True)
class Process:
    """Trains at random times; of ``longest`` twitches at most, 0.4 s apart, each of 0.1 to 0.5 s."""

    name: str
    trains_per_min: float
    longest: int = 1

    @property
    def rate_per_min(self) -> float:
        """True rate of twitches."""
        return self.trains_per_min * (1 + self.longest) / 2

    def union_s(self) -> float:
        """Mean time that a train fills, its twitches joined where they meet."""
        rng = np.random.default_rng(7)
        total = 0.0
        for _ in range(_TRAINS):
            reached = 0.0
            for k in range(int(rng.integers(1, self.longest + 1))):
                stop = 0.4 * k + float(rng.uniform(0.1, 0.5))
                total += max(0.0, stop - max(reached, 0.4 * k))
                reached = max(reached, stop)
        return total / _TRAINS

    def draw(self, rng: np.random.Generator, length_s: float) -> tuple[Event, ...]:
        """One recording's twitches; trains may have begun before it, so that its edges are like its middle."""
        early = 0.4 * self.longest + 1
        starts = rng.uniform(-early, length_s, rng.poisson(self.trains_per_min * (length_s + early) / 60))
        rows = []
        for start in starts:
            for k in range(int(rng.integers(1, self.longest + 1))):
                onset, duration = float(start + 0.4 * k), float(rng.uniform(0.1, 0.5))
                if 0 <= onset + duration / 2 < length_s:
                    rows.append(
                        Event(
                            onset_s=onset,
                            duration_s=duration,
                            trial_type="twitch",
                            side="left",
                            regions=(),
                            apex_s=onset + duration / 2,
                            amplitude_iod=0.02,
                            probability=0.9,
                            detector="proof",
                        )
                    )
        return tuple(sorted(rows, key=lambda e: e.onset_s))


PROCESSES = (
    Process(name="2 a minute, single", trains_per_min=2),
    Process(name="10 a minute, single", trains_per_min=10),
    Process(name="30 a minute, single", trains_per_min=30),
    Process(name="10 a minute, trains of up to 4", trains_per_min=4, longest=4),
    Process(name="27 a minute, trains of up to 8", trains_per_min=6, longest=8),
)
LENGTHS_S = (60.0, 180.0)
_TRAINS = 20_000
PROBABILITIES = (0.9, 0.95)
GOALS = ((0.9, 0.87, 0.93), (0.95, 0.93, 0.97))  # probability, least, most
_OWN = float(np.log(1.5))
_STATED = ("twitch_rate_per_min", "spasm_share")


@cache
def _still(length_s: float) -> Motion:
    n, r = round(10 * length_s), len(regions())
    noise = np.random.default_rng(0).normal(0, 1e-4, (n, 2, r, 2))
    return Motion(
        time_s=np.arange(n) / 10,
        regions=tuple(x.name for x in regions()),
        displacement_iod=noise,
        error_iod=np.full((n, 2, r), 1e-4),
        aperture_iod=np.full((n, 2), 0.2),
        pose_deg=np.zeros((n, 3)),
        quality=np.ones(n),
    )


def covered(
    process: Process, length_s: float, runs: int, seed: int = 0, probability: float = 0.95
) -> dict[str, tuple[float, int]]:
    """For rate and share: how often the interval held the truth, and of how many recordings.

    Each recording has a rate of its own, up to half as much again or as little: of one rate alone the few whole numbers
    that a count can be would decide.
    """
    rng = np.random.default_rng([seed, 61])
    parts = tuple(stretches(_still(length_s)))
    usable_s = sum(len(p.time_s) / p.rate_hz for p in parts)
    held: dict[str, list[bool]] = {name: [] for name in _STATED}
    union_s = process.union_s()
    for _ in range(runs):
        own = replace(process, trains_per_min=process.trains_per_min * float(np.exp(rng.uniform(-_OWN, _OWN))))
        # Trains at random times leave a moment free with the probability exp(-rate · time that one fills).
        true = {
            "twitch_rate_per_min": own.rate_per_min,
            "spasm_share": 1 - float(np.exp(-own.trains_per_min / 60 * union_s)),
        }
        found = Found(events=own.draw(rng, usable_s), stretches=parts, candidates=(), threshold=5.0, least=0.9)
        for measure in session_measures(found, (), probability=probability):
            if measure.block == "all" and measure.name in held and measure.low is not None and measure.high is not None:
                held[measure.name].append(measure.low <= true[measure.name] <= measure.high)
    return {name: (float(np.mean(values)), len(values)) for name, values in held.items()}


def run(trial: Trial) -> Outcome:
    """All processes and lengths."""
    runs = 100 if trial.quick else 1500 * trial.seeds
    rows = []
    held: dict[float, list[float]] = {p: [] for p in PROBABILITIES}
    for process in PROCESSES:
        for length in LENGTHS_S:
            cells = []
            for probability in PROBABILITIES:
                found = covered(process, length, runs, probability=probability)
                for name in _STATED:
                    share, count = found[name]
                    cells.append(f"{100 * share:.1f} ± {196 * np.sqrt(share * (1 - share) / count):.1f}")
                    held[probability].append(share)
            trial.say(f"coverage: {process.name}, {length:g} s: {', '.join(cells)}")
            rows.append((f"{process.name}, {length:g} s", *cells))
    outcome = Outcome(
        name="coverage",
        title="Do intervals keep their word?",
        about=f"{runs} recordings each. Too often is too wide, too seldom is too narrow; ± is the chance of the trial.",
        command=trial.command("coverage"),
    )
    head = ("twitches", *(f"{what}, {100 * p:g} %" for p in PROBABILITIES for what in ("rate", "share of time")))
    outcome.tables = [Table(title="How often, in %, the true value lies in the interval.", head=head, rows=tuple(rows))]
    for p, least, most in GOALS:
        outcome.goals += [
            Goal(what=f"least coverage of {100 * p:g} % intervals", value=min(held[p]), least=least, digits=3),
            Goal(what=f"greatest coverage of {100 * p:g} % intervals", value=max(held[p]), most=most, digits=3),
        ]
    return outcome


if __name__ == "__main__":
    this = begin("validation.coverage", __doc__, needs_footage=False, seeds=1)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
