"""The natural course of one person: which way it goes, how surely, and what that may be called."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from facialis.core.calendar import YEAR_DAYS
from facialis.core.knowledge import load
from facialis.core.person.casefile import Casefile, SessionRow
from facialis.core.person.course import Blocked, Course, Estimate, Point, Probabilities, Schedule
from facialis.follow.remission import Quiet, find_quiet
from facialis.follow.schedule import chosen_weekday, first_answer, next_film
from facialis.follow.selection import filmed_by_mood
from facialis.follow.spread import find_spread
from facialis.follow.steps import sudden_fall
from facialis.follow.told import told_of_spasm
from facialis.follow.weakness import seems_weak
from facialis.follow.windows import Windows, natural_sessions
from facialis.numeric.statistics.daily import Daily, by_day
from facialis.numeric.statistics.masses import Mass
from facialis.numeric.statistics.planning import smallest_fall
from facialis.numeric.statistics.sizes import Seen, shares_seen
from facialis.numeric.statistics.trends import Trend, fit_trend
from facialis.numeric.statistics.weekdays import find_week

__all__ = ["find_course"]

Array = NDArray[np.float64]

_PROBABILITY = 0.9  # of all intervals
_LINE_POINTS = 40  # chosen: enough for a drawing
_SPASM_MIN = 0.5 / 60  # chosen: length of a spasm where none was counted (s/60); changes only the interval of a zero
_NO_WORDS = {
    "treatment_unread",
    "toxin_window",
    "decompression_under_12_months",
    "weakness",
    "mixed_sides",
    "filmed_by_mood",
    "too_few_sessions",
    "medicine_taken",
    "limit_unknown",
    "told_of_spasm",
}
"""Blocks under which quiet recordings get no word of remission, whatever they show."""
_LIMITS_ALIKE = 0.2  # chosen: log of the ratio of limits up to which no remark is made


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """The fitted course and where the asked days stand in it."""

    daily: Daily
    trend: Trend
    seen: Seen
    shares: Array
    start_day: date
    span_days: int
    line_days: tuple[date, ...]


def find_course(casefile: Casefile) -> Course:
    """The natural course up to ``casefile.as_of``: probabilities, rate, change and words that follow rules.

    Sessions under toxin, after an operation, of the other side or of another task are left out and named. Fields are
    None where the sessions do not say; whatever forbids a word stands in ``blocked_by``. Rates are those of twitches
    that the finest of the recordings would see.
    """
    windows = natural_sessions(casefile)
    rows = windows.used
    fit = _fit(casefile, windows) if rows else None
    weak = seems_weak(casefile, rows)
    quiet = _quiet(casefile, windows, fit)
    enough = not _missing(rows, load("course.yaml")["sessions"]["least"], load("course.yaml")["span"]["least_days"])
    recent = _last_year(casefile, rows)
    more = _missing(recent, load("course.yaml")["odds"]["least"], load("course.yaml")["odds"]["least_days"])
    told = more == 0
    odds = _odds(fit) if fit is not None and told else None
    blocked = _blocks(casefile, windows, quiet, weak=weak, few=not enough)
    remission = "none" if set(blocked) & _NO_WORDS or windows.operated is not None else quiet.remission
    if remission == "sustained" and "no_recent_session" in blocked:
        remission = "possible"
    burden = _burden_fit(rows, windows, fit) if fit is not None else None
    schedule = _schedule(windows, blocked, quiet, odds)
    used_days = [row.day for row in rows]
    # A film counts again when toxin has worn off and a medicine has settled.
    counts_from = max(filter(None, (windows.toxin_until, windows.alike_from)), default=None)
    weekday = chosen_weekday(casefile.person)
    film = next_film(used_days, casefile.as_of, schedule, not_before=counts_from, weekday=weekday)
    more = more if windows.operated is None else 0  # after an operation no number of films shows the natural course
    since = [row.day for row in recent]
    return Course(
        as_of=casefile.as_of,
        verdict="course_verdict_" + _verdict(windows, blocked, odds, remission, quiet, some=bool(rows)),
        remission=remission,
        blocked_by=blocked,
        probabilities=odds,
        rate_per_min=_estimate(fit.trend.now) if fit is not None else None,
        change_per_year=_per_year(fit.trend.change, fit.span_days) if fit is not None and told else None,
        burden_share=_burden(burden, fit),
        burden_change_per_year=_per_year(burden[0].change, fit.span_days)
        if burden and fit is not None and told
        else None,
        smallest_change=_smallest(fit) if fit is not None and enough else None,
        schedule=schedule,
        next_recording=film,
        first_answer=first_answer(since, more, film),
        more_sessions=more,
        quiet_days=quiet.days,
        used=tuple(row.name for row in rows),
        left_out=windows.left_out,
        line=_line(fit),
        spread=find_spread(rows),
        sudden_fall=sudden_fall(rows),
        notes=windows.notes + _limit_notes(rows),
    )


# ---- what the kernel is asked -----------------------------------------------------------------------------------


def _fit(casefile: Casefile, windows: Windows) -> _Fit:
    rows = windows.used
    first = rows[0].day
    start = max(first, casefile.as_of - timedelta(days=load("course.yaml")["span"]["most_days"]))
    span = (casefile.as_of - start).days
    counts = np.array([row.twitches for row in rows], float)
    seen = shares_seen(
        np.array([row.limit_iod if row.limit_iod is not None else np.nan for row in rows], float),
        np.array([row.median_amplitude_iod if row.median_amplitude_iod else np.nan for row in rows], float),
        counts,
    )
    minutes = np.array([row.usable_min for row in rows], float)
    week = find_week(
        _day_numbers(rows), np.array([row.day.weekday() for row in rows], np.intp), counts, minutes * seen.mean
    )
    shares = seen.shares * week.factors
    daily = by_day(
        _day_numbers(rows),
        counts,
        minutes,
        shares,
        np.array(windows.trough, float),
    )
    whole = float((casefile.as_of - first).days)
    asked = _line_days(daily.days, whole)
    trend = fit_trend(
        daily,
        seen.weights,
        start=whole - span,
        now=whole,
        asked=asked,
        floor=load("course.yaml")["change"]["floor_per_min"],
    )
    return _Fit(
        daily=daily,
        trend=replace(
            trend,
            now=trend.now.blurred(week.spread),
            masses=tuple(mass.blurred(week.spread) for mass in trend.masses),
        ),
        seen=seen,
        shares=shares,
        start_day=start,
        span_days=span,
        line_days=tuple(first + timedelta(days=round(day)) for day in asked),
    )


def _line_days(days: Array, now: float) -> Array:
    """Days with a session, thinned, and some between where there is none for long; the last is now."""
    some = days[np.unique(np.linspace(0, len(days) - 1, min(len(days), _LINE_POINTS // 2)).round().astype(int))]
    between = np.linspace(0.0, now, _LINE_POINTS // 2).round()
    far = between[np.abs(between[:, None] - some[None, :]).min(1) > now / _LINE_POINTS]
    return np.asarray(np.unique(np.concatenate([some, far, [now]])))


def _day_numbers(rows: Sequence[SessionRow]) -> Array:
    return np.array([(row.day - rows[0].day).days for row in rows], float)


def _burden_fit(rows: Sequence[SessionRow], windows: Windows, fit: _Fit) -> tuple[Trend, float] | None:
    """Time in spasm as counts of spasms of the person's own mean length (quasi-Poisson), and that length in minutes."""
    known = np.array([row.burden_share is not None for row in rows])
    if not known.any():
        return None
    minutes = np.array([row.usable_min for row in rows], float)
    spent = np.array([row.burden_share or 0.0 for row in rows], float) * minutes
    twitches = float(sum(row.twitches for row, use in zip(rows, known, strict=True) if use))
    length = float(spent[known].sum()) / twitches if twitches and spent[known].any() else _SPASM_MIN
    daily = by_day(
        _day_numbers(rows)[known],
        spent[known] / length,
        minutes[known],
        fit.shares[:, known],
        np.array(windows.trough, float)[known],
    )
    now = float((fit.start_day - rows[0].day).days + fit.span_days)
    trend = fit_trend(
        daily,
        fit.seen.weights,
        start=now - fit.span_days,
        now=now,
        asked=np.zeros(0),
        floor=load("course.yaml")["change"]["floor_per_min"],
    )
    return trend, length


