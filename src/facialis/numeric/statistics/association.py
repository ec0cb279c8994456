"""Whether one daily series accompanies another, when both wander, follow the week and have gaps.

An outcome is taken as nuisance (trend, weekday, treatment) + slow state (AR(1)) + scatter of the day. The state's share
and memory are fitted by restricted likelihood, outcome and trigger are whitened by the same filter on the days on
which both are known, and the association is tested on what is left. Many associations are judged together by flipping
the signs of whole days, which keeps how the triggers hang together and how the scatter differs from day to day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import stats

__all__ = [
    "MEMORIES",
    "Associations",
    "associate",
    "fit_memory",
    "joined",
    "quantile",
    "side_by_side",
    "step_down",
    "whiten",
]

Array = NDArray[np.float64]

MEMORIES = np.array(
    [(0.0, 0.0), (-0.3, 1.0)]
    + [(phi, share) for phi in (0.3, 0.5, 0.7, 0.82, 0.9, 0.95, 0.98) for share in (0.2, 0.4, 0.6, 0.8, 1.0)]
)
"""Memory from day to day and share of the state that are tried. Chosen: finer steps name as many triggers."""

_SMALL = 1e-9  # chosen: directions of the nuisance below this share of the largest count as none; 1e-12 - 1e-7
_MOST_LEVERAGE = 0.99  # chosen: keeps days that the nuisance fits wholly finite; 0.9 - 0.999


@dataclass(frozen=True, kw_only=True)
class Associations:
    """One row for each pair of outcome and trigger.

    ``slope`` is in units of the outcome for one unit of the trigger, ``error`` its standard error, robust to scatter
    that differs between days. ``weights`` (day, pair) are the days' shares of the score; their sum over its root sum of
    squares, less what the nuisance used up of the days, is ``score``, which is near a standard normal when nothing goes
    along. ``freedom`` is what the days leave, ``spared`` its share of the days. ``trigger_left`` and ``outcome_left``
    (day, pair) are what nuisance and memory leave of both, 0 where either is not known.
    """

    slope: Array
    error: Array
    score: Array
    weights: Array
    freedom: Array
    spared: Array
    trigger_left: Array
    outcome_left: Array


def whiten(values: Array, seen: NDArray[np.bool_], memory: Array) -> tuple[Array, Array]:
    """Innovations of ``values`` (day, batch, column) on the days ``seen`` (day, batch), of unit variance; else 0.

    ``memory`` (batch, 2) is the correlation of the state from one day to the next and its share of the variance. The
    second array (batch) is the sum of the logarithms of the innovations' variances.
    """
    phi, share = memory[:, 0], memory[:, 1]
    out = np.zeros(values.shape)
    state = np.zeros(values.shape[1:])
    spread = share.copy()
    log_sum = np.zeros(len(memory))
    for day in range(len(values)):
        now = seen[day]
        variance = spread + 1.0 - share
        surprise = np.where(now[:, None], values[day] - state, 0.0)
        out[day] = surprise / np.sqrt(variance)[:, None]
        log_sum += np.where(now, np.log(variance), 0.0)
        gain = np.where(now, spread / variance, 0.0)
        state = (state + gain[:, None] * surprise) * phi[:, None]
        spread = phi**2 * spread * (1.0 - gain) + share * (1.0 - phi**2)
    return out, log_sum


def fit_memory(outcomes: Array, nuisance: Array) -> Array:
    """Memory and share of the state of each of ``outcomes`` (day, series; NaN: not known), out of `MEMORIES`.

    Restricted likelihood, so that what the ``nuisance`` (day, column) takes out does not look like forgetting.
    """
    days, series = outcomes.shape
    kinds = len(MEMORIES)
    seen = np.isfinite(outcomes)
    best = np.zeros((series, 2))
    for s in range(series):
        values = np.column_stack([nuisance, np.where(seen[:, s], outcomes[:, s], 0.0)])
        columns = values.shape[1]
        batch = np.broadcast_to(values[:, None, :], (days, kinds, columns))
        white, log_sum = whiten(batch, np.broadcast_to(seen[:, s, None], (days, kinds)), MEMORIES)
        gram = np.einsum("dki,dkj->kij", white, white, optimize=True)
        top, directions, rank = _inverse(gram[:, :-1, :-1])
        left = gram[:, -1, -1] - np.einsum("ki,kij,kj->k", gram[:, :-1, -1], directions, gram[:, :-1, -1])
        freedom = np.maximum(seen[:, s].sum() - rank, 1)
        floor = _SMALL * np.maximum(gram[:, -1, -1], np.finfo(float).tiny)
        deviance = freedom * np.log(np.maximum(left, floor) / freedom) + log_sum + top
        best[s] = MEMORIES[int(np.argmin(deviance))]
    return best


def _inverse(gram: Array) -> tuple[Array, Array, Array]:
    """Log determinant, inverse and rank of each of a stack of Gram matrices; directions without extent left out."""
    scale = np.sqrt(np.maximum(np.einsum("kii->ki", gram), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(gram / (scale[:, :, None] * scale[:, None, :]))
    kept = values > _SMALL * values[:, -1:]
    parts = np.where(kept, 1.0 / np.where(kept, values, 1.0), 0.0)
    inverse = (vectors * parts[:, None, :]) @ vectors.swapaxes(1, 2) / (scale[:, :, None] * scale[:, None, :])
    log_det = np.where(kept, np.log(np.where(kept, values, 1.0)), 0.0).sum(1) + 2 * np.log(scale).sum(1)
    return log_det, inverse, kept.sum(1)


def associate(outcome: Array, trigger: Array, nuisance: Array, memory: Array) -> Associations:
    """What goes along, for each pair of ``outcome`` and ``trigger`` (day, pair; NaN: not known; lags already shifted).

    ``memory`` (pair, 2) is that of the pair's outcome. A pair without enough days or without variation left has a score
    of 0 and an infinite error.
    """
    days, pairs = outcome.shape
    seen = np.isfinite(outcome) & np.isfinite(trigger)
    filled = np.zeros((days, pairs, nuisance.shape[1] + 2))
    filled[:, :, :-2] = nuisance[:, None, :]
    filled[:, :, -2] = np.where(seen, _centred(trigger, seen), 0.0)
    filled[:, :, -1] = np.where(seen, _centred(outcome, seen), 0.0)
    white, _ = whiten(filled, seen, memory)
    z, x, y = white[:, :, :-2], white[:, :, -2], white[:, :, -1]
    _, inverse, rank = _inverse(np.einsum("dpi,dpj->pij", z, z, optimize=True))
    onto = np.einsum("dpi,pij->dpj", z, inverse, optimize=True)
    leverage = np.minimum(np.einsum("dpi,dpi->dp", onto, z), _MOST_LEVERAGE)
    x_left = x - np.einsum("dpi,pi->dp", onto, np.einsum("dpi,dp->pi", z, x))
    y_left = y - np.einsum("dpi,pi->dp", onto, np.einsum("dpi,dp->pi", z, y))
    freedom = seen.sum(0) - rank - 1
    length = (x_left**2).sum(0)
    usable = (freedom > 0) & (length > 1e-6 * (x**2).sum(0)) & ((y_left**2).sum(0) > 1e-6 * (y**2).sum(0))
    weights = np.where(usable, x_left * y_left / np.sqrt(1 - leverage), 0.0)
    root = np.sqrt((weights**2).sum(0))
    spared = np.maximum(freedom, 0) / np.maximum(seen.sum(0), 1)
    score = np.sqrt(spared) * np.where(root > 0, weights.sum(0) / np.where(root > 0, root, 1.0), 0.0)
    safe = np.where(usable, length, 1.0)
    slope = np.where(usable, (x_left * y_left).sum(0) / safe, 0.0)
    own = np.minimum(leverage + x_left**2 / safe, _MOST_LEVERAGE)
    rest = np.where(seen, y_left - slope * x_left, 0.0) / (1 - own)  # HC3: a day that pulls hard is not trusted
    error = np.where(usable, np.sqrt(((x_left * rest) ** 2).sum(0)) / safe, np.inf)
    left = np.maximum(freedom, 0)
    return Associations(
        slope=slope,
        error=error,
        score=score,
        weights=weights,
        freedom=left,
        spared=spared,
        trigger_left=np.where(seen & usable, x_left, 0.0),
        outcome_left=np.where(seen & usable, y_left, 0.0),
    )


def joined(parts: Sequence[Associations]) -> Associations:
    """The same pairs in stretches of days one after the other, as one; each pair's slope is that of all of them."""
    weights = np.concatenate([part.weights for part in parts])
    precision = np.array([part.error**-2.0 for part in parts])
    total = precision.sum(0)
    known = np.where(total > 0, total, 1.0)
    freedom = np.sum([part.freedom for part in parts], axis=0)
    days = np.sum([part.freedom / np.maximum(part.spared, 1e-9) for part in parts], axis=0)
    spared = freedom / np.maximum(days, 1.0)
    root = np.sqrt((weights**2).sum(0))
    return Associations(
        slope=(precision * np.array([part.slope for part in parts])).sum(0) / known,
        error=np.where(total > 0, known**-0.5, np.inf),
        score=np.sqrt(spared) * np.where(root > 0, weights.sum(0) / np.where(root > 0, root, 1.0), 0.0),
        weights=weights,
        freedom=freedom,
        spared=spared,
        trigger_left=np.concatenate([part.trigger_left for part in parts]),
        outcome_left=np.concatenate([part.outcome_left for part in parts]),
    )


