"""The course of one person as a picture: what was counted, the line that was followed, what was done in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from scipy import special

from facialis.core.calendar import day_marks, spoken_day
from facialis.core.knowledge import figure, wording
from facialis.core.person.answer import Answer
from facialis.core.person.casefile import SessionRow, Treatment
from facialis.report.drawing.svg import Drawing, area, number, polyline

__all__ = ["draw_course"]

_WIDTH, _NARROW, _HEIGHT = 760.0, 380.0, 300.0
_LEFT, _RIGHT, _TOP, _FOOT = 48.0, 14.0, 40.0, 258.0
_TOXIN_DAYS = 84  # median duration in hemifacial spasm: 12 weeks (PMID 7727103); only the shade depends on it
_PROBABILITY = 0.9
_LETTER = 7.0  # width of a letter of a label, at most
_MOST_TREATMENTS = 40  # chosen: more names than this cannot be read; their lines are drawn all the same


@dataclass(frozen=True, kw_only=True)
class _Plane:
    """Where a day and a rate lie in the picture; the rate's axis is that of its square root, so that zero is on it."""

    first: date
    days: float
    top: float
    width: float

    def x(self, day: date) -> float:
        return _LEFT + (day - self.first).days / self.days * (self.width - _LEFT - _RIGHT)

    def y(self, rate: float) -> float:
        return _FOOT - float(np.sqrt(min(max(rate, 0.0), self.top) / self.top)) * (_FOOT - _TOP)


def draw_course(answer: Answer, *, narrow: bool = False) -> Drawing:
    """Rates of the sessions with their counting intervals, the followed line with its interval, and the treatments.

    ``narrow``: half as wide, so that all of it, the present included, fits on a phone.

    Full marks are sessions the natural course rests on, hollow ones are left out of it; a mark on the ground line is a
    recording without a twitch. The same numbers stand in the table beside it.
    """
    case, course = answer.casefile, answer.course
    rows = case.sessions
    width = _NARROW if narrow else _WIDTH
    name = "chart course narrow" if narrow else "chart course wide"
    out = Drawing(width, _HEIGHT, wording("visit_figure_label", sessions=len(rows)), name)
    if not rows:
        out.text(width / 2, _HEIGHT / 2, wording("visit_no_sessions"), "tick mid")
        return out
    plane = _plane(answer, width)
    _grid(out, plane, course.as_of)
    _treatments(out, plane, case.treatments, course.as_of)
    if course.quiet_days and course.remission != "none":
        start = max(course.as_of - timedelta(days=course.quiet_days), plane.first)
        out.rect(plane.x(start), _FOOT - 5, plane.x(course.as_of) - plane.x(start), 5, "quiet")
    if course.line:
        x = np.array([plane.x(p.day) for p in course.line])
        low, middle, high = (
            np.array([plane.y(v) for v in values])
            for values in zip(
                *((p.rate_per_min.low, p.rate_per_min.value, p.rate_per_min.high) for p in course.line), strict=True
            )
        )
        out.add("path", d=area(x, low, high), class_="course-band")
        out.add("path", d=polyline(x, middle), class_="course-line")
    used = set(course.used)
    for row in rows:
        _session(out, plane, row, used=row.name in used)
    return out


def _plane(answer: Answer, width: float) -> _Plane:
    rows = answer.casefile.sessions
    days = [rows[0].day, *(t.day for t in answer.casefile.treatments if t.day >= rows[0].day - timedelta(days=60))]
    first = min(days) - timedelta(days=4)
    last = answer.course.as_of + timedelta(days=4)
    highest = [row.rate_per_min for row in rows] + [p.rate_per_min.value for p in answer.course.line]
    # An interval that reaches far above all that was counted must not press the rest against the ground line.
    bands = [p.rate_per_min.high for p in answer.course.line]
    top = max(1.15 * max(highest), min(max(bands, default=0.0), 1.8 * max(highest)), 0.5)
    return _Plane(first=first, days=max((last - first).days, 1), top=top, width=width)


