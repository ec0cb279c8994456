"""An honest experiment on oneself: days drawn by lot, and what they say.

The lot, not the person, says what is done on a day, so that neither a good day nor an expectation chooses. The analysis
draws the same lot again and again and goes by what was planned, whether it was followed or not.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import EstimateError, InputError, SettingsError
from facialis.core.knowledge import column_key, figure, load, wording
from facialis.core.messages import said
from facialis.core.person.casefile import Diary
from facialis.core.person.course import Estimate
from facialis.core.person.experiment import (
    DESIGNS,
    Design,
    ExperimentPlan,
    ExperimentResult,
    FilledExperiment,
    PlannedDay,
)
from facialis.numeric.statistics.association import quantile
from facialis.numeric.statistics.randomisation import difference, draw_again, interval, p_of

__all__ = ["analyse_experiment", "plan_experiment", "refusal"]

Array = NDArray[np.float64]

_BLOCK_DAYS = 4  # chosen: two days with, two without; short enough to follow drift; 2 - 8
_FEWEST_PAIRS = 5  # 2 of 2**5 lots: the fewest pairs of periods with which a 90 % interval has ends
_SHORTEST_PERIOD_DAYS = 4  # chosen: one day to settle, three that count; 3 - 7
_LONGEST_PERIOD_DAYS = 14  # chosen: longer ones mix with drift; 7 - 28
_FEWEST_DAYS = {"random": 20, "abab": 2 * _FEWEST_PAIRS * _SHORTEST_PERIOD_DAYS}  # chosen: 5 blocks or pairs
_MOST_DAYS = 366  # chosen: a year; longer plans are not kept to
_FEWEST_RATED = 16  # chosen: eight days of each kind; 10 - 30
_USUAL_SCATTER = 2.0  # chosen: points of 10, where no diary says better; 1 - 3
_WORTH_KNOWING = 1.0  # chosen: one point of 10; 0.5 - 2
_POWER = 0.8  # chosen: the usual one; 0.7 - 0.95
_KEPT = 0.85  # chosen: one evening in ten is forgotten, and leaves its block lopsided; 0.7 - 1
_PROBABILITY = 0.9  # chosen: as everywhere in facialis
_DRAWS = 4999  # chosen: p is known to 0.004 near 0.1; 1999 - 20000
_SEED = 20_241  # chosen: any; the answer must not change from one call to the next


def refusal(factor: str) -> str:
    """Key of the wording that says why there is no experiment with this; empty if nothing is known against it."""
    words = re.sub(r"[^\w]+", " ", factor.lower().replace("_", " ")).strip()
    for key, row in load("triggers.yaml")["refused"].items():
        if any(
            re.search(rf"\b{re.escape(word)}" if row["start"] else rf"{re.escape(word)}", words)
            for word in row["words"]
        ):
            return f"trigger_refused_{key}"
    return ""


def plan_experiment(
    factor: str,
    *,
    days: int,
    start: date,
    seed: int,
    design: Design = "random",
    diary: Diary | None = None,
    worth_knowing: float = _WORTH_KNOWING,
) -> ExperimentPlan:
    """Days with and without ``factor`` drawn by lot, from ``start``; what is left over of ``days`` is not used.

    ``random``: in each four days two of each kind. ``abab``: periods in pairs, which of a pair comes first is drawn;
    the first third of a period does not count.

    Raises
    ------
    InputError
        The factor is a medicine or treatment, or would be unsafe or empty.
    SettingsError
        Too few or too many days, or an unknown design.
    """
    name = " ".join(factor.split())
    if not name or not re.search(r"\w", name) or name.startswith("#") or len(name) > 60:
        raise InputError(**said("no_factor"))
    if why := refusal(name):
        raise InputError(wording(why, factor=name), advice=wording("trigger_refused_advice"))
    if design not in DESIGNS:
        raise SettingsError(**said("no_design", name=repr(design), known=", ".join(DESIGNS)))
    least = _FEWEST_DAYS[design]
    if not least <= days <= _MOST_DAYS:
        key = "days_too_few" if days < least else "days_too_many"
        raise SettingsError(**said(key, days=days, least=least, most=_MOST_DAYS))
    if worth_knowing <= 0:
        raise SettingsError(**said("worth_knowing"))
    rng = np.random.default_rng(seed)
    planned = tuple(_random_days(rng, days, start) if design == "random" else _periods(rng, days, start))
    scatter, own = _scatter(diary, _BLOCK_DAYS if design == "random" else 2 * _period_days(days))
    counted = sum(d.counted for d in planned)
    units = len({d.unit for d in planned})
    # Days of a period resemble each other: a period is then worth no more than two days (design effect, chosen).
    worth = _KEPT * (counted if design == "random" else min(counted, 2 * units))
    blocks = len({d.block for d in planned})
    freedom = np.array([units - blocks - 1 if design == "random" else blocks - 1], float)
    # A two-sided test at 10 % that finds so many: two quantiles of t, the second of 2 x power - 1 within.
    reach = float((quantile(_PROBABILITY, freedom) + quantile(2 * _POWER - 1, freedom))[0])
    smallest = 2 * scatter * reach / math.sqrt(worth)
    needed = math.ceil((2 * scatter * reach / worth_knowing) ** 2 * len(planned) / worth)
    return ExperimentPlan(
        factor=name,
        design=design,
        seed=seed,
        days=planned,
        scatter=scatter,
        from_diary=own,
        worth_knowing=worth_knowing,
        needed_days=max(needed, _FEWEST_DAYS[design]),
        smallest_difference=smallest,
    )


def _random_days(rng: np.random.Generator, days: int, start: date) -> Iterator[PlannedDay]:
    for block in range(days // _BLOCK_DAYS):
        lot = rng.permutation(np.arange(_BLOCK_DAYS) % 2 == 0)
        for k, given in enumerate(lot):
            n = block * _BLOCK_DAYS + k
            yield PlannedDay(day=start + timedelta(n), given=bool(given), block=block + 1, unit=n + 1, counted=True)


def _period_days(days: int) -> int:
    return min(max(days // (2 * _FEWEST_PAIRS), _SHORTEST_PERIOD_DAYS), _LONGEST_PERIOD_DAYS)


def _periods(rng: np.random.Generator, days: int, start: date) -> Iterator[PlannedDay]:
    length = _period_days(days)
    for pair in range(days // (2 * length)):
        first = bool(rng.integers(2))
        for half in range(2):
            for k in range(length):
                n = (2 * pair + half) * length + k
                yield PlannedDay(
                    day=start + timedelta(n),
                    given=first == (half == 0),
                    block=pair + 1,
                    unit=2 * pair + half + 1,
                    counted=k >= max(1, length // 3),
                )


def _scatter(diary: Diary | None, span: int) -> tuple[float, bool]:
    """Standard deviation of the rating within ``span`` days, and whether it is this person's."""
    if diary is None:
        return _USUAL_SCATTER, False
    rated = [c for c in diary.columns if (column_key(c) or ("", ""))[0] == "outcomes"]
    if not rated:
        return _USUAL_SCATTER, False
    values = max((diary.column(c) for c in rated), key=lambda v: int(np.isfinite(v).sum()))
    groups: dict[int, list[float]] = {}
    for day, value in zip(diary.days, values, strict=True):
        if np.isfinite(value):
            groups.setdefault(day.toordinal() // span, []).append(float(value))
    freedom = sum(len(g) - 1 for g in groups.values())
    if freedom < 10:  # chosen: fewer days say little of one's own scatter; 8 - 20
        return _USUAL_SCATTER, False
    total = sum(float(np.var(g)) * len(g) for g in groups.values())
    return max(math.sqrt(total / freedom), 0.5), True  # chosen floor: ratings in whole points scatter by rounding alone


# ---- what came of it -------------------------------------------------------------------------------------------


def analyse_experiment(filled: FilledExperiment) -> ExperimentResult:
    """What the filled-in plan says, by what was planned; days that were not followed stay where the lot put them.

    Raises
    ------
    EstimateError
        ``not_enough_data``: too few days were rated.
    """
    rows = filled.days
    used = [r for r in rows if r.counted and r.rating is not None]
    blocks = {r.block for r in used if {o.given for o in used if o.block == r.block} == {True, False}}
    used = [r for r in used if r.block in blocks]
    with_it = sum(r.given for r in used)
    if len(used) < _FEWEST_RATED or len(blocks) < _FEWEST_PAIRS:
        raise EstimateError(
            wording(
                "trigger_experiment_too_few",
                days=len(used),
                there=len(blocks),
                needed=_FEWEST_RATED,
                blocks=_FEWEST_PAIRS,
            ),
            advice=wording("trigger_experiment_go_on"),
            code="not_enough_data",
        )
    kept = [r for r in rows if r.block in blocks]
    given = np.array([r.given for r in kept], float)
    block = np.unique([r.block for r in kept], return_inverse=True)[1].astype(np.int64)
    unit = np.array([r.unit for r in kept], np.int64)
    rated = np.array([r.counted and r.rating is not None for r in kept])
    rating = np.array([r.rating for r in kept if r.counted and r.rating is not None], float)
    lots = draw_again(given, block, unit, draws=_DRAWS, seed=_SEED)[:, rated]
    own, block = given[rated], block[rated]
    estimate = float(difference(rating, own, block))
    drawn, along = difference(rating, lots, block), difference(own, lots, block)
    good = np.isfinite(drawn) & np.isfinite(along)
    drawn, along = drawn[good], along[good]
    low, high = interval(estimate, drawn, along, _PROBABILITY)
    p = p_of(0.0, estimate, drawn, along)
    not_followed = sum(r.done is False for r in used)
    values: dict[str, object] = {
        "factor": filled.factor,
        "size": figure(f"{abs(estimate):.1f}"),
        "low": figure(f"{low:.1f}"),
        "high": figure(f"{high:.1f}"),
    }
    clear = low > 0 or high < 0
    verdict = "unclear" if not clear else "more" if estimate > 0 else "less"
    ends = "interval" if math.isfinite(low) and math.isfinite(high) else "no_interval"
    sentences: list[tuple[str, dict[str, object]]] = [
        (f"trigger_experiment_{verdict}", values),
        (f"trigger_experiment_{ends}", values),
        (
            "trigger_experiment_followed",
            {"days": len(used), "not_followed": not_followed, "unknown": sum(r.done is None for r in used)},
        ),
        ("trigger_experiment_limits", {}),
    ]
    return ExperimentResult(
        factor=filled.factor,
        difference=Estimate(value=estimate, low=low, high=high, probability=_PROBABILITY),
        p=p,
        days_with=with_it,
        days_without=len(used) - with_it,
        followed=sum(r.done is True for r in used),
        not_followed=not_followed,
        unrated=sum(r.rating is None for r in rows),
        sentences=tuple(sentences),
        problems=filled.problems,
    )
