"""Axes: what fits into a row, round numbers, times as text, and samples reduced to what can be seen."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facialis.core.knowledge import figure, wording

__all__ = ["BINS", "binned", "clock", "count_words", "nice_step", "nice_time", "percent_words", "row_length_s"]

Array = NDArray[np.float64]

BINS = 900  # chosen: one bin a unit of width is all that can be seen; more only makes the page larger
ROW_LENGTHS_S = (20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200)


def row_length_s(duration_s: float) -> float:
    """How much time one row of the timeline shows: short recordings in up to 3 rows, long ones in up to 6."""
    if duration_s <= ROW_LENGTHS_S[0]:
        return duration_s
    rows = 3 if duration_s <= 90 else 6
    return float(next((length for length in ROW_LENGTHS_S if duration_s <= rows * length), duration_s / rows))


def binned(
    time_s: Array, values: Array, start_s: float, stop_s: float, left: float, scale: float, bins: int = BINS
) -> tuple[Array, Array, Array]:
    """Least and greatest value of each bin of a stretch; the samples themselves where they are few.

    Returns x in drawing units, least, greatest. A bin with a sample missing altogether is NaN.
    """
    if time_s.size <= bins:
        return left + (time_s - start_s) * scale, values, values
    edges = np.searchsorted(time_s, np.linspace(start_s, stop_s, bins + 1))
    full = np.flatnonzero(edges[1:] > edges[:-1])
    at = edges[:-1][full]
    known = np.isfinite(values)
    low = np.minimum.reduceat(np.where(known, values, np.inf), at)
    high = np.maximum.reduceat(np.where(known, values, -np.inf), at)
    none = ~np.logical_or.reduceat(known, at)
    low[none], high[none] = np.nan, np.nan
    middle_s = start_s + (full + 0.5) * (stop_s - start_s) / bins
    return left + (middle_s - start_s) * scale, low, high


def nice_step(top: float) -> float:
    """A round number of about half of ``top``."""
    power = 10.0 ** np.floor(np.log10(top / 2))
    return float(power * max(m for m in (1, 2, 5) if m * power <= top / 2))


def nice_time(span_s: float) -> float:
    """Seconds between the marks of a time axis: about ten of them."""
    steps = (0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
    return float(next((step for step in steps if span_s / step <= 12), 7200))


def clock(time_s: float, *, exact: bool = False) -> str:
    """A time as minutes and seconds, with tenths where they are asked for or matter: ``0:05``, ``1:02.5``."""
    minutes, rest = divmod(round(time_s * 10), 600)
    text = f"{minutes}:{rest // 10:02d}"
    return figure(f"{text}.{rest % 10}") if exact or rest % 10 else text


def percent_words(share: float) -> str:
    """A probability or share in whole per cent, never rounded to certainty: ``87 %``, ``> 99 %``, ``< 1 %``."""
    if share < 0.01:
        return "< 1 %"
    return "> 99 %" if share > 0.99 else f"{100 * share:.0f} %"


def count_words(value: float) -> str:
    """A number in three digits at least and without exponent: ``0.25``, ``12.5``, ``1,775``, in German ``1.775``."""
    if value >= 100:
        return f"{value:,.0f}".replace(",", wording("thousands_mark"))
    return figure(f"{value:.3g}")
