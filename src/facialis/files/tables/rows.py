"""Rows of a table that a person filled in: read forgivingly; what cannot be used is named with line and field."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from facialis.core.errors import FormatError
from facialis.core.knowledge import figure
from facialis.core.messages import clause, said
from facialis.core.person.written_days import DayOrder, day_of, order_of, span_of
from facialis.core.reading import TABLE_BYTES, as_text, read_bytes, unreadable
from facialis.files.tables.amounts import Amounts, Mark, marks_of, read_amounts
from facialis.files.tables.findings import Findings, quoted
from facialis.files.tables.formulas import as_written
from facialis.files.tables.misfits import is_code, jumped, odd_codes
from facialis.files.tables.spelling import column_names, nearest

__all__ = ["Table", "read_table"]

_MOST_CELL = 100_000  # chosen: no note is longer; 10,000 - 1,000,000
_MISSING = {"", "n/a", "na", "nan", "-", "–", "none", "null", "?"}
_TITLES = 20  # chosen: lines above the header; more are no title; 5 - 50
_NO_NUMBERS = ("date", "note", "notes", "sites", "until", "product", "name", "condition")
_SEPARATORS = (";", "\t", ",")
_DOTTED_DAY = re.compile(r"\d{1,2}\. ?\d{1,2}\. ?(\d{4}|\d{2})\b.*")
_SEP_LINE = re.compile(r"sep=(.)", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class _Column:
    """A column's numbers, and which of them do not fit it."""

    amounts: Amounts
    codes: frozenset[float]
    jumped: frozenset[int]


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table's header, and its rows as (line number, cells by column).

    ``order``: in which order its dates have day and month, as far as its rows show
    it. ``marks``: what ``.`` and ``,`` in its numbers mean, as far as its columns prove it;
    ``usual``: what they mean as a rule in a table of this form.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    found: Findings
    order: DayOrder = ""
    marks: Mapping[str, Mark] = field(default_factory=dict)
    usual: Mapping[str, Mark] = field(default_factory=dict)
    _columns: dict[str, _Column] = field(default_factory=dict)

    def __iter__(self) -> Iterator[tuple[int, Mapping[str, str]]]:
        return iter(self.rows)

    def day(self, line: int, cells: Mapping[str, str], as_of: date, *, back_then: bool) -> date | None:
        """The row's day, or None when there is none that can be used (then it is noted).

        A day after ``as_of`` is a mistake, unless the question is asked as of an earlier day (``back_then``): then the
        row was not there yet, and is passed over without a word.
        """
        days = self._days(line, cells, as_of, back_then=back_then, exact=True)
        return None if days is None else days[0]

    def days(self, line: int, cells: Mapping[str, str], as_of: date, *, back_then: bool) -> tuple[date, date] | None:
        """The first and the last day that the row's date can mean, up to ``as_of``; else as `day`."""
        return self._days(line, cells, as_of, back_then=back_then, exact=False)

    def _days(
        self, line: int, cells: Mapping[str, str], as_of: date, *, back_then: bool, exact: bool
    ) -> tuple[date, date] | None:
        text = cells.get("date", "")
        try:
            first, last = (day_of(text, self.order, as_of),) * 2 if exact else span_of(text, self.order, as_of)
        except ValueError as error:
            self.found.add(line, "date", f"{error} {clause('left_row')}")
            return None
        if first > as_of:
            if not back_then:
                self.found.add(line, "date", f"{clause('day_to_come', day=first)} {clause('left_row')}")
            return None
        return first, min(last, as_of)

    def number(
        self,
        line: int,
        cells: Mapping[str, str],
        name: str,
        low: float = -math.inf,
        high: float = math.inf,
        hint: str = "",
        *,
        needed: bool = False,
        unit: str = "",
        steady: bool = False,
        counted: str = "",
        codes: bool = True,
    ) -> float | None:
        """A finite number within bounds, or None when missing or not usable (then it is noted).

        Its column decides as a whole what dots and commas mean, and which numbers are codes for "missing" or are in
        another unit: that is looked for where the column is ``steady``, ``counted`` being the column of what was
        counted in that time. ``codes`` False: only bounds tell a code. Where it is ``needed`` the row cannot do without
        it, and a missing one is noted as well. ``unit`` says which words may stand behind the number.
        """
        part: Literal["row", "value"] = "row" if needed else "value"
        text = cells.get(name, "").strip()
        if text.casefold() in _MISSING:
            if needed:
                self.found.add(line, name, f"{clause('no_value')} {clause('left_row')}")
            return None
        column = self._column(name, unit, low, high, steady=steady, counted=counted)
        value = column.amounts.values.get(line)
        if value is None:
            more = clause("clock_hint") if re.fullmatch(r"\d{1,2}:\d{2}(:\d{2})?", text) else ""
            message = f"{clause('not_number', text=quoted(text))} {more}".strip()
            self.found.add(line, name, f"{message} {clause(f'left_{part}')}", part)
        elif math.isnan(value):
            doubt = column.amounts.open_text
            self.found.add(line, name, f"{clause('two_numbers', text=quoted(doubt))} {clause(f'left_{part}')}", part)
        elif (codes and value in column.codes) or (not low <= value <= high and is_code(value)):
            self.found.add_code(line, name, text, part)
        elif not math.isfinite(value) or not low <= value <= high:
            key = "beyond" if math.isfinite(high) else "below"
            message = f"{clause(key, text=text, low=f'{low:g}', high=f'{high:g}')} {hint}".strip()
            self.found.add(line, name, f"{message} {clause(f'left_{part}')}", part)
        elif line in column.jumped:
            self.found.add(line, name, f"{clause('unit_jumps', text=quoted(text))} {clause(f'left_{part}')}", part)
        else:
            return value
        return None

    def filled(self, name: str) -> Mapping[int, str]:
        """The cells of a column in which something stands, by line."""
        return {n: cells[name] for n, cells in self.rows if cells.get(name, "").strip().casefold() not in _MISSING}

    def _amounts(self, cells: Mapping[int, str], unit: str, low: float, high: float) -> Amounts:
        return read_amounts(cells, unit=unit, low=low, high=high, marks=self.marks, usual=self.usual)

    def _column(self, name: str, unit: str, low: float, high: float, *, steady: bool, counted: str) -> _Column:
        if name not in self._columns:
            cells = self.filled(name)
            amounts = self._amounts(cells, unit, low, high)
            if amounts.grouped:
                text, value = amounts.grouped
                line = next(line for line, cell in cells.items() if cell == text)
                self.found.add(line, name, clause("thousands", text=quoted(text), value=figure(f"{value:.10g}")), "")
            codes = odd_codes([value for value in amounts.values.values() if low <= value <= high])
            plain = {n: v for n, v in amounts.values.items() if low <= v <= high and v not in codes}
            counts = self._amounts(self.filled(counted), "", -math.inf, math.inf).values if counted else None
            lines = jumped(plain, counts) if steady else frozenset()
            self._columns[name] = _Column(amounts=amounts, codes=codes, jumped=lines)
        return self._columns[name]


