"""Is what is said of the natural course right as often as it says? On made-up courses of known truth.

Two generators: the worlds of validation/course_worlds.py, on which priors were chosen (--tuning shows their other
variant), and the people of validation/course_people.py, who judge and set nothing. Rates below 0.01 a minute (one in
100 minutes) count as that, on either side. Rivals are calibrated on the very people whom they are judged by. After a
decompression no natural course is told, so these courses are counted for the words only.
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
from validation.course_people import PEOPLE, make_person
from validation.course_rivals import RIVALS, calibrate, score_of
from validation.course_worlds import KINDS, SHARES, Made, dimmed, make_course
from validation.outcome import Goal, Outcome, Table, finish, percent
from validation.trial import Trial, begin, number

__all__ = ["Judged", "brier", "calibration_error", "judge", "run"]

Array = NDArray[np.float64]

_FLOOR_PER_MIN = 0.01  # data/course.yaml, change
_RATIO = 1.5  # data/course.yaml, change
_SAID = 0.8  # data/course.yaml, change
_OTHER_FROM = 1_000_000  # first seed of the other variant of the worlds


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
    told, rate, change = course.probabilities, course.rate_per_min, course.change_per_year
    if rate is not None and "too_few_sessions" not in course.blocked_by and made.kind != "decompression":
        now = max(made.rate_per_min(as_of, limit), _FLOOR_PER_MIN)
        rate_inside = _inside(rate, now, _FLOOR_PER_MIN)
        if told is not None and change is not None:
            then = max(made.rate_per_min(as_of - timedelta(days=told.span_days), limit), _FLOOR_PER_MIN)
            ratio = now / then
            truth = 0 if ratio <= 1 / _RATIO else 2 if ratio >= _RATIO else 1
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


def _worlds(count: int, *, judged: bool) -> list[Judged]:
    order = [kind for kind, times in SHARES.items() for _ in range(times)]
    first = _OTHER_FROM if judged else 0
    return [_judge(make_course(order[k % len(order)], first + k, judged=judged)) for k in range(count)]


def _people(count: int) -> list[Judged]:
    return [_judge(make_person(k)) for k in range(count)]


def _judge(made: Made) -> Judged:
    """Without time in spasm, which is followed in the same way and not judged here."""
    rows = tuple(replace(row, burden_share=None) for row in made.casefile.sessions)
    return judge(replace(made, casefile=replace(made.casefile, sessions=rows)))


def _share(values: Sequence[bool | None]) -> str:
    known = [v for v in values if v is not None]
    return percent(sum(known), len(known)) if known else "–"


def _row(name: str, rows: Sequence[Judged]) -> tuple[str, ...]:
    asked = [r for r in rows if r.truth is not None]
    inside = (_share([r.rate_inside for r in rows]), _share([r.change_inside for r in rows]))
    if not asked:
        return (name, str(len(rows)), *inside, "–", "–")
    odds, truth = np.array([r.odds for r in asked]), [r.truth for r in asked if r.truth is not None]
    return (name, str(len(rows)), *inside, number(brier(odds, truth), 3), number(calibration_error(odds, truth), 3))


def _coverage(title: str, kinds: Sequence[str], rows: Sequence[Judged]) -> Table:
    sizes = {"4 to 9 sessions": (0, 9), "10 to 29 sessions": (10, 29), "30 sessions or more": (30, 9999)}
    parts = [(kind, [r for r in rows if r.kind == kind]) for kind in kinds if kind != "decompression"]
    parts += [(name, [r for r in rows if low <= len(r.course.used) <= high]) for name, (low, high) in sizes.items()]
    return Table(
        title=f"{title}: intervals of 90 % that hold the truth, and stated probabilities",
        head=("courses", "n", "rate now", "change", "Brier", "ECE"),
        rows=tuple(_row(name, part) for name, part in [*parts, ("all", list(rows))]),
    )


def _rivals(title: str, asked: Sequence[Judged]) -> tuple[Table, dict[str, float]]:
    """Brier scores on the same courses; rivals get probabilities from how they fare on these very courses."""
    truth = [r.truth for r in asked if r.truth is not None]
    scores = {
        "facialis": np.array([r.odds for r in asked]),
        "always the shares of these people": np.tile(np.bincount(truth, minlength=3) / len(truth), (len(truth), 1)),
    }
    for name in RIVALS:
        found = [score_of(name, r.made, r.course) for r in asked]
        scores[name] = np.array([calibrate(found, truth)(score) for score in found])
    briers = {name: brier(odds, truth) for name, odds in scores.items()}
    lines = tuple(
        (
            name,
            number(briers[name], 3),
            number(calibration_error(odds, truth), 3),
            percent(int((odds.argmax(1) == np.array(truth)).sum()), len(truth)),
        )
        for name, odds in scores.items()
    )
    head = ("", "Brier", "ECE", "likeliest is true")
    return Table(title=f"{title}: against simpler answers, on the same courses", head=head, rows=lines), briers


def _said(title: str, asked: Sequence[Judged]) -> tuple[Table, dict[str, float]]:
    """How often what is said with 0.8 or more is true, each word apart."""
    lines, shares = [], {}
    for place, word in enumerate(("resolving", "stable", "worsening")):
        told = [(float(r.odds[place]), r.truth == place) for r in asked if r.odds[place] >= _SAID]
        mean = number(float(np.mean([p for p, _ in told])), 2) if told else "–"
        shares[word] = sum(true for _, true in told) / len(told) if told else float("nan")
        lines.append((word, str(len(told)), mean, percent(sum(true for _, true in told), len(told))))
    head = ("said", "times", "mean probability", "true")
    return Table(title=f"{title}: said with a probability of {_SAID} or more", head=head, rows=tuple(lines)), shares


def _generator(title: str, kinds: Sequence[str], rows: Sequence[Judged]) -> tuple[list[Table], list[Goal]]:
    asked = [r for r in rows if r.truth is not None]
    rivals, scores = _rivals(title, asked)
    said, shares = _said(title, asked)
    odds, truth = np.array([r.odds for r in asked]), [r.truth for r in asked if r.truth is not None]
    best = min(value for name, value in scores.items() if name != "facialis")

    def held(values: Sequence[bool | None]) -> float:
        return 100 * float(np.mean([v for v in values if v is not None]))

    error = calibration_error(odds, truth)
    goals = [
        Goal(what=f"{title}: rate now held, %", value=held([r.rate_inside for r in rows]), least=87, most=93, digits=1),
        Goal(what=f"{title}: change held, %", value=held([r.change_inside for r in rows]), least=87, most=93, digits=1),
        Goal(what=f"{title}: calibration error of stated odds", value=error, most=0.05, digits=3),
        Goal(what=f"{title}: Brier against the best rival", value=scores["facialis"] / best, most=1.0, digits=3),
        *(
            Goal(what=f"{title}: '{word}' at {_SAID} or more is true", value=shares[word], least=0.8)
            for word in ("resolving", "worsening")
        ),
    ]
    return [_coverage(title, kinds, rows), rivals, said], goals


def _words(trial: Trial, count: int) -> tuple[Table, Goal]:
    """'Sustained remission' on long courses, asked each eighth week from the first year on."""
    rows = []
    wrong_courses = not_in = 0
    # Rare: a twenty-fifth of a usual rate, so that many sessions are quiet; dimmed: a camera that sees little later on.
    kinds = ("relapsing", "resolving", "stable", "stable, rare", "stable, dimmed", "decompression", "remission")
    for kind in kinds:
        said = wrong = right = asked = 0
        for k in range(count):
            made = _long(kind, _OTHER_FROM + 50_000 + k)
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


def _five_years() -> Made:
    """Five years of daily films, 2,000 of them."""
    made = make_course("relapsing", 7, judged=True, sessions=104, weekly=True)
    rng = np.random.default_rng(5)
    pool = made.casefile.sessions
    rows = tuple(
        replace(pool[int(rng.integers(len(pool)))], day=made.first + timedelta(days=int(day)), name=f"{k:04d}")
        for k, day in enumerate(np.sort(np.append(np.arange(1826), rng.integers(0, 1826, 174))))
    )
    return replace(made, casefile=replace(made.casefile, sessions=rows, as_of=rows[-1].day))


def run(trial: Trial) -> Outcome:
    """``--people`` of either generator, the words on ``--words`` courses of each kind; ``--part`` runs one of them."""
    many, part = 150 if trial.quick else int(trial.options.people), str(trial.options.part)
    if trial.options.tuning:
        rows = _worlds(many, judged=False)
        shown, wanted = _generator("tuning worlds", KINDS, rows)
        command = f"python -m validation.courses --people {many} --tuning"
        return Outcome(name="courses", title="Tuning worlds", about="", command=command, tables=shown, goals=wanted)
    every: list[Judged] = []
    tables: list[Table] = []
    goals: list[Goal] = []
    if part in ("", "people"):
        every += _people(many)
        found = _generator("people who judge", tuple(PEOPLE), every)
        tables, goals = [*tables, *found[0]], [*goals, *found[1]]
        trial.say("people done")
    worlds = _worlds(many, judged=True) if part in ("", "worlds") else []
    if worlds:
        found = _generator("worlds", KINDS, worlds)
        tables, goals = [*tables, *found[0]], [*goals, *found[1]]
        trial.say("worlds done")
    if part in ("", "words"):
        words, never = _words(trial, 4 if trial.quick else int(trial.options.words))
        tables, goals = [*tables, words], [*goals, never]
    five_s = judge(_five_years()).seconds
    goals += [
        Goal(what="seconds for 2,000 sessions in 5 years (of the processor)", value=five_s, most=5),
        Goal(
            what="seconds a course, longest of all",
            value=max([r.seconds for r in [*every, *worlds]], default=0),
            most=1,
        ),
    ]
    blocked = [r for r in worlds if r.kind == "decompression"]
    held = sum(r.course.verdict.endswith(("decompression_under_12_months", "after_decompression")) for r in blocked)
    trial.note("after decompression held back", f"{held}/{len(blocked)}")
    return Outcome(
        name="courses",
        title="Natural course",
        about=" ".join((__doc__ or "").split("\n\n")[1].split()),
        command=f"python -m validation.courses --people {many}" + (f" --part {part}" if part else ""),
        tables=tables,
        goals=goals,
    )


if __name__ == "__main__":
    told = begin(
        "validation.courses", __doc__, needs_footage=False, seeds=1, people=800, words=50, part="", tuning=False
    )
    outcome = run(told)
    told.end([outcome])
    sys.exit(finish([outcome]))
