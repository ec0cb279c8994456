"""Made-up courses of known truth, by other rules than those of the model.

A course is a path of the underlying rate, a person's sizes of twitches, cameras with limits, and sessions on irregular
days. Many stay as they are. What a day shows beside the rate has a mean of 1: scatter, bursts, empty days and a pattern
of the week. Two variants differ: other seeds, other shapes of the path, other scatter, other sizes and another way in
which small twitches are missed. Both may be used to choose priors; validation/course_people.py judges.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import special

from facialis.core.person.casefile import Casefile, SessionRow, Treatment

__all__ = ["KINDS", "SHARES", "Made", "dimmed", "make_course"]

Array = NDArray[np.float64]
Path = Callable[[Array], Array]

KINDS = ("stable", "resolving", "worsening", "relapsing", "remission", "toxin", "decompression", "step", "stop")
SHARES = {
    "stable": 10,
    "resolving": 3,
    "worsening": 3,
    "step": 2,
    "stop": 1,
    "relapsing": 1,
    "remission": 1,
    "toxin": 2,
    "decompression": 1,
}
"""How many of 24 courses are of each kind."""
_DAY_ZERO = date(2022, 1, 3)
_NOTHING = 1e-3  # of the earlier rate: what is left in remission


@dataclass(frozen=True, kw_only=True)
class Made:
    """A made course: what is handed to facialis, and the truth. ``rate_per_min`` is of all twitches, untreated."""

    kind: str
    casefile: Casefile
    first: date
    path: Path
    share_seen: Callable[[float], float]

    def rate_per_min(self, day: date, limit_iod: float | None) -> float:
        """True rate on a day of the twitches that a camera of this limit would see (None: all)."""
        log_rate = float(self.path(np.array([(day - self.first).days], float))[0])
        return float(np.exp(log_rate)) * (1.0 if limit_iod is None else self.share_seen(limit_iod))


def _between(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _wobble(rng: np.random.Generator, length: int, sd: float, days: float) -> Array:
    """A stationary wandering, a value a day."""
    keep = np.exp(-1 / days)
    out = np.empty(length)
    out[0] = rng.normal(0, sd)
    for k in range(1, length):
        out[k] = keep * out[k - 1] + rng.normal(0, sd * np.sqrt(1 - keep**2))
    return out


def _shape(kind: str, rng: np.random.Generator, length: int, judged: bool) -> Array:
    """Log of the rate against its start, a value a day."""
    t = np.arange(length, dtype=float)
    if kind == "resolving":
        if not judged:
            return np.asarray(np.log(_between(rng, 0.05, 0.6)) * t / 365)
        left = _between(rng, 0.04, 0.55)
        middle, width = rng.uniform(0.2, 0.9) * length, rng.uniform(0.1, 0.5) * length
        fall = special.expit((t - middle) / width) - special.expit(-middle / width)
        return np.asarray(np.log(1 - (1 - left) * np.clip(fall / special.expit(middle / width), 0, 1)))
    if kind == "worsening":
        times = _between(rng, 1.6, 6.0)
        if not judged:
            return np.asarray(np.log(times) * t / 365)
        return np.asarray(np.log(1 + (times - 1) * (1 - np.exp(-t / rng.uniform(80, 500)))))
    if kind in ("relapsing", "remission"):
        return _spells(kind, rng, length, judged)
    if kind in ("step", "stop"):
        # The last 120 days lie after the answer: the turn may be anywhere before it.
        turn = rng.uniform(0.1, 0.98) * (length - 120)
        size = np.log(_between(rng, 1.6, 5.0)) * rng.choice([-1.0, 1.0])
        size = np.log(_between(rng, _NOTHING, 0.05)) if kind == "stop" else size
        return np.asarray(size * (t >= turn))
    return np.zeros(length)


def _spells(kind: str, rng: np.random.Generator, length: int, judged: bool) -> Array:
    """Quiet spells with ramps of days; or one that does not end."""
    level = np.ones(length)
    if kind == "remission":
        at = int(rng.uniform(0.1, 0.7) * length)
        ramp = rng.uniform(5, 90)
        level = _NOTHING + (1 - _NOTHING) * special.expit(-(np.arange(length) - at) / (ramp / 4))
        return np.asarray(np.log(level))
    at = int(rng.uniform(0, 120))
    while at < length:
        longest = 240 if judged else 200
        spell = int(_between(rng, 20, 100 if rng.random() < 0.8 else longest))
        left = _between(rng, 0.01, 0.1)
        level[at : at + spell] = left
        at += spell + int(_between(rng, 20, 200))
    ramp = int(rng.uniform(3, 15))
    smooth = np.convolve(np.pad(np.log(level), ramp, mode="edge"), np.ones(ramp) / ramp, mode="same")
    return np.asarray(smooth[ramp : ramp + length])


def _toxin_left(days_since: Array, rng: np.random.Generator) -> Array:
    """Log of what a dose leaves of the rate, by days since it; back by itself in some 10 to 17 weeks."""
    depth, back, width = rng.uniform(0.6, 0.97), rng.uniform(70, 105), rng.uniform(5, 10)
    effect = special.expit((days_since - 4) / 1.2) * special.expit(-(days_since - back) / width)
    return np.asarray(np.log(1 - depth * effect))


def _days(rng: np.random.Generator, sessions: int, judged: bool) -> Array:
    gap = float(rng.choice([3.5, 7.0, 14.0, 28.0], p=[0.2, 0.4, 0.25, 0.15]))
    gap = max(min(gap, 740 / sessions), 45 / sessions)
    gaps = rng.gamma(1.5, gap / 1.5, sessions - 1) if judged else rng.gamma(3.0, gap / 3.0, sessions - 1)
    days = np.concatenate([[0.0], np.cumsum(np.round(gaps))])
    if judged and sessions > 12 and rng.random() < 0.3:  # a holiday
        days[sessions // 2 :] += rng.integers(30, 80)
    return np.asarray(np.minimum(days, 800.0), dtype=np.float64)


def make_course(
    kind: str, seed: int, *, judged: bool, sessions: int | None = None, weekly: bool = False, level: float | None = None
) -> Made:
    """A course of one of ``KINDS``; the same seed gives another course in the other world."""
    rng = np.random.default_rng((seed, KINDS.index(kind), int(judged)))
    n = sessions or round(_between(rng, 4, 104))
    days: Array = np.arange(n, dtype=np.float64) * 7.0 if weekly else _days(rng, n, judged)
    end = int(days[-1] + (rng.integers(0, 15) if rng.random() < 0.85 else rng.integers(15, 61)))
    length = end + 120
    base = level or (_between(rng, 0.25, 12) if judged else _between(rng, 0.3, 10))
    turn = kind if kind not in ("toxin", "decompression") else str(rng.choice(["stable", "resolving", "worsening"]))
    wander = rng.uniform(0, 0.25)
    log_rate: Array = (
        np.log(base) + _shape(turn, rng, length, judged) + _wobble(rng, length, wander, rng.uniform(20, 150))
    )

    def path(at: Array) -> Array:
        return np.asarray(np.interp(at, np.arange(length), log_rate))

    treated: Array = np.zeros(length)
    treatments: list[Treatment] = []
    if kind == "toxin":
        at = int(rng.uniform(0, 60))
        while at < end:
            since = np.arange(length) - at
            treated = treated + np.where(since >= 0, _toxin_left(np.maximum(since, 0).astype(float), rng), 0.0)
            treatments.append(Treatment(day=_DAY_ZERO + timedelta(days=at), kind="toxin"))
            at += int(rng.uniform(85, 130) if rng.random() < 0.8 else rng.uniform(150, 260))
    if kind == "decompression":
        at = int(rng.uniform(0.4, 0.9) * end)
        treated = np.where(np.arange(length) >= at, np.log(_between(rng, 0.002, 0.6)), 0.0)
        treatments.append(Treatment(day=_DAY_ZERO + timedelta(days=at), kind="decompression"))
    seen, draw_size = _sizes(rng, judged)
    felt = np.asarray(path(days) + treated[days.astype(int)], dtype=np.float64)
    rows = _sessions(rng, days, felt, seen, draw_size, judged)
    casefile = Casefile(
        name=f"{kind}-{seed}",
        as_of=_DAY_ZERO + timedelta(days=end),
        sessions=rows,
        treatments=tuple(t for t in treatments if (t.day - _DAY_ZERO).days <= end),
    )
    return Made(
        kind=kind, casefile=casefile, first=_DAY_ZERO, path=path, share_seen=lambda limit: float(seen(np.log(limit)))
    )


def _sizes(rng: np.random.Generator, judged: bool) -> tuple[Callable[[float], float], Callable[[int, float], Array]]:
    """How large twitches are (log IOD) and which share of them is seen with a limit; sizes of those seen."""
    middle = np.log(_between(rng, 0.01, 0.05))
    if judged:
        shape = rng.uniform(1.2, 4.0)
        pool = middle + np.log(rng.gamma(shape, 1 / shape, 4000))
    else:
        pool = middle + rng.normal(0, rng.uniform(0.4, 0.8), 4000)

    def chance(log_limit: float) -> Array:
        if judged:
            return np.asarray(special.expit((pool - log_limit) * 5.0 + np.log(9)))
        return np.asarray(special.ndtr((pool - log_limit) / 0.35 + 1.2816))

    def draw(count: int, log_limit: float) -> Array:
        p = chance(log_limit)
        return np.asarray(np.exp(rng.choice(pool, size=count, p=p / p.sum())))

    return lambda log_limit: float(chance(log_limit).mean()), draw


def _sessions(
    rng: np.random.Generator,
    days: Array,
    log_rate: Array,
    seen: Callable[[float], float],
    draw_size: Callable[[int, float], Array],
    judged: bool,
) -> tuple[SessionRow, ...]:
    cameras = [_between(rng, 0.005, 0.035) for _ in range(int(rng.integers(1, 4)))]
    usual_min = _between(rng, 1.5, 10)
    spread = _between(rng, 0.15, 1.0)
    steady = rng.random() < 0.7  # one camera most of the time
    shown = _shown(rng, judged)
    of_day = {float(day): shown(float(day)) * _scatter(rng, spread, judged) for day in np.unique(days)}
    rows = []
    for k, day in enumerate(days):
        camera = cameras[0] if steady and rng.random() < 0.8 else float(rng.choice(cameras))
        limit = camera * float(np.exp(rng.normal(0, 0.1)))
        minutes = float(np.clip(usual_min * np.exp(rng.normal(0, 0.35)), 0.5, 30))
        mean = np.exp(log_rate[k]) * minutes * seen(np.log(limit)) * of_day[float(day)] * _scatter(rng, 0.15, judged)
        count = int(rng.poisson(mean))
        size = float(np.median(draw_size(count, np.log(limit)))) if count else None
        rows.append(
            SessionRow(
                day=_DAY_ZERO + timedelta(days=int(day)),
                name=f"{k:03d}",
                usable_min=minutes,
                twitches=count,
                limit_iod=limit,
                median_amplitude_iod=size,
                side="left",
                burden_share=min(count * 0.3 / 60 / minutes, 1.0),
            )
        )
    return tuple(rows)


def _scatter(rng: np.random.Generator, spread: float, judged: bool) -> float:
    """A factor of mean 1: log-normal where it is judged, gamma where it is tuned (counts are negative binomial)."""
    if not judged:
        shape = 1 / spread**2
        return float(rng.gamma(shape, 1 / shape))
    log_sd = np.sqrt(np.log1p(spread**2))
    return float(np.exp(rng.normal(0, log_sd) - log_sd**2 / 2))


def _shown(rng: np.random.Generator, judged: bool) -> Callable[[float], float]:
    """What a day shows beside its scatter: bursts, empty days and a pattern of the week, of mean 1."""
    often = rng.uniform(0.02, 0.12) if rng.random() < 0.5 else 0.0
    times = _between(rng, 2.0, 8.0)
    empty = rng.uniform(0.0, 0.2) if rng.random() < 0.4 else 0.0
    sd = rng.uniform(0.0, 0.4) if rng.random() < 0.6 else 0.0
    week = np.exp(rng.normal(0, sd, 7)) if judged else 1 + sd * np.sin(2 * np.pi * (np.arange(7) / 7 + rng.random()))
    usual = (1 - empty) * (1 + often * (times - 1)) * week.mean()

    def factor(day: float) -> float:
        burst = times if rng.random() < often else 1.0
        return float((rng.random() >= empty) * burst * week[int(day) % 7] / usual)

    return factor


def dimmed(made: Made, seed: int) -> Made:
    """The same course with a camera that from a third of the time on sees large twitches only, and briefly."""
    rng = np.random.default_rng((seed, 99))
    turn = made.casefile.sessions[len(made.casefile.sessions) // 3].day
    coarse, minutes = _between(rng, 0.05, 0.15), _between(rng, 0.5, 3)
    rows = []
    for row in made.casefile.sessions:
        if row.day >= turn and row.limit_iod is not None:
            share = min(made.share_seen(coarse) / made.share_seen(row.limit_iod) * minutes / row.usable_min, 1.0)
            count = int(rng.binomial(int(row.twitches), share))
            size = coarse * 1.2 if count else None
            row = replace(row, twitches=count, limit_iod=coarse, usable_min=minutes, median_amplitude_iod=size)
        rows.append(row)
    return replace(made, casefile=replace(made.casefile, sessions=tuple(rows)))
