"""Which parts of the face twitched in the earlier and in the later half of the sessions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy import stats

from facialis.core.person.casefile import SessionRow
from facialis.core.person.course import Spread

__all__ = ["find_spread"]

_LEAST = 3  # chosen: sessions of each half that name regions
_OFTEN = 0.2  # chosen: a region counts for a half if it is named in a fifth of its sessions
_LEAST_SD = 0.3  # chosen: sd of the number of regions; equal numbers are no proof of no change


def find_spread(used: Sequence[SessionRow]) -> Spread | None:
    """Regions of both halves, and the probability that more of the face takes part now; None without any named.

    The probability is that of a t distribution for the difference of the mean number of regions a session.
    """
    rows = [row for row in used if row.regions]
    if len(rows) < 2:
        return None
    halves = rows[: len(rows) // 2], rows[len(rows) // 2 :]
    named = [_often(half) for half in halves]
    if min(len(half) for half in halves) < _LEAST:
        return Spread(before=named[0], now=named[1], probability=None)
    counts = [np.array([len(set(row.regions)) for row in half], float) for half in halves]
    var = sum(max(float(c.var(ddof=1)), _LEAST_SD**2) / len(c) for c in counts)
    gap = float(counts[1].mean() - counts[0].mean())
    return Spread(before=named[0], now=named[1], probability=float(stats.t.cdf(gap / np.sqrt(var), len(rows) - 2)))


def _often(rows: Sequence[SessionRow]) -> tuple[str, ...]:
    counts = Counter(region for row in rows for region in set(row.regions))
    return tuple(sorted(name for name, count in counts.items() if count >= _OFTEN * len(rows)))
