"""How large the twitches of one person are, and so which share of them a session with its limit could see.

Sizes are log-normal. A session sees a size with a probability that rises round its limit (nine in ten at the limit).
Its median is that of what it saw, so a coarse session shows large twitches only. Size and spread are a grid, weighed
by the medians; a few guesses of the shares seen are handed on, so that not knowing the sizes stays in the answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

__all__ = ["Seen", "shares_seen"]

Array = NDArray[np.float64]

# From python -m validation.contractions: 15 % at 0.0025 IOD, 82 % at 0.005, nine in ten at 0.0068.
_SOFT = 0.35
_NINE_IN_TEN = 1.2816  # standard normal quantile of 0.9
_MEDIAN_PRIOR = (np.log(0.02), 0.7)  # chosen: log of the median size (IOD) and its sd; nine in ten 0.006 - 0.063
_MEDIANS = np.linspace(np.log(0.002), np.log(0.2), 28)  # chosen: steps of a sixth
_SPREADS = (0.35, 0.6, 0.9)  # chosen: sd of the log of sizes within a person
_SPREAD_PRIOR = (0.25, 0.5, 0.25)  # chosen
_DAY_SD = 0.2  # chosen: how much a session's median differs from the person's, log; 0.1 - 0.3
_LEAST_SEEN = 1e-4  # chosen: below this a session says nothing
_U = np.linspace(-4.0, 4.0, 65)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Shares seen of the twitches that the finest session sees (guess, session), and the weight of each guess."""

    dims: ClassVar[dict[str, tuple[str, ...]]] = {"shares": ("guess", "session"), "weights": ("guess",)}

    shares: Array
    weights: Array

    @property
    def mean(self) -> Array:
        """Share that each session sees, over the guesses."""
        return np.asarray(self.weights @ self.shares)


def _seen(log_limit: Array, median: Array, spread: Array) -> Array:
    reach = (median[:, None] - log_limit + _NINE_IN_TEN * _SOFT) / np.sqrt(spread[:, None] ** 2 + _SOFT**2)
    return np.asarray(np.maximum(ndtr(reach), _LEAST_SEEN))


def _median_seen(log_limit: Array, median: Array, spread: Array) -> Array:
    """Log of the median size of what is seen (node, limit)."""
    u = median[:, None] + spread[:, None] * _U
    found = ndtr((u[:, None, :] - log_limit[None, :, None]) / _SOFT + _NINE_IN_TEN)
    mass = np.cumsum(np.exp(-0.5 * _U**2) * np.maximum(found, 1e-12), axis=2)
    place = (mass < 0.5 * mass[..., -1:]).sum(2)
    return np.asarray(np.take_along_axis(u, place, axis=1))


def shares_seen(limits_iod: Array, medians_iod: Array, counts: Array) -> Seen:
    """Which share of the twitches each session could see, against the session with the finest limit.

    ``limits_iod`` and ``medians_iod`` are NaN where not known. A session without a limit is taken to be like the
    middle one of the others; if none has one, all are taken to see alike.
    """
    known = np.isfinite(limits_iod)
    if not known.any():
        return Seen(shares=np.ones((1, len(limits_iod))), weights=np.ones(1))
    log_limit = np.log(np.where(known, limits_iod, np.median(limits_iod[known])))
    finest = float(log_limit.min())
    if float(np.ptp(log_limit)) < 1e-9:
        return Seen(shares=np.ones((1, len(limits_iod))), weights=np.ones(1))
    median, spread = (g.ravel() for g in np.meshgrid(_MEDIANS, np.asarray(_SPREADS), indexing="ij"))
    log_weight = -0.5 * ((median - _MEDIAN_PRIOR[0]) / _MEDIAN_PRIOR[1]) ** 2 + np.tile(
        np.log(_SPREAD_PRIOR), len(_MEDIANS)
    )
    use = known & np.isfinite(medians_iod) & (counts > 0)
    if use.any():
        levels, place = np.unique(log_limit[use], return_inverse=True)
        expected = _median_seen(levels, median, spread)[:, place]
        var = _DAY_SD**2 + (1.2533 * spread[:, None]) ** 2 / np.maximum(counts[use], 1.0)
        off = (np.log(medians_iod[use]) - expected) ** 2 / var
        log_weight = log_weight - 0.5 * (off + np.log(var)).sum(1)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    shares = _seen(log_limit, median, spread) / _seen(np.array([finest]), median, spread)
    # Three guesses: the third of the nodes that makes most of the coarse sessions, the middle, the least.
    mark = np.log(shares).mean(1)
    order = np.argsort(mark, kind="stable")
    rank = np.cumsum(weight[order]) - 0.5 * weight[order]
    third = np.minimum((rank * 3).astype(int), 2)
    groups = [(order[third == k], float(weight[order[third == k]].sum())) for k in range(3)]
    groups = [(nodes, mass) for nodes, mass in groups if mass > 1e-6]
    if float(weight @ (mark - weight @ mark) ** 2) < 0.03**2:
        groups = [(order, 1.0)]
    rows = np.array([np.exp((weight[n] / weight[n].sum()) @ np.log(shares[n])) for n, _ in groups])
    mass = np.array([m for _, m in groups])
    return Seen(shares=np.clip(rows, _LEAST_SEEN, 1.0), weights=mass / mass.sum())
