"""What pictures have in common, against the same said in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facialis.numeric.images.agreement import mean_difference, mean_grey, same_share

RNG = np.random.default_rng(3)
ONE = RNG.integers(0, 4, (40, 50), dtype=np.uint8)
OTHER = RNG.integers(0, 4, (40, 50), dtype=np.uint8)


@settings(max_examples=50, deadline=None)
@given(x=st.floats(-9, 60), y=st.floats(-9, 50), half=st.integers(0, 30), step=st.integers(1, 4))
def test_the_share_that_is_the_same_is_counted_in_a_square_within_the_picture(
    x: float, y: float, half: int, step: int
) -> None:
    column, row = min(max(round(x), 0), 49), min(max(round(y), 0), 39)
    part = np.s_[max(row - half, 0) : row + half + 1 : step, max(column - half, 0) : column + half + 1 : step]
    found = same_share(ONE, OTHER, np.array([[x, y], [25.0, 20.0]]), half, step)
    assert found[0] == pytest.approx((ONE[part] == OTHER[part]).mean())
    assert same_share(ONE, ONE, np.array([[x, y]]), half, step) == 1.0


@pytest.mark.parametrize("step", [1, 3, 8])
def test_the_difference_of_two_pictures_is_that_of_every_few_pixels(step: int) -> None:
    wanted = np.abs(ONE[::step, ::step].astype(int) - OTHER[::step, ::step].astype(int)).mean()
    assert mean_difference(ONE, OTHER, step) == mean_difference(OTHER, ONE, step) == pytest.approx(wanted)


@pytest.mark.parametrize(("x0", "y0", "x1", "y1"), [(0, 0, 50, 40), (-7, 5, 20, 90), (10, 10, 11, 11)])
def test_the_brightness_of_a_part_is_that_of_what_is_inside(x0: int, y0: int, x1: int, y1: int) -> None:
    wanted = ONE[max(y0, 0) : y1 : 4, max(x0, 0) : x1 : 4].mean()
    assert mean_grey(ONE, x0, y0, x1, y1, 4) == pytest.approx(wanted)


def test_nothing_of_a_picture_has_no_brightness() -> None:
    assert np.isnan(mean_grey(ONE, 60, 0, 70, 10, 4))
    assert np.isnan(mean_grey(ONE, 5, 5, 5, 5, 4))
