"""What goes along with the spasm within one person, in both directions and with a delay. Never why.

The diary's rating of the spasm, and the rate of the sessions where there are enough, against each other column of the
diary. What would make anything go along with anything (drift, the week, treatments, one day resembling the next) is
taken out first; what is left is judged together for all that was tried.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import EstimateError
from facialis.core.knowledge import column_key, wording
from facialis.core.messages import said
from facialis.core.person.casefile import Casefile
from facialis.core.person.course import TriggerEffect
from facialis.follow.selection import noted_by_mood
from facialis.numeric.statistics.association import (
    Associations,
    associate,
    fit_memory,
    joined,
    quantile,
    side_by_side,
    step_down,
)
from facialis.numeric.statistics.rhythms import repeating_share, spells, waves

__all__ = ["LAGS_DAYS", "SESSIONS", "find_triggers", "known_about", "not_tried"]

Array = NDArray[np.float64]
Direction = Literal["to_spasm", "same_day", "from_spasm"]

LAGS_DAYS = (0, 1, 2, 3)
"""Delays that are tried. Chosen: each further one costs power; 0 - 7."""
SESSIONS = "sessions"
"""Name of the outcome that is measured: logarithm of the twitches a minute of the day's recordings."""

_FEWEST_DAYS = 20  # chosen: fewer days leave too little beside week and drift; 15 - 30
_FEWEST_TO_NAME = 30  # chosen: a month; 28 - 60
_NEGLIGIBLE_SD = 0.1  # chosen: half of what is usually called a small effect; 0.05 - 0.2
_FAMILY_P = 0.03  # chosen: keeps below 5 in 100 what is named by chance, memory being fitted; validation.triggers
_RHYTHM_DAYS = 9.0  # chosen: shorter than any shift rota; the weekday is taken out by itself; 7 - 10
_DAYS_A_WAVE = 3  # chosen: known days for each wave, else nothing would be left of rare recordings; 2 - 5
_FAST_P = 0.05  # chosen: of those that stand already; 0.02 - 0.1
_SPELL_DAYS = 3  # chosen: the shortest spell, as of holidays or bad days of a month; 3 - 5
_STRETCH_DAYS = 365  # chosen: so that long diaries take time in proportion; 180 - 730
_PERIODS = np.arange(9, 61)  # days: from the shortest rota to two months
_MOST_REPEATED = 1 / 3  # chosen: what acts within days repeats by chance only; 0.25 - 0.5
_REPEATS_AT = 2.5  # chosen: standard deviations, as 52 lengths are looked at; 2 - 3
_PROBABILITY = 0.9  # chosen: as everywhere in facialis
_DRAWS = 1999  # chosen: p is known to 0.005 near 0.05; 999 - 9999
_SEED = 20_240  # chosen: any; the answer must not change from one call to the next
_TREND_DAYS = 60.0  # chosen: half a wave of the fastest drift taken out; 45 - 120
_MOST_WAVES = 6  # chosen: slower drift is left to the memory of the series; 4 - 12
_WEEK_FROM_DAYS = 28  # chosen: below four weeks a weekday is seen less than four times; 21 - 42
_TOXIN_DAYS = (0.0, 4.0, 14.0, 35.0, 70.0, 110.0, 150.0)  # chosen: onset, best and wear-off each get a knot
_MOST_STEPS = 4  # chosen: more changes of drugs than that use up too many days; 2 - 8


@dataclass(frozen=True, kw_only=True)
class _Series:
    name: str
    values: Array
    is_outcome: bool


def known_about(name: str) -> str:
    """One sentence on what is known of others about this trigger; empty where the name is not known."""
    found = column_key(name)
    return wording(f"trigger_known_{found[1]}") if found and found[0] == "triggers" else ""


