"""What a person says about themselves: ``person.yaml`` → `Person`, and their own questions for the visit.

What cannot be used is named with line and key, and is never left out in silence.
"""

from __future__ import annotations

import os
import re
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
from facialis.core.reading import TABLE_BYTES, as_text, read_bytes, unreadable
from facialis.files.tables.amounts import amount
from facialis.files.tables.findings import Findings
from facialis.files.tables.spelling import answer_of, nearest, yes_no

__all__ = ["read_history", "read_questions"]

_UNKNOWN = {"", "n/a", "na", "-", "–", "?", "null", "unknown", "unbekannt"}  # "none" is an answer
_IN_DAYS = ("duration_days", "toxin_days_ago", "decompression_days_ago")  # keys of history that grow day by day
_ANSWERED = "answered_on"  # the key that says on which day these days were counted
_MOST_BYTES = 1_000_000  # chosen: an hour of typing has 0.02 MB, and YAML is read slowly; 0.2 - 5 MB
_OTHER_BASE = re.compile(
    r"[-+]?(0[\d_]+|0[xXbBoO].*|\d[\d_]*(:[0-5]?\d)+(\.[\d_]*)?)"
)  # 0120 is 80 to YAML, 1:30 is 90
_OPEN = re.compile(r"[-+]?[1-9]\d{0,2}\.\d{3}")  # a little more than one, or a thousand and some, as in a table
_DAYS = re.compile(r"\s*(days?|d|tagen?|tage)\.?$", re.IGNORECASE)
_NUMERIC = re.compile(rf"({_OTHER_BASE.pattern})|({_OPEN.pattern})|\d+(['\u2019 \u00a0\u202f,]\d+)*")
_MOST_QUESTIONS = 20  # chosen: more fit on no page


class _Lines(yaml.SafeLoader):
    """Keeps the line of each key, refuses a key that stands twice, and takes numbers as people mean them."""


def _mapping(loader: _Lines, node: yaml.MappingNode) -> dict[str, tuple[int, Any]]:
    rows: dict[str, tuple[int, Any]] = {}
    for key, value in node.value:
        if not isinstance(key, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, clause("person_key"), key.start_mark)
        name = str(loader.construct_object(key))
        if name in rows:
            raise yaml.constructor.ConstructorError(None, None, clause("key_twice", name=name), key.start_mark)
        rows[name] = (key.start_mark.line + 1, loader.construct_object(value, deep=True))
    return rows


def _scalar(loader: _Lines, node: yaml.ScalarNode) -> Any:
    """What the text means to YAML, or the text itself where people mean another: its answer says what is wrong."""
    if not node.tag.endswith("timestamp") and (_OTHER_BASE.fullmatch(node.value) or _OPEN.fullmatch(node.value)):
        return str(node.value)
    try:
        return yaml.SafeLoader.yaml_constructors[node.tag](loader, node)
    except ValueError:  # 2025-13-45, or a number of thousands of digits
        return str(node.value)


def _tagged(_loader: _Lines, node: yaml.Node) -> Any:
    raise yaml.constructor.ConstructorError(None, None, clause("person_tag", tag=node.tag[:60]), node.start_mark)


_Lines.add_constructor(None, _tagged)
for _tag in ("binary", "omap", "pairs", "set"):
    _Lines.add_constructor(f"tag:yaml.org,2002:{_tag}", _tagged)
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
    if not os.path.lexists(path):
        return Person()
    found = Findings(file=path.name)
    content = _content(path)
    keys = load("history.yaml")
    answers: dict[str, Reply] = {}
    lines: dict[str, int] = {}
    for name, (line, value) in content.items():
        if name not in keys:
            offered = f"{clause('key_unknown')} {nearest(name, keys)}".strip()
            found.add(line, name, f"{offered} {clause('left_it')}", "value")
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
        content = yaml.load(as_text(read_bytes(path, _MOST_BYTES)), Loader=_Lines)
    except (yaml.YAMLError, ValueError, RecursionError) as error:
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
    if (
        kind == "days"
        and not isinstance(value, (int, float))
        and not _NUMERIC.fullmatch(_DAYS.sub("", str(value).strip()))
    ):
        return _day(value, today)
    if kind in ("number", "days"):
        value = _number(value)
        if not rule["low"] <= value <= rule["high"]:
            raise ValueError(clause("answer_beyond", text=value, low=rule["low"], high=rule["high"]))
        return float(value)
    if kind == "yes_no_date":
        return _yes_no_or_day(value, today)
    if kind == "date":
        return _day(value, today)
    if kind == "choice":
        return (
            "none" if value is False and "none" in rule["choices"] else answer_of(str(value).strip(), rule["choices"])
        )
    words = [str(v).strip() for v in (value if isinstance(value, list) else re.split("[,;]", str(value)))]
    return tuple(dict.fromkeys(answer_of(word, rule["choices"]) for word in words if word))


def _number(value: object) -> float:
    """A number as it was meant; ValueError where it is none, or means something else to YAML than to people."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    text = _DAYS.sub("", str(value).strip())
    if _OTHER_BASE.fullmatch(text):
        raise ValueError(clause("other_base", text=repr(text)))
    if _OPEN.fullmatch(text):
        raise ValueError(clause("two_numbers", text=repr(text)))
    try:
        return amount(text)
    except ValueError:
        raise ValueError(clause("not_number", text=repr(value))) from None


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
        text = as_text(read_bytes(path, TABLE_BYTES))
    except (OSError, ValueError):
        return ()
    return tuple(line.strip() for line in text.splitlines() if line.strip())[:_MOST_QUESTIONS]
