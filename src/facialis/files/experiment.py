"""``experiment.csv`` in a person's folder: a plan written, and read once it is filled in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

from facialis.core.errors import FormatError, OutputError
from facialis.core.messages import clause, reason, said
from facialis.core.person.experiment import ExperimentPlan, FilledDay, FilledExperiment
from facialis.core.person.written_days import day_of
from facialis.core.temporary import remove_leftovers, temporary_file
from facialis.files.tables.rows import Table, read_table
from facialis.files.tables.spelling import column_names, yes_no

__all__ = ["FILE", "experiment_text", "noted_text", "read_experiment", "write_experiment"]

FILE = "experiment.csv"
"""Name of the plan in a person's folder."""

_COLUMNS = ("date", "condition", "done", "spasm (0-10)", "block", "unit", "counted")
_NEEDED = tuple(name for name in _COLUMNS if name != "spasm (0-10)")  # of which only the beginning need be there


def experiment_text(plan: ExperimentPlan) -> str:
    """The table to fill in: ``done`` yes or no, ``spasm`` 0-10 in the evening."""
    out = io.StringIO()
    out.write(f"# facialis experiment: {plan.factor}, {plan.design}, seed {plan.seed}\n")
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(_COLUMNS)
    for d in plan.days:
        condition = f"{'with' if d.given else 'without'} {plan.factor}"
        rows.writerow([d.day.isoformat(), condition, "", "", d.block, d.unit, "yes" if d.counted else "no"])
    return out.getvalue()


def write_experiment(plan: ExperimentPlan, path: Path) -> None:
    """Write the table to fill in, whole or not at all.

    Raises
    ------
    OutputError
        It cannot be written; nothing is left behind.
    """
    remove_leftovers(path.parent)
    try:
        with temporary_file(path.parent, path.suffix) as part:
            part.write_text(experiment_text(plan), encoding="utf-8")
            part.replace(path)
    except OSError as error:
        why, advice = reason(error)
        raise OutputError(**said("plan_not_written", path=path, why=why, advice=advice)) from error


def read_experiment(path: Path, *, today: date | None = None) -> FilledExperiment:
    """The plan as it was filled in up to ``today``; what cannot be used of it is named with line and column.

    A day that has not come is passed over; if something is noted on it already, that is said. None: today by the local
    clock.

    Raises
    ------
    FormatError
        There is no such file, or it is no plan of an experiment.
    """
    if not path.is_file():
        raise FormatError(**said("no_plan", name=path.name, folder=path.parent))
    today = today or date.today()  # noqa: DTZ011 - the day where the person is
    table = read_table(path, _NEEDED, _COLUMNS)
    rating_column = next((n for n in table.header if n.lower().startswith("spasm")), None)
    if rating_column is None:
        raise FormatError(**said("plan_no_spasm", name=path.name))
    factor = ""
    rows: list[FilledDay] = []
    seen: set[date] = set()
    for line, cells in table:
        match = re.fullmatch(r"(with|without)\s+(.+)", cells.get("condition", ""))
        numbers = [table.number(line, cells, name, 1, 1e6, codes=False) for name in ("block", "unit")]
        if match is None or None in numbers:
            table.found.add(line, "condition", f"{clause('cells_changed')} {clause('left_row')}")
            continue
        day = _day(table, line, cells, today)
        if day is None:
            continue
        if day in seen:
            table.found.add(line, "date", clause("day_twice", day=day))
            continue
        seen.add(day)
        if factor and match[2] != factor:
            table.found.add(
                line, "condition", f"{clause('other_factor', other=match[2], factor=factor)} {clause('left_row')}"
            )
            continue
        factor = match[2]
        done, rating = _noted(table, line, cells, rating_column, day if day > today else None)
        rows.append(
            FilledDay(
                given=match[1] == "with",
                block=int(numbers[0] or 0),
                unit=int(numbers[1] or 0),
                counted=cells.get("counted", "").casefold() not in ("no", "nein"),
                done=done,
                rating=rating,
                day=day,
            )
        )
    if not rows:
        raise FormatError(**said("plan_no_day", name=path.name))
    kinds: dict[int, set[bool]] = {}
    for row in rows:
        kinds.setdefault(row.unit, set()).add(row.given)
    if any(len(k) > 1 for k in kinds.values()):
        raise FormatError(**said("plan_units", name=path.name))
    return FilledExperiment(factor=factor, days=tuple(rows), problems=tuple(table.found.problems))


def noted_text(text: str, day: date, *, done: str, rating: str) -> str:
    """The text of a plan with what was noted of one of its days; all else stays as it was written.

    Parameters
    ----------
    text
        The whole file.
    day
        One of its days.
    done
        ``yes``, ``no`` or empty.
    rating
        0-10, or empty.

    Raises
    ------
    FormatError
        The plan has no such day.
    """
    lines = text.splitlines(keepends=True)
    head = next((at for at, line in enumerate(lines) if line.strip() and not line.lstrip("\ufeff").startswith("#")), 0)
    opening = lines[head] if lines else ""
    sign = max(",;\t", key=opening.count)
    names = column_names([cell.strip() for cell in _cells(opening.lstrip("\ufeff"), sign)], _COLUMNS)
    for at in range(head + 1, len(lines)):
        cells = dict(zip(names, _cells(lines[at], sign), strict=False))
        if _is_day(cells.get("date", ""), day):
            noted = [
                {"done": done}.get(name, rating if name.lower().startswith("spasm") else cells.get(name, ""))
                for name in names
            ]
            out = io.StringIO(newline="")
            csv.writer(out, delimiter=sign, lineterminator="").writerow(noted)
            ending = lines[at][len(lines[at].rstrip("\r\n")) :]
            return "".join([*lines[:at], out.getvalue() + ending, *lines[at + 1 :]])
    raise FormatError(**said("plan_other_day", day=day))


def _cells(line: str, sign: str) -> list[str]:
    return next(csv.reader([line.rstrip("\r\n")], delimiter=sign), [])


def _is_day(text: str, day: date) -> bool:
    try:
        return day_of(text) == day
    except ValueError:
        return False


def _day(table: Table, line: int, cells: Mapping[str, str], today: date) -> date | None:
    try:
        return day_of(cells.get("date", ""), table.order, today)
    except ValueError as error:
        table.found.add(line, "date", f"{error} {clause('left_row')}")
        return None


def _noted(
    table: Table, line: int, cells: Mapping[str, str], rating_column: str, to_come: date | None
) -> tuple[bool | None, float | None]:
    """What was done and the rating; nothing of a day to come, which stays since the lot drew it with the others."""
    if to_come is not None:
        if cells.get("done") or cells.get(rating_column):
            table.found.add(line, "date", f"{clause('day_to_come', day=to_come)} {clause('left_open')}", "value")
        return None, None
    done: bool | None = None
    if cells.get("done", ""):
        try:
            done = yes_no(cells["done"])
        except ValueError as error:
            table.found.add(line, "done", f"{error} {clause('left_open')}", "value")
    return done, table.number(line, cells, rating_column, 0, 10, clause("rating_hint"), unit="0-10")
