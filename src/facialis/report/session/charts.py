"""How large the twitches were against the detection limit, and the limits drawn on a face."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facialis.core.knowledge import figure, wording
from facialis.core.records import SIDES, Session
from facialis.core.verdict import limit_said
from facialis.report.drawing.anatomy import face_map, plain_name
from facialis.report.drawing.svg import Drawing, polyline

__all__ = ["SIZE_EDGES_PERCENT", "draw_limits", "draw_sizes", "size_counts"]

Array = NDArray[np.float64]

# chosen: half-octave steps from below any limit to a closed eye; a size twice another is two bars away
SIZE_EDGES_PERCENT = (0.12, 0.18, 0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0, 23.0)
ON_SCALE = ("twitch", "tonic_spasm", "myokymia")
_LABEL = 150.0  # width of the longest label of the limit, in drawing units
GOOD_IOD, FAIR_IOD = 0.005, 0.012  # chosen: 0.3 and 0.8 mm on an adult; only the shade of a dot depends on it


def size_counts(session: Session) -> dict[str, list[int]]:
    """Number of twitches, held spasms and ripples of each size class, per side; the last class holds all larger."""
    counts: dict[str, list[int]] = {side: [0] * (len(SIZE_EDGES_PERCENT) - 1) for side in SIDES}
    for event in session.events:
        if event.trial_type in ON_SCALE:
            place = int(np.searchsorted(SIZE_EDGES_PERCENT, 100 * event.amplitude_iod, side="right")) - 1
            for side in SIDES if event.side == "both" else (event.side,):
                counts[side][min(max(place, 0), len(SIZE_EDGES_PERCENT) - 2)] += 1
    return counts


def draw_sizes(session: Session, limit_iod: float | None, *, narrow: bool = False) -> Drawing:
    """Histogram of amplitudes on a logarithmic axis with the limit as a dashed line; right and left side by side.

    ``narrow``: for a phone, where a unit is a pixel.
    """
    width, height, left, foot, top = 300.0 if narrow else 640.0, 220.0, 34.0, 178.0, 22.0
    counts = size_counts(session)
    most = max(max(values) for values in counts.values()) or 1
    total = sum(sum(values) for values in counts.values())
    out = Drawing(width, height, wording("drawing_sizes", count=total), f"chart {'narrow' if narrow else 'wide'}")
    edges = np.log(np.array(SIZE_EDGES_PERCENT))
    scale = (width - left - 10) / (edges[-1] - edges[0])

    def x(percent: float) -> float:
        inside = min(max(percent, SIZE_EDGES_PERCENT[0]), SIZE_EDGES_PERCENT[-1])
        return float(left + (np.log(inside) - edges[0]) * scale)

    if limit_iod is not None:
        at = x(100 * limit_iod)
        out.rect(left, top, at - left, foot - top, "missed")
        out.line(at, top - 16, at, foot, "limit-mark")
        after = at + _LABEL < width
        out.text(at + 5 if after else at - 5, top - 7, wording("drawing_sizes_limit"), "tick" if after else "tick end")
    step = max(1, int(np.ceil(most / 4)))
    for value in range(0, most + 1, step):
        y = foot - value / most * (foot - top)
        out.line(left, y, width - 10, y, "grid" if value else "axis")
        out.text(left - 6, y + 4, str(value), "tick end")
    for k in range(len(SIZE_EDGES_PERCENT) - 1):
        x0, x1 = x(SIZE_EDGES_PERCENT[k]), x(SIZE_EDGES_PERCENT[k + 1])
        half = (x1 - x0 - 4) / 2
        for s, side in enumerate(SIDES):
            tall = counts[side][k] / most * (foot - top)
            if tall:
                out.rect(x0 + 2 + s * half, foot - tall, half, tall, f"bar {side}-fill {side}-bar")
    for percent in (0.25, 0.5, 1, 2, 4, 8, 16):
        out.text(x(percent), foot + 15, figure(f"{percent:g}"), "tick mid")
    out.text(width - 2, foot + 34, wording("drawing_sizes_axis_short" if narrow else "drawing_sizes_axis"), "tick end")
    return out


def draw_limits(session: Session, outline_px: Array) -> Drawing:
    """The face's outline with the limit of each region as a dot and a number, in per cent."""
    face = face_map()
    width, height = float(face.width_px), float(face.height_px)
    out = Drawing(
        width,
        height,
        wording("drawing_limits"),
        "face-map",
    )
    for name, line in face.lines(outline_px):
        if name:
            out.add("path", d=polyline(line[:, 0], line[:, 1]), class_="outline")
        else:
            for x, y in line.tolist():
                out.add("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="1", class_="outline-dot")
    for limit in session.limits:
        if limit.region not in face.centres_px:
            continue
        x, y = face.centres_px[limit.region][SIDES.index(limit.side)].tolist()
        shade, text = "none", "–"
        if (size := limit_said(limit.limit_iod)) is not None:
            shade = "good" if size <= GOOD_IOD else "fair" if size <= FAIR_IOD else "poor"
            text = figure(f"{100 * size:.2g}")
        out.open("g")
        out.add("title", f"{wording(f'side_{limit.side}')} {plain_name(limit.region)}: {text} %")
        out.add("circle", cx=f"{x:.1f}", cy=f"{y:.1f}", r="9.5", class_=f"spot {shade}")
        out.text(x, y + 2.6, text.removeprefix("0") if len(text) > 4 else text, "spot-text mid")
        out.close("g")
    out.text(6, height - 6, wording("side_right_of_face"), "map-side right-text")
    out.text(width - 6, height - 6, wording("side_left_of_face"), "map-side end left-text")
    return out
