"""How surprising a movement of one side is, given the noise of the moment and what the other side does.

The other side of a face is its control: speech, blinks, smiles and turning heads move both sides alike. What a side
does beyond the other is weighed against (a) its own level of noise in the seconds around, never taken larger than
twice the other side's, so that a side that keeps twitching does not hide itself; (b) the correlation of the windows in
quiet pictures; (c) an asymmetry in proportion to how much the other side moves; (d) what is left of head motion.
Whitened energy (a Mahalanobis distance) is the generalised likelihood ratio test of a shift in Gaussian noise
(Kay 1998, Fundamentals of Statistical Signal Processing II, chapter 6).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, maximum_filter1d

from facialis.numeric.filters import correlate, rolling_median

__all__ = ["Evidence", "Noise", "weigh"]

Array = NDArray[np.float64]
Index = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Noise:
    """What is taken for noise; see the module. Units are those of the signal (IOD)."""

    level_s: float = 1.5  # chosen: half width of "the seconds around"; 1 - 3 s
    own_at_most: float = 2.0  # chosen: own level against the other side's; 1.5 - 3
    asymmetry: float = 0.35  # chosen: an ordinary movement differs between the sides by up to a third; 0.25 - 0.5
    neighbour: float = 0.5  # chosen: a window may do half of what any of its group does on the other side; 0.3 - 1
    lag_s: float = 0.08  # eyes open asynchronously by one or two pictures at 25 - 30 Hz (real footage)
    head_iod: float = 0.02  # chosen: what similarity stabilisation leaves of turning heads; 0.005 - 0.02
    floor_iod: float = 1e-4  # chosen: a hundredth of a pixel at the raster's scale; smaller changes nothing
    shrink: float = 0.3  # chosen: share of the diagonal in the correlation; 0.2 - 0.4
    hidden_iod: float = 0.05  # chosen: standard deviation given to a window that was not seen; anything large


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Evidence for a one-sided movement of one duration.

    ``energy`` group → (time, side): whitened energy per degree of freedom, 1 on average in noise. ``toward`` group →
    (time, side): -1 to 1, how far it points the way the muscles pull. ``matched`` template → (time, side): signed
    signal-to-noise ratio against the template; ``matched_but_one`` the same without its strongest window. ``raw``
    (time, side): mean squared level-scaled movement of a side itself, the other side not taken off. ``moved``
    (time, side, window, direction): filtered movement. ``level`` likewise: its noise. ``correlation`` (channel,
    channel) of the noise, channels in the order window, direction. ``ordinary`` (side, channel): usual variance of
    the asymmetry.
    """

    energy: Mapping[str, Array]
    toward: Mapping[str, Array]
    matched: Mapping[str, Array]
    matched_but_one: Mapping[str, Array]
    raw: Array
    moved: Array
    level: Array
    correlation: Array
    ordinary: Array


def _correlation(scaled: Array, shrink: float) -> Array:
    """Correlation of the quieter 60 % of rows, iterated so that events do not shape it."""
    size = scaled.shape[1]
    found = np.eye(size)
    for _ in range(5):
        inverse = np.linalg.inv((1 - shrink) * found + shrink * np.eye(size))
        distance = np.einsum("ni,ij,nj->n", scaled, inverse, scaled)
        quiet = scaled[distance <= np.quantile(distance, 0.6)]
        covariance = quiet.T @ quiet / len(quiet)
        spread = np.sqrt(np.diag(covariance)) + 1e-9
        found = covariance / np.outer(spread, spread)
    return np.asarray((1 - shrink) * found + shrink * np.eye(size))


def _strongest(around: Array, groups: Mapping[str, Index]) -> Array:
    """For each channel the strongest of the smallest group its window is in."""
    result = np.zeros_like(around)
    for which in sorted(groups.values(), key=len, reverse=True):
        index = np.stack([2 * which, 2 * which + 1], 1).ravel()
        result[:, :, index] = around[:, :, index].max(2, keepdims=True)
    return result


