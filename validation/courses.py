"""Is what is said of the natural course right as often as it says? On made-up courses of known truth.

The worlds are those of validation/course_worlds.py. Priors were chosen on the worlds for tuning (--tuning shows them);
all figures are from the worlds for judging, which have other seeds, shapes, scatter and sizes. Rates below 0.01 a
minute (one in 100 minutes) count as that, on either side. After a decompression no natural course is told, so these
courses are counted for the words only.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from facialis.core.calendar import YEAR_DAYS
from facialis.core.person.course import Course, Estimate
from facialis.follow.course import find_course
from validation.course_rivals import RIVALS, calibrate, score_of
from validation.course_worlds import KINDS, Made, dimmed, make_course
from validation.outcome import Goal, Outcome, Table, finish, percent
from validation.trial import Trial, begin, number

__all__ = ["Judged", "brier", "calibration_error", "judge", "run"]

Array = NDArray[np.float64]

_FLOOR_PER_MIN = 0.01  # data/course.yaml, change
_RATIO = 1.5  # data/course.yaml, change
_SHARES = {"stable": 3, "resolving": 3, "worsening": 3, "relapsing": 2, "remission": 1, "toxin": 2, "decompression": 1}
_JUDGED_FROM = 1_000_000  # first seed of the worlds for judging


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One course: what was said, and the truth in its terms. ``truth`` 0 less, 1 the same, 2 more; None: not asked."""

    kind: str
    made: Made
    course: Course
    seconds: float
    truth: int | None
    rate_inside: bool | None
    change_inside: bool | None
    truly_quiet: bool

    @property
    def odds(self) -> Array:
        """Stated probabilities of less, the same, more."""
        p = self.course.probabilities
        assert p is not None
        return np.array([p.resolving, p.stable, p.worsening])


def _inside(estimate: Estimate, truth: float, floor: float) -> bool:
    low, high = (max(v, floor) for v in (estimate.low, estimate.high))
    return bool(low <= max(truth, floor) <= high)


def judge(made: Made) -> Judged:
    """Ask facialis for the course and hold it against the truth."""
    begin_s = time.process_time()
    course = find_course(made.casefile)
    seconds = time.process_time() - begin_s
    as_of = made.casefile.as_of
    names = set(course.used)
    limits = [row.limit_iod for row in made.casefile.sessions if row.name in names and row.limit_iod is not None]
    limit = min(limits, default=None)
    truth = rate_inside = change_inside = None
    told = course.probabilities
    rate, change = course.rate_per_min, course.change_per_year
    if told is not None and rate is not None and change is not None and made.kind != "decompression":
        days = (as_of, as_of - timedelta(days=told.span_days))
        now, then = (max(made.rate_per_min(day, limit), _FLOOR_PER_MIN) for day in days)
        ratio = now / then
        truth = 0 if ratio <= 1 / _RATIO else 2 if ratio >= _RATIO else 1
        rate_inside = _inside(rate, now, _FLOOR_PER_MIN)
        low, high = (end ** (told.span_days / YEAR_DAYS) for end in (change.low, change.high))
        change_inside = bool(low <= ratio <= high)
    year = [made.rate_per_min(as_of - timedelta(days=k), None) for k in range(0, 365, 5)]
    earlier = max(made.rate_per_min(made.first + timedelta(days=k), None) for k in range(0, 60, 5))
    return Judged(
        kind=made.kind,
        made=made,
        course=course,
        seconds=seconds,
        truth=truth,
        rate_inside=rate_inside,
        change_inside=change_inside,
        truly_quiet=max(year) <= 0.1 * earlier,
    )


def brier(odds: Array, truth: Sequence[int]) -> float:
    """Mean over courses of the squared distance of the three probabilities from what was true (0 best, 2 worst)."""
    return float(((odds - np.eye(3)[list(truth)]) ** 2).sum(1).mean())


def calibration_error(odds: Array, truth: Sequence[int], bins: int = 10) -> float:
    """Expected calibration error over all three probabilities of all courses, in bins of equal width."""
    p, hit = odds.ravel(), np.eye(3)[list(truth)].ravel()
    cell = np.minimum((p * bins).astype(int), bins - 1)
    off = [
        abs(p[cell == k].mean() - hit[cell == k].mean()) * np.mean(cell == k) for k in range(bins) if (cell == k).any()
    ]
    return float(sum(off))


