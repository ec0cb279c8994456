"""Names of columns and answers as people write them, in both languages; and the nearest word for what is not known."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from functools import cache

from facialis.core.knowledge import load
from facialis.core.messages import clause

__all__ = ["answer_of", "column_names", "nearest", "plainly", "unit_words", "yes_no"]

_WORDS = "table_words.yaml"
_ALIKE = 0.7  # chosen: "usable minuts" and "Zuckungn" are offered, "limit" for "limit_iod" as well; 0.6 - 0.8


def plainly(text: str) -> str:
    """Small letters, digits and signs of their own, without accents, spaces, hyphens and what stands in brackets."""
    bare = unicodedata.normalize("NFKD", re.sub(r"[(\[][^)\]]*[)\]]", "", text).casefold().replace("ß", "ss"))
    return re.sub(r"[\s_\-.:/]+", "", "".join(c for c in bare if not unicodedata.combining(c)))


def column_names(header: Sequence[str], known: Iterable[str], numbered: str = "") -> tuple[str, ...]:
    """The header with our name in the place of every other word for a column; any other name stays as it is.

    Parameters
    ----------
    header
        As it was written.
    known
        The columns that are read.
    numbered
        The beginning of numbered columns, as ``item_`` of ``item_12``; empty: there are none.

    Notes
    -----
    A name of our own goes before another word for it: beside ``date`` a column ``day`` is one of the person's own.

    Examples
    --------
    >>> column_names(["Datum", "Kaffee"], ["date"])
    ('date', 'Kaffee')
    """
    ours = tuple(known)
    named = [next((name for name in ours if plainly(name) == plainly(cell)), cell) for cell in header]
    for k, cell in enumerate(header):
        if named[k] in ours:
            continue
        meant = _meant(cell, ours, numbered)
        if meant is not None and meant not in named:
            named[k] = meant
    return tuple(named)


def _meant(cell: str, ours: tuple[str, ...], numbered: str) -> str | None:
    word, columns = plainly(cell), load(_WORDS)["columns"]
    found = re.fullmatch(r"([^\d]+)([1-9]\d{0,2})", word) if numbered else None
    if found and found[1] in (plainly(numbered), *map(plainly, columns[numbered]["words"])):
        return f"{numbered}{found[2]}"
    return next((n for n in ours if n in columns and word in map(plainly, columns[n]["words"])), None)


def nearest(word: str, known: Iterable[str]) -> str:
    """A sentence that asks for the most similar of the known words; empty where none is similar."""
    names: dict[str, str] = {}
    rows = {**load(_WORDS)["columns"], **load(_WORDS)["answers"]}
    for name in known:
        names |= {plainly(other): name for other in (name, *rows.get(name, {"words": ()})["words"])}
    found = difflib.get_close_matches(plainly(word), [n for n in names if len(n) > 2], n=1, cutoff=_ALIKE)
    return clause("word_meant", name=names[found[0]]) if found else ""


def answer_of(text: str, choices: Iterable[str]) -> str:
    """The answer that is meant; ValueError names those there are, and the nearest, where it is none of them.

    Examples
    --------
    >>> answer_of("Links", ["left", "right"])
    'left'
    """
    known = tuple(choices)
    word = plainly(text)
    for name in known:
        if word == plainly(name) or word in map(plainly, load(_WORDS)["answers"].get(name, {"words": ()})["words"]):
            return name
    message = clause("none_of", text=repr(text), known=", ".join(known))
    raise ValueError(f"{message} {nearest(text, known)}".strip())


def yes_no(text: str) -> bool:
    """True or False from yes/no, true/false, 1/0, ja/nein, wahr/falsch, a tick or a cross; ValueError otherwise."""
    word = text.strip().casefold()
    if word in _answers("yes"):
        return True
    if word in _answers("no"):
        return False
    message = clause("yes_or_no", text=repr(text))
    raise ValueError(f"{message} {nearest(text, ('yes', 'no'))}".strip())


@cache
def _answers(name: str) -> frozenset[str]:
    return frozenset(load(_WORDS)["answers"][name]["words"])


def unit_words(unit: str) -> frozenset[str]:
    """Words that may stand behind a number of this unit; empty where none is known."""
    rows: Mapping[str, Mapping[str, list[str]]] = load(_WORDS)["units"]
    return frozenset(rows[unit]["words"]) if unit in rows else frozenset()
