"""A person's files, kept as they were written: a table row by row, so that each row is a record, and none is changed.

What a row means is decided where a folder is read (`facialis.files.person`), never here: the casebook and the command
line cannot differ about it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Max
from django.utils import timezone

from facialis.app.people.models import Person, Row, Sheet
from facialis.core.reading import as_text
from facialis.files.columns import TABLES, PersonTable
from facialis.files.tables.formulas import as_written, disarmed
from facialis.files.tables.spelling import column_names

__all__ = [
    "append_row",
    "cells_of",
    "header_of",
    "keep_file",
    "parted",
    "rewrite_row",
    "sheet_for",
    "whole_text",
    "widen",
]

_CODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252")
_ANY_BYTES = "latin-1"  # what is no text is kept all the same
_TABLES = {table.file: table for table in TABLES}
_TITLES = 20  # as many lines above a header as its reader passes
_SEPARATORS = (",", ";", "\t")


def parted(text: str, table: PersonTable) -> tuple[str, list[str]]:
    """All up to the header of a table, and its rows; together they are the text again.

    Lines that are empty or begin with ``#`` belong to the row that follows, at the end to the last one. A quoted cell
    may hold line ends.
    """
    pieces = _pieces(text)
    at = next((at for at, piece in enumerate(pieces[:_TITLES]) if _separator(piece, table)), 0)
    return "".join(pieces[: at + 1]), pieces[at + 1 :]


def _pieces(text: str) -> list[str]:
    pieces: list[str] = []
    piece, data = "", ""
    for line in text.splitlines(keepends=True):
        piece += line
        if data or not _is_passed(line):
            data += line
        if data and data.count('"') % 2 == 0:
            pieces.append(piece)
            piece, data = "", ""
    if piece:
        pieces[-1:] = [pieces[-1] + piece] if pieces else [piece]
    return pieces


def _is_passed(line: str) -> bool:
    bare = line.removeprefix("\ufeff")
    return not bare.strip() or bare.startswith("#")


def keep_file(person: Person, file: str, raw: bytes, written_at: datetime | None = None) -> Sheet:
    """Keep a file of a person's folder as it is; one of the same name is replaced."""
    coding = next((name for name in _CODINGS if _fits(raw, name)), _ANY_BYTES)
    text = raw.decode(coding)
    opening, rows = parted(text, _TABLES[file]) if file in _TABLES else (text, [])
    Sheet.objects.filter(person=person, file=file).delete()
    sheet = Sheet.objects.create(
        owner_id=person.owner_id,
        person=person,
        file=file,
        opening=opening,
        coding=coding,
        written_at=written_at or timezone.now(),
    )
    Row.objects.bulk_create(
        Row(owner_id=person.owner_id, sheet=sheet, place=place, written=row) for place, row in enumerate(rows)
    )
    return sheet


def _fits(raw: bytes, coding: str) -> bool:
    """Whether this is how the file is read, and writing it again gives the same bytes."""
    try:
        text = raw.decode(coding)
        return text.encode(coding) == raw and text.removeprefix("\ufeff") == as_text(raw).removeprefix("\ufeff")
    except ValueError:
        return False


def whole_text(sheet: Sheet) -> bytes:
    """The file as it was written, with what has been added since."""
    text = sheet.opening + "".join(row.written for row in sheet.rows.all())
    return text.encode(sheet.coding, "replace")


def sheet_for(person: Person, table: PersonTable) -> Sheet:
    """A person's table; an empty one is made where there is none."""
    found = Sheet.objects.filter(person=person, file=table.file).first()
    return found or keep_file(person, table.file, table.text().encode())


def header_of(sheet: Sheet) -> list[str]:
    """Names of a table's columns as they are understood: our own for other words, such as ``date`` for ``Datum``."""
    table, head = _TABLES[sheet.file], _head(sheet)
    cells = [as_written(cell.strip()) for cell in _cells(head, _sign(sheet))]
    return list(column_names(cells, _names(table), table.numbered))


