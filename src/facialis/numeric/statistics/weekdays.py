"""What days of the week have to do with counts: a factor a weekday, shrunk to none as far as it is not shown.

Log rates of the days, less a line bent every six weeks, are held against seven effects of normal prior. How large such
effects are is not known: a few sizes, none among them, are weighed by the evidence.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

__all__ = ["Week", "find_week"]

Array = NDArray[np.float64]

_SIZES = (0.0, 0.15, 0.35)  # chosen: sd of the log of the factors; effects of a tenth to a half
_SIZE_WEIGHTS = (0.4, 0.35, 0.25)  # chosen
_BEND_DAYS = 42.0  # chosen: between bends of the course; 28 - 90
_BEND_SD = 2.0  # chosen: wide, so that the course is not taken for the week
_FAR = 2.5  # chosen: spreads from the middle beyond which a day is taken back to there; 2 - 4
_LEAST_SPREAD = 0.15  # chosen: no day scatters less


@dataclass(frozen=True, kw_only=True)
class Week:
    """Factors of the days of the week against the mean of all seven; ``spread`` of the log of the filmed days' mean.

    ``factors`` (session) are those of the sessions asked for; ``spread`` says how surely the days that were filmed
    stand for the whole week: one standard deviation.
    """

    dims: ClassVar[dict[str, tuple[str, ...]]] = {"factors": ("session",)}

    factors: Array
    spread: float


def find_week(days: Array, weekdays: NDArray[np.intp], counts: Array, seen_min: Array) -> Week:
    """Factors of the weekday of each session, against the mean over the week.

    Parameters
    ----------
    days, counts, seen_min
        Of each session (session,): its day, what was counted, and the minutes times the share that could be seen.
    weekdays
        Day of the week of each session, 0 to 6.

    Notes
    -----
    With one weekday only nothing tells it from the others: all factors are 1, and ``spread`` is that of the prior.
    """
    log_rate = np.log((counts + 0.5) / seen_min)
    course = _course(days)
    left = log_rate - course @ np.linalg.lstsq(course, log_rate, rcond=None)[0]
    spread = max(1.4826 * float(np.median(np.abs(left - np.median(left)))), _LEAST_SPREAD)
    # Bursts and empty days say nothing of the week: they are taken back to where usual days end.
    log_rate = log_rate - left + np.median(left) + np.clip(left - np.median(left), -_FAR * spread, _FAR * spread)
    noise = np.sqrt(spread**2 + 1.0 / (counts + 0.5))
    marks = np.eye(7)[weekdays]
    share = marks.mean(0)
    found, weights = [], []
    for size, prior in zip(_SIZES, _SIZE_WEIGHTS, strict=True):
        effect, cov, evidence = _effects(log_rate, course, marks, noise, size)
        # Of the whole week less the days filmed.
        apart = 1 / 7 - share
        found.append((effect, float(apart @ cov @ apart)))
        weights.append(np.log(prior) + evidence)
    weight = np.exp(np.array(weights) - max(weights))
    weight /= weight.sum()
    mean = np.sum([w * effect for w, (effect, _) in zip(weight, found, strict=True)], axis=0)
    left_open = float(weight @ np.array([var for _, var in found]))
    factor = np.exp(mean - np.log(np.exp(mean).mean()))
    return Week(factors=np.asarray(factor[weekdays]), spread=float(np.sqrt(left_open)))


def _course(days: Array) -> Array:
    """Hats at each bend: lines between, (session, bend)."""
    length = float(np.ptp(days))
    # No more bends than a third of the days can carry.
    many = int(np.clip(np.ceil(length / _BEND_DAYS), 1, max(len(np.unique(days)) // 3, 1)))
    place = (days - days.min()) / max(length, 1.0) * many
    return np.asarray(np.maximum(1 - np.abs(place[:, None] - np.arange(many + 1)), 0.0))


def _effects(log_rate: Array, course: Array, marks: Array, noise: Array, size: float) -> tuple[Array, Array, float]:
    """Middle and covariance of the seven effects for one prior size, and the log evidence of that size."""
    design = np.hstack([course, marks]) / noise[:, None]
    middle = float(np.average(log_rate, weights=noise**-2))
    target = (log_rate - middle) / noise
    prior_sd = np.concatenate([np.full(course.shape[1], _BEND_SD), np.full(7, max(size, 1e-6))])
    scaled = design * prior_sd
    inner = np.eye(scaled.shape[1]) + scaled.T @ scaled
    pull = scaled.T @ target
    solved = np.linalg.solve(inner, pull)
    evidence = 0.5 * float(pull @ solved) - 0.5 * float(np.linalg.slogdet(inner)[1])
    cov = np.linalg.inv(inner) * np.outer(prior_sd, prior_sd)
    return (solved * prior_sd)[-7:], cov[-7:, -7:], evidence
