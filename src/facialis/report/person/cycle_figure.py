"""Cycles of botulinum toxin over the days since each injection, beside what is published."""

from __future__ import annotations

from datetime import timedelta

import numpy as np

from facialis.core.knowledge import figure, load, wording
from facialis.core.person.answer import Answer
from facialis.report.drawing.svg import Drawing, number, polyline

__all__ = ["draw_cycles", "published_left"]

_WIDTH, _HEIGHT = 560.0, 240.0
_LEFT, _RIGHT, _TOP, _FOOT = 44.0, 12.0, 26.0, 196.0
_DAYS = 140  # chosen: 20 weeks, after which nearly all effect is gone; 120 - 200
_BEFORE = 21  # chosen: three weeks before show where the rate came from; 14 - 30


def draw_cycles(answer: Answer) -> Drawing | None:
    """Rates by days since the injection, a line a cycle, the running one strongest; None without toxin."""
    toxin = answer.toxin
    if toxin is None:
        return None
    cycles = list(toxin.cycles)[-6:]
    ends = [c.day for c in cycles[1:]] + [answer.course.as_of + timedelta(days=1)]
    series: list[tuple[int, list[tuple[int, float]]]] = []
    for k, (cycle, end) in enumerate(zip(cycles, ends, strict=True)):
        points = [
            ((row.day - cycle.day).days, row.rate_per_min)
            for row in answer.casefile.sessions
            if -_BEFORE <= (row.day - cycle.day).days <= _DAYS
            and row.day < end
            and not row.saw_nothing
            and (k == 0 or row.day > cycles[k - 1].day)
        ]
        series.append((k, points))
    top = 1.15 * max([rate for _, points in series for _, rate in points], default=1.0) or 1.0
    out = Drawing(_WIDTH, _HEIGHT, wording("visit_cycles_label", count=len(cycles)), "chart cycles")

    def x(days: float) -> float:
        return _LEFT + (days + _BEFORE) / (_DAYS + _BEFORE) * (_WIDTH - _LEFT - _RIGHT)

    def y(rate: float) -> float:
        return _FOOT - float(np.sqrt(min(max(rate, 0.0), top) / top)) * (_FOOT - _TOP)

    low, high = (float(np.clip(v, 0, _DAYS)) for v in (toxin.wear_off.low, toxin.wear_off.high))
    out.rect(x(low), _TOP, x(high) - x(low), _FOOT - _TOP, "wear-off")
    for week in range(0, _DAYS // 7 + 1, 4):
        out.line(x(7 * week), _TOP, x(7 * week), _FOOT, "axis" if week == 0 else "grid")
        out.text(x(7 * week), _FOOT + 15, str(week), "tick mid")
    out.line(_LEFT, _FOOT, _WIDTH - _RIGHT, _FOOT, "axis")
    for rate in (0.0, top / 4, top):
        out.text(_LEFT - 6, y(rate) + 4, figure(f"{rate:.2g}"), "tick end")
    out.text(4, 14, wording("visit_axis_rate"), "tick")
    out.text((_LEFT + _WIDTH) / 2, _FOOT + 32, wording("visit_axis_weeks"), "tick mid")
    before = [rate for _, points in series for days, rate in points if days <= 0]
    if before:
        start = float(np.median(before))
        weeks = np.arange(0.0, 12.25, 0.25)
        left = np.array([y(start * published_left(7 * week)) for week in weeks])
        out.add("path", d=polyline(np.array([x(7 * week) for week in weeks]), left), class_="published")
    for k, points in series:
        if not points:
            continue
        last = k == len(series) - 1
        days, rates = np.array([p[0] for p in points], float), np.array([p[1] for p in points])
        out.add(
            "path",
            d=polyline(np.array([x(d) for d in days]), np.array([y(r) for r in rates])),
            class_="cycle now" if last else "cycle",
        )
        for d, r in points:
            out.add(
                "circle",
                cx=number(x(d)),
                cy=number(y(r)),
                r="3" if last else "2.2",
                class_="cycle-dot now" if last else "cycle-dot",
            )
    return out


def published_left(days: float) -> float:
    """Share of the mean score of 49 people that was left ``days`` after an injection: 1 before it, nan after 12 weeks.

    A score of how bad it is, not a rate of twitches; a mean of people, so flatter than each of them.
    """
    row = load("treatments.yaml")["curve"]["score"]
    score = np.array(row["values"], float)
    return float(np.interp(days / 7, row["weeks"], score / score[0], right=np.nan))
