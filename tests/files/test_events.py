"""Events come back as they were written, in a table of fixed shape."""

from __future__ import annotations

from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.errors import FormatError
from facialis.core.records import Event, Kind
from facialis.files.events import EVENT_COLUMNS, events_text, read_events, write_events
from tests.report import factory

HEADER = "\t".join(EVENT_COLUMNS)
times = st.floats(0, 40_000, allow_nan=False)
names = st.text(st.characters(min_codepoint=1, max_codepoint=0x2FFF, exclude_categories=["Cs"]), max_size=30)
MUSCLES = ["orbicularis_oculi", "frontalis", "zygomaticus", "mentalis"]
muscles = st.lists(st.sampled_from(MUSCLES), unique=True, max_size=4)


@st.composite
def events(draw: st.DrawFn) -> Event:
    onset = draw(times)
    duration = draw(st.floats(0, 100))
    return Event(
        onset_s=onset,
        duration_s=duration,
        trial_type=draw(st.sampled_from(get_args(Kind))),
        side=draw(st.sampled_from(["left", "right", "both"])),
        regions=tuple(draw(muscles)),
        apex_s=min(onset + draw(st.floats(0, 1)) * duration, onset + duration),
        amplitude_iod=draw(st.floats(0, 2)),
        probability=draw(st.floats(0, 1)),
        detector=draw(names),
    )


@given(st.lists(events(), max_size=12))
def test_events_come_back(tmp_path_factory: pytest.TempPathFactory, made: list[Event]) -> None:
    path = tmp_path_factory.mktemp("events") / "events.tsv"
    write_events(made, path)
    back = read_events(path)
    assert len(back) == len(made)
    for a, b in zip(sorted(made, key=lambda e: e.onset_s), back, strict=True):
        assert (b.trial_type, b.side, b.regions) == (a.trial_type, a.side, a.regions)
        assert b.onset_s == pytest.approx(a.onset_s, abs=1e-6)
        assert b.offset_s == pytest.approx(a.offset_s, abs=2e-6)
        assert b.apex_s == pytest.approx(a.apex_s, abs=2e-6)
        assert b.amplitude_iod == pytest.approx(a.amplitude_iod, abs=1e-6)
        assert b.probability == pytest.approx(a.probability, abs=1e-4)
    assert events_text(back) == path.read_text(encoding="utf-8"), "a second round changes nothing"


@given(st.lists(events(), min_size=1, max_size=5))
def test_event_rows_keep_their_columns_whatever_the_detector_is_called(made: list[Event]) -> None:
    text = events_text(made)
    lines = text.split("\n")
    assert lines[0] == "onset\tduration\ttrial_type\tside\tregions\tapex\tamplitude_iod\tprobability\tdetector"
    assert lines[-1] == ""
    assert len(lines) == len(made) + 2
    assert all(len(line.split("\t")) == len(EVENT_COLUMNS) and all(line.split("\t")) for line in lines[:-1])
    assert "\r" not in text
    onsets = [float(line.split("\t")[0]) for line in lines[1:-1]]
    assert onsets == sorted(onsets)


def test_missing_cells_are_n_a() -> None:
    row = events_text([factory.event(1.0, regions=(), detector="")]).splitlines()[1].split("\t")
    assert row[4] == "n/a"
    assert row[8] == "n/a"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "lacks the columns"),
        ("onset\tduration\n1\t2\n", "lacks the columns trial_type"),
        (HEADER + "\nx\t1\ttwitch\tleft\tn/a\t0\t0\t1\tme\n", "line 2, column onset: 'x' is no number"),
        (HEADER + "\n1\tnan\ttwitch\tleft\tn/a\t1\t0\t1\tme\n", "line 2, column duration"),
        (HEADER + "\n1\t1\ttwitch\tup\tn/a\t1\t0\t1\tme\n", "unknown side 'up'"),
        (HEADER + "\n1\t1\ttwitch\tleft\n", "line 2: the column regions is missing"),
    ],
)
def test_a_broken_events_file_says_where(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "events.tsv"
    path.write_text(text)
    with pytest.raises(FormatError, match=says):
        read_events(path)
