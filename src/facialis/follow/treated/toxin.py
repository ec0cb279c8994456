"""Cycles of botulinum toxin of one person, and when the effect of the last one is expected to have faded.

Products are never mixed or converted: a cycle of another product than the last one informs the person's usual length
only as far as products may differ (an extra, wide deviation of its own), and units are carried along as entered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import SettingsError
from facialis.core.knowledge import figure, load
from facialis.core.messages import said
from facialis.core.person.casefile import Casefile, SessionRow, Treatment
from facialis.core.person.course import Cycle, Estimate, Point, Toxin
from facialis.core.person.treatments import given_or_told
from facialis.follow.comparable import chosen_rows, shares_seen
from facialis.numeric.statistics.cycles import Counts, CycleDraws, CyclePrior, Doses, draw_cycles

__all__ = ["Injection", "find_toxin", "injections"]

Array = NDArray[np.float64]

_PROBABILITY = 0.8  # chosen: the forecast's interval is wrong one time in five, which people can notice and learn from
_ONSET_WITHIN_DAYS = 10  # chosen: onset is told by sessions of the first days only; 8 - 14
_BEST_DAYS = (7, 63)  # the plateau of the published curve, week 2 to 8 (`curve`), less a week and more a week
_CYCLES_FOR_TREND = 3  # the least with which a trend differs from scatter
_LINE_DAYS = 168
_LINE_STEP_DAYS = 4


@dataclass(frozen=True, kw_only=True)
class Injection:
    """Injections that count as one: a touch-up within four weeks belongs to the first.

    ``dose_units`` is their sum as entered, None if any is unknown or the products differ; ``product`` is as entered,
    products of one sitting joined by `` + ``.
    """

    day: date
    product: str
    dose_units: float | None
    sites: tuple[str, ...]


def injections(given: Sequence[Treatment]) -> tuple[Injection, ...]:
    """Injections of toxin in order, touch-ups joined to the first of their cycle."""
    within = load("treatments.yaml")["model"]["same_cycle_days"]["value"]
    groups: list[list[Treatment]] = []
    for row in sorted(given, key=lambda item: item.day):
        if groups and (row.day - groups[-1][0].day).days <= within:
            groups[-1].append(row)
        else:
            groups.append([row])
    return tuple(_joined(rows) for rows in groups)


def _joined(rows: Sequence[Treatment]) -> Injection:
    products = list(dict.fromkeys(row.product.strip() for row in rows if row.product.strip()))
    one = len({_key(row.product) for row in rows}) == 1
    doses = [row.dose_units for row in rows if row.dose_units is not None]
    return Injection(
        day=rows[0].day,
        product=" + ".join(products),
        dose_units=sum(doses) if one and len(doses) == len(rows) else None,
        sites=tuple(dict.fromkeys(site for row in rows for site in row.sites)),
    )


def _key(product: str) -> str:
    return "".join(product.casefold().split())


def find_toxin(casefile: Casefile, level: float = 0.5) -> Toxin | None:
    """Cycles of toxin up to ``as_of``, and when the last one's effect falls below ``level``; None without toxin.

    Parameters
    ----------
    casefile
        Sessions, treatments; the day of an injection counts as before it. What lies on the other side of a
        decompression from the last injection is left out. From an injection known only to the month no day can be
        counted: cycles begin with the first after the last of these, and there are none where it is the last of all.
        Nothing is told of a cycle without a recording before it: what it was like without toxin is not known.
    level
        Share of the best effect that is left, 0.1-0.9.

    Returns
    -------
    Toxin
        ``wear_off`` holds the true day 80 times in 100, in days from the last injection, and rests on published figures
        alone where no session tells more. It says when an effect fades, not when to treat again.

    Raises
    ------
    SettingsError
        ``level`` is no share that the curve can be asked for.
    """
    if not 0.1 <= level <= 0.9:
        raise SettingsError(**said("level", level=figure(f"{level}")))
    given = given_or_told(casefile, "toxin")
    rough = max((k for k, row in enumerate(given) if row.latest_day is not None), default=-1)
    if not given[rough + 1 :]:
        return None
    every = injections(given)
    start, end = _between_operations(casefile, every[-1].day)
    exact = given[rough + 1].day
    same = [item for item in every if start <= item.day <= end and item.day >= exact]
    start = start if rough < 0 else max(start, exact)
    known = same[-int(load("treatments.yaml")["model"]["cycles_at_most"]["value"]) :]
    first = start if len(known) == len(same) else known[0].day
    chosen = [row.day for row in chosen_rows(casefile) if start <= row.day <= end]
    fitted = [any(day <= item.day for day in chosen) for item in known]
    # Without a recording before the only cycle that has any, nobody knows what it was like without toxin.
    rows = [row for row in chosen_rows(casefile) if first <= row.day <= end] if fitted[-1] else []
    last = known[-1].day
    drawn = draw_cycles(_counts(rows, last), _doses(known, fitted, last), _prior(load("treatments.yaml")["model"]))
    reach = _estimate(drawn.reach_days(level)[:, -1])
    trend = sum(fitted) >= _CYCLES_FOR_TREND and bool(rows)
    return Toxin(
        cycles=tuple(_cycle(item, k, known, rows, drawn, fitted=fitted[k]) for k, item in enumerate(known)),
        level=level,
        wear_off=reach,
        wear_off_day=_later(last, reach.value),
        wear_off_low=_later(last, reach.low),
        wear_off_high=_later(last, reach.high),
        drift_per_cycle=_estimate(np.exp(drawn.drift)) if trend else None,
        shorter_probability=float((drawn.drift < 0).mean()) if trend else None,
        line=_line(last, drawn) if rows else (),
    )


def _between_operations(casefile: Casefile, day: date) -> tuple[date, date]:
    operations = [row.day for row in given_or_told(casefile, "decompression")]
    return (
        max((item for item in operations if item <= day), default=date.min),
        min((item for item in operations if item > day), default=casefile.as_of),
    )


def _counts(rows: Sequence[SessionRow], last: date) -> Counts:
    usable = np.array([row.usable_min for row in rows], float)
    return Counts(
        day=np.array([(row.day - last).days for row in rows], float),
        count=np.array([row.twitches for row in rows], float),
        exposure=usable * shares_seen(rows),
    )


def _doses(known: Sequence[Injection], fitted: Sequence[bool], last: date) -> Doses:
    """A cycle without a recording before it says as little of the others as one of another product."""
    own = _key(known[-1].product)
    return Doses(
        day=np.array([(item.day - last).days for item in known], float),
        foreign=np.array(
            [_key(k.product) != own or not known_before for k, known_before in zip(known, fitted, strict=True)]
        ),
    )


def _prior(rows: Mapping[str, Mapping[str, Any]]) -> CyclePrior:
    def logs(name: str) -> tuple[float, float]:
        return float(np.log(rows[name]["middle"])), float(rows[name]["sd"])

    depth = rows["depth"]
    return CyclePrior(
        onset=logs("onset_days"),
        wear_off=logs("wear_off_days"),
        between_cycles=(float(np.log(rows["between_cycles"]["sd"])), float(rows["between_cycles"]["sd_of_log"])),
        drift_per_cycle=(
            float(rows["drift_per_cycle"]["steady_sd"]),
            float(rows["drift_per_cycle"]["changing_share"]),
            float(rows["drift_per_cycle"]["changing_sd"]),
        ),
        depth_logit=(float(np.log(depth["share"] / (1 - depth["share"]))), float(depth["sd_of_logit"])),
        depth_between=float(depth["between_cycles"]),
        slope=logs("slope"),
        scatter=logs("scatter"),
        natural_per_year=float(rows["natural_per_year"]["sd"]),
        foreign=float(rows["other_product"]["sd"]),
        onset_between=float(rows["onset_between_cycles"]["sd"]),
    )


def _estimate(values: Array) -> Estimate:
    low, middle, high = np.quantile(values, [(1 - _PROBABILITY) / 2, 0.5, (1 + _PROBABILITY) / 2])
    return Estimate(value=float(middle), low=float(low), high=float(high), probability=_PROBABILITY)


def _later(day: date, days: float) -> date:
    return day + timedelta(days=round(days))


def _cycle(
    item: Injection, k: int, known: Sequence[Injection], rows: Sequence[SessionRow], drawn: CycleDraws, *, fitted: bool
) -> Cycle:
    following = known[k + 1].day if k + 1 < len(known) else date.max
    after = [(row.day - item.day).days for row in rows if item.day < row.day <= following]
    below = load("treatments.yaml")["model"]["told_below"]

    def within(first: int, last: int) -> bool:
        return fitted and any(first <= days <= last for days in after)

    onset = within(1, _ONSET_WITHIN_DAYS) and drawn.told[0, k] < below["onset"]
    wear_off = within(_BEST_DAYS[0], 10**6) and drawn.told[1, k] < below["wear_off"]
    return Cycle(
        day=item.day,
        product=item.product,
        dose_units=item.dose_units,
        sites=item.sites,
        onset_days=_estimate(drawn.onset_days[:, k]) if onset else None,
        wear_off_days=_estimate(drawn.wear_off_days[:, k]) if wear_off else None,
        depth=_estimate(drawn.depth[:, k]) if within(*_BEST_DAYS) else None,
        sessions=len(after),
    )


def _line(day: date, drawn: CycleDraws) -> tuple[Point, ...]:
    days = np.arange(0.0, _LINE_DAYS + 1, _LINE_STEP_DAYS)
    rates = drawn.rates(days)
    return tuple(Point(day=_later(day, d), rate_per_min=_estimate(rates[:, k])) for k, d in enumerate(days))
