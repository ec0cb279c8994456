"""What of a file could not be used: collected while it is read, and said once for a column, not once for each row."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from facialis.core.messages import clause
from facialis.core.person.casefile import Problem

__all__ = ["Findings", "quoted"]

_LONGEST = 400  # chosen: characters of a message; 200 - 1000
_VARIES = re.compile(r"'[^']*'|\"[^\"]*\"|\d[\d.,:-]*")  # what differs between two rows with the same mistake

LeftOut = Literal["row", "value", ""]


def quoted(text: str) -> str:
    """A cell in quotation marks, as it looks in a table: spaces of all widths are spaces."""
    return repr(re.sub(r"\s", " ", text))


@dataclass(frozen=True, kw_only=True)
class _Found:
    line: int
    field: str
    message: str
    left_out: LeftOut
    code: str = ""


@dataclass(kw_only=True)
class Findings:
    """Collects what could not be used while one file is read."""

    file: str
    _found: list[_Found] = field(default_factory=list)

    def add(self, line: int, field_name: str, message: str, left_out: LeftOut = "row") -> None:
        """Note one problem; see `facialis.core.person.casefile.Problem`. What is quoted at great length is cut."""
        if len(message) > _LONGEST:
            message = f"{message[: _LONGEST // 2]} … {message[-_LONGEST // 2 :]}"
        self._found.append(_Found(line=line, field=field_name, message=message, left_out=left_out))

    def add_code(self, line: int, field_name: str, code: str, left_out: LeftOut) -> None:
        """Note a number that stands for "missing", such as -99; all of a column are said in one sentence."""
        self._found.append(_Found(line=line, field=field_name, message="", left_out=left_out, code=code))

    @property
    def problems(self) -> list[Problem]:
        """What was noted, in order; the same mistake in one column is one problem, with its first line."""
        groups: dict[tuple[str, LeftOut, str], list[_Found]] = {}
        for item in self._found:
            groups.setdefault((item.field, item.left_out, _VARIES.sub("#", item.message)), []).append(item)
        return [self._problem(rows) for rows in groups.values()]

    def _problem(self, rows: list[_Found]) -> Problem:
        first, lines = rows[0], list(dict.fromkeys(row.line for row in rows))
        if first.code:
            codes = ", ".join(dict.fromkeys(row.code for row in rows))
            message = clause("codes", codes=codes)
            if first.left_out == "row":
                message += f" {clause('left_row')}"
        else:
            message = first.message
        if len(lines) == 2:
            message += f" {clause('same_line', line=lines[1])}"
        elif len(lines) > 2:
            message += f" {clause('same_lines', count=len(lines) - 1, line=max(lines))}"
        return Problem(file=self.file, line=first.line, field=first.field, message=message, left_out=first.left_out)