def _estimate(mass: Mass, factor: float = 1.0, power: float = 1.0) -> Estimate:
    tail = (1 - _PROBABILITY) / 2
    low, value, high = (
        float(factor * np.exp(np.clip(power * mass.quantile(p), -60, 60))) for p in (tail, 0.5, 1 - tail)
    )
    return Estimate(value=value, low=low, high=high, probability=_PROBABILITY)


def _per_year(change: Mass, span_days: int) -> Estimate:
    return _estimate(change, power=YEAR_DAYS / max(span_days, 1))


def _burden(burden: tuple[Trend, float] | None, fit: _Fit | None) -> Estimate | None:
    if burden is None or fit is None:
        return None
    trend, length = burden
    raw = _estimate(trend.now, factor=length)
    return Estimate(
        value=min(raw.value, 1.0), low=min(raw.low, 1.0), high=min(raw.high, 1.0), probability=raw.probability
    )


def _odds(fit: _Fit) -> Probabilities:
    bound = float(np.log(load("course.yaml")["change"]["ratio"]))
    less = fit.trend.change.below(-bound)
    more = max(1.0 - fit.trend.change.below(bound), 0.0)
    return Probabilities(resolving=less, stable=max(1.0 - less - more, 0.0), worsening=more, span_days=fit.span_days)


def _line(fit: _Fit | None) -> tuple[Point, ...]:
    if fit is None:
        return ()
    return tuple(
        Point(day=day, rate_per_min=_estimate(mass)) for day, mass in zip(fit.line_days, fit.trend.masses, strict=True)
    )


