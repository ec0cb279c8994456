"""Triggers: how often one is named when nothing goes along with anything, and what is found when something does.

People are made up: ratings 0-10 that wander from day to day, follow the week and the season, drift, stop at the ends
of the scale, fall after botulinum toxin and are missing on some days; one column in four is a rarer yes or no. Where
nothing goes along with the spasm, columns share with it no more than week, season, drift and the toxin.
"""

from __future__ import annotations

import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from facialis.core.errors import EstimateError
from facialis.core.person.casefile import Casefile, Diary, SessionRow, Treatment
from facialis.core.person.experiment import DESIGNS, ExperimentPlan
from facialis.files.experiment import FILE, experiment_text, read_experiment
from facialis.follow.experiment import analyse_experiment, plan_experiment
from facialis.follow.triggers import find_triggers
from validation.rhythm_worlds import DIARIES, RHYTHMS, make_rhythmic_person
from validation.trial import Trial, begin, print_table

__all__ = ["made_up", "main"]

Array = NDArray[np.float64]
_FIRST = date(2022, 1, 3)
_LENGTHS = (30, 90, 365, 730)
_COLUMNS = (1, 5, 15)
_RHYTHM_LENGTHS = (120, 365)


def _wander(rng: np.random.Generator, days: int) -> Array:
    """A slow state and scatter of the day, both of unit variance together."""
    phi, share = rng.choice([0.0, 0.5, 0.8, 0.95]), rng.uniform(0.3, 1.0)
    shocks = rng.standard_normal(days) * np.sqrt(1 - phi**2)
    state = np.empty(days)
    state[0] = rng.standard_normal()
    for t in range(1, days):
        state[t] = phi * state[t - 1] + shocks[t]
    return np.asarray(np.sqrt(share) * state + np.sqrt(1 - share) * rng.standard_normal(days), float)


def made_up(
    seed: int, days: int, columns: int, *, effect: float = 0.0, lag: int = 1, back: bool = False, plain: bool = False
) -> Casefile:
    """A person whose column ``c0`` goes before the spasm by ``lag`` days (``back``: after it), or nothing does.

    ``effect`` is in standard deviations of what is left without week, season, drift and toxin. ``plain``: no rounding,
    no gaps, so that the effect is known exactly.
    """
    rng = np.random.default_rng(seed)
    day = np.arange(days)
    week = rng.standard_normal(7)[day % 7] * 0.5
    season = np.cos(2 * np.pi * day / 365 + rng.uniform(0, 6))
    drift = (day / days - 0.5) * rng.uniform(-2, 2)
    treated = rng.random() < 0.5
    doses = list(range(int(rng.integers(0, 90)), days, int(rng.integers(80, 120)))) if treated else []
    relief = np.zeros(days)
    for dose in doses:
        since = day - dose
        wears = np.exp(-((np.maximum(since, 0) - 30) ** 2) / 1800)
        relief = np.where(since >= 0, 2 * (1 - np.exp(-np.maximum(since, 0) / 4)) * wears, relief)
    inner = np.column_stack([_wander(rng, days) for _ in range(columns + 1)])
    if effect:
        cause, result = (0, 1) if back else (1, 0)
        before = np.concatenate([rng.standard_normal(lag), inner[:-lag, cause]]) if lag else inner[:, cause]
        inner[:, result] = effect * before + np.sqrt(1 - effect**2) * inner[:, result]
    values = inner if plain else inner + (week + season + drift - relief)[:, None] * rng.uniform(0, 1, columns + 1)
    if not plain:
        rare = np.quantile(values, rng.uniform(0.6, 0.97), axis=0)
        yes_no = np.append(False, rng.random(columns) < 0.25)
        rated = np.clip(np.round(values * 2 + rng.uniform(1, 6, columns + 1)), 0, 10)
        values = np.where(yes_no, values > rare, rated)
        values[rng.random(values.shape) < rng.uniform(0, 0.3)] = np.nan
        values[np.repeat((rng.random(days) < 0.05)[:, None], columns + 1, axis=1)] = np.nan
    sessions: tuple[SessionRow, ...] = ()
    if rng.random() < 0.5 and days >= 140 and not plain:
        logs = 1.5 + 0.5 * inner[:, 0] - relief * 0.5
        sessions = tuple(
            SessionRow(
                day=_FIRST + timedelta(int(d)),
                name=f"s{d}",
                usable_min=5,
                twitches=float(rng.poisson(5 * np.exp(logs[d]))),
            )
            for d in range(0, days, 7)
        )
    return Casefile(
        name="made up",
        as_of=_FIRST + timedelta(days),
        diary=Diary(
            columns=("spasm", *(f"c{i}" for i in range(columns))),
            units=("0-10",) * (columns + 1),
            days=tuple(_FIRST + timedelta(int(d)) for d in day),
            values=values,
        ),
        treatments=tuple(Treatment(day=_FIRST + timedelta(d), kind="toxin") for d in doses),
        sessions=sessions,
    )