def find_triggers(casefile: Casefile) -> tuple[TriggerEffect, ...]:
    """Every association that was tried, the most certain first.

    ``p_corrected`` is for all of them together: if nothing goes along with anything, one is ``named`` in at most 5 of
    100 people. Of each column and direction only the clearest delay is named. What came first in time need not be
    the cause.

    Raises
    ------
    EstimateError
        ``not_enough_data``: no outcome, nothing beside it, or too few days on which both were noted.
    """
    first, days, series = _gather(casefile)
    if not any(s.is_outcome for s in series):
        raise EstimateError(**said("no_spasm_diary", days=_FEWEST_TO_NAME), code="not_enough_data")
    pairs = _pairs(series)
    if not pairs:
        raise EstimateError(**said("no_other_diary", least=_FEWEST_DAYS, days=_FEWEST_TO_NAME), code="not_enough_data")
    nuisance = _nuisance(casefile, first, days)
    values = np.column_stack([s.values for s in series])
    needed = sorted({y for y, _, _ in pairs})
    memory = dict(zip(needed, fit_memory(values[:, needed], nuisance), strict=True))
    found = associate(
        np.column_stack([values[:, y] for y, _, _ in pairs]),
        np.column_stack([_later(values[:, x], lag) for _, x, lag in pairs]),
        nuisance,
        np.array([memory[y] for y, _, _ in pairs]),
    )
    p = step_down(found, draws=_DRAWS, seed=_SEED)
    reach = quantile(_PROBABILITY, found.freedom)
    rows: list[TriggerEffect] = []
    tried = int(np.isfinite(found.error).sum())
    for i, (y, x, lag) in enumerate(pairs):
        if not np.isfinite(found.error[i]):
            continue
        scale = float(np.nanstd(values[:, x]) / np.nanstd(values[:, y]))
        effect, half = float(found.slope[i]) * scale, float(found.error[i] * reach[i]) * scale
        to_spasm = series[y].is_outcome
        direction: Direction = "from_spasm" if not to_spasm else "to_spasm" if lag else "same_day"
        both = int((np.isfinite(values[:, y]) & np.isfinite(_later(values[:, x], lag))).sum())
        rows.append(
            TriggerEffect(
                name=series[x if to_spasm else y].name,
                outcome=series[y if to_spasm else x].name,
                lag_days=lag,
                direction=direction,
                effect=effect,
                low=effect - half,
                high=effect + half,
                probability=_PROBABILITY,
                p_corrected=float(p[i]),
                named=bool(p[i] < _FAMILY_P and abs(effect) >= _NEGLIGIBLE_SD and both >= _FEWEST_TO_NAME),
                days=both,
                tried=tried,
            )
        )
    clearest = _clearest(rows, np.abs(found.score[np.isfinite(found.error)]))
    if noted_by_mood(casefile):
        return tuple(_unnamed(row, "diary") for row in clearest)
    return _beyond_rhythm(clearest, series, nuisance)


def _beyond_rhythm(
    rows: tuple[TriggerEffect, ...], series: list[_Series], nuisance: Array
) -> tuple[TriggerEffect, ...]:
    """``named`` is kept where it stands without what rises and falls over more than a week, and does not repeat."""
    asked = [i for i, row in enumerate(rows) if row.named]
    if not asked:
        return rows
    place = {s.name: k for k, s in enumerate(series)}
    pairs = []
    for row in (rows[i] for i in asked):
        name, outcome = place[row.name], place[row.outcome]
        pairs.append((name, outcome, row.lag_days) if row.direction == "from_spasm" else (outcome, name, row.lag_days))
    values = np.column_stack([s.values for s in series])
    fast = _fast_part(values, pairs, nuisance, with_spells=False)
    comb, fast = fast, _fast_part(values, pairs, nuisance, with_spells=True)
    p = step_down(fast, draws=_DRAWS, seed=_SEED)
    out = list(rows)
    for k, i in enumerate(asked):
        share, certain = repeating_share(comb.trigger_left[:, k], comb.outcome_left[:, k], _PERIODS)
        same = fast.score[k] * rows[i].effect > 0
        repeats = bool(np.any((share >= _MOST_REPEATED) & (certain >= _REPEATS_AT)))
        if not same or p[k] >= _FAST_P or repeats:
            out[i] = _unnamed(rows[i], "rhythm")
    return tuple(out)


