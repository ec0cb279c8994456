"""A rate that drifts, seen through counts: a Poisson state-space model answered by Laplace's method.

The log rate is a level, a straight drift and a random walk; each count also has a scatter of its own (days differ).
Given the size of walk and scatter everything is Gaussian but the counts, and the posterior is found by Newton's method
(Rasmussen and Williams 2006, Gaussian Processes for Machine Learning, algorithm 3.1); sizes are summed over a grid.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, optimize, stats

__all__ = ["Mixture", "Prior", "follow_rate"]

Array = NDArray[np.float64]

_STEPS = 60  # chosen: Newton needs about eight; more only where it is damped
_ENOUGH = 1e-7  # chosen: of the log rate; far below any interval
_JITTER = 1e-9  # chosen: of a variance near one, against rounding
_LOST = 1e-4  # chosen: parts of the mixture with less weight than this change no digit that is shown


@dataclass(frozen=True, kw_only=True)
class Prior:
    """What is believed before counting: of logarithms of rates, per year where a time is meant.

    ``scatter`` and ``walk`` are (median, standard deviation of the logarithm) of log-normal priors.
    """

    level_sd: float = 2.5
    drift_sd: float = 1.2
    scatter: tuple[float, float] = (0.4, 0.6)
    walk: tuple[float, float] = (0.4, 0.8)


@dataclass(frozen=True, kw_only=True)
class Mixture:
    """A posterior of log rates: ``weight`` (part,), ``mean`` (part, time), ``covariance`` (part, time, time).

    ``scatter`` is the posterior mean of the day-to-day standard deviation.
    """

    weight: Array
    mean: Array
    covariance: Array
    scatter: float

    def contrast(self, row: Array) -> tuple[Array, Array]:
        """Mean and standard deviation of ``row @ log rates`` in each part."""
        mean = self.mean @ row
        variance = np.einsum("i,kij,j->k", row, self.covariance, row)
        return mean, np.sqrt(np.maximum(variance, 0.0))

    def below(self, row: Array, bound: float) -> float:
        """Probability that ``row @ log rates`` is at most ``bound``."""
        mean, sd = self.contrast(row)
        return float(self.weight @ stats.norm.cdf((bound - mean) / np.maximum(sd, 1e-12)))

    def quantile(self, row: Array, share: float) -> float:
        """The value that ``row @ log rates`` stays below with probability ``share``."""
        mean, sd = self.contrast(row)
        reach = 9 * sd.max() + 1e-6
        low, high = float(mean.min() - reach), float(mean.max() + reach)
        return float(optimize.brentq(lambda v: self.below(row, v) - share, low, high, xtol=1e-6))

    def collapsed(self, row: Array) -> tuple[float, float]:
        """Mean and standard deviation of ``row @ log rates`` over all parts."""
        mean, sd = self.contrast(row)
        middle = float(self.weight @ mean)
        return middle, float(np.sqrt(self.weight @ (sd**2 + (mean - middle) ** 2)))


def follow_rate(
    time_years: Array, count: Array, exposure: Array, weight: Array, ask_years: Array, prior: Prior | None = None
) -> Mixture:
    """Posterior of the log rate at the asked times.

    Parameters
    ----------
    time_years
        (n,) when was counted, in any order.
    count
        (n,) how many; need not be whole (quasi-Poisson).
    exposure
        (m, n) how long was counted, times the share that could be seen: m ways in which that may be.
    weight
        (m,) their probabilities.
    ask_years
        (k,) the times asked for.

    Notes
    -----
    Scatter has mean one on the scale of rates, so that the log rate is that of the mean over days. Laplace's method
    leans a little where all counts are near zero.
    """
    prior = prior or Prior()
    scatters, scatter_weight = _grid(*prior.scatter, number=7)
    walks, walk_weight = _grid(*prior.walk, number=6)
    level = float(np.log((count.sum() + 0.5) / (weight @ exposure.sum(1))))
    times = np.concatenate([time_years, ask_years])
    origin = float(time_years.mean())
    n = len(time_years)
    straight = prior.level_sd**2 + prior.drift_sd**2 * np.outer(times - origin, times - origin)
    start = times.min()
    brownian = np.minimum.outer(times - start, times - start)
    parts = []
    for (w, k), (walk, q), (scatter, p) in product(
        zip(weight, range(len(weight)), strict=True),
        zip(walks, walk_weight, strict=True),
        zip(scatters, scatter_weight, strict=True),
    ):
        if w < _LOST:
            continue
        prior_covariance = straight + walk**2 * brownian
        evidence, mean, covariance = _laplace(prior_covariance, n, count, np.log(exposure[k]), level, scatter)
        parts.append((np.log(w * q * p) + evidence, mean, covariance, scatter))
    log_weight = np.array([part[0] for part in parts])
    weights = np.exp(log_weight - log_weight.max())
    weights /= weights.sum()
    keep = weights > _LOST
    scatter = float(weights @ np.array([part[3] for part in parts]))
    return Mixture(
        weight=weights[keep] / weights[keep].sum(),
        mean=np.array([part[1] for part, good in zip(parts, keep, strict=True) if good]),
        covariance=np.array([part[2] for part, good in zip(parts, keep, strict=True) if good]),
        scatter=scatter,
    )


def _grid(median: float, log_sd: float, *, number: int) -> tuple[Array, Array]:
    """Values of a log-normal prior and their weights, from two standard deviations below to two above."""
    z = np.linspace(-2.0, 2.0, number)
    weight = stats.norm.pdf(z)
    return median * np.exp(log_sd * z), weight / weight.sum()


def _laplace(
    covariance: Array, n: int, count: Array, log_exposure: Array, level: float, scatter: float
) -> tuple[float, Array, Array]:
    """Log evidence, and mean and covariance of the log rate at the asked times."""
    seen = covariance[:n, :n] + (scatter**2 + _JITTER) * np.eye(n)
    offset = level - scatter**2 / 2 + log_exposure
    eta = np.zeros(n)  # log rate of each day less the prior's mean
    a = np.zeros(n)
    value = -np.inf
    for _ in range(_STEPS):
        expected = np.exp(np.minimum(eta + offset, 50.0))
        root = np.sqrt(np.maximum(expected, 1e-12))
        factor = linalg.cho_factor(np.eye(n) + root[:, None] * seen * root[None, :], lower=True)
        b = expected * eta + count - expected
        step = b - root * linalg.cho_solve(factor, root * (seen @ b))
        size, improved = 1.0, False
        while size > 1e-4:
            trial_a = a + size * (step - a)
            trial = seen @ trial_a
            rate = np.exp(np.minimum(trial + offset, 50.0))
            reached = float(count @ (trial + offset) - rate.sum() - trial_a @ trial / 2)
            if reached >= value - 1e-9:
                improved = True
                break
            size /= 2
        if not improved:
            break
        moved = float(np.abs(trial - eta).max())
        a, eta, value = trial_a, trial, reached
        if moved < _ENOUGH:
            break
    expected = np.exp(np.minimum(eta + offset, 50.0))
    root = np.sqrt(np.maximum(expected, 1e-12))
    factor = linalg.cho_factor(np.eye(n) + root[:, None] * seen * root[None, :], lower=True)
    evidence = value - float(np.log(np.diag(factor[0])).sum())
    cross = covariance[:n, n:]
    inner = linalg.solve_triangular(factor[0], root[:, None] * cross, lower=True)
    mean = level + cross.T @ a
    return evidence, mean, covariance[n:, n:] - inner.T @ inner
