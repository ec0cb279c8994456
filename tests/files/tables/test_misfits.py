"""Codes for "missing" and units that jump are told from what was measured."""

from __future__ import annotations

import pytest

from facialis.files.tables.misfits import is_code, jumped, odd_codes

PULSE = [61.0, 72.0, 88.0, 95.0, 99.0, 77.0, 66.0]


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ([3, 5, -99, 2, -99], {-99}),
        ([3, 5, 99, 2, 8, 999, 4], {99, 999}),
        ([6.5, 7, 88, 8, 99, 7.5, 6], {88, 99}),
        ([4200, 9100, 9999, 850, 12000], set()),
        (PULSE, set()),
        ([*PULSE, 999], {999}),
        ([-5, 3, -99, 4, -12], set()),  # degrees may be negative; -99 is then not told from them
        ([150, 999], set()),
        ([5, 999], {999}),
        ([], set()),
    ],
)
def test_codes_are_what_lies_far_outside(values: list[float], codes: set[float]) -> None:
    assert odd_codes(values) == codes


def test_how_codes_are_written() -> None:
    assert all(map(is_code, (-9, -99, 77, 88, 99, 999, -999, 8888, 9999, 99999)))
    assert not any(map(is_code, (9, 8, -1, 10, 98, 990, 99.5, 0, float("nan"))))


def test_seconds_for_minutes_are_found() -> None:
    minutes = dict(enumerate([2.0, 2.5, 3.0, 120.0, 2.2, 2.8, 3.1, 150.0]))
    assert jumped(minutes) == {3, 7}
    assert jumped({k: v for k, v in minutes.items() if v < 100}) == set()
    half = dict(enumerate([2.0, 2.5, 3.0, 120.0, 150.0, 180.0]))
    assert jumped(half) == set(half), "where neither is the rule, nobody knows which is right"


def test_a_recording_that_is_really_longer_has_more_twitches() -> None:
    minutes = dict(enumerate([1.0, 1.1, 1.0, 1.2, 60.0, 1.0, 1.1]))
    more = dict(enumerate([8.0, 10.0, 9.0, 12.0, 520.0, 9.0, 7.0]))
    same = dict(enumerate([8.0, 10.0, 9.0, 12.0, 11.0, 9.0, 7.0]))
    assert jumped(minutes, more) == set()
    assert jumped(minutes, same) == {4}


@pytest.mark.parametrize(
    "values", [[1, 3, 9, 30, 80, 200], [30, 45, 60, 20, 90, 240], [0, 0, 0, 60, 60, 60], [5, 5, 5, 5, 5, 5]]
)
def test_what_only_varies_is_let_be(values: list[float]) -> None:
    assert jumped(dict(enumerate(values))) == set()
