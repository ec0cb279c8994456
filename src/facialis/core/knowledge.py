"""Data files with their references: regions, wording, thresholds; and the language that is spoken.

Every statement, threshold and sentence that is shown to a person is a row of a YAML file under ``facialis/data``
that names its source by a key of ``references.yaml``. A row without one is refused. Sentences stand in
``wording*.yaml``; their translations, by the same keys, in files of the same name in a folder named after the language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from importlib import resources
from typing import Any

from facialis.core.errors import KnowledgeError

__all__ = [
    "LANGUAGES",
    "column_key",
    "data_bytes",
    "figure",
    "language",
    "load",
    "plain_name",
    "references",
    "sentences",
    "spoken",
    "translation",
    "why_words",
    "wording",
]

LANGUAGES = ("en", "de")

# Only words hang on it, never a number.
_SPOKEN: ContextVar[str] = ContextVar("language", default="en")


def data_bytes(name: str) -> bytes:
    """Contents of a file under ``facialis/data``; KnowledgeError if there is none."""
    path = resources.files("facialis") / "data" / name
    try:
        return path.read_bytes()
    except OSError as error:
        raise KnowledgeError(
            f"The data file {name} is missing from the installation.", advice="Install facialis again."
        ) from error


@cache
def load(name: str) -> Mapping[str, Any]:
    """The parsed YAML file ``name`` as a mapping; KnowledgeError if it is broken or cites an unknown source."""
    content = _parsed(data_bytes(name), name)
    if not isinstance(content, dict):
        raise KnowledgeError(f"The data file {name} is not a mapping.")
    if name != "references.yaml":
        unknown = sorted(set(_cited(content)) - set(references()))
        if unknown:
            raise KnowledgeError(f"The data file {name} cites unknown sources: {', '.join(unknown)}.")
    return content


def _parsed(content: bytes, name: str) -> Any:
    """What a YAML file holds; the parser is loaded when the first sentence is said."""
    import yaml

    # The loader in C reads the same ten times as fast; where it was not built the other does.
    loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(content, Loader=loader)
    except yaml.YAMLError as error:
        raise KnowledgeError(f"The data file {name} is not valid YAML: {error}.") from error


def _cited(node: object) -> list[str]:
    if isinstance(node, dict):
        found = [str(key) for key in node.get("references", [])]
        return found + [key for value in node.values() for key in _cited(value)]
    if isinstance(node, list):
        return [key for value in node for key in _cited(value)]
    return []


def references() -> Mapping[str, Any]:
    """Every source facialis cites, by key."""
    return load("references.yaml")


@contextmanager
def language(code: str) -> Iterator[None]:
    """Within it, `wording` speaks this language; KnowledgeError if there is no such one."""
    if code not in LANGUAGES:
        raise KnowledgeError(f"There is no language {code!r}.", advice=f"There are {', '.join(LANGUAGES)}.")
    before = _SPOKEN.set(code)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def spoken() -> str:
    """The language that `wording` speaks now, as its two letters."""
    return _SPOKEN.get()


@cache
def sentences() -> Mapping[str, Any]:
    """All rows of ``wording*.yaml``, by key; KnowledgeError if a key stands in two files."""
    rows: dict[str, Any] = {}
    folder = resources.files("facialis") / "data"
    for name in sorted(f.name for f in folder.iterdir() if f.name.startswith("wording") and f.name.endswith(".yaml")):
        content = load(name)
        twice = sorted(set(rows) & set(content))
        if twice:
            raise KnowledgeError(f"{name} has sentences that stand in another file: {', '.join(twice)}.")
        rows.update(content)
    return rows


@cache
def translation(name: str, code: str) -> Mapping[str, Any]:
    """What a file named ``name`` says in another language; empty for English, or where nothing is translated."""
    folder = resources.files("facialis") / "data" / code
    if code == "en" or not (folder / name).is_file():
        return {}
    content = _parsed((folder / name).read_bytes(), f"{code}/{name}")
    return content if isinstance(content, dict) else {}


@cache
def _translated(code: str) -> Mapping[str, str]:
    folder = resources.files("facialis") / "data" / code
    if code == "en" or not folder.is_dir():
        return {}
    rows: dict[str, str] = {}
    for file in folder.iterdir():
        if file.name.startswith("wording") and file.name.endswith(".yaml"):
            rows.update(translation(file.name, code))
    return rows


def wording(key: str, **values: object) -> str:
    """The sentence ``key`` in the language spoken, ``{placeholders}`` filled; KnowledgeError if there is none.

    What is not translated is said in English.
    """
    try:
        text = str(_translated(_SPOKEN.get()).get(key) or sentences()[key]["text"])
        return text.format(**values)
    except (KeyError, TypeError, IndexError, ValueError) as error:
        raise KnowledgeError(f"The wording has no complete sentence {key!r}: {error}.") from error


def figure(number: str) -> str:
    """A number that Python wrote, with the decimal mark of the language spoken: ``0.5``, in German ``0,5``."""
    return number.replace(".", wording("decimal_mark"))


def why_words(why_not: str) -> str:
    """The reason why a measure has no value, as ``session.json`` gives it in English, in the language spoken."""
    key = next((key for key, row in sentences().items() if key.startswith("why_") and row["text"] == why_not), None)
    return why_not if key is None else wording(key)


def column_key(name: str) -> tuple[str, str] | None:
    """``("outcomes" | "triggers", key)`` of a diary column that is known by name, else None.

    What is followed is also known by a word in the name, such as "Anfälle links".
    """
    found = _columns().get(_letters(name))
    if found is not None:
        return found
    for key, row in load("triggers.yaml")["outcomes"].items():
        if any(word in name.lower() for word in row["words"]):
            return "outcomes", key
    return None


@cache
def _columns() -> Mapping[str, tuple[str, str]]:
    rows = load("triggers.yaml")
    return {
        _letters(n): (kind, key)
        for kind in ("outcomes", "triggers")
        for key, row in rows[kind].items()
        for n in (key, *row["names"])
    }


def _letters(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.lower())


def plain_name(name: str) -> str:
    """What a diary column is called in the language spoken; the person's own word where it is not known."""
    found = column_key(name)
    return str(load("triggers.yaml")[found[0]][found[1]]["label"][spoken()]) if found else name