def _made(count: int, *, judged: bool) -> list[Judged]:
    order = [kind for kind, times in _SHARES.items() for _ in range(times)]
    first = _JUDGED_FROM if judged else 0
    return [judge(make_course(order[k % len(order)], first + k, judged=judged)) for k in range(count)]


def _row(name: str, rows: Sequence[Judged]) -> tuple[str, ...]:
    asked = [r for r in rows if r.truth is not None]
    if not asked:
        return (name, str(len(rows)), "–", "–", "–", "–")
    odds = np.array([r.odds for r in asked])
    truth = [r.truth for r in asked if r.truth is not None]
    return (
        name,
        str(len(asked)),
        percent(sum(bool(r.rate_inside) for r in asked), len(asked)),
        percent(sum(bool(r.change_inside) for r in asked), len(asked)),
        number(brier(odds, truth), 3),
        number(calibration_error(odds, truth), 3),
    )


def _coverage(rows: Sequence[Judged]) -> Table:
    sizes = {"4 to 9 sessions": (0, 9), "10 to 29 sessions": (10, 29), "30 sessions or more": (30, 999)}
    parts = [(kind, [r for r in rows if r.kind == kind]) for kind in KINDS if kind != "decompression"]
    parts += [(name, [r for r in rows if low <= len(r.course.used) <= high]) for name, (low, high) in sizes.items()]
    return Table(
        title="Intervals of 90 % that hold the truth, and stated probabilities",
        head=("courses", "n", "rate now", "change", "Brier", "ECE"),
        rows=tuple(_row(name, part) for name, part in [*parts, ("all", list(rows))]),
    )


def _rivals(tuned: Sequence[Judged], rows: Sequence[Judged]) -> tuple[Table, dict[str, float]]:
    """Brier scores on the same courses; rivals get probabilities from how they fare on the worlds for tuning."""
    truth = [r.truth for r in rows if r.truth is not None]
    base = np.bincount([r.truth for r in tuned if r.truth is not None], minlength=3) / max(len(tuned), 1)
    scores = {
        "facialis": np.array([r.odds for r in rows]),
        "always the shares of the tuning worlds": np.tile(base, (len(rows), 1)),
    }
    for name in RIVALS:
        table = calibrate([score_of(name, r.made, r.course) for r in tuned], [r.truth or 0 for r in tuned])
        scores[name] = np.array([table(score_of(name, r.made, r.course)) for r in rows])
    found = {name: brier(odds, truth) for name, odds in scores.items()}
    lines = tuple(
        (
            name,
            number(found[name], 3),
            number(calibration_error(odds, truth), 3),
            percent(int((odds.argmax(1) == np.array(truth)).sum()), len(truth)),
        )
        for name, odds in scores.items()
    )
    return Table(
        title="Against simpler answers, on the same courses", head=("", "Brier", "ECE", "likeliest is true"), rows=lines
    ), found


def _words(trial: Trial, count: int) -> tuple[Table, Goal]:
    """'Sustained remission' on long courses, asked each eighth week from the first year on."""
    rows = []
    wrong_courses = not_in = 0
    # Rare: a twenty-fifth of a usual rate, so that many sessions are quiet; dimmed: a camera that sees little later on.
    kinds = ("relapsing", "resolving", "stable", "stable, rare", "stable, dimmed", "decompression", "remission")
    for kind in kinds:
        said = wrong = right = asked = 0
        for k in range(count):
            made = _long(kind, _JUDGED_FROM + 50_000 + k)
            ever = False
            for day in _moments(made):
                asked += 1
                if any(row.twitches and 0 <= (day - row.day).days < 365 for row in made.casefile.sessions):
                    continue  # a twitch within the year: not a quiet one by any rule
                part = replace(
                    made.casefile,
                    as_of=day,
                    sessions=tuple(s for s in made.casefile.sessions if s.day <= day),
                    treatments=tuple(t for t in made.casefile.treatments if t.day <= day),
                )
                told = judge(replace(made, casefile=part))
                is_said = told.course.remission == "sustained"
                said += is_said
                ever |= is_said and not told.truly_quiet
                wrong += is_said and not told.truly_quiet
                right += is_said and told.truly_quiet
            if kind != "remission":
                not_in += 1
                wrong_courses += ever
        rows.append((kind, str(count), str(asked), str(said), str(wrong), str(right)))
        trial.say(f"words: {kind} done")
    head = ("courses", "n", "asked", "said", "not so", "so")
    table = Table(title="'Sustained remission', asked every eighth week", head=head, rows=tuple(rows))
    what = "share of other courses of which 'sustained remission' is ever said wrongly"
    return table, Goal(what=what, value=wrong_courses / not_in, most=0.01, digits=4)


