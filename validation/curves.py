"""Detection probability over size: a logistic curve of the size's logarithm, and the size found nine times in ten."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, minimize_scalar

__all__ = ["STEEP", "Curve", "fit_curve", "middle_of", "size_interval"]

Array = NDArray[np.float64]

_RIDGE = 0.5  # chosen: as much as one observation pulls the slope towards 3; keeps all-or-nothing finite; 0.1 - 1
_USUAL_SLOPE = 3.0
STEEP = 6.0
"""Slope within a recording; chosen: in signals of a man at rest it is 6 to 8.6 (`validation.fit_limits`); 4 - 9."""


@dataclass(frozen=True, kw_only=True)
class Curve:
    """probability = 1 / (1 + exp(-slope · ln(size / middle)))."""

    middle: float
    slope: float

    def at(self, size: float) -> float:
        """Probability of being found."""
        return float(1 / (1 + np.exp(-self.slope * np.log(size / self.middle))))

    def size(self, probability: float = 0.9) -> float:
        """Size that is found with this probability."""
        return float(self.middle * np.exp(np.log(probability / (1 - probability)) / self.slope))


def fit_curve(size: Array, found: NDArray[np.bool_]) -> Curve:
    """By maximum likelihood."""
    x = np.log(np.asarray(size, float))
    y = np.asarray(found, float)
    centre = float(np.average(x))

    def cost(p: Array) -> float:
        z = np.exp(p[1]) * (x - p[0])
        return float(
            np.logaddexp(0, -z[y > 0]).sum()
            + np.logaddexp(0, z[y == 0]).sum()
            + _RIDGE * (p[1] - np.log(_USUAL_SLOPE)) ** 2
            + 1e-3 * (p[0] - centre) ** 2
        )

    best = min(
        (
            minimize(cost, np.array([start, np.log(_USUAL_SLOPE)]), method="Nelder-Mead")
            for start in (centre, float(x.min()), float(x.max()))
        ),
        key=lambda r: float(r.fun),
    )
    return Curve(middle=float(np.exp(best.x[0])), slope=float(np.exp(best.x[1])))


def middle_of(size: Array, found: NDArray[np.bool_], slope: float = STEEP) -> Curve:
    """The curve of this slope, by maximum likelihood: a few observations of one recording tell no slope."""
    x, sign = np.log(np.asarray(size, float)), np.where(found, -1.0, 1.0)
    ends = (float(x.min()) - 1.0, float(x.max()) + 1.0)
    best = minimize_scalar(lambda middle: float(np.logaddexp(0, sign * slope * (x - middle)).sum()), bounds=ends)
    return Curve(middle=float(np.exp(best.x)), slope=slope)


def size_interval(
    size: Array, found: NDArray[np.bool_], group: NDArray[np.int64], *, probability: float = 0.9, draws: int = 100
) -> tuple[float, float, float]:
    """Size found with this probability, and its 95 % interval by drawing whole recordings (``group``)."""
    value = fit_curve(size, found).size(probability)
    rng = np.random.default_rng(0)
    names = np.unique(group)
    rows = {name: np.flatnonzero(group == name) for name in names}
    values = []
    for _ in range(draws):
        index = np.concatenate([rows[name] for name in rng.choice(names, len(names))])
        values.append(fit_curve(size[index], found[index]).size(probability))
    low, high = np.quantile(values, [0.025, 0.975])
    return value, float(low), float(high)
