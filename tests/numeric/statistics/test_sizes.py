"""Which share of the twitches a limit lets through."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from facialis.numeric.statistics.sizes import shares_seen


def test_one_limit_for_all_is_no_matter() -> None:
    seen = shares_seen(np.full(5, 0.02), np.full(5, np.nan), np.ones(5))
    assert np.array_equal(seen.shares, np.ones((1, 5)))
    assert np.array_equal(shares_seen(np.full(3, np.nan), np.ones(3), np.ones(3)).shares, np.ones((1, 3)))


def test_a_coarse_session_sees_less_where_twitches_are_small() -> None:
    limits = np.array([0.006] * 6 + [0.04])
    small = shares_seen(limits, np.array([0.009] * 6 + [np.nan]), np.full(7, 30.0))
    large = shares_seen(limits, np.array([0.08] * 6 + [np.nan]), np.full(7, 30.0))
    assert small.mean[-1] < 0.2 < 0.7 < large.mean[-1]
    assert np.allclose(small.mean[:6], 1.0)


def test_truncation_is_known() -> None:
    # A coarse camera sees large twitches only: its median says little of the small ones.
    rng = np.random.default_rng(2)
    sizes = np.exp(rng.normal(np.log(0.015), 0.6, 20_000))
    found = sizes[sizes > 0.02]
    seen = shares_seen(np.array([0.02] * 5 + [0.005]), np.full(6, float(np.median(found))), np.array([40.0] * 5 + [0]))
    assert float(np.median(found)) > 0.024
    assert seen.mean[0] < 0.85


def test_sessions_without_a_limit_are_like_the_others() -> None:
    seen = shares_seen(np.array([0.005, 0.02, np.nan, 0.02]), np.full(4, 0.02), np.full(4, 10.0))
    assert seen.mean[2] == pytest.approx(seen.mean[1])


@given(st.permutations(range(6)))
def test_order_of_sessions_is_no_matter(order: list[int]) -> None:
    limits = np.array([0.005, 0.02, 0.01, 0.04, 0.02, 0.008])
    medians = np.array([0.02, 0.03, np.nan, 0.05, 0.03, 0.02])
    counts = np.array([10.0, 4, 0, 2, 5, 8])
    seen, other = shares_seen(limits, medians, counts), shares_seen(limits[order], medians[order], counts[order])
    assert other.shares == pytest.approx(seen.shares[:, order])
