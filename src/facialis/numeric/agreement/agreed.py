"""A coefficient of agreement with its interval; or, where there is none, the reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

__all__ = ["PROBABILITY", "Agreed", "Why", "nothing", "usable_rows"]

Array = NDArray[np.float64]

PROBABILITY: Final = 0.95  # as the papers cited in this folder give their intervals

Why = Literal[
    "",
    "nothing_rated",
    "one_rater",
    "no_item_twice",
    "few_items",
    "all_the_same",
    "perfect",
    "no_scatter",
    "beyond_one",
    "reliability_not_above_zero",
]


@dataclass(frozen=True, kw_only=True)
class Agreed:
    """One coefficient.

    Parameters
    ----------
    value
        The coefficient, None where it cannot be worked out; never NaN.
    low, high
        Its interval of `PROBABILITY`; None where there is none.
    kind
        How the interval was made.
    why
        Why ``value`` is None; where it is not, why the interval is, or what to know of the value: ``perfect`` (no two
        ratings differ, so nothing tells how sure that is), ``no_scatter`` (no single item changes it, so likewise),
        ``beyond_one``. Empty: nothing is amiss.
    items, raters
        How many of each it rests on.
    """

    value: float | None
    low: float | None = None
    high: float | None = None
    kind: str = ""
    why: Why = ""
    items: int = 0
    raters: int = 0

    def __post_init__(self) -> None:
        for name in ("value", "low", "high"):
            number = getattr(self, name)
            if number is not None and not math.isfinite(number):
                raise ValueError(f"{name} must be a finite number or None, not {number}")
        if self.value is None and not self.why:
            raise ValueError("a missing coefficient says why")
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has two ends")


def nothing(why: Why, *, items: int = 0, raters: int = 0) -> Agreed:
    """No coefficient, and the reason."""
    return Agreed(value=None, why=why, items=items, raters=raters)


def usable_rows(ratings: Array) -> tuple[Array, Why]:
    """Items that two raters or more have rated, and why nothing can be worked out of them (empty: it can).

    Parameters
    ----------
    ratings
        ``(items, raters)``; NaN where an item was not rated or could not be judged.

    Returns
    -------
    rows, why
        ``(items, raters)`` of the same columns, and a reason or an empty text.
    """
    ratings = np.asarray(ratings, float)
    if ratings.ndim != 2:
        raise ValueError(f"ratings must be (items, raters), not of shape {ratings.shape}")
    there = np.isfinite(ratings)
    if not there.any():
        return ratings[:0], "nothing_rated"
    if (there.any(0)).sum() < 2:
        return ratings[:0], "one_rater"
    rows = ratings[there.sum(1) >= 2]
    if not len(rows):
        return rows, "no_item_twice"
    if len(rows) < 2:
        return rows, "few_items"
    return rows, ""
