"""One factorisation of nested sets gives what solving for each set alone gives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from facialis.numeric.signals.whitening import Name, chains, factorise, solve_transposed

Floats = NDArray[np.float64]


def matrices(size: int, time: int, seed: int) -> Floats:
    """Positive definite, time last."""
    rng = np.random.Generator(np.random.SFC64(seed))
    roots = rng.standard_normal((time, size, 2 * size))
    return np.ascontiguousarray((roots @ roots.transpose(0, 2, 1)).transpose(1, 2, 0))


@given(sets=st.lists(st.sets(st.integers(0, 9), min_size=1), min_size=1, max_size=8))
def test_every_set_is_the_first_channels_of_one_chain(sets: list[set[int]]) -> None:
    named: dict[Name, NDArray[np.int64]] = {("set", str(k)): np.array(list(s)) for k, s in enumerate(sets)}
    found = chains(named)
    assert sorted(name for chain in found for name in chain.sizes) == sorted(named)
    for chain in found:
        assert len(set(chain.order.tolist())) == len(chain.order) == max(chain.sizes.values())
        assert list(chain.sizes.values()) == sorted(chain.sizes.values(), reverse=True)
        for name, size in chain.sizes.items():
            assert set(chain.order[:size].tolist()) == set(named[name].tolist())


def test_nested_sets_are_one_chain() -> None:
    whole, part, apart = np.arange(6), np.array([4, 1]), np.array([6, 1])
    first, second = chains({("set", "part"): part, ("set", "whole"): whole, ("set", "apart"): apart})
    assert first.sizes == {("set", "whole"): 6, ("set", "part"): 2}
    assert first.order.tolist() == [4, 1, 0, 2, 3, 5]
    assert second.sizes == {("set", "apart"): 2}


def test_the_factor_is_that_of_each_matrix_and_whitens_what_is_below() -> None:
    size, time = 7, 5
    matrix = matrices(size, time, 1)
    below = np.random.Generator(np.random.SFC64(2)).standard_normal((2, size, time))
    rows = np.concatenate([matrix, below])
    rows[:size][np.triu_indices(size, 1)] = np.nan  # never read
    factorise(rows, size)
    for t in range(time):
        factor = np.linalg.cholesky(matrix[:, :, t])
        assert np.tril(rows[:size, :, t]) == pytest.approx(factor)
        assert rows[size:, :, t] == pytest.approx(np.linalg.solve(factor, below[:, :, t].T).T)


@pytest.mark.parametrize("part", [1, 3, 7])
def test_the_first_channels_are_solved_for_as_if_alone(part: int) -> None:
    size, time = 7, 5
    matrix = matrices(size, time, 3)
    goal = np.random.Generator(np.random.SFC64(4)).standard_normal((1, size, time))
    rows = np.concatenate([matrix, goal])
    factorise(rows, size)
    weight = solve_transposed(rows[:size], rows[size, :part])
    for t in range(time):
        plain = np.linalg.solve(matrix[:part, :part, t], goal[0, :part, t])
        assert weight[:, t] == pytest.approx(plain)
        assert (rows[size, :part, t] ** 2).sum() == pytest.approx(plain @ goal[0, :part, t])
