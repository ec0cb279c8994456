"""What a person says about themselves: ``person.yaml`` → `Person`, and their own questions for the visit.

What cannot be used is named with line and key, and is never left out in silence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from facialis.core.errors import FormatError
from facialis.core.knowledge import load
from facialis.core.messages import clause, said
from facialis.core.person.casefile import Person, Problem, Reply
from facialis.core.person.written_days import span_of
from facialis.core.reading import TABLE_BYTES, read_bytes, unreadable
from facialis.files.rows import Findings, yes_no

__all__ = ["read_history", "read_questions"]

_UNKNOWN = {"", "n/a", "na", "-", "–", "?", "null", "unknown", "unbekannt"}  # "none" is an answer
_IN_DAYS = ("duration_days", "toxin_days_ago", "decompression_days_ago")  # keys of history that grow day by day
_ANSWERED = "answered_on"  # the key that says on which day these days were counted
_MOST_QUESTIONS = 20  # chosen: more fit on no page


class _Lines(yaml.SafeLoader):
    """Keeps the line of each key, and refuses a key that stands twice."""


def _mapping(loader: _Lines, node: yaml.MappingNode) -> dict[str, tuple[int, Any]]:
    rows: dict[str, tuple[int, Any]] = {}
    for key, value in node.value:
        name = str(loader.construct_object(key))
        if name in rows:
            raise yaml.constructor.ConstructorError(None, None, clause("key_twice", name=name), key.start_mark)
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


def read_history(path: Path, until: date, *, today: date, problems: list[Problem]) -> Person:
    """The history as of ``until``; what cannot be used is added to ``problems``. Empty where there is no such file.

    What is counted in days was counted on the day ``answered_on``, or else on the day the file was last changed; it is
    as many days more or less on the day that is asked for.

    Raises
    ------
    FormatError
        Nothing of the file can be used.
    """
    if not path.exists():
        return Person()
    found = Findings(file=path.name)
    content = _content(path)
    keys = load("history.yaml")
    answers: dict[str, Reply] = {}
    lines: dict[str, int] = {}
    for name, (line, value) in content.items():
        if name not in keys:
            found.add(line, name, f"{clause('key_unknown')} {clause('left_it')}", "value")
        elif value is not None and not (isinstance(value, str) and value.strip().lower() in _UNKNOWN):
            try:
                answers[name], lines[name] = _answer(keys[name], value, today), line
            except ValueError as error:
                found.add(line, name, f"{error} {clause('left_it')}", "value")
    counted = [name for name in _IN_DAYS if name in answers and not isinstance(answers[name], date)]
    told = answers.pop(_ANSWERED, None)
    changed = min(date.fromtimestamp(path.stat().st_mtime), today)  # noqa: DTZ012 - a person's own calendar day
    answered = told if isinstance(told, date) else changed
    if counted and told is None and changed < today:
        found.add(
            lines[counted[0]],
            counted[0],
            clause("answered_when", day=changed, name=_ANSWERED),
            "",
        )
    problems.extend(found.problems)
    earlier = {name: _earlier(name, answer, until, answered) for name, answer in answers.items()}
    return Person(replies={name: answer for name, answer in earlier.items() if answer is not None})


def _content(path: Path) -> Mapping[str, tuple[int, Any]]:
    try:
        content = yaml.load(read_bytes(path, TABLE_BYTES).decode("utf-8-sig"), Loader=_Lines)
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = clause("person_line", name=path.name, line=mark.line + 1) if mark else path.name
        why = getattr(error, "problem", None) or clause("person_yaml_why")
        raise FormatError(**said("person_not_yaml", place=place, why=why)) from error
    except OSError as error:
        raise unreadable(path, error) from error
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise FormatError(**said("person_no_list", name=path.name))
    return content


def _earlier(name: str, answer: Reply, until: date, answered: date) -> Reply | None:
    """What the answer was on the day that is asked for; None where it was not true yet."""
    if name in _IN_DAYS and isinstance(answer, (float, date)):
        days = (until - answer).days if isinstance(answer, date) else answer + (until - answered).days
        return float(days) if days >= 0 else None
    return None if isinstance(answer, date) and answer > until else answer


def _answer(rule: Mapping[str, Any], value: object, today: date) -> Reply:
    kind = rule["kind"]
    # Said without the value: a few lines of YAML can stand for more than fits into memory.
    if isinstance(value, (list, dict, set)) and (
        kind != "choices" or not isinstance(value, list) or any(isinstance(part, (list, dict, set)) for part in value)
    ):
        raise ValueError(clause("a_list"))
    if kind == "yes_no":
        return value if isinstance(value, bool) else yes_no(str(value))
    if kind == "days" and not isinstance(value, (int, float)):
        return _day(value, today)
    if kind in ("number", "days"):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ValueError(clause("not_number", text=repr(value)))
        if not rule["low"] <= value <= rule["high"]:
            raise ValueError(clause("answer_beyond", text=value, low=rule["low"], high=rule["high"]))
        return float(value)
    if kind == "yes_no_date":
        return _yes_no_or_day(value, today)
    if kind == "date":
        return _day(value, today)
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


def _yes_no_or_day(value: object, today: date) -> Reply:
    if isinstance(value, bool):
        return value
    try:
        return yes_no(str(value))
    except ValueError:
        pass
    try:
        return _day(value, today)
    except ValueError as error:
        raise ValueError(f"{error} {clause('yes_no_too')}") from None


def _day(value: object, today: date) -> date:
    """A day; of a month or a year alone, the middle."""
    if isinstance(value, datetime):
        value = value.date()
    text = value.isoformat() if isinstance(value, date) else str(value)
    first, last = span_of(text, today=today)
    if first > today:
        raise ValueError(clause("day_to_come", day=value))
    middle = first if first == last else first.replace(month=7) if first.month != last.month else first.replace(day=15)
    return min(middle, today)


def read_questions(path: Path) -> tuple[str, ...]:
    """One question per line of ``questions.txt``, the first 20; empty where it is missing or cannot be read."""
    try:
        text = read_bytes(path, TABLE_BYTES).decode("utf-8-sig", errors="replace")
    except OSError:
        return ()
    return tuple(line.strip() for line in text.splitlines() if line.strip())[:_MOST_QUESTIONS]
