"""The course after an operation on the nerve: how much is gone, what it resembles, and when that may be judged.

Under 6 months it is too early, from 6 to 12 months provisional, then final (Al Menabbawy 2022; Kondo 2012). A weak face
twitches less, so while it seems weak nothing is called better.
"""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import date
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln
from scipy.stats import poisson

from facialis.core.calendar import YEAR_DAYS
from facialis.core.knowledge import load
from facialis.core.person.casefile import Casefile, SessionRow
from facialis.core.person.course import Decompression, Estimate
from facialis.core.person.treatments import day_limit, given_or_told
from facialis.follow.comparable import chosen_rows, shares_seen
from facialis.follow.treated.sideeffects import effect_entries, find_grades
from facialis.follow.windows import toxin_days

__all__ = ["find_decompression"]

Array = NDArray[np.float64]
Stage = Literal["too_early", "provisional", "final"]

_SCATTER = 0.5  # chosen: sd of the log rate from day to day; 0.3 - 0.7
_PROBABILITY = 0.9
_LOG_RATES = np.linspace(np.log(1e-4), np.log(300.0), 600)
_DRAWS = 4000
_MONTH_DAYS = YEAR_DAYS / 12
_SURPRISE = 0.05  # chosen: a count so rare if a tenth were left is not called free of spasm; 0.01 - 0.1
_LEAST = 2  # sessions before and now: of one alone the day-to-day scatter is all there is


def find_decompression(casefile: Casefile) -> Decompression | None:
    """The course since the last decompression; None without one.

    ``freed_share`` (90 % interval; below 0: more than before) compares the sessions of the last four months with those
    before the operation; it is None while the face seems weak and with fewer than two sessions on either side. Sessions
    within 20 weeks after toxin count on neither. The efficacy grade needs 12 months. So does the complication grade; it
    rests on the last entry of each kind in the last four months and the last House-Brackmann-style grade, and is None
    where nothing was entered. Trajectories (``treatment_trajectory_…``): ``immediate``, ``gradual``, ``eventual``,
    ``relapse``, ``none``; ``open`` before 12 months, ``unknown``, ``weakness``.
    """
    rules = load("treatments.yaml")["rules"]
    given = given_or_told(casefile, "decompression")
    if not given:
        return None
    day = given[-1].day
    months = (casefile.as_of - day).days / _MONTH_DAYS
    stage = _stage(day, casefile.as_of, rules)
    rows = _outside_toxin(casefile, chosen_rows(casefile))
    start = given[-2].day if len(given) > 1 else date.min
    before = [row for row in rows if start < row.day <= day]
    after = [row for row in rows if row.day > day]
    weak = _weak_now(casefile, day, after, rules)
    after = [row for row in after if not _weak_then(casefile, day, row, rules)]
    recent = [row for row in after if (casefile.as_of - row.day).days <= rules["recent_days"]["value"]]
    seen = dict(zip(rows, shares_seen(rows).tolist(), strict=True))
    freed = None if weak else _freed(before, recent, seen)
    trajectory, recurrence = _trajectory(before, after, seen, day, stage, rules)
    return Decompression(
        day=day,
        stage=stage,
        months=months,
        freed_share=freed,
        efficacy=_efficacy(freed, rules) if stage == "final" and freed is not None else None,
        complication=_complication(casefile, day, rules) if stage == "final" else None,
        trajectory="weakness" if weak and not recurrence else trajectory,
        recurrence=recurrence,
    )


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    year += day.year
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _stage(day: date, as_of: date, rules: Any) -> Stage:
    if as_of < _months_later(day, rules["provisional_months"]["value"]):
        return "too_early"
    return "provisional" if as_of < _months_later(day, rules["final_months"]["value"]) else "final"


def _outside_toxin(casefile: Casefile, rows: Sequence[SessionRow]) -> list[SessionRow]:
    doses = toxin_days(casefile)
    within = day_limit("toxin.free_after_days")
    return [row for row in rows if not any(day < row.day and (row.day - last).days < within for day, last in doses)]


