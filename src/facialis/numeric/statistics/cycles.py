"""Cycles of a treatment that wears off, behind scattered counts: how long each lasted, and how long the last one will.

rate = natural level · (1 - depth · effect). The effect rises to 1 within days of a dose and falls back; it is halved at
the wear-off time, which differs from cycle to cycle round the person's own. Counts are negative binomial (Poisson with
day-to-day scatter). Inference is adaptive importance sampling, tempered from prior to posterior (Del Moral, Doucet and
Jasra 2006, doi:10.1111/j.1467-9868.2006.00553.x), each cycle's own deviations summed over a grid. A fixed seed: equal
counts give equal answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, gammaln

from facialis.core.calendar import YEAR_DAYS

__all__ = ["Counts", "CycleDraws", "CyclePrior", "Doses", "draw_cycles", "falling", "rising"]

Array = NDArray[np.float64]

_Z = np.linspace(-3.0, 3.0, 13)  # deviations of a cycle's length, in their sd; steps of half a sd
_Z_LOG = -0.5 * _Z**2 - np.log(np.exp(-0.5 * _Z**2).sum())
_D = np.array([-np.sqrt(3.0), 0.0, np.sqrt(3.0)])  # Gauss-Hermite, three nodes
_D_LOG = np.log(np.array([1 / 6, 2 / 3, 1 / 6]))
_O = np.linspace(-2.5, 2.5, 11)
_PARTICLES = 500  # chosen; other seeds move a forecast by a day or two, far less than its interval is wide
_LAST = 1500
_ROUNDS = 12
_KEEP = 0.25  # chosen: share of effective particles kept by a step of the tempering; 0.15 - 0.5
_RISE = 3.0  # chosen: with half at 3.8 days 86 % is there after one week and 98 % after two
_FAR = 6.0  # sds of the prior
_THIN = 8  # draws that are asked how much a cycle says of itself: every eighth
_LEAST_SHARE = 1e-3  # of the natural level: no effect takes more


@dataclass(frozen=True, kw_only=True)
class CyclePrior:
    """What is believed before any count: middle and standard deviation, times as logarithms of days."""

    onset: tuple[float, float]
    wear_off: tuple[float, float]
    between_cycles: tuple[float, float]
    """Log of the sd of log lengths from cycle to cycle, and its sd."""
    drift_per_cycle: tuple[float, float, float]
    """Sd of the change of log length a cycle in those who stay as they are, share of those who change, their sd."""
    depth_logit: tuple[float, float]
    depth_between: float
    slope: tuple[float, float]
    scatter: tuple[float, float]
    natural_per_year: float
    foreign: float
    """Sd of the log length that another product's cycles have on top."""
    onset_between: float


@dataclass(frozen=True, kw_only=True)
class Counts:
    """Sessions: day, counted events, and minutes times the share of events that could be seen."""

    dims: ClassVar[dict[str, tuple[str, ...]]] = {"day": ("session",), "count": ("session",), "exposure": ("session",)}

    day: Array
    count: Array
    exposure: Array


@dataclass(frozen=True, kw_only=True)
class Doses:
    """Days of the doses, rising; ``foreign`` where a cycle is of another product than the last."""

    dims: ClassVar[dict[str, tuple[str, ...]]] = {"day": ("cycle",), "foreign": ("cycle",)}

    day: Array
    foreign: NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class CycleDraws:
    """Equally likely versions of the truth. Days from each cycle's dose; ``natural`` log events a minute at the last.

    ``told`` holds for onset and wear-off of each cycle how wide they are against the prior: near 1 where the sessions
    of the cycle say nothing. For the wear-off it is what these sessions say alone, whatever other cycles say.
    """

    dims: ClassVar[dict[str, tuple[str, ...]]] = {
        "natural": ("draw",),
        "natural_per_year": ("draw",),
        "slope": ("draw",),
        "drift": ("draw",),
        "onset_days": ("draw", "cycle"),
        "wear_off_days": ("draw", "cycle"),
        "depth": ("draw", "cycle"),
        "told": ("what", "cycle"),
    }

    natural: Array
    natural_per_year: Array
    slope: Array
    drift: Array
    onset_days: Array
    wear_off_days: Array
    depth: Array
    told: Array

    def reach_days(self, level: float) -> Array:
        """Days (draw, cycle) after which only ``level`` of the best effect is left."""
        return np.asarray(self.wear_off_days * (1 / level - 1) ** (1 / self.slope[:, None]))

    def rates(self, days: Array) -> Array:
        """Events a minute (draw, day) of the last cycle, ``days`` after its dose."""
        effect = rising(days, self.onset_days[:, -1:]) * falling(days, self.wear_off_days[:, -1:], self.slope[:, None])
        level = np.exp(self.natural[:, None] + self.natural_per_year[:, None] * days / YEAR_DAYS)
        return np.asarray(level * np.maximum(1 - self.depth[:, -1:] * effect, _LEAST_SHARE))


