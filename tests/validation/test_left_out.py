"""A rule that has not seen a person takes the place of the product's, and only for as long as it is asked."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.ensemble import HistGradientBoostingClassifier

from facialis.measure.events.features import feature_names
from facialis.measure.events.kinds import COMPANY, probability_in_company, twitch_probability
from validation.left_out import ruled_by


def _fitted(width: int, seed: int) -> HistGradientBoostingClassifier:
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, (400, width))
    return HistGradientBoostingClassifier(max_iter=20, random_state=0).fit(x, x[:, 0] + 0.5 * x[:, 1] > 0)


def test_another_rule_judges_within_and_the_own_one_afterwards() -> None:
    alone, company = _fitted(len(feature_names()), 1), _fitted(len(COMPANY), 2)
    rng = np.random.default_rng(3)
    features, companies = rng.normal(0, 1, (20, len(feature_names()))), rng.normal(0, 1, (20, len(COMPANY)))
    own = [twitch_probability(row) for row in features], [probability_in_company(row) for row in companies]
    with ruled_by((alone, company)):
        got = [twitch_probability(row) for row in features], [probability_in_company(row) for row in companies]
    assert got[0] == pytest.approx(alone.predict_proba(features)[:, 1], abs=1e-9)
    assert got[1] == pytest.approx(company.predict_proba(companies)[:, 1], abs=1e-9)
    assert got[0] != pytest.approx(own[0], abs=1e-3)
    assert [twitch_probability(row) for row in features] == own[0]
    assert [probability_in_company(row) for row in companies] == own[1]