def _closes_badly(row: SessionRow, rules: Any) -> bool:
    return row.closure_share is not None and row.closure_share < rules["closure_low"]["value"]


def _weak_then(casefile: Casefile, day: date, row: SessionRow, rules: Any) -> bool:
    """Whether the face was weak in this session: measured, by the grade that held, or by an entry of those days."""
    if _closes_badly(row, rules):
        return True
    grades = [item for item in find_grades(casefile) if day <= item.day <= row.day]
    if grades and grades[-1].grade > 1:
        return True
    near = [
        abs((item.day - row.day).days)
        for item in effect_entries(casefile)
        if item.what == "weakness" and item.value > 0 and item.day > day
    ]
    return bool(near) and min(near) <= rules["weak_days"]["value"]


def _weak_now(casefile: Casefile, day: date, after: Sequence[SessionRow], rules: Any) -> bool:
    if casefile.person.text("face_weakness") in ("slight", "marked"):
        return True
    grades = [item for item in find_grades(casefile) if item.day >= day]
    if grades and grades[-1].grade > 1:
        return True
    entered = [
        item
        for item in effect_entries(casefile)
        if item.what == "weakness"
        and item.day > day
        and (casefile.as_of - item.day).days <= rules["weak_days"]["value"]
    ]
    if entered and entered[-1].value > 0:
        return True
    measured = [row for row in after if row.closure_share is not None]
    return bool(measured) and _closes_badly(measured[-1], rules)


def _log_rates(rows: Sequence[SessionRow], seen: dict[SessionRow, float], rng: np.random.Generator) -> Array:
    """Draws of the log of the rate behind scattered counts, before which every order of size was as likely."""
    size = 1 / np.expm1(_SCATTER**2)
    log_p = np.zeros(len(_LOG_RATES))
    for row in rows:
        mean = row.usable_min * seen[row] * np.exp(_LOG_RATES)
        log_p += (
            gammaln(row.twitches + size)
            - gammaln(size)
            + row.twitches * np.log(mean)
            - (row.twitches + size) * np.log(size + mean)
        )
    # A prior as wide as it is needs an end where nothing was counted: half a twitch more in all (Jeffreys for a rate).
    log_p += 0.5 * _LOG_RATES
    p = np.exp(log_p - log_p.max())
    heap = np.cumsum(p) / p.sum()
    place = (np.arange(_DRAWS) + 0.5) / _DRAWS
    return np.asarray(rng.permutation(np.interp(place, heap, _LOG_RATES)))


def _freed(before: Sequence[SessionRow], now: Sequence[SessionRow], seen: dict[SessionRow, float]) -> Estimate | None:
    if len(before) < _LEAST or len(now) < _LEAST or not any(row.twitches for row in before):
        return None
    rng = np.random.default_rng(0)
    share = 1 - np.exp(_log_rates(now, seen, rng) - _log_rates(before, seen, rng))
    tail = (1 - _PROBABILITY) / 2
    low, middle, high = np.quantile(share, [tail, 0.5, 1 - tail])
    if not any(row.twitches for row in now):  # nothing was counted: all may be gone, which no draw reaches
        high = 1.0
    return Estimate(value=float(middle), low=float(low), high=float(high), probability=_PROBABILITY)


def _efficacy(freed: Estimate, rules: Any) -> int:
    return sum(freed.value < bound for bound in rules["efficacy"]["freed"])


