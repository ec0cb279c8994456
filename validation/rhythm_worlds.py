"""Made people whose spasm and diary follow one rhythm (month, shift rota, holidays), or whose diary has picked days.

Nothing acts on anything here: whatever is named is named wrongly. The judge of `follow/triggers`, not what it was made
with: rules were chosen on people of the first seeds (below 1,000), and are judged on others.
"""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from facialis.core.person.casefile import Casefile, Diary

__all__ = ["DIARIES", "RHYTHMS", "make_rhythmic_person"]

Array = NDArray[np.float64]
_FIRST = date(2022, 1, 3)
_COLUMNS = 6  # the spasm and five others

RHYTHMS = ("month", "days of a month", "rota", "holidays")
"""A wave of 25 to 33 days, no month quite as long as the last; 3 to 5 bad days of such months; shifts that repeat after
10, 14, 21 or 28 days; four to eight times off a year, of 5 to 21 days."""
DIARIES = ("bad spasm", "bad spasm or column", "bad in all")
"""Days with an entry: the spasm was bad; it or the first column was; the sum of all was. A quarter to 60 % of them."""


def _months(rng: np.random.Generator, days: int) -> Array:
    length = rng.uniform(25, 33)
    steps = length + 1.5 * rng.standard_normal(days // 15 + 5)
    return np.asarray(np.cumsum(np.concatenate([[-rng.uniform(0, length)], steps])))


def _rhythm(rng: np.random.Generator, kind: str, days: int) -> Array:
    day, out = np.arange(days), np.zeros(days)
    if kind == "month":
        begins = _months(rng, days)
        out = np.cos(2 * np.pi * np.interp(day, begins, np.arange(len(begins))))
    elif kind == "days of a month":
        last = int(rng.integers(3, 6))
        for begin in _months(rng, days):
            out[(day >= begin) & (day < begin + last)] = 1.0
    elif kind == "rota":
        length, level, shifts = int(rng.choice([10, 14, 21, 28])), rng.standard_normal(3), list[float]()
        while len(shifts) < length:
            shifts += [float(level[rng.integers(3)])] * int(rng.integers(2, 6))
        shifts[0] += 0.5
        out = np.array(shifts[:length])[(day + rng.integers(length)) % length]
    elif kind == "holidays":
        for begin in rng.integers(0, days, max(2, int(days / 365 * rng.integers(4, 9)))):
            out[begin : begin + int(rng.integers(5, 22))] = 1.0
    return np.asarray((out - out.mean()) / max(float(out.std()), 0.1), float)


def _wander(rng: np.random.Generator, days: int) -> Array:
    phi, share = rng.choice([0.0, 0.5, 0.8, 0.95]), rng.uniform(0.3, 1.0)
    state = rng.standard_normal(days)
    for t in range(1, days):
        state[t] = phi * state[t - 1] + np.sqrt(1 - phi**2) * state[t]
    return np.asarray(np.sqrt(share) * state + np.sqrt(1 - share) * rng.standard_normal(days), float)


def make_rhythmic_person(seed: int, days: int, *, rhythm: str = "", diary: str = "") -> Casefile:
    """Ratings 0-10 of spasm and five columns, each with 0.4 to 1.3 sd of the ``rhythm``, some inverted.

    ``diary`` one of `DIARIES`; else a tenth of the days is missing in the mean, as it happens.
    """
    rng = np.random.default_rng([seed, 991, len(rhythm), len(diary)])
    turned = np.append(1.0, rng.choice([-1.0, 1.0], _COLUMNS - 1))
    values = np.column_stack([_wander(rng, days) for _ in range(_COLUMNS)])
    values += _rhythm(rng, rhythm, days)[:, None] * rng.uniform(0.4, 1.3, _COLUMNS) * turned
    rated = np.clip(np.round(values * rng.uniform(1.3, 2) + rng.uniform(3, 6, _COLUMNS)), 0, 10)
    rated[rng.random(rated.shape) < 0.05] = np.nan
    missing = rng.random(days) < rng.uniform(0, 0.2)
    if diary:
        bad = values[:, 0]
        if diary == "bad spasm or column":
            bad = np.maximum(values[:, 0], values[:, 1])
        elif diary == "bad in all":
            bad = values[:, 0] + values[:, 1:].mean(1) * rng.uniform(1, 3)
        edge, soft = np.quantile(bad, rng.uniform(0.4, 0.75)), rng.uniform(0.05, 0.4)
        missing = rng.random(days) > 1 / (1 + np.exp(np.clip((edge - bad) / soft, -50, 50)))
    rated[missing] = np.nan
    return Casefile(
        name="made up",
        as_of=_FIRST + timedelta(days),
        diary=Diary(
            columns=("spasm", *(f"c{i}" for i in range(_COLUMNS - 1))),
            units=("0-10",) * _COLUMNS,
            days=tuple(_FIRST + timedelta(k) for k in range(days)),
            values=rated,
        ),
    )
