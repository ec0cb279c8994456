"""The rule that tells twitches from everything else: a probability, fitted for the features that are computed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from numpy.typing import NDArray

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import load
from facialis.measure import kinds
from facialis.measure.candidates import FEATURES, find_candidates
from facialis.measure.evidence import stretches
from facialis.measure.kinds import twitch_probability
from tests.measure.factory import Face


@given(features=hnp.arrays(np.float64, len(FEATURES), elements=st.floats(-1e6, 1e6)))
def test_a_probability_is_a_probability_whatever_the_features(features: NDArray[np.float64]) -> None:
    assert 0 <= twitch_probability(features) <= 1


def test_the_shipped_rule_is_for_the_features_that_are_computed() -> None:
    rows = load("kinds.yaml")["twitch"]["features"]
    assert tuple(rows) == FEATURES
    assert all(row["scale"] > 0 for row in rows.values())


def test_a_rule_for_other_features_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    old = {"twitch": {"intercept": 0.0, "features": {"loudness": {"mean": 0.0, "scale": 1.0, "weight": 1.0}}}}
    monkeypatch.setattr(kinds, "load", lambda _name: old)
    kinds._rule.cache_clear()
    try:
        with pytest.raises(KnowledgeError, match=r"kinds\.yaml"):
            twitch_probability(np.zeros(len(FEATURES)))
    finally:
        kinds._rule.cache_clear()


def test_a_clear_contraction_is_more_probable_than_the_best_of_noise_and_of_a_smile() -> None:
    def best(face: Face) -> float:
        (part,) = stretches(face.motion())
        return max((twitch_probability(c.features) for c in find_candidates(part).peaks if c.deviate > 4), default=0.0)

    clear = best(Face(12.0).twitch(6.0, "left", 0.04))
    assert clear > 0.7
    assert clear > best(Face(12.0)) + 0.2
    assert clear > best(Face(12.0).smile(4.0, 3.0)) + 0.2
