"""Made people who were operated on, whose course is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from facialis.core.calendar import YEAR_DAYS
from facialis.core.person.casefile import Casefile, FilledForm, SessionRow, Treatment

__all__ = ["KINDS", "OperatedPerson", "make_operated_person"]

KINDS = ("immediate", "gradual", "eventual", "relapse", "none", "weak")
_DAY = date(2024, 3, 4)
_EFFICACY = (0.95, 0.75, 0.4)


@dataclass(frozen=True, kw_only=True)
class OperatedPerson:
    """``freed``: share of the rate before that is gone, mean over the last four months; ``efficacy`` its grade."""

    casefile: Casefile
    kind: str
    freed: float
    efficacy: int


def _left(kind: str, days: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Share of the earlier rate that is left."""
    rest = rng.choice([0.0, 0.02])
    if kind == "gradual":
        return np.asarray(np.maximum(np.exp(-days / rng.uniform(30, 60)), rest))
    if kind == "eventual":
        return np.asarray(np.where(days < rng.uniform(90, 250), rng.uniform(0.7, 1.0), rest))
    if kind == "relapse":
        return np.asarray(np.where(days < rng.uniform(70, 180), rest, rng.uniform(0.4, 1.0)))
    if kind == "none":
        return np.full(len(days), rng.uniform(0.25, 1.1))
    if kind == "weak":  # the twitching is as before, the face too weak to show it
        return np.full(len(days), 0.05)
    return np.full(len(days), rest)


def make_operated_person(seed: int, *, kind: str, months: int) -> OperatedPerson:
    """A person seen every week or two before and after an operation, until ``months`` after it."""
    rng = np.random.default_rng([65537, KINDS.index(kind), seed])
    end = round(months * YEAR_DAYS / 12)
    days = np.cumsum(rng.integers(6, 18, 120)) - 100
    usable = rng.uniform(1.5, 5, len(days))
    scatter = np.exp(rng.uniform(0.2, 0.6) * rng.standard_normal(len(days)))
    rate = rng.uniform(2, 12)
    left = np.where(days <= 0, 1.0, _left(kind, days.astype(float), rng))
    counts = rng.poisson(rate * left * scatter * usable)
    sessions = tuple(
        SessionRow(
            day=_DAY + timedelta(days=int(d)),
            name=str(d),
            usable_min=float(u),
            twitches=float(c),
            closure_share=0.6 if kind == "weak" and d > 0 else 1.0,
        )
        for d, u, c in zip(days, usable, counts, strict=True)
        if d <= end
    )
    answers = (
        FilledForm(day=_DAY + timedelta(days=20), instrument="housebrackmann", total=3.0 if kind == "weak" else 1.0),
    )
    casefile = Casefile(
        name=f"made {seed}",
        as_of=_DAY + timedelta(days=end),
        sessions=sessions,
        forms=answers,
        treatments=(Treatment(day=_DAY, kind="decompression"),),
    )
    freed = 1 - float(left[(days > max(end - 120, 0)) & (days <= end)].mean())
    return OperatedPerson(casefile=casefile, kind=kind, freed=freed, efficacy=sum(freed < b for b in _EFFICACY))
