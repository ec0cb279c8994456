"""How surprising a movement of one side is, given the noise of the moment and what the other side does.

The other side of a face is its control: speech, blinks, smiles and turning heads move both sides alike. What a side
does beyond the other is weighed against (a) its own level of noise in the seconds around, never taken larger than
twice the other side's, so that a side that keeps twitching does not hide itself; (b) the correlation of the windows in
quiet pictures; (c) an asymmetry in proportion to how much the other side moves; (d) what is left of head motion.
Whitened energy (a Mahalanobis distance) is the generalised likelihood ratio test of a shift in Gaussian noise
(Kay 1998, Fundamentals of Statistical Signal Processing II, chapter 6).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import maximum_filter1d

from facialis.numeric.products import product
from facialis.numeric.signals.filters import correlate, rolling_median, smooth
from facialis.numeric.signals.whitening import Chain, Name, chains, factorise, solve_transposed

__all__ = ["Evidence", "Noise", "weigh"]

Array = NDArray[np.float64]
Index = NDArray[np.int64]

_BLOCK = 200_000  # chosen: numbers in the factors of a side, near the processor yet long steps; 50 000 - 400 000


@dataclass(frozen=True, kw_only=True)
class Noise:
    """What is taken for noise; see the module. Names in ``_s`` are seconds, in ``_iod`` the unit of the signal.

    Others are shares. None depends on gaps or frame rate: `weigh` turns seconds into frames.
    """

    level_s: float = 1.5  # chosen: half width of "the seconds around"; 1 - 3 s
    own_at_most: float = 2.0  # chosen: own level against the other side's; 1.5 - 3
    asymmetry: float = 0.35  # chosen: an ordinary movement differs between the sides by up to a third; 0.25 - 0.5
    neighbour: float = 0.5  # chosen: a window may do half of what any of its group does on the other side; 0.3 - 1
    lag_s: float = 0.08  # eyes open asynchronously by one or two pictures at 25 - 30 Hz (real footage)
    head_iod: float = 0.02  # chosen: what similarity stabilisation leaves of turning heads; 0.005 - 0.02
    floor_iod: float = 1e-4  # chosen: a hundredth of a pixel at the raster's scale; smaller changes nothing
    shrink: float = 0.3  # chosen: share of the diagonal in the correlation; 0.2 - 0.4
    usual_error_iod: float = 0.002  # chosen: an error beyond this is never usual, however long it lasts; 0.001 - 0.004
    hidden_iod: float = 0.05  # chosen: standard deviation given to a window that was not seen; anything large


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """Evidence for a one-sided movement of one duration. It says that one side moved by itself, not why.

    Attributes
    ----------
    energy
        Group → (time, side): whitened energy per degree of freedom. In noise it is below 1 on average (about 0.5 over
        all windows of a still face), since some asymmetry is taken for ordinary.
    toward
        Group → (time, side), -1 to 1: how far the movement points the way the muscles pull.
    matched, matched_but_one
        Template → (time, side): signed signal-to-noise ratio; the second without its strongest window.
    raw
        Mean squared movement (time, side) of a side itself in units of ``level``, the other side not taken off.
    moved, level
        Filtered movement and its noise (time, side, window, direction), IOD.
    correlation
        Of the noise (channel, channel), channels in the order window, direction.
    ordinary
        Median variance (side, channel), IOD²: asymmetry, and what is added for hidden and badly fitting windows.
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

    @cached_property
    def size(self) -> Array:
        """How far all windows of a side have moved at each moment, root mean square (time, side)."""
        return np.asarray(np.sqrt((self.moved**2).mean((2, 3))))

    @cached_property
    def quiet_size(self) -> Array:
        """``size`` in the quietest fifth of the time (side,)."""
        return np.quantile(self.size, 0.2, axis=0)

    @cached_property
    def usual_level(self) -> Array:
        """The noise in the middle of all windows and times (side,)."""
        return np.asarray(np.median(self.level, axis=(0, 2, 3)))


def _correlation(scaled: Array, shrink: float) -> Array:
    """Correlation of the quieter 60 % of rows, iterated so that events do not shape it."""
    size = scaled.shape[1]
    found = np.eye(size)
    for _ in range(5):
        inverse = np.linalg.inv((1 - shrink) * found + shrink * np.eye(size))
        distance = np.einsum("ni,ni->n", product(scaled, inverse), scaled)
        quiet = scaled[distance <= np.quantile(distance, 0.6)]
        covariance = quiet.T @ quiet / len(quiet)
        spread = np.sqrt(np.diag(covariance)) + 1e-9
        found = covariance / np.outer(spread, spread)
    return np.asarray((1 - shrink) * found + shrink * np.eye(size))


def _channels(windows: Index) -> Index:
    """Numbers of the channels of windows: two directions each."""
    return np.stack([2 * windows, 2 * windows + 1], 1).ravel()


