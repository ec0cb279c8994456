"""Detection over size with conditions beside it: log-odds = slope · ln(size) + what each condition adds.

Each level of each factor adds a number of its own to the log-odds, drawn towards 0 by a ridge, so that a level with few
contractions says little rather than much. The size found nine times in ten at one level of one factor is that with all
other factors at their usual levels.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Psychometric", "fit_levels", "sizes_by_level"]

Array = NDArray[np.float64]
Levels = Mapping[str, object]

_SPREAD = 2.0  # chosen: standard deviation of what a level may add to the log-odds; 1 - 4
_USUAL_SLOPE, _SLOPE_SPREAD = 3.0, 1.5  # as in `curves`
_LEAST_SLOPE = 0.3


@dataclass(frozen=True, kw_only=True)
class Psychometric:
    """A fitted model; ``added`` holds what each (factor, level) adds to the log-odds."""

    base: float
    slope: float
    added: Mapping[tuple[str, object], float]

    def size(self, levels: Levels, probability: float = 0.9) -> float:
        """Size found with this probability in these conditions; levels never seen add nothing."""
        shift = self.base + sum(self.added.get(item, 0.0) for item in levels.items())
        return float(np.exp(np.clip((np.log(probability / (1 - probability)) - shift) / self.slope, -12, 4)))


def _design(levels: Sequence[Levels]) -> tuple[Array, list[tuple[str, object]]]:
    names = sorted({item for row in levels for item in row.items()}, key=repr)
    place = {item: k for k, item in enumerate(names)}
    out = np.zeros((len(levels), len(names)))
    for k, row in enumerate(levels):
        for item in row.items():
            out[k, place[item]] = 1.0
    return out, names


def _fit(x: Array, y: Array, weight: Array) -> Array:
    """Penalised likelihood by damped Newton steps; columns: 1, ln(size), levels."""
    centre = np.zeros(x.shape[1])
    centre[1] = _USUAL_SLOPE
    ridge = np.full(x.shape[1], 1 / _SPREAD**2)
    ridge[:2] = 1e-3, 1 / _SLOPE_SPREAD**2
    b = centre.copy()
    b[0] = -_USUAL_SLOPE * float(np.average(x[:, 1], weights=weight))

    def cost(p: Array) -> float:
        z = x @ p
        return float((weight * (np.logaddexp(0, z) - y * z)).sum() + 0.5 * (ridge * (p - centre) ** 2).sum())

    now = cost(b)
    for _ in range(60):
        p = 1 / (1 + np.exp(-np.clip(x @ b, -40, 40)))
        slope = x.T @ (weight * (p - y)) + ridge * (b - centre)
        step = np.linalg.solve((x.T * (weight * p * (1 - p))) @ x + np.diag(ridge), slope)
        share = 1.0
        while cost(b - share * step) > now and share > 1e-4:
            share /= 2
        b = b - share * step
        before, now = now, cost(b)
        if before - now < 1e-7:
            break
    return b


def _model(b: Array, names: Sequence[tuple[str, object]]) -> Psychometric:
    return Psychometric(
        base=float(b[0]), slope=max(float(b[1]), _LEAST_SLOPE), added=dict(zip(names, b[2:].tolist(), strict=True))
    )


def fit_levels(size: Array, found: NDArray[np.bool_], levels: Sequence[Levels]) -> Psychometric:
    """By penalised maximum likelihood."""
    own, names = _design(levels)
    x = np.column_stack([np.ones(len(own)), np.log(size), own])
    return _model(_fit(x, np.asarray(found, float), np.ones(len(x))), names)


def sizes_by_level(
    size: Array,
    found: NDArray[np.bool_],
    levels: Sequence[Levels],
    group: NDArray[np.int64],
    asked: Sequence[Levels],
    *,
    probability: float = 0.9,
    draws: int = 100,
) -> list[tuple[float, float, float]]:
    """Size found with this probability in each of the ``asked`` conditions, with its 95 % interval.

    The interval draws whole recordings (``group``) with replacement.
    """
    own, names = _design(levels)
    x = np.column_stack([np.ones(len(own)), np.log(size), own])
    y = np.asarray(found, float)
    rng = np.random.default_rng(0)
    films, place = np.unique(group, return_inverse=True)
    weights = [np.ones(len(x))]
    weights += [
        np.bincount(rng.integers(0, len(films), len(films)), minlength=len(films))[place].astype(float)
        for _ in range(draws)
    ]
    models = [_model(_fit(x, y, w), names) for w in weights]
    rows = []
    for condition in asked:
        values = [m.size(condition, probability) for m in models]
        low, high = np.quantile(values[1:], [0.025, 0.975])
        rows.append((values[0], float(low), float(high)))
    return rows
