"""The natural course of one person: resolving, stable or worsening, as probabilities that mean what they say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from facialis.core.casefile import Casefile, SessionRow
from facialis.core.course import Blocked, Course, Estimate, Point, Probabilities, Spread
from facialis.follow.remission import Quiet, find_quiet
from facialis.follow.weakness import weak
from facialis.follow.windows import Natural, natural_sessions, threshold
from facialis.numeric.sizes import seen_share, size_nodes
from facialis.numeric.trends import Mixture, follow_rate

__all__ = ["find_course"]

Array = NDArray[np.float64]

_YEAR = 365.25
_POINTS = 60  # chosen: more cannot be seen in a figure; 30 - 200
_AHEAD_DAYS = (7, 14, 28, 56, 84)  # chosen: a week is the least that days differ by, three months the longest to wait
_POWER = 1.645 + 0.842  # normal quantiles: one-sided 5 % and 80 % power
_LEAST_EVENT_S = 0.3  # chosen: a twitch lasts 50 - 300 ms and spasms longer; worth of one event of spasm time; 0.2 - 1
_EYE = {"orbicularis_oculi", "frontalis", "corrugator", "eye", "brow"}


def find_course(case: Casefile) -> Course:
    """The natural course of a casefile as of its day.

    Rates are those of the twitches that the most sensitive of the person's recordings would show. Probabilities say
    how the rate at the end of the span compares to that at its start; treatments are left out of it, not modelled.
    None stands for what cannot be said.
    """
    natural = natural_sessions(case)
    rows = natural.sessions
    sides, mixed = _sides(case, rows)
    exposure, weight = _exposures(rows)
    likely = weight @ exposure if len(rows) else np.zeros(0)
    quiet = find_quiet(rows, likely)
    blocked = _blocks(case, natural, likely, mixed=mixed, quiet=quiet)
    if natural.decompression is not None:
        quiet = Quiet(days=quiet.days, remission="none", expected=quiet.expected)
    answer = _Answer(case.as_of, rows, exposure, weight) if len(rows) >= 2 and _span(rows) > 0 else None
    chances = None if answer is None else answer.chances()
    smallest = None if answer is None else answer.smallest_change()
    return Course(
        as_of=case.as_of,
        verdict=_verdict(natural, blocked, quiet, chances, rows),
        remission="none" if "toxin_window" in blocked or "no_recent_session" in blocked else quiet.remission,
        blocked_by=blocked,
        probabilities=chances,
        rate_per_min=None if answer is None else answer.now(),
        change_per_year=None if answer is None else answer.change(),
        burden_share=None if answer is None else answer.burden_now(),
        burden_change_per_year=None if answer is None else answer.burden_change(),
        smallest_change=smallest,
        next_recording=_next(case, natural, blocked, quiet, answer),
        more_sessions=max(0, int(threshold("least_sessions")) - len(rows)),
        quiet_days=quiet.days,
        used=tuple(row.name for row in rows),
        left_out=natural.left_out,
        line=() if answer is None else answer.line(),
        spread=_spread(rows),
        notes=tuple(sides),
    )


def _span(rows: Sequence[SessionRow]) -> int:
    return min((rows[-1].day - rows[0].day).days, int(threshold("span_days"))) if rows else 0


def _exposures(rows: Sequence[SessionRow]) -> tuple[Array, Array]:
    """Minutes times the share of twitches that could be seen, against the most sensitive session; (m, n) and (m,)."""
    minutes = np.array([row.usable_min for row in rows], float)
    limit = np.array([np.nan if row.limit_iod is None else row.limit_iod for row in rows], float)
    known = np.isfinite(limit)
    if not known.any() or np.ptp(limit[known]) < 1e-9:
        return minutes[None, :], np.ones(1)
    # A limit that is not known is taken for a middling one of this person's.
    limit = np.where(known, limit, np.median(limit[known]))
    median = np.array([np.nan if row.median_amplitude_iod is None else row.median_amplitude_iod for row in rows])
    nodes, weight = size_nodes(median, np.array([row.twitches for row in rows], float), limit)
    shares = np.array([seen_share(node, limit) / seen_share(node, limit[known].min()) for node in nodes])
    return minutes * np.clip(shares, 1e-4, 1.0), weight


class _Answer:
    """The posterior of the log rate at the start of the span, at its end, and between; and that of the burden."""

    def __init__(self, as_of: date, rows: Sequence[SessionRow], exposure: Array, weight: Array) -> None:
        self.as_of, self.rows = as_of, rows
        # Where recordings stopped long ago nothing is known of today: the answer is that of the last one.
        self.end = min(as_of, rows[-1].day + timedelta(days=int(threshold("recent_days"))))
        self.start = max(rows[0].day, self.end - timedelta(days=int(threshold("span_days"))))
        self.days = (self.end - self.start).days
        times = np.array([(row.day - rows[0].day).days for row in rows]) / _YEAR
        first, last = (self.start - rows[0].day).days, (self.end - rows[0].day).days
        steps = np.linspace(0, last, min(_POINTS, last + 1))
        ahead = np.array([last + days for days in _AHEAD_DAYS], float)
        self.ask = np.concatenate([[first, last], ahead, steps]) / _YEAR
        self.steps = steps
        count = np.array([row.twitches for row in rows], float)
        self.rate = follow_rate(times, count, exposure, weight, self.ask)
        self.mean_exposure = float((weight @ exposure).mean())
        self.burden, self.unit_s = self._burden(times, exposure, weight)

    def _burden(self, times: Array, exposure: Array, weight: Array) -> tuple[Mixture | None, float]:
        """Spasm time as a quasi-Poisson count of spasms of mean length; None where it is not known often enough."""
        known = np.array([row.burden_share is not None for row in self.rows])
        if known.sum() < 2:
            return None, 1.0
        seconds = np.array([(row.burden_share or 0.0) * 60 * row.usable_min for row in self.rows])
        count = np.array([row.twitches for row in self.rows])
        mean_s = seconds[known].sum() / max(count[known].sum(), 1.0)
        unit = max(2 * float(mean_s), _LEAST_EVENT_S)  # variance over mean of a sum of exponential lengths
        worth = follow_rate(times[known], seconds[known] / unit, exposure[:, known], weight, self.ask)
        return worth, unit

    def _row(self, **places: float) -> Array:
        row = np.zeros(len(self.ask))
        for name, value in places.items():
            row[{"start": 0, "end": 1}[name]] = value
        return row

    def chances(self) -> Probabilities | None:
        if self.days < 1:
            return None
        bound = float(np.log(threshold("important_ratio")))
        contrast = self._row(start=-1.0, end=1.0)
        falling = self.rate.below(contrast, -bound)
        rising = 1.0 - self.rate.below(contrast, bound)
        stable = max(0.0, 1.0 - falling - rising)
        total = falling + stable + rising
        return Probabilities(resolving=falling / total, stable=stable / total, worsening=rising / total,
                             span_days=self.days)  # fmt: skip

    def now(self) -> Estimate:
        return _estimate(self.rate, self._row(end=1.0))

    def burden_now(self) -> Estimate | None:
        if self.burden is None:
            return None
        found = _estimate(self.burden, self._row(end=1.0), self.unit_s / 60)
        return Estimate(value=min(found.value, 1.0), low=min(found.low, 1.0), high=min(found.high, 1.0),
                        probability=found.probability)  # fmt: skip

    def change(self, mixture: Mixture | None = None) -> Estimate | None:
        if self.days < 1:
            return None
        yearly = _YEAR / self.days
        return _estimate(mixture or self.rate, self._row(start=-yearly, end=yearly))

    def burden_change(self) -> Estimate | None:
        return None if self.burden is None else self.change(self.burden)

    def smallest_change(self) -> float | None:
        if self.days < 1:
            return None
        _, sd = self.rate.collapsed(self._row(start=-1.0, end=1.0))
        return float(np.exp(-_POWER * sd))

    def line(self) -> tuple[Point, ...]:
        points = []
        for k, days in enumerate(self.steps):
            row = np.zeros(len(self.ask))
            row[2 + len(_AHEAD_DAYS) + k] = 1.0
            day = self.rows[0].day + timedelta(days=round(float(days)))
            points.append(Point(day=day, rate_per_min=_estimate(self.rate, row)))
        return tuple(points)

    def settles_in(self) -> int:
        """Days until one more recording is most likely to settle it: the first that does so more often than not."""
        bound = float(np.log(threshold("important_ratio")))
        sure = float(stats.norm.ppf(threshold("said_from")))
        best, most = _AHEAD_DAYS[-1], -1.0
        for k, days in enumerate(_AHEAD_DAYS):
            row = self._row(start=-1.0)
            row[2 + k] = 1.0
            mean, sd = self.rate.collapsed(row)
            at = np.zeros(len(self.ask))
            at[2 + k] = 1.0
            level, _ = self.rate.collapsed(at)
            noise = self.rate.scatter**2 + 1 / max(float(np.exp(min(level, 20.0))) * self.mean_exposure, 1e-3)
            shift = sd**2 / np.sqrt(sd**2 + noise)
            left = np.sqrt(max(sd**2 - shift**2, 1e-9))
            # Posterior means that would make one of the three answers sure, and how likely one comes out.
            low, high = -bound - sure * left, bound + sure * left
            chance = stats.norm.cdf((low - mean) / shift) + stats.norm.sf((high - mean) / shift)
            inner = bound - sure * left
            if inner > 0:
                chance += stats.norm.cdf((inner - mean) / shift) - stats.norm.cdf((-inner - mean) / shift)
            if chance >= 0.5:
                return days
            if chance > most:
                best, most = days, float(chance)
        return best


def _estimate(mixture: Mixture, row: Array, scale: float = 1.0) -> Estimate:
    tail = (1 - threshold("interval")) / 2
    low, middle, high = (
        scale * float(np.exp(np.clip(mixture.quantile(row, q), -60, 60))) for q in (tail, 0.5, 1 - tail)
    )
    return Estimate(value=middle, low=low, high=high, probability=threshold("interval"))


def _blocks(case: Casefile, natural: Natural, likely: Array, *, mixed: bool, quiet: Quiet) -> tuple[Blocked, ...]:
    rows = natural.sessions
    found: list[Blocked] = []
    if natural.toxin_until is not None:
        found.append("toxin_window")
    if natural.decompression is not None:
        months = (case.as_of - natural.decompression).days / 30.44
        if months < threshold("decompression_months"):
            found.append("decompression_under_12_months")
    if weak(case):
        found.append("weakness")
    if len(rows) < threshold("least_sessions") or _span(rows) < threshold("least_span_days"):
        found.append("too_few_sessions")
    if len(rows) and _cannot_see(rows, likely, quiet):
        found.append("limit_too_high")
    if mixed:
        found.append("mixed_sides")
    if len(rows) and (case.as_of - rows[-1].day).days > threshold("recent_days") and natural.decompression is None:
        found.append("no_recent_session")
    return tuple(found)


def _cannot_see(rows: Sequence[SessionRow], likely: Array, quiet: Quiet) -> bool:
    """Whether the latest recordings saw much less than the earlier ones could, or were too short to see anything."""
    share = likely / np.array([row.usable_min for row in rows])
    latest = max(1, min(3, len(rows) // 2))
    coarse = float(np.median(share[-latest:])) < threshold("seen_share")
    silent = rows[-1].twitches == 0 and any(row.twitches for row in rows)
    return coarse or (silent and quiet.expected < threshold("quiet_expected") and quiet.remission == "none")


def _sides(case: Casefile, rows: Sequence[SessionRow]) -> tuple[list[str], bool]:
    """Remarks on sides and parts of the protocol that differ, and whether the sides block an answer."""
    notes: list[str] = []
    each = [row.side for row in rows if row.side in ("left", "right")]
    least = min(each.count("left"), each.count("right"))
    both = case.person.text("side") in ("both", "alternating")
    mixed = least >= max(2, 0.2 * len(each)) and not both
    if least and not both:
        notes.append("course_note_sides")
    own = case.person.text("side")
    if own in ("left", "right") and each and own not in each:
        notes.append("course_note_other_side")
    if len({row.block for row in rows}) > 1:
        notes.append("course_note_blocks")
    if rows and not any(row.limit_iod for row in rows):
        notes.append("course_note_no_limits")
    if case.given("drug"):
        notes.append("course_note_drugs")
    return notes, mixed


def _verdict(
    natural: Natural, blocked: tuple[Blocked, ...], quiet: Quiet, chances: Probabilities | None,
    rows: Sequence[SessionRow],
) -> str:  # fmt: skip
    if natural.decompression is not None:
        early = "decompression_under_12_months" in blocked
        return "course_verdict_decompression_early" if early else "course_verdict_decompression"
    if not rows:
        return "course_verdict_toxin_window" if "toxin_window" in blocked else "course_verdict_none"
    for code in ("mixed_sides", "toxin_window"):
        if code in blocked:
            return f"course_verdict_{code}"
    if "no_recent_session" in blocked:
        return "course_verdict_no_recent_session"
    if quiet.remission != "none":
        return "course_verdict_weakness" if "weakness" in blocked else f"course_verdict_{quiet.remission}"
    if "too_few_sessions" in blocked or chances is None:
        return "course_verdict_too_few_sessions"
    said = threshold("said_from")
    if chances.worsening >= said:
        return "course_verdict_worsening"
    if "limit_too_high" in blocked:
        return "course_verdict_limit_too_high"
    if chances.resolving >= said:
        return "course_verdict_weakness" if "weakness" in blocked else "course_verdict_resolving"
    return "course_verdict_stable" if chances.stable >= said else "course_verdict_open"


def _next(
    case: Casefile, natural: Natural, blocked: tuple[Blocked, ...], quiet: Quiet, answer: _Answer | None
) -> date | None:
    tomorrow = case.as_of + timedelta(days=1)
    if natural.toxin_until is not None:
        return max(natural.toxin_until, tomorrow)
    last = natural.sessions[-1].day if natural.sessions else case.as_of - timedelta(days=7)
    if answer is None or "too_few_sessions" in blocked or "no_recent_session" in blocked:
        return max(last + timedelta(days=7), tomorrow)
    if quiet.remission != "none":
        return max(last + timedelta(days=28), tomorrow)
    return case.as_of + timedelta(days=answer.settles_in())


def _spread(rows: Sequence[SessionRow]) -> Spread | None:
    """Muscles of the earlier and the later half, and how likely more than the eye takes part more often now."""
    named = [row for row in rows if row.regions]
    if len(named) < 2:
        return None
    half = len(named) // 2
    parts = (named[:half], named[half:])
    muscles = [tuple(sorted({m for row in part for m in row.regions})) for part in parts]
    probability = None
    if half >= 2:
        wide = [sum(bool(set(row.regions) - _EYE) for row in part) for part in parts]
        rng = np.random.default_rng(0)
        before = rng.beta(1 + wide[0], 1 + len(parts[0]) - wide[0], 4000)
        after = rng.beta(1 + wide[1], 1 + len(parts[1]) - wide[1], 4000)
        probability = float((after > before).mean())
    return Spread(before=muscles[0], now=muscles[1], probability=probability)