def _strongest(around: Array, groups: Mapping[str, Index]) -> Array:
    """For each channel the strongest of the smallest group its window is in."""
    result = np.zeros_like(around)
    for which in sorted(groups.values(), key=len, reverse=True):
        index = _channels(which)
        result[:, :, index] = around[:, :, index].max(2, keepdims=True)
    return result


@dataclass(frozen=True, kw_only=True)
class _Task:
    """What is asked of each moment: chains of sets of channels, and what is wanted of each set."""

    chains: list[Chain]
    energy_of: Collection[str]
    toward_of: Collection[str]
    goals: Mapping[str, Array]
    pull: Array

    @staticmethod
    def of(
        groups: Mapping[str, Index],
        templates: Mapping[str, Array],
        pull: Array,
        energy_of: Collection[str] | None,
        toward_of: Collection[str] | None,
    ) -> _Task:
        energy_of = tuple(groups) if energy_of is None else energy_of
        toward_of = tuple(groups) if toward_of is None else toward_of
        asked = {*energy_of, *toward_of}
        sets: dict[Name, Index] = {("group", name): _channels(groups[name]) for name in groups if name in asked}
        for name, pattern in templates.items():
            sets["template", name] = _channels(np.flatnonzero(np.any(pattern != 0, axis=1)))
        goals = {name: pattern.ravel() for name, pattern in templates.items()}
        return _Task(chains=chains(sets), energy_of=energy_of, toward_of=toward_of, goals=goals, pull=pull.ravel())


@dataclass(frozen=True, kw_only=True)
class _Told:
    """Answers as they come in, (time, side) each."""

    energy: dict[str, Array]
    toward: dict[str, Array]
    matched: dict[str, Array]
    but_one: dict[str, Array]

    @staticmethod
    def empty(task: _Task, time: int) -> _Told:
        def zeros(names: Collection[str]) -> dict[str, Array]:
            return {name: np.zeros((time, 2)) for name in names}

        return _Told(
            energy=zeros(task.energy_of),
            toward=zeros(task.toward_of),
            matched=zeros(task.goals),
            but_one=zeros(task.goals),
        )


@dataclass(frozen=True, kw_only=True)
class _Signal:
    """What is weighed, in units of the level of noise of each channel; (channel, side, time) each.

    Only ``level`` itself and ``patterns`` (mode, channel, side) of the head are in the unit of the signal. ``shift`` is
    what a side does beyond the other; ``own`` a variance that each channel has for itself; ``shared`` (channel, time)
    how much of the other side is taken off.
    """

    correlation: Array
    patterns: Array
    level: Array
    shift: Array
    own: Array
    shared: Array

    def block(self, order: Index, part: slice) -> _Signal:
        """The same for some channels and times, each array in one piece."""
        return _Signal(
            correlation=self.correlation[np.ix_(order, order)],
            patterns=self.patterns[:, order],
            level=self.level[order, :, part],
            shift=self.shift[order, :, part],
            own=self.own[order, :, part],
            shared=self.shared[order, part],
        )

    def factors(self, goals: Array) -> Array:
        """Cholesky factors of the noise; below, the shift and the goals (goal, channel) whitened. Sides, then times.

        The noise has the covariance ``correlation`` + the modes of the head + a diagonal of ``own``.
        """
        size, sides, time = self.shift.shape
        rows = np.empty((size + 1 + len(goals), size, sides * time))
        modes = self.patterns[..., None] - self.shared[:, None] * self.patterns[:, :, ::-1, None]
        modes = (modes / self.level).reshape(len(modes), size, -1)
        own = self.own.reshape(size, -1)
        for k in range(size):
            np.einsum("mt,mjt->jt", modes[:, k], modes[:, : k + 1], out=rows[k, : k + 1])
            rows[k, : k + 1] += self.correlation[k, : k + 1, None]
            rows[k, k] += own[k]
        rows[size] = self.shift.reshape(size, -1)
        rows[size + 1 :] = (goals[:, :, None, None] / self.level).reshape(rows[size + 1 :].shape)
        factorise(rows, size)
        return rows


