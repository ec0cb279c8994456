"""Numbers as spreadsheets of several countries write them: a column decides as a whole what its marks mean.

``9.876`` is nearly ten in one country and nearly ten thousand in another. What the column proves counts for all of it;
what nothing proves is refused, never guessed.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal

import numpy as np

from facialis.files.tables.spelling import unit_words

__all__ = ["Amounts", "amount", "marks_of", "read_amounts"]

Mark = Literal["thousands", "decimal", ""]

_FEWEST_OPEN = 2  # chosen: one "9.876" among whole numbers may be a slip of the pen; 2 - 4
_GAP = "[ \u00a0\u2007\u2009\u202f'\u2019\u02bc\u00b4`]"  # spaces of all widths and apostrophes part thousands only
_GAPS = re.compile(rf"\d{{1,3}}(?:{_GAP}\d{{3}})+(?:([.,])\d+)?")
_BOTH = re.compile(r"\d{1,3}(?:([.,])\d{3})+(?!\1)([.,])\d+")
_SEVERAL = re.compile(r"[1-9]\d{0,2}(?:([.,])\d{3})(?:\1\d{3})+")
_OPEN = re.compile(r"[1-9]\d{0,2}([.,])\d{3}")
_DECIMAL = re.compile(r"\d*([.,])\d*")
_SIGNED = re.compile(r"([-+\u2212\u2013]?)\s?(.*)", re.DOTALL)
_WORDED = re.compile(r"(.*?[\d.,])\s*([^\W\d_]+\.?|%|/10)")
_CLOCK = re.compile(r"(\d{1,3})(?::|h(?=\d))(\d{2})(?::(\d{2}(?:\.\d+)?))?")
_SPELT = re.compile(r"(\d+(?:[.,]\d+)?)\s*([^\W\d_]+)\.?\s*(\d{1,2})\s*([^\W\d_]*)\.?")
_IN_S: Mapping[str, float] = {"h": 3600.0, "min": 60.0, "s": 1.0}


@dataclass(frozen=True, kw_only=True)
class Amounts:
    """The numbers of a column by line; a line that is missing held no number. NaN: it can be two numbers.

    ``open_text``: a cell that can mean two numbers where the column does not say which, else empty. ``grouped``: a cell
    whose mark was taken for one of thousands, with its number.
    """

    values: Mapping[int, float] = field(default_factory=dict)
    open_text: str = ""
    grouped: tuple[str, float] | None = None


@dataclass(kw_only=True)
class _Proof:
    """What cells say of one mark, ``.`` or ``,``."""

    thousands: bool = False
    decimal: bool = False

    @property
    def meaning(self) -> Mark:
        return "" if self.thousands == self.decimal else "thousands" if self.thousands else "decimal"


@lru_cache(maxsize=4096)  # a diary of years says the same few numbers again and again
def _bare(text: str, unit: str) -> tuple[str, str]:
    """Sign and digits of a cell, without a word for its unit behind them."""
    found = _SIGNED.fullmatch(text.strip())
    sign, rest = (found[1], found[2]) if found else ("", text)
    worded = _WORDED.fullmatch(rest)
    if worded and worded[2].rstrip(".").casefold() in unit_words(unit):
        rest = worded[1].strip()
    return ("-" if sign not in ("", "+") else ""), rest


def _prove(texts: Iterable[str]) -> dict[str, _Proof]:
    proof = {".": _Proof(), ",": _Proof()}
    for text in dict.fromkeys(texts):
        if found := _GAPS.fullmatch(text):
            if found[1]:
                proof[found[1]].decimal = True
        elif found := _BOTH.fullmatch(text):
            proof[found[1]].thousands = True
            proof[found[2]].decimal = True
        elif found := _SEVERAL.fullmatch(text):
            proof[found[1]].thousands = True
        elif not _OPEN.fullmatch(text) and (found := _DECIMAL.fullmatch(text)) and len(text) > 1:
            proof[found[1]].decimal = True
    return proof


def marks_of(columns: Iterable[Iterable[str]]) -> dict[str, Mark]:
    """What ``.`` and ``,`` mean by all columns of a table together; empty where they prove nothing, or both.

    Examples
    --------
    >>> marks_of([["7,5", "8"], ["9.876"]])
    {'.': 'thousands', ',': 'decimal'}
    """
    proof = _prove(_bare(text, "")[1] for column in columns for text in column)
    dot, comma = proof["."].meaning, proof[","].meaning
    return {".": dot or _other(comma), ",": comma or _other(dot)}


def _other(mark: Mark) -> Mark:
    """What one mark means where the other is known: a spreadsheet has one of each."""
    return "" if not mark else "decimal" if mark == "thousands" else "thousands"


def read_amounts(
    cells: Mapping[int, str],
    *,
    unit: str,
    low: float,
    high: float,
    marks: Mapping[str, Mark],
    usual: Mapping[str, Mark],
) -> Amounts:
    """The numbers of one column.

    Parameters
    ----------
    cells
        What stands in it, by line; empty ones and those that mean "missing" left out.
    unit
        Its unit, as in ``diary_units.yaml``, or ``dose``; a word for it may stand behind a number, and hours and
        minutes may be written as on a clock (``7:30``, ``7 h 30``) where the unit is one of time.
    low, high
        Between which its numbers must lie: one of two readings is refused if it does not.
    marks
        What the rest of the table proves of ``.`` and ``,``.
    usual
        What they mean where nothing else says so, by the sign that parts the columns and the form of the dates. It
        gives way where its reading would not fit the other numbers in size.

    Notes
    -----
    Proved by a cell of the column (``1.234,5``, ``1.012.345``, ``7.5``), then by the bounds. Else by two hints that
    must not contradict each other: the rest of the table; and whole numbers below a thousand beside at least two that
    are marked, whose size fits theirs. With neither, ``usual``; with none of all, the column is refused.
    """
    bare = {line: _bare(text, unit) for line, text in cells.items()}
    times = {line: value for line, text in cells.items() if (value := _time(text, unit)) is not None}
    bodies = {line: body for line, (_, body) in bare.items() if line not in times}
    proof = _prove(bodies.values())
    means: dict[str, Mark] = {}
    doubt = ""
    for mark, other in ((".", ","), (",", ".")):
        open_texts = [body for body in bodies.values() if (m := _OPEN.fullmatch(body)) and m[1] == mark]
        if proof[mark].thousands and proof[mark].decimal:
            doubt = doubt or next(iter(open_texts), "") or next(b for b in bodies.values() if mark in b)
        means[mark] = proof[mark].meaning
        if means[mark] or not open_texts:
            continue
        means[mark] = _decide(mark, other, open_texts, bodies.values(), proof, (low, high), marks, usual)
        if not means[mark]:
            doubt = doubt or open_texts[0]
    values = dict(times)
    grouped = None
    for line, body in bodies.items():
        value = _value(body, means)
        if value is None:
            continue
        values[line] = math.nan if doubt else -value if bare[line][0] else value
        if grouped is None and not doubt and _is_grouped(body, means):
            grouped = (cells[line], values[line])
    return Amounts(values=values, open_text=doubt, grouped=grouped)


def _is_grouped(body: str, means: Mapping[str, Mark]) -> bool:
    """Whether a mark of thousands stands in it."""
    single = _OPEN.fullmatch(body)
    if single:
        return means[single[1]] == "thousands"
    return any(form.fullmatch(body) for form in (_GAPS, _BOTH, _SEVERAL))


def _decide(
    mark: str,
    other: str,
    open_texts: list[str],
    bodies: Iterable[str],
    proof: Mapping[str, _Proof],
    bounds: tuple[float, float],
    marks: Mapping[str, Mark],
    usual: Mapping[str, Mark],
) -> Mark:
    if proof[other].thousands:
        return "decimal"
    small = [float(text.replace(mark, ".")) for text in open_texts]
    fits = [all(bounds[0] <= value * times <= bounds[1] for value in small) for times in (1.0, 1000.0)]
    if fits[0] != fits[1]:
        return "decimal" if fits[0] else "thousands"
    beside, fitting = _beside(small, bodies)
    hints = {hint for hint in (marks.get(mark, ""), beside) if hint}
    if len(hints) > 1:
        return ""
    likely = usual.get(mark, "") if fitting or usual.get(mark) != "thousands" else ""
    return next(iter(hints), "") or likely


def _beside(small: list[float], bodies: Iterable[str]) -> tuple[Mark, bool]:
    """What whole numbers without a mark say, and whether thousands would fit them in size.

    Below a thousand they need no mark, above it they would have had one.
    """
    whole = [float(body) for body in bodies if re.fullmatch(r"\d+", body)]
    if any(value >= 1000 for value in whole):
        return "decimal", False
    whole = [value for value in whole if value > 0]
    if not whole:
        return "", True
    apart = np.log(np.median(small)) - np.log(np.median(whole))
    fitting = bool(abs(apart + np.log(1000.0)) < abs(apart))
    return ("thousands" if fitting and len(small) >= _FEWEST_OPEN else ""), fitting


def _value(body: str, means: Mapping[str, Mark]) -> float | None:
    if _GAPS.fullmatch(body):
        body = re.sub(_GAP, "", body)
    elif re.search(r"\s|_", body):
        return None
    for mark in (".", ","):
        if means[mark] == "thousands":
            if body.count(mark) and not re.fullmatch(rf"\d{{1,3}}(?:\{mark}\d{{3}})*(?:[.,]\d+)?", body):
                return None
            body = body.replace(mark, "")
    try:
        value = float(body.replace(",", "."))
    except ValueError:
        return None
    return None if math.isnan(value) else value


@lru_cache(maxsize=4096)
def _time(text: str, unit: str) -> float | None:
    """A length of time in the column's own unit, where it is written as on a clock or in another unit of time."""
    own = _IN_S.get(unit)
    if own is None:
        return None
    text = text.strip().casefold()
    if found := _CLOCK.fullmatch(text):
        first, second, third = int(found[1]), int(found[2]), found[3]
        if second > 59 or (third is not None and float(third) >= 60):
            return None
        if third is not None or unit == "h":
            return (first * 3600 + second * 60 + float(third or 0)) / own
        # On the clock of a player 1:30 is a minute and a half; of a person's minutes nobody knows.
        return float(first * 60 + second) if unit == "s" else None
    if (found := _SPELT.fullmatch(text)) and int(found[3]) < 60:
        first_s, second_s = (_seconds(found[k]) for k in (2, 4))
        if first_s == 3600 and second_s in (60, 0):
            return (float(found[1].replace(",", ".")) * first_s + float(found[3]) * 60) / own
        if first_s == 60 and second_s in (1, 0):
            return (float(found[1].replace(",", ".")) * first_s + float(found[3])) / own
        return None
    worded = _WORDED.fullmatch(text)
    if worded and re.fullmatch(r"\d+(?:[.,]\d{1,2})?", worded[1].strip()):
        other = _seconds(worded[2].rstrip("."))
        return float(worded[1].replace(",", ".")) * other / own if other else None
    return None


def _seconds(word: str) -> float:
    return next((size for unit, size in _IN_S.items() if word and word in unit_words(unit)), 0.0)


def amount(text: str) -> float:
    """One number that stands alone; ValueError where it is none, or can be two.

    Examples
    --------
    >>> amount("1'200")
    1200.0
    """
    found = read_amounts({0: text}, unit="", low=-math.inf, high=math.inf, marks={}, usual={})
    if found.open_text or not math.isfinite(found.values.get(0, math.nan)):
        raise ValueError(text)
    return found.values[0]
