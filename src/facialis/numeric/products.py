"""Products of long arrays with small matrices, and all work with small matrices: kept on one thread.

A BLAS spreads larger products over all cores, where its threads wait for each other in loops: for what takes a
millisecond that costs more than it saves, most of all beside other work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

__all__ = ["ONE_THREAD", "one_thread", "product"]

Array = NDArray[np.float64]
Real = NDArray[np.floating[Any]]  # what solvers return, as their types have it

ONE_THREAD = 250_000
"""Multiplications in a product that stays on one thread: OpenBLAS (interface/gemm.c) does so up to 4 x 65536."""


def product(rows: Real, matrix: Real) -> Array:
    """``rows @ matrix`` for many rows and a small matrix."""
    step = max(1, ONE_THREAD // matrix.size)
    return np.asarray(
        np.concatenate([rows[k : k + step] @ matrix for k in range(0, max(1, len(rows)), step)]), np.float64
    )


@contextmanager
def one_thread() -> Iterator[None]:
    """Within it, each BLAS that is loaded already works on one thread; after it, on as many as before.

    For decompositions and products of matrices of a few hundred rows, one after another: the threads of a BLAS wait for
    each other there, by turning in loops. It holds for the whole process, so that what else runs in it meanwhile is
    slower where its matrices are large.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        yield
