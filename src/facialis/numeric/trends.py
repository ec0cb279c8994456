"""A slowly drifting rate behind over-dispersed counts: Laplace within a small grid of scatters and wanderings.

The logarithm of the rate is a level, a steady drift and a random walk; what is counted on one day scatters round it and
is Poisson on top. For each scatter and wandering (and each guess of what could be seen) the posterior is Gaussian round
its peak; the answer is their mixture. Newton steps in closed form; no sampling, the same answer each time.
Laplace within a grid: Rue, Martino and Chopin 2009, doi:10.1111/j.1467-9868.2008.00700.x.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln, ndtr

from facialis.core.errors import EstimateError

__all__ = ["Daily", "Trend", "by_day", "fit_trend", "mixture_quantile", "smallest_fall", "sureness"]

Array = NDArray[np.float64]

YEAR_DAYS = 365.25
# Priors, weakly informative; chosen on the tuning worlds of validation/course_worlds.py, see docs/reference/course.md.
_LEVEL_SD = 2.0  # chosen: log of the rate at 1 a minute, so nine in ten between 0.04 and 27 a minute; 1.5 - 3
_DRIFT_SD = 0.8  # chosen, log a year: a factor of 2.2 either way is nothing rare; 0.5 - 1.2
_TROUGH = (-0.3, 0.35)  # chosen: mean and sd of the log of what a dose of 12 to 20 weeks ago leaves; see course.yaml
_SCATTER = (0.10, 0.22, 0.38, 0.60, 0.90, 1.35)  # chosen: sd of the log from day to day; wider ends change nothing
_SCATTER_PRIOR = (0.45, 0.6)  # chosen: its median and the sd of its log
_WANDER = (0.05, 0.2, 0.5, 1.0, 2.0, 5.0)  # chosen: sd of the random walk after a year, log
_WANDER_WEIGHTS = (0.2, 0.2, 0.24, 0.2, 0.1, 0.06)  # chosen: most wander little; a few fall quiet within weeks
_SAME_DAY = 0.5  # chosen: how much of a day's scatter two sessions of that day share; 0.3 - 0.8
_KNOTS = 60  # chosen: steps of the random walk; more change the third digit
_MOST_ROWS = 208  # chosen: four years of weeks; more days than this are joined, day beside day
_STEPS = 60  # chosen: Newton steps; ten are usual


@dataclass(frozen=True, kw_only=True)
class Daily:
    """Counts a day: sessions of one day joined. ``spread`` is the share of the scatter's variance that is left."""

    dims: ClassVar[dict[str, tuple[str, ...]]] = {"seen_min": ("guess", "day")}

    days: Array
    counts: Array
    seen_min: Array
    spread: Array
    trough: Array


def _join(groups: NDArray[np.intp], days: Array, counts: Array, seen_min: Array, spread: Array, trough: Array) -> Daily:
    marks = np.eye(int(groups.max()) + 1)[groups].T
    total = seen_min @ marks.T
    share = seen_min.mean(0)
    weight = share / (share @ marks.T)[groups]
    middle = marks @ (days * weight)
    return Daily(days=middle, counts=marks @ counts, seen_min=total, spread=marks @ (weight**2 * spread),
                 trough=(marks @ (trough * weight) > 0.5).astype(float))  # fmt: skip


