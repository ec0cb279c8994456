"""Made-up people who judge the natural course and set nothing: no prior and no rule was chosen by looking at them.

Another process than validation/course_worlds.py. More than half of them stay as they are. The log of the rate is an
Ornstein-Uhlenbeck process round a level that may slope from some day on, step once or twice within a day, stop, or
come and go. What a day shows beside that is an autocorrelated mood, bursts with a heavy tail, empty days and a
pattern of the week; counts are Poisson on top, and what a camera sees rises with size by a complementary log-log law.
People film by habits: once a week on a fixed day, every few days, whenever they think of it, or less and less.

The true rate is the mean over days: the factors of a day have a mean of 1 together.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from facialis.core.person.casefile import Casefile, SessionRow
from validation.course_worlds import Made

__all__ = ["PEOPLE", "make_person"]

Array = NDArray[np.float64]

PEOPLE = {"stays": 56, "slope down": 9, "slope up": 9, "step": 11, "stop": 7, "comes and goes": 8}
"""Kinds of people and how many of a hundred are of each."""

_DAY_ZERO = date(2021, 5, 3)  # a Monday
_HABITS = ("weekly", "every few days", "whenever", "less and less")
_NOTHING = 5e-4  # of the earlier rate: what a stop may leave


def make_person(seed: int) -> Made:
    """One person, of a kind drawn by the shares of ``PEOPLE``."""
    rng = np.random.default_rng((seed, 20_261_130))
    kind = str(rng.choice(list(PEOPLE), p=np.array(list(PEOPLE.values())) / sum(PEOPLE.values())))
    days = _filmed(rng)
    end = int(days[-1]) + int(rng.geometric(0.12))
    log_rate = np.log(rng.gamma(1.3, 2.5) + 0.15) + _level(kind, rng, end + 1) + _settling(rng, end + 1)

    def path(at: Array) -> Array:
        return np.asarray(log_rate[np.clip(at.astype(int), 0, end)])

    seen, draw_size = _sizes(rng)
    shown = np.exp(log_rate) * _day_factors(rng, end + 1)
    return Made(
        kind=kind,
        casefile=Casefile(
            name=f"{kind}-{seed}",
            as_of=_DAY_ZERO + timedelta(days=end),
            sessions=_rows(rng, days, shown, seen, draw_size),
        ),
        first=_DAY_ZERO,
        path=path,
        share_seen=seen,
    )


def _level(kind: str, rng: np.random.Generator, length: int) -> Array:
    t = np.arange(length, dtype=float)
    way = rng.choice([-1.0, 1.0])
    if kind.startswith("slope"):
        begin = rng.uniform(-0.3, 0.5) * length
        a_year = rng.gamma(3.0, 0.4) * (-1.0 if kind.endswith("down") else 1.0)
        return np.asarray(a_year * (np.maximum(t - begin, 0) - max(-begin, 0)) / 365)
    if kind == "step":
        first = way * rng.uniform(0.4, 1.7) * (t >= rng.uniform(0.15, 0.95) * length)
        again = rng.choice([-1.0, 1.0]) * rng.uniform(0.4, 1.2) * (t >= rng.uniform(0.15, 0.95) * length)
        return np.asarray(first + (again if rng.random() < 0.3 else 0.0))
    if kind == "stop":
        left = np.log(_NOTHING) if rng.random() < 0.6 else rng.uniform(-4.0, -2.0)
        return np.asarray(left * (t >= rng.uniform(0.2, 0.97) * length))
    if kind == "comes and goes":
        away = np.zeros(length, bool)
        at, quiet = 0, bool(rng.random() < 0.5)
        while at < length:
            stay = 1 + int(rng.exponential(60 if quiet else 110))
            away[at : at + stay] = quiet
            at, quiet = at + stay, not quiet
        return np.asarray(rng.uniform(-3.5, -1.0) * away)
    return np.zeros(length)


def _settling(rng: np.random.Generator, length: int) -> Array:
    """Ornstein-Uhlenbeck, from its stationary state."""
    sd, keep = rng.uniform(0.03, 0.3), np.exp(-1 / np.exp(rng.normal(3.6, 0.6)))
    return _correlated(rng, length, sd, float(keep))


def _correlated(rng: np.random.Generator, length: int, sd: float, keep: float) -> Array:
    out = rng.normal(0, sd, length)
    for k in range(1, length):
        out[k] = keep * out[k - 1] + np.sqrt(1 - keep**2) * out[k]
    return out


def _day_factors(rng: np.random.Generator, length: int) -> Array:
    """What a day shows of the rate: mood, bursts, empty days, the week. Mean 1."""
    sd, keep = rng.uniform(0.1, 0.6), rng.uniform(0.0, 0.7)
    mood = np.exp(_correlated(rng, length, sd, keep) - 0.5 * sd**2)
    often, times = (rng.uniform(0.01, 0.12), rng.uniform(1.0, 5.0)) if rng.random() < 0.6 else (0.0, 0.0)
    # A burst adds a Pareto share (exponent 2.5, mean 1/1.5, cut at 12) times ``times``.
    burst = 1 + (rng.random(length) < often) * times * np.minimum(rng.pareto(2.5, length), 12.0)
    empty = rng.uniform(0.0, 0.2) if rng.random() < 0.4 else 0.0
    some = (rng.random(length) >= empty) / (1 - empty)
    week = np.exp(rng.normal(0, rng.uniform(0.0, 0.3), 7))
    if rng.random() < 0.3:
        week[5:] *= np.exp(rng.normal(0, 0.4))
    return np.asarray(mood * burst / (1 + often * times / 1.5) * some * (week / week.mean())[np.arange(length) % 7])


def _filmed(rng: np.random.Generator) -> Array:
    """Days with a recording, from 0 on, over six weeks to thirty months."""
    span = int(np.exp(rng.uniform(np.log(42), np.log(900))))
    habit = str(rng.choice(_HABITS, p=[0.4, 0.25, 0.2, 0.15]))
    every = np.arange(span + 1)
    start = int(rng.integers(7))
    if habit == "weekly":
        kept = every[(every % 7 == 0) & (rng.random(span + 1) < rng.uniform(0.6, 1.0))]
    elif habit == "every few days":
        kept = every[rng.random(span + 1) < rng.uniform(0.15, 0.7)]
    elif habit == "whenever":
        kept = every[rng.random(span + 1) < 1 / rng.uniform(8, 35)]
    else:
        kept = every[rng.random(span + 1) < np.exp(-every / (0.35 * span)) * rng.uniform(0.3, 0.9)]
    kept = np.unique(np.concatenate([[0], kept, [span] if len(kept) < 3 else []]))
    return np.asarray(kept + start, dtype=np.float64)


def _sizes(rng: np.random.Generator) -> tuple[Callable[[float], float], Callable[[int, float], Array]]:
    """Sizes are Weibull; nine in ten are seen at the limit."""
    pool = np.exp(rng.normal(-3.7, 0.5)) * rng.weibull(rng.uniform(1.1, 2.5), 2500)
    steep = rng.uniform(1.5, 3.0)

    def chance(limit: float) -> Array:
        return np.asarray(-np.expm1(-np.log(10.0) * (pool / limit) ** steep))

    def draw(count: int, limit: float) -> Array:
        p = chance(limit)
        return np.asarray(rng.choice(pool, count, p=p / p.sum()))

    return lambda limit: float(chance(limit).mean()), draw


def _rows(
    rng: np.random.Generator,
    days: Array,
    shown: Array,
    seen: Callable[[float], float],
    draw_size: Callable[[int, float], Array],
) -> tuple[SessionRow, ...]:
    limit = float(np.exp(rng.normal(-4.6, 0.4)))
    new_camera = rng.uniform(0, days[-1]) if rng.random() < 0.25 else np.inf
    later = limit * float(np.exp(rng.normal(0, 0.4)))
    usual_min = float(rng.choice([1.0, 2.0, 3.0, 5.0], p=[0.2, 0.4, 0.25, 0.15]))
    rows = []
    for k, day in enumerate(days):
        now = (limit if day < new_camera else later) * float(np.exp(rng.normal(0, 0.08)))
        minutes = usual_min * float(rng.uniform(0.5, 1.0))
        count = int(rng.poisson(shown[int(day)] * minutes * seen(now)))
        rows.append(
            SessionRow(
                day=_DAY_ZERO + timedelta(days=int(day)),
                name=f"{k:04d}",
                usable_min=minutes,
                twitches=count,
                limit_iod=now,
                median_amplitude_iod=float(np.median(draw_size(count, now))) if count else None,
                side="left",
                burden_share=min(count * 0.3 / 60 / minutes, 1.0),
            )
        )
    return tuple(rows)