def _bounds(hits: int, of: int) -> str:
    low, high = (stats.beta.ppf(q, a, b) for q, a, b in ((0.05, hits, of - hits + 1), (0.95, hits + 1, of - hits)))
    low, high = (0.0 if hits == 0 else low), (1.0 if hits == of else high)
    return f"{100 * hits / of:.1f} % ({100 * low:.1f}-{100 * high:.1f})"


def false_naming(trial: Trial, people: int) -> None:
    """In how many people without any association something is named."""
    rows = []
    for days in _LENGTHS:
        row = [str(days)]
        for columns in _COLUMNS:
            hits = of = 0
            for k in range(people):
                try:
                    found = find_triggers(made_up(1000 * days + 10 * k + columns, days, columns))
                except EstimateError:
                    continue
                of += 1
                hits += any(r.named for r in found)
            row.append(f"{_bounds(hits, of)} of {of}" if of else "none tried")
            trial.note(f"false naming {days} days {columns} columns", [hits, of])
        rows.append(row)
        trial.say(" | ".join(row))
    print_table("someone named, nothing there", ["days", *(f"{c} column(s)" for c in _COLUMNS)], rows)


def rhythms(trial: Trial, people: int) -> None:
    """In how many people something is named who only share a rhythm, or have picked the days of the diary."""
    rows = []
    for kind, words in [("rhythm", RHYTHMS), ("diary", DIARIES)]:
        for word in words:
            row = [word]
            for days in _RHYTHM_LENGTHS:
                hits = of = told = 0
                for k in range(people):
                    try:
                        found = find_triggers(make_rhythmic_person(5000 + 10 * k + days, days, **{kind: word}))
                    except EstimateError:
                        continue
                    of += 1
                    hits += any(r.named for r in found)
                    told += any(r.unnamed for r in found)
                row += [f"{_bounds(hits, of)} of {of}" if of else "none tried", f"{told}"]
                trial.note(f"rhythms {word} {days} days", [hits, told, of])
            rows.append(row)
            trial.say(" | ".join(row))
    head = ["", *(cell for days in _RHYTHM_LENGTHS for cell in (f"named, {days} days", "held back"))]
    print_table("a shared rhythm, or picked days", head, rows)


def power(trial: Trial, people: int) -> None:
    """How often what is there is named, with the right sign and direction."""
    rows = []
    for back in (False, True):
        for effect in (0.2, 0.4, 0.6):
            row = ["from spasm" if back else "to spasm", f"{effect}"]
            for days in _LENGTHS:
                hits = 0
                for k in range(people):
                    try:
                        found = find_triggers(made_up(77 * days + 13 * k, days, 5, effect=effect, back=back))
                    except EstimateError:
                        continue
                    hits += any(
                        r.named
                        and r.name == "c0"
                        and r.outcome == "spasm"
                        and r.effect > 0
                        and (r.direction == "from_spasm") == back
                        for r in found
                    )
                row.append(_bounds(hits, people))
                trial.note(f"power {row[0]} {effect} {days} days", [hits, people])
            rows.append(row)
            trial.say(" | ".join(row))
    print_table("named, 5 columns, one day apart", ["direction", "effect", *(f"{d} days" for d in _LENGTHS)], rows)


