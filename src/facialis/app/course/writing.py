"""An answer as bytes and back: records, days and arrays by name, nothing that could be run."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from types import MappingProxyType, ModuleType
from typing import Any

import numpy as np

from facialis.core.person import answer, articles, casefile, course, guidance

__all__ = ["answer_as_bytes", "answer_of_bytes"]

_ROOMS: tuple[ModuleType, ...] = (answer, articles, casefile, course, guidance)


@cache
def _kinds() -> Mapping[str, type]:
    return MappingProxyType(
        {
            name: kind
            for room in _ROOMS
            for name, kind in vars(room).items()
            if isinstance(kind, type) and is_dataclass(kind) and kind.__module__ == room.__name__
        }
    )


def answer_as_bytes(said: answer.Answer) -> bytes:
    """An answer to be kept.

    Raises
    ------
    TypeError
        It holds something for which there is no form.
    """
    return zlib.compress(json.dumps(_plain(said), ensure_ascii=False, separators=(",", ":")).encode(), 6)


def answer_of_bytes(raw: bytes) -> answer.Answer:
    """The answer that was kept: equal to what it was in every number, day and word.

    Raises
    ------
    ValueError
        It was written by a facialis whose answers have another form, or is damaged.
    """
    try:
        made = _whole(json.loads(zlib.decompress(raw)))
    except (zlib.error, ValueError, LookupError, TypeError) as error:
        raise ValueError("no answer of this facialis") from error
    if not isinstance(made, answer.Answer):
        raise ValueError("no answer")
    return made


def _plain(value: object) -> Any:
    if isinstance(value, np.ndarray):
        return {"array": value.ravel().tolist(), "shape": list(value.shape)}
    if isinstance(value, np.generic):
        return value.item()
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if isinstance(value, (tuple, list)):
        return [_plain(part) for part in value]
    if isinstance(value, Mapping):
        return {"map": [[key, _plain(part)] for key, part in value.items()]}
    name = type(value).__name__
    if _kinds().get(name) is not type(value):
        raise TypeError(f"there is no form for {name}")
    assert is_dataclass(value)
    return {"is": name, "of": {f.name: _plain(getattr(value, f.name)) for f in fields(value)}}


def _whole(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_whole(part) for part in value)
    if not isinstance(value, dict):
        return value
    if "is" in value:
        return _kinds()[value["is"]](**{name: _whole(part) for name, part in value["of"].items()})
    if "day" in value:
        return date.fromisoformat(value["day"])
    if "array" in value:
        return np.array(value["array"], float).reshape(value["shape"])
    return {key: _whole(part) for key, part in value["map"]}
