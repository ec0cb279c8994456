"""Sheets of paper: a Typst template and its words become a tagged PDF, in every script that a font can be found for.

The words are set in the fonts that come with Typst. Where these lack a sign, as in many names, the fonts of the
computer are asked; a sign that none of them has is shown as a square, and the sheet says so.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import typst

from facialis.core.errors import FacialisError
from facialis.core.knowledge import wording
from facialis.core.messages import said
from facialis.report.drawing.templates import template_text

__all__ = ["SQUARE", "Sheet", "set_sheet"]

# What the fonts that come with Typst can surely draw (tests set every one of them); other signs are tried one by one.
_DRAWN = re.compile(
    "[^\\n -~\xa0-\u04ff\u05d0-\u05ea\u1e00-\u1eff\u2010-\u2027\u2030-\u2040\u20a0-\u20bf\u2190-\u22ff]"
)
_UNBROKEN = re.compile(r"\S{30}(?=\S)")  # chosen: longer than a word of either language here; a column holds 45
SQUARE = "\N{WHITE SQUARE}"
"""What is shown for a sign that no font has."""

_TRIAL = '#set document(title: "trial")\n#set text(font: "Libertinus Serif")\n#sys.inputs.text'
_NO_LETTER = ("Cc", "Cn", "Co", "Cs")  # no font can have them: controls, unassigned, private, half a pair
_MOST_TRIED = 200  # chosen: signs tried one by one; a name has ten, and a trial takes hundredths of a second; 50 - 500


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """A set sheet: its PDF (empty where it was only counted) and how many pages it has."""

    pdf: bytes
    pages: int


def set_sheet(
    template: str,
    data: Mapping[str, Any],
    drawings: Mapping[str, str],
    *,
    most_pages: int = 1,
    system_fonts: bool = True,
) -> Sheet:
    """Set a template of the package with its words.

    Parameters
    ----------
    template
        Name of a file of ``report/templates``; it reads ``sys.inputs.data`` and the drawings by their names.
    data
        Words, lists and mappings of them; ``lacking`` is added: a sentence where a sign cannot be drawn, else empty.
    drawings
        SVG by name.
    most_pages
        Where it takes more pages than that, only their number is given.
    system_fonts
        False: only the fonts that come with Typst, so that every computer sets the same.

    Raises
    ------
    FacialisError
        The sheet cannot be set, a fault of facialis.

    Notes
    -----
    The same words, drawings and fonts give the same bytes.

    Examples
    --------
    >>> set_sheet("visit.typ", words, {"chart": svg, "qr": svg}).pages  # doctest: +SKIP
    1
    """
    whole = json.dumps(data, ensure_ascii=False) + "".join(drawings.values())
    asked = "".join(sorted(set(_DRAWN.findall(unicodedata.normalize("NFC", whole)))))
    own_lacks = _lacking(asked, system_fonts=False)
    lacks = _lacking(own_lacks, system_fonts=True) if system_fonts else own_lacks
    told = {**_kept(data, lacks), "lacking": wording("sheet_lacking", square=SQUARE) if lacks else ""}
    inputs = {"data": json.dumps(told, ensure_ascii=True)}
    inputs |= {name: "".join(SQUARE if c in lacks else c for c in svg) for name, svg in drawings.items()}
    source = template_text(template).encode("utf-8")
    own_only = lacks == own_lacks
    try:
        pages = typst.compile(source, format="svg", sys_inputs=inputs, ignore_system_fonts=own_only)
        count = len(pages) if isinstance(pages, list) else 1
        if count > most_pages:
            return Sheet(pdf=b"", pages=count)
        pdf = typst.compile(
            source,
            format="pdf",
            sys_inputs=inputs,
            ignore_system_fonts=own_only,
            pdf_standards=["ua-1"],
            timestamp=0,
        )
    except typst.TypstError as error:
        raise FacialisError(**said("sheet_not_set", name=template, why=str(error))) from error
    return Sheet(pdf=bytes(pdf), pages=count)


@cache
def _lacking(signs: str, *, system_fonts: bool) -> str:
    """Those of ``signs`` that no font has: the accessible PDF refuses them, so it is tried."""
    barred = "".join(c for c in signs if unicodedata.category(c) in _NO_LETTER)
    signs = "".join(c for c in signs if c not in barred)
    if not signs or (len(signs) <= _MOST_TRIED and _draws(signs, system_fonts=system_fonts)):
        return barred
    if len(signs) == 1 or len(signs) > _MOST_TRIED:
        return barred + signs
    half = len(signs) // 2
    parts = (_lacking(part, system_fonts=system_fonts) for part in (signs[:half], signs[half:]))
    return barred + "".join(parts)


def _draws(signs: str, *, system_fonts: bool) -> bool:
    try:
        typst.compile(
            _TRIAL.encode("utf-8"),
            format="pdf",
            sys_inputs={"text": " ".join(signs)},
            ignore_system_fonts=not system_fonts,
            pdf_standards=["ua-1"],
        )
    except typst.TypstError:
        return False
    return True


def _kept(value: Any, lacks: str) -> Any:
    """The same words with a square for each sign that is lacking, and places to break the longest words."""
    if isinstance(value, str):
        text = "".join(SQUARE if c in lacks else c for c in unicodedata.normalize("NFC", value))
        return _UNBROKEN.sub("\\g<0>\u200b", text)
    if isinstance(value, Mapping):
        return {key: _kept(item, lacks) for key, item in value.items()}
    return [_kept(item, lacks) for item in value] if isinstance(value, (list, tuple)) else value
