"""What kind of event a candidate is, as a probability.

A logistic rule over few features whose coefficients lie in ``data/kinds.yaml`` together with the command that fitted
them. Its probabilities were judged on people left out of the fit (validation/fit_kinds.py prints how well they hold);
they are not the probability of an illness.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import load
from facialis.measure.candidates import FEATURES

__all__ = ["twitch_probability"]

Array = NDArray[np.float64]


@cache
def _rule() -> tuple[Array, Array, Array, float]:
    rows = load("kinds.yaml")["twitch"]
    names = tuple(rows["features"])
    if names != FEATURES:
        raise KnowledgeError("kinds.yaml was fitted for other features than this version computes.")
    table = np.array([[row["mean"], row["scale"], row["weight"]] for row in rows["features"].values()])
    return table[:, 0], table[:, 1], table[:, 2], float(rows["intercept"])


def twitch_probability(features: Array) -> float:
    """Probability 0-1 that a candidate with these features is a one-sided twitch rather than anything else."""
    mean, scale, weight, intercept = _rule()
    score = float(((features - mean) / scale) @ weight) + intercept
    return float(1.0 / (1.0 + np.exp(-np.clip(score, -40, 40))))
