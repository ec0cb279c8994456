"""Skin that a codec copied is not taken for skin that stood still."""

from __future__ import annotations

import numpy as np
import pytest

from facialis.core.records import Frame
from facialis.measure.face.copied_skin import Renewal

CENTRES = np.array([[40.0, 50.0], [120.0, 50.0]])
RNG = np.random.default_rng(1)


def frame(index: int, luma: np.ndarray) -> Frame:
    return Frame(index=index, time_s=index / 30, luma=luma.astype(np.uint8), chroma=np.zeros((2, 50, 80), np.uint8))


def noisy() -> np.ndarray:
    return np.clip(128 + 3 * RNG.standard_normal((100, 160)), 0, 255).astype(np.uint8)


def errors(*pictures: np.ndarray, iod_px: float = 80.0) -> list[np.ndarray]:
    renewal = Renewal(len(CENTRES))
    return [renewal.error_px(frame(k, p), CENTRES, iod_px, 1 / 30) for k, p in enumerate(pictures)]


def test_new_skin_has_no_error_of_this_kind() -> None:
    assert all(np.all(e == 0) for e in errors(*(noisy() for _ in range(5))))


def test_copied_skin_may_have_moved_by_half_a_pixel_and_new_skin_beside_it_has_not() -> None:
    one = noisy()
    other = noisy()
    other[:, :80] = one[:, :80]
    last = errors(one, other)[-1]
    assert last[0] == pytest.approx(0.5)
    assert last[1] == 0


def test_the_error_lasts_over_the_picture_that_renews_and_then_fades() -> None:
    one = noisy()
    found = [float(e[0]) for e in errors(one, one, *(noisy() for _ in range(30)))]
    assert found[1] == pytest.approx(0.5)
    assert 0.25 < found[2] < 0.5
    assert found[-1] < 0.01


@pytest.mark.parametrize("iod_px", [0.0, float("nan"), 5000.0])
def test_odd_sizes_and_places_do_no_harm(iod_px: float) -> None:
    assert all(np.all(np.isfinite(e)) for e in errors(noisy(), noisy(), iod_px=iod_px))
    renewal = Renewal(2)
    for k in range(3):
        assert np.all(np.isfinite(renewal.error_px(frame(k, noisy()), np.full((2, 2), np.nan), 80.0, 0.03)))
    assert renewal.error_px(frame(4, np.zeros((50, 80))), CENTRES, 80.0, 0.03).shape == (2,)