def read_table(
    path: Path,
    needed: tuple[str, ...] = ("date",),
    names: Sequence[str] = (),
    *,
    numbered: str = "",
    free: bool = True,
) -> Table:
    """The rows of a CSV file; cells may be parted by comma, semicolon or tab. Empty lines and ``#`` lines are passed.

    Lines above the header (a title, or ``sep=;``) are passed as well: the header is the first line that has all columns
    of ``needed``, under our names or other words for them (`facialis.files.tables.spelling`).

    Parameters
    ----------
    path
        The file.
    needed
        Columns without which nothing of it can be used.
    names
        All columns that are read, ``needed`` among them.
    numbered
        The beginning of columns of which there may be any number; empty: there are none.
    free
        Any other column is the person's own. False: it is noted, notes excepted, and the nearest name is offered.

    Raises
    ------
    FormatError
        The file cannot be read, is no text, or lacks a column of ``needed``: nothing of it could be used.
    """
    found = Findings(file=path.name)
    text = _text(path)
    ours = tuple(dict.fromkeys((*needed, *names, "note")))
    parted, records = _records(path, text, needed, ours, numbered)
    if not records:
        return Table(header=(), rows=(), found=found)
    first, raw = records[0]
    written = tuple(as_written(name.strip()) for name in raw)
    header = column_names(written, ours, numbered)
    _check_header(path, first, written, header, needed)
    for name, own in zip(header, written, strict=True) if not free else ():
        if name and not (name in ours or name == "notes" or (numbered and re.fullmatch(rf"{numbered}\d+", name))):
            message = f"{clause('column_unknown')} {nearest(own, ours)}".strip()
            found.add(first, own, f"{message} {clause('left_it')}", "value")
    rows = []
    for number, cells in records[1:]:
        if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
            found.add(number, "", f"{clause('cells_many', cells=len(cells), names=len(header))} {clause('left_row')}")
            continue
        filled = dict(zip(header, [as_written(c.strip()) for c in cells], strict=False))
        if any(filled.values()):
            rows.append((number, filled))
    order = order_of(cells.get("date", "") for _, cells in rows)
    numbers = [name for name in header if name and name not in _NO_NUMBERS]
    marks = marks_of([cells.get(name, "") for _, cells in rows] for name in numbers)
    usual = _usual(parted, [cells.get("date", "") for _, cells in rows])
    return Table(header=header, rows=tuple(rows), found=found, order=order, marks=marks, usual=usual)


