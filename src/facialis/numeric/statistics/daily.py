"""Counts by day: sessions of one day joined, and neighbouring days where there are very many."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import EstimateError
from facialis.core.messages import said

__all__ = ["Daily", "by_day"]

Array = NDArray[np.float64]

_SAME_DAY = 0.5  # chosen: how much of a day's scatter two sessions of that day share; 0.3 - 0.8
_MOST_ROWS = 208  # chosen: four years of weeks; more days than this are joined, day beside day


@dataclass(frozen=True, kw_only=True)
class Daily:
    """Counts a day: sessions of one day joined. ``spread`` is the share of the scatter's variance that is left."""

    dims: ClassVar[dict[str, tuple[str, ...]]] = {"seen_min": ("guess", "day")}

    days: Array
    counts: Array
    seen_min: Array
    spread: Array
    trough: Array


def _join(groups: NDArray[np.intp], days: Array, counts: Array, seen_min: Array, spread: Array, trough: Array) -> Daily:
    marks = np.eye(int(groups.max()) + 1)[groups].T
    total = seen_min @ marks.T
    share = seen_min.mean(0)
    weight = share / (share @ marks.T)[groups]
    low = (marks @ (trough * weight) > 0.5).astype(float)
    return Daily(
        days=marks @ (days * weight),
        counts=marks @ counts,
        seen_min=total,
        spread=marks @ (weight**2 * spread),
        trough=low,
    )


def by_day(days: Array, counts: Array, minutes: Array, seen: Array, trough: Array) -> Daily:
    """Sessions joined by day; when there are more than a few hundred days, neighbouring days as well.

    ``seen`` (guess, session) is the share of the twitches that each session could see, one row for each guess of the
    sizes; ``trough`` is 1 for sessions just before an injection. Minutes are usable ones.

    Raises
    ------
    EstimateError
        ``not_enough_data`` without a session.
    """
    if not len(days):
        raise EstimateError(**said("no_session"), code="not_enough_data")
    _, groups = np.unique(days, return_inverse=True)
    alone = _join(groups, days, counts, seen * minutes, np.ones(len(days)), trough)
    # The scatter of a day has a part of its own for each session and a part that they share.
    day = Daily(
        days=alone.days,
        counts=alone.counts,
        seen_min=alone.seen_min,
        trough=alone.trough,
        spread=_SAME_DAY + (1 - _SAME_DAY) * alone.spread,
    )
    if len(day.days) <= _MOST_ROWS:
        return day
    edges = np.linspace(day.days[0], day.days[-1], _MOST_ROWS + 1)
    cells = np.clip(np.searchsorted(edges, day.days, side="right") - 1, 0, _MOST_ROWS - 1)
    _, groups = np.unique(cells * 2 + (day.trough > 0), return_inverse=True)
    joined = _join(groups, day.days, day.counts, day.seen_min, day.spread, day.trough)
    order = np.argsort(joined.days, kind="stable")
    return Daily(
        days=joined.days[order],
        counts=joined.counts[order],
        seen_min=joined.seen_min[:, order],
        spread=joined.spread[order],
        trough=joined.trough[order],
    )