def _smallest(fit: _Fit) -> float:
    first = fit.daily.counts.sum() / float(fit.daily.seen_min.mean(0).sum())
    return smallest_fall(fit.daily, float(first), fit.trend.scatter, float(fit.span_days))


# ---- rules -------------------------------------------------------------------------------------------------------


def _last_year(casefile: Casefile, rows: Sequence[SessionRow]) -> list[SessionRow]:
    """Those of the span that the odds are of: older ones say little of how it was at its start."""
    return [row for row in rows if (casefile.as_of - row.day).days <= load("course.yaml")["span"]["most_days"]]


def _missing(rows: Sequence[SessionRow], least: int, least_days: int) -> int:
    """Days with a recording that are still missing; one at least if those there lie too close together."""
    days = {row.day for row in rows}
    close = not days or (max(days) - min(days)).days < least_days
    return int(max(least - len(days), close))


def _quiet(casefile: Casefile, windows: Windows, fit: _Fit | None) -> Quiet:
    if fit is None:
        return Quiet(remission="none", days=0, earlier_per_min=None)
    upper = float(np.exp(fit.trend.now.quantile(0.95)))
    return find_quiet(
        windows.used,
        list(fit.seen.mean),
        as_of=casefile.as_of,
        free_from=windows.toxin_until,
        upper_per_min=upper,
        aside=windows.aside,
    )


def _blocks(casefile: Casefile, windows: Windows, quiet: Quiet, *, weak: bool, few: bool) -> tuple[Blocked, ...]:
    found: list[Blocked] = list(windows.blocked)
    if weak:
        found.append("weakness")
    if few:
        found.append("too_few_sessions")
    if quiet.too_coarse:
        found.append("limit_too_high")
    if quiet.limit_unknown:
        found.append("limit_unknown")
    if quiet.comes_and_goes:
        found.append("comes_and_goes")
    if quiet.remission != "none" and told_of_spasm(casefile):
        found.append("told_of_spasm")
    if filmed_by_mood(casefile, windows.used):
        found.append("filmed_by_mood")
    recent = load("course.yaml")["sessions"]["recent_days"]
    if windows.used and (casefile.as_of - windows.used[-1].day).days > recent:
        found.append("no_recent_session")
    return tuple(found)


def _verdict(
    windows: Windows,
    blocked: Sequence[Blocked],
    odds: Probabilities | None,
    remission: str,
    quiet: Quiet,
    *,
    some: bool,
) -> str:
    """The key after ``course_verdict_``: the first of the rules that holds."""
    first = next(
        (b for b in ("treatment_unread", "decompression_under_12_months", "toxin_window") if b in blocked), None
    )
    if first is not None:
        return first
    if windows.operated is not None:
        return "after_decompression"
    if "mixed_sides" in blocked:
        return "mixed_sides"
    if odds is None and "course_note_medicine_changed" in windows.notes:
        return "medicine_changed"
    if not some:
        return "no_sessions"
    if "too_few_sessions" in blocked:
        return "too_few_sessions"
    if "filmed_by_mood" in blocked:
        return "filmed_by_mood"
    if "no_recent_session" in blocked:
        return "no_recent_session"
    return _word(blocked, odds, remission, quiet)


def _word(blocked: Sequence[Blocked], odds: Probabilities | None, remission: str, quiet: Quiet) -> str:
    said = load("course.yaml")["change"]["said"]
    if odds is not None and odds.worsening >= said:
        return "worsening"
    if "limit_too_high" in blocked:
        return "limit_too_high"
    if quiet.never_seen:
        return "never_seen"
    if "weakness" in blocked and (quiet.remission != "none" or (odds is not None and odds.resolving > odds.stable)):
        return "weakness"
    if quiet.remission != "none":
        for block in ("told_of_spasm", "medicine_taken"):
            if block in blocked:
                return block
    if "limit_unknown" in blocked:
        return "limit_unknown"
    if remission != "none":
        return remission
    if odds is None:
        return "too_few_sessions"
    if odds.resolving >= said:
        return "resolving"
    return "stable" if odds.stable >= said else "unclear"


def _schedule(windows: Windows, blocked: Sequence[Blocked], quiet: Quiet, odds: Probabilities | None) -> Schedule:
    """Once a week until it is told; then monthly, so that no gap is longer than four months."""
    if "toxin_window" in blocked:
        return "after_toxin"
    said = load("course.yaml")["change"]["said"]
    settled = odds is not None and max(odds.resolving, odds.stable, odds.worsening) >= said
    return "monthly" if settled or windows.operated is not None or quiet.remission != "none" else "weekly"


def _limit_notes(rows: Sequence[SessionRow]) -> tuple[str, ...]:
    limits = [row.limit_iod for row in rows if row.limit_iod is not None]
    notes = []
    if limits and np.log(max(limits) / min(limits)) > _LIMITS_ALIKE:
        notes.append("course_note_limits_differ")
    if len(limits) < len(rows):
        notes.append("course_note_limit_unknown")
    return tuple(notes)