def _usual(parted: str, dates: Sequence[str]) -> Mapping[str, Mark]:
    """What marks mean as a rule: a spreadsheet parts cells by semicolons where the comma is decimal.

    Where days are written 31.5.2026 as well, a dot is the mark of thousands of these countries.
    """
    if parted == ",":
        return {".": "decimal"}
    if parted != ";":
        return {}
    dotted = [date for date in dates if _DOTTED_DAY.fullmatch(date)]
    return {",": "decimal", ".": "thousands"} if 2 * len(dotted) > len(dates) else {",": "decimal"}


def _check_header(
    path: Path, line: int, written: tuple[str, ...], header: tuple[str, ...], needed: tuple[str, ...]
) -> None:
    absent = [name for name in needed if name not in header]
    if absent:
        there = [name for name in written if name]
        meant = next((offer for own in there if (offer := nearest(own, absent))), "")
        known = f"{', '.join(there) or said('no_columns')['message']}"
        columns = ", ".join(absent)
        refused = said("column_missing", name=path.name, line=line, columns=columns, known=known)
        raise FormatError(refused["message"], advice=f"{refused['advice']} {meant}".strip())
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise FormatError(**said("column_twice", name=path.name, line=line, columns=", ".join(twice)))


def _text(path: Path) -> str:
    try:
        raw = read_bytes(path, TABLE_BYTES)
    except OSError as error:
        raise unreadable(path, error) from error
    try:
        return as_text(raw)
    except ValueError as error:
        raise FormatError(**said("table_no_text", name=path.name)) from error


def _records(
    path: Path, text: str, needed: tuple[str, ...], ours: tuple[str, ...], numbered: str
) -> tuple[str, list[tuple[int, list[str]]]]:
    """What parts the cells, and (line, cells) of header and rows; the header is looked for under each separator."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    told = _SEP_LINE.fullmatch(lines[0].strip().strip('"')) if lines else None
    first = next((line for line in lines if not _SEP_LINE.fullmatch(line.strip().strip('"'))), "")
    likely = sorted(_SEPARATORS, key=lambda sign: -first.count(sign))
    order = [told[1], *likely] if told and told[1] in _SEPARATORS else likely
    for parted in order:
        try:
            head = []
            for line, cells in _parted(path, text, parted):
                head.append((line, cells))
                if set(needed) <= set(column_names([c.strip() for c in cells], ours, numbered)):
                    return parted, [(line, cells), *(r for r in _parted(path, text, parted) if r[0] > line)]
                if len(head) > _TITLES:
                    break
        except FormatError:
            continue
    parted = order[0] if first.count(order[0]) else ","
    return parted, [r for r in _parted(path, text, parted) if not _SEP_LINE.fullmatch("".join(r[1]).strip())]


def _parted(path: Path, text: str, parted: str) -> Iterator[tuple[int, list[str]]]:
    """(line it begins on, cells) of each record; a quoted cell may hold line ends. Empty and ``#`` lines are passed."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=parted, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(len(cell) > _MOST_CELL for cell in cells):
                raise FormatError(**said("cell_long", name=path.name, line=begins, most=_MOST_CELL))
            if any(cell.strip() for cell in cells) and not cells[0].startswith("#"):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise FormatError(**said("table_broken", name=path.name, line=begins, error=error)) from error
