"""Simpler answers to which way a course goes: a line through log rates, Mann-Kendall, last against first.

Each gives one score for a course; probabilities come from how often each outcome was true at such scores on the worlds
for tuning (ten bins of equal number), which is more than their users have.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from facialis.core.person.course import Course
from validation.course_worlds import Made

__all__ = ["RIVALS", "calibrate", "score_of"]

Array = NDArray[np.float64]

RIVALS = (
    "linear trend of log rates",
    "linear trend, its change",
    "Mann-Kendall",
    "last against first",
    "last third against first third",
)
_BINS = 10


def score_of(name: str, made: Made, course: Course) -> float:
    """The score of one rival, from the sessions that facialis used."""
    used = set(course.used)
    rows = [row for row in made.casefile.sessions if row.name in used]
    t = np.array([(row.day - made.first).days for row in rows], float)
    rate = np.log([(row.twitches + 0.5) / row.usable_min for row in rows])
    keep = t >= (made.casefile.as_of - made.first).days - 365
    if keep.sum() >= 3 and np.ptp(t[keep]) > 0:
        t, rate = t[keep], rate[keep]
    if name.startswith("linear"):
        line = stats.linregress(t, rate)
        if name.endswith("change"):
            return float(line.slope * np.ptp(t))
        return float(np.clip(line.slope / max(line.stderr, 1e-9), -50, 50))
    if name == "Mann-Kendall":
        s = np.sign(np.subtract.outer(rate, rate))[np.tril_indices(len(rate), -1)].sum()
        n = len(rate)
        return float(s / np.sqrt(n * (n - 1) * (2 * n + 5) / 18))
    third = 1 if name == "last against first" else max(len(rate) // 3, 1)
    return float(rate[-third:].mean() - rate[:third].mean())


def calibrate(scores: Sequence[float], truth: Sequence[int]) -> Callable[[float], Array]:
    """Probabilities of the three outcomes by score, counted in bins (one more of each, against empty ones)."""
    edges = np.quantile(scores, np.linspace(0, 1, _BINS + 1)[1:-1])
    counts = np.ones((_BINS, 3)) / 3
    np.add.at(counts, (np.searchsorted(edges, scores), np.asarray(truth)), 1.0)
    shares = counts / counts.sum(1, keepdims=True)
    return lambda score: np.asarray(shares[int(np.searchsorted(edges, score))])
