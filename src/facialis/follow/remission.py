"""Quiet so far, possible remission, sustained remission: words that follow rules, and never sooner than they may.

A quiet recording counts only as far as it could have seen twitches. A short quiet spell is no remission: people tell of
months without a twitch that ended.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from facialis.core.casefile import SessionRow
from facialis.core.course import Remission
from facialis.follow.windows import threshold

__all__ = ["Quiet", "find_quiet"]

Array = NDArray[np.float64]

_MONTH_DAYS = 30.44
_EARLIER = 12  # chosen: the rate before the quiet is that of the last so many recordings; 5 - 20


@dataclass(frozen=True, kw_only=True)
class Quiet:
    """How long nothing was seen (from the first quiet recording to the last), and what may be said of it.

    ``expected`` twitches would have been seen in that time at the earlier rate.
    """

    days: int
    remission: Remission
    expected: float


def find_quiet(rows: Sequence[SessionRow], exposure_min: Array) -> Quiet:
    """The quiet end of a course; ``exposure_min`` (n,) minutes times the share of twitches that could be seen.

    Sustained remission asks for a year without a twitch, recordings all over it without a long gap, and that even a
    fifth of the earlier rate would have shown. It is a word for what was seen, and no promise.
    """
    twitching = [k for k, row in enumerate(rows) if row.twitches > 0]
    if not twitching or twitching[-1] == len(rows) - 1:
        return Quiet(days=0, remission="none", expected=0.0)
    first = twitching[-1] + 1
    before = slice(max(0, first - _EARLIER), first)
    rate = sum(row.twitches for row in rows[before]) / max(float(exposure_min[before].sum()), 1e-9)
    quiet = rows[first:]
    seen = exposure_min[first:] * rate
    days = (quiet[-1].day - quiet[0].day).days
    expected = float(seen.sum())
    if expected < threshold("quiet_expected"):
        return Quiet(days=days, remission="none", expected=expected)
    months = days / _MONTH_DAYS
    if months < threshold("quiet_months"):
        return Quiet(days=days, remission="quiet_so_far", expected=expected)
    # Only recordings that could see something hold a gap closed.
    able = [row.day for row, e in zip(quiet, seen, strict=True) if e >= threshold("sustained_share")]
    gaps = [(b - a).days for a, b in pairwise(able)]
    whole = bool(gaps) and max(gaps) <= threshold("gap_days")
    if (
        whole
        and (able[-1] - able[0]).days / _MONTH_DAYS >= threshold("sustained_months")
        and len(able) >= threshold("sustained_recordings")
        and threshold("sustained_share") * expected >= threshold("sustained_expected")
    ):
        return Quiet(days=days, remission="sustained", expected=expected)
    return Quiet(days=days, remission="possible" if whole else "quiet_so_far", expected=expected)
