"""Common patterns go; what some channels do of their own stays."""

from __future__ import annotations

import numpy as np
import pytest

from facialis.numeric.signals.modes import remove_patterns

CHANNELS = 40
RNG = np.random.Generator(np.random.SFC64(1))
PATTERNS = RNG.normal(size=(4, CHANNELS))
FLOOR = 0.001


def test_patterns_alone_are_removed_entirely() -> None:
    values = RNG.normal(0, 0.05, (50, 4)) @ PATTERNS
    rest = remove_patterns(values, PATTERNS, np.ones_like(values), FLOOR)
    assert np.abs(rest).max() < 1e-5


def test_a_contraction_of_some_channels_stays_while_the_head_moves() -> None:
    """A quarter of the channels moves on its own; it keeps its size to a tenth, the others stay still."""
    noise = RNG.normal(0, 0.0005, (200, CHANNELS))
    head = 0.03 * np.sin(np.arange(200) / 20)[:, None] * PATTERNS[:1]
    own = np.zeros((200, CHANNELS))
    own[100:105, 10:20] = 0.02
    rest = remove_patterns(noise + head + own, PATTERNS, np.ones((200, CHANNELS)), FLOOR)
    assert rest[100:105, 10:20].mean() == pytest.approx(0.02, rel=0.1)
    others = np.r_[0:10, 20:CHANNELS]
    assert np.abs(rest[100:105][:, others]).mean() < 0.0015
    assert rest[:90].std() < 0.001


def test_plain_least_squares_would_smear_the_contraction() -> None:
    """The robust fit is what keeps still channels still: an ordinary fit is several times worse."""
    values = np.zeros((1, CHANNELS))
    values[0, :10] = 0.03
    rest = remove_patterns(values, PATTERNS, np.ones_like(values), FLOOR)[0]
    plain = values[0] - np.linalg.lstsq(PATTERNS.T, values[0], rcond=None)[0] @ PATTERNS
    assert np.abs(rest[10:]).mean() < 0.25 * np.abs(plain[10:]).mean()


def test_channels_that_were_not_seen_do_not_count() -> None:
    values = (RNG.normal(0, 0.05, (20, 4)) @ PATTERNS).copy()
    seen = np.ones_like(values)
    seen[:, :8] = 0
    values[:, :8] += 5.0
    rest = remove_patterns(values, PATTERNS, seen, FLOOR)
    assert np.abs(rest[:, 8:]).max() < 1e-4
    assert rest[:, :8] == pytest.approx(np.full((20, 8), 5.0), abs=1e-3)


def test_nothing_seen_gives_numbers_and_takes_nothing_away() -> None:
    values = RNG.normal(size=(3, CHANNELS))
    rest = remove_patterns(values, PATTERNS, np.zeros_like(values), FLOOR)
    assert rest == pytest.approx(values)


def test_each_moment_is_for_itself() -> None:
    values = RNG.normal(0, 0.02, (30, CHANNELS))
    whole = remove_patterns(values, PATTERNS, np.ones_like(values), FLOOR)
    part = remove_patterns(values[7:9], PATTERNS, np.ones((2, CHANNELS)), FLOOR)
    assert whole[7:9] == pytest.approx(part)
