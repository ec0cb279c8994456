"""The protocol's blocks from a file: which part of a recording was rest, which was speech."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from facialis.core.errors import FormatError, RecordError
from facialis.core.messages import said
from facialis.core.reading import TABLE_BYTES, read_bytes, unreadable
from facialis.core.records import Block

__all__ = ["read_blocks"]

COLUMNS = ("block", "start_s", "stop_s")


def read_blocks(path: Path) -> tuple[Block, ...]:
    """The blocks of a table with the columns ``block``, ``start_s`` and ``stop_s``, ordered by start.

    The columns may be parted by tabs, commas or, as spreadsheets do where the comma is decimal, by semicolons.
    Times are seconds from the first frame; a name may come again, and then its parts are taken together.
    The name ``all`` is taken: it stands for the whole recording.

    Raises
    ------
    FormatError
        The file cannot be read or is no such table; names the line.
    """
    try:
        lines = read_bytes(path, TABLE_BYTES).decode("utf-8-sig").splitlines()
    except OSError as error:
        raise unreadable(path, error, said("blocks_no_table", path=path)["advice"]) from error
    except ValueError as error:
        raise FormatError(**said("blocks_not_read", path=path)) from error
    delimiter = next((mark for mark in ("\t", ";") if lines and mark in lines[0]), ",")
    rows = csv.reader(lines, delimiter=delimiter, skipinitialspace=True)
    header = [cell.strip() for cell in next(rows, [])]
    if not set(COLUMNS) <= set(header):
        raise FormatError(**said("blocks_no_table", path=path))
    blocks = []
    for cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        try:
            start_s, stop_s = (float(_plain(row[key], delimiter)) for key in ("start_s", "stop_s"))
            if not (math.isfinite(start_s) and math.isfinite(stop_s)):
                raise ValueError("not finite")
            if row["block"] == "all":
                raise ValueError("the whole recording is measured anyway")
            blocks.append(Block(name=row["block"], start_s=start_s, stop_s=stop_s))
        except (KeyError, ValueError, RecordError) as error:
            raise FormatError(**said("blocks_row", path=path, line=rows.line_num)) from error
    return tuple(sorted(blocks, key=lambda block: (block.start_s, block.stop_s)))


def _plain(number: str, delimiter: str) -> str:
    """A number as Python reads it: a comma is decimal where it does not part the columns."""
    return number if delimiter == "," else number.replace(",", ".")
