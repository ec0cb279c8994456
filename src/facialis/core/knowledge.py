"""Data files with their references: regions, wording, thresholds.

Every statement, threshold and sentence that is shown to a person is a row of a YAML file under ``facialis/data``
that names its source by a key of ``references.yaml``. A row without one is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from facialis.core.errors import KnowledgeError

__all__ = ["data_bytes", "load", "references", "wording"]


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
    try:
        content = yaml.safe_load(data_bytes(name))
    except yaml.YAMLError as error:
        raise KnowledgeError(f"The data file {name} is not valid YAML: {error}.") from error
    if not isinstance(content, dict):
        raise KnowledgeError(f"The data file {name} is not a mapping.")
    if name != "references.yaml":
        unknown = sorted(set(_cited(content)) - set(references()))
        if unknown:
            raise KnowledgeError(f"The data file {name} cites unknown sources: {', '.join(unknown)}.")
    return content


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


def wording(key: str, **values: object) -> str:
    """The sentence ``key`` of ``wording.yaml`` with ``{placeholders}`` filled; KnowledgeError if there is none."""
    rows = load("wording.yaml")
    try:
        text = str(rows[key]["text"])
        return text.format(**values)
    except (KeyError, TypeError) as error:
        raise KnowledgeError(f"wording.yaml has no complete sentence {key!r}: {error}.") from error