def cells_of(sheet: Sheet, *, last: int | None = None, holding: Iterable[str] = ()) -> list[tuple[Row, dict[str, str]]]:
    """Each row with its cells by column, in the order of the file; of the ``last`` rows alone where that is given.

    ``holding``: only rows that hold each of these somewhere, as they are written; of years of rows that is far quicker.
    """
    header, sign = header_of(sheet), _sign(sheet)
    found = sheet.rows.all()
    for text in holding:
        found = found.filter(written__contains=text)
    rows = found if last is None else list(reversed(found.reverse()[:last]))
    return [
        (row, dict(zip(header, (as_written(cell.strip()) for cell in _cells(_bare(row.written), sign)), strict=False)))
        for row in rows
    ]


def append_row(sheet: Sheet, cells: Mapping[str, str]) -> Row:
    """Add a row at the end; a column that the table does not have yet is added to its header."""
    widen(sheet, cells)
    last = sheet.rows.last()
    if last is not None and not last.written.endswith("\n"):
        last.written += _line_end(sheet)
        last.save(update_fields=["written"])
    place = sheet.rows.aggregate(last=Max("place"))["last"]
    return Row.objects.create(
        owner_id=sheet.owner_id, sheet=sheet, place=0 if place is None else place + 1, written=_line(sheet, cells)
    )


def rewrite_row(row: Row, cells: Mapping[str, str]) -> Row:
    """Write other cells into a row; what stands before it (an empty line, a remark) stays."""
    widen(row.sheet, cells)
    kept = row.written.removesuffix(_bare(row.written))
    row.written = kept + _line(row.sheet, cells)
    row.save(update_fields=["written"])
    return row


def widen(sheet: Sheet, names: Iterable[str]) -> None:
    """Add the columns of these names to a table that it does not have yet; its header ends with a line end then."""
    header = header_of(sheet)
    new = [name for name in names if name not in header]
    head = _head(sheet)
    if not new and head.endswith("\n"):
        return
    sign = _sign(sheet)
    line = (
        _written([*map(as_written, _cells(head, sign)), *new], sign, _line_end(sheet))
        if new
        else head + _line_end(sheet)
    )
    sheet.opening = sheet.opening.removesuffix(head) + line
    sheet.save(update_fields=["opening"])


def _line(sheet: Sheet, cells: Mapping[str, str]) -> str:
    return _written([cells.get(name, "") for name in header_of(sheet)], _sign(sheet), _line_end(sheet))


def _written(cells: list[str], sign: str, end: str) -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=sign, lineterminator=end).writerow([disarmed(cell) for cell in cells])
    return out.getvalue()


def _cells(line: str, sign: str) -> list[str]:
    return next(csv.reader(io.StringIO(line, newline=""), delimiter=sign), [])


def _head(sheet: Sheet) -> str:
    """The header as it was written; empty where there is none."""
    pieces = _pieces(sheet.opening)
    return _bare(pieces[-1]) if pieces else ""


def _bare(piece: str) -> str:
    """A row without the empty lines and remarks before it; empty where it holds nothing else."""
    rest = piece
    while rest:
        line = rest.splitlines(keepends=True)[0]
        if not _is_passed(line):
            return rest.removeprefix("\ufeff")
        rest = rest[len(line) :]
    return ""


def _names(table: PersonTable) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*table.needed, *table.names, "note")))


def _separator(piece: str, table: PersonTable) -> str:
    """The sign under which a row is the header of a table; empty where it is none."""
    head = _bare(piece)
    for sign in sorted(_SEPARATORS, key=lambda sign: -head.count(sign)):
        cells = [cell.strip() for cell in _cells(head, sign)]
        if set(table.needed) <= set(column_names(cells, _names(table), table.numbered)):
            return sign
    return ""


def _sign(sheet: Sheet) -> str:
    return _separator(_head(sheet), _TABLES[sheet.file]) or ","


def _line_end(sheet: Sheet) -> str:
    return "\r\n" if "\r\n" in sheet.opening else "\n"
