"""Strict matching, and intervals that come from the clips."""

from __future__ import annotations

from dataclasses import replace

import pytest

from validation.scoring import Tally, f1_interval, tally
from validation.twitches import Twitch, truth_of

TRUTH = truth_of([Twitch(onset_s=float(t), duration_s=0.2, side="left", size_iod=0.03) for t in (1, 2, 3, 4)])


def test_a_second_report_and_the_wrong_side_are_false() -> None:
    right, late = TRUTH[0], replace(TRUTH[0], apex_s=TRUTH[0].apex_s + 0.05)
    wrong = replace(TRUTH[1], side="right")
    nothing = replace(TRUTH[2], onset_s=9.0, apex_s=9.1)
    score = tally(TRUTH, [right, late, wrong, nothing], 10.0)
    assert (score.there, score.found, score.timely, score.reported) == (4, 1, 2, 4)
    assert score.recall == 0.25
    assert score.precision == 0.25
    assert score.f1 == 0.25
    assert score.side_right == 0.5
    assert score.false_per_min == pytest.approx(18.0)


def test_all_found_and_nothing_else_is_one() -> None:
    score = tally(TRUTH, TRUTH, 10.0)
    assert score.f1 == score.recall == score.precision == score.side_right == 1.0


def test_the_interval_of_f1_holds_the_value_and_narrows_with_more_clips() -> None:
    good, bad = Tally(there=10, found=9, timely=9, reported=10), Tally(there=10, found=3, timely=3, reported=5)
    low, high = f1_interval([good, bad] * 4)
    assert low < sum([good, bad] * 4, Tally()).f1 < high
    narrow = f1_interval([good, bad] * 40)
    assert narrow[1] - narrow[0] < (high - low) / 2
