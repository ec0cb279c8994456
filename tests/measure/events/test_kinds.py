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
from facialis.measure.events import kinds
from facialis.measure.events.candidates import find_candidates
from facialis.measure.events.evidence import stretches
from facialis.measure.events.features import feature_names
from facialis.measure.events.kinds import (
    COMPANY,
    found_at_deviate,
    least_probability,
    probability_in_company,
    twitch_probability,
)
from tests.measure.factory import Face


@given(features=hnp.arrays(np.float64, len(feature_names()), elements=st.floats(-1e6, 1e6)))
def test_a_probability_is_a_probability_whatever_the_features(features: NDArray[np.float64]) -> None:
    assert 0 <= twitch_probability(features) <= 1


@given(company=hnp.arrays(np.float64, len(COMPANY), elements=st.floats(-1e6, 1e6)))
def test_and_in_any_company(company: NDArray[np.float64]) -> None:
    assert 0 <= probability_in_company(company) <= 1


def test_the_shipped_rule_is_for_the_features_that_are_computed() -> None:
    assert tuple(load("kinds.yaml")["twitch"]["features"]) == feature_names()
    assert tuple(load("kinds.yaml")["twitch"]["company"]) == COMPANY


@pytest.mark.parametrize("wrong", [{"features": ["loudness"]}, {"company": ["strangers"]}])
def test_a_rule_for_other_features_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: dict[str, list[str]]) -> None:
    named = {"features": list(feature_names()), "company": list(COMPANY)} | wrong
    monkeypatch.setattr(kinds, "load", lambda _name: {"twitch": named})
    kinds._trees.cache_clear()
    try:
        with pytest.raises(KnowledgeError, match=r"kinds\.yaml"):
            twitch_probability(np.zeros(len(feature_names())))
        with pytest.raises(KnowledgeError, match=r"kinds\.yaml"):
            probability_in_company(np.zeros(len(COMPANY)))
    finally:
        kinds._trees.cache_clear()


def test_trees_are_walked_from_root_to_leaf(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two trees of one question each: the leaf's value on the side that the feature falls on, added up."""
    trees = kinds._Trees(
        feature=np.array([1, -1, -1, 0, -1, -1]),
        bound=np.array([0.5, 0, 0, -1.0, 0, 0]),
        left=np.array([1, 0, 0, 4, 0, 0]),
        right=np.array([2, 0, 0, 5, 0, 0]),
        value=np.array([0, -1.0, 2.0, 0, 0.5, -0.25]),
        root=np.array([0, 3]),
        start=0.1,
    )
    monkeypatch.setattr(kinds, "_trees", lambda _which: trees)
    for first, second, score in ((-2.0, 0.5, 0.1 - 1 + 0.5), (0.0, 0.6, 0.1 + 2 - 0.25)):
        features = np.zeros(len(feature_names()))
        features[:2] = first, second
        assert twitch_probability(features) == pytest.approx(1 / (1 + np.exp(-score)))


def test_whoever_asks_for_fewer_false_alarms_asks_for_more_certainty() -> None:
    bounds = [least_probability(rate) for rate in (0.01, 0.1, 0.2, 0.5, 2.0, 10.0)]
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[0] > bounds[-1]
    assert all(0.5 <= bound <= 0.99 for bound in bounds)


def test_more_certainty_needs_more_evidence() -> None:
    needed = [found_at_deviate(bound) for bound in (0.5, 0.7, 0.9, 0.95)]
    assert needed == sorted(needed)
    assert needed[0] > 0


def test_a_clear_contraction_is_more_probable_than_the_best_of_noise_and_of_a_smile() -> None:
    def best(face: Face) -> float:
        (part,) = stretches(face.motion())
        return max((twitch_probability(c.features) for c in find_candidates(part).peaks if c.deviate > 4), default=0.0)

    clear = best(Face(12.0).twitch(6.0, "left", 0.04))
    assert clear > 0.7
    assert clear > best(Face(12.0)) + 0.2
    assert clear > best(Face(12.0).smile(4.0, 3.0)) + 0.2
