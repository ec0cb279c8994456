"""Compiled windows do what a few lines of NumPy say they do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter, map_coordinates

from facialis.numeric.images.windows import (
    ACROSS,
    CENTRED,
    DOWN,
    MEAN,
    POWER,
    TOTAL,
    UNIT_ERROR,
    VALUES,
    WEIGHT,
    Looks,
    cut_windows,
    learn,
    look_again,
    no_looks,
    settle,
)

Floats = NDArray[np.float64]
SIDE = 11
CENTRES = np.array([[20.0, 18.0], [31.0, 25.0], [40.0, 40.0]])


def picture(seed: int, blur: float = 1.5) -> NDArray[np.float32]:
    rng = np.random.Generator(np.random.SFC64(seed))
    return np.asarray(gaussian_filter(rng.uniform(0, 255, (60, 64)), blur), np.float32)


def looks_of(image: NDArray[np.float32]) -> Looks:
    looks = no_looks(len(CENTRES), SIDE)
    axis = np.arange(SIDE) - SIDE // 2
    bell = np.exp(-0.5 * (axis[:, None] ** 2 + axis**2) / 3.0**2)
    looks.pixels[VALUES] = cut_windows(image, CENTRES, SIDE)
    looks.pixels[WEIGHT] = bell.ravel()
    look_again(looks, SIDE, np.arange(len(CENTRES)))
    return looks


def jacobian(looks: Looks, k: int) -> Floats:
    rows = [looks.pixels[ACROSS, k], looks.pixels[DOWN, k], looks.pixels[CENTRED, k], np.ones(SIDE**2)]
    return np.array(rows, dtype=np.float64)


@settings(max_examples=30, deadline=None)
@given(x=st.floats(-20, 80), y=st.floats(-20, 80))
def test_windows_are_cut_between_pixels_and_the_edge_goes_on_beyond_the_picture(x: float, y: float) -> None:
    image = picture(1)
    axis = np.arange(SIDE) - SIDE // 2
    rows, columns = np.meshgrid(y + axis, x + axis, indexing="ij")
    wanted = map_coordinates(image.astype(np.float64), [rows, columns], order=1, mode="nearest")
    assert cut_windows(image, np.array([[x, y]]), SIDE).reshape(SIDE, SIDE) == pytest.approx(wanted, abs=2e-3)


def test_what_follows_from_the_looks_of_a_window_is_what_numpy_makes_of_it() -> None:
    looks = looks_of(picture(2))
    for k in range(len(CENTRES)):
        values, weight = (looks.pixels[which, k].astype(np.float64) for which in (VALUES, WEIGHT))
        down, across = np.gradient(values.reshape(SIDE, SIDE))
        mean = (values * weight).sum() / weight.sum()
        assert looks.pixels[ACROSS, k].reshape(SIDE, SIDE) == pytest.approx(across, abs=1e-3)
        assert looks.pixels[DOWN, k].reshape(SIDE, SIDE) == pytest.approx(down, abs=1e-3)
        assert looks.pixels[CENTRED, k] == pytest.approx(values - mean, abs=1e-3)
        assert looks.numbers[MEAN, k] == pytest.approx(mean, rel=1e-5)
        assert looks.numbers[TOTAL, k] == pytest.approx(weight.sum(), rel=1e-5)
        assert looks.numbers[POWER, k] == pytest.approx((weight * (values - mean) ** 2).sum(), rel=1e-4)
        rows = jacobian(looks, k)
        solution = np.linalg.solve((rows * weight) @ rows.T, rows * weight)
        variance = (solution[:2] ** 2).sum(1).mean()
        assert looks.numbers[UNIT_ERROR, k] == pytest.approx(np.sqrt(variance), rel=5e-3)


def test_only_the_windows_asked_for_are_worked_out_anew() -> None:
    looks = looks_of(picture(3))
    before = Looks(looks.pixels.copy(), looks.numbers.copy(), looks.matrices.copy())
    looks.pixels[VALUES] = cut_windows(picture(4), CENTRES, SIDE)
    look_again(looks, SIDE, np.array([1]))
    fresh = looks_of(picture(4))
    assert looks.numbers[:, 1] == pytest.approx(fresh.numbers[:, 1])
    assert (looks.numbers[:, [0, 2]] == before.numbers[:, [0, 2]]).all()
    assert (looks.matrices[:, [0, 2]] == before.matrices[:, [0, 2]]).all()


def test_a_share_of_a_picture_is_learnt_and_nothing_where_there_is_none() -> None:
    old, new = picture(5), picture(6)
    values = cut_windows(old, CENTRES, SIDE)
    learn(new, CENTRES + 0.5, SIDE, np.array([0.25, 0.0, 1.0]), values)
    first, fresh = cut_windows(old, CENTRES, SIDE), cut_windows(new, CENTRES + 0.5, SIDE)
    assert values[0] == pytest.approx(0.75 * first[0] + 0.25 * fresh[0], abs=1e-3)
    assert (values[1] == first[1]).all()
    assert values[2] == pytest.approx(fresh[2], abs=1e-3)


def test_one_step_is_a_least_squares_fit_with_its_match_and_residual() -> None:
    """They come from sums that are known beforehand; worked out pixel by pixel they are the same."""
    image, other = picture(7), picture(8)
    looks = looks_of(image)
    mixed = np.asarray(0.75 * image + 0.15 * other + 12, np.float32)
    start = np.array([[0.4, -0.3], [0.0, 0.2], [-0.5, 0.0]])
    shift, match, residual, _ = settle(mixed, CENTRES, 1, SIDE, looks, np.arange(3), start, 0, 0.0, 0.0)
    for k in range(len(CENTRES)):
        values = cut_windows(mixed, CENTRES[k : k + 1] + start[k], SIDE)[0].astype(np.float64)
        weight, rows = looks.pixels[WEIGHT, k].astype(np.float64), jacobian(looks, k)
        difference = values - looks.pixels[VALUES, k]
        found = np.linalg.solve((rows * weight) @ rows.T, (rows * weight) @ difference)
        left = (weight * (difference - found @ rows) ** 2).sum()
        mean = (values * weight).sum() / weight.sum()
        power = (weight * (values - mean) ** 2).sum()
        gain = np.clip(1 + found[2], 0.25, 4)
        assert shift[k] - start[k] == pytest.approx(np.clip(-found[:2] / gain, -1.5, 1.5), abs=5e-3)
        assert match[k] == pytest.approx(1 - left / power, abs=2e-3)
        assert residual[k] == pytest.approx(np.sqrt(left / weight.sum()), rel=5e-3)


def test_steps_go_on_until_a_window_has_settled_and_those_that_have_not_are_told() -> None:
    image = picture(9, 2.5)
    looks = looks_of(image)
    start = np.array([[0.05, 0.0], [1.5, -1.0], [0.0, 0.0]])
    which = np.arange(3)
    _, _, _, moving = settle(image, CENTRES, 1, SIDE, looks, which, start, 0, 0.1, 0.2)
    assert moving.tolist() == [False, True, False]
    shift, match, _, moving = settle(image, CENTRES, 1, SIDE, looks, which, start, 6, 0.1, 0.02)
    assert not moving.any()
    assert np.abs(shift).max() < 0.02
    assert match.min() > 0.99


def test_a_coarse_level_is_told_and_tells_displacement_in_pixels_of_the_finest() -> None:
    image = picture(10, 2.5)
    looks = looks_of(image)
    start = np.full((3, 2), 4.0)  # one pixel of a level of step 4
    shift, _, _, _ = settle(image, CENTRES, 4, SIDE, looks, np.arange(3), start, 5, -1.0, -1.0)
    assert np.abs(shift).max() < 0.2


@pytest.mark.parametrize("place", [(np.nan, 5.0), (5.0, np.inf), (-np.inf, 0.0), (1e19, 1e19), (0.0, -1e12)])
def test_no_place_at_all_gives_no_window_and_no_settling(place: tuple[float, float]) -> None:
    image = picture(11)
    assert np.isnan(cut_windows(image, np.array([place, (20.0, 20.0)]), SIDE)[0]).all()
    start = np.array([place, (0.0, 0.0), (0.0, 0.0)])
    shift, match, _, moving = settle(image, CENTRES, 1, SIDE, looks_of(image), np.arange(3), start, 3, 0.1, 0.2)
    assert moving.tolist() == [True, False, False]
    assert not match[0] > 0
    assert np.abs(shift[1:]).max() < 0.02


def test_a_picture_smaller_than_a_window_is_its_edges_gone_on() -> None:
    tiny = np.array([[3.0, 5.0]], np.float32)
    window = cut_windows(tiny, np.array([[0.0, 0.0]]), SIDE).reshape(SIDE, SIDE)
    assert (window[:, : SIDE // 2 + 1] == 3.0).all()
    assert (window[:, SIDE // 2 + 1 :] == 5.0).all()
