"""A person's folder → one `Casefile`: history, sessions, treatments, diary and questionnaires up to a day.

What cannot be used is named with file, line and field, and is never left out in silence.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from facialis.core.errors import FormatError
from facialis.core.knowledge import column_key, load, spoken
from facialis.core.messages import clause, said
from facialis.core.person.casefile import Casefile, Diary, FilledForm, Problem, Treatment
from facialis.core.person.treatment_names import is_planned, named_treatment
from facialis.core.person.written_days import span_of
from facialis.files import columns
from facialis.files.history import read_history, read_questions
from facialis.files.sessions import read_sessions
from facialis.files.tables.misfits import is_code
from facialis.files.tables.rows import Table, read_table
from facialis.files.tables.spelling import unit_words, yes_no

__all__ = ["FILES", "read_person"]

_WORDED = re.compile(r"[\d.,]+\s*([^\W\d_]+|%)\.?(?:\s*\d+\s*[^\W\d_]*\.?)?")
_CLOCK = re.compile(r"\d{1,2}(?::|h)\d{2}(?::\d{2})?")
_TREATMENT_KEYS = ("toxin_", "decompression_")  # keys of history that tell of a treatment

FILES = ("person.yaml", "sessions", *(table.file for table in columns.TABLES))


def read_person(folder: Path | str, *, today: date | None = None, as_of: date | None = None) -> Casefile:
    """Read a person's folder: history, sessions, treatments, diary and questionnaires.

    Parameters
    ----------
    folder
        The folder, as ``facialis person`` makes it; ``docs/reference/person-folder.md`` describes the files.
    today
        The day on which this is asked; None: today by the local clock.
    as_of
        Answer as if it were this day: nothing later is read. None: ``today``.

    Returns
    -------
    Casefile
        Rows in order of their day. ``problems`` names every value and row that could not be used, with file, line and
        field: look at it before you conclude anything.

    Raises
    ------
    FormatError
        There is no such folder, it holds none of the files of a person's folder, or one of them cannot be used at all.

    Notes
    -----
    An answer that is missing is unknown, not no. A day without an entry in the diary is NaN.

    Examples
    --------
    >>> case = read_person("anna")  # doctest: +SKIP
    >>> len(case.sessions), case.problems  # doctest: +SKIP
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise FormatError(**said("no_folder", folder=folder))
    if not any((folder / name).exists() for name in FILES):
        raise FormatError(**said("nothing_of_person", folder=folder, known=", ".join(FILES)))
    today = today or date.today()  # noqa: DTZ011 - a person's own calendar day
    until = min(as_of or today, today)
    problems: list[Problem] = []
    if as_of is not None and as_of > today:
        problems.append(
            Problem(
                file="",
                line=0,
                field="as_of",
                left_out="",
                message=clause("as_of_to_come", day=as_of, today=today),
            )
        )
    back_then = until < today
    person = read_history(folder / "person.yaml", until, today=today, problems=problems)
    untold = [problem for problem in problems if problem.field.startswith(_TREATMENT_KEYS)]
    sessions = read_sessions(folder, until, back_then=back_then, problems=problems)
    treatments, unread = _treatments(folder, problems, until, back_then=back_then)
    return Casefile(
        name=folder.resolve().name,
        as_of=until,
        person=person,
        sessions=sessions,
        treatments=treatments,
        diary=_diary(folder, problems, until, back_then=back_then),
        forms=_forms(folder, problems, until, back_then=back_then),
        problems=tuple(problems),
        unread_treatments=(*(problem for problem in untold if problem.left_out), *unread),
        questions=read_questions(folder / "questions.txt"),
    )


# ---- tables ----------------------------------------------------------------------------------------------------


def _open(folder: Path, table: columns.PersonTable) -> Table | None:
    path = folder / table.file
    if not os.path.lexists(path):
        return None
    return read_table(path, table.needed, table.names, numbered=table.numbered, free=table.free)


