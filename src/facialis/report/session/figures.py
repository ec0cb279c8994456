"""Motion over time: both sides mirrored about the midline, eye opening, and a strip of the whole recording."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facialis.core.knowledge import figure, wording
from facialis.core.records import KINDS, SIDES, Event, Motion, Session
from facialis.core.verdict import limit_of, limit_said
from facialis.measure.events.shape import WINDOW_GAIN
from facialis.numeric.signals.filters import segments
from facialis.report.drawing.anatomy import face_map, plain_name, side_index
from facialis.report.drawing.scales import BINS, binned, clock, nice_step, nice_time, row_length_s
from facialis.report.drawing.svg import Drawing, area, number, polyline
from facialis.report.session.rest import resting_place

__all__ = [
    "NARROW",
    "WIDE",
    "Paper",
    "Traces",
    "draw_mark",
    "draw_rows",
    "draw_strip",
    "gaps",
    "mark_path",
    "moved_percent",
    "traces",
]

Array = NDArray[np.float64]

LANE = 84.0  # height of a mirrored lane
EYE = 48.0  # height of the lane of eye opening
MARKS = 22.0
KINDS_ON_SCALE = ("twitch", "tonic_spasm", "myokymia")


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What is drawn on: a wide one for screens and print, a narrow one whose text can be read on a phone.

    ``width``, ``left`` and ``right`` (margins) in drawing units; ``marks_px``: numbers of marks closer than this would
    run into each other; ``apart``: things of one kind that are closer than this are drawn as one; ``links``: whether
    marks lead to their place in the page (on a phone they are smaller than a finger); ``crowd``: how much fewer times
    are written on an axis; ``bins``: samples it has room for.
    """

    name: str
    width: float
    left: float
    right: float
    marks_px: float
    apart: float
    links: bool
    crowd: float
    bins: int


WIDE = Paper(
    name="wide", width=1000.0, left=66.0, right=44.0, marks_px=13.0, apart=0.0, links=True, crowd=1.0, bins=BINS
)
NARROW = Paper(
    name="narrow", width=300.0, left=58.0, right=46.0, marks_px=16.0, apart=3.0, links=False, crowd=3.0, bins=100
)
"""Chosen: the page leaves 300 pixels on a phone that is 360 wide, so text of 11 units is 11 pixels high there."""


@dataclass(frozen=True, kw_only=True)
class Traces:
    """What the timeline shows, on the recording's own times; NaN in gaps.

    ``eye`` and ``mouth`` are (time, side): the largest distance, in per cent of the interocular distance, that a
    region of the upper or lower face has from where it rested (see `.rest`). ``aperture`` is (time, side)
    in per cent.
    """

    time_s: Array
    eye: Array
    mouth: Array
    aperture: Array
    lost: NDArray[np.bool_]
    top: float
    limit: dict[str, float]


def traces(motion: Motion, session: Session) -> Traces:
    """Prepare a motion for drawing. The scale is set by the twitches, not by blinks."""
    face = face_map()
    lost = motion.quality <= 0
    size = moved_percent(motion, session)
    upper = np.array([face.is_eye(name) for name in motion.regions], dtype=bool)
    limit: dict[str, float] = {}
    for side in SIDES:
        if (known := limit_said(limit_of(session.limits, side))) is not None:
            limit[side] = 100 * known
    sizes = [100 * e.amplitude_iod for e in session.events if e.trial_type in KINDS_ON_SCALE]
    # Without a twitch the scale shows a few times the limit, so that quiet looks quiet. A few large twitches are cut
    # off rather than making the usual ones too small to see.
    usual = 2.5 * float(np.median(sizes)) if sizes else 0.0
    top = max(min(usual, max(sizes, default=0.0)), 4 * max(limit.values(), default=0.25), 1.0)
    return Traces(
        time_s=motion.time_s,
        eye=_largest(size[:, :, upper]),
        mouth=_largest(size[:, :, ~upper]),
        aperture=100 * motion.aperture_iod,
        lost=lost,
        top=1.08 * min(top, 30.0),  # chosen: a third of the interocular distance is more than any lid can move
        limit=limit,
    )


def moved_percent(motion: Motion, session: Session) -> Array:
    """How far each region is from where it rested, (time, side, region), in per cent of the interocular distance."""
    moved = motion.displacement_iod - resting_place(motion, session.events)
    return np.asarray(100 * WINDOW_GAIN * np.hypot(moved[..., 0], moved[..., 1]))