def by_day(days: Array, counts: Array, minutes: Array, seen: Array, trough: Array) -> Daily:
    """Sessions joined by day; when there are more than a few hundred days, neighbouring days as well.

    ``seen`` (guess, session) is the share of the twitches that each session could see, one row for each guess of the
    sizes; ``trough`` is 1 for sessions just before an injection. Minutes are usable ones.
    """
    _, groups = np.unique(days, return_inverse=True)
    ones = np.ones(len(days))
    alone = _join(groups, days, counts, seen * minutes, ones, trough)
    # The scatter of a day has a part of its own for each session and a part that they share.
    day = Daily(days=alone.days, counts=alone.counts, seen_min=alone.seen_min, trough=alone.trough,
                spread=_SAME_DAY + (1 - _SAME_DAY) * alone.spread)  # fmt: skip
    if len(day.days) <= _MOST_ROWS:
        return day
    edges = np.linspace(day.days[0], day.days[-1], _MOST_ROWS + 1)
    cells = np.clip(np.searchsorted(edges, day.days, side="right") - 1, 0, _MOST_ROWS - 1)
    _, groups = np.unique(cells * 2 + (day.trough > 0), return_inverse=True)
    return _join(groups, day.days, day.counts, day.seen_min, day.spread, day.trough)


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The posterior of the log rate (a minute) at the asked days: a mixture of Gaussians, one a node of the grid."""

    dims: ClassVar[dict[str, tuple[str, ...]]] = {
        "weights": ("node",), "mean": ("node", "day"), "cov": ("node", "day", "day"), "scatter": ("node",),
    }  # fmt: skip

    days: Array
    weights: Array
    mean: Array
    cov: Array
    scatter: Array

    def at(self, index: int) -> tuple[Array, Array]:
        """Mean and sd of the log rate at one of the asked days, one a node."""
        return self.mean[:, index], np.sqrt(self.cov[:, index, index])

    def change(self, first: int, last: int) -> tuple[Array, Array]:
        """Mean and sd of the log of the ratio of the rate at ``last`` to that at ``first``, one a node."""
        var = self.cov[:, last, last] + self.cov[:, first, first] - 2 * self.cov[:, first, last]
        return self.mean[:, last] - self.mean[:, first], np.sqrt(np.maximum(var, 1e-12))

    def below(self, mean: Array, sd: Array, bound: float) -> float:
        """Probability that a quantity of the mixture is below ``bound``."""
        return float(self.weights @ ndtr((bound - mean) / sd))

    def typical_scatter(self) -> float:
        """Posterior root mean square of the scatter from day to day (log)."""
        return float(np.sqrt(self.weights @ self.scatter**2))


def mixture_quantile(weights: Array, mean: Array, sd: Array, probability: float) -> float:
    """Quantile of a mixture of Gaussians, by halving; good to 1e-6 of its range."""
    low, high = float((mean - 9 * sd).min()), float((mean + 9 * sd).max())
    for _ in range(60):
        middle = 0.5 * (low + high)
        if float(weights @ ndtr((middle - mean) / sd)) < probability:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def _basis(edges: Array, days: Array) -> Array:
    """What each step of the random walk has added by each day (day, step), for one sd a root year."""
    width = np.diff(edges)
    done = np.clip((days[:, None] - edges[:-1]) / width, 0.0, 1.0)
    return np.asarray(done * np.sqrt(width / YEAR_DAYS))


def _edges(days: Array, targets: Array) -> Array:
    marks = np.unique(np.concatenate([days, targets]))
    first, last = marks[0], max(marks[-1], marks[0] + 1.0)
    if len(marks) > _KNOTS + 1:
        marks = np.linspace(first, last, _KNOTS + 1)
    return np.asarray(np.unique(np.append(marks, last)))


def _grid(guesses: Array) -> tuple[Array, Array, NDArray[np.intp], Array]:
    """Scatter, wandering, guess and log prior of each node."""
    scatter, wander, guess = (g.ravel() for g in np.meshgrid(_SCATTER, _WANDER, np.arange(len(guesses)), indexing="ij"))
    middle, width = _SCATTER_PRIOR
    nodes = np.log(np.asarray(_SCATTER))
    prior = -0.5 * ((nodes - np.log(middle)) / width) ** 2 + np.log(np.gradient(nodes))
    log_prior = (
        np.interp(np.log(scatter), nodes, prior)
        + np.log(np.asarray(_WANDER_WEIGHTS))[np.searchsorted(_WANDER, wander)]
        + np.log(guesses)[guess]
    )
    return scatter, wander, guess.astype(np.intp), log_prior


def fit_trend(daily: Daily, guesses: Array, targets: Array) -> Trend:
    """The posterior of the log rate at the days ``targets``; ``guesses`` are the weights of the rows of ``seen_min``.

    Counts may be fractions (time in spasm in units of one spasm: quasi-Poisson).

    Raises
    ------
    EstimateError
        ``not_enough_data`` without a day; ``did_not_converge`` if Newton's steps do not settle.
    """
    if not len(daily.days):
        raise EstimateError("There is no session to follow.", code="not_enough_data")
    edges = _edges(daily.days, targets)
    centre = float(daily.days.mean())
    scatter, wander, guess, log_prior = _grid(guesses)
    trough = bool(daily.trough.any() and not daily.trough.all())

    def design(days: Array, low: Array) -> Array:
        columns = [np.full(len(days), _LEVEL_SD), (days - centre) / YEAR_DAYS * _DRIFT_SD, low * _TROUGH[1]]
        return np.column_stack([*columns, _basis(edges, days)])

    A, T = design(daily.days, daily.trough * trough), design(targets, np.zeros(len(targets)))
    scale = np.ones((len(scatter), A.shape[1]))
    scale[:, 3:] = wander[:, None]
    offset = np.log(daily.seen_min)[guess] + _TROUGH[0] * trough * daily.trough
    s2 = scatter[:, None] ** 2 * daily.spread
    y = daily.counts
    # Without other days beside them, what the trough leaves cannot be told from the level: it is taken as it stands.

    def predictor(z: Array) -> Array:
        return np.asarray((z * scale) @ A.T)

    eta = np.log((y + 0.5) / daily.seen_min[guess])
    eta = eta.mean(1, keepdims=True) + 0.5 * (eta - eta.mean(1, keepdims=True))
    eye = np.eye(A.shape[1])
    for _ in range(_STEPS):
        lam = np.exp(np.minimum(eta + offset, 30.0))
        shrink = 1 + s2 * lam
        w = lam / shrink
        H = np.einsum("gi,gij,gj->gij", scale, (A.T * w[:, None, :]) @ A, scale, optimize=True) + eye
        score = w * eta + (y - lam) / shrink
        z = np.linalg.solve(H, ((score @ A) * scale)[..., None])[..., 0]
        line = predictor(z)
        wanted = line + (s2 * lam * (eta - line) + s2 * (y - lam)) / shrink
        step = wanted - eta
        size = np.abs(step).max(1, keepdims=True)
        eta = eta + step * np.minimum(1.0, 2.5 / np.maximum(size, 1e-9))
        if float(size.max()) < 1e-5:
            break
    else:
        raise EstimateError("The course did not settle on an answer.", code="did_not_converge")
    lam = np.exp(eta + offset)
    e = (eta - line) / np.sqrt(s2)
    L = np.linalg.cholesky(H)
    log_like = (y * (eta + offset) - lam - gammaln(y + 1)).sum(1)
    log_det = np.log(shrink).sum(1) + 2 * np.log(np.diagonal(L, axis1=1, axis2=2)).sum(1)
    evidence = log_prior + log_like - 0.5 * (z**2).sum(1) - 0.5 * (e**2).sum(1) - 0.5 * log_det
    weights = np.exp(evidence - evidence.max())
    keep = weights > 1e-5 * weights.max()
    weights = weights[keep] / weights[keep].sum()
    S = scale[keep]
    half = np.linalg.solve(L[keep], np.swapaxes(T[None] * S[:, None, :], 1, 2))
    return Trend(days=targets, weights=weights, mean=(z[keep] * S) @ T.T, cov=np.swapaxes(half, 1, 2) @ half,
                 scatter=scatter[keep])  # fmt: skip


def smallest_fall(daily: Daily, rate_per_min: float, scatter: float, span_days: float) -> float:
    """The ratio of a steady fall over ``span_days`` that would be told from none with 80 % power at 5 % (one-sided).

    From the scatter from day to day and the counts to be expected; what the rate wanders by itself is not in it.
    Near 0: even a great fall would hide.
    """
    mean = rate_per_min * daily.seen_min.mean(0)
    weight = 1.0 / (scatter**2 * daily.spread + 1.0 / np.maximum(mean, 0.1))
    middle = float(weight @ daily.days / weight.sum())
    information = float(weight @ (daily.days - middle) ** 2)
    if information <= 0:
        return 0.0
    return float(np.exp(-(1.645 + 0.842) * span_days / np.sqrt(information)))


def sureness(trend: Trend, first: int, later: int, noise_var: float, bound: float) -> float:
    """How sure the answer (less, same, more than by ``bound``, log) is to be after one more session at ``later``.

    The expectation of the largest of the three probabilities, over what that session may show. ``noise_var`` is the
    variance of its log rate. The mixture is taken as one Gaussian.
    """
    w = trend.weights
    pick = [first, later]
    mean = w @ trend.mean[:, pick]
    off = trend.mean[:, pick] - mean
    cov = np.einsum("g,gij->ij", w, trend.cov[:, pick][:, :, pick]) + np.einsum("g,gi,gj->ij", w, off, off)
    change = float(mean[1] - mean[0])
    var = float(cov[0, 0] + cov[1, 1] - 2 * cov[0, 1])
    gain = min(float(cov[1, 1] - cov[0, 1]) ** 2 / (float(cov[1, 1]) + noise_var), 0.999 * var)
    nodes, weights = np.polynomial.hermite_e.hermegauss(15)
    middle = change + np.sqrt(gain) * nodes
    sd = np.sqrt(var - gain)
    less, more = ndtr((-bound - middle) / sd), ndtr((middle - bound) / sd)
    return float(weights / weights.sum() @ np.maximum(np.maximum(less, more), 1 - less - more))
