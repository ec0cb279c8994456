"""A distribution on cells: what lies below a value, and which value lies above how much."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Mass"]

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Mass:
    """A distribution as weighted cells of equal width, in rising order of their middles."""

    values: Array
    weights: Array
    width: float

    @staticmethod
    def of(values: Array, weights: Array, width: float) -> Mass:
        """From cells in any order."""
        order = np.argsort(values, axis=None, kind="stable")
        w = weights.ravel()[order]
        return Mass(values=values.ravel()[order], weights=w / w.sum(), width=width)

    def blurred(self, spread: float) -> Mass:
        """With a further normal error of this standard deviation: three nodes, exact to the fifth power."""
        nodes, shares = spread * np.sqrt(3.0) * np.array([-1.0, 0.0, 1.0]), np.array([1.0, 4.0, 1.0]) / 6
        return Mass.of(self.values[:, None] + nodes, self.weights[:, None] * shares, self.width)

    def below(self, bound: float) -> float:
        """Probability of less than ``bound``."""
        return float(self.weights @ np.clip((bound - self.values) / self.width + 0.5, 0, 1))

    def quantile(self, probability: float) -> float:
        """The value that is not exceeded with this probability, to a small part of a cell."""
        done = np.cumsum(self.weights)
        edge = min(int(np.searchsorted(done, probability)), len(done) - 1)
        low, high = float(self.values[edge]) - self.width, float(self.values[edge]) + self.width
        low, high = (
            (low, high)
            if self.below(low) <= probability <= self.below(high)
            else (self.values[0] - 9, self.values[-1] + 9)
        )
        for _ in range(14):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self.below(middle) < probability else (low, middle)
        return 0.5 * (low + high)
