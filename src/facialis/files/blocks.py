"""The protocol's blocks from a file: which part of a recording was rest, which was speech."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from facialis.core.errors import FormatError, RecordError
from facialis.core.messages import said
from facialis.core.reading import unreadable
from facialis.core.records import Block
from facialis.files.tables.rows import Table, read_table

__all__ = ["read_blocks"]

COLUMNS = ("block", "start_s", "stop_s")


def read_blocks(path: Path) -> tuple[Block, ...]:
    """The blocks of a table with the columns ``block``, ``start_s`` and ``stop_s``, ordered by start.

    The columns may be parted by tabs, commas or, as spreadsheets do where the comma is decimal, by semicolons.
    Its columns may have other names (``Beginn``), and stand below a title. Times are seconds from the first frame, or
    as a player shows them (``0:04``, ``1:02:30``); a name may come again, and then its parts are taken together.
    The name ``all`` is taken: it stands for the whole recording.

    Raises
    ------
    FormatError
        The file cannot be read or is no such table; names the line.
    """
    try:
        table = read_table(path, COLUMNS)
    except FormatError as error:
        if isinstance(error.__cause__, OSError):
            raise unreadable(path, error.__cause__, said("blocks_no_table", path=path)["advice"]) from error
        key = "blocks_not_read" if isinstance(error.__cause__, ValueError) else "blocks_no_table"
        raise FormatError(**said(key, path=path)) from error
    if not table.header:
        raise FormatError(**said("blocks_no_table", path=path))
    blocks = []
    for line, cells in table:
        try:
            name = cells["block"]
            start_s, stop_s = (_seconds(table, line, cells, key) for key in ("start_s", "stop_s"))
            if name == "all":
                raise ValueError("the whole recording is measured anyway")
            blocks.append(Block(name=name, start_s=start_s, stop_s=stop_s))
        except (KeyError, ValueError, RecordError) as error:
            raise FormatError(**said("blocks_row", path=path, line=line)) from error
    if table.found.problems:
        raise FormatError(**said("blocks_row", path=path, line=table.found.problems[0].line))
    return tuple(sorted(blocks, key=lambda block: (block.start_s, block.stop_s)))


def _seconds(table: Table, line: int, cells: Mapping[str, str], name: str) -> float:
    found = table.number(line, cells, name, unit="s", codes=False, needed=True)
    if found is None:
        raise ValueError(name)
    return found
