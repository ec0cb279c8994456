"""What the page tells of a film that it made: its blocks, and how it was recorded. Nothing of it is taken on trust."""

from __future__ import annotations

import json
import math
from typing import Any

from facialis.app.filming.protocol import block_names

__all__ = ["NotUnderstood", "read_blocks", "read_capture"]

_MOST_BLOCKS = 100  # chosen: a protocol has fewer than ten; 20 - 1,000
_MOST_S = 6 * 3600.0  # as long as any film that is measured
_NUMBERS = ("rate_bps", "width_px", "height_px", "frame_rate_hz", "frames", "frames_lost", "copied_share")
_WORDS = ("codec", "camera")
_MOST_WORD = 200


class NotUnderstood(Exception):
    """What was told has another form."""


def read_blocks(text: str) -> list[dict[str, Any]]:
    """Blocks from JSON: known names, seconds from the first frame, each with a length, in order.

    Raises
    ------
    NotUnderstood
        They are something else.
    """
    rows = _read(text, list)
    if len(rows) > _MOST_BLOCKS:
        raise NotUnderstood
    return sorted((_block(row) for row in rows), key=lambda row: float(row["start_s"]))


def _block(row: object) -> dict[str, Any]:
    if not isinstance(row, dict) or row.get("name") not in block_names():
        raise NotUnderstood
    start_s, stop_s = _number(row.get("start_s")), _number(row.get("stop_s"))
    if not 0 <= start_s < stop_s <= _MOST_S:
        raise NotUnderstood
    return {"name": row["name"], "start_s": start_s, "stop_s": stop_s}


def read_capture(text: str) -> dict[str, Any]:
    """How a film was recorded, from JSON: numbers and short words, nothing else.

    Raises
    ------
    NotUnderstood
        It is something else.
    """
    told = _read(text, dict)
    numbers = {key: _number(told[key]) for key in _NUMBERS if told.get(key) is not None}
    words = {key: str(told[key])[:_MOST_WORD] for key in _WORDS if told.get(key)}
    return {**words, **numbers}


def _read(text: str, kind: type[Any]) -> Any:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise NotUnderstood from None
    if not isinstance(found, kind):
        raise NotUnderstood
    return found


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value) or value < 0:
        raise NotUnderstood
    return float(value)
