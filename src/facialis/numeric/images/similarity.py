"""Similarities of the plane: turned, scaled and shifted, as two complex numbers.

A point (x, y) is x + iy, and a similarity is z → turn · z + shift. Composing two is one multiplication, which matters
where it is done for every picture. Arrays in, arrays out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facialis.numeric.compiled import compiled

__all__ = ["IDENTITY", "Similarity", "fit_similarity"]

Array = NDArray[np.float64]
Complex = NDArray[np.complex128]


@dataclass(frozen=True)
class Similarity:
    """z → ``turn`` · z + ``shift``: turned by the angle of ``turn``, enlarged by its size."""

    turn: complex
    shift: complex

    @property
    def matrix(self) -> Array:
        """The same as a 2×3 matrix."""
        a, b = self.turn.real, self.turn.imag
        return np.array([[a, -b, self.shift.real], [b, a, self.shift.imag]])

    @property
    def scale(self) -> float:
        """How much it enlarges."""
        return abs(self.turn)

    @property
    def inverse(self) -> Similarity:
        """The one that takes this one back."""
        turn = 1.0 / self.turn
        return Similarity(turn, -turn * self.shift)

    def after(self, first: Similarity) -> Similarity:
        """``first``, then this one."""
        return Similarity(self.turn * first.turn, self.turn * first.shift + self.shift)

    def of(self, points: Array) -> Array:
        """Where ``points`` (n, 2) go (n, 2)."""
        return (self.turn * _complex(points) + self.shift).view(np.float64).reshape(-1, 2)

    def moves(self, points: Array) -> Array:
        """How far ``points`` (n, 2) go (n, 2)."""
        return ((self.turn - 1.0) * _complex(points) + self.shift).view(np.float64).reshape(-1, 2)


IDENTITY = Similarity(1.0 + 0.0j, 0.0j)


def fit_similarity(points: Array, moved: Array, weight: Array, *, rounds: int = 0, least: float = 0.0) -> Similarity:
    """The similarity that takes ``points`` (n, 2) to ``moved`` (n, 2) with least weighted squares.

    It is fitted ``rounds`` times more, each time with less weight (Cauchy) on points that go their own way; a distance
    counts as large beyond 1.5 times the median one, and never below ``least``.
    """
    z, goal, weight = _complex(points), _complex(moved), np.ascontiguousarray(weight, dtype=np.float64)
    if not z.shape == goal.shape == weight.shape:
        raise ValueError(f"{len(z)} points, {len(goal)} moved ones, weights of shape {weight.shape}")
    turn, shift = _fit(z, goal, weight, rounds, least)
    return Similarity(complex(turn), complex(shift))


@compiled
def _fit(z: Complex, goal: Complex, weight: Array, rounds: int, least: float) -> tuple[complex, complex]:
    n = len(z)
    w, away = weight.copy(), np.zeros(n)
    turn, shift = 1.0 + 0.0j, 0.0j
    for again in range(rounds + 1):
        if again:
            for i in range(n):
                away[i] = abs(goal[i] - (turn * z[i] + shift))
            ordered = np.sort(away)
            scale = max(1.5 * (ordered[(n - 1) // 2] + ordered[n // 2]) / 2, least)
            for i in range(n):
                w[i] = weight[i] / (1.0 + (away[i] / scale) ** 2)
        total = w.sum()
        centre = target = product = 0.0j
        power = 0.0
        for i in range(n):
            centre += w[i] / total * z[i]
            target += w[i] / total * goal[i]
        for i in range(n):
            a = z[i] - centre
            product += w[i] / total * a.conjugate() * (goal[i] - target)
            power += w[i] / total * (a.real * a.real + a.imag * a.imag)
        turn = product / power if power > 0 else 1.0 + 0.0j  # all in one place: nothing is known of a turn
        shift = target - turn * centre
    return turn, shift


def _complex(points: Array) -> Complex:
    return np.ascontiguousarray(points, dtype=np.float64).view(np.complex128)[:, 0]
