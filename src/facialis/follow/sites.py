"""Where injections were given, as entered, on the face map of ``treatments.yaml``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from facialis.core.knowledge import load

__all__ = ["Site", "find_sites"]

_SIDE = re.compile(r"\b(left|right)\b")


@dataclass(frozen=True, kw_only=True)
class Site:
    """One site. ``x`` from the middle to the person's ``side``, ``y`` down from the eyes, in widths of the face.

    ``key`` empty and ``x``, ``y`` None: what was entered is not on the map, and is only to be shown as words.
    """

    entered: str
    key: str
    name: str
    side: Literal["left", "right"] | None
    x: float | None
    y: float | None


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w']+|_", " ", text.casefold()).split())


def find_sites(entered: Sequence[str]) -> tuple[Site, ...]:
    """Each site as entered (a key, name or word of the map, with ``left`` or ``right`` if wanted), none left out."""
    known: dict[str, str] = {}
    rows = load("treatments.yaml")["sites"]
    for key, row in rows.items():
        known |= {_plain(word): str(key) for word in (str(key), row["name"], *row["words"])}
    found = []
    for text in entered:
        plain = _plain(text)
        side = _SIDE.search(plain)
        key = known.get(" ".join(_SIDE.sub(" ", plain).split()), "")
        found.append(
            Site(
                entered=text,
                key=key,
                name=rows[key]["name"] if key else text,
                side=None if side is None else ("left" if side[1] == "left" else "right"),
                x=float(rows[key]["x"]) if key else None,
                y=float(rows[key]["y"]) if key else None,
            )
        )
    return tuple(found)
