"""Records as Arrow tables, so that pandas, polars, DuckDB and R are one call away.

This and `files` are where pyarrow is known. It is loaded only when a table is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from facialis.core.records import POSE, SIDES, Event, Measure, Motion

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["SIGNALS_VERSION", "events_table", "measures_table", "signals_table"]

SIGNALS_VERSION = 1
"""Of the columns of `signals_table` and ``signals.parquet``; stored with them as ``format_version``."""

_DIRECTIONS = (
    ("lateral", "away from the midline is positive"),
    ("up", "towards the brow is positive"),
)


def events_table(events: Iterable[Event], recording: str = "") -> pa.Table:
    """Return events as an Arrow table: one row per event, in their order, with the columns of ``events.tsv``.

    Parameters
    ----------
    events
        The events.
    recording
        Name of the recording, the same in each row.

    Returns
    -------
    pyarrow.Table
        ``recording`` and the columns of ``events.tsv``: ``onset``, ``duration``, ``apex`` in seconds from the first
        frame, ``amplitude_iod`` as a fraction of the interocular distance. ``regions`` are joined by commas.
    """
    import pyarrow as pa

    rows = list(events)
    floats, text = pa.float64(), pa.string()
    columns: list[tuple[str, pa.DataType, list[object], str]] = [
        ("recording", text, [recording] * len(rows), ""),
        ("onset", floats, [row.onset_s for row in rows], "s"),
        ("duration", floats, [row.duration_s for row in rows], "s"),
        ("trial_type", text, [row.trial_type for row in rows], ""),
        ("side", text, [row.side for row in rows], ""),
        ("regions", text, [",".join(row.regions) for row in rows], ""),
        ("apex", floats, [row.apex_s for row in rows], "s"),
        ("amplitude_iod", floats, [row.amplitude_iod for row in rows], "iod"),
        ("probability", floats, [row.probability for row in rows], ""),
        ("detector", text, [row.detector for row in rows], ""),
    ]
    return _table(columns)


def measures_table(measures: Iterable[Measure], recording: str = "") -> pa.Table:
    """Return measures as an Arrow table, one row per measure and block, so that many recordings can be stacked.

    Parameters
    ----------
    measures
        The measures of a session.
    recording
        Name of the recording, the same in each row.

    Returns
    -------
    pyarrow.Table
        ``recording, block, name, value, text, unit, low, high, probability, interval_kind, why_not``. ``value`` is null
        where a measure could not be taken (then ``why_not`` says why) and where it is a word (then ``text`` holds it).
        Null is never zero.
    """
    import pyarrow as pa

    rows = list(measures)
    floats, text = pa.float64(), pa.string()

    def number(value: float | str | None) -> float | None:
        return None if value is None or isinstance(value, str) or not np.isfinite(value) else float(value)

    columns: list[tuple[str, pa.DataType, list[object], str]] = [
        ("recording", text, [recording] * len(rows), ""),
        ("block", text, [row.block for row in rows], ""),
        ("name", text, [row.name for row in rows], ""),
        ("value", floats, [number(row.value) for row in rows], ""),
        ("text", text, [row.value if isinstance(row.value, str) else None for row in rows], ""),
        ("unit", text, [row.unit for row in rows], ""),
        ("low", floats, [number(row.low) for row in rows], ""),
        ("high", floats, [number(row.high) for row in rows], ""),
        ("probability", floats, [number(row.probability) for row in rows], ""),
        ("interval_kind", text, [row.interval_kind for row in rows], ""),
        ("why_not", text, [row.why_not or None for row in rows], ""),
    ]
    return _table(columns)


def signals_table(motion: Motion) -> pa.Table:
    """Return the signals of a recording as an Arrow table: one row per frame, the columns of ``signals.parquet``.

    Parameters
    ----------
    motion
        Displacement, eye opening, head pose and quality over time.

    Returns
    -------
    pyarrow.Table
        ``time_s``; ``<side>_<region>_lateral_iod``, ``_up_iod``, ``_error_iod``; ``<side>_aperture_iod``; ``yaw_deg``,
        ``pitch_deg``, ``roll_deg``; ``quality``, all float64. Unit and meaning are in each field's metadata.

    Notes
    -----
    A gap is null. Rows stand at the recording's own times, which need not be evenly spaced.
    """
    import pyarrow as pa

    columns: list[tuple[str, str, str, NDArray[np.float64]]] = [
        ("time_s", "s", "presentation time from the first frame", motion.time_s)
    ]
    for s, side in enumerate(SIDES):
        for r, region in enumerate(motion.regions):
            for d, (direction, words) in enumerate(_DIRECTIONS):
                values = motion.displacement_iod[:, s, r, d]
                columns.append((f"{side}_{region}_{direction}_iod", "iod", words, values))
            errors = motion.error_iod[:, s, r]
            columns.append((f"{side}_{region}_error_iod", "iod", "standard error of the displacement", errors))
    for s, side in enumerate(SIDES):
        columns.append((f"{side}_aperture_iod", "iod", "eye opening, lid to lid", motion.aperture_iod[:, s]))
    for p, name in enumerate(POSE):
        columns.append((name, "deg", "head pose", motion.pose_deg[:, p]))
    columns.append(("quality", "1", "0 unusable to 1 good", motion.quality))
    schema = pa.schema(
        [
            pa.field(name, pa.float64(), metadata={"unit": unit, "description": words})
            for name, unit, words, _ in columns
        ],
        metadata={
            "format_version": str(SIGNALS_VERSION),
            "regions": ",".join(motion.regions),
            "iod": "share of the interocular distance",
            "sides": "the person's own",
        },
    )
    arrays = [pa.array(values, type=pa.float64(), mask=~np.isfinite(values)) for _, _, _, values in columns]
    return pa.Table.from_arrays(arrays, schema=schema)


def _table(columns: list[tuple[str, pa.DataType, list[object], str]]) -> pa.Table:
    import pyarrow as pa

    schema = pa.schema(
        [pa.field(name, kind, metadata={"unit": unit} if unit else None) for name, kind, _, unit in columns]
    )
    arrays = [pa.array(values, type=kind) for _, kind, values, _ in columns]
    return pa.Table.from_arrays(arrays, schema=schema)
