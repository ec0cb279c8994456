"""``events.tsv``: one row an event, written and read back.

The column names and their order are fixed: scripts of other people rely on them. Missing is ``n/a``, as BIDS wants it,
never zero.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import cast

from facialis.core.errors import FormatError, RecordError
from facialis.core.messages import said
from facialis.core.reading import TABLE_BYTES, as_text, read_bytes
from facialis.core.records import Event, Kind, Side

__all__ = ["EVENT_COLUMNS", "events_text", "read_events", "write_events"]

EVENT_COLUMNS = (
    "onset",
    "duration",
    "trial_type",
    "side",
    "regions",
    "apex",
    "amplitude_iod",
    "probability",
    "detector",
)

TIME_DECIMALS = 6  # chosen: a microsecond, finer than any container's clock (90 kHz); 5-9 changes nothing
AMPLITUDE_DECIMALS = 6  # chosen: a thousandth of the smallest detectable contraction; 5-9 changes nothing
PROBABILITY_DECIMALS = 4  # chosen: finer than any calibration can be; 3-6 changes nothing
MISSING = "n/a"  # BIDS specification, tabular files: missing values are n/a


def events_text(events: Iterable[Event]) -> str:
    """``events.tsv`` as text: a header and one row an event, ordered by onset, LF line ends, UTF-8 when written.

    Times are rounded to a microsecond; onset, apex and offset are rounded as points in time and keep their order.
    """
    lines = ["\t".join(EVENT_COLUMNS)]
    for event in sorted(events, key=lambda item: item.onset_s):
        onset = round(event.onset_s, TIME_DECIMALS)
        offset = max(round(event.offset_s, TIME_DECIMALS), onset)
        apex = min(max(round(event.apex_s, TIME_DECIMALS), onset), offset)
        cells = (
            f"{onset:.{TIME_DECIMALS}f}",
            f"{offset - onset:.{TIME_DECIMALS}f}",
            event.trial_type,
            event.side,
            _cell(",".join(event.regions)),
            f"{apex:.{TIME_DECIMALS}f}",
            f"{event.amplitude_iod:.{AMPLITUDE_DECIMALS}f}",
            f"{event.probability:.{PROBABILITY_DECIMALS}f}",
            _cell(event.detector),
        )
        lines.append("\t".join(cells))
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    # A tab or a line end inside a cell would shift every column behind it.
    return " ".join("".join(c if c.isprintable() else " " for c in text).split()) or MISSING


def write_events(events: Iterable[Event], path: Path) -> None:
    """Write ``events.tsv``; OSError where the file cannot be written."""
    path.write_bytes(events_text(events).encode("utf-8"))


def read_events(path: Path) -> tuple[Event, ...]:
    """The events of an ``events.tsv``, ordered by onset. Columns may stand in any order; further ones are ignored.

    Raises
    ------
    FormatError
        A required column is missing or a cell does not hold what its column asks; names the line and the column.
    OSError
        The file is missing, cannot be read or is no ordinary file.
    """
    try:
        lines = as_text(read_bytes(path, TABLE_BYTES)).splitlines()
    except ValueError as error:
        raise FormatError(**said("events_no_text", name=path.name)) from error
    header = lines[0].split("\t") if lines else []
    absent = [name for name in EVENT_COLUMNS if name not in header]
    if absent:
        raise FormatError(**said("events_columns", name=path.name, columns=", ".join(absent)))
    events = [
        _event(path, n, dict(zip(header, line.split("\t"), strict=False)))
        for n, line in enumerate(lines[1:], start=2)
        if line.strip()
    ]
    return tuple(sorted(events, key=lambda event: event.onset_s))


def _event(path: Path, line: int, cells: Mapping[str, str]) -> Event:
    column = ""

    def words(name: str) -> str:
        nonlocal column
        column = name
        text = cells.get(name)
        if text is None:
            raise KeyError(name)
        return "" if text == MISSING else text

    def number(name: str) -> float:
        value = float(words(name))
        if not math.isfinite(value):
            raise ValueError("not a finite number")
        return value

    try:
        return Event(
            onset_s=number("onset"),
            duration_s=number("duration"),
            trial_type=cast(Kind, words("trial_type")),
            side=cast(Side, words("side")),
            regions=tuple(part.strip() for part in words("regions").split(",") if part.strip()),
            apex_s=number("apex"),
            amplitude_iod=number("amplitude_iod"),
            probability=number("probability"),
            detector=words("detector"),
        )
    except KeyError as error:
        raise FormatError(**said("events_column", name=path.name, line=line, column=column)) from error
    except ValueError as error:
        cell = repr(cells[column])
        raise FormatError(**said("events_number", name=path.name, line=line, column=column, cell=cell)) from error
    except RecordError as error:
        raise FormatError(**said("events_row", name=path.name, line=line, error=error)) from error