def _complication(casefile: Casefile, day: date, rules: Any) -> int | None:
    """0 none, 1 mild, 2 troublesome, from the last entry of each kind in the last months; None without any."""
    row = load("treatments.yaml")
    last: dict[str, float] = {}
    for entry in effect_entries(casefile):
        recent = (casefile.as_of - entry.day).days <= rules["recent_days"]["value"]
        if (
            entry.day > day
            and recent
            and row["side_effects"][entry.what]["decompression_days"]
            and entry.source != "note"
        ):
            last[entry.what] = entry.value
    worst = [0 if value == 0 else 1 + (value >= row["complication"]["troublesome"]["value"]) for value in last.values()]
    grades = [item.grade for item in find_grades(casefile) if item.day > day]
    if grades:
        worst.append(sum(grades[-1] > bound for bound in row["complication"]["grades"]["at_most"]))
    return max(worst) if worst else None


def _trajectory(
    before: Sequence[SessionRow],
    after: Sequence[SessionRow],
    seen: dict[SessionRow, float],
    day: date,
    stage: Stage,
    rules: Any,
) -> tuple[str, bool]:
    """What the sessions resemble, and whether the spasm came back after a month without it."""
    if len(before) < _LEAST or not any(row.twitches for row in before):
        return "unknown", False
    rate = sum(row.twitches for row in before) / sum(row.usable_min * seen[row] for row in before)
    telling = [row for row in after if rate * row.usable_min * seen[row] >= rules["expected_twitches"]["value"]]
    if len(telling) < _LEAST:
        return "unknown", False
    days = [(row.day - day).days for row in telling]
    expected = np.array([rate * row.usable_min * seen[row] for row in telling])
    counts = np.array([row.twitches for row in telling])
    tenth = rules["free_share"]["value"] * expected
    free = _smoothed(poisson.sf(counts - 1, tenth) >= _SURPRISE)
    if _came_back(days, free, counts, tenth, rules):
        return "relapse", True
    if sum(free[-3:]) < _LEAST or not _few(counts[-5:], tenth[-5:]):
        return ("none" if stage == "final" else "open"), False
    first = free.index(True)
    if all(free[first:-1]) and first == 0:
        return ("immediate" if days[0] <= rules["at_once_days"]["value"] else "unknown"), False
    if all(free[first:-1]) and _fell(counts[:first], expected[:first], rules):
        return "gradual", False
    return "eventual", False


def _smoothed(free: NDArray[np.bool_]) -> list[bool]:
    """One session that differs from both its neighbours is no turn."""
    out = [bool(item) for item in free]
    for k in range(1, len(out) - 1):
        if out[k] != out[k - 1] and bool(free[k]) != bool(free[k + 1]):
            out[k] = not out[k]
    return out


def _fell(counts: Array, expected: Array, rules: Any) -> bool:
    """Whether in the later half of these sessions clearly less was left than before the operation and than earlier."""
    half = len(counts) // 2
    late = counts[half:].sum() / expected[half:].sum()
    early = counts[:half].sum() / expected[:half].sum() if half else 1.0
    return bool(late <= rules["gradual_share"]["value"] and late < early)


def _few(counts: Array, tenth: Array) -> bool:
    """Whether so many twitches together are no surprise if a tenth were left; of five sessions without the worst."""
    if len(counts) >= 5:
        kept = np.argsort(counts / tenth)[:-1]  # one odd session is no turn
        counts, tenth = counts[kept], tenth[kept]
    return bool(poisson.sf(counts.sum() - 1, tenth.sum()) >= _SURPRISE)


def _came_back(days: Sequence[int], free: Sequence[bool], counts: Array, tenth: Array, rules: Any) -> bool:
    """A spell of a month without spasm, then spasm in every session to the last, over two weeks or more."""
    if free[-1]:
        return False
    back = len(free)
    while back and not free[back - 1]:
        back -= 1
    if len(free) - back < _LEAST or days[-1] - days[back] < rules["return_days"]["value"]:
        return False
    ends = [k for k in range(back) if free[k]]
    while ends:
        last = first = ends.pop()
        while ends and ends[-1] == first - 1:
            first = ends.pop()
        spell = slice(first, last + 1)
        if days[last] - days[first] >= rules["spasm_free_days"]["value"] and _few(counts[spell], tenth[spell]):
            return True
    return False