def _tell(told: _Told, task: _Task, chain: Chain, signal: _Signal) -> None:
    """Fills in the evidence of all sets of one chain."""
    order, time = chain.order, signal.shift.shape[2]
    goals: list[Array] = []
    goal_of: dict[str, int] = {}
    for (what, name), size in chain.sizes.items():  # the largest first: the first rows of its goal serve the smaller
        if what == "template":
            goal = task.goals[name][order]
            same = [k for k, known in enumerate(goals) if np.array_equal(known[:size], goal[:size])]
            goal_of[name] = same[0] if same else len(goals)
            if not same:
                goals.append(goal)
    width = max(_BLOCK // len(order) ** 2, 1)
    for start in range(0, time, width):  # a block at a time, so that memory does not grow with length
        part = slice(start, min(start + width, time))
        block = signal.block(order, part)
        rows = block.factors(np.reshape(goals, (len(goals), len(order))))
        lower, shift, whitened = rows[: len(order)], rows[len(order)], rows[len(order) + 1 :]
        for (what, name), size in chain.sizes.items():
            if what == "template":
                goal = whitened[goal_of[name], :size]
                each = solve_transposed(lower, goal) * block.shift[:size].reshape(size, -1)
                each = (each[::2] + each[1::2]) / np.sqrt(np.einsum("it,it->t", goal, goal))
                told.matched[name][part] = each.sum(0).reshape(2, -1).T
                told.but_one[name][part] = (each.sum(0) - each.max(0)).reshape(2, -1).T
                continue
            if name in task.energy_of:
                energy = np.einsum("it,it->t", shift[:size], shift[:size]) / size
                told.energy[name][part] = energy.reshape(2, -1).T
            if name in task.toward_of:
                weight = solve_transposed(lower, shift[:size]) / block.level[:size].reshape(size, -1)
                along = np.einsum("i,it->t", task.pull[order[:size]], weight)
                toward = along / (np.hypot(weight[::2], weight[1::2]).sum(0) + 1e-12)
                told.toward[name][part] = toward.reshape(2, -1).T


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
    energy_of: Collection[str] | None = None,
    toward_of: Collection[str] | None = None,
) -> Evidence:
    """Evidence for one-sided movement of the duration that ``kernel`` finds.

    Parameters
    ----------
    moved
        (time, 2, window, 2) displacement in IOD, finite; sides mirrored so that equal movement has equal numbers.
    hidden
        (time, 2, window) where a window was not seen and ``moved`` is only bridged.
    error
        (time, 2, window) standard error in IOD, NaN where hidden; only its rise above the usual is used.
    kernel
        (sample,) from :mod:`facialis.numeric.signals.filters`.
    rate_hz
        Frames per second.
    head
        (mode, 2, window, 2) displacement patterns of small head movements; at least one.
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
    energy_of
        Groups whose ``energy`` is wanted; None is all.
    toward_of
        Groups whose ``toward`` is wanted; None is all.

    Returns
    -------
    Evidence
        With one entry for each time, side and name asked for.

    Notes
    -----
    Times must be even. Where the kernel touches a hidden window, 0.05 IOD is added to its standard deviation. Movement
    that both sides make alike leaves no evidence, even if it is a spasm of both.

    Source
    ------
    ``docs/reference/method.md``, chapter 5; Kay 1998, chapter 6.

    Examples
    --------
    >>> moved = 0.001 * np.random.default_rng(1).standard_normal((90, 2, 1, 2))
    >>> moved[43:48, 0, 0, 1] += [0.01, 0.02, 0.03, 0.02, 0.01]  # one side goes up at 1.5 s
    >>> seen, error, up = np.zeros((90, 2, 1), bool), np.full((90, 2, 1), 0.001), np.array([[0.0, 1.0]])
    >>> found = weigh(moved, seen, error, np.array([-0.5, 0.0, 1.0, 0.0, -0.5]), 30.0, head=np.zeros((1, 2, 1, 2)),
    ...               groups={"all": np.array([0])}, pull=up, templates={}, noise=Noise())
    >>> int(found.energy["all"][:, 0].argmax())
    45
    """
    time, _, windows, _ = moved.shape
    size = 2 * windows
    answer = correlate(moved, kernel).reshape(time, 2, size)
    blind = np.repeat(maximum_filter1d(hidden.astype(np.uint8), len(kernel), axis=0), 2, axis=2).reshape(time, 2, size)
    never = np.isnan(error).all(axis=0)
    usual = np.minimum(np.nanquantile(np.where(never, noise.hidden_iod, error), 0.2, axis=0), noise.usual_error_iod)
    excess = np.repeat(np.nan_to_num(np.maximum(error - 1.5 * usual, 0.0), nan=noise.hidden_iod), 2, axis=2)
    excess = excess.reshape(time, 2, size)
    width = noise.level_s * rate_hz
    both = smooth(answer[:, 0] * answer[:, 1], width)
    power = smooth(answer**2, width)
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
    own = (ordinary[:, None] * around[:, ::-1]) ** 2 + blind * noise.hidden_iod**2 + excess**2
    signal = _Signal(
        correlation=correlation,
        patterns=noise.head_iod * head.reshape(len(head), 2, size).transpose(0, 2, 1),
        level=level.transpose(2, 1, 0),
        shift=scaled.transpose(2, 1, 0),
        own=(own / level**2).transpose(2, 1, 0),
        shared=shared.T,
    )
    task = _Task.of(groups, templates, pull, energy_of, toward_of)
    told = _Told.empty(task, time)
    for chain in task.chains:
        _tell(told, task, chain, signal)
    return Evidence(
        energy=told.energy,
        toward=told.toward,
        matched=told.matched,
        matched_but_one=told.but_one,
        raw=((answer / level) ** 2).mean(2),
        moved=answer.reshape(moved.shape),
        level=level.reshape(moved.shape),
        correlation=correlation,
        ordinary=np.median(own, axis=0),
    )
