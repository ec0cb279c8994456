"""Where nothing can be said, None and the reason: never NaN, and never 1 without a word."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from facialis.numeric.agreement.agreed import Agreed
from facialis.numeric.agreement.alpha import krippendorff_alpha
from facialis.numeric.agreement.attenuation import correlation, highest_correlation, without_attenuation
from facialis.numeric.agreement.differences import bland_altman
from facialis.numeric.agreement.gwet import gwet_ac
from facialis.numeric.agreement.intraclass import intraclass
from facialis.numeric.agreement.kappa import cohen_kappa, mean_kappa
from facialis.numeric.agreement.moments import common_moments, f1_of, matched

Array = NDArray[np.float64]
GAP = np.nan
COEFFICIENTS: dict[str, Callable[[Array], Agreed]] = {
    "kappa": mean_kappa,
    "weighted kappa": lambda x: mean_kappa(x, weights="quadratic", categories=(0, 1, 2, 3, 4)),
    "nominal alpha": lambda x: krippendorff_alpha(x, level="nominal"),
    "ordinal alpha": lambda x: krippendorff_alpha(x, level="ordinal"),
    "AC2": lambda x: gwet_ac(x, categories=(0, 1, 2, 3, 4), weights="quadratic"),
    "ICC(2,1)": lambda x: intraclass(x).single,
    "ICC(2,k)": lambda x: intraclass(x).mean,
    "ICC(3,k)": lambda x: intraclass(x).mean_consistent,
}
NOTHING = {
    "all missing": (np.full((5, 3), GAP), "nothing_rated"),
    "no item": (np.zeros((0, 3)), "nothing_rated"),
    "one rater": (np.array([[0.0, GAP], [1, GAP], [2, GAP]]), "one_rater"),
    "no item by two": (np.array([[0.0, GAP], [GAP, 1], [2, GAP]]), "no_item_twice"),
    "one item": (np.array([[0.0, 1, 2]]), "few_items"),
}


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
@pytest.mark.parametrize("case", NOTHING)
def test_nothing_is_said_of_too_little(coefficient: str, case: str) -> None:
    ratings, why = NOTHING[case]
    found = COEFFICIENTS[coefficient](ratings)
    assert (found.value, found.low, found.why) == (None, None, why)


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
def test_all_the_same_and_full_agreement_are_told_apart(coefficient: str) -> None:
    same = COEFFICIENTS[coefficient](np.full((6, 3), 2.0))
    if coefficient == "AC2":  # which takes chance from the scale, not from the answers given
        assert (same.value, same.why, same.low) == (1.0, "perfect", None)
    else:
        assert (same.value, same.why) == (None, "all_the_same")
    full = COEFFICIENTS[coefficient](np.repeat([[0.0], [1], [3], [3]], 3, axis=1))
    assert (full.value, full.why, full.low) == (1.0, "perfect", None)


@pytest.mark.parametrize("coefficient", COEFFICIENTS)
def test_many_ties_and_gaps_give_finite_numbers(coefficient: str) -> None:
    rng = np.random.default_rng(2)
    for _ in range(30):
        ratings = rng.choice([0.0, 0, 0, 0, 1, 4, GAP], (rng.integers(2, 9), rng.integers(2, 5)))
        found = COEFFICIENTS[coefficient](ratings)  # Agreed refuses NaN by itself
        assert found.value is None or found.value <= 1
        if found.low is not None and found.high is not None and found.value is not None:
            assert found.low <= found.value <= found.high


def test_a_rater_who_is_stricter_lowers_agreement_and_not_consistency() -> None:
    found = intraclass(np.array([[0.0, 1], [1, 2], [2, 3], [3, 4]]))
    assert found.single.value is not None
    assert found.single.value < 0.8
    assert (found.single_consistent.value, found.single_consistent.why) == (1.0, "perfect")


def test_differences_of_too_few_or_of_none() -> None:
    assert bland_altman(np.array([1.0, GAP]), np.array([1.0, 2])).bias.why == "few_items"
    assert bland_altman(np.array([GAP]), np.array([GAP])).low.why == "nothing_rated"
    same = bland_altman(np.array([1.0, 2, 3]), np.array([0.0, 1, 2]))
    assert (same.bias.value, same.low.value, same.bias.low, same.bias.why) == (1.0, 1.0, None, "perfect")


def test_a_correlation_needs_something_that_differs() -> None:
    assert correlation(np.arange(3.0), np.arange(3.0)).why == "few_items"
    assert correlation(np.arange(5.0), np.ones(5)).why == "all_the_same"
    full = correlation(np.arange(5.0), np.arange(5.0) ** 2, ranks=True)
    assert (full.value, full.why, full.low) == (1.0, "perfect", None)


def test_a_reliability_of_nothing_corrects_nothing() -> None:
    seen = Agreed(value=0.5, low=0.2, high=0.7)
    nil = Agreed(value=-0.1)
    assert highest_correlation(nil).why == "reliability_not_above_zero"
    assert without_attenuation(seen, nil).value is None
    beyond = without_attenuation(seen, Agreed(value=0.2))
    assert (beyond.value, beyond.why) == (1.0, "beyond_one")


def test_moments_are_paired_once_and_as_many_as_can_be() -> None:
    # Nearest first would pair 1.0 with 1.1 and leave 0.9 and 1.3 alone.
    pairs = matched(np.array([0.9, 1.1]), np.array([1.0, 1.3]), 0.2)
    assert pairs.tolist() == [[0, 0], [1, 1]]
    assert matched(np.array([]), np.array([1.0]), 0.2).shape == (0, 2)
    one, other = [np.array([1.0, 2.0])] * 6, [np.array([1.1, 5.0])] * 6
    assert f1_of(one, other, 0.05).value == 0.0
    assert f1_of(one, other, 0.2).value == 0.5
    none = [np.array([])] * 6
    assert f1_of(none, none, 0.2).why == "all_the_same"
    assert f1_of(none, other, 0.2).value == 0.0
    assert f1_of([], [], 0.2).why == "nothing_rated"


def test_common_moments_are_those_of_more_than_half() -> None:
    taps = [np.array([1.0, 3.0]), np.array([1.2, 5.0]), np.array([1.1, 3.1, 3.2])]
    assert common_moments(taps, 0.25) == pytest.approx([1.1, 3.05])
    assert common_moments(taps[:2], 0.25) == pytest.approx([1.1])  # of two, both
    assert common_moments([np.array([])] * 3, 0.25).size == 0


def test_a_rater_who_always_says_the_same_makes_nothing_sure() -> None:
    one, other = np.array([1.0, 1, 1, 1, 2]), np.ones(5)
    for found in (cohen_kappa(one, other), mean_kappa(np.column_stack([one, other]))):
        assert (found.value, found.low, found.why) == (0.0, None, "no_scatter")
