"""The ratings of an experiment over its days: filled where the lot said with, hollow where it said without."""

from __future__ import annotations

from collections.abc import Sequence

from facialis.core.calendar import spoken_day
from facialis.core.knowledge import wording
from facialis.core.person.experiment import FilledDay
from facialis.report.drawing.svg import Drawing, number

__all__ = ["draw_days"]

_WIDTH, _NARROW, _HEIGHT = 620.0, 380.0, 210.0
_LEFT, _RIGHT, _TOP, _FOOT = 34.0, 12.0, 16.0, 44.0
_MOST = 10.0  # points of the scale


def draw_days(days: Sequence[FilledDay], factor: str, *, narrow: bool = False) -> Drawing | None:
    """A dot a rated day; None where none was rated."""
    rated = [(at, row) for at, row in enumerate(days) if row.rating is not None]
    known = [row.day for row in days if row.day is not None]
    if not rated or not known:
        return None
    width = _NARROW if narrow else _WIDTH
    label = wording("app_experiment_chart", factor=factor, count=len(rated))
    out = Drawing(width, _HEIGHT, label, f"chart experiment {'narrow' if narrow else 'wide'}")
    bottom, reach = _HEIGHT - _FOOT, max(1, len(days) - 1)

    def place(at: int, rating: float) -> tuple[float, float]:
        return _LEFT + (width - _LEFT - _RIGHT) * at / reach, bottom - (bottom - _TOP) * rating / _MOST

    for points in (0, 5, 10):
        _, y = place(0, points)
        out.line(_LEFT, y, width - _RIGHT, y, "grid")
        out.text(_LEFT - 6, y + 4, str(points), "tick end")
    for at, row in rated:
        x, y = place(at, row.rating or 0.0)
        out.add("circle", cx=number(x), cy=number(y), r="4", class_="day-with" if row.given else "day-without")
    out.text(_LEFT, bottom + 18, spoken_day(min(known)), "tick")
    out.text(width - _RIGHT, bottom + 18, spoken_day(max(known)), "tick end")
    out.text(_LEFT, bottom + 36, wording("app_experiment_key", factor=factor), "tick")
    return out
