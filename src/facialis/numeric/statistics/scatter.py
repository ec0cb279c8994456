"""How counts of days scatter round the rate: usual days, bursts, and days that are all but empty.

A usual day's mean is spread by a gamma factor and its count is Poisson on top, which together is negative binomial. A
burst is several times a usual day and an empty one next to nothing, each with a scatter of its own: heavy tails on
both sides, so that an odd day neither moves the rate nor looks like a change of it. The rate is the mean of all days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

__all__ = ["SCATTERS", "Scatter", "log_counts"]

Array = NDArray[np.float64]

# Chosen on the worlds of validation/course_worlds.py, see docs/reference/course.md. Of usual days the coefficient of
# variation; the share of days of a burst; that of empty days.
_KINDS = (
    (0.15, 0.01, 0.01),
    (0.35, 0.01, 0.01),
    (0.65, 0.01, 0.01),
    (1.0, 0.01, 0.01),
    (0.2, 0.08, 0.01),
    (0.5, 0.08, 0.01),
    (0.25, 0.01, 0.12),
    (0.55, 0.01, 0.12),
    (0.4, 0.08, 0.12),
)
_WEIGHTS = (0.12, 0.2, 0.16, 0.08, 0.1, 0.1, 0.08, 0.08, 0.08)  # chosen
_BURST = (4.0, 0.8)  # chosen: times a usual day, and coefficient of variation; 3 - 6
_EMPTY = (0.03, 1.0)  # chosen: the same of an empty day; 0 - 0.1
_JOINED = 0.5  # chosen: below this share of a day's scatter several days are joined, and no kind of day is told apart


@dataclass(frozen=True, kw_only=True)
class Scatter:
    """Kinds of scatter, a row each.

    ``usual`` is the coefficient of variation of usual days, ``burst`` and ``empty`` are the shares of other days, and
    ``weight`` says how likely the kind is beforehand.
    """

    dims: ClassVar[dict[str, tuple[str, ...]]] = dict.fromkeys(("usual", "burst", "empty", "weight"), ("kind",))

    usual: Array
    burst: Array
    empty: Array
    weight: Array

    def take(self, rows: NDArray[np.intp]) -> Scatter:
        """These rows of it."""
        return Scatter(usual=self.usual[rows], burst=self.burst[rows], empty=self.empty[rows], weight=self.weight[rows])

    @property
    def mean(self) -> Array:
        """The mean of all days, in units of a usual one."""
        return np.asarray(1 + self.burst * (_BURST[0] - 1) + self.empty * (_EMPTY[0] - 1))

    @property
    def whole(self) -> Array:
        """Coefficient of variation of all days together."""
        square = (1 - self.burst - self.empty) * (1 + self.usual**2)
        for share, (times, scatter) in ((self.burst, _BURST), (self.empty, _EMPTY)):
            square = square + share * times**2 * (1 + scatter**2)
        return np.asarray(np.sqrt(square / self.mean**2 - 1))


SCATTERS = Scatter(
    usual=np.array([kind[0] for kind in _KINDS]),
    burst=np.array([kind[1] for kind in _KINDS]),
    empty=np.array([kind[2] for kind in _KINDS]),
    weight=np.array(_WEIGHTS),
)
"""Those that are weighed against each other."""


def log_counts(count: float, spread: float, log_mean: Array, scatter: Scatter) -> Array:
    """Log likelihood (kind, cell) of one count, up to a constant of the count.

    Parameters
    ----------
    count
        What was counted on the day; may be a fraction.
    spread
        Share of the scatter's variance that is left where sessions or days were joined.
    log_mean
        Log of what the rate lets expect (kind, cell).
    scatter
        The kind of scatter of each row.
    """
    if spread < _JOINED:
        return _negative_binomial(count, log_mean, scatter.whole**2 * spread)
    usual = log_mean - np.log(scatter.mean)[:, None]
    found = np.log1p(-scatter.burst - scatter.empty)[:, None] + _negative_binomial(
        count, usual, scatter.usual**2 * spread
    )
    for share, (times, of_its_own) in ((scatter.burst, _BURST), (scatter.empty, _EMPTY)):
        other = _negative_binomial(count, usual + np.log(times), np.full(len(share), of_its_own**2 * spread))
        found = np.logaddexp(found, np.log(share)[:, None] + other)
    return np.asarray(found)


def _negative_binomial(count: float, log_mean: Array, variance: Array) -> Array:
    """Of a gamma factor of this variance (kind,)."""
    shape = (1.0 / variance)[:, None]
    ratio = np.exp(log_mean) / shape
    more = np.log1p(ratio)
    return np.asarray(count * (np.log(ratio) - more) - shape * more + gammaln(count + shape) - gammaln(shape))
