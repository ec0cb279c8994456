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
from facialis.core.records import SIDES, Motion

__all__ = ["FORMAT_VERSION", "read_motion", "write_motion"]

FORMAT_VERSION = 1

DIRECTIONS = ("lateral", "up")
POSE = ("yaw_deg", "pitch_deg", "roll_deg")


def write_motion(motion: Motion, path: Path) -> None:
    """Write ``signals.parquet``: one row a frame on the recording's own times, the unit in each field's metadata.

    Columns: ``time_s``; ``<side>_<region>_lateral_iod``, ``_up_iod``, ``_error_iod``; ``<side>_aperture_iod``;
    ``yaw_deg``, ``pitch_deg``, ``roll_deg``; ``quality``. zstd, doubles; a gap is null. OSError where it cannot be
    written.
    """
    columns: list[tuple[str, str, str, NDArray[np.float64]]] = [
        ("time_s", "s", "presentation time from the first frame", motion.time_s)
    ]
    for s, side in enumerate(SIDES):
        for r, region in enumerate(motion.regions):
            for d, direction in enumerate(DIRECTIONS):
                text = "away from the midline is positive" if d == 0 else "towards the brow is positive"
                columns.append((f"{side}_{region}_{direction}_iod", "iod", text, motion.displacement_iod[:, s, r, d]))
            columns.append(
                (f"{side}_{region}_error_iod", "iod", "standard error of the displacement", motion.error_iod[:, s, r])
            )
    for s, side in enumerate(SIDES):
        columns.append((f"{side}_aperture_iod", "iod", "eye opening, lid to lid", motion.aperture_iod[:, s]))
    for p, name in enumerate(POSE):
        columns.append((name, "deg", "head pose", motion.pose_deg[:, p]))
    columns.append(("quality", "1", "0 unusable to 1 good", motion.quality))

    schema = pa.schema(
        [pa.field(name, pa.float64(), metadata={"unit": unit, "description": text}) for name, unit, text, _ in columns],
        metadata={
            "format_version": str(FORMAT_VERSION),
            "regions": ",".join(motion.regions),
            "iod": "share of the interocular distance",
            "sides": "the person's own",
        },
    )
    arrays = [pa.array(values, type=pa.float64(), mask=~np.isfinite(values)) for _, _, _, values in columns]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path, compression="zstd")


def read_motion(path: Path) -> Motion:
    """The motion of a ``signals.parquet``; null becomes NaN. FormatError if it is no such table."""
    try:
        table = pq.read_table(path)
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
    except (pa.ArrowException, KeyError, RecordError, UnicodeDecodeError) as error:
        raise FormatError(f"{path.name} is not a table of facialis signals: {error}.") from error