def coverage(trial: Trial, people: int) -> None:
    """How often the 90 % interval of the one true association holds it."""
    rows = []
    for effect in (0.0, 0.3, 0.6):
        row = [f"{effect}"]
        for days in _LENGTHS:
            hits = of = 0
            for k in range(people):
                person = made_up(91 * days + 7 * k, days, 1, effect=effect, plain=True)
                spread = person.diary.values.std(0)
                truth = (
                    effect * spread[1] / spread[0]
                )  # the effect is per standard deviation of the days that there are
                found = find_triggers(person)
                own = next(r for r in found if r.direction == "to_spasm" and r.lag_days == 1)
                hits += own.low <= truth <= own.high
                of += 1
            row.append(_bounds(hits, of))
            trial.note(f"coverage {effect} {days} days", [hits, of])
        rows.append(row)
        trial.say(" | ".join(row))
    print_table("90 % interval holds the effect", ["effect", *(f"{d} days" for d in _LENGTHS)], rows)


def experiments(trial: Trial, people: int) -> None:
    """What plans of 42 and 84 days say of nothing, and of the smallest difference they claim to find."""
    rows = []
    for design in DESIGNS:
        for days in (42, 84):
            wrong = inside = found = silent = 0
            for k in range(people):
                plan = plan_experiment("coffee", days=days, start=_FIRST, seed=k, design=design)
                for effect in (0.0, plan.smallest_difference):
                    try:
                        low, high = _carried_out(plan, effect, k)
                    except EstimateError:
                        silent += 1
                        continue
                    clear = low > 0 or high < 0
                    wrong += clear and effect == 0
                    found += clear and effect > 0
                    inside += low <= effect <= high
            said = 2 * people - silent
            rows.append([design, str(days), _bounds(wrong, people), _bounds(found, people), _bounds(inside, said)])
            trial.note(f"experiment {design} {days} days", [wrong, found, inside, said, people])
            trial.say(" | ".join(rows[-1]))
    print_table("experiments", ["design", "days", "said of nothing", "said of smallest", "90 % interval holds"], rows)


def _carried_out(plan: ExperimentPlan, effect: float, seed: int) -> tuple[float, float]:
    """Ratings that wander, with scatter within blocks as the plan supposes; one evening in ten is forgotten."""
    rng = np.random.default_rng([seed, int(1000 * effect)])
    days = len(plan.days)
    rating = 5 + plan.scatter * (np.sqrt(0.8) * rng.standard_normal(days) + np.sqrt(0.2) * _wander(rng, days))
    rating = rating + effect * np.array([d.given for d in plan.days])
    lines = experiment_text(plan).splitlines()
    for k in np.flatnonzero(rng.random(days) > 0.1):
        cells = lines[k + 2].split(",")
        cells[3] = f"{np.clip(rating[k], 0, 10):.2f}"
        lines[k + 2] = ",".join(cells)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILE
        path.write_text("\n".join(lines), encoding="utf-8")
        found = analyse_experiment(read_experiment(path)).difference
    return found.low, found.high


def main() -> None:
    """All tables."""
    trial = begin("validation.triggers", __doc__, needs_footage=False, people=300, part="all")
    people = 20 if trial.quick else int(trial.options.people)
    parts = {
        "naming": false_naming,
        "rhythms": rhythms,
        "power": power,
        "coverage": coverage,
        "experiments": experiments,
    }
    for name, run in parts.items():
        if trial.options.part in ("all", name):
            run(trial, max(people // 3, 10) if name == "power" else people)
    trial.end()


if __name__ == "__main__":
    main()
