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
    """Give the probability that a candidate is a one-sided twitch, judged alone.

    Parameters
    ----------
    features
        Values (feature,) of `facialis.measure.events.features.feature_names`, in that order, all finite.

    Returns
    -------
    float
        0–1, that of "was put in" among such candidates. It is not the probability of an illness, nor the one an event
        is reported with: see `probability_in_company`.

    Raises
    ------
    KnowledgeError
        The rule was fitted for other features.

    Notes
    -----
    Gaps and frame rate are known to it only through the features: shares of hidden windows, errors, the duration of the
    filter.

    Source
    ------
    ``docs/reference/method.md``, chapter 8; Friedman 2001, doi:10.1214/aos/1013203451.

    Examples
    --------
    >>> twitch_probability(candidate.features)  # doctest: +SKIP
    0.87
    """
    return _probability(_trees("alone"), features)


def probability_in_company(company: Array) -> float:
    """Give the probability that a candidate is a one-sided twitch, knowing its neighbours.

    Parameters
    ----------
    company
        Values (feature,) of `COMPANY`, in that order, all finite, as `facialis.measure.events.neighbours.company_of`
        computes them.

    Returns
    -------
    float
        0–1, that of "was put in" among such candidates; the one that counts from there on.

    Raises
    ------
    KnowledgeError
        The rule was fitted for other features.

    Notes
    -----
    Neighbours in a gap are not known, so a train that a gap cuts has less company.

    Source
    ------
    ``docs/reference/method.md``, chapter 8, "Company".

    Examples
    --------
    >>> [probability_in_company(row) for row in company_of(peaks, alone)]  # doctest: +SKIP
    [0.93, 0.04]
    """
    return _probability(_trees("company"), company)


def least_probability(false_alarms_per_min: float) -> float:
    """Give the probability that a twitch must reach, at a false-alarm rate you choose.

    Parameters
    ----------
    false_alarms_per_min
        False twitches per minute of usable time; above 0.

    Returns
    -------
    float
        0.5 to 0.99; less for a higher rate.

    Notes
    -----
    Read from people left out of the fit, who move: the logarithm of their false alarms per minute falls in proportion
    to the log odds of the bound. A face that speaks and grimaces may give 5 times the rate; one at rest gives fewer.
    The bound does not depend on the frame rate. It does not promise a rate for any single recording.

    Source
    ------
    ``docs/reference/method.md``, chapter 8, "The bound"; ``false_alarms`` in ``data/kinds.yaml``.

    Examples
    --------
    >>> round(least_probability(0.2), 2), least_probability(10.0)
    (0.8, 0.5)
    """
    rows = load("kinds.yaml")["twitch"]["false_alarms"]
    odds = (np.log(rows["at_even_odds_per_min"]) - np.log(rows["allowed"] * false_alarms_per_min)) / rows["fall"]
    return float(np.clip(1.0 / (1.0 + np.exp(-odds)), 0.5, 0.99))


def found_at_deviate(probability: float) -> float:
    """Give the deviate of evidence from which on half of the contractions of still faces reach a probability.

    Parameters
    ----------
    probability
        The bound of a twitch, 0–1.

    Returns
    -------
    float
        A standard normal deviate. Outside 0.5 to 0.95 it is that of the nearer end.

    Notes
    -----
    It is the same at every frame rate; what a deviate means in IOD depends on rate and noise: see
    `facialis.measure.limits.evidence_limits`. It holds for a face at rest, not for one that speaks.

    Source
    ------
    ``found_at_deviate`` in ``data/kinds.yaml``, made by ``python -m validation.fit_kinds``.

    Examples
    --------
    >>> found_at_deviate(0.7), found_at_deviate(0.99)
    (1.73, 3.08)
    """
    rows = load("kinds.yaml")["twitch"]["found_at_deviate"]
    return float(np.interp(probability, [float(p) for p in rows], [float(d) for d in rows.values()]))
