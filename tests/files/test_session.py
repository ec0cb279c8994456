"""Tables written can be read back, are fixed in shape, and never hold a NaN."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import get_args

import numpy as np
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.errors import FormatError
from facialis.core.records import Event, Kind, Measure, Motion, Provenance, Session
from facialis.files.session import (
    EVENT_COLUMNS,
    events_text,
    read_events,
    read_motion,
    read_session,
    session_object,
    write_events,
    write_motion,
    write_session,
)
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


def test_session_comes_back_and_holds_what_the_interface_asks(tmp_path: Path) -> None:
    session = factory.make().session
    write_session(session, tmp_path / "session.json")
    assert read_session(tmp_path / "session.json", session.events) == session
    content = json.loads((tmp_path / "session.json").read_text(encoding="utf-8"))
    assert content["format_version"] == 1
    assert content["recording"]["sha256"] == session.recording.sha256
    assert content["events"]["count"] == len(session.events)
    assert {(row["region"], row["side"]) for row in content["limits"]} == {(x.region, x.side) for x in session.limits}
    assert all("interval_kind" in row and "why_not" in row for row in content["measures"])


def test_what_could_not_be_measured_is_null() -> None:
    session = factory.make(unmeasurable_sides=("right",)).session
    limits = session_object(session)["limits"]
    assert {row["limit_iod"] for row in limits if row["side"] == "right"} == {None}
    assert all(row["limit_iod"] is not None for row in limits if row["side"] == "left")


@given(st.floats(), st.dictionaries(names, st.floats() | st.lists(st.floats(), max_size=3) | names, max_size=4))
def test_json_never_holds_nan(value: float, settings: dict[str, object]) -> None:
    session = factory.make(duration_s=5.0).session
    odd = Session(
        recording=session.recording,
        usable_s=session.usable_s,
        rest_s=value,
        events=(),
        measures=(Measure(name="odd", value=value, unit=""),),
        limits=(),
        findings=(),
        blocks=(),
        provenance=Provenance(facialis_version="0", settings_fingerprint="0", model_sha256="0", settings=settings),
    )
    content = session_object(odd)
    json.dumps(content, allow_nan=False)
    assert content["measures"][0]["value"] == (value if math.isfinite(value) else None)


def test_a_session_of_another_format_is_refused(tmp_path: Path) -> None:
    for text in ("[]", "{", '{"format_version": 99}', '{"format_version": 1, "recording": {}}'):
        (tmp_path / "session.json").write_text(text)
        with pytest.raises(FormatError):
            read_session(tmp_path / "session.json")


@given(st.integers(1, 30), st.integers(0, 3), st.integers(0, 2**31))
def test_signals_come_back(tmp_path_factory: pytest.TempPathFactory, n: int, r: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    regions = ("lower_lid", "cheek", "mouth_corner")[:r]

    def holes(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        values = rng.normal(size=shape)
        values[rng.random(shape) < 0.3] = np.nan
        return values

    motion = Motion(
        time_s=np.cumsum(rng.uniform(0.001, 0.1, n)),
        regions=regions,
        displacement_iod=holes(n, 2, r, 2),
        error_iod=holes(n, 2, r),
        aperture_iod=holes(n, 2),
        pose_deg=holes(n, 3),
        quality=rng.random(n),
    )
    path = tmp_path_factory.mktemp("signals") / "signals.parquet"
    write_motion(motion, path)
    back = read_motion(path)
    assert back.regions == regions
    for name in ("time_s", "displacement_iod", "error_iod", "aperture_iod", "pose_deg", "quality"):
        np.testing.assert_array_equal(getattr(back, name), getattr(motion, name))


def test_signals_say_their_units_and_gaps_are_null(tmp_path: Path) -> None:
    motion = factory.make(duration_s=40.0).motion
    write_motion(motion, tmp_path / "signals.parquet")
    table = pq.read_table(tmp_path / "signals.parquet")
    units = {field.name: field.metadata[b"unit"].decode() for field in table.schema}
    assert units["right_lower_lid_lateral_iod"] == "iod"
    assert units["right_lower_lid_up_iod"] == "iod"
    assert units["left_aperture_iod"] == "iod"
    assert units["yaw_deg"] == "deg"
    assert units["time_s"] == "s"
    gap = np.flatnonzero(motion.quality == 0)
    column = table.column("left_lower_lid_up_iod")
    assert column.null_count == gap.size
    assert not column[int(gap[0])].is_valid
    group = pq.ParquetFile(tmp_path / "signals.parquet").metadata.row_group(0)
    assert {group.column(n).compression for n in range(group.num_columns)} == {"ZSTD"}


def test_a_file_that_is_no_table_of_signals_is_refused(tmp_path: Path) -> None:
    (tmp_path / "signals.parquet").write_bytes(b"PAR1 no")
    with pytest.raises(FormatError):
        read_motion(tmp_path / "signals.parquet")
