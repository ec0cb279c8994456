"""Peaks of one-sided evidence in a recording, each labelled by what is known to have been put in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from facialis.measure.events.candidates import Candidate, find_candidates
from facialis.measure.events.evidence import stretches
from facialis.measure.events.neighbours import company_of
from facialis.measure.events.threshold import noise_threshold
from validation.compressed import COPIES
from validation.material import STILL, VOLUNTARY, Added, added_of, disguised, motion_of, person_of, with_added

__all__ = ["USUAL_PER_MIN", "Clip", "Held", "clip_of"]

Array = NDArray[np.float64]
Held = list[tuple["Clip", Array]]
"""Clips with the probability of each peak, by a rule that was not fitted to that person."""

USUAL_PER_MIN = 0.2  # what is asked for unless the user says otherwise (EventSettings)


@dataclass
class Clip:
    """Peaks of one recording: as it is, with contractions put into its pictures (``made`` "pictures") or signals."""

    name: str
    person: str
    made: str
    minutes: float
    put_in: list[Added]
    still: bool
    pictures: int = 0
    threshold: float = np.inf  # what noise alone hardly exceeds, by the product's own reckoning
    seen: list[bool] = field(default_factory=list)  # whether the face was, when each was put in
    features: list[Array] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)  # 1 put in, 0 not, -1 not to be judged
    which: list[int] = field(default_factory=list)  # number of the contraction, or -1
    parts: list[tuple[Candidate, ...]] = field(default_factory=list)  # the peaks of each stretch, in the same order

    def take(self, peak: Candidate, label: int, which: int) -> None:
        """Keeps what the rule knows of a peak, its label and the contraction it belongs to."""
        self.features.append(peak.features)
        self.labels.append(label)
        self.which.append(which)

    def company(self, alone: Array) -> Array:
        """What is known of each peak when all have been judged alone."""
        return company_of([peak for peaks in self.parts for peak in peaks], alone)


def clip_of(job: tuple[Path, int, int, Path]) -> Clip:
    """Labelled peaks of one clip: a variant of its pictures or, if ``seed`` is not 0, of its signals."""
    path, variant, seed, cache = job
    motion, contractions = motion_of(path, variant, cache)
    put_in = added_of(contractions)
    made = "pictures" if put_in else "as filmed"
    if seed:
        motion, put_in = with_added(disguised(motion, path.name, seed), path.name, seed)
        made = "signals"
    parts = stretches(motion)
    pulls = VOLUNTARY.get(COPIES[path.name][0] if path.name in COPIES else path.name, ())
    clip = Clip(
        name=f"{path.name}+{variant}.{seed}",
        person=person_of(path.name),
        made=made,
        put_in=put_in,
        minutes=sum(len(part.time_s) / part.rate_hz / 60 for part in parts),
        still=path.name in STILL,
    )
    middles = [act.onset_s + act.duration_s / 2 for act in put_in]
    clip.seen = [any(part.time_s[0] <= t <= part.time_s[-1] for part in parts) for t in middles]
    every = [find_candidates(part) for part in parts]
    clip.pictures = sum(len(part.time_s) for part in parts)
    clip.threshold = noise_threshold(every, USUAL_PER_MIN, clip.minutes)
    for peaks in (candidates.peaks for candidates in every):
        clip.parts.append(peaks)
        for peak in peaks:
            near = [
                (act.side != peak.side, abs(act.onset_s + act.duration_s / 2 - peak.time_s), k)
                for k, act in enumerate(put_in)
                if act.onset_s - 0.08 <= peak.time_s <= act.onset_s + act.duration_s + 0.12
            ]
            label = 0
            if near:
                label = -1 if min(near)[0] else 1
            # In a disguise nobody knows when the pulls at will are.
            elif pulls and (seed > 1 or any(abs(peak.time_s - t) < 0.5 for t in pulls)):
                label = -1
            clip.take(peak, label, min(near)[2] if near else -1)
    return clip
