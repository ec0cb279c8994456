"""Whitens sets of channels at many moments at once: one factorisation for all sets that lie within each other.

The first rows of a Cholesky factor are the factor of the first channels alone. So where sets are nested, and the
channels of the smallest come first, one factor serves all of them: the energy of each set is a sum over the first
whitened numbers. Arrays have time along the last axis, so that each step is one operation on a run of memory for all
moments; for matrices of some thirty rows that takes half the time of a call of LAPACK for each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Chain", "Name", "chains", "factorise", "solve_transposed"]

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Name = tuple[str, str]  # what a set is for, and whose it is


@dataclass(frozen=True, kw_only=True)
class Chain:
    """Sets of channels within each other, the largest first in ``sizes``: how many of the first of ``order`` it is."""

    order: Index
    sizes: Mapping[Name, int]


def chains(sets: Mapping[Name, Index]) -> list[Chain]:
    """Sorts sets of channels into few chains of nested ones; each set is in one of them."""
    left = sorted(sets, key=lambda name: -len(sets[name]))
    found: list[Chain] = []
    while left:
        nested = [left[0]]
        for name in left[1:]:
            if set(sets[name].tolist()) <= set(sets[nested[-1]].tolist()):
                nested.append(name)
        left = [name for name in left if name not in nested]
        order = list(dict.fromkeys(channel for name in reversed(nested) for channel in sets[name].tolist()))
        found.append(Chain(order=np.array(order), sizes={name: len(sets[name]) for name in nested}))
    return found


def factorise(rows: Array, size: int) -> None:
    """Cholesky factors of many matrices, in place.

    Parameters
    ----------
    rows
        (at least ``size``, ``size``, time): a positive definite matrix for each time, of which only the lower triangle
        is read, and below it any vectors as rows. Afterwards the lower triangle is the factor L, and below are the
        vectors whitened: the solution y of L y = v.
    size
        Rows and columns of the matrices.
    """
    for k in range(size):
        column = rows[k:, k]
        if k:
            column -= np.einsum("ijt,jt->it", rows[k:, :k], rows[k, :k])
        column *= 1.0 / np.sqrt(column[0])


def solve_transposed(lower: Array, whitened: Array) -> Array:
    """Weights w (channel, time) with Lᵀ w = y, for factors (channel, channel, time) and whitened y (channel, time).

    The factors may have more channels than y; then the first of them are meant.
    """
    weight = np.empty_like(whitened)
    size = len(whitened)
    for k in reversed(range(size)):
        rest = np.einsum("jt,jt->t", lower[k + 1 : size, k], weight[k + 1 :])
        weight[k] = (whitened[k] - rest) / lower[k, k]
    return weight
