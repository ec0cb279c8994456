"""The same ratings by independent packages: equal to 1e-6. How their numbers were made is in ``oracle.py``."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.numeric.agreement.agreed import Agreed
from facialis.numeric.agreement.alpha import krippendorff_alpha
from facialis.numeric.agreement.gwet import gwet_ac
from facialis.numeric.agreement.intraclass import intraclass
from facialis.numeric.agreement.kappa import cohen_kappa, mean_kappa
from tests.numeric.agreement.oracle import CATEGORIES, FILE, kappas, nltk_agreement, worlds

KEPT: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
WORLDS = list(worlds())


def close(found: Agreed, expected: list[float]) -> None:
    """The value, and the ends as far as they are possible values: packages do not cut them alike."""
    assert found.value == pytest.approx(expected[0], abs=1e-6)
    assert (found.low, found.high) == pytest.approx((max(expected[1], -1), min(expected[2], 1)), abs=1e-6)


@pytest.mark.parametrize(("name", "ratings"), WORLDS)
def test_equal_to_independent_packages(name: str, ratings: NDArray[np.float64]) -> None:
    kept = KEPT[name]
    for weights in ("none", "linear", "quadratic"):
        kappa = cohen_kappa(ratings[:, 0], ratings[:, 1], categories=CATEGORIES, weights=weights)
        close(kappa, kept["kappa of the first two (statsmodels)"][weights])
        close(gwet_ac(ratings, categories=CATEGORIES, weights=weights), kept["ac (irrCAC)"][weights])
    for package in ("krippendorff", "nltk"):
        for level, expected in kept[f"alpha ({package})"].items():
            assert krippendorff_alpha(ratings, level=level).value == pytest.approx(expected, abs=1e-6)
    if "mean kappa (nltk)" in kept:
        assert mean_kappa(ratings).value == pytest.approx(kept["mean kappa (nltk)"], abs=1e-6)
        found = intraclass(ratings)
        ours = {
            "ICC(A,1)": found.single,
            "ICC(A,k)": found.mean,
            "ICC(C,1)": found.single_consistent,
            "ICC(C,k)": found.mean_consistent,
        }
        expected = dict(kept["icc (pingouin)"])
        assert {key: one.value for key, one in ours.items()} == pytest.approx({k: expected[k] for k in ours}, abs=1e-6)


def test_what_is_kept_is_what_statsmodels_and_nltk_say_now() -> None:
    for name, ratings in WORLDS:
        kept = KEPT[name]
        for weights, numbers in kappas(ratings).items():
            assert numbers == pytest.approx(kept["kappa of the first two (statsmodels)"][weights], abs=1e-9)
        found = nltk_agreement(ratings)
        assert {level: found[level] for level in ("nominal", "interval")} == pytest.approx(
            kept["alpha (nltk)"], abs=1e-9
        )
        if "mean kappa (nltk)" in kept:
            assert found["mean kappa"] == pytest.approx(kept["mean kappa (nltk)"], abs=1e-9)