def _largest(size: Array) -> Array:
    if size.shape[2] == 0:
        return np.full(size.shape[:2], np.nan)
    filled = np.where(np.isfinite(size), size, -1.0).max(axis=2)
    return np.where(filled < 0, np.nan, filled)


def draw_rows(shown: Traces, session: Session, linked: frozenset[int], paper: Paper = WIDE) -> list[Drawing]:
    """The timeline in rows. Marks of events in ``linked`` lead to their place in the page (``#event-<n>``)."""
    duration_s = max(session.recording.duration_s, float(shown.time_s[-1]))
    length_s = row_length_s(duration_s)
    starts = np.arange(0, duration_s - 1e-6, length_s)
    return [_Row(shown, session, float(start), float(start + length_s), linked, paper).draw() for start in starts]


class _Row:
    def __init__(
        self, shown: Traces, session: Session, start_s: float, stop_s: float, linked: frozenset[int], paper: Paper
    ) -> None:
        self.shown, self.session = shown, session
        self.start_s, self.stop_s, self.linked = start_s, stop_s, linked
        self.paper, self.left, self.edge = paper, paper.left, paper.width - paper.right
        self.scale = (self.edge - self.left) / (stop_s - start_s)
        self.lanes = (MARKS + LANE / 2, MARKS + 1.5 * LANE + 8)  # midlines of the eye and mouth lanes
        self.below = MARKS + 2 * LANE + 8  # where marks of the left side stand
        self.eye_top = self.below + MARKS + 6
        self.foot = self.eye_top + EYE

    def x(self, time_s: float) -> float:
        return self.left + (min(max(time_s, self.start_s), self.stop_s) - self.start_s) * self.scale

    def draw(self) -> Drawing:
        out = Drawing(self.paper.width, self.foot + 30, self._summary(), f"chart {self.paper.name}")
        self._gaps(out)
        inside = [
            (n, e) for n, e in enumerate(self.session.events) if e.onset_s < self.stop_s and e.offset_s >= self.start_s
        ]
        for kind in KINDS:
            self._bands(out, [event for _, event in inside if event.trial_type == kind], f"band k-{kind}")
        for middle, key, values in zip(
            self.lanes, ("lane_eye", "lane_mouth"), (self.shown.eye, self.shown.mouth), strict=True
        ):
            self._lane(out, middle, values)
            out.text(self.left - 8, middle + 4, wording(key), "lane-name end")
            out.text(self.left - 8, middle - LANE / 2 + 10, wording("side_right"), "tick end right-text")
            out.text(self.left - 8, middle + LANE / 2 - 3, wording("side_left"), "tick end left-text")
        self._bands(out, [event for _, event in inside if event.trial_type == "blink"], "veil")
        self._scale_bar(out)
        self._aperture(out)
        self._axis(out)
        self._marks(out, inside)
        return out

    def _summary(self) -> str:
        words = []
        for kind in KINDS:
            mine = [e for e in self.session.events if e.trial_type == kind and self.start_s <= e.onset_s < self.stop_s]
            if mine:
                words.append(f"{len(mine)} {plain_name(kind if len(mine) == 1 else kind + '_many', 'kind')}")
        stop_s = min(self.stop_s, self.session.recording.duration_s)
        events = ", ".join(words) or wording("drawing_no_event")
        return wording("drawing_row", start=clock(self.start_s), stop=clock(stop_s), events=events)

    def _gaps(self, out: Drawing) -> None:
        for first_s, last_s in gaps(self.shown):
            if first_s < self.stop_s and last_s > self.start_s:
                x = self.x(first_s)
                out.rect(x, MARKS, max(self.x(last_s) - x, 1), self.foot - MARKS, "lost")

    def _bands(self, out: Drawing, events: list[Event], class_: str) -> None:
        """The events' time on their own halves of both lanes, as one shape: many blinks stay a small page."""
        spans: tuple[list[list[float]], list[list[float]]] = ([], [])
        for event in events:
            x = self.x(event.onset_s)
            stop = max(self.x(event.offset_s), x + 1.5)
            for side in side_index(event.side):
                if spans[side] and x - spans[side][-1][1] < self.paper.apart:
                    spans[side][-1][1] = max(spans[side][-1][1], stop)
                else:
                    spans[side].append([x, stop])
        parts = [
            f"M{number(x)} {number(y)}h{number(stop - x)}v{number(LANE / 2)}h-{number(stop - x)}z"
            for side in (0, 1)
            for x, stop in spans[side]
            for y in (middle - LANE / 2 if side == 0 else middle for middle in self.lanes)
        ]
        if parts:
            out.add("path", d="".join(parts), class_=class_)

    def _lane(self, out: Drawing, middle: float, values: Array) -> None:
        half, top = LANE / 2 - 1, self.shown.top
        for s, side in enumerate(SIDES):
            if not np.isfinite(values[:, s]).any():
                top_y = middle - half if s == 0 else middle
                out.rect(self.left, top_y, self.edge - self.left, half, "lost")
                out.text((self.left + self.edge) / 2, top_y + half / 2 + 4, wording("facts_unmeasured"), "tick mid")
                continue
            x, _, high = self._binned(values[:, s])
            height = np.minimum(high / top, 1.0) * half
            edge = middle - height if s == 0 else middle + height
            out.add("path", d=area(x, np.where(np.isfinite(edge), middle, np.nan), edge), class_=f"trace {side}-fill")
            limit = self.shown.limit.get(side)
            if limit is not None and limit < top:
                y = middle - limit / top * half if s == 0 else middle + limit / top * half
                out.line(self.left, y, self.edge, y, "limit-line")
        out.line(self.left, middle, self.edge, middle, "midline")

    def _binned(self, values: Array) -> tuple[Array, Array, Array]:
        time_s = self.shown.time_s
        first, last = np.searchsorted(time_s, [self.start_s, self.stop_s])
        return binned(
            time_s[first:last], values[first:last], self.start_s, self.stop_s, self.left, self.scale, self.paper.bins
        )

    def _scale_bar(self, out: Drawing) -> None:
        step = nice_step(self.shown.top)
        length = step / self.shown.top * (LANE / 2 - 1)
        x = self.edge + 8
        for y in self.lanes:
            out.add("path", d=f"M{x - 3:.1f} {y:.1f}h6m-3 0V{y - length:.1f}m-3 0h6", class_="scale-bar")
            out.text(x + 6, y - length / 2 + 4, figure(f"{step:g} %"), "tick")

    def _aperture(self, out: Drawing) -> None:
        values = self.shown.aperture
        known = values[np.isfinite(values)]
        top = float(np.quantile(known, 0.995)) * 1.15 if known.size else 1.0
        out.text(self.left - 8, self.eye_top + EYE / 2 + 4, wording("lane_opening"), "lane-name end")
        out.line(self.left, self.foot, self.edge, self.foot, "axis")
        for s, side in enumerate(SIDES):
            x, low, high = self._binned(values[:, s])
            y = self.foot - np.clip(np.stack([low, high]) / top, 0, 1) * (EYE - 2)
            if np.nanmax(np.abs(y[0] - y[1]), initial=0) > 0.5:
                out.add("path", d=area(x, y[0], y[1]), class_=f"opening-band {side}-fill")
            else:
                out.add("path", d=polyline(x, y[0]), class_=f"opening {side}-line")

    def _axis(self, out: Drawing) -> None:
        step = nice_time(self.paper.crowd * (self.stop_s - self.start_s))
        for time_s in np.arange(self.start_s, self.stop_s + step / 2, step):
            x = self.x(float(time_s))
            out.line(x, self.foot, x, self.foot + 4, "axis")
            out.text(x, self.foot + 24, clock(float(time_s)), "tick mid")

    def _marks(self, out: Drawing, inside: list[tuple[int, Event]]) -> None:
        named = {0: -1e9, 1: -1e9}
        last = {(kind, side): -1e9 for kind in KINDS for side in (0, 1)}
        plain: dict[str, str] = {}
        for n, event in inside:
            if event.onset_s < self.start_s:
                continue
            x = self.x(event.apex_s)
            places = [(side, MARKS - 6 if side == 0 else self.below + 7) for side in side_index(event.side)]
            leads = n in self.linked and self.paper.links
            if leads:
                out.open("a", href=f"#event-{n + 1}", aria_label=wording("drawing_event", number=n + 1))
            for side, y in places:
                if leads:
                    draw_mark(out, event.trial_type, x, y)
                elif x - last[event.trial_type, side] >= self.paper.apart:
                    plain[event.trial_type] = plain.get(event.trial_type, "") + mark_path(event.trial_type, x, y)
                    last[event.trial_type, side] = x
                if n in self.linked and x - named[side] > self.paper.marks_px:
                    out.text(x, y - 6 if side == 0 else y + 13, str(n + 1), "mark-name mid")
                    named[side] = x
            if leads:
                out.close("a")
        for kind, path in plain.items():
            out.add("path", d=path, class_=f"mark k-{kind}")


