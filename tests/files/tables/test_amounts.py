"""A column says as a whole what its dots and commas mean; what nothing proves is refused, never guessed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.files.tables.amounts import Amounts, Mark, amount, marks_of, read_amounts

END = 1e12


def read(
    *cells: str,
    unit: str = "",
    low: float = -END,
    high: float = END,
    marks: dict[str, Mark] | None = None,
    usual: dict[str, Mark] | None = None,
) -> Amounts:
    return read_amounts(dict(enumerate(cells)), unit=unit, low=low, high=high, marks=marks or {}, usual=usual or {})


def numbers(*cells: str, unit: str = "", low: float = -END, high: float = END) -> list[float]:
    return list(read(*cells, unit=unit, low=low, high=high).values.values())


@pytest.mark.parametrize(
    ("cells", "meant"),
    [
        (["4.310", "11.075", "640"], [4310, 11075, 640]),
        (["4,310", "11,075", "640"], [4310, 11075, 640]),
        (["4 310", "11 075", "640"], [4310, 11075, 640]),
        (["4\u00a0310", "11\u202f075", "2\u2009500"], [4310, 11075, 2500]),
        (["4'310", "11\u2019075", "1'000'000"], [4310, 11075, 1_000_000]),
        (["4.310", "2.004.310"], [4310, 2_004_310]),
        (["4.310", "1.250,5"], [4310, 1250.5]),
        (["4,310", "1,250.5"], [4310, 1250.5]),
        (["1.250", "1.5", "2"], [1.25, 1.5, 2]),
        (["1,250", "0,875", "2"], [1.25, 0.875, 2]),
        (["-4.310", "\u22122.500", "-20", "640"], [-4310, -2500, -20, 640]),
        (["1e3", "+7"], [1000, 7]),
    ],
)
def test_a_column_proves_what_its_marks_mean(cells: list[str], meant: list[float]) -> None:
    found = read(*cells)
    assert list(found.values.values()) == meant
    assert found.open_text == ""


@pytest.mark.parametrize(
    "cells",
    [
        ["4.310", "5.002", "6.120"],  # all could be of either kind
        ["2.125", "3", "2", "1.250"],  # eleven hundred cups beside two and three
        ["4.310", "640"],  # one may be a slip of the pen
        ["7.5", "2.004.310"],  # the column contradicts itself
    ],
)
def test_what_nothing_proves_is_refused_as_a_whole(cells: list[str]) -> None:
    found = read(*cells)
    assert found.open_text in cells
    assert all(math.isnan(value) for value in found.values.values())


def test_bounds_and_the_rest_of_the_table_decide() -> None:
    assert numbers("2.125", "1.000", high=1440) == [2.125, 1.0]
    assert numbers("2.125", low=100, high=5000) == [2125]
    assert read("4.310", "5.002", marks={".": "thousands"}).values[0] == 4310
    assert read("4.310", "5.002", marks={".": "decimal"}).values[0] == 4.31
    assert read("4.310", "5.002", usual={".": "decimal"}).values[0] == 4.31
    against = read("4.310", "5.002", "640", marks={".": "decimal"})
    assert against.open_text == "4.310", "two hints that contradict each other decide nothing"


def test_a_spreadsheet_has_one_mark_of_each_kind() -> None:
    assert marks_of([["7,5"], ["9.876", "850"]]) == {".": "thousands", ",": "decimal"}
    assert marks_of([["7.5"], ["9,876"]]) == {".": "decimal", ",": "thousands"}
    assert marks_of([["7", "9,876"], ["text"]]) == {".": "", ",": ""}


@given(st.lists(st.integers(0, 9_999_999), min_size=1, max_size=20), st.sampled_from([" ", "\u202f", "'"]))
def test_spaces_and_apostrophes_are_never_decimal(values: list[int], mark: str) -> None:
    assert numbers(*(f"{value:,}".replace(",", mark) for value in values)) == values


@given(st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 2)), min_size=1, max_size=20), st.booleans())
def test_decimals_are_what_they_are_in_both_languages(values: list[float], comma: bool) -> None:
    texts = [f"{value:.2f}" for value in values]
    assert numbers(*(text.replace(".", ",") if comma else text for text in texts)) == values


@pytest.mark.parametrize(
    ("text", "unit", "meant"),
    [
        ("25 U", "dose", 25),
        ("25IE", "dose", 25),
        ("7 h", "h", 7),
        ("7,5 Std.", "h", 7.5),
        ("7:30", "h", 7.5),
        ("07:45:00", "h", 7.75),
        ("7h30", "h", 7.5),
        ("7 h 30 min", "h", 7.5),
        ("450 min", "h", 7.5),
        ("2 h", "min", 120),
        ("0:02:30", "min", 2.5),
        ("90 s", "min", 1.5),
        ("0:04", "s", 4),
        ("1:02:03", "s", 3723),
        ("3/10", "0-10", 3),
        ("80 %", "%", 80),
        ("2 cups", "cups", 2),
    ],
)
def test_a_word_or_a_clock_says_the_unit(text: str, unit: str, meant: float) -> None:
    assert numbers(text, unit=unit) == [pytest.approx(meant)]


@pytest.mark.parametrize(
    ("text", "unit"), [("1:30", "min"), ("7:30", ""), ("7:75", "h"), ("25 U", "h"), ("7 h 90", "h"), ("1_000", "")]
)
def test_what_could_be_another_unit_is_no_number(text: str, unit: str) -> None:
    assert read(text, unit=unit).values == {}


def test_one_number_alone() -> None:
    assert amount("1'200") == 1200
    for text in ("1.200", "many", "nan", "9" * 400):
        with pytest.raises(ValueError, match=r".*"):
            amount(text)
