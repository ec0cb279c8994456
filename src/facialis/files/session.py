"""Tables of a session: ``events.tsv``, ``session.json``, ``signals.parquet``, written and read back.

The column names and their order are fixed: scripts of other people rely on them. Missing is said, never zero:
``n/a`` in the TSV (as BIDS wants it), ``null`` in JSON and Parquet.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from facialis.core.errors import FormatError, RecordError
from facialis.core.records import (
    SIDES,
    Block,
    DetectionLimit,
    Event,
    Finding,
    Interval,
    Kind,
    Measure,
    Motion,
    Provenance,
    Recording,
    Session,
    Side,
)

__all__ = [
    "EVENT_COLUMNS",
    "FORMAT_VERSION",
    "events_text",
    "read_events",
    "read_motion",
    "read_session",
    "session_object",
    "write_events",
    "write_motion",
    "write_session",
]

FORMAT_VERSION = 1

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
DIRECTIONS = ("lateral", "up")
POSE = ("yaw_deg", "pitch_deg", "roll_deg")

Row = TypeVar("Row")


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
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise FormatError(f"{path.name} is not a text file.", advice="Give a tab-separated table.") from error
    header = lines[0].split("\t") if lines else []
    absent = [name for name in EVENT_COLUMNS if name not in header]
    if absent:
        raise FormatError(f"{path.name} lacks the columns {', '.join(absent)}.", advice="Its first line names them.")
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
        raise FormatError(f"{path.name}, line {line}: the column {column} is missing.") from error
    except ValueError as error:
        raise FormatError(f"{path.name}, line {line}, column {column}: {cells[column]!r} is no number.") from error
    except RecordError as error:
        raise FormatError(f"{path.name}, line {line}: {error}.") from error


def session_object(session: Session, *, faces: bool = True) -> dict[str, Any]:
    """The session as one JSON object: facts, limits, measures, findings, blocks; events only counted by kind.

    Nothing in it is NaN or infinite: such a value becomes null. ``faces`` says whether the report beside it shows any.
    """
    counts: dict[str, int] = {}
    for event in session.events:
        counts[event.trial_type] = counts.get(event.trial_type, 0) + 1
    return {
        "format_version": FORMAT_VERSION,
        "recording": _plain(session.recording),
        "usable_s": _plain(session.usable_s),
        "rest_s": _plain(session.rest_s),
        "events": {"count": len(session.events), "by_type": dict(sorted(counts.items())), "file": "events.tsv"},
        "measures": [_plain(item) for item in session.measures],
        "limits": [_plain(item) for item in session.limits],
        "findings": [_plain(item) for item in session.findings],
        "blocks": [_plain(item) for item in session.blocks],
        "provenance": _plain(session.provenance),
        "report": {"faces": faces},
    }


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, np.generic):
        return _plain(value.item())
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return str(value)


def write_session(session: Session, path: Path, *, faces: bool = True) -> None:
    """Write ``session.json`` (UTF-8, LF, readable by eye); OSError where the file cannot be written."""
    text = json.dumps(session_object(session, faces=faces), indent=2, ensure_ascii=False, allow_nan=False)
    # Surrogates come from file names that are not UTF-8; they are escaped rather than refused.
    path.write_bytes((text + "\n").encode("utf-8", "backslashreplace"))


def read_session(path: Path, events: Iterable[Event] = ()) -> Session:
    """The session of a ``session.json``; its events are kept in ``events.tsv`` and handed in.

    Raises
    ------
    FormatError
        The file is no JSON object of a format version this facialis knows, or a row breaks its schema.
    """
    try:
        content = json.loads(path.read_bytes())
    except ValueError as error:
        raise FormatError(f"{path.name} is not valid JSON: {error}.") from error
    if not isinstance(content, dict) or content.get("format_version") != FORMAT_VERSION:
        found = content.get("format_version") if isinstance(content, dict) else None
        raise FormatError(
            f"{path.name} has format version {found!r}, not {FORMAT_VERSION}.", advice="Analyse the recording again."
        )
    try:
        facts = dict(content["recording"])
        facts["gaps"] = tuple(_row(Interval, item) for item in facts.get("gaps", ()))
        return Session(
            recording=_row(Recording, facts),
            usable_s=content["usable_s"],
            rest_s=content["rest_s"],
            events=tuple(events),
            measures=tuple(_row(Measure, item) for item in content["measures"]),
            limits=tuple(_row(DetectionLimit, item) for item in content["limits"]),
            findings=tuple(_row(Finding, item) for item in content["findings"]),
            blocks=tuple(_row(Block, item) for item in content["blocks"]),
            provenance=_row(Provenance, content["provenance"]),
        )
    except (KeyError, TypeError, ValueError, RecordError) as error:
        raise FormatError(f"{path.name} breaks its schema: {error}.", advice="Analyse the recording again.") from error


def _row(kind: type[Row], values: Mapping[str, Any]) -> Row:
    known = {item.name for item in fields(cast(Any, kind))}
    return kind(**{key: value for key, value in values.items() if key in known})


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