def _long(kind: str, seed: int) -> Made:
    """A course of one to two years, weekly or at irregular days."""
    rare = 0.08 if kind.endswith("rare") else None
    sessions, weekly = (104, True) if seed % 2 else (52, False)
    made = make_course(kind.split(",")[0], seed, judged=True, sessions=sessions, weekly=weekly, level=rare)
    return dimmed(made, seed) if kind.endswith("dimmed") else made


def _moments(made: Made) -> list[date]:
    return [made.first + timedelta(days=k) for k in range(370, (made.casefile.as_of - made.first).days + 1, 56)]


def run(trial: Trial) -> Outcome:
    """Everything, on ``--seeds`` times 300 courses."""
    if trial.options.tuning:
        rows = _made(trial.seeds * 300, judged=False)
        return Outcome(
            name="courses", title="Tuning worlds", about="", command=trial.command("courses"), tables=[_coverage(rows)]
        )
    count = 150 if trial.quick else trial.seeds * 300
    tuned = [r for r in _made(count, judged=False) if r.truth is not None]
    trial.say("tuning worlds done")
    rows = _made(count, judged=True)
    trial.say("judging worlds done")
    asked = [r for r in rows if r.truth is not None]
    rivals, scores = _rivals(tuned, asked)
    words, never = _words(trial, 4 if trial.quick else trial.seeds * 50)
    best = min(value for name, value in scores.items() if name != "facialis")
    odds, truth = np.array([r.odds for r in asked]), [r.truth for r in asked if r.truth is not None]
    year = make_course("toxin", 7, judged=True, sessions=104, weekly=True)
    plain = make_course("relapsing", 7, judged=True, sessions=104, weekly=True)
    rate, change = (
        100 * sum(bool(v) for v in part) / len(asked)
        for part in ([r.rate_inside for r in asked], [r.change_inside for r in asked])
    )
    weekly_s = max(judge(made).seconds for made in (year, plain))
    goals = [
        Goal(what="90 % interval of the rate now holds it, %", value=rate, least=88, most=92, digits=1),
        Goal(what="90 % interval of the change holds it, %", value=change, least=88, most=92, digits=1),
        Goal(what="calibration error of stated odds", value=calibration_error(odds, truth), most=0.05, digits=3),
        Goal(what="Brier score against the best rival (ratio)", value=scores["facialis"] / best, most=1.0, digits=3),
        never,
        Goal(what="seconds for 104 weekly sessions (of the processor)", value=weekly_s, most=1.0),
        Goal(what="seconds a course, longest of all (of the processor)", value=max(r.seconds for r in rows), most=1.0),
    ]
    blocked = [r for r in rows if r.kind == "decompression"]
    held = sum(r.course.verdict.endswith(("decompression_under_12_months", "after_decompression")) for r in blocked)
    trial.note("after decompression held back", f"{held}/{len(blocked)}")
    return Outcome(
        name="courses",
        title="Natural course",
        about=" ".join((__doc__ or "").split("\n\n")[1].split()),
        command=trial.command("courses"),
        tables=[_coverage(rows), rivals, words],
        goals=goals,
    )


if __name__ == "__main__":
    told = begin("validation.courses", __doc__, needs_footage=False, seeds=1, tuning=False)
    outcome = run(told)
    told.end([outcome])
    sys.exit(finish([outcome]))
