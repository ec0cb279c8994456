"""Scatter of days: a distribution of counts whose mean is the rate, with heavy tails where there are odd days."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import gammaln

from facialis.numeric.statistics.scatter import SCATTERS, log_counts


def chances(mean: float, spread: float = 1.0, most: int = 4000) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    log_mean = np.full((len(SCATTERS.usual), 1), np.log(mean))
    rows = [log_counts(float(k), spread, log_mean, SCATTERS)[:, 0] - gammaln(k + 1.0) for k in range(most)]
    return np.asarray(np.exp(np.array(rows)).T)


@pytest.mark.parametrize("spread", [1.0, 0.2])
def test_counts_have_the_mean_and_the_scatter_that_are_said(spread: float) -> None:
    found, mean = chances(12.0, spread), 12.0
    counts = np.arange(found.shape[1])
    assert found.sum(1) == pytest.approx(1.0, abs=1e-6)
    assert found @ counts == pytest.approx(mean, rel=1e-4)
    if spread < 0.5:
        variance = found @ (counts - mean) ** 2
        assert variance == pytest.approx(mean + SCATTERS.whole**2 * spread * mean**2, rel=1e-3)


def test_odd_days_are_likelier_where_there_are_some() -> None:
    found = chances(20.0)
    bursts, empty = SCATTERS.burst > 0.05, SCATTERS.empty > 0.05
    calm = SCATTERS.usual < 0.6
    assert found[bursts & calm, 100:].sum(1).min() > 2 * found[~bursts & calm, 100:].sum(1).max()
    assert found[empty & calm, :3].sum(1).min() > 4 * found[~empty & calm, :3].sum(1).max()


def test_the_kinds_are_weighed_to_one() -> None:
    assert SCATTERS.weight.sum() == pytest.approx(1.0)
    assert (SCATTERS.whole > SCATTERS.usual).all()
