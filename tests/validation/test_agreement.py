"""Made-up raters of known reliability: intervals hold what they say, and attenuation is recovered."""

from __future__ import annotations

import numpy as np
import pytest

from validation.agreement import Study, attenuation, coverage

STUDIES = 200
ERROR = float(np.sqrt(0.95 * 0.05 / STUDIES))


@pytest.mark.parametrize("reliability", [0.41, 0.71])
def test_intervals_hold_the_truth_within_chance(reliability: float) -> None:
    held = coverage(Study(films=30, raters=3, reliability=reliability), studies=STUDIES, ranks=False)
    shares = {name: float(np.mean(found)) for name, found in held.items()}
    assert {name for name, share in shares.items() if share < 0.95 - 3 * ERROR} == set()
    # An interval that always holds the truth says nothing: none may be much too wide.
    assert shares["ICC(3,1)"] < 0.95 + 3 * ERROR
    assert all(len(found) > 0.95 * STUDIES for found in held.values())


def test_attenuation_is_recovered() -> None:
    # The mean of six raters of 0.41 has 0.81: 0.6 is seen as 0.54, and 0.6 again without their error.
    true, seen, corrected = attenuation(Study(films=60, raters=6, reliability=0.41, strict=0.0), studies=STUDIES)
    assert seen == pytest.approx(true * 0.81**0.5, abs=0.02)
    assert corrected == pytest.approx(true, abs=0.02)
