"""How far the point of the skin that moves most goes, against the window that moves most: `shape.WINDOW_GAIN`.

A window averages over its skin, so its own displacement is less. Three generators that share nothing with each other
are asked: the sheet of triangles on puppets of the people who calibrate the stated limit (two of them are among the six
of validation/numbers.py, in other films), the smoothed mesh in films of all people, and rendered heads.
The gain is the middle of their medians; by window they do not agree, so it is one number.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from facialis.core.errors import FaceError
from facialis.core.records import SIDES, Motion
from facialis.measure.events.candidates import Candidate, find_candidates
from facialis.measure.events.evidence import stretches
from facialis.measure.events.neighbours import probabilities
from facialis.measure.events.shape import WINDOW_GAIN, Shape
from facialis.measure.regions import groups, regions
from facialis.measure.session import measure_recording
from validation.material import PEOPLE, PEOPLE_OF_PHANTOMS, motion_of
from validation.muscles import PATTERNS
from validation.outcome import Outcome, Table, finish
from validation.puppet import Film, sitter
from validation.trial import Trial, begin, number
from validation.twitches import Twitch, truth_of

__all__ = ["run"]

CALIBRATING = ("evm", "d13", "bbaf2n")  # of validation/stated_limit.py
_LEAST_IOD = 0.015  # chosen: in smaller ones noise is part of the size
_SURE = 0.8  # chosen: what is hardly told as a twitch may be something else
_AROUND_S = (0.05, 0.08)


@dataclass(frozen=True)
class _Act:
    onset_s: float
    duration_s: float
    side: int
    size_iod: float


def _puppets(trial: Trial) -> Iterator[tuple[Motion, list[_Act]]]:
    names = sorted(PATTERNS)
    for face in CALIBRATING:
        for seed in range(2 * trial.seeds):
            for side in SIDES:
                rng = np.random.default_rng([seed, side == "left", 77])
                rows = [
                    Twitch(
                        onset_s=1.2 + 1.05 * k,
                        duration_s=float(rng.uniform(0.12, 0.35)),
                        side=side,
                        pattern=names[k % len(names)],
                        rise=float(rng.uniform(0.3, 0.5)),
                        size_iod=float(np.exp(rng.uniform(*np.log((0.015, 0.06))))),
                    )
                    for k in range(8)
                ]
                film = Film(face=face, twitches=tuple(rows), seed=seed, sway_iod=0.002)
                try:
                    clip = film.clip(sitter(face, trial.footage, trial.cache), trial.cache)
                    motion = measure_recording(clip).motion
                except FaceError:
                    continue
                truth = truth_of(film.twitches)
                yield motion, [_Act(e.onset_s, e.duration_s, SIDES.index(side), e.amplitude_iod) for e in truth]


def _copies(trial: Trial, names: Sequence[str]) -> Iterator[tuple[Motion, list[_Act]]]:
    for name in names:
        for variant in range(1, 1 + 2 * trial.seeds):
            motion, put_in = motion_of(trial.footage / name, variant, trial.cache)
            yield motion, [_Act(c.onset_s, c.duration_s, SIDES.index(c.side), c.amplitude_iod or 0.0) for c in put_in]


def _gains(motion: Motion, acts: Sequence[_Act]) -> Iterator[tuple[str, float]]:
    """Window that moves most, and true size over its displacement, of all contractions that are surely told."""
    names = [region.name for region in regions()]
    for part in stretches(motion):
        found = find_candidates(part).peaks
        peaks = [
            (c, c.shape) for c, p in zip(found, probabilities(found), strict=True) if c.shape is not None and p > _SURE
        ]
        for act in acts:
            start, stop = act.onset_s - _AROUND_S[0], act.onset_s + act.duration_s + _AROUND_S[1]
            near: list[tuple[Candidate, Shape]] = [
                (c, s) for c, s in peaks if c.side == act.side and start <= s.apex_s <= stop
            ]
            if act.size_iod < _LEAST_IOD or not near:
                continue
            shape = max(near, key=lambda pair: pair[0].deviate)[1]
            moved = shape.amplitude_iod / WINDOW_GAIN
            far = np.linalg.norm(shape.moved_iod, axis=1)
            yield names[int(np.abs(far - moved).argmin())], act.size_iod / moved


def run(trial: Trial) -> Outcome:
    """The table."""
    rows: list[tuple[str, ...]] = []
    medians: list[float] = []
    for name, made in (
        ("sheet of triangles, puppets", _puppets(trial)),
        ("smoothed mesh, films", _copies(trial, tuple(PEOPLE))),
        ("rendered heads", _copies(trial, tuple(PEOPLE_OF_PHANTOMS))),
    ):
        found = [row for motion, acts in made for row in _gains(motion, acts)]
        trial.say(f"{name}: {len(found)}")
        every = np.array([gain for _, gain in found])
        medians.append(float(np.median(every)))
        low, high = np.quantile(every, [0.1, 0.9])
        each = [[gain for window, gain in found if window in groups()[group]] for group in groups()]
        cells = [f"{np.median(part):.2f} ({len(part)})" if part else "–" for part in each]
        rows.append((name, str(len(found)), number(medians[-1]), f"{low:.2f} – {high:.2f}", *cells))
    outcome = Outcome(
        name="window_gain",
        title="How much further a point goes than its window",
        about=f"Middle of the medians {np.median(medians):.2f}; `shape.WINDOW_GAIN` is {WINDOW_GAIN:g}.",
        command=trial.command("window_gain"),
    )
    head = ("made by", "contractions", "median", "central 80 %", *groups())
    outcome.tables = [
        Table(
            title="True size over the displacement of the window that moves most, median by where it is (number).",
            head=head,
            rows=tuple(rows),
        )
    ]
    return outcome


if __name__ == "__main__":
    this = begin("validation.window_gain", __doc__, seeds=1)
    result = run(this)
    this.end([result])
    sys.exit(finish([result]))
