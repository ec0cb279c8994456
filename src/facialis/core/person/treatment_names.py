"""Treatments as people write them: trade names, substances and operations in both languages, from data."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from facialis.core.knowledge import load
from facialis.core.messages import clause
from facialis.core.person.casefile import TREATMENTS, TreatmentChange, TreatmentKind

__all__ = ["NamedTreatment", "is_planned", "named_treatment", "substance"]

_ALIKE = 0.75  # chosen: "Bottox" and "Karbamazepin" are offered, "Brille" for "Pille" is not; 0.7 - 0.85


@dataclass(frozen=True, kw_only=True)
class NamedTreatment:
    """What a row says was done: its kind, its product where it is named, and what became of a medicine with it."""

    kind: TreatmentKind
    product: str
    change: TreatmentChange | None


def named_treatment(kind: str, product: str, note: str = "") -> NamedTreatment:
    """Tell a treatment by the words in which it was written down.

    Parameters
    ----------
    kind, product, note
        The cells of a row of ``treatments.csv``, as they stand. The note only tells whether it was refused, and whether
        a medicine was stopped or changed, by words that can mean nothing else there.

    Returns
    -------
    NamedTreatment
        ``product`` as it was written, or where it was not, the name in ``kind``. ``change`` is None for what is no
        medicine.

    Raises
    ------
    ValueError
        No known word, words of two kinds, or a treatment that was not had; the sentence says which, and what was
        probably meant.

    Notes
    -----
    Only whole words count, and a slip of the pen is asked about, never guessed. It says nothing of what a treatment
    did.

    Source
    ------
    ``data/treatment_names.yaml``.

    Examples
    --------
    >>> named_treatment("Botox left eye", "").kind
    'toxin'
    >>> named_treatment("Tegretal abgesetzt", "").change
    'stopped'
    """
    what = f"{kind} {product}"
    denied = _denied(what, note)
    if denied:
        raise ValueError(clause("treatment_not_given", word=repr(denied)))
    told = _kinds(kind)
    if not told:
        # The product alone says it too: "medicine we tried", Tegretol.
        told = _kinds(product)
    if len(told) > 1:
        raise ValueError(clause("treatment_two_kinds", text=repr(kind or product), kinds=", ".join(sorted(told))))
    if not told:
        raise ValueError(f"{clause('treatment_unknown', text=repr(kind or product))} {_offer(kind or product)}")
    ((found, name),) = told.items()
    return NamedTreatment(
        kind=found,
        product=product.strip() or name,
        change=_change(what, note) if found == "drug" else None,
    )


def is_planned(text: str) -> bool:
    """Whether a treatment is said to be planned, so that a day to come is no mistake."""
    return bool(_found(text, load("treatment_names.yaml")["not_given"]["planned"]))


def _denied(what: str, note: str) -> str:
    """The word that says it was not had; empty without one. Of a medicine "nicht mehr" says that it was."""
    rows = load("treatment_names.yaml")["not_given"]
    if _found(what, load("treatment_names.yaml")["changes"]["stopped"]["noted"]):
        return ""
    return _found(what, [*rows["denied"], *rows["planned"], *rows["refused"]]) or _found(note, rows["refused"])


def substance(product: str) -> str:
    """One name for all trade names of a substance, as far as it is known; else the name itself in plain letters."""
    for name in _kinds(product).values():
        if name:
            return _plain(name)
    return _plain(product)


def _change(what: str, note: str) -> TreatmentChange:
    rows = load("treatment_names.yaml")["changes"]
    changes: tuple[TreatmentChange, ...] = ("stopped", "changed")
    for change in changes:
        noted = rows[change]["noted"]
        if _found(what, [*rows[change]["words"], *noted]) or _found(note, noted):
            return change
    return "begun"


def _kinds(text: str) -> dict[TreatmentKind, str]:
    """Kinds named in a text, with the name of the product where one is."""
    words = f" {_plain(text)} "
    found: dict[TreatmentKind, str] = {}
    vague: dict[TreatmentKind, str] = {}
    for word, (kind, name) in _words().items():
        if f" {word} " in words:
            if word in load("treatment_names.yaml")[kind]["vague"]:
                vague[kind] = ""
            else:
                found[kind] = found.get(kind) or name
    return found or vague


def _found(text: str, words: list[str]) -> str:
    plainly = f" {_plain(text)} "
    return next((word for word in words if f" {word} " in plainly), "")


def _offer(text: str) -> str:
    """The nearest name, asked about; else what can stand there."""
    for word in [_plain(text), *_plain(text).split()]:
        near = difflib.get_close_matches(word, _words(), n=1, cutoff=_ALIKE)
        if near and len(word) > 3:
            _, name = _words()[near[0]]
            return clause("treatment_meant", name=name or near[0])
    return clause("treatment_form", kinds=", ".join(TREATMENTS))


def _plain(text: str) -> str:
    """The words of a text in small letters, without accents and signs, parted by single spaces."""
    bare = unicodedata.normalize("NFKD", text.casefold().replace("ß", "ss"))
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", letters))


@cache
def _words() -> Mapping[str, tuple[TreatmentKind, str]]:
    rows = load("treatment_names.yaml")
    words: dict[str, tuple[TreatmentKind, str]] = {}
    for kind in TREATMENTS:
        words |= dict.fromkeys([*rows[kind]["words"], *rows[kind]["vague"]], (kind, ""))
        words |= {word: (kind, name) for name, known in rows[kind]["names"].items() for word in known}
    return words
