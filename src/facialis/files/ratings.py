"""A file of ratings: tab-separated, one row for each answer or marked moment, written whole and read row by row.

Missing is ``n/a`` and never zero; what a rater could not judge is ``unrateable``.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping
from pathlib import Path

from facialis.core.errors import FormatError, OutputError
from facialis.core.messages import clause, reason, said
from facialis.core.rating.ratings import Rating, Ratings
from facialis.core.rating.scales import Answer, Part, scales
from facialis.core.temporary import remove_leftovers, temporary_file
from facialis.files.tables.findings import quoted
from facialis.files.tables.formulas import disarmed
from facialis.files.tables.rows import Table, read_table

__all__ = ["COLUMNS", "UNRATEABLE", "ratings_text", "read_ratings", "write_ratings"]

COLUMNS = (
    "set",
    "item",
    "recording",
    "start_s",
    "stop_s",
    "rater",
    "repeat",
    "scale",
    "part",
    "value",
    "onset_s",
    "offset_s",
    "took_s",
    "at",
)
MISSING = "n/a"
UNRATEABLE = "unrateable"

_NEEDED = ("item", "rater", "scale", "part", "value")
_MOST_S = 1e6  # chosen: eleven days, longer than any film; 1e5 - 1e8
_GAPS = {"", MISSING, "na", "-", "–"}


def ratings_text(rows: Iterable[Rating]) -> str:
    """The table as text: its header and a row a rating, in the order given. Names that a spreadsheet would take for a
    formula are disarmed, and read back as they were.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        moments = scales()[row.scale].parts[row.part].level == "moments"
        value = MISSING if moments else UNRATEABLE if row.value is None else _written(row.value)
        words = [disarmed(" ".join(text.split())) or MISSING for text in (row.set_name, row.item, row.recording)]
        writer.writerow(
            [
                *words,
                _written(row.start_s),
                _written(row.stop_s),
                disarmed(" ".join(row.rater.split())),
                row.repeat,
                row.scale,
                row.part,
                value,
                _written(row.onset_s),
                _written(row.offset_s),
                _written(row.took_s),
                row.at or MISSING,
            ]
        )
    return out.getvalue()


def write_ratings(rows: Iterable[Rating], path: Path) -> None:
    """Write the table, whole or not at all; an earlier one of that name is replaced.

    Raises
    ------
    OutputError
        It cannot be written; what was there is kept.
    """
    remove_leftovers(path.parent)
    text = ratings_text(rows)
    try:
        with temporary_file(path.parent, path.suffix) as part:
            part.write_text(text, encoding="utf-8")
            part.replace(path)
    except OSError as error:
        why, advice = reason(error)
        raise OutputError(**said("ratings_not_written", path=path, why=why, advice=advice)) from error


def read_ratings(path: Path) -> Ratings:
    """The ratings of a file; rows that cannot be used are left out and named with line and column.

    Columns may stand in any order. ``set``, ``recording``, times, ``repeat`` (else 1), ``took_s`` and ``at`` may be
    missing. A row with an empty value is a question that was not answered, and no rating.

    Raises
    ------
    FormatError
        The file cannot be read, lacks a column without which nothing of it can be used, or has no rating.
    """
    table = read_table(path, _NEEDED, COLUMNS, free=False)
    rows: dict[tuple[object, ...], Rating] = {}
    for line, cells in table:
        row = _row(table, line, cells)
        if row is None:
            continue
        who = (row.set_name, row.item, row.rater, row.repeat, row.scale, row.part, row.onset_s)
        if who in rows:
            table.found.add(line, "item", f"{clause('rating_twice')} {clause('left_row')}")
            continue
        rows[who] = row
    if not rows:
        raise FormatError(**said("no_rating", name=path.name))
    return Ratings(rows=tuple(rows.values()), problems=tuple(table.found.problems))


def _row(table: Table, line: int, cells: Mapping[str, str]) -> Rating | None:
    """The rating of one row, None where there is none; what is wrong is noted."""

    def left(column: str, message: str) -> None:
        table.found.add(line, column, f"{message} {clause('left_row')}")

    def words(column: str) -> str:
        text = cells.get(column, "").strip()
        return "" if text.casefold() in _GAPS else text

    def seconds(column: str) -> float | None:
        return table.number(line, cells, column, 0, _MOST_S, codes=False, unit="s")

    for column in ("item", "rater", "scale", "part"):
        if not words(column):
            left(column, clause("no_value"))
            return None
    scale = scales().get(words("scale").casefold())
    if scale is None:
        left("scale", clause("rating_no_scale", scale=quoted(words("scale")), known=", ".join(scales())))
        return None
    part = scale.parts.get(words("part").casefold())
    if part is None:
        left("part", scale.problem(words("part"), None))
        return None
    text, onset_s, offset_s = words("value"), seconds("onset_s"), seconds("offset_s")
    value = _answer(part, text) if text and text.casefold() != UNRATEABLE else None
    wrong = part.problem(value)
    if wrong:
        left("value", wrong)
        return None
    if part.level == "moments":
        if onset_s is None or (offset_s is not None and offset_s < onset_s):
            left("onset_s", clause("rating_no_onset"))
            return None
    elif not text:
        return None
    repeat = table.number(line, cells, "repeat", 1, 1000, codes=False)
    return Rating(
        set_name=words("set"),
        item=words("item"),
        recording=words("recording"),
        start_s=seconds("start_s"),
        stop_s=seconds("stop_s"),
        rater=words("rater"),
        repeat=1 if repeat is None else int(repeat),
        scale=scale.key,
        part=part.key,
        value=value,
        unrateable=value is None and part.level != "moments",
        onset_s=onset_s if part.level == "moments" else None,
        offset_s=offset_s if part.level == "moments" else None,
        took_s=seconds("took_s"),
        at=words("at"),
    )


def _answer(part: Part, text: str) -> Answer:
    """What stands in the cell, as the part has it: a name, or a number (with a decimal comma as well)."""
    if part.level == "nominal":
        return text.casefold()
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return text


def _written(value: Answer | None) -> str:
    if value is None:
        return MISSING
    if isinstance(value, str):
        return value
    return f"{value:.6f}".rstrip("0").rstrip(".") if math.isfinite(value) else MISSING