def _treatments(
    folder: Path, problems: list[Problem], as_of: date, *, back_then: bool
) -> tuple[tuple[Treatment, ...], tuple[Problem, ...]]:
    """The treatments in order of their day, and those of the problems by which one is missing."""
    table = _open(folder, columns.TREATMENTS)
    if table is None:
        return (), ()
    rows: list[Treatment] = []
    there: set[Treatment] = set()
    for line, cells in table:
        words = [cells.get(name, "") for name in ("kind", "product", "note")]
        # What is planned for a day to come is no treatment yet, and no mistake either.
        days = table.days(line, cells, as_of, back_then=back_then or is_planned(" ".join(words)))
        if days is None:
            continue
        try:
            named = named_treatment(*words)
        except ValueError as error:
            table.found.add(line, "kind", f"{error} {clause('left_row')}")
            continue
        row = Treatment(
            day=days[0],
            kind=named.kind,
            product=named.product,
            latest_day=days[1] if days[1] > days[0] else None,
            change=named.change,
            dose_units=table.number(line, cells, "dose_units", low=1e-9, high=5000, unit="dose"),
            sites=tuple(s.strip() for s in re.split(r"[,;|]", cells.get("sites", "")) if s.strip()),
            note=cells.get("note", ""),
        )
        more = [item for item in (row, *_stopped(table, line, cells, row, as_of)) if item not in there]
        if not more:
            table.found.add(line, "date", f"{clause('treatment_twice', day=row.day)} {clause('counts_once')}", "")
        rows += more
        there.update(more)
    problems.extend(table.found.problems)
    unread = tuple(p for p in table.found.problems if p.left_out == "row" or p.field == "until")
    return tuple(sorted(rows, key=lambda row: row.day)), unread


def _stopped(table: Table, line: int, cells: Mapping[str, str], row: Treatment, as_of: date) -> list[Treatment]:
    """The end of a medicine, where its row has one in ``until``: a row of its own."""
    if row.kind != "drug" or not cells.get("until"):
        return []
    try:
        first, last = span_of(cells["until"], table.order, as_of)
    except ValueError as error:
        table.found.add(line, "until", f"{error} {clause('left_value')}", "value")
        return []
    if first > as_of:
        return []  # taken still, on the day that is asked for
    last = min(last, as_of)
    if last <= row.day:
        table.found.add(
            line, "until", f"{clause('not_after', day=last, first=row.day)} {clause('left_value')}", "value"
        )
        return []
    first = max(first, row.day)
    return [replace(row, day=first, latest_day=last if last > first else None, change="stopped", dose_units=None)]


def _diary(folder: Path, problems: list[Problem], as_of: date, *, back_then: bool) -> Diary:
    table = _open(folder, columns.DIARY)
    if table is None or not table.header:
        return Diary()
    labels = [name for name in table.header if name and name not in ("date", "note", "notes")]
    parsed = [
        (name, unit or _told_unit(name, table.filled(label))) for label in labels for name, unit in [_heading(label)]
    ]
    names = [name for name, _ in parsed]
    if len(set(names)) < len(names):
        raise FormatError(**said("diary_columns", name=columns.DIARY.file))
    limits = load("diary_units.yaml")
    days: dict[date, list[float]] = {}
    for line, cells in table:
        day = table.day(line, cells, as_of, back_then=back_then)
        if day is None:
            continue
        if day in days:
            table.found.add(line, "date", clause("day_twice", day=day))
            continue
        days[day] = [
            _cell(table, line, cells, label, name, unit, limits)
            for label, (name, unit) in zip(labels, parsed, strict=True)
        ]
    problems.extend(table.found.problems)
    order = sorted(days)
    values = np.array([days[day] for day in order], float).reshape(len(order), len(names))
    return Diary(columns=tuple(names), units=tuple(u for _, u in parsed), days=tuple(order), values=values)


def _heading(label: str) -> tuple[str, str]:
    """``stress (0-10)`` → ``stress`` and ``0-10``; a unit that is known under another name gets its own."""
    match = re.fullmatch(r"(.*?)\s*[(\[]([^)\]]*)[)\]]", label) or re.fullmatch(r"(.*\S)\s+in\s+(\S+)", label)
    name, unit = (match[1].strip() or label, match[2].strip()) if match else (label, "")
    for own, row in load("diary_units.yaml").items():
        if unit.lower() == own or unit.lower() in row["also"]:
            return name, own
    return name, unit


