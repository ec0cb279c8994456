"""A product in pieces is the product."""

from __future__ import annotations

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from facialis.numeric.products import ONE_THREAD, one_thread, product


@pytest.mark.parametrize("count", [0, 1, 400, 10_000])
def test_a_product_in_pieces_is_the_product(count: int) -> None:
    rng = np.random.Generator(np.random.SFC64(1))
    rows, matrix = rng.standard_normal((count, 30)), rng.standard_normal((30, 20))
    assert product(rows, matrix) == pytest.approx(rows @ matrix)
    assert 400 < ONE_THREAD // matrix.size < 10_000  # both one piece and several are tried here


def test_a_blas_works_on_one_thread_within_and_as_before_after_it() -> None:
    def threads() -> list[int]:
        return [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]

    with threadpool_limits(limits=2, user_api="blas"):
        before = threads()
        with one_thread():
            within = threads()
        assert before
        assert within == [1] * len(before)
        assert threads() == before
