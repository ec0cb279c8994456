"""A drifting, sometimes jumping rate behind over-dispersed counts: filtered and smoothed on a grid, nothing sampled.

The logarithm of the rate is a steady drift, a random walk and rare jumps (a step, a stop, a quiet spell that begins or
ends); what is counted on a day scatters round it (see scatter). The rate is a grid of about a hundred values, so the
posterior may have any shape: a quiet recording bounds the rate from above and leaves open how low it is. What is not
known beside the rate (scatter, wandering, jumps, drift, what could be seen) is a grid as well, weighed by the evidence.
Filtering on a grid: Kitagawa 1987, doi:10.1080/01621459.1987.10478534.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from facialis.core.calendar import YEAR_DAYS
from facialis.numeric.statistics.daily import Daily
from facialis.numeric.statistics.masses import Mass
from facialis.numeric.statistics.scatter import SCATTERS, Scatter, log_counts

__all__ = ["Trend", "fit_trend"]

Array = NDArray[np.float64]

# Priors, weakly informative; chosen on the tuning worlds of validation/course_worlds.py, see docs/reference/course.md.
_LEVEL = (0.4, 1.8)  # chosen: mean and sd of the log of the first rate a minute; nine in ten between 0.08 and 29
_ALIKE = 0.4  # chosen: how much of a day's scatter is left on the next day; 0.2 - 0.6
_TRUST = 0.7  # chosen: power of all likelihoods, since no person scatters just as the model; 0.6 - 0.9
_WANDER = (0.12, 0.45, 1.3)  # chosen: sd of the random walk of the log after a year
_WANDER_WEIGHTS = (0.42, 0.34, 0.24)  # chosen
_JUMPS = (0.05, 0.7, 5.0)  # chosen: jumps a year
_JUMP_WEIGHTS = (0.6, 0.23, 0.17)  # chosen
# Sd of the log, and share of the jumps: steps, then spells; the rest goes anywhere (stops). Chosen
_JUMP_SIZES = ((0.8, 0.5), (3.0, 0.4))
_DRIFT = (-1.6, -0.7, 0.0, 0.7, 1.6)  # chosen: log a year
_DRIFT_WEIGHTS = (0.06, 0.12, 0.64, 0.12, 0.06)  # chosen
_TROUGH = ((0.55, 0.25), (0.75, 0.45), (1.0, 0.3))  # chosen: share of the rate that a dose of 12 to 20 weeks ago leaves
_CELLS = 90  # chosen: values of the rate; more change the third digit
_LEAST_LOG = -6.5  # chosen: one twitch in 11 hours; less is the same as none
_DRAWS = 48  # chosen: nodes that the smoothing rests on, taken evenly from all by their weight
_LEAST_END = 2e-4  # chosen: cells of now of less than this in all nodes are left out of the change
_FINE = 4  # chosen: parts of a cell in which changes are collected
_REACH = 2 * _FINE * _CELLS  # the largest change, in such parts


@dataclass(frozen=True, kw_only=True)
class Trend:
    """The posterior of the log rate (a minute). ``joint`` (node, start, now) is that of the rate at two days together.

    ``masses`` are those of the asked days, in their order.
    """

    masses: tuple[Mass, ...]
    now: Mass
    change: Mass
    scatter: float


@dataclass(frozen=True, kw_only=True)
class _Nodes:
    """What is not known beside the rate: one row a node."""

    scatter: Scatter
    drift: Array
    guess: NDArray[np.intp]
    log_prior: Array


def _jumped(width: float) -> Array:
    """From cell to cell by a jump, small, large or to anywhere."""
    step = width * np.arange(-_CELLS + 1, _CELLS, dtype=float)
    out = np.full((_CELLS, _CELLS), (1.0 - sum(share for _, share in _JUMP_SIZES)) / _CELLS)
    for size, share in _JUMP_SIZES:
        out += share * _from_each(np.exp(-0.5 * (step / size) ** 2))
    return out


def _walked(gap_days: float, wander: float, width: float) -> Array:
    """From cell to cell by a step of the walk."""
    sd = wander * np.sqrt(gap_days / YEAR_DAYS) / width
    step = np.arange(-_CELLS + 1, _CELLS, dtype=float)
    if sd < 0.7:  # narrower than a cell: only the neighbours, with the right variance
        return _from_each(np.where(np.abs(step) == 1, 0.5 * sd**2, np.where(step == 0, 1 - sd**2, 0.0)))
    return _from_each(np.exp(-0.5 * (step / sd) ** 2))


def _from_each(row: Array) -> Array:
    """The same steps from each cell (from, to), of those that stay within the grid."""
    rows = np.lib.stride_tricks.sliding_window_view(row, _CELLS)[::-1]
    return np.asarray(rows / rows.sum(1, keepdims=True))


def _alone(days: Array) -> Array:
    """How much each day counts beside its neighbours: days in a row have part of their scatter in common."""
    return np.asarray(_TRUST / (_ALIKE ** np.abs(days[:, None] - days[None, :])).sum(1))


def _with_trough(daily: Daily, guesses: Array) -> tuple[Daily, Array]:
    """Each guess of what could be seen, times each of what a dose leaves by the time of the next."""
    if not daily.trough.any() or daily.trough.all():
        # Where all days are troughs, what they leave cannot be told from the level: the rate is that of the troughs.
        return daily, guesses
    rows = np.concatenate([daily.seen_min * np.where(daily.trough > 0, left, 1.0) for left, _ in _TROUGH])
    more = Daily(days=daily.days, counts=daily.counts, seen_min=rows, spread=daily.spread, trough=daily.trough)
    return more, np.concatenate([guesses * weight for _, weight in _TROUGH])


def _cells(daily: Daily) -> tuple[Array, float]:
    seen = np.log((daily.counts + 0.5) / daily.seen_min.max(0))
    low = _LEAST_LOG if (daily.counts < 3).any() else max(float(seen.min()) - 3.5, _LEAST_LOG)
    grid = np.linspace(low, max(float(seen.max()) + 2.2, low + 6.0), _CELLS)
    return grid, float(grid[1] - grid[0])


class _Filter:
    """Forward over all steps for one wandering and one number of jumps; kernels of equal gaps are made once."""

    def __init__(self, daily: Daily, nodes: _Nodes, grid: Array, steps: Array, wander: float, jumps: float) -> None:
        self.daily, self.nodes, self.grid, self.steps = daily, nodes, grid, steps
        self.width = float(grid[1] - grid[0])
        self.wander, self.jumps = wander, jumps
        self.kernels: dict[float, Array] = {}
        self.jumped = _jumped(self.width)
        self.row_at = {float(day): k for k, day in enumerate(daily.days)}
        self.centre = float(daily.days.mean())
        self.alone = _alone(daily.days)

    def kernel(self, gap_days: float) -> Array:
        key = round(gap_days, 6)
        if key not in self.kernels:
            often = 1.0 - np.exp(-self.jumps * gap_days / YEAR_DAYS)
            walked = _walked(gap_days, self.wander, self.width)
            self.kernels[key] = np.asarray((1 - often) * walked + often * self.jumped, dtype=np.float32)
        return self.kernels[key]

    def like(self, nodes: _Nodes, step: int) -> tuple[Array, Array] | None:
        """Likelihood of a step scaled to a largest of 1, and the log of the scale; None where nothing was counted."""
        k = self.row_at.get(float(self.steps[step]))
        if k is None:
            return None
        moved = nodes.drift[:, None] * (self.daily.days[k] - self.centre) / YEAR_DAYS
        seen_min = self.daily.seen_min[nodes.guess, k][:, None]
        log_mean = self.grid + moved + np.log(seen_min)
        log_like = self.alone[k] * log_counts(
            float(self.daily.counts[k]), float(self.daily.spread[k]), log_mean, nodes.scatter
        )
        top = log_like.max(1, keepdims=True)
        return np.exp(log_like - top).astype(np.float32), top[:, 0]

    def forward(self, likes: list[tuple[Array, Array] | None]) -> tuple[list[Array], Array]:
        """Filtered distributions (node, cell) after each step, and log evidence of each node."""
        mean, sd = _LEVEL
        alpha = np.tile(np.exp(-0.5 * ((self.grid - mean) / sd) ** 2), (len(self.nodes.drift), 1))
        alpha = (alpha / alpha.sum(1, keepdims=True)).astype(np.float32)
        evidence = np.zeros(len(alpha))
        found = []
        for step, like in enumerate(likes):
            if step:
                alpha = alpha @ self.kernel(self.steps[step] - self.steps[step - 1])
            if like is not None:
                alpha = alpha * like[0]
                total = alpha.sum(1)
                evidence += np.log(total) + like[1]
                alpha = alpha / total[:, None]
            found.append(alpha)
        return found, evidence


def _take(nodes: _Nodes, keep: NDArray[np.intp]) -> _Nodes:
    return _Nodes(
        scatter=nodes.scatter.take(keep),
        drift=nodes.drift[keep],
        guess=nodes.guess[keep],
        log_prior=nodes.log_prior[keep],
    )


def fit_trend(daily: Daily, guesses: Array, *, start: float, now: float, asked: Array, floor: float = 0.0) -> Trend:
    """The posterior of the log rate at the days ``asked`` (not after ``now``), of its change from ``start`` to ``now``.

    ``guesses`` are the weights of the rows of ``seen_min``; Counts may be
    fractions (time in spasm in units of one spasm: quasi-Poisson). For the change, a rate below ``floor`` (a minute)
    counts as the floor: what is as good as nothing neither falls nor rises.
    """
    least = float(np.log(floor)) if floor > 0 else -np.inf
    daily, guesses = _with_trough(daily, guesses)
    grid, width = _cells(daily)
    steps = np.unique(np.concatenate([daily.days, asked, [start, now]]))
    combos = list(product(range(len(SCATTERS.usual)), range(len(_DRIFT)), range(len(guesses))))
    s, d, g = (np.array(part, dtype=np.intp) for part in zip(*combos, strict=True))
    nodes = _Nodes(
        scatter=SCATTERS.take(s),
        drift=np.asarray(_DRIFT)[d],
        guess=g,
        log_prior=np.log(SCATTERS.weight[s] * np.asarray(_DRIFT_WEIGHTS)[d] * guesses[g]),
    )
    passes = []
    likes: list[tuple[Array, Array] | None] = []
    for (wander, w1), (jumps, w2) in product(
        zip(_WANDER, _WANDER_WEIGHTS, strict=True), zip(_JUMPS, _JUMP_WEIGHTS, strict=True)
    ):
        one = _Filter(daily, nodes, grid, steps, wander, jumps)
        likes = likes or [one.like(nodes, k) for k in range(len(steps))]
        filtered, evidence = one.forward(likes)
        passes.append((one, filtered, evidence + nodes.log_prior + np.log(w1 * w2)))
    every = np.concatenate([p[2] for p in passes])
    parts = [
        _smooth(one, filtered, taken, likes, start=start, now=now, asked=asked, least=least)
        for (one, filtered, _), taken in zip(passes, _even(every, len(passes)), strict=True)
    ]
    return _gather([p for p in parts if p is not None], width)


def _even(evidence: Array, passes: int) -> Array:
    """How many of the draws fall to each node (pass, node): systematic, so that the nodes taken stand for all."""
    weight = np.exp(evidence - evidence.max())
    ends = np.cumsum(weight / weight.sum()) * _DRAWS
    marks = np.floor(np.concatenate([[0.0], ends]) + 0.5)
    return np.asarray(np.diff(marks).reshape(passes, -1))


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What one pass gives for the nodes that are kept."""

    weights: Array
    scatter: Array
    grid: Array
    moved: tuple[Array, ...]
    marginals: tuple[Array, ...]
    change: Array


