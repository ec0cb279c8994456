"""F1 and its parts, from strictly matched reports: one report for one contraction, on its own side, or it is false."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from facialis.core.records import Event
from validation.matching import pairs

__all__ = ["Tally", "f1_interval", "tally"]


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Counts of one or more clips: ``there`` contractions, ``found`` on their side, ``timely`` on either side."""

    there: int = 0
    found: int = 0
    timely: int = 0
    reported: int = 0
    duration_s: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            there=self.there + other.there,
            found=self.found + other.found,
            timely=self.timely + other.timely,
            reported=self.reported + other.reported,
            duration_s=self.duration_s + other.duration_s,
        )

    @property
    def recall(self) -> float:
        """Share of contractions that were reported, on their side."""
        return self.found / self.there if self.there else float("nan")

    @property
    def precision(self) -> float:
        """Share of reports that stand for a contraction of their side."""
        return self.found / self.reported if self.reported else float("nan")

    @property
    def f1(self) -> float:
        """Harmonic mean of recall and precision."""
        return 2 * self.found / (self.there + self.reported) if self.there + self.reported else float("nan")

    @property
    def false_per_min(self) -> float:
        """Reports that stand for nothing, a minute of recording."""
        return 60 * (self.reported - self.found) / self.duration_s if self.duration_s else float("nan")

    @property
    def side_right(self) -> float:
        """Share of the contractions reported in time that were reported on their side."""
        return self.found / self.timely if self.timely else float("nan")


def tally(truth: Sequence[Event], reported: Sequence[Event], duration_s: float) -> Tally:
    """Counts of one clip."""
    both = pairs(truth, reported)
    right = sum(truth[i].side == reported[k].side for i, k in both)
    return Tally(there=len(truth), found=right, timely=len(both), reported=len(reported), duration_s=duration_s)


def f1_interval(parts: Sequence[Tally], *, probability: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """Interval of the pooled F1 by drawing whole clips with replacement (2,000 times)."""
    rows = np.array([(p.found, p.there + p.reported) for p in parts], float)
    draw = np.random.default_rng(seed).integers(0, len(rows), (2000, len(rows)))
    sums = rows[draw].sum(1)
    values = 2 * sums[:, 0] / np.maximum(sums[:, 1], 1)
    low, high = np.quantile(values, [(1 - probability) / 2, (1 + probability) / 2])
    return float(low), float(high)
