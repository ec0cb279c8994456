"""Names in every script: set in a font that has them, or said to be lacking; never a square without a word."""

from __future__ import annotations

import io
from dataclasses import replace

import pypdf
import pytest

from facialis.core.knowledge import wording
from facialis.report.drawing.typeset import SQUARE, _kept, _lacking, set_sheet
from facialis.report.person.visit import render_visit_pdf
from tests.report import person_factory

LATIN_ONLY = "visit.typ"


@pytest.mark.parametrize("name", ["Ольга Чернова", "Ωμέγα", "דוד", "علي فاطمة الزهراء", "Nguyễn Đức", "Łódź"])
def test_fonts_that_come_along_draw_these_scripts(name: str) -> None:
    assert _lacking("".join(sorted(set(name) - {" "})), system_fonts=False) == ""


def test_what_no_font_has_is_found_sign_by_sign() -> None:
    private, unassigned, half = "\ue000", "\u0378", "\ud800"
    assert set(_lacking(f"a{private}b{unassigned}{half}", system_fonts=False)) == {private, unassigned, half}
    assert _kept({"who": [f"x{private}y"]}, private) == {"who": [f"x{SQUARE}y"]}
    many = "".join(map(chr, range(0x4E00, 0x4E00 + 5000)))
    assert _lacking(many, system_fonts=False) == many, "a book in another script is not tried sign by sign"


@pytest.mark.parametrize("name", ["日本 太郎", "김철수", "Zoë 🙂"])
def test_a_square_never_stands_there_in_silence(name: str) -> None:
    answer = person_factory.resolving()
    pdf = render_visit_pdf(replace(answer, casefile=replace(answer.casefile, name=name)))
    text = " ".join(pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text().split())
    said = wording("sheet_lacking", square="").strip()[:40]
    assert (name in text) != (said in text)


def test_the_sheet_of_an_ordinary_name_asks_no_font_of_the_computer() -> None:
    answer = person_factory.resolving()
    text = pypdf.PdfReader(io.BytesIO(render_visit_pdf(answer))).pages[0].extract_text()
    assert wording("sheet_lacking", square="").strip()[:40] not in " ".join(text.split())
    with pytest.raises(Exception, match="could not be set"):
        set_sheet("visit.typ", {}, {})
