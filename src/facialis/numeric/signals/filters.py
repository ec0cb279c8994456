"""Filters over time: arrays in, arrays out, time along the first axis."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy.ndimage import correlate1d

from facialis.numeric.products import ONE_THREAD

__all__ = ["correlate", "fill_gaps", "pulse_kernel", "rolling_median", "segments", "smooth", "step_kernel"]

Array = NDArray[np.float64]

_SMOOTH_BLOCK = 32  # chosen: kernels here have hundreds of samples, so most of each product is used; 16 - 64


def pulse_kernel(duration_s: float, rate_hz: float) -> Array:
    """Finds a bump of ``duration_s`` on a slowly changing ground: a raised cosine less the mean of both flanks.

    Sums to zero, answers 1 to a raised cosine of that duration and height 1 (sampled finely), and is at least five
    samples long.
    """
    n = max(1, round(duration_s * rate_hz))
    bump = np.hanning(n + 2)[1:-1]
    flank = max(2, round(0.75 * n))
    gap = n // 8
    kernel = np.concatenate(
        [np.full(flank, -0.5 / flank), np.zeros(gap), bump / bump.sum(), np.zeros(gap), np.full(flank, -0.5 / flank)]
    )
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


def smooth(values: Array, sigma: float) -> Array:
    """Gaussian mean over time, the ends mirrored; the numbers of `scipy.ndimage.gaussian_filter1d`.

    For a kernel of hundreds of samples a product of matrices is several times as fast, and unlike a Fourier transform
    it keeps what is small small, however large the rest.
    """
    radius = int(4.0 * sigma + 0.5)  # where scipy cuts it
    kernel = np.exp(-0.5 * (np.arange(-radius, radius + 1) / max(sigma, 1e-12)) ** 2)
    kernel /= kernel.sum()
    block = min(_SMOOTH_BLOCK, len(values))
    band = np.zeros((block, block + 2 * radius))
    for k in range(block):
        band[k, k : k + len(kernel)] = kernel
    flat = np.pad(values.reshape(len(values), -1), ((radius, radius), (0, 0)), mode="symmetric")
    result = np.empty((len(values), flat.shape[1]))
    width = max(1, ONE_THREAD // band.size)
    for left in range(0, flat.shape[1], width):
        some = np.ascontiguousarray(flat[:, left : left + width])
        for start in range(0, len(values), block):
            count = min(block, len(values) - start)
            mean = band[:count, : count + 2 * radius] @ some[start : start + count + 2 * radius]
            result[start : start + count, left : left + width] = mean
    return result.reshape(values.shape)


def rolling_median(values: Array, half_width: int) -> Array:
    """Median over ``±half_width`` samples, computed at every eighth of it and joined by straight lines."""
    stride = max(1, half_width // 8)
    at = np.unique(np.append(np.arange(0, len(values), stride), len(values) - 1))
    flat = np.ascontiguousarray(values.reshape(len(values), -1).T)  # time together: much faster to sort
    found = np.empty((len(flat), len(at)))
    whole = (at >= half_width) & (at < len(values) - half_width)
    if np.isnan(values).any():
        whole[:] = False  # only the median proper hands on what is not a number
    if whole.any():
        around = sliding_window_view(flat, 2 * half_width + 1, axis=1)[:, at[whole] - half_width]
        around.partition(half_width, axis=2)
        found[:, whole] = around[:, :, half_width]
    for k in np.flatnonzero(~whole):
        found[:, k] = np.median(flat[:, max(0, at[k] - half_width) : at[k] + half_width + 1], axis=1)
    index = np.arange(len(values))
    return np.stack([np.interp(index, at, row) for row in found], axis=1).reshape(values.shape)


def segments(good: NDArray[np.bool_], shortest: int = 1) -> list[slice]:
    """Runs of True of at least ``shortest`` samples, in order."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], good.astype(np.int8), [0]])))
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True) if b - a >= shortest]
