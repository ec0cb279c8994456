"""What kind of event a candidate is, as a probability.

A sum of small decision trees over the features of a candidate (gradient boosting; Friedman 2001,
doi:10.1214/aos/1013203451), and a second one over what the first says of it and of its neighbours. The trees lie in
``data/kinds.npz``, what they were fitted to and what they make of people left out of the fit in ``data/kinds.yaml``;
``python -m validation.fit_kinds`` makes both. A probability is that of
"was put in" among such candidates; it is not the probability of an illness.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import data_bytes, load
from facialis.measure.events.features import feature_names

__all__ = ["COMPANY", "found_at_deviate", "least_probability", "probability_in_company", "twitch_probability"]

Array = NDArray[np.float64]
Index = NDArray[np.int64]

COMPANY = (
    "alone",
    "alike_1",
    "alike_2",
    "alike_3",
    "akin_1",
    "akin_2",
    "unlike",
    "other_side",
    "alike_count",
    "count",
    "mirrored_count",
    "alike_afar",
    "size",
    "duration",
)
"""What a candidate's second probability is computed from; docs/reference/method.md says what each is."""


@dataclass(frozen=True, kw_only=True)
class _Trees:
    """Nodes of all trees, one after the other: ``feature`` (-1 a leaf), ``bound``, children, ``value``; roots."""

    feature: Index
    bound: Array
    left: Index
    right: Index
    value: Array
    root: Index
    start: float


@cache
def _trees(which: str) -> _Trees:
    """The trees over `feature_names` ("alone") or over ``COMPANY`` ("company")."""
    named = load("kinds.yaml")["twitch"]
    if tuple(named["features"]) != feature_names() or tuple(named["company"]) != COMPANY:
        raise KnowledgeError("kinds.yaml was fitted for other features than this version computes.")
    with np.load(io.BytesIO(data_bytes("kinds.npz"))) as file:
        return _Trees(
            feature=file[f"{which}_feature"].astype(np.int64),
            bound=file[f"{which}_bound"].astype(np.float64),
            left=file[f"{which}_left"].astype(np.int64),
            right=file[f"{which}_right"].astype(np.int64),
            value=file[f"{which}_value"].astype(np.float64),
            root=file[f"{which}_root"].astype(np.int64),
            start=float(file[f"{which}_start"]),
        )


def _probability(trees: _Trees, features: Array) -> float:
    node = trees.root
    while (inner := trees.feature[node] >= 0).any():
        lower = features[np.maximum(trees.feature[node], 0)] <= trees.bound[node]
        node = np.where(inner, np.where(lower, trees.left[node], trees.right[node]), node)
    score = trees.start + float(trees.value[node].sum())
    return float(1.0 / (1.0 + np.exp(-np.clip(score, -40, 40))))


def twitch_probability(features: Array) -> float:
    """Probability 0-1 that a candidate with these `feature_names` is a one-sided twitch, judged alone."""
    return _probability(_trees("alone"), features)


def probability_in_company(company: Array) -> float:
    """The same with what was said of its neighbours, from `COMPANY`; `.neighbours` computes them."""
    return _probability(_trees("company"), company)


def least_probability(false_alarms_per_min: float) -> float:
    """The probability that a twitch must have, for the rate of false twitches asked for, 0.5 to 0.99.

    Read from what people who move, left out of the fit, gave in vain: the logarithm of that rate
    falls in proportion to the logarithm of the odds.
    """
    rows = load("kinds.yaml")["twitch"]["false_alarms"]
    odds = (np.log(rows["at_even_odds_per_min"]) - np.log(rows["allowed"] * false_alarms_per_min)) / rows["fall"]
    return float(np.clip(1.0 / (1.0 + np.exp(-odds)), 0.5, 0.99))


def found_at_deviate(probability: float) -> float:
    """The deviate of evidence from which on most contractions of a still face reach a probability of 0.5 to 0.95.

    Beyond these the value at the end of the range is given.
    """
    rows = load("kinds.yaml")["twitch"]["found_at_deviate"]
    return float(np.interp(probability, [float(p) for p in rows], [float(d) for d in rows.values()]))
