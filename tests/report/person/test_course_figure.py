"""The pictures of a person's course, cycles and triggers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.calendar import day_marks, span_words, spoken_day
from facialis.core.knowledge import language
from facialis.core.person.answer import Answer
from facialis.report.person.clinician.seen import _cells
from facialis.report.person.course_figure import draw_course
from facialis.report.person.cycle_figure import draw_cycles, published_left
from facialis.report.person.trigger_figure import draw_triggers, strongest
from tests.report import person_factory
from tests.report.person_factory import AS_OF, EVERYONE


@pytest.mark.parametrize("make", EVERYONE.values(), ids=EVERYONE)
def test_pictures_are_well_formed_and_inside_their_frame(make: Callable[[], Answer]) -> None:
    for drawing in (
        draw_course(make()),
        draw_course(make(), narrow=True),
        draw_cycles(make()),
        draw_triggers(make().triggers),
        draw_triggers(make().triggers, narrow=True),
    ):
        if drawing is None:
            continue
        root = ET.fromstring(str(drawing.markup()))
        assert root.get("aria-label")
        for shape in root.iter():
            for name, size in (
                ("x", drawing.width),
                ("cx", drawing.width),
                ("y", drawing.height),
                ("cy", drawing.height),
            ):
                value = shape.get(name)
                assert value is None or -1 <= float(value) <= size + 1
            for path in [shape.get("d") or ""]:
                numbers = [float(n) for n in re.findall(r"-?\d+\.?\d*", path)]
                assert all(-5 <= n <= drawing.width + 5 for n in numbers)


def test_every_session_is_drawn_and_those_left_out_are_hollow() -> None:
    answer = person_factory.treated()
    text = str(draw_course(answer).markup())
    assert text.count('class="session used"') == 52
    assert text.count('class="session unused"') == 8
    assert text.count("toxin-window") == 3


def test_a_recording_that_could_show_nothing_is_no_zero() -> None:
    answer = person_factory.treated()
    rows = answer.casefile.sessions
    # 0.09 of the interocular distance: nobody's lid moves that far in a twitch.
    blind = replace(rows[-1], twitches=0, median_amplitude_iod=None, limit_iod=0.09)
    text = str(draw_course(replace(answer, casefile=replace(answer.casefile, sessions=(*rows[:-1], blind)))).markup())
    mark = text[text.index("could not have shown a twitch") :].partition("</g>")[0]
    assert "whisker" not in mark
    assert text.count("could not have shown a twitch") == 1
    assert text.count('class="whisker"') == len(rows) - 1
    assert _cells(blind, counts=True)[1] == "?"
    assert _cells(rows[-2], counts=True)[1] != "?"


def test_the_narrow_picture_shows_the_same_and_its_marks_do_not_touch() -> None:
    answer = person_factory.treated()
    wide, narrow = (str(draw_course(answer, narrow=n).markup()) for n in (False, True))
    for what in ('class="session used"', "toxin-window", 'class="course-line"'):
        assert wide.count(what) == narrow.count(what)
    ticks = re.findall(r'<text x="([\d.]+)" y="274[^"]*" class="tick">([^<]+)<', narrow)
    assert len(ticks) > 1
    for (x, name), (following, _) in pairwise(ticks):
        assert float(x) + 6.5 * len(name) < float(following)


def test_nothing_to_draw_is_said() -> None:
    assert "no recording" in str(draw_course(person_factory.empty()).markup())
    assert draw_cycles(person_factory.empty()) is None
    assert draw_triggers(()) is None


def test_the_strongest_of_each_thing_is_shown() -> None:
    effects = person_factory.treated().triggers
    more = (*effects, replace(effects[0], lag_days=2, named=False, p_corrected=0.5))
    assert [(e.name, e.direction, e.lag_days) for e in strongest(more)] == [
        ("stress", "to_spasm", 1),
        ("stress", "from_spasm", -1),
        ("coffee", "same_day", 0),
    ]


@given(first=st.dates(date(1950, 1, 1), date(2050, 1, 1)), days=st.integers(1, 20000))
def test_marks_are_few_and_in_order(first: date, days: int) -> None:
    last = first + timedelta(days=days)
    marks = [day for day, _ in day_marks(first, last)]
    assert marks == sorted(set(marks))
    assert len(marks) <= 10
    assert all(first <= day <= last for day in marks)


def test_days_and_spans_are_spoken() -> None:
    assert spoken_day(AS_OF) == "31 Oct 2026"
    assert [span_words(d) for d in (1, 20, 28, 90, 200, 365, 900)] == [
        "1 day",
        "20 days",
        "4 weeks",
        "3 months",
        "7 months",
        "12 months",
        "2 years",
    ]
    with language("de"):
        assert spoken_day(AS_OF) == "31. Okt. 2026"
        assert span_words(365) == "12 Monate"


def test_published_curve_is_best_in_week_four_and_mostly_gone_in_week_twelve() -> None:
    assert published_left(0) == 1
    assert published_left(28) == pytest.approx(min(published_left(d) for d in range(0, 84, 7)))
    assert published_left(56) < 0.3
    assert published_left(84) > 0.6
    assert np.isnan(published_left(100))
