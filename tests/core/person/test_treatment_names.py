"""Treatments by the words in which people write them down."""

from __future__ import annotations

import pytest

from facialis.core.knowledge import load
from facialis.core.person.casefile import TREATMENTS
from facialis.core.person.treatment_names import named_treatment, substance

NAMES = [
    (kind, word)
    for kind in TREATMENTS
    for row in [load("treatment_names.yaml")[kind]]
    for word in [*row["words"], *row["vague"], *(w for words in row["names"].values() for w in words)]
]


@pytest.mark.parametrize(("kind", "word"), NAMES)
def test_every_name_is_known_alone_and_among_other_words(kind: str, word: str) -> None:
    for text in (word, word.upper(), f"{word}, left side", f"2. {word.title()}"):
        assert named_treatment(text, "").kind == kind, text


@pytest.mark.parametrize(
    ("cell", "product", "kind", "named"),
    [
        ("Botox", "", "toxin", "Botox"),
        ("botox", "Xeomin", "toxin", "Xeomin"),
        ("BoNT-A", "", "toxin", ""),
        ("Botulinumtoxin", "", "toxin", ""),
        ("MVD (Jannetta)", "", "decompression", ""),
        ("Mikrovaskuläre Dekompression", "", "decompression", ""),
        ("Tegretol 200 mg", "", "drug", "carbamazepine"),
        ("medicine", "Rivotril", "drug", "Rivotril"),
        ("", "Dysport", "toxin", "Dysport"),
        ("toxin", "our clinic's own", "toxin", "our clinic's own"),
        ("Akupunktur", "", "other", ""),
        ("Botox in the surgery", "", "toxin", "Botox"),
    ],
)
def test_kinds_and_products_are_told(cell: str, product: str, kind: str, named: str) -> None:
    found = named_treatment(cell, product)
    assert (found.kind, found.product) == (kind, named)
    assert (found.change is None) is (kind != "drug")


@pytest.mark.parametrize(
    ("cell", "note", "change"),
    [
        ("Tegretal", "", "begun"),
        ("Tegretal abgesetzt", "", "stopped"),
        ("carbamazepine", "came off it", "stopped"),
        ("carbamazepine", "increased to 400 mg", "changed"),
        ("Carbamazepin", "Dosis erhöht", "changed"),
    ],
)
def test_what_became_of_a_medicine_is_told(cell: str, note: str, change: str) -> None:
    assert named_treatment(cell, "", note).change == change


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("Botxo", "Did you mean Botox?"),
        ("Karbamazepin", "Did you mean carbamazepine?"),
        ("dekompresion", "Did you mean dekompression?"),
        ("something else", "Write one of toxin, decompression, drug, other"),
        ("Botox + MVD", "a row for each"),
        ("Botox planned", "not to have been done"),
        ("kein Botox", "not to have been done"),
    ],
)
def test_what_is_not_sure_is_asked_about_and_never_guessed(cell: str, says: str) -> None:
    with pytest.raises(ValueError, match=says.replace("?", r"\?")):
        named_treatment(cell, "")


def test_trade_names_of_one_substance_are_one() -> None:
    assert substance("Tegretol 200") == substance("CBZ") == substance("Carbamazepin")
    assert substance("Tegretol") != substance("Trileptal")
    assert substance("My own mix") == "my own mix"
