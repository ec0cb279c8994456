"""A person's folder → one `Casefile`: history, sessions, treatments, diary and questionnaires up to a day.

What cannot be used is named with file, line and field, and is never left out in silence.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from facialis.core.errors import FormatError
from facialis.core.knowledge import load, spoken
from facialis.core.messages import clause, said
from facialis.core.person.casefile import TREATMENTS, Casefile, Diary, FilledForm, Person, Problem, Reply, Treatment
from facialis.core.reading import TABLE_BYTES, read_bytes, unreadable
from facialis.files import columns
from facialis.files.questions import read_questions
from facialis.files.rows import FIRST_YEAR, Findings, Table, day_of, read_table, yes_no
from facialis.files.sessions import read_sessions

__all__ = ["FILES", "read_person"]

_UNKNOWN = {"", "n/a", "na", "-", "–", "?", "null", "unknown", "unbekannt"}  # "none" is an answer
_IN_DAYS = ("duration_days", "toxin_days_ago", "decompression_days_ago")  # keys of history that grow day by day

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
    sessions = read_sessions(folder, until, back_then=back_then, problems=problems)
    return Casefile(
        name=folder.resolve().name,
        as_of=until,
        person=_person(folder / "person.yaml", problems, until, since_days=(today - until).days),
        sessions=sessions,
        treatments=_treatments(folder, problems, until, back_then=back_then),
        diary=_diary(folder, problems, until, back_then=back_then),
        forms=_forms(folder, problems, until, back_then=back_then),
        problems=tuple(problems),
        questions=read_questions(folder / "questions.txt"),
    )


# ---- history ---------------------------------------------------------------------------------------------------


class _Lines(yaml.SafeLoader):
    """Keeps the line of each key, and refuses a key that stands twice."""


def _mapping(loader: _Lines, node: yaml.MappingNode) -> dict[str, tuple[int, Any]]:
    rows: dict[str, tuple[int, Any]] = {}
    for key, value in node.value:
        name = str(loader.construct_object(key))
        if name in rows:
            raise yaml.constructor.ConstructorError(None, None, f"{name} stands twice", key.start_mark)
        rows[name] = (key.start_mark.line + 1, loader.construct_object(value, deep=True))
    return rows


def _scalar(loader: _Lines, node: yaml.ScalarNode) -> Any:
    """What the text means to YAML, or the text itself where that cannot be: its answer says then what is wrong."""
    try:
        return yaml.SafeLoader.yaml_constructors[node.tag](loader, node)
    except ValueError:  # 2025-13-45, or a number of thousands of digits
        return str(node.value)


_Lines.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
for _tag in ("int", "float", "timestamp"):
    _Lines.add_constructor(f"tag:yaml.org,2002:{_tag}", _scalar)


def _person(path: Path, problems: list[Problem], as_of: date, *, since_days: int) -> Person:
    """The history as of a day, ``since_days`` before it was told: what is counted in days was that much less."""
    if not path.exists():
        return Person()
    found = Findings(file=path.name)
    try:
        content = yaml.load(read_bytes(path, TABLE_BYTES).decode("utf-8-sig"), Loader=_Lines)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = said("person_line", name=path.name, line=mark.line + 1)["message"] if mark else path.name
        why = getattr(error, "problem", None) or said("person_yaml_why")["message"]
        raise FormatError(**said("person_not_yaml", place=place, why=why)) from error
    except OSError as error:
        raise unreadable(path, error) from error
    if content is None:
        return Person()
    if not isinstance(content, dict):
        raise FormatError(**said("person_no_list", name=path.name))
    keys = load("history.yaml")
    answers: dict[str, Reply] = {}
    for name, (line, value) in content.items():
        if name not in keys:
            found.add(line, name, f"{clause('key_unknown')} {clause('left_it')}", "value")
        elif value is not None and not (isinstance(value, str) and value.strip().lower() in _UNKNOWN):
            try:
                answer = _answer(keys[name], value, as_of + timedelta(days=since_days))
                earlier = _earlier(name, answer, as_of, since_days)
                if earlier is not None:
                    answers[name] = earlier
            except ValueError as error:
                found.add(line, name, f"{error} {clause('left_it')}", "value")
    problems.extend(found.problems)
    return Person(replies=answers)


def _earlier(name: str, answer: Reply, as_of: date, since_days: int) -> Reply | None:
    """What the answer was on the day that is asked for; None where it was not true yet."""
    if isinstance(answer, date) and answer > as_of:
        return None
    if name in _IN_DAYS and isinstance(answer, float):
        return answer - since_days if answer >= since_days else None
    return answer


def _answer(rule: Mapping[str, Any], value: object, as_of: date) -> Reply:
    kind = rule["kind"]
    # Said without the value: a few lines of YAML can stand for more than fits into memory.
    if isinstance(value, (list, dict, set)) and (
        kind in ("yes_no", "number", "date", "choice")
        or not isinstance(value, list)
        or any(isinstance(part, (list, dict, set)) for part in value)
    ):
        raise ValueError(clause("a_list"))
    if kind == "yes_no":
        return value if isinstance(value, bool) else yes_no(str(value))
    if kind == "number":
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(clause("not_number", text=repr(value)))
        if not rule["low"] <= value <= rule["high"]:
            raise ValueError(clause("answer_beyond", text=value, low=rule["low"], high=rule["high"]))
        return float(value)
    if kind == "date":
        day = _roughly(value)
        if day > as_of and (isinstance(value, date) or _first_day(value) > as_of):
            raise ValueError(clause("day_to_come", day=value))
        if day.year < FIRST_YEAR:
            raise ValueError(clause("too_early", text=value, year=FIRST_YEAR))
        return min(day, as_of)
    if kind == "choice":
        word = "none" if value is False and "none" in rule["choices"] else str(value).strip().lower()
        if word not in rule["choices"]:
            raise ValueError(clause("none_of", text=repr(value), known=", ".join(rule["choices"])))
        return word
    words = [str(v).strip().lower() for v in (value if isinstance(value, list) else str(value).split(","))]
    odd = [word for word in words if word not in rule["choices"]]
    if odd:
        raise ValueError(clause("none_of", text=", ".join(odd), known=", ".join(rule["choices"])))
    return tuple(words)


def _roughly(value: object) -> date:
    """A day; a year alone or a month alone is taken for its middle."""
    if isinstance(value, date):
        return value.date() if isinstance(value, datetime) else value
    text = str(value).strip()
    if re.fullmatch(r"(19|20)\d\d", text):
        return date(int(text), 7, 1)
    month = re.fullmatch(r"((?:19|20)\d\d)-(\d{1,2})", text)
    if month and 1 <= int(month[2]) <= 12:
        return date(int(month[1]), int(month[2]), 15)
    return day_of(text)


def _first_day(value: object) -> date:
    """The first day that ``value`` can mean: of the year or the month, where no more is said."""
    year, _, rest = str(value).strip().partition("-")
    return _roughly(value) if "-" in rest or "." in year else date(int(year), int(rest or 1), 1)


# ---- tables ----------------------------------------------------------------------------------------------------


def _open(folder: Path, table: columns.PersonTable) -> Table | None:
    path = folder / table.file
    return read_table(path, table.needed, table.known) if path.exists() else None


def _treatments(folder: Path, problems: list[Problem], as_of: date, *, back_then: bool) -> tuple[Treatment, ...]:
    table = _open(folder, columns.TREATMENTS)
    if table is None:
        return ()
    rows: list[Treatment] = []
    for line, cells in table:
        day = table.day(line, cells, as_of, back_then=back_then)
        if day is None:
            continue
        kind = cells.get("kind", "").lower()
        if kind not in TREATMENTS:
            table.found.add(
                line, "kind", f"{clause('none_of', text=repr(kind), known=', '.join(TREATMENTS))} {clause('left_row')}"
            )
            continue
        units = table.number(line, cells, "dose_units", low=1e-9, high=5000)
        rows.append(
            Treatment(
                day=day,
                kind=kind,
                product=cells.get("product", ""),
                dose_units=units,
                sites=tuple(s.strip() for s in re.split(r"[,;|]", cells.get("sites", "")) if s.strip()),
                note=cells.get("note", ""),
            )
        )
        if rows[-1] in rows[:-1]:
            table.found.add(line, "date", f"{clause('treatment_twice', day=day)} {clause('left_row')}")
            rows.pop()
    problems.extend(table.found.problems)
    return tuple(sorted(rows, key=lambda row: row.day))


def _diary(folder: Path, problems: list[Problem], as_of: date, *, back_then: bool) -> Diary:
    table = _open(folder, columns.DIARY)
    if table is None or not table.header:
        return Diary()
    labels = [name for name in table.header if name and name not in ("date", "note", "notes")]
    parsed = [_heading(label) for label in labels]
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
            _cell(table, line, cells, label, unit, limits) for label, (_, unit) in zip(labels, parsed, strict=True)
        ]
    problems.extend(table.found.problems)
    order = sorted(days)
    values = np.array([days[day] for day in order], float).reshape(len(order), len(names))
    return Diary(columns=tuple(names), units=tuple(u for _, u in parsed), days=tuple(order), values=values)


def _heading(label: str) -> tuple[str, str]:
    """``stress (0-10)`` → ``stress`` and ``0-10``; a unit that is known under another name gets its own."""
    match = re.fullmatch(r"(.*?)\s*[(\[]([^)\]]*)[)\]]", label)
    name, unit = (match[1].strip() or label, match[2].strip()) if match else (label, "")
    for own, row in load("diary_units.yaml").items():
        if unit.lower() == own or unit.lower() in row["also"]:
            return name, own
    return name, unit


def _cell(table: Table, line: int, cells: Mapping[str, str], label: str, unit: str, limits: Mapping[str, Any]) -> float:
    if unit == "yes/no" and cells.get(label, "").strip():
        try:
            return float(yes_no(cells[label]))
        except ValueError as error:
            table.found.add(line, label, f"{error} {clause('left_value')}", "value")
            return float("nan")
    rule = limits.get(unit, {"low": -1e12, "high": 1e12, "hint": ""})
    value = table.number(line, cells, label, rule["low"], rule["high"], rule["hint"][spoken()] if rule["hint"] else "")
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
    for line, cells in table:
        day = table.day(line, cells, as_of, back_then=back_then)
        if day is None:
            continue
        instrument = re.sub(r"[^a-z0-9]", "", cells.get("instrument", "").lower())
        if not instrument:
            table.found.add(line, "instrument", f"{clause('no_instrument')} {clause('left_row')}")
            continue
        given = [
            table.number(line, cells, numbered[place]) if place in numbered else None
            for place in range(1, max(numbered, default=0) + 1)
        ]
        while given and given[-1] is None:
            given.pop()
        total = table.number(line, cells, "total")
        if not given and total is None:
            table.found.add(line, "total", f"{clause('no_total')} {clause('left_row')}")
            continue
        if any(r.day == day and r.instrument == instrument for r in rows):
            table.found.add(
                line, "date", f"{clause('form_twice', instrument=instrument, day=day)} {clause('left_row')}"
            )
            continue
        rows.append(FilledForm(day=day, instrument=instrument, items=tuple(given), total=total))
    problems.extend(table.found.problems)
    return tuple(sorted(rows, key=lambda row: row.day))