def _told_unit(name: str, cells: Mapping[int, str]) -> str:
    """The unit of a column whose header has none, where all its cells that name one name the same; else empty."""
    texts = {text.strip().casefold() for text in cells.values()}
    if texts and any(text.isalpha() for text in texts) and all(_is_answer(text) for text in texts):
        return "yes/no"
    worded = {found[1] for text in texts if (found := _WORDED.fullmatch(text))}
    unit = next((u for u in load("diary_units.yaml") if worded and worded <= unit_words(u)), "")
    clock = any(_CLOCK.fullmatch(text) for text in texts)
    return unit or ("h" if clock and column_key(name) == ("triggers", "sleep") else "")


def _is_answer(text: str) -> bool:
    try:
        yes_no(text)
    except ValueError:
        return False
    return True


def _cell(
    table: Table, line: int, cells: Mapping[str, str], label: str, name: str, unit: str, limits: Mapping[str, Any]
) -> float:
    if unit == "yes/no" and cells.get(label, "").strip():
        try:
            return float(yes_no(cells[label]))
        except ValueError as error:
            table.found.add(line, label, f"{error} {clause('left_value')}", "value")
            return float("nan")
    rule = limits.get(unit, {"low": -1e12, "high": 1e12, "hint": ""})
    hint = rule["hint"][spoken()] if rule["hint"] else ""
    # Attacks may come sixty times as often in one week as in the next; sleep or minutes of walking do not.
    steady = (unit not in limits or unit in ("h", "min")) and (column_key(name) or ("",))[0] != "outcomes"
    value = table.number(line, cells, label, rule["low"], rule["high"], hint, unit=unit, steady=steady)
    return float("nan") if value is None else value


def _forms(folder: Path, problems: list[Problem], as_of: date, *, back_then: bool) -> tuple[FilledForm, ...]:
    table = _open(folder, columns.QUESTIONNAIRES)
    if table is None:
        return ()
    numbered = {
        int(n.removeprefix(columns.QUESTIONNAIRES.numbered)): n
        for n in table.header
        if re.fullmatch(columns.QUESTIONNAIRES.number_pattern, n)
    }
    rows: list[FilledForm] = []
    there: set[tuple[date, str]] = set()
    for line, cells in table:
        day = table.day(line, cells, as_of, back_then=back_then)
        if day is None:
            continue
        instrument = re.sub(r"[^a-z0-9]", "", cells.get("instrument", "").lower())
        if not instrument:
            table.found.add(line, "instrument", f"{clause('no_instrument')} {clause('left_row')}")
            continue
        ends = _ends(instrument)
        given = [
            _answered(table, line, cells, numbered[place], *ends[0]) if place in numbered else None
            for place in range(1, max(numbered, default=0) + 1)
        ]
        while given and given[-1] is None:
            given.pop()
        total = _answered(table, line, cells, "total", *ends[1])
        if not given and total is None:
            table.found.add(line, "total", f"{clause('no_total')} {clause('left_row')}")
            continue
        if (day, instrument) in there:
            table.found.add(
                line, "date", f"{clause('form_twice', instrument=instrument, day=day)} {clause('left_row')}"
            )
            continue
        there.add((day, instrument))
        rows.append(FilledForm(day=day, instrument=instrument, items=tuple(given), total=total))
    problems.extend(table.found.problems)
    return tuple(sorted(rows, key=lambda row: row.day))


def _ends(instrument: str) -> tuple[tuple[float, float], tuple[float, float]]:
    """Between which the items and the total of a questionnaire lie; without end where it is not known."""
    row = load("questionnaires.yaml").get(instrument)
    if row is None:
        return (-math.inf, math.inf), (-math.inf, math.inf)
    low, high = (float(end) for end in row["range"])
    times = 1 if row.get("mean") else int(row["count"])
    return (low, high), (low * times, high * times)


def _answered(table: Table, line: int, cells: Mapping[str, str], name: str, low: float, high: float) -> float | None:
    """A number of a questionnaire, or None; a code for "missing" is no answer. What else is beyond is not scored."""
    value = table.number(line, cells, name, codes=math.isinf(low))
    if value is None or low <= value <= high or not is_code(value):
        return value
    table.found.add_code(line, name, cells[name].strip(), "value")
    return None