def side_by_side(parts: Sequence[Associations]) -> Associations:
    """Other pairs of the same days, as one."""
    return Associations(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts], axis=-1)
            for field in fields(parts[0])
        }
    )


def _centred(values: Array, seen: NDArray[np.bool_]) -> Array:
    count = np.maximum(seen.sum(0), 1)
    return np.asarray(values - np.where(seen, values, 0.0).sum(0) / count)


def step_down(found: Associations, *, draws: int, seed: int) -> Array:
    """P of each pair, corrected for all of them: Westfall and Young, step-down largest score.

    Each draw flips the signs of whole days, the same for all pairs, so what hangs together stays together.
    """
    weights, score = found.weights, np.abs(found.score)
    days, pairs = weights.shape
    root = np.sqrt((weights**2).sum(0))
    unit = np.where(root > 0, weights / np.where(root > 0, root, 1.0), 0.0)
    signs = np.random.default_rng(seed).integers(0, 2, (draws, days)).astype(float) * 2 - 1
    drawn = np.abs(signs @ unit)
    order = np.argsort(score, kind="stable")
    largest = np.maximum.accumulate(drawn[:, order], axis=1)
    reached = (largest >= score[order] * (1 - 1e-9)).sum(0)
    raw = (1 + reached) / (1 + draws)
    down = np.maximum.accumulate(raw[::-1])[::-1]
    p = np.ones(pairs)
    p[order] = np.minimum(down, 1.0)
    return p


def quantile(probability: float, freedom: Array) -> Array:
    """How many standard errors an interval of this probability reaches to each side."""
    return np.asarray(stats.t.ppf(0.5 + probability / 2, np.maximum(freedom, 1)), float)