def rising(days: Array, onset_days: Array) -> Array:
    """Share of the effect that has come after ``days``: half at ``onset_days``."""
    ratio = (np.maximum(days, 0.0) / onset_days) ** _RISE
    return np.asarray(ratio / (1 + ratio))


def falling(days: Array, wear_off_days: Array, slope: Array) -> Array:
    """Share of the effect that is still there after ``days``: half at ``wear_off_days``."""
    return np.asarray(expit(-slope * np.log(np.maximum(days, 1e-6) / wear_off_days)))


# Columns of the parameters.
_BASE, _TREND, _DEPTH, _ONSET, _WEAR, _TAU, _DRIFT, _SLOPE, _SIGMA = range(9)


class _Model:
    def __init__(self, counts: Counts, doses: Doses, prior: CyclePrior) -> None:
        self.counts, self.doses, self.prior = counts, doses, prior
        self.cycle = np.searchsorted(doses.day, counts.day, side="left") - 1  # the day of a dose is before it
        self.years = (counts.day - doses.day[-1]) / YEAR_DAYS
        rate = (counts.count + 0.5) / counts.exposure if len(counts.day) else np.ones(1)
        self.middle = np.array(
            [
                np.log(np.quantile(rate, 0.85)),
                0.0,
                prior.depth_logit[0],
                prior.onset[0],
                prior.wear_off[0],
                prior.between_cycles[0],
                0.0,
                prior.slope[0],
                prior.scatter[0],
            ]
        )
        self.sd = np.array(
            [
                0.8,
                prior.natural_per_year,
                prior.depth_logit[1],
                prior.onset[1],
                prior.wear_off[1],
                prior.between_cycles[1],
                prior.drift_per_cycle[2],
                prior.slope[1],
                prior.scatter[1],
            ]
        )

    def log_prior(self, p: Array) -> Array:
        z = (p - self.middle) / self.sd
        steady, changing, wide = self.prior.drift_per_cycle
        drift = p[:, _DRIFT]
        two = np.logaddexp(
            np.log((1 - changing) / steady) - 0.5 * (drift / steady) ** 2,
            np.log(changing / wide) - 0.5 * (drift / wide) ** 2,
        )
        return np.asarray(two - 0.5 * (z**2).sum(1) + 0.5 * z[:, _DRIFT] ** 2)

    def draw_prior(self, size: int, rng: np.random.Generator) -> Array:
        """Particles as believed before any count."""
        z = rng.standard_normal((size, len(self.middle)))
        steady, changing, wide = self.prior.drift_per_cycle
        z[:, _DRIFT] *= np.where(rng.random(size) < changing, 1.0, steady / wide)
        return np.asarray(self.middle + self.sd * z)

    def length(self, p: Array, k: int) -> tuple[Array, Array]:
        """Middle and sd of the log length of cycle ``k`` (particle)."""
        extra = self.prior.foreign if self.doses.foreign[k] else 0.0
        # The usual length is that of the middle cycle: else a trend would be drawn to the prior's length.
        middle = p[:, _WEAR] + p[:, _DRIFT] * (k - (len(self.doses.day) - 1) / 2)
        return middle, np.sqrt(np.exp(2 * p[:, _TAU]) + extra**2)

    def _terms(self, p: Array, index: NDArray[np.intp], share: Array) -> Array:
        """Log likelihood of sessions, ``share`` (particle, session, …) of the natural level being left."""
        more = (1,) * (share.ndim - 2)
        y, e, t = (a[index] for a in (self.counts.count, self.counts.exposure, self.years))
        level = e * np.exp(p[:, _BASE, None] + p[:, _TREND, None] * t)
        size = 1 / np.expm1(np.exp(2 * p[:, _SIGMA, None]))
        fixed = gammaln(y + size) - gammaln(size) - gammaln(y + 1) + size * np.log(size) + y * np.log(level)
        mean = level.reshape(*level.shape, *more) * share
        y_, size_ = y.reshape(1, -1, *more), size.reshape(-1, 1, *more)
        # The arrays are large: each step into the one before takes half the time of new ones, for the same numbers.
        found = np.log(share)
        found *= y_
        found += fixed.reshape(*fixed.shape, *more)
        mean += size_
        np.log(mean, out=mean)
        mean *= y_ + size_
        found -= mean
        return np.asarray(found)

    def cycle_terms(self, p: Array, k: int) -> Array:
        """Log of prior times likelihood of cycle ``k`` (particle, length, depth)."""
        index = np.flatnonzero(self.cycle == k)
        own = _Z_LOG[None, :, None] + _D_LOG
        if not len(index):
            return np.broadcast_to(own, (len(p), *own.shape[1:])).copy()
        days = self.counts.day[index] - self.doses.day[k]
        middle, sd = self.length(p, k)
        length = np.exp(middle[:, None] + sd[:, None] * _Z)
        slope = np.exp(p[:, _SLOPE])[:, None, None]
        effect = falling(days[None, :, None], length[:, None, :], slope)
        effect = effect * rising(days, np.exp(p[:, _ONSET, None]))[:, :, None]
        if k:
            since = self.counts.day[index] - self.doses.day[k - 1]
            before, _ = self.length(p, k - 1)
            effect = np.maximum(effect, falling(since, np.exp(before)[:, None], slope[:, 0])[:, :, None])
        depth = expit(p[:, _DEPTH, None] + self.prior.depth_between * _D)
        share = np.maximum(1 - effect[..., None] * depth[:, None, None, :], _LEAST_SHARE)
        return np.asarray(self._terms(p, index, share).sum(1) + own)

    def log_likelihood(self, p: Array) -> Array:
        index = np.flatnonzero(self.cycle < 0)
        total = self._terms(p, index, np.ones((len(p), len(index)))).sum(1)
        for k in range(len(self.doses.day)):
            if np.any(self.cycle == k):
                terms = self.cycle_terms(p, k).reshape(len(p), -1)
                top = terms.max(1)
                total = total + top + np.log(np.exp(terms - top[:, None]).sum(1))
        return np.asarray(total)

    def onset_terms(self, p: Array, k: int, depth: Array) -> Array:
        """Log of prior times likelihood of cycle ``k``'s own onset (draw, node), from its first three weeks."""
        days = self.counts.day - self.doses.day[k]
        index = np.flatnonzero((self.cycle == k) & (days <= 21))
        own = np.broadcast_to(-0.5 * _O**2, (len(p), len(_O)))
        if not len(index):
            return np.array(own)
        onset = np.exp(p[:, _ONSET, None] + self.prior.onset_between * _O)
        effect = rising(days[index][None, :, None], onset[:, None, :])
        share = np.maximum(1 - effect * depth[:, None, None], _LEAST_SHARE)
        return np.asarray(own + self._terms(p, index, share).sum(1))

    def own_width(self, p: Array, k: int, depth: Array) -> float:
        """Sd of the log length of cycle ``k``, in sds of the prior, from its own sessions alone."""
        index = np.flatnonzero(self.cycle == k)
        days = self.counts.day[index] - self.doses.day[k]
        wide = np.hypot(self.prior.wear_off[1], np.exp(self.prior.between_cycles[0]))
        length = np.exp(self.prior.wear_off[0] + wide * _Z)
        effect = falling(days[None, :, None], length, np.exp(p[:, _SLOPE])[:, None, None])
        effect = effect * rising(days, np.exp(p[:, _ONSET, None]))[:, :, None]
        share = np.maximum(1 - effect * depth[:, None, None], _LEAST_SHARE)
        terms = self._terms(p, index, share).sum(1) + _Z_LOG
        w = np.exp(terms - terms.max(1, keepdims=True))
        w = (w / w.sum(1, keepdims=True)).mean(0)
        return float(np.sqrt(w @ (_Z - w @ _Z) ** 2))


