"""``signals.parquet``: the dense motion of a recording, written and read back.

The column names are fixed: scripts of other people rely on them. A gap is null, never zero.
"""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from facialis.core.errors import FormatError, RecordError
from facialis.core.messages import said
from facialis.core.reading import reading
from facialis.core.records import POSE, SIDES, Motion
from facialis.core.tables import SIGNALS_VERSION, signals_table

__all__ = ["read_motion", "write_motion"]

DIRECTIONS = ("lateral", "up")

_MOST_BYTES = 4_000_000_000  # chosen: an hour at 60 frames/s has 0.2 GB; 1 - 20 GB

_MOST_CELLS = 300_000_000  # chosen: an hour at 60 frames/s has 40 million; 100 million - 1 billion


def write_motion(motion: Motion, path: Path) -> None:
    """Write ``signals.parquet``: one row a frame on the recording's own times, the unit in each field's metadata.

    Columns: ``time_s``; ``<side>_<region>_lateral_iod``, ``_up_iod``, ``_error_iod``; ``<side>_aperture_iod``;
    ``yaw_deg``, ``pitch_deg``, ``roll_deg``; ``quality``. zstd, doubles; a gap is null. OSError where it cannot be
    written.
    """
    pq.write_table(signals_table(motion), path, compression="zstd")


def read_motion(path: Path) -> Motion:
    """The motion of a ``signals.parquet``; null becomes NaN.

    Raises
    ------
    FormatError
        It is no such table, or of a format version that this facialis does not know; ``newer`` if a later one wrote it.
    OSError
        The file is missing or cannot be read.
    """
    try:
        with reading(path, _MOST_BYTES) as file:
            kept = pq.ParquetFile(file)
            _check_size(kept)
            table = kept.read()
        _check_version(path, table)
        regions = tuple((table.schema.metadata or {})[b"regions"].decode().split(","))
        regions = tuple(name for name in regions if name)

        def column(name: str) -> NDArray[np.float64]:
            values = table.column(name).to_numpy(zero_copy_only=False)
            return cast("NDArray[np.float64]", np.array(values, dtype=np.float64))

        time_s = column("time_s")
        n = time_s.size
        displacement = np.full((n, len(SIDES), len(regions), len(DIRECTIONS)), np.nan)
        error = np.full((n, len(SIDES), len(regions)), np.nan)
        for s, side in enumerate(SIDES):
            for r, region in enumerate(regions):
                for d, direction in enumerate(DIRECTIONS):
                    displacement[:, s, r, d] = column(f"{side}_{region}_{direction}_iod")
                error[:, s, r] = column(f"{side}_{region}_error_iod")
        return Motion(
            time_s=time_s,
            regions=regions,
            displacement_iod=displacement,
            error_iod=error,
            aperture_iod=np.stack([column(f"{side}_aperture_iod") for side in SIDES], axis=1),
            pose_deg=np.stack([column(name) for name in POSE], axis=1),
            quality=column("quality"),
        )
    except (pa.ArrowException, KeyError, RecordError, TypeError, ValueError) as error:
        raise FormatError(**said("signals_no_table", name=path.name, error=error)) from error


def _check_size(kept: pq.ParquetFile) -> None:
    """ValueError where a table is of something else than numbers, or of more than a recording has.

    A few bytes can stand for any number of rows, and a result may come from somebody else.
    """
    schema = kept.schema_arrow
    if not all(pa.types.is_floating(field.type) or pa.types.is_integer(field.type) for field in schema):
        raise ValueError("columns that are no numbers")
    if kept.metadata.num_rows * len(schema) > _MOST_CELLS:
        raise ValueError(f"{kept.metadata.num_rows} rows")


def _check_version(path: Path, table: pa.Table) -> None:
    found = (table.schema.metadata or {}).get(b"format_version", b"").decode("ascii", "replace")
    if found == str(SIGNALS_VERSION):
        return
    newer = found.isdecimal() and int(found) > SIGNALS_VERSION
    key = "signals_newer" if newer else "signals_version"
    values = said(key, name=path.name, found=found or "none", known=SIGNALS_VERSION)
    raise FormatError(**values, code="newer" if newer else "")
