"""When will the effect of toxin have faded? Forecasts for made people, against "always 12 weeks"; and operations.

Two earlier cycles are known; the forecast is made at the third injection, and four and eight weeks into it. Judged in
worlds that differ from those the priors were looked at with (see `toxin_worlds`). Prints how often the 80 % interval
holds the true day, and the median absolute error beside that of twelve weeks from the injection for everybody.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from facialis.core.knowledge import load
from facialis.follow.treated.decompression import find_decompression
from facialis.follow.treated.toxin import find_toxin
from validation.operation_worlds import KINDS, make_operated_person
from validation.toxin_worlds import make_toxin_person
from validation.trial import Trial, begin, number, print_table, share

_WEEKS = (0, 4, 8)
_EVERY_DAYS = (7, 14, 21)
_ALWAYS_DAYS = 84.0
_SAID = load("treatments.yaml")["model"]["drift_per_cycle"]["said_at"]


@dataclass(frozen=True, kw_only=True)
class _Case:
    week: int
    every: int
    product: str
    mixed: bool
    sessions: int
    truth: float
    value: float
    gaps: float
    held: bool
    width: float
    seconds: float


def _cases(people: int, first: int, *, away: bool) -> list[_Case]:
    cases = []
    for seed in range(first, first + people):
        every = _EVERY_DAYS[seed % len(_EVERY_DAYS)]
        for week in _WEEKS:
            made = make_toxin_person(seed, away=away, every_days=every, into_days=7 * week)
            start = time.perf_counter()
            found = find_toxin(made.casefile)
            took = time.perf_counter() - start
            assert found is not None
            reach = found.wear_off
            gaps = np.diff([day.toordinal() for day in made.injections])
            cases.append(
                _Case(
                    week=week,
                    every=every,
                    product=made.product,
                    mixed=made.mixed,
                    sessions=len(made.casefile.sessions),
                    truth=made.half_days,
                    value=reach.value,
                    gaps=float(gaps.mean()),
                    held=reach.low <= made.half_days <= reach.high,
                    width=reach.high - reach.low,
                    seconds=took,
                )
            )
    return cases


def _row(name: str, cases: Sequence[_Case]) -> list[object]:
    error = [abs(c.value - c.truth) for c in cases]
    gaps = [abs(c.gaps - c.truth) for c in cases]
    always = [abs(_ALWAYS_DAYS - c.truth) for c in cases]
    return [
        name,
        len(cases),
        share(sum(c.held for c in cases), len(cases)),
        number(float(np.median(error)), 1),
        number(float(np.median(always)), 1),
        number(float(np.median(gaps)), 1),
        number(float(np.median([c.width for c in cases])), 0),
    ]


def _table(trial: Trial, title: str, cases: Sequence[_Case]) -> None:
    groups: list[tuple[str, Callable[[_Case], bool]]] = [("all", lambda _c: True)]
    groups += [(f"week {w} of the cycle", lambda c, w=w: c.week == w) for w in _WEEKS]  # type: ignore[misc]
    groups += [(f"a session every {e} days", lambda c, e=e: c.every == e) for e in _EVERY_DAYS]  # type: ignore[misc]
    groups += [
        ("up to 14 sessions", lambda c: c.sessions <= 14),
        ("15 to 25", lambda c: 15 <= c.sessions <= 25),
        ("more", lambda c: c.sessions > 25),
    ]
    groups += [(p, lambda c, p=p: c.product == p) for p in sorted({c.product for c in cases})]  # type: ignore[misc]
    groups += [("first cycle of another product", lambda c: c.mixed)]
    rows = [_row(name, [c for c in cases if wanted(c)]) for name, wanted in groups if any(wanted(c) for c in cases)]
    head = ["", "forecasts", "80 % holds", "error / d", "always 12 weeks / d", "as the gaps before / d", "width / d"]
    print_table(title, head, rows)
    seconds = [c.seconds for c in cases]
    print(f"seconds a forecast: median {np.median(seconds):.2f}, most {max(seconds):.2f}")
    trial.note(title, [[str(cell) for cell in row] for row in rows])


_LENGTHS: dict[str, tuple[int, float, int, float]] = {  # days, weeks between appointments, cycles, times a cycle
    "56 days, 3 cycles": (56, 12, 3, 1.0),
    "84 days, 3 cycles": (84, 12, 3, 1.0),
    "120 days, 3 cycles": (120, 17, 3, 1.0),
    "84 days, 6 cycles": (84, 12, 6, 1.0),
    "84 days, each 8 % shorter, 6 cycles": (84, 12, 6, 0.92),
}


def _own_lengths(trial: Trial, people: int) -> None:
    """People whose toxin lasts short or long, and whose cycles get shorter; every other one has fixed appointments."""
    rows: list[list[object]] = []
    for name, (days, weeks, cycles, times) in _LENGTHS.items():
        late, held, named, wrong = [], 0, 0, 0
        for seed in range(30_000, 30_000 + people):
            made = make_toxin_person(
                seed,
                away=True,
                every_days=_EVERY_DAYS[seed // 2 % len(_EVERY_DAYS)],
                into_days=28 * (seed // 6 % 2),
                cycles=cycles,
                usual_days=days,
                times_per_cycle=times,
                appointment_days=round(7 * weeks) if seed % 2 else None,
            )
            found = find_toxin(made.casefile)
            assert found is not None
            late.append(found.wear_off.value - made.half_days)
            held += found.wear_off.low <= made.half_days <= found.wear_off.high
            shorter = 0.5 if found.shorter_probability is None else found.shorter_probability
            named += shorter >= _SAID
            wrong += shorter <= 1 - _SAID
        row: list[object] = [name, share(held, people), number(float(np.median(late)), 1)]
        row += [number(float(np.median(np.abs(late))), 1), share(named, people), share(wrong, people)]
        rows.append(row)
        trial.say(" | ".join(str(cell) for cell in row))
    head = ["", "80 % holds", "too late by / d", "error / d", '"shorter" said', '"longer" said']
    print_table("Own lengths and trends", head, rows)
    trial.note("Own lengths and trends", [[str(cell) for cell in row] for row in rows])


_MONTHS = (4, 9, 18)


def _operations(trial: Trial, people: int) -> None:
    """What is said of operated people against how they were made."""
    rows: list[list[object]] = []
    for kind in KINDS:
        for months in _MONTHS:
            made = [make_operated_person(seed, kind=kind, months=months) for seed in range(people)]
            found = [find_decompression(person.casefile) for person in made]
            given = [item for item in found if item is not None]
            names = Counter(item.trajectory for item in given)
            pairs = [(p, g) for p, g in zip(made, given, strict=True) if g.freed_share is not None]
            held = sum(g.freed_share.low <= p.freed <= g.freed_share.high for p, g in pairs if g.freed_share)
            grades = [(p.efficacy, g.efficacy) for p, g in zip(made, given, strict=True) if g.efficacy is not None]
            rows.append(
                [
                    kind,
                    months,
                    ", ".join(f"{name} {count}" for name, count in names.most_common()),
                    share(held, len(pairs)),
                    share(sum(a == b for a, b in grades), len(grades)),
                    share(sum(abs(a - b) <= 1 for a, b in grades), len(grades)),
                    sum(item.recurrence for item in given),
                ]
            )
    head = ["made as", "month", "said", "freed: 90 % holds", "grade right", "within one", "recurrence said"]
    print_table("Operated people", head, rows)
    trial.note("Operated people", [[str(cell) for cell in row] for row in rows])


def main() -> None:
    """Run the trial."""
    trial = begin("validation.toxin", __doc__, needs_footage=False, people=300, home=False, part="all")
    people = 24 if trial.quick else int(trial.options.people)
    part = trial.options.part
    if trial.options.home:
        _table(trial, "Worlds the priors were looked at with", _cases(people, 0, away=False))
    if part in ("all", "forecasts"):
        _table(trial, "Worlds kept for judging", _cases(people, 10_000, away=True))
    if part in ("all", "lengths"):
        _own_lengths(trial, people)
    if part in ("all", "operations"):
        _operations(trial, 10 if trial.quick else 60)
    trial.end()


if __name__ == "__main__":
    main()
