"""Small geometry of arrays, whatever their shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["cosine"]

Array = NDArray[np.float64]


def cosine(one: Array, other: Array) -> float:
    """Cosine between two arrays of one shape taken as vectors, -1 to 1; 0 where either has no length."""
    a, b = one.ravel(), other.ravel()
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-12))
