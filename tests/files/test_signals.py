"""Signals come back as they were written, with their units, and a gap is null."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.core.errors import FormatError
from facialis.core.records import Motion
from facialis.files import signals
from facialis.files.signals import read_motion, write_motion
from tests.report import factory


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


@pytest.mark.parametrize(("version", "code"), [("2", "newer"), ("0", ""), ("one", ""), (None, "")])
def test_signals_of_another_format_are_refused(tmp_path: Path, version: str | None, code: str) -> None:
    path = tmp_path / "signals.parquet"
    write_motion(factory.make(duration_s=3.0).motion, path)
    table = pq.read_table(path)
    kept = {key: value for key, value in table.schema.metadata.items() if key != b"format_version"}
    pq.write_table(table.replace_schema_metadata(kept | ({b"format_version": version} if version else {})), path)
    with pytest.raises(FormatError, match="format version") as caught:
        read_motion(path)
    assert caught.value.code == code
    assert caught.value.advice


def test_what_would_fill_the_memory_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "signals.parquet"
    write_motion(factory.make(duration_s=30.0).motion, path)
    monkeypatch.setattr(signals, "_MOST_CELLS", 1000)
    with pytest.raises(FormatError, match="900 rows"):
        read_motion(path)
    pq.write_table(pa.table({"time_s": ["a"]}), path)
    with pytest.raises(FormatError, match="no numbers"):
        read_motion(path)