def _weights(log_weights: Array) -> Array:
    w = np.exp(log_weights - log_weights.max())
    return np.asarray(w / w.sum())


def _step(log_rest: Array, log_likelihood: Array, beta: float) -> float:
    """The next temper: as far as keeps a share of the particles effective."""

    def effective(b: float) -> float:
        return float(1 / (_weights(log_rest + b * log_likelihood) ** 2).sum())

    goal = _KEEP * len(log_rest)
    if effective(1.0) >= goal:
        return 1.0
    low, high = beta, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        low, high = (middle, high) if effective(middle) >= goal else (low, middle)
    return max(low, min(beta + 0.02, 1.0))


def _posterior(model: _Model, rng: np.random.Generator) -> tuple[Array, Array]:
    """Particles and their weights."""
    size, freedom = len(model.middle), 6.0
    p = model.draw_prior(_PARTICLES, rng)
    log_rest, beta, last = np.zeros(_PARTICLES), 0.0, False
    for turn in range(_ROUNDS):
        log_l = model.log_likelihood(p)
        if last:
            return p, _weights(log_rest + log_l)
        settled = beta == 1.0 or turn == _ROUNDS - 2
        beta = 1.0 if settled else _step(log_rest, log_l, beta)
        w = _weights(log_rest + beta * log_l)
        middle = w @ p
        spread = (p - middle).T @ ((p - middle) * w[:, None]) + 1e-6 * np.diag(model.sd**2)
        factor = np.linalg.cholesky(spread * 1.15)
        last = settled
        n = _LAST if last else _PARTICLES
        z = rng.standard_normal((n, size)) * np.sqrt(freedom / rng.chisquare(freedom, n))[:, None]
        # Far out of the prior nothing weighs anything; there only numbers would overflow.
        p = np.clip(middle + z @ factor.T, model.middle - _FAR * model.sd, model.middle + _FAR * model.sd)
        log_q = -0.5 * (freedom + size) * np.log1p((z**2).sum(1) / freedom)
        log_rest = model.log_prior(p) - log_q
    raise AssertionError("unreachable")  # the last round returns


