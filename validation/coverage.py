"""Do intervals keep their word? Twitches are drawn at random, alone and in trains, and handed to the measures' code.

The true rate and share of time are known, being what the twitches are drawn from; how often the interval holds them is
compared with the probability that it is stated for. Nothing is filmed: this is about counting, not about finding.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import cache

import numpy as np

from facialis.core.records import Event, Motion
from facialis.measure.events import Found
from facialis.measure.evidence import stretches
from facialis.measure.measures import session_measures
from facialis.measure.regions import regions
from validation.outcome import Goal, Outcome, Table, finish
from validation.trial import Trial, begin, number

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

    def draw(self, rng: np.random.Generator, length_s: float) -> tuple[Event, ...]:
        """One recording's twitches; trains may have begun before it, so that its edges are like its middle."""
        early = 0.4 * self.longest + 1
        starts = rng.uniform(-early, length_s, rng.poisson(self.trains_per_min * (length_s + early) / 60))
        rows = []
        for start in starts:
            for k in range(int(rng.integers(1, self.longest + 1))):
                onset, duration = float(start + 0.4 * k), float(rng.uniform(0.1, 0.5))
                if 0 <= onset + duration / 2 < length_s:
                    rows.append(Event(onset_s=onset, duration_s=duration, trial_type="twitch", side="left", regions=(),
                                      apex_s=onset + duration / 2, amplitude_iod=0.02, probability=0.9,
                                      detector="proof"))  # fmt: skip
        return tuple(sorted(rows, key=lambda e: e.onset_s))


PROCESSES = (
    Process(name="2 a minute, single", trains_per_min=2),
    Process(name="10 a minute, single", trains_per_min=10),
    Process(name="30 a minute, single", trains_per_min=30),
    Process(name="10 a minute, trains of up to 4", trains_per_min=4, longest=4),
    Process(name="27 a minute, trains of up to 8", trains_per_min=6, longest=8),
)
LENGTHS_S = (60.0, 180.0)
_STATED = ("twitch_rate_per_min", "spasm_share")


@cache
def _still(length_s: float) -> Motion:
    n, r = round(10 * length_s), len(regions())
    noise = np.random.default_rng(0).normal(0, 1e-4, (n, 2, r, 2))
    return Motion(time_s=np.arange(n) / 10, regions=tuple(x.name for x in regions()), displacement_iod=noise,
                  error_iod=np.full((n, 2, r), 1e-4), aperture_iod=np.full((n, 2), 0.2), pose_deg=np.zeros((n, 3)),
                  quality=np.ones(n))  # fmt: skip


def covered(process: Process, length_s: float, runs: int, seed: int = 0) -> dict[str, tuple[float, float, int]]:
    """For rate and share: how often the interval held the truth, the probability it was stated for, and of how many."""
    rng = np.random.default_rng([seed, 61])
    parts = tuple(stretches(_still(length_s)))
    usable_s = sum(len(p.time_s) / p.rate_hz for p in parts)
    rows: dict[str, list[tuple[float, float, float, float]]] = {name: [] for name in _STATED}
    for _ in range(runs):
        found = Found(events=process.draw(rng, usable_s), stretches=parts, candidates=(), threshold=5.0, least=0.9)
        for measure in session_measures(found, ()):
            if measure.block == "all" and measure.name in rows and measure.low is not None and measure.high is not None:
                rows[measure.name].append((float(measure.value or 0.0), measure.low, measure.high,
                                           measure.probability or np.nan))  # fmt: skip
    out = {}
    for name, values in rows.items():
        table = np.array(values).reshape(-1, 4)
        # The mean of an unbiased share over all runs is the true one; the rate is known.
        true = process.rate_per_min if name == "twitch_rate_per_min" else float(table[:, 0].mean())
        held = (table[:, 1] <= true) & (true <= table[:, 2])
        out[name] = (float(held.mean()), float(table[:, 3].mean()), len(table))
    return out


def run(trial: Trial) -> Outcome:
    """All processes and lengths."""
    runs = 100 if trial.quick else 500 * trial.seeds
    rows, gaps = [], []
    for process in PROCESSES:
        for length in LENGTHS_S:
            trial.say(f"coverage: {process.name}, {length:g} s")
            found = covered(process, length, runs)
            cells = []
            for name in _STATED:
                held, stated, count = found[name]
                cells += [number(100 * stated, 0), f"{100 * held:.1f} ± {196 * np.sqrt(held * (1 - held) / count):.1f}"]
                gaps.append(held - stated)
            rows.append((f"{process.name}, {length:g} s", *cells))
    outcome = Outcome(
        name="coverage",
        title="Do intervals keep their word?",
        about=f"{runs} recordings each. Too often is too wide, too seldom is too narrow; ± is the chance of the trial.",
        command=trial.command("coverage"),
    )
    head = ("twitches", "rate: stated %", "covers %", "share of time: stated %", "covers %")
    outcome.tables = [Table(title="How often the true value lies in the interval.", head=head, rows=tuple(rows))]
    outcome.goals = [
        Goal(what="least coverage less what is stated", value=min(gaps), least=-0.02, digits=3),
        Goal(what="greatest coverage less what is stated", value=max(gaps), most=0.02, digits=3),
    ]
    return outcome


if __name__ == "__main__":
    this = begin("validation.coverage", __doc__, needs_footage=False, seeds=1)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
