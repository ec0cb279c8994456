"""Muscles of the face on which an injection is written down: their names, and where they lie in the drawing.

Where something was injected is written as ``zygomaticus left 2.5 U``, and read by `facialis.follow.treated.sites`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from facialis.core.knowledge import load, wording
from facialis.core.person.casefile import Casefile, Treatment
from facialis.follow.treated.sites import find_sites

__all__ = ["SIDES", "Muscle", "muscles", "parted_sites", "sites_written"]

SIDES = ("right", "left")
"""As one sees a person: their right is on the left of the picture."""

_MIDDLE_PX, _EYES_PX, _WIDE_PX = 150.0, 150.0, 200.0  # of the drawing in ``face.html``


@dataclass(frozen=True, kw_only=True)
class Muscle:
    """A muscle of the map in the language spoken, with its place in the drawing on each side."""

    key: str
    name: str
    right_px: tuple[float, float]
    left_px: tuple[float, float]


def muscles() -> tuple[Muscle, ...]:
    """All of them, from the forehead down."""
    rows = sorted(load("treatments.yaml")["sites"].items(), key=lambda item: item[1]["y"])
    made = []
    for key, row in rows:
        across, down = _WIDE_PX * row["x"], _EYES_PX + _WIDE_PX * row["y"]
        made.append(
            Muscle(
                key=key,
                name=wording(f"app_site_{key}"),
                right_px=(_MIDDLE_PX - across, down),
                left_px=(_MIDDLE_PX + across, down),
            )
        )
    return tuple(made)


@cache
def _order() -> tuple[str, ...]:
    return tuple(load("treatments.yaml")["sites"])


def sites_written(units: Mapping[tuple[str, str], str], others: str) -> str:
    """The cell of the table: each muscle with its side and units, then what was written in words."""
    made = [f"{key} {side} {units[key, side]} U" for key in _order() for side in SIDES if units.get((key, side))]
    return "; ".join([*made, *_parts(others)])


def parted_sites(written: str) -> tuple[dict[tuple[str, str], str], str]:
    """Units by muscle and side, and all that is not on the map or has no units, as it was written."""
    units: dict[tuple[str, str], str] = {}
    others: list[str] = []
    for part in _parts(written):
        found = find_sites(
            Casefile(name="", as_of=date.max, treatments=(Treatment(day=date.min, kind="toxin", sites=(part,)),))
        )[0]
        if found.key and found.side and found.units is not None and (found.key, found.side) not in units:
            units[found.key, found.side] = f"{found.units:g}"
        else:
            others.append(part)
    return units, "; ".join(others)


def _parts(written: str) -> Iterable[str]:
    return [part.strip() for part in re.split(r"[,;|]", written) if part.strip()]