def _smooth(
    one: _Filter,
    filtered: list[Array],
    taken: Array,
    likes: list[tuple[Array, Array] | None],
    *,
    start: float,
    now: float,
    asked: Array,
    least: float,
) -> _Part | None:
    keep = np.flatnonzero(taken)
    if not len(keep):
        return None
    nodes, steps, grid = _take(one.nodes, keep), one.steps, one.grid
    last, first = int(np.searchsorted(steps, now)), int(np.searchsorted(steps, start))
    beta = np.ones((len(keep), len(grid)), dtype=np.float32)
    # From a step's cells to those of now that hold anything. Single precision is enough: it is scaled at each step.
    ends = np.flatnonzero(filtered[last][keep].max(0) > _LEAST_END)
    one_each = np.eye(len(grid), dtype=np.float32)[:, ends]
    ways: NDArray[np.float32] = np.broadcast_to(one_each, (len(keep), len(grid), len(ends)))
    smoothed: dict[float, Array] = {}
    for step in range(last, -1, -1):
        smoothed[float(steps[step])] = (filtered[step][keep] * beta).astype(float)
        if step == first:
            joint = filtered[step][keep][:, :, None] * ways.astype(float)
        if step:
            like = likes[step]
            seen = np.ones_like(beta) if like is None else like[0][keep]
            kernel = one.kernel(steps[step] - steps[step - 1])
            beta = np.asarray((beta * seen) @ kernel.T)
            beta /= beta.max(1, keepdims=True)
            if step > first:
                ways = np.matmul(kernel, seen[:, :, None] * ways)
                ways = ways / ways.max(axis=(1, 2), keepdims=True)
    joint = joint / joint.sum(axis=(1, 2), keepdims=True)

    def at(day: float) -> Array:
        return np.asarray(nodes.drift * (day - one.centre) / YEAR_DAYS)

    fine = one.width / _FINE
    change = np.zeros(2 * _REACH + 1)
    for weight, both, x0, x1 in zip(taken[keep], joint, at(start), at(now), strict=True):
        gap = np.maximum(grid[ends] + x1, least)[None, :] - np.maximum(grid + x0, least)[:, None]
        place = np.clip(np.rint(gap / fine), -_REACH, _REACH).astype(np.intp) + _REACH
        change += weight * np.bincount(place.ravel(), both.ravel(), len(change))
    days = [*asked.tolist(), now]
    marginals = tuple(smoothed[float(day)] / smoothed[float(day)].sum(1, keepdims=True) for day in days)
    return _Part(
        weights=taken[keep],
        scatter=nodes.scatter.whole,
        grid=grid,
        moved=tuple(at(day) for day in days),
        marginals=marginals,
        change=change,
    )


