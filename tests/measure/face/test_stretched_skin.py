"""Skin that is moved and pulled out of shape is found to be the same; an edge over it, or other skin, is not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.core.records import SIDES
from facialis.measure.face.raster import Levels, raster_points
from facialis.measure.face.stretched_skin import stretched_match
from facialis.measure.regions import RASTER_HEIGHT_PX, RASTER_IOD_PX, RASTER_WIDTH_PX, region_points, regions
from facialis.numeric.images.registration import Reference, measure_shift
from tests.measure.factory import NAMES, SIDED, Side

Floats = NDArray[np.float64]
Picture = NDArray[np.uint8]

SIZE = (RASTER_WIDTH_PX, RASTER_HEIGHT_PX)
CENTRES = raster_points()[region_points().reshape(-1, region_points().shape[2])].mean(axis=1)
SIGMA_PX = np.array([region.window_iod for region in regions()] * 2) * RASTER_IOD_PX
USUAL = np.full(len(CENTRES), 0.98)


def skin(seed: int = 1) -> Picture:
    rough = np.random.default_rng(seed).normal(0, 1, SIZE[::-1]).astype(np.float32)
    fine, coarse = (cv2.GaussianBlur(rough, (0, 0), s) for s in (2.0, 6.0))
    return np.asarray(np.clip(130 + 25 * fine / fine.std() + 15 * coarse / coarse.std(), 0, 255), dtype=np.uint8)


def number(window: str, side: Side) -> int:
    return SIDES.index(side) * len(NAMES) + NAMES.index(window)


def pulled(picture: Picture, window: str, side: Side, stretch: float, moved_px: float = 8.0) -> Picture:
    """The same skin with one window drawn up, and stretched along that."""
    x, y = CENTRES[number(window, side)]
    matrix = np.array([[1.0, 0.1, -0.1 * y], [0.0, 1 + stretch, -stretch * y - moved_px]])
    whole = cv2.warpAffine(picture, matrix, SIZE, borderMode=cv2.BORDER_REFLECT)
    out = picture.copy()
    low, high = np.maximum(np.rint([x - 40, y - 40]).astype(int), 0), np.rint([x + 40, y + 40]).astype(int)
    out[low[1] : high[1], low[0] : high[0]] = whole[low[1] : high[1], low[0] : high[0]]
    return out


def matches(rest: Picture, now: Picture, guess: Floats | None = None) -> tuple[Floats, Floats]:
    """Match of each window followed as it is, and once more with its stretch undone."""
    reference = Reference(Levels(rest), CENTRES, SIGMA_PX)
    start = np.zeros_like(CENTRES) if guess is None else guess
    found = measure_shift(reference, Levels(now), start)
    return found.match, stretched_match(reference, Levels(now), found.shift_px, found, USUAL)


@pytest.mark.parametrize("side", SIDED)
@pytest.mark.parametrize("window", ["cheek", "buccal"])
def test_skin_that_is_pulled_out_of_shape_is_the_same_skin(window: str, side: Side) -> None:
    rest = skin()
    as_it_is, undone = matches(rest, pulled(rest, window, side, 0.25))
    k = number(window, side)
    assert as_it_is[k] < 0.85
    assert undone[k] > 0.93


def test_what_stretches_further_than_skin_is_none() -> None:
    rest = skin()
    as_it_is, undone = matches(rest, pulled(rest, "cheek", "left", 0.6))
    assert np.array_equal(as_it_is, undone)


def test_an_edge_that_passes_does_not_become_skin() -> None:
    rest = skin()
    x, y = CENTRES[number("cheek", "left")].astype(int)
    now = pulled(rest, "cheek", "left", 0.1)
    now[y - 40 : y + 40, x - 4 : x + 4] = 30
    as_it_is, undone = matches(rest, now)
    assert np.array_equal(as_it_is, undone)


def test_a_face_that_moves_on_both_sides_is_not_looked_at_again() -> None:
    rest = skin()
    as_it_is, undone = matches(rest, pulled(pulled(rest, "cheek", "left", 0.25), "cheek", "right", 0.25))
    assert np.array_equal(as_it_is, undone)