def _pick(terms: Array, rng: np.random.Generator) -> NDArray[np.intp]:
    """One node a row, drawn by its weight."""
    w = np.exp(terms - terms.max(1, keepdims=True))
    heap = np.cumsum(w, axis=1)
    return np.asarray((heap < rng.random(len(w))[:, None] * heap[:, -1:]).sum(1))


def draw_cycles(counts: Counts, doses: Doses, prior: CyclePrior, *, draws: int = 2000, seed: int = 0) -> CycleDraws:
    """Cycles as the counts and the prior allow; with no counts the prior alone.

    Parameters
    ----------
    counts
        Sessions in any order; one on the day of a dose counts as before it.
    doses
        At least one. Cycles that count as one must be joined before.
    prior
        In logarithms of days; see `CyclePrior`.
    """
    rng = np.random.default_rng(seed)
    model = _Model(counts, doses, prior)
    p, w = _posterior(model, rng)
    p = p[np.searchsorted(np.cumsum(w)[:-1], (np.arange(draws) + rng.random()) / draws)]
    cycles = len(doses.day)
    wear_off, depth, onset = (np.zeros((draws, cycles)) for _ in range(3))
    told = np.ones((2, cycles))
    for k in range(cycles):
        terms = model.cycle_terms(p, k)
        node = _pick(terms.reshape(draws, -1), rng)
        z, d = _Z[node // len(_D)], _D[node % len(_D)]
        middle, sd = model.length(p, k)
        z = z + (rng.random(draws) - 0.5) * (_Z[1] - _Z[0])
        wear_off[:, k] = np.exp(middle + sd * z)
        depth[:, k] = expit(p[:, _DEPTH] + prior.depth_between * d)
        told[1, k] = model.own_width(p[::_THIN], k, depth[::_THIN, k])
        o = _O[_pick(model.onset_terms(p, k, depth[:, k]), rng)]
        onset[:, k] = np.exp(p[:, _ONSET] + prior.onset_between * o)
        told[0, k] = np.log(onset[:, k]).std() / np.hypot(prior.onset[1], prior.onset_between)
    return CycleDraws(
        natural=p[:, _BASE],
        natural_per_year=p[:, _TREND],
        slope=np.exp(p[:, _SLOPE]),
        drift=p[:, _DRIFT],
        onset_days=onset,
        wear_off_days=wear_off,
        depth=depth,
        told=told,
    )
