"""Moments that raters marked by tapping along: how many both saw, and how far apart they tapped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from facialis.agree.questions import Item
from facialis.core.rating.ratings import Ratings
from facialis.numeric.agreement.agreed import Agreed
from facialis.numeric.agreement.differences import bland_altman
from facialis.numeric.agreement.moments import f1_of, matched

__all__ = ["TOLERANCES_S", "WITHIN_S", "MomentAgreement", "Taps", "between_raters", "moment_agreement", "taps_of"]

Array = NDArray[np.float64]

TOLERANCES_S = (0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
"""At which F1 is told: from the length of a twitch to the slowest hand. Chosen."""
WITHIN_S = 0.5
"""Within which a pair's times are compared. Chosen: a hand follows an eye by 0.2 to 0.4 s; see the curve."""

Taps = Mapping[Item, Mapping[str, Array]]
"""Item → rater → moments in seconds, rising; empty where the rater watched and saw none; absent where not watched."""


@dataclass(frozen=True, kw_only=True)
class MomentAgreement:
    """Two who marked moments in the same recordings.

    Parameters
    ----------
    one, other
        Who.
    f1
        By tolerance in seconds.
    onset
        Mean of the first's time less the second's, of moments within `WITHIN_S` of each other.
    onset_low, onset_high
        Limits that hold 95 % of such differences. Larger ones than `WITHIN_S` cannot be among them.
    """

    one: str
    other: str
    f1: Mapping[float, Agreed]
    onset: Agreed
    onset_low: Agreed
    onset_high: Agreed


def taps_of(ratings: Ratings) -> tuple[Taps, tuple[tuple[Item, str], ...]]:
    """What raters tapped when they first saw each item, and where their count is another than their taps.

    An item is watched if there is a tap or a count; a count that says it could not be judged is none.
    """
    marked: dict[Item, dict[str, list[float]]] = {}
    counts: dict[tuple[Item, str], float | None] = {}
    for row in ratings.rows:
        if row.scale != "tapping" or row.repeat != 1:
            continue
        item = (row.set_name, row.item)
        if row.onset_s is not None:
            marked.setdefault(item, {}).setdefault(row.rater, []).append(row.onset_s)
        else:
            counts[item, row.rater] = None if row.value is None else float(row.value)
            if row.value == 0:
                marked.setdefault(item, {}).setdefault(row.rater, [])
    for (item, rater), count in counts.items():
        if count is None:
            marked.get(item, {}).pop(rater, None)
    odd = tuple(
        (item, rater)
        for (item, rater), count in counts.items()
        if rater in marked.get(item, {}) and count != len(marked[item][rater])
    )
    return {i: {r: np.sort(np.array(t, float)) for r, t in rows.items()} for i, rows in marked.items()}, odd


def moment_agreement(one: str, other: str, pairs: Sequence[tuple[Array, Array]]) -> MomentAgreement:
    """Agreement of two on moments; ``pairs`` are the moments of both in each recording that both watched."""
    ours, theirs = [a for a, _ in pairs], [b for _, b in pairs]
    met = [(a[m[:, 0]], b[m[:, 1]]) for a, b in pairs if len(m := matched(a, b, WITHIN_S))]
    first = np.concatenate([a for a, _ in met]) if met else np.zeros(0)
    second = np.concatenate([b for _, b in met]) if met else np.zeros(0)
    gaps = bland_altman(first, second)
    return MomentAgreement(
        one=one,
        other=other,
        f1={tolerance: f1_of(ours, theirs, tolerance) for tolerance in TOLERANCES_S},
        onset=gaps.bias,
        onset_low=gaps.low,
        onset_high=gaps.high,
    )


def between_raters(taps: Taps, raters: Sequence[str]) -> tuple[MomentAgreement, ...]:
    """Each two raters, over the items that both watched; pairs without such an item are left out."""
    found = []
    for one, other in combinations(raters, 2):
        pairs = [(rows[one], rows[other]) for rows in taps.values() if one in rows and other in rows]
        if pairs:
            found.append(moment_agreement(one, other, pairs))
    return tuple(found)
