"""What a comparison drawn by lot says: the difference, its p, and the interval of all differences not rejected.

Nothing is assumed of the outcome but that the lot had no part in it: the same lot is drawn again and again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["difference", "draw_again", "interval", "p_of"]

Array = NDArray[np.float64]


def difference(outcome: Array, given: Array, block: NDArray[np.int64]) -> Array:
    """Outcome with minus outcome without, within blocks; ``given`` (…, day) is 1 or 0; NaN where no block has both."""
    own = np.eye(int(block.max()) + 1)[block]
    count = np.maximum(own.sum(0), 1)
    centred = given - (given @ own / count)[..., block]
    length = (centred * given).sum(-1)
    return np.asarray(np.where(length > 1e-9, centred @ outcome / np.where(length > 1e-9, length, 1.0), np.nan))


def draw_again(given: Array, block: NDArray[np.int64], unit: NDArray[np.int64], *, draws: int, seed: int) -> Array:
    """Lots as they could have fallen (draw, day): units (days or periods) change places within their block.

    ``unit`` numbers the units of the whole plan; all days of a unit share ``given``.
    """
    rng = np.random.default_rng(seed)
    out = np.empty((draws, len(given)))
    for number in np.unique(block):
        days = np.flatnonzero(block == number)
        units, first = np.unique(unit[days], return_index=True)
        own = given[days][first]
        order = np.argsort(rng.random((draws, len(units))), axis=1)
        out[:, days] = own[order][:, np.searchsorted(units, unit[days])]
    return out


def p_of(shift: float, estimate: float, drawn: Array, along: Array) -> float:
    """P of the difference being ``shift``, from differences under other lots: ``drawn`` of the outcome, ``along`` of
    what was given.
    """
    far = np.abs(drawn - shift * along) >= abs(estimate - shift) * (1 - 1e-9)
    return float((1 + far.sum()) / (1 + len(drawn)))


def interval(estimate: float, drawn: Array, along: Array, probability: float) -> tuple[float, float]:
    """The differences that the test does not reject; infinite on a side where none is rejected."""
    reach = max(float(np.std(drawn)), 1e-9)

    def end(sign: float) -> float:
        inside, outside = 0.0, reach / 4
        while p_of(estimate + sign * outside, estimate, drawn, along) > 1 - probability:
            inside, outside = outside, outside * 1.5
            if outside > 1000 * reach:
                return float("inf")
        for _ in range(30):
            middle = (inside + outside) / 2
            if p_of(estimate + sign * middle, estimate, drawn, along) > 1 - probability:
                inside = middle
            else:
                outside = middle
        return outside

    return estimate - end(-1.0), estimate + end(1.0)
