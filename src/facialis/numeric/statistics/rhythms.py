"""Rhythms that two daily series may share: waves with which they are taken out, and how much of an association repeats.

Two series that both follow a month, a shift rota or holidays go along day by day, though neither acts on the other.
What acts from one day to the next acts as well on days of one phase of such a rhythm.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["repeating_share", "spells", "waves"]

Array = NDArray[np.float64]

_STEP_COST = 2.5  # chosen: in logarithms of the number of days, as variances; 2 - 4


def waves(days: int, shortest_days: float) -> Array:
    """Cosines (day, wave) that together make any course whose ups and downs last ``shortest_days`` and longer.

    None are left where ``days`` are fewer than half of ``shortest_days``.
    """
    count = int(2 * days / shortest_days)
    day = np.arange(days, dtype=float)[:, None]
    return np.asarray(np.cos(np.pi * np.arange(1, count + 1) * (day + 0.5) / days))


def repeating_share(trigger: Array, outcome: Array, periods: NDArray[np.int_]) -> tuple[Array, Array]:
    """Share of the association (day; 0: not known) that is there again after whole ``periods`` (period), in days.

    About 1 where both follow a rhythm of that length, about 0 where one acts on the other within days. NaN where fewer
    than two periods fit into the days. The second array is how far it is from none, in standard deviations.
    """
    days = len(trigger)
    size = 1 << (2 * days - 1).bit_length()

    def sums(x: Array, y: Array) -> Array:
        return np.asarray(np.fft.irfft(np.fft.rfft(y, size) * np.conj(np.fft.rfft(x, size)), size))

    both, known, spread = sums(trigger, outcome), sums(trigger != 0, outcome != 0), sums(trigger**2, outcome**2)
    now = both[0] / max(known[0], 1.0)
    share, certain = np.full(len(periods), np.nan), np.full(len(periods), np.nan)
    for i, period in enumerate(periods):
        far = np.arange(period, days, period)
        if len(far) < 2 or now == 0:
            continue
        shifts = np.concatenate([far, -far])
        share[i] = both[shifts].sum() / max(known[shifts].sum(), 1.0) / now
        certain[i] = both[shifts].sum() * np.sign(now) / np.sqrt(max(spread[shifts].sum(), np.finfo(float).tiny))
    return share, certain


def spells(values: Array, least_days: int) -> Array:
    """Spells (day, spell) of another level in one series (day; NaN: not known), as columns of 0 and 1.

    Optimal partition into constant levels (Jackson et al. 2005, doi:10.1109/LSP.2001.838216), a step costing as much as
    chance would gain by it; a spell holds at least ``least_days`` known days.
    """
    at = np.flatnonzero(np.isfinite(values))
    count = len(at)
    if count < 2 * least_days:
        return np.zeros((len(values), 0))
    y = values[at]
    scatter = max(float(np.median(np.abs(np.diff(y)))) / (0.6745 * np.sqrt(2)), 1e-3 * float(np.std(y)), 1e-12)
    y = (y - y.mean()) / scatter
    sums, squares = (np.concatenate([[0.0], np.cumsum(v)]) for v in (y, y**2))
    best = np.full(count + 1, np.inf)
    best[0] = -_STEP_COST * np.log(count)
    came = np.zeros(count + 1, int)
    for end in range(least_days, count + 1):
        start = np.arange(0, end - least_days + 1)
        cost = squares[end] - squares[start] - (sums[end] - sums[start]) ** 2 / (end - start)
        total = best[start] + cost + _STEP_COST * np.log(count)
        came[end] = int(np.argmin(total))
        best[end] = total[came[end]]
    edges = [count]
    while edges[-1]:
        edges.append(int(came[edges[-1]]))
    begins = [0, *(int(at[e]) for e in sorted(edges)[1:-1]), len(values)]
    out = np.zeros((len(values), len(begins) - 2))
    for k, (a, b) in enumerate(pairwise(begins[1:])):
        out[a:b, k] = 1.0
    return out