def _fast_part(values: Array, pairs: list[tuple[int, int, int]], nuisance: Array, *, with_spells: bool) -> Associations:
    """The associations of ``pairs`` in what is left without slow ups and downs, a year at a time to stay linear."""
    days = len(values)
    parts = []
    count = -(-days // _STRETCH_DAYS)
    edges = np.linspace(0, days, count + 1).astype(int)
    for a, b in pairwise(edges):
        one: list[Associations] = []
        fitted: dict[tuple[int, int], Array] = {}
        for y, x, lag in pairs:
            outcome, trigger = values[a:b, y], _later(values[:, x], lag)[a:b]
            beside = _beside(outcome, trigger, nuisance[a:b], with_spells)
            # Without spells it is the outcome's alone, and the same for all of its triggers that leave as many waves.
            key = (y, -1 - len(one) if with_spells else beside.shape[1])
            if key not in fitted:
                fitted[key] = fit_memory(outcome[:, None], beside)
            one.append(associate(outcome[:, None], trigger[:, None], beside, fitted[key]))
        parts.append(side_by_side(one))
    return joined(parts)


def _beside(outcome: Array, trigger: Array, nuisance: Array, with_spells: bool) -> Array:
    """What is taken out of a pair: ``nuisance``, waves, and spells in which both are at another level, as holidays."""
    known = int((np.isfinite(outcome) & np.isfinite(trigger)).sum())
    shortest = max(_RHYTHM_DAYS, _DAYS_A_WAVE * 2 * len(outcome) / max(known, 1))
    beside = np.column_stack([nuisance, waves(len(outcome), shortest)])
    return np.column_stack([beside, spells(_together(outcome, trigger), _SPELL_DAYS)]) if with_spells else beside


def _together(outcome: Array, trigger: Array) -> Array:
    """Both as one series, on the days on which both are known: what they share stands out of what they do not."""
    both = np.isfinite(outcome) & np.isfinite(trigger)
    if both.sum() < 3 or not (np.ptp(outcome[both]) > 0 and np.ptp(trigger[both]) > 0):
        return np.full(len(outcome), np.nan)
    a, b = (np.where(both, (v - v[both].mean()) / v[both].std(), np.nan) for v in (outcome, trigger))
    return np.asarray(a + np.sign(np.nansum(a * b)) * b)


def _clearest(rows: list[TriggerEffect], scores: Array) -> tuple[TriggerEffect, ...]:
    """In order of certainty; ``named`` is kept by the clearest delay of each column, outcome and direction."""
    taken: set[tuple[str, str, bool]] = set()
    out: list[TriggerEffect] = []
    for i in sorted(range(len(rows)), key=lambda i: (rows[i].p_corrected, -scores[i], rows[i].name)):
        row = rows[i]
        key = (row.name, row.outcome, row.direction == "from_spasm")
        out.append(_unnamed(row) if row.named and key in taken else row)
        taken.add(key)
    return tuple(out)


def _unnamed(row: TriggerEffect, why: Literal["", "rhythm", "diary"] = "") -> TriggerEffect:
    return replace(row, named=False, unnamed=why)


def not_tried(casefile: Casefile) -> Mapping[str, str]:
    """Columns of the diary that nothing can be said about, each with the key of the wording that says why."""
    _, _, series = _gather(casefile)
    tried = {series[x].name for _, x, _ in _pairs(series)} | {series[y].name for y, _, _ in _pairs(series)}
    out: dict[str, str] = {}
    for name in casefile.diary.columns:
        values = casefile.diary.column(name)
        known = values[np.isfinite(values)]
        if name in tried:
            continue
        if not len(known):
            out[name] = "trigger_empty"
        elif np.ptp(known) == 0:
            out[name] = "trigger_constant"
        elif (column_key(name) or ("", ""))[0] == "outcomes":
            out[name] = "trigger_same_thing"
        else:
            out[name] = "trigger_too_few_days"
    return out


# ---- what is compared ------------------------------------------------------------------------------------------


def _gather(casefile: Casefile) -> tuple[date, int, list[_Series]]:
    """First day, number of days, and the series on that grid of days: outcomes first."""
    diary = casefile.diary
    rates = _session_rates(casefile)
    marked = sorted([*diary.days, *rates])
    if not marked:
        return casefile.as_of, 0, []
    first, days = marked[0], (marked[-1] - marked[0]).days + 1
    place = [(day - first).days for day in diary.days]
    outcomes: list[_Series] = []
    others: list[_Series] = []
    for name in diary.columns:
        values = np.full(days, np.nan)
        values[place] = diary.column(name)
        is_outcome = (column_key(name) or ("", ""))[0] == "outcomes"
        (outcomes if is_outcome else others).append(_Series(name=name, values=values, is_outcome=is_outcome))
    outcomes = sorted(outcomes, key=lambda s: -int(np.isfinite(s.values).sum()))[:1]
    if len(rates) >= _FEWEST_DAYS:
        measured = np.full(days, np.nan)
        for day, value in rates.items():
            measured[(day - first).days] = value
        outcomes.append(_Series(name=SESSIONS, values=measured, is_outcome=True))
    return first, days, [*outcomes, *others]


def _session_rates(casefile: Casefile) -> dict[date, float]:
    """Logarithm of the rate of each day with a session, of the block and side that most sessions are of."""
    kinds = [(row.block, row.side) for row in casefile.sessions]
    if not kinds:
        return {}
    most = max(dict.fromkeys(kinds), key=kinds.count)
    sums: dict[date, tuple[float, float]] = {}
    for row in casefile.sessions:
        if (row.block, row.side) == most:
            twitches, minutes = sums.get(row.day, (0.0, 0.0))
            sums[row.day] = (twitches + row.twitches, minutes + row.usable_min)
    return {day: float(np.log((twitches + 0.5) / minutes)) for day, (twitches, minutes) in sums.items()}


def _pairs(series: list[_Series]) -> list[tuple[int, int, int]]:
    """(what is explained, what it is explained by, how many days before) of all that is tried."""
    out: list[tuple[int, int, int]] = []
    for o, outcome in enumerate(series):
        if not outcome.is_outcome:
            continue
        for t, trigger in enumerate(series):
            if trigger.is_outcome:
                continue
            tried = [(o, t, lag) for lag in LAGS_DAYS] + [(t, o, lag) for lag in LAGS_DAYS if lag]
            out += [(y, x, lag) for y, x, lag in tried if _enough(series[y].values, _later(series[x].values, lag))]
    return out


def _enough(outcome: Array, trigger: Array) -> bool:
    both = np.isfinite(outcome) & np.isfinite(trigger)
    return bool(both.sum() >= _FEWEST_DAYS and np.ptp(outcome[both]) > 0 and np.ptp(trigger[both]) > 0)


def _later(values: Array, lag: int) -> Array:
    """The value of ``lag`` days before, on each day."""
    if not lag:
        return values
    return np.concatenate([np.full(min(lag, len(values)), np.nan), values[:-lag]])


# ---- what is taken out -----------------------------------------------------------------------------------------


def _nuisance(casefile: Casefile, first: date, days: int) -> Array:
    """Slow drift, weekday, days since the last toxin, and a step at each other treatment: one column each."""
    day = np.arange(days, dtype=float)
    columns = [np.ones(days), (day - day.mean()) / max(days, 1)]
    waves = min(_MOST_WAVES, int(days / _TREND_DAYS))
    columns += [np.cos(np.pi * k * (day + 0.5) / days) for k in range(1, waves + 1)]
    if days >= _WEEK_FROM_DAYS:
        columns += [(((day + first.weekday()) % 7) == k).astype(float) for k in range(6)]
    doses = sorted({(t.day - first).days for t in casefile.given("toxin")})
    since = np.full(days, np.inf)
    for dose in doses:
        since = np.where(day >= dose, day - dose, since)
    if np.isfinite(since).any() and since.min() < _TOXIN_DAYS[-1]:
        finite = np.where(np.isfinite(since), since, _TOXIN_DAYS[-1])
        for k in range(1, len(_TOXIN_DAYS) - 1):
            hat = np.zeros(len(_TOXIN_DAYS))
            hat[k] = 1.0
            columns.append(np.interp(finite, _TOXIN_DAYS, hat))
    steps = sorted({(t.day - first).days for t in casefile.treatments if t.kind != "toxin"})
    columns += [(day >= s).astype(float) for s in steps if 0 < s < days][:_MOST_STEPS]
    return np.column_stack([c for i, c in enumerate(columns) if i == 0 or np.ptp(c) > 0])
