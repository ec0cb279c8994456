"""``questions.txt`` of a person's folder: their own questions for the visit."""

from __future__ import annotations

from pathlib import Path

from facialis.core.reading import TABLE_BYTES, read_bytes

__all__ = ["read_questions"]

_MOST = 20  # chosen: more fit on no page


def read_questions(path: Path) -> tuple[str, ...]:
    """One question per line, the first 20; empty where the file is missing or cannot be read."""
    try:
        text = read_bytes(path, TABLE_BYTES).decode("utf-8-sig", errors="replace")
    except OSError:
        return ()
    return tuple(line.strip() for line in text.splitlines() if line.strip())[:_MOST]
