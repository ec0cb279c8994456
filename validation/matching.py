"""Reported events against known ones: what was found, on which side, how exactly, and what was never there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from facialis.core.records import Event

__all__ = ["WITHIN_S", "Match", "Score", "match", "pairs"]

WITHIN_S = 0.15  # a twitch is found if its apex is reported within this time, the length of the contractions put in


@dataclass(frozen=True, kw_only=True)
class Match:
    """A contraction that was there, and what was reported for it: None if nothing was."""

    truth: Event
    found: Event | None
    clip: str = ""

    @property
    def side_right(self) -> bool:
        """Whether it was found on its own side."""
        return self.found is not None and self.found.side == self.truth.side


@dataclass
class Score:
    """Matches and false reports of any number of clips."""

    matches: list[Match] = field(default_factory=list)
    false: list[tuple[str, Event]] = field(default_factory=list)
    duration_s: float = 0.0

    @property
    def found(self) -> list[Match]:
        """The matches for which something was reported."""
        return [m for m in self.matches if m.found is not None]

    @property
    def false_per_min(self) -> float:
        """Reports outside all that was there, of both sides, per minute of recording."""
        return 60 * len(self.false) / self.duration_s if self.duration_s else float("nan")

    def add(self, other: Score) -> None:
        """Take in the score of another clip."""
        self.matches += other.matches
        self.false += other.false
        self.duration_s += other.duration_s

    def errors(self, name: str) -> tuple[float, float]:
        """Median of found less true, and median size of that, for ``onset_s``, ``apex_s`` or ``amplitude_iod``."""
        gaps = [getattr(m.found, name) - getattr(m.truth, name) for m in self.found if m.side_right]
        return (float(np.median(gaps)), float(np.median(np.abs(gaps)))) if gaps else (np.nan, np.nan)

    def size_ratio(self) -> float:
        """Median of found amplitude over true amplitude."""
        ratios = [m.found.amplitude_iod / m.truth.amplitude_iod for m in self.found if m.found and m.side_right]
        return float(np.median(ratios)) if ratios else float("nan")


def pairs(truth: Sequence[Event], reported: Sequence[Event]) -> list[tuple[int, int]]:
    """Contraction and report of the same moment, nearest first, own side before the other, each used once."""
    near = sorted(
        (t.side != r.side, abs(t.apex_s - r.apex_s), i, k)
        for i, t in enumerate(truth)
        for k, r in enumerate(reported)
        if abs(t.apex_s - r.apex_s) <= WITHIN_S
    )
    taken: dict[int, int] = {}
    used: set[int] = set()
    for _, _, i, k in near:
        if i not in taken and k not in used:
            taken[i] = k
            used.add(k)
    return sorted(taken.items())


def match(truth: Sequence[Event], reported: Sequence[Event], duration_s: float, clip: str = "") -> Score:
    """Pairs contractions with reports whose apex is near, nearest first, each used once, right sides before wrong ones.

    A report is false when no contraction was going on, nor within `WITHIN_S` of one, on its side; one on the other side
    of a contraction that was found on its own is false as well.
    """
    taken = dict(pairs(truth, reported))
    used = set(taken.values())
    rows = [Match(truth=t, found=reported[taken[i]] if i in taken else None, clip=clip) for i, t in enumerate(truth)]
    false = [
        (clip, r)
        for k, r in enumerate(reported)
        if k not in used
        and not any(t.onset_s - WITHIN_S <= r.apex_s <= t.offset_s + WITHIN_S and t.side == r.side for t in truth)
    ]
    return Score(matches=rows, false=false, duration_s=duration_s)