def _collected(values: Array, weights: Array, width: float) -> Mass:
    """Cells of all nodes on one finer grid, each shared by the two places beside it."""
    fine = width / _FINE
    low = float(values.min())
    place = (values.ravel() - low) / fine
    below = np.floor(place).astype(np.intp)
    part = place - below
    many = int(below.max()) + 2
    mass = np.bincount(below, weights.ravel() * (1 - part), many)
    mass = mass + np.bincount(below + 1, weights.ravel() * part, many)
    return Mass.of(low + fine * np.arange(many, dtype=float), np.asarray(mass, dtype=float), width)


def _gather(parts: list[_Part], width: float) -> Trend:
    total = sum(float(p.weights.sum()) for p in parts)
    masses = tuple(
        _collected(
            np.concatenate([p.grid + p.moved[k][:, None] for p in parts]),
            np.concatenate([p.marginals[k] * p.weights[:, None] for p in parts]),
            width,
        )
        for k in range(len(parts[0].moved))
    )
    collected: Array = np.sum(np.array([p.change for p in parts]), axis=0)
    change = Mass.of(width / _FINE * np.arange(-_REACH, _REACH + 1, dtype=float), collected, width)
    scatter = sum(float(p.weights @ p.scatter**2) for p in parts) / total
    return Trend(masses=masses[:-1], now=masses[-1], change=change, scatter=float(np.sqrt(scatter)))
