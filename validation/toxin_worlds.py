"""Made people with cycles of toxin, and with operations, whose truth is known.

``home`` worlds are those with which the priors were looked at while they were chosen. ``away`` worlds differ in their
seeds and in what happens: another shape of rise and return, doses that change depth and length, sessions that are
skipped in runs, a natural level that wanders, sessions of several cameras.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from facialis.core.person.casefile import Casefile, SessionRow, Treatment

__all__ = ["ToxinPerson", "make_toxin_person"]

_START = date(2024, 1, 8)
_PRODUCTS = ("product A", "product B")
_WEEK = 7


@dataclass(frozen=True, kw_only=True)
class ToxinPerson:
    """``half_days``: when half of the last cycle's best effect is left. ``every_days``: between sessions."""

    casefile: Casefile
    injections: tuple[date, ...]
    half_days: float
    every_days: int
    product: str
    mixed: bool


def _curve(days: NDArray[np.float64], onset: float, half: float, shape: float, away: bool) -> NDArray[np.float64]:
    x = np.maximum(days, 0.0)
    if away:  # exponential rise; return as a Weibull survival curve
        return np.asarray((1 - np.exp(-np.log(2) * x / onset)) * np.exp(-np.log(2) * (x / half) ** (0.75 * shape)))
    rise = (x / onset) ** 3 / (1 + (x / onset) ** 3)
    return np.asarray(rise / (1 + (x / half) ** shape))


def make_toxin_person(
    seed: int,
    *,
    away: bool,
    every_days: int,
    into_days: int,
    cycles: int = 3,
    usual_days: float | None = None,
    times_per_cycle: float = 1.0,
    appointment_days: int | None = None,
    scatter_of_cycles: float | None = None,
) -> ToxinPerson:
    """A person seen until ``into_days`` after the last injection, with a session about every ``every_days``.

    ``usual_days``: half of the first cycle's effect is left then, but for the scatter of cycles; None: any. Each cycle
    lasts ``times_per_cycle`` as long as the one before. ``appointment_days``: injected at fixed appointments; None:
    when the effect has gone. ``scatter_of_cycles``: sd of the logarithm of lengths; None: any of 0.08 to 0.24.
    """
    rng = np.random.default_rng([7919 if away else 104729, seed, every_days])  # the same person at all horizons
    between = rng.uniform(0.08, 0.24)
    between = between if scatter_of_cycles is None else scatter_of_cycles
    usual = np.log(84) + 0.3 * rng.standard_normal()
    usual = usual if usual_days is None else np.log(usual_days)
    halves = np.exp(usual + between * (rng.standard_t(5, cycles) * 0.77 if away else rng.standard_normal(cycles)))
    halves *= times_per_cycle ** np.arange(cycles)
    depths = 1 / (1 + np.exp(-(1.73 + 0.8 * rng.standard_normal() + 0.4 * rng.standard_normal(cycles))))
    mixed = away and bool(rng.random() < 0.3)  # the first cycle was of another product
    products = [_PRODUCTS[int(rng.random() < 0.5)]] * cycles
    if mixed:
        products[0] = "product C"
        halves[0] *= np.exp(0.25 * rng.standard_normal())
    if away:
        changed = rng.random(cycles) < 0.3  # another dose: deeper and longer, or less so
        by = rng.choice([-1.0, 1.0], cycles) * changed
        halves *= np.exp(0.08 * by)
        depths = np.clip(depths + 0.08 * by, 0.3, 0.98)
    onset, shape = np.exp(np.log(3.3) + 0.4 * rng.standard_normal()), np.exp(np.log(8.5) + 0.3 * rng.standard_normal())
    gaps = np.maximum(np.round(halves[:-1] * np.exp(0.1 + 0.15 * rng.standard_normal(cycles - 1))), 45)
    if appointment_days is not None:
        gaps = np.full(cycles - 1, float(appointment_days))
    doses = np.concatenate([[0.0], np.cumsum(gaps)])
    days = np.cumsum(np.maximum(1, every_days + rng.integers(-2, 3, 400))) - rng.integers(20, 60)
    end = doses[-1] + max(into_days, 0)
    kept = days <= doses[-1] + 200
    if away:  # skipped in runs: 15 % of sessions on average
        skip = np.repeat(rng.random(200) < 0.15, 2)
        kept &= ~skip
    days = days[kept].astype(float)
    level = np.log(rng.uniform(2, 15)) + 0.2 * rng.standard_normal() * (days - doses[-1]) / 365
    if away:
        level = level + np.cumsum(0.05 * rng.standard_normal(len(days)))
    effect = np.zeros(len(days))
    for k in range(cycles):
        on = days > doses[k]
        effect = np.where(
            on,
            np.maximum(
                depths[k] * _curve(days - doses[k], onset, halves[k], shape, away), effect * (days - doses[k] < 14)
            ),
            effect,
        )
    scatter = rng.uniform(0.2, 0.6)
    usable = rng.uniform(1.5, 5, len(days))
    seen = np.where(rng.random(len(days)) < 0.25, 0.75, 1.0) if away else np.ones(len(days))
    rate = np.exp(level + scatter * rng.standard_normal(len(days))) * (1 - effect) * seen
    counts = rng.poisson(rate * usable)
    sessions = tuple(
        SessionRow(
            day=_START + timedelta(days=float(d)),
            name=f"{d:.0f}",
            usable_min=float(u),
            twitches=float(c),
            limit_iod=0.012 if s < 1 else 0.006,
            median_amplitude_iod=0.02 if c else None,
        )
        for d, u, c, s in zip(days, usable, counts, seen, strict=True)
        if d <= end
    )
    given = tuple(_START + timedelta(days=float(d)) for d in doses)
    treatments = tuple(Treatment(day=d, kind="toxin", product=p) for d, p in zip(given, products, strict=True))
    casefile = Casefile(
        name=f"made {seed}", as_of=_START + timedelta(days=float(end)), sessions=sessions, treatments=treatments
    )
    # the day on which half of the best effect is left, of the curve as it is
    grid = np.linspace(0, 400, 8001)
    shown = _curve(grid, onset, halves[-1], shape, away)
    top = int(shown.argmax())
    half = float(grid[top + int(np.argmax(shown[top:] < 0.5 * shown[top]))])
    return ToxinPerson(
        casefile=casefile, injections=given, half_days=half, every_days=every_days, product=products[-1], mixed=mixed
    )
