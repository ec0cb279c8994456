"""Similarities of the plane: turned, scaled and shifted, as two complex numbers.

A point (x, y) is x + iy, and a similarity is z → turn · z + shift. Composing two is one multiplication, which matters
where it is done for every picture. Arrays in, arrays out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    z, goal = _complex(points), _complex(moved)
    found = _fit(z, goal, weight)
    for _ in range(rounds):
        away = np.abs(goal - (found.turn * z + found.shift))
        ordered = np.sort(away)
        scale = max(1.5 * float(ordered[(len(away) - 1) // 2] + ordered[len(away) // 2]) / 2, least)
        found = _fit(z, goal, weight / (1.0 + (away / scale) ** 2))
    return found


def _fit(z: Complex, goal: Complex, weight: Array) -> Similarity:
    w = weight / weight.sum()
    centre, target = complex(w @ z), complex(w @ goal)
    a = z - centre
    conjugate = w * a.conj()
    turn = complex(conjugate @ (goal - target)) / complex(conjugate @ a).real
    return Similarity(turn, target - turn * centre)


def _complex(points: Array) -> Complex:
    return np.ascontiguousarray(points, dtype=np.float64).view(np.complex128)[:, 0]
