"""Pictures of agreement: differences over their mean (Bland and Altman), and moments in common over the tolerance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from facialis.core.knowledge import figure, wording
from facialis.report.drawing.svg import Drawing, number

__all__ = ["Points", "draw_differences", "draw_moments"]

Points = Sequence[tuple[float, float]]
"""Mean and difference of each film."""

_WIDTH, _NARROW, _HEIGHT = 620.0, 380.0, 250.0
_LEFT, _RIGHT, _TOP, _FOOT = 44.0, 14.0, 14.0, 58.0


def draw_differences(points: Points, limits: Sequence[float], label: str, *, narrow: bool = False) -> Drawing | None:
    """A dot a film: the first less the second over their mean, with the mean difference and its limits.

    Parameters
    ----------
    points
        Mean and difference of each film.
    limits
        The mean difference and the limits that hold 95 % of such differences; fewer where there are none.
    label
        What is compared.
    narrow
        For a phone.
    """
    if not points:
        return None
    out, width = _drawing(label, "differences", narrow=narrow)
    most = max(1.0, *(abs(gap) for _, gap in points), *(abs(limit) for limit in limits)) * 1.1
    first, last = min(mean for mean, _ in points), max(mean for mean, _ in points)
    first, last = (first - 1, last + 1) if last - first < 1e-9 else (first, last)

    def place(mean: float, gap: float) -> tuple[float, float]:
        x = _LEFT + 8 + (width - _LEFT - _RIGHT - 16) * (mean - first) / (last - first)
        return x, _TOP + (_HEIGHT - _TOP - _FOOT) * (most - gap) / (2 * most)

    for gap in (-most / 1.1, 0.0, most / 1.1):
        _, y = place(first, gap)
        out.line(_LEFT, y, width - _RIGHT, y, "grid")
        out.text(_LEFT - 5, y + 4, figure(f"{gap:+.2g}" if gap else "0"), "tick end")
    for which, limit in enumerate(limits):
        _, y = place(first, limit)
        out.line(_LEFT, y, width - _RIGHT, y, "rate-limit" if which else "rate-mean")
    for mean, gap in points:
        x, y = place(mean, gap)
        out.add("circle", cx=number(x), cy=number(y), r="4", class_="rate-dot")
    bottom = _HEIGHT - _FOOT + 16
    out.text(_LEFT + 8, bottom, figure(f"{first:.3g}"), "tick")
    out.text(width - _RIGHT - 8, bottom, figure(f"{last:.3g}"), "tick end")
    out.text(_LEFT, bottom + 18, wording("app_result_differences_axis"), "tick")
    out.text(_LEFT, bottom + 34, wording("app_result_differences_limits"), "tick")
    return out


def draw_moments(
    curves: Sequence[tuple[str, Mapping[float, float | None]]], label: str, *, narrow: bool = False
) -> Drawing | None:
    """A line for each two who tapped along: moments in common (F1) over the tolerance in seconds."""
    known = [(name, [(t, v) for t, v in curve.items() if v is not None]) for name, curve in curves]
    known = [(name, points) for name, points in known if points]
    if not known:
        return None
    out, width = _drawing(label, "moments", narrow=narrow)
    most_s = max(tolerance for _, points in known for tolerance, _ in points)

    def place(tolerance: float, value: float) -> tuple[float, float]:
        x = _LEFT + (width - _LEFT - _RIGHT - 26) * tolerance / most_s
        return x, _TOP + (_HEIGHT - _TOP - _FOOT) * (1 - value)

    for value in (0.0, 0.5, 1.0):
        _, y = place(0, value)
        out.line(_LEFT, y, width - _RIGHT, y, "grid")
        out.text(_LEFT - 5, y + 4, figure(f"{value:g}"), "tick end")
    for which, (_, points) in enumerate(known):
        path = "".join(
            f"{'L' if n else 'M'}{number(x)} {number(y)}" for n, (x, y) in enumerate(place(t, v) for t, v in points)
        )
        out.add("path", d=path, class_=f"rate-line line-{which % 4}")
        x, y = place(*points[-1])
        out.text(x + 5, y + 4, str(which + 1), "tick")
    for tolerance, _ in known[0][1]:
        x, _ = place(tolerance, 0)
        out.text(x, _HEIGHT - _FOOT + 16, figure(f"{tolerance:g}"), "tick middle")
    out.text(_LEFT, _HEIGHT - _FOOT + 34, wording("app_result_moments_axis"), "tick")
    return out


def _drawing(label: str, kind: str, *, narrow: bool) -> tuple[Drawing, float]:
    width = _NARROW if narrow else _WIDTH
    return Drawing(width, _HEIGHT, label, f"chart {kind} {'narrow' if narrow else 'wide'}"), width
