"""Drawings: nothing measured is lost in them, gaps stay gaps, and text is escaped."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.knowledge import LANGUAGES, language
from facialis.core.records import Block
from facialis.report.drawing.scales import BINS, binned, clock, nice_step, row_length_s
from facialis.report.drawing.svg import Drawing, area, polyline
from facialis.report.drawing.templates import template_text
from facialis.report.session.charts import draw_limits, draw_sizes, size_counts
from facialis.report.session.figures import NARROW, draw_rows, draw_strip, gaps, traces
from tests.report import factory


@given(st.integers(BINS + 1, 6000), st.integers(0, 2**31), st.floats(0, 0.6))
def test_binning_keeps_every_extreme(n: int, seed: int, holes: float) -> None:
    rng = np.random.default_rng(seed)
    time_s = np.cumsum(rng.uniform(0.01, 0.05, n))
    values = rng.normal(size=n)
    values[rng.random(n) < holes] = np.nan
    x, low, high = binned(time_s, values, 0.0, float(time_s[-1]) + 0.01, 0.0, 1.0)
    assert x.size <= BINS
    assert bool(np.all(np.diff(x) > 0))
    if np.isfinite(values).any():
        assert np.nanmax(high) == np.nanmax(values)
        assert np.nanmin(low) == np.nanmin(values)
    assert bool(np.all(np.isnan(low) == np.isnan(high)))


def test_short_stretches_are_drawn_sample_by_sample() -> None:
    time_s = np.arange(50) / 30
    values = np.sin(time_s)
    x, low, high = binned(time_s, values, 0.0, 2.0, 10.0, 100.0)
    assert x[0] == 10.0
    assert low is values
    assert high is values


def test_a_gap_lifts_the_pen() -> None:
    y = np.array([1.0, 2.0, np.nan, 3.0, 4.0])
    assert polyline(np.arange(5.0), y) == "M0 1L1 2M3 3L4 4"
    assert area(np.arange(5.0), np.zeros(5), y).count("M") == 2


@given(st.floats(1, 20_000))
def test_rows_cover_the_recording_and_are_few(duration_s: float) -> None:
    length_s = row_length_s(duration_s)
    assert np.ceil(duration_s / length_s - 1e-9) <= 6


@given(st.floats(0.1, 100))
def test_the_scale_is_a_round_number_that_fits(top: float) -> None:
    step = nice_step(top)
    assert top / 5.1 <= step <= top / 2 * 1.0001
    assert float(f"{step:.0e}") == pytest.approx(step)


def test_clock() -> None:
    assert [clock(t) for t in (0, 5, 62.5, 59.96, 3600)] == ["0:00", "0:05", "1:02.5", "1:00", "60:00"]
    assert clock(5.0, exact=True) == "0:05.0"


def test_gaps_are_where_quality_is_zero() -> None:
    made = factory.make(duration_s=40.0, gaps=((10.0, 12.0), (38.0, 40.0)))
    found = gaps(traces(made.motion, made.session))
    assert found[0] == pytest.approx((10.0, 12.0), abs=0.05)
    assert found[1][0] == pytest.approx(38.0, abs=0.05)


def test_motion_is_drawn_on_its_own_side() -> None:
    made = factory.make(duration_s=20.0, twitches=((5.0, "left", 0.05),), tonic=(), blinks=(), gaps=())
    shown = traces(made.motion, made.session)
    at = np.abs(shown.time_s - 5.09) < 0.02
    assert shown.eye[at, 1].max() > 4
    assert shown.eye[at, 0].max() < 1
    (row,) = draw_rows(shown, made.session, frozenset())
    tree = ET.fromstring(str(row.markup()))
    middle = 22 + 42
    for side, sign in (("right", -1), ("left", 1)):
        paths = [p.get("d") or "" for p in tree.iter("path") if f"trace {side}-fill" in (p.get("class") or "")]
        heights = [float(y) for y in re.findall(r"[ML][\d.]+ ([\d.]+)", paths[0])]
        assert all(sign * (y - middle) >= -0.11 for y in heights)
        assert (max(abs(y - middle) for y in heights) > 20) == (side == "left")


def test_drawings_are_valid_and_escape_names() -> None:
    evil = '"><script>x</script>'
    made = factory.make(duration_s=20.0, blocks=(Block(name=evil, start_s=0.0, stop_s=20.0),))
    shown = traces(made.motion, made.session)
    drawings = [*draw_rows(shown, made.session, frozenset(range(3))), draw_strip(shown, made.session)]
    drawings += [draw_sizes(made.session, 0.005), draw_limits(made.session, made.track.outline_raster)]
    for drawing in drawings:
        tree = ET.fromstring(str(drawing.markup()))
        assert tree.get("role") == ("group" if list(tree.iter("a")) else "img")
        assert tree.get("aria-label")
        assert not list(tree.iter("script"))
        assert "nan" not in str(drawing.markup())


def test_every_drawing_attribute_is_escaped() -> None:
    drawing = Drawing(10, 10, 'a"b<c')
    drawing.text(1, 1, "<b>&", 'x"y')
    tree = ET.fromstring(str(drawing.markup()))
    assert tree.get("aria-label") == 'a"b<c'
    assert tree[0].text == "<b>&"
    assert tree[0].get("class") == 'x"y'


def test_all_kinds_are_told_apart_by_shape() -> None:
    kinds = ("twitch", "tonic_spasm", "myokymia", "blink", "expression", "unclear")
    events = tuple(factory.event(1.0 + 2 * n, kind) for n, kind in enumerate(kinds))
    made = factory.make(duration_s=15.0, twitches=(), tonic=(), blinks=(), gaps=())
    session = replace(made.session, events=events)
    (row,) = draw_rows(traces(made.motion, session), session, frozenset())
    marks = [
        p.get("d") or "" for p in ET.fromstring(str(row.markup())).iter("path") if "mark k-" in (p.get("class") or "")
    ]
    shapes = {re.sub(r"^M[\d. ]+", "", d) for d in marks}
    assert len(marks) == len(kinds)
    assert len(shapes) == len(kinds)


def test_sizes_are_counted_once_each() -> None:
    session = factory.make().session
    counts = size_counts(session)
    assert sum(counts["left"]) == 18
    assert sum(counts["right"]) == 0


def test_limits_are_on_the_side_of_the_person() -> None:
    made = factory.make(duration_s=10.0, unmeasurable_sides=("right",))
    tree = ET.fromstring(str(draw_limits(made.session, made.track.outline_raster).markup()))
    circles = list(tree.iter("circle"))
    assert all(float(c.get("cx") or 0) < 128 for c in circles if "none" in (c.get("class") or ""))
    assert all(float(c.get("cx") or 0) > 127 for c in circles if "none" not in (c.get("class") or ""))


def test_what_a_phone_shows_is_large_enough_and_stays_inside() -> None:
    made = factory.make(duration_s=60.0)
    for code in LANGUAGES:
        with language(code):
            shown = traces(made.motion, made.session)
            drawings = [
                *draw_rows(shown, made.session, frozenset(), NARROW),
                draw_strip(shown, made.session, NARROW),
                draw_sizes(made.session, 0.005, narrow=True),
                draw_sizes(made.session, 0.15, narrow=True),
            ]
            for drawing in drawings:
                assert drawing.width == 300
                assert "narrow" in drawing.kind
                for text in ET.fromstring(str(drawing.markup())).iter("text"):
                    kind, at, words = text.get("class") or "", float(text.get("x") or 0), text.text or ""
                    wide = 6.4 * len(words)  # a sans-serif letter is little more than half as wide as it is high
                    left = at - (wide if "end" in kind.split() else wide / 2 if "mid" in kind.split() else 0)
                    assert left > -16, (code, words)  # the page leaves 16 units beside a drawing
                    assert left + wide < drawing.width + 16, (code, words)
    rules = template_text("report.css").split("@media")
    phone = next(rule for rule in rules if "screen and (max-width:44rem)" in rule)
    sizes = [float(size) for size in re.findall(r"narrow[^{}]*{font-size:([\d.]+)px}", phone)]
    assert sizes
    assert min(sizes) >= 11


def test_times_on_a_narrow_axis_do_not_run_into_each_other() -> None:
    for duration_s in (2.0, 9.0, 60.0, 700.0, 4000.0):
        made = factory.make(duration_s=min(duration_s, 60.0), twitches=(), tonic=(), blinks=(), gaps=())
        longer = replace(made.session, recording=replace(made.session.recording, duration_s=duration_s))
        strip = draw_strip(traces(made.motion, made.session), longer, NARROW)
        times = [t for t in ET.fromstring(str(strip.markup())).iter("text") if ":" in (t.text or "")]
        places = [float(t.get("x") or 0) for t in times]
        widest = 6.4 * max(len(t.text or "") for t in times)
        assert all(b - a >= widest for a, b in pairwise(places)), duration_s
