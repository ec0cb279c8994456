"""Series that wander do not go along with each other because of it; what does is found and sized."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.numeric.statistics.association import MEMORIES, associate, fit_memory, quantile, step_down, whiten

Array = NDArray[np.float64]


def wander(rng: np.random.Generator, days: int, phi: float) -> Array:
    out = np.empty(days)
    out[0] = rng.standard_normal()
    for t in range(1, days):
        out[t] = phi * out[t - 1] + np.sqrt(1 - phi**2) * rng.standard_normal()
    return out


def test_whitening_is_the_inverse_root_of_the_covariance() -> None:
    rng = np.random.default_rng(1)
    days, phi, share = 40, 0.8, 0.6
    seen = rng.random(days) > 0.3
    values = rng.standard_normal((days, 1, 2))
    white, log_sum = whiten(values, seen[:, None], np.array([[phi, share]]))
    apart = np.abs(np.subtract.outer(np.arange(days), np.arange(days)))
    cov = (share * phi**apart + (1 - share) * np.eye(days))[np.ix_(seen, seen)]
    expected = np.linalg.solve(np.linalg.cholesky(cov), values[seen, 0])
    assert white[seen, 0] == pytest.approx(expected)
    assert not white[~seen].any()
    assert log_sum[0] == pytest.approx(np.linalg.slogdet(cov)[1])


@pytest.mark.parametrize("phi", [0.0, 0.5, 0.9])
def test_the_memory_is_found(phi: float) -> None:
    rng = np.random.default_rng(2)
    series = np.column_stack([wander(rng, 600, phi) for _ in range(5)])
    found = fit_memory(series, np.ones((600, 1)))
    next_day = found[:, 0] * found[:, 1]  # correlation of one day with the next, scatter of the day included
    assert np.median(next_day) == pytest.approx(phi, abs=0.12)
    assert {tuple(row) for row in found} <= {tuple(row) for row in MEMORIES}


def test_two_wanderers_do_not_go_along() -> None:
    rng = np.random.default_rng(3)
    days, pairs = 200, 300
    outcome = np.column_stack([wander(rng, days, 0.9) for _ in range(pairs)])
    trigger = np.column_stack([wander(rng, days, 0.9) for _ in range(pairs)])
    memory = np.broadcast_to([0.9, 1.0], (pairs, 2))
    found = associate(outcome, trigger, np.ones((days, 1)), memory)
    assert np.mean(np.abs(found.score) > 1.96) == pytest.approx(0.05, abs=0.04)
    reach = quantile(0.9, found.freedom) * found.error
    assert np.mean(np.abs(found.slope) <= reach) == pytest.approx(0.9, abs=0.05)


def test_the_slope_is_that_of_what_was_put_in() -> None:
    rng = np.random.default_rng(4)
    trigger = wander(rng, 500, 0.7)
    outcome = wander(rng, 500, 0.8)
    outcome += 2.0 * trigger + 0.01 * np.arange(500.0)
    outcome[rng.random(500) < 0.2] = np.nan
    nuisance = np.column_stack([np.ones(500), np.arange(500.0)])
    found = associate(outcome[:, None], trigger[:, None], nuisance, fit_memory(outcome[:, None], nuisance))
    assert found.slope[0] == pytest.approx(2.0, abs=4 * found.error[0])
    assert found.error[0] < 0.15


def test_a_trigger_that_the_nuisance_explains_says_nothing() -> None:
    day = np.arange(60.0)
    nuisance = np.column_stack([np.ones(60), day])
    outcome = np.random.default_rng(5).standard_normal((60, 1))
    found = associate(outcome, 3 * day[:, None], nuisance, np.zeros((1, 2)))
    assert found.score[0] == 0
    assert np.isinf(found.error[0])
    assert step_down(found, draws=99, seed=0)[0] == 1.0


def test_p_is_even_without_association_and_corrected_for_all_that_was_tried() -> None:
    rng = np.random.default_rng(6)
    some = 0
    for _ in range(200):
        outcome, trigger = rng.standard_normal((60, 1)), rng.standard_normal((60, 20))
        found = associate(np.repeat(outcome, 20, axis=1), trigger, np.ones((60, 1)), np.zeros((20, 2)))
        some += bool((step_down(found, draws=299, seed=1) < 0.05).any())
    assert some <= 18  # 200 x 5 % = 10, and chance


def test_p_never_falls_as_the_score_falls() -> None:
    rng = np.random.default_rng(7)
    found = associate(rng.standard_normal((80, 9)), rng.standard_normal((80, 9)), np.ones((80, 1)), np.zeros((9, 2)))
    order = np.argsort(-np.abs(found.score))
    assert (np.diff(step_down(found, draws=199, seed=0)[order]) >= 0).all()
