"""Filters over time: arrays in, arrays out, time along the first axis."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import correlate1d

__all__ = ["correlate", "fill_gaps", "pulse_kernel", "rolling_median", "segments", "step_kernel"]

Array = NDArray[np.float64]


def pulse_kernel(duration_s: float, rate_hz: float) -> Array:
    """Finds a bump of ``duration_s`` on a slowly changing ground: a raised cosine less the mean of both flanks.

    Sums to zero, answers 1 to a raised cosine of that duration and height 1 (sampled finely), and is at least five
    samples long.
    """
    n = max(1, round(duration_s * rate_hz))
    bump = np.hanning(n + 2)[1:-1]
    flank = max(2, round(0.75 * n))
    gap = n // 8
    kernel = np.concatenate([np.full(flank, -0.5 / flank), np.zeros(gap), bump / bump.sum(), np.zeros(gap),
                             np.full(flank, -0.5 / flank)])  # fmt: skip
    return np.asarray(kernel / (bump @ bump / bump.sum()))


def step_kernel(hold_s: float, rate_hz: float) -> Array:
    """Finds a step: the mean of ``hold_s`` after less the mean of ``hold_s`` before, odd in length."""
    n = max(2, round(hold_s * rate_hz))
    return np.concatenate([np.full(n, -1.0 / n), [0.0], np.full(n, 1.0 / n)])


def correlate(values: Array, kernel: Array) -> Array:
    """Slides ``kernel`` along time; the ends are continued by their last value. Same shape as ``values``."""
    return np.asarray(correlate1d(values, kernel, axis=0, mode="nearest"))


def fill_gaps(values: Array) -> Array:
    """A copy with NaN bridged by straight lines, zeros where a channel has no value at all.

    Only for filtering: whoever uses it must keep the gaps and distrust what lies in them.
    """
    flat = values.reshape(len(values), -1).copy()
    index = np.arange(len(values))
    for column in flat.T:
        good = np.isfinite(column)
        if not good.all():
            column[:] = np.interp(index, index[good], column[good]) if good.any() else 0.0
    return flat.reshape(values.shape)


def rolling_median(values: Array, half_width: int) -> Array:
    """Median over ``±half_width`` samples, computed at every eighth of it and joined by straight lines."""
    stride = max(1, half_width // 8)
    at = np.unique(np.append(np.arange(0, len(values), stride), len(values) - 1))
    found = np.stack([np.median(values[max(0, i - half_width) : i + half_width + 1], axis=0) for i in at])
    flat = found.reshape(len(at), -1)
    index = np.arange(len(values))
    return np.stack([np.interp(index, at, column) for column in flat.T], axis=1).reshape(values.shape)


def segments(good: NDArray[np.bool_], shortest: int = 1) -> list[slice]:
    """Runs of True of at least ``shortest`` samples, in order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(np.int8), [0]])))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= shortest]
