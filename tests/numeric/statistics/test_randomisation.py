"""What a comparison by lot says is right as often as it claims, whatever the outcome looks like."""

from __future__ import annotations

import numpy as np
import pytest

from facialis.numeric.statistics.randomisation import difference, draw_again, interval, p_of

BLOCK = np.repeat(np.arange(10), 4)
UNIT = np.arange(40)


def test_the_difference_is_within_blocks() -> None:
    given = np.tile([1.0, 0.0, 0.0, 1.0], 10)
    assert difference(3 * given + 100.0 * BLOCK, given, BLOCK) == pytest.approx(3)
    assert np.isnan(difference(np.ones(40), np.ones(40), BLOCK))


def test_lots_stay_balanced_and_keep_units_together() -> None:
    given = np.tile([1.0, 1.0, 0.0, 0.0], 10)
    lots = draw_again(given, BLOCK, np.repeat(np.arange(20), 2), draws=50, seed=1)
    assert (lots.reshape(50, 10, 4).sum(2) == 2).all()
    assert (lots[:, 0::2] == lots[:, 1::2]).all()
    assert len(np.unique(lots, axis=0)) > 30


def test_intervals_hold_the_truth_nine_times_in_ten() -> None:
    rng = np.random.default_rng(2)
    inside = 0
    for k in range(150):
        given = draw_again(np.tile([1.0, 1.0, 0.0, 0.0], 10), BLOCK, UNIT, draws=1, seed=k)[0]
        outcome = np.round(np.cumsum(rng.standard_normal(40)) + rng.exponential(2, 40)) + 1.5 * given
        lots = draw_again(given, BLOCK, UNIT, draws=499, seed=5)
        estimate = float(difference(outcome, given, BLOCK))
        drawn, along = difference(outcome, lots, BLOCK), difference(given, lots, BLOCK)
        low, high = interval(estimate, drawn, along, 0.9)
        assert low < estimate < high
        inside += low <= 1.5 <= high
    assert 0.83 <= inside / 150 <= 0.97


def test_p_is_one_at_the_estimate_and_small_far_from_it() -> None:
    given = np.tile([1.0, 0.0, 0.0, 1.0], 10)
    outcome = 5 * given + np.random.default_rng(3).standard_normal(40)
    lots = draw_again(given, BLOCK, UNIT, draws=499, seed=5)
    estimate = float(difference(outcome, given, BLOCK))
    drawn, along = difference(outcome, lots, BLOCK), difference(given, lots, BLOCK)
    assert p_of(estimate, estimate, drawn, along) == 1
    assert p_of(0.0, estimate, drawn, along) < 0.01