def _grid(out: Drawing, plane: _Plane, as_of: date) -> None:
    last = plane.first + timedelta(days=plane.days)
    free = 0.0
    for day, name in day_marks(plane.first, last):
        x = plane.x(day)
        out.line(x, _TOP, x, _FOOT, "grid")
        if x > plane.width - 50 or x < free:
            continue
        out.text(x, _FOOT + 16, name, "tick")
        free = x + _LETTER * len(name) + 8
    for rate in _rate_marks(plane.top):
        y = plane.y(rate)
        out.line(_LEFT, y, plane.width - _RIGHT, y, "grid" if rate else "axis")
        out.text(_LEFT - 6, y + 4, figure(f"{rate:g}"), "tick end")
    out.text(4, 14, wording("visit_axis_rate"), "tick")
    out.text(plane.width - _RIGHT, _FOOT + 34, wording("visit_axis_as_of", day=spoken_day(as_of)), "tick end")


def _rate_marks(top: float) -> list[float]:
    steps = [0.0, *(m * 10.0**e for e in range(-2, 4) for m in (1, 2, 5))]
    inside = [s for s in steps if s <= top]
    marks = [0.0]
    for step in reversed(inside[1:]):
        # On a root scale small steps lie close to the ground: only those a line's height apart are named.
        if all(abs(np.sqrt(step / top) - np.sqrt(mark / top)) > 0.09 for mark in marks):
            marks.append(step)
    return marks


def _treatments(out: Drawing, plane: _Plane, treatments: tuple[Treatment, ...], as_of: date) -> None:
    ends = [0.0, 0.0]
    for count, item in enumerate(t for t in treatments if t.day >= plane.first):
        x = plane.x(item.day)
        if item.kind == "toxin":
            stop = min(item.day + timedelta(days=_TOXIN_DAYS), as_of)
            later = [t.day for t in treatments if t.kind == "toxin" and t.day > item.day]
            stop = min([stop, *later])
            out.rect(x, _TOP, plane.x(stop) - x, _FOOT - _TOP, "toxin-window")
        out.line(x, _TOP - 4, x, _FOOT, f"treatment t-{item.kind}")
        name = wording(f"visit_treatment_{item.kind}")
        lane = next((k for k, end in enumerate(ends) if end < x), None)
        if lane is None or count >= _MOST_TREATMENTS:
            continue  # names that would lie over each other are left to the table
        wide = _LETTER * len(name)
        if x + 3 + wide > plane.width:
            out.text(x - 3, _TOP - 8 - 12 * lane, name, "treatment-name end")
            ends[lane] = x + 4
        else:
            out.text(x + 3, _TOP - 8 - 12 * lane, name, "treatment-name")
            ends[lane] = x + 6 + wide


def _session(out: Drawing, plane: _Plane, row: SessionRow, *, used: bool) -> None:
    x, y = plane.x(row.day), plane.y(row.rate_per_min)
    tail = (1 - _PROBABILITY) / 2
    low = float(special.gammaincinv(row.twitches, tail)) / row.usable_min if row.twitches else 0.0
    high = float(special.gammaincinv(row.twitches + 1, 1 - tail)) / row.usable_min
    name = "used" if used and not row.saw_nothing else "unused"
    out.open("g", class_=f"session {name}")
    out.add(
        "title",
        wording(
            "visit_session_blind" if row.saw_nothing else "visit_session_title",
            day=spoken_day(row.day),
            rate=figure(f"{row.rate_per_min:.2g}"),
            minutes=figure(f"{row.usable_min:.2g}"),
        ),
    )
    if not row.saw_nothing:
        out.line(x, plane.y(low), x, plane.y(high), "whisker")
    if row.twitches:
        out.add("circle", cx=number(x), cy=number(y), r="3.4", class_="dot")
    else:
        out.add(
            "path", d=f"M{number(x - 4)} {number(_FOOT - 7)}H{number(x + 4)}L{number(x)} {number(_FOOT)}Z", class_="dot"
        )
    out.close("g")
