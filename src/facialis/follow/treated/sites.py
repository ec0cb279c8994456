"""Where injections were given, as entered, on the face map of ``treatments.yaml``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Literal

from facialis.core.knowledge import load
from facialis.core.person.casefile import Casefile, Treatment
from facialis.core.person.course import Site

__all__ = ["find_sites"]

_Side = Literal["left", "right"]

_SIDE = re.compile(r"\b(left|right)\b")
_UNITS = re.compile(r"^(.*\S)[\s:]+(\d{1,4}(?:\.\d+)?)\s*(?:U|E|I\.?E\.?|units?|Einheiten)\.?$", re.IGNORECASE)


def find_sites(casefile: Casefile) -> tuple[Site, ...]:
    """Each site of each injection, in order: a key, name or word of the map, with its side; none is left out.

    A site entered without ``left`` or ``right`` lies on the side that the history names. Units may stand behind a site,
    as in ``zygomaticus left 2.5 U``; they belong to the product, and are never converted.
    """
    told = casefile.person.text("side")
    own: _Side | None = "left" if told == "left" else "right" if told == "right" else None
    return tuple(_site(row, text, own) for row in casefile.given("toxin") for text in row.sites)


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[^\w']+|_", " ", text.casefold()).split())


@cache
def _known() -> Mapping[str, str]:
    """Words of the map and their keys."""
    known: dict[str, str] = {}
    for key, row in load("treatments.yaml")["sites"].items():
        known |= {_plain(word): str(key) for word in (str(key), row["name"], *row["words"])}
    return known


def _site(given: Treatment, entered: str, own: _Side | None) -> Site:
    parted = _UNITS.match(entered)
    plain = _plain(parted[1] if parted else entered)
    side = _SIDE.search(plain)
    key = _known().get(" ".join(_SIDE.sub(" ", plain).split()), "")
    row = load("treatments.yaml")["sites"][key] if key else None
    return Site(
        day=given.day,
        entered=entered,
        key=key,
        name=entered if row is None else row["name"],
        side=own if side is None else ("left" if side[1] == "left" else "right"),
        x=None if row is None else float(row["x"]),
        y=None if row is None else float(row["y"]),
        units=float(parted[2]) if parted else None,
    )
