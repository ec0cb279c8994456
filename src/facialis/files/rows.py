"""Rows of a table that a person filled in: read forgivingly; what cannot be used is named with line and field."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

from facialis.core.errors import FormatError
from facialis.core.messages import clause, said
from facialis.core.person.casefile import Problem
from facialis.core.person.written_days import DayOrder, day_of, order_of, span_of
from facialis.core.reading import TABLE_BYTES, read_bytes, unreadable

__all__ = ["Findings", "Table", "read_table", "yes_no"]

_MOST_CELL = 100_000  # chosen: no note is longer; 10,000 - 1,000,000
_LONGEST = 400  # chosen: characters of a message; 200 - 1000
_MISSING = {"", "n/a", "na", "nan", "-", "–", "none", "null", "?"}
_YES = {"yes", "y", "true", "1", "ja", "j", "x"}
_NO = {"no", "n", "false", "0", "nein"}


@dataclass(kw_only=True)
class Findings:
    """Collects what could not be used while one file is read."""

    file: str
    problems: list[Problem] = field(default_factory=list)

    def add(self, line: int, field_name: str, message: str, left_out: Literal["row", "value", ""] = "row") -> None:
        """Note one problem; see `facialis.core.person.casefile.Problem`. What is quoted at great length is cut."""
        if len(message) > _LONGEST:
            message = f"{message[: _LONGEST // 2]} … {message[-_LONGEST // 2 :]}"
        self.problems.append(Problem(file=self.file, line=line, field=field_name, message=message, left_out=left_out))


@dataclass(frozen=True, kw_only=True)
class Table:
    """A table's header, and its rows as (line number, cells by column).

    ``decimal_comma``: cells are parted by another sign than a comma, so that a comma may stand in a number.
    ``order``: in which order its dates have day and month, as far as its rows show it.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, Mapping[str, str]], ...]
    decimal_comma: bool
    found: Findings
    order: DayOrder = ""

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
    ) -> float | None:
        """A finite number within bounds, or None when missing or not usable (then it is noted).

        Where it is ``needed`` the row cannot do without it, and a missing one is noted as well.
        """
        part: Literal["row", "value"] = "row" if needed else "value"
        text = cells.get(name, "").strip()
        if text.lower() in _MISSING:
            if needed:
                self.found.add(line, name, f"{clause('no_value')} {clause('left_row')}")
            return None
        plain = text.replace(",", ".") if self.decimal_comma or re.fullmatch(r"[-+]?\d+,\d+", text) else text
        try:
            value = float(plain)
        except ValueError:
            self.found.add(line, name, f"{clause('not_number', text=repr(text))} {clause(f'left_{part}')}", part)
            return None
        if not math.isfinite(value) or not low <= value <= high:
            key = "beyond" if math.isfinite(high) else "below"
            message = f"{clause(key, text=text, low=f'{low:g}', high=f'{high:g}')} {hint}".strip()
            self.found.add(line, name, f"{message} {clause(f'left_{part}')}", part)
            return None
        return value


def yes_no(text: str) -> bool:
    """True or False from yes/no, true/false, 1/0, ja/nein; ValueError otherwise."""
    word = text.strip().lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise ValueError(clause("yes_or_no", text=repr(text)))


def read_table(path: Path, needed: tuple[str, ...] = ("date",), known: str = "") -> Table:
    """The rows of a CSV file; cells may be parted by comma, semicolon or tab. Empty lines and ``#`` lines are passed.

    ``known``: a pattern of the names of columns that are used; any other is noted, notes excepted. Empty: all are.

    Raises
    ------
    FormatError
        The file cannot be read, is no text, or lacks a column of ``needed``: nothing of it could be used.
    """
    found = Findings(file=path.name)
    text = _text(path)
    records = list(_records(path, text))
    if not records:
        return Table(header=(), rows=(), decimal_comma=False, found=found)
    parted = _separator(text)
    first, header = records[0]
    names = tuple(name.strip() for name in header)
    absent = [name for name in needed if name not in names]
    if absent:
        known_names = ", ".join(n for n in names if n) or said("no_columns")["message"]
        columns = ", ".join(absent)
        raise FormatError(**said("column_missing", name=path.name, line=first, columns=columns, known=known_names))
    twice = sorted({name for name in names if name and names.count(name) > 1})
    if twice:
        raise FormatError(**said("column_twice", name=path.name, line=first, columns=", ".join(twice)))
    for name in names if known else ():
        if name and not re.fullmatch(f"{known}|notes?", name):
            found.add(first, name, f"{clause('column_unknown')} {clause('left_it')}", "value")
    rows = []
    for number, cells in records[1:]:
        if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
            found.add(number, "", f"{clause('cells_many', cells=len(cells), names=len(names))} {clause('left_row')}")
            continue
        filled = dict(zip(names, [c.strip() for c in cells], strict=False))
        if any(filled.values()):
            rows.append((number, filled))
    order = order_of(cells.get("date", "") for _, cells in rows)
    return Table(header=names, rows=tuple(rows), decimal_comma=parted != ",", found=found, order=order)


def _text(path: Path) -> str:
    try:
        raw = read_bytes(path, TABLE_BYTES)
    except OSError as error:
        raise unreadable(path, error) from error
    if b"\0" in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise FormatError(**said("table_no_text", name=path.name))
    for coding in ("utf-16",) if raw.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(coding)
        except UnicodeDecodeError:
            continue
    raise FormatError(**said("table_no_text", name=path.name))


def _separator(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip() and not line.startswith("#")), "")
    parted = max((";", "\t", ","), key=first.count)
    return parted if parted in first else ","


def _records(path: Path, text: str) -> Iterator[tuple[int, list[str]]]:
    """(line it begins on, cells) of each record; a quoted cell may hold line ends. Empty and ``#`` lines are passed."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text), strict=True)
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
