"""Takes common movement out of many channels: a robust fit of few known patterns at each moment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facialis.numeric.products import product

__all__ = ["remove_patterns"]

Array = NDArray[np.float64]

_ROUNDS = 6  # chosen: reweighting settles within five rounds


def remove_patterns(values: Array, patterns: Array, weight: Array, floor: float) -> Array:
    """``values`` (time, channel) less the best combination of ``patterns`` (pattern, channel) at each time.

    Reweighted least squares with Cauchy weights, so that channels that do something of their own (a muscle that
    contracts) do not drag the fit. ``weight`` (time, channel) is 0 where a channel was not seen; ``floor`` is the
    residual below which channels count in full, in the unit of the values.
    """
    loads = np.einsum("pc,qc->cpq", patterns, patterns).reshape(patterns.shape[1], -1)
    size = len(patterns)
    w = weight
    rest = values
    for _ in range(_ROUNDS):
        normal = product(w, loads).reshape(-1, size, size)
        trace = np.einsum("tii->t", normal) / size
        normal += (1e-6 * trace + 1e-12)[:, None, None] * np.eye(size)
        found = np.linalg.solve(normal, product(w * values, patterns.T)[..., None])[..., 0]
        rest = values - product(found, patterns)
        scale = np.maximum(1.5 * np.median(np.abs(rest), axis=1, keepdims=True), floor)
        w = weight / (1.0 + (rest / scale) ** 2)
    return np.asarray(rest)