def weigh(
    moved: Array,
    hidden: NDArray[np.bool_],
    error: Array,
    kernel: Array,
    rate_hz: float,
    *,
    head: Array,
    groups: Mapping[str, Index],
    pull: Array,
    templates: Mapping[str, Array],
    noise: Noise,
    doubt: Array | None = None,
) -> Evidence:
    """Evidence for one-sided movement of the duration that ``kernel`` finds.

    Parameters
    ----------
    moved
        (time, 2, window, 2) displacement without gaps; sides mirrored so that equal movement has equal numbers.
    hidden
        (time, 2, window) where a window was not seen and ``moved`` is only bridged.
    error
        (time, 2, window) standard error of each displacement; only its rise above the usual is used.
    kernel
        From :mod:`facialis.numeric.filters`.
    rate_hz
        Pictures per second.
    head
        (mode, 2, window, 2) displacement patterns of small head movements.
    groups
        Name to window numbers.
    pull
        (window, 2) unit direction of each window's muscle.
    templates
        Name to (window, 2) pattern of a contraction.
    noise
        What is taken for noise.
    doubt
        (time, window) factor on the asymmetry that is ordinary there, e.g. for lids during a blink; None is 1.
    """
    time, _, windows, _ = moved.shape
    size = 2 * windows
    answer = correlate(moved, kernel).reshape(time, 2, size)
    blind = np.repeat(maximum_filter1d(hidden.astype(np.uint8), len(kernel), axis=0), 2, axis=2).reshape(time, 2, size)
    usual = np.nanquantile(error, 0.2, axis=0)
    excess = np.repeat(np.nan_to_num(np.maximum(error - 1.5 * usual, 0.0), nan=noise.hidden_iod), 2, axis=2)
    excess = excess.reshape(time, 2, size)
    width = noise.level_s * rate_hz
    both = gaussian_filter1d(answer[:, 0] * answer[:, 1], width, axis=0)
    power = gaussian_filter1d(answer**2, width, axis=0)
    shared = np.clip(both / np.sqrt(power[:, 0] * power[:, 1] + 1e-18), 0.0, 1.0)
    beyond = answer - shared[:, None] * answer[:, ::-1]
    level = rolling_median(np.abs(beyond), max(2, int(width))) / 0.6745  # median of |normal| is 0.6745 sigma
    quiet = np.quantile(level, 0.2, axis=0).min(0) + noise.floor_iod
    level = np.maximum(level, quiet)
    level = np.minimum(level, noise.own_at_most * level[:, ::-1])
    scaled = beyond / level
    correlation = _correlation(scaled.reshape(-1, size), noise.shrink)
    lag = max(2, round(noise.lag_s * rate_hz))
    around = maximum_filter1d(np.abs(answer), 2 * lag + 1, axis=0)
    around = np.maximum(around, noise.neighbour * _strongest(around, groups))
    ordinary = noise.asymmetry * (np.ones((time, size)) if doubt is None else np.repeat(doubt, 2, axis=1))
    patterns = head.reshape(len(head), 2, size)
    energy = {name: np.zeros((time, 2)) for name in groups}
    toward = {name: np.zeros((time, 2)) for name in groups}
    matched = {name: np.zeros((time, 2)) for name in templates}
    but_one = {name: np.zeros((time, 2)) for name in templates}
    usual_own = np.zeros((2, size))
    for side in (0, 1):
        other = 1 - side
        own = (ordinary * around[:, other]) ** 2 + blind[:, side] * noise.hidden_iod**2 + excess[:, side] ** 2
        usual_own[side] = np.median(own, axis=0)
        for start in range(0, time, 2000):  # a block at a time, so that memory does not grow with length
            part = slice(start, min(start + 2000, time))
            modes = patterns[None, :, side] - shared[part, None] * patterns[None, :, other]
            spread = level[part, side]
            covariance = correlation * spread[:, :, None] * spread[:, None, :]
            covariance += noise.head_iod**2 * np.einsum("tki,tkj->tij", modes, modes)
            covariance[:, np.arange(size), np.arange(size)] += own[part]
            shift = beyond[part, side]
            for name, which in groups.items():
                index = np.stack([2 * which, 2 * which + 1], 1).ravel()
                block = covariance[:, index[:, None], index[None]]
                weight = np.linalg.solve(block, shift[:, index, None])[..., 0]
                energy[name][part, side] = (weight * shift[:, index]).sum(1) / len(index)
                arrows = weight.reshape(len(weight), -1, 2)
                length = np.linalg.norm(arrows, axis=2).sum(1) + 1e-12
                toward[name][part, side] = (arrows * pull[which]).sum((1, 2)) / length
            for name, pattern in templates.items():
                which = np.flatnonzero(np.any(pattern != 0, axis=1))
                index = np.stack([2 * which, 2 * which + 1], 1).ravel()
                goal = pattern.ravel()[index]
                block = covariance[:, index[:, None], index[None]]
                weight = np.linalg.solve(block, np.broadcast_to(goal[:, None], (len(block), len(index), 1)))[..., 0]
                each = (weight * shift[:, index]).reshape(len(block), -1, 2).sum(2)
                each /= np.sqrt((weight * goal).sum(1))[:, None]
                matched[name][part, side] = each.sum(1)
                but_one[name][part, side] = each.sum(1) - each.max(1)
    return Evidence(
        energy=energy,
        toward=toward,
        matched=matched,
        matched_but_one=but_one,
        raw=((answer / level) ** 2).mean(2),
        moved=answer.reshape(moved.shape),
        level=level.reshape(moved.shape),
        correlation=correlation,
        ordinary=usual_own,
    )
