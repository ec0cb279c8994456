"""Similarities compose, invert and are found again from points, also where some points go their own way."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.numeric.images.similarity import IDENTITY, Similarity, fit_similarity

finite = st.floats(-50, 50)
similarities = st.builds(
    lambda scale, angle, x, y: Similarity(complex(scale * np.exp(1j * angle)), complex(x, y)),
    st.floats(0.3, 3),
    st.floats(-3.1, 3.1),
    finite,
    finite,
)


def some(count: int, seed: int) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.random.Generator(np.random.SFC64(seed)).normal(0, 20, (count, 2))


@given(true=similarities, seed=st.integers(0, 1000), count=st.integers(3, 12))
def test_a_similarity_is_recovered(true: Similarity, seed: int, count: int) -> None:
    points = some(count, seed)
    weight = np.random.Generator(np.random.SFC64(seed)).uniform(0.1, 1, count)
    found = fit_similarity(points, true.of(points), weight)
    assert np.allclose(found.matrix, true.matrix, atol=1e-6)
    assert found.scale == pytest.approx(np.sqrt(np.linalg.det(true.matrix[:, :2])))


@given(first=similarities, second=similarities)
def test_it_does_what_its_matrix_does(first: Similarity, second: Similarity) -> None:
    points = some(5, 1)
    by_matrix = points @ first.matrix[:, :2].T + first.matrix[:, 2]
    assert np.allclose(first.of(points), by_matrix)
    assert np.allclose(first.moves(points), by_matrix - points)
    assert np.allclose(second.after(first).of(points), second.of(by_matrix))
    assert np.allclose(first.inverse.of(by_matrix), points)
    assert not IDENTITY.moves(points).any()


def test_points_without_weight_do_not_count() -> None:
    points = some(8, 17)
    goal = points + [3.0, -2.0]
    goal[5] += 400
    weight = np.ones(8)
    weight[5] = 0
    assert np.allclose(fit_similarity(points, goal, weight).matrix, [[1, 0, 3], [0, 1, -2]], atol=1e-9)


def test_a_point_that_goes_its_own_way_counts_less_with_each_round() -> None:
    points = some(12, 18)
    goal = points + [0.5, 0.0]
    goal[3] += [0.0, 6.0]
    plain, robust = (
        np.abs(fit_similarity(points, goal, np.ones(12), rounds=n, least=0.05).of(points) - points - [0.5, 0.0]).max()
        for n in (0, 3)
    )
    assert robust < 0.1 * plain


def test_points_all_in_one_place_tell_a_shift_alone() -> None:
    points = np.full((4, 2), 7.25)
    found = fit_similarity(points, points + [1.0, -2.0], np.ones(4), rounds=2, least=0.1)
    assert found.turn == 1.0
    assert np.allclose(found.moves(points), [1.0, -2.0])


def test_weights_may_be_whole_numbers_and_must_be_as_many_as_points() -> None:
    points = some(6, 3)
    moved = points + some(6, 4) / 50
    whole = fit_similarity(points, moved, np.arange(1, 7), rounds=3)  # type: ignore[arg-type]
    assert whole == fit_similarity(points, moved, np.arange(1.0, 7.0), rounds=3)
    for goal, weight in ((moved, np.ones(4)), (moved[:3], np.ones(6))):
        with pytest.raises(ValueError, match="points"):
            fit_similarity(points, goal, weight)