def draw_mark(out: Drawing, kind: str, x: float, y: float) -> None:
    """Add the sign of a kind of event, about nine units wide."""
    out.add("path", d=mark_path(kind, x, y), class_=f"mark k-{kind}")


def mark_path(kind: str, x: float, y: float) -> str:
    """Path data of the sign of a kind of event: told apart by its shape, not only by its colour."""
    dx, dy, shape = {
        "twitch": (0.0, -5.0, "l4.5 8h-9z"),
        "tonic_spasm": (-6.0, -3.5, "h12v7h-12z"),
        "myokymia": (-6.0, 0.0, "q1.5-6 3 0t3 0t3 0t3 0"),
        "blink": (-3.0, 0.0, "a3 3 0 1 0 6 0a3 3 0 1 0-6 0"),
        "expression": (0.0, -4.0, "l4 4l-4 4l-4-4z"),
        "unclear": (-3.0, -3.0, "l6 6m0-6l-6 6"),
    }[kind]
    return f"M{number(x + dx)} {number(y + dy)}{shape}"


def draw_strip(shown: Traces, session: Session, paper: Paper = WIDE) -> Drawing:
    """The whole recording in one strip: largest motion of both sides, marks, gaps, and blocks of the protocol."""
    duration_s = max(session.recording.duration_s, float(shown.time_s[-1]))
    left, edge_x = paper.left, paper.width - paper.right
    scale = (edge_x - left) / duration_s
    head = 16.0 if session.blocks else 4.0
    middle, half = head + 50.0, 42.0
    out = Drawing(
        paper.width,
        middle + 84,
        wording("drawing_strip", duration=clock(duration_s)),
        f"chart strip {paper.name}",
    )
    for first_s, last_s in gaps(shown):
        out.rect(left + first_s * scale, head, max((last_s - first_s) * scale, 1), 100, "lost")
    for block in session.blocks:
        x = left + block.start_s * scale
        stop = min(block.stop_s, duration_s)
        out.rect(x, 1, (stop - block.start_s) * scale - 1, 13, "block")
        name = plain_name(block.name, "block")
        if (stop - block.start_s) * scale > 7 * len(name):
            out.text(x + 4, 11, name, "tick")
    both = np.fmax(shown.eye, shown.mouth)
    for s, side in enumerate(SIDES):
        x_at, _, high = binned(shown.time_s, both[:, s], 0.0, duration_s, left, scale, paper.bins)
        height = np.minimum(high / shown.top, 1.0) * half
        edge = middle - height if s == 0 else middle + height
        out.add("path", d=area(x_at, np.where(np.isfinite(edge), middle, np.nan), edge), class_=f"trace {side}-fill")
    out.line(left, middle, edge_x, middle, "midline")
    out.text(left - 8, middle - 10, wording("side_right"), "tick end right-text")
    out.text(left - 8, middle + 17, wording("side_left"), "tick end left-text")
    for event in session.events:
        if event.trial_type in KINDS_ON_SCALE:
            for side_at in side_index(event.side):
                x = left + event.apex_s * scale
                y = head if side_at == 0 else middle + half + 1
                out.line(x, y, x, y + 7, f"tick-mark k-{event.trial_type}")
    foot = middle + half + 10
    out.line(left, foot, edge_x, foot, "axis")
    for time_s in np.arange(0, duration_s + 1e-9, nice_time(paper.crowd * duration_s)):
        x = left + float(time_s) * scale
        out.line(x, foot, x, foot + 4, "axis")
        out.text(x, foot + 25, clock(float(time_s)), "tick mid")
    return out


def gaps(shown: Traces) -> list[tuple[float, float]]:
    """Stretches (start, stop) in seconds in which the face could not be measured."""
    time_s = np.append(shown.time_s, shown.time_s[-1])
    return [(float(time_s[run.start]), float(time_s[run.stop])) for run in segments(shown.lost)]
