"""Worked examples that were printed: equal to the digits that are in print."""

from __future__ import annotations

import numpy as np
import pytest

from facialis.numeric.agreement.agreed import Agreed
from facialis.numeric.agreement.alpha import Level, krippendorff_alpha
from facialis.numeric.agreement.attenuation import highest_correlation
from facialis.numeric.agreement.differences import bland_altman
from facialis.numeric.agreement.gwet import gwet_ac
from facialis.numeric.agreement.intraclass import intraclass, of_the_mean
from facialis.numeric.agreement.kappa import cohen_kappa

# Shrout and Fleiss 1979, Intraclass correlations: uses in assessing rater reliability, Psychological Bulletin 86:420,
# doi:10.1037/0033-2909.86.2.420, table 2: six targets, four judges.
JUDGES = np.array([[9.0, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]])

GAP = np.nan
# Krippendorff 2011, Computing Krippendorff's alpha-reliability, section C, repository.upenn.edu/asc_papers/43:
# 12 units, four observers, missing data. The same ratings are cac.raw4raters of the R package irrCAC.
OBSERVERS = np.array(
    [
        [1, 1, GAP, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [GAP, 5, 5, 5],
        [GAP, GAP, 1, 1],
        [GAP, GAP, 3, GAP],
    ]
)

# Bland and Altman 1986, Statistical methods for assessing agreement between two methods of clinical measurement,
# Lancet 327:307, doi:10.1016/S0140-6736(86)90837-8, table: peak flow (l/min), first readings by a Wright and a mini
# Wright meter; held against the copy in the R package blandr.
WRIGHT = np.array([494, 395, 516, 434, 476, 557, 413, 442, 650, 433, 417, 656, 267, 478, 178, 423, 427], float)
MINI = np.array([512, 430, 520, 428, 500, 600, 364, 380, 658, 445, 432, 626, 260, 477, 259, 350, 451], float)


def value(found: Agreed) -> float:
    assert found.value is not None
    return found.value


def ends(found: Agreed) -> tuple[float, float]:
    assert found.low is not None
    assert found.high is not None
    return found.low, found.high


def test_intraclass_of_shrout_and_fleiss() -> None:
    found = intraclass(JUDGES)
    printed = {0.29: found.single, 0.62: found.mean, 0.71: found.single_consistent, 0.91: found.mean_consistent}
    for number, coefficient in printed.items():
        assert value(coefficient) == pytest.approx(number, abs=0.005)
    # What the function ICC of the R package psych prints for these judges, to two or three digits.
    assert ends(found.single) == pytest.approx((0.019, 0.76), abs=0.005)
    assert ends(found.mean) == pytest.approx((0.071, 0.93), abs=0.005)
    assert ends(found.single_consistent) == pytest.approx((0.342, 0.95), abs=0.005)


@pytest.mark.parametrize(("level", "printed"), [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849)])
def test_alpha_of_krippendorff(level: Level, printed: float) -> None:
    found = krippendorff_alpha(OBSERVERS, level=level)
    assert value(found) == pytest.approx(printed, abs=0.0005)
    assert found.items == 11  # the unit with one value cannot be compared


def test_limits_of_bland_and_altman() -> None:
    found = bland_altman(WRIGHT, MINI, reach=2)  # the paper takes two standard deviations
    assert value(found.bias) == pytest.approx(-2.1, abs=0.05)
    assert found.spread == pytest.approx(38.8, abs=0.05)
    assert value(found.low) == pytest.approx(-79.7, abs=0.1)  # from rounded numbers there
    assert value(found.high) == pytest.approx(75.5, abs=0.1)
    assert ends(found.bias) == pytest.approx((-22.0, 17.8), abs=0.1)
    # Theirs are symmetric approximations, ours exact: wider outside, narrower inside, by less than a third.
    low, high = ends(found.low)
    assert -129 < low < -114.3
    assert -55 < high < -45.1


def test_ac1_of_gwet() -> None:
    # Printed by the package irrCAC of Gwet himself (README, doi:10.32614/CRAN.package.irrCAC): gwet.ac1.raw of
    # Krippendorff's four observers. The coefficient: Gwet 2008, doi:10.1348/000711006X126600.
    found = gwet_ac(OBSERVERS, categories=(1, 2, 3, 4, 5))
    assert value(found) == pytest.approx(0.77544, abs=0.000005)
    assert ends(found) == pytest.approx((0.461, 1.0), abs=0.0005)


def test_ac1_and_kappa_of_two_abstractors() -> None:
    # From there as well: gwet.ac1.table and kappa2.table of cont3x3abstractors, a hundred pregnancies.
    table = np.array([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    rows, columns = np.indices(table.shape)
    one = np.repeat(rows.ravel(), table.ravel()).astype(np.float64)
    other = np.repeat(columns.ravel(), table.ravel()).astype(np.float64)
    found = gwet_ac(np.column_stack([one, other]), categories=(0, 1, 2))
    assert value(found) == pytest.approx(0.8493305, abs=5e-8)
    assert ends(found) == pytest.approx((0.764, 0.935), abs=0.001)  # a normal interval there, of Student's t here
    kappa = cohen_kappa(one, other)
    assert value(kappa) == pytest.approx(0.7964094, abs=5e-8)
    assert ends(kappa) == pytest.approx((0.68, 0.913), abs=0.0015)


def test_ac1_and_alpha_of_six_psychiatrists() -> None:
    # From there as well: gwet.ac1.dist and krippen.alpha.dist of distrib.6raters, how many of six chose each of five.
    counts = (
        (0, 0, 0, 6, 0), (0, 3, 0, 0, 3), (0, 1, 4, 0, 1), (0, 0, 0, 0, 6), (0, 3, 0, 3, 0),
        (2, 0, 4, 0, 0), (0, 0, 4, 0, 2), (2, 0, 3, 1, 0), (2, 0, 0, 4, 0), (0, 0, 0, 0, 6),
        (1, 0, 0, 5, 0), (1, 1, 0, 4, 0), (0, 3, 3, 0, 0), (1, 0, 0, 5, 0), (0, 2, 0, 3, 1),
    )  # fmt: skip
    chosen = np.array([np.repeat(np.arange(1.0, 6.0), row) for row in counts])
    found = gwet_ac(chosen, categories=(1, 2, 3, 4, 5))
    assert value(found) == pytest.approx(0.4448007, abs=5e-8)
    assert ends(found) == pytest.approx((0.264, 0.625), abs=0.0005)
    assert value(krippendorff_alpha(chosen, level="nominal")) == pytest.approx(0.4204384, abs=5e-8)


def test_where_one_answer_is_frequent_kappa_falls_and_ac1_does_not() -> None:
    one = np.repeat([1.0, 1, 2], [118, 5, 2])
    other = np.repeat([1.0, 2, 1], [118, 5, 2])
    seen = 118 / 125
    kappa_chance = (123 * 120 + 2 * 5) / 125**2
    usual = (123 + 120) / 250
    ac_chance = 2 * usual * (1 - usual)
    assert value(cohen_kappa(one, other)) == pytest.approx((seen - kappa_chance) / (1 - kappa_chance))
    assert value(cohen_kappa(one, other)) < 0
    found = gwet_ac(np.column_stack([one, other]), categories=(1, 2))
    assert value(found) == pytest.approx((seen - ac_chance) / (1 - ac_chance))
    assert value(found) > 0.9


def test_kappa_by_hand() -> None:
    one, other = np.array([0.0, 0, 1, 2, 2, 1]), np.array([0.0, 1, 1, 2, 1, 1])
    seen, chance = 4 / 6, (2 * 1 + 2 * 4 + 2 * 1) / 36
    assert value(cohen_kappa(one, other)) == pytest.approx((seen - chance) / (1 - chance))


def test_the_mean_of_six_untrained_raters() -> None:
    # Spearman and Brown: six raters of 0.41 have 0.81 together, which allows a correlation of 0.90, one of them 0.64.
    one = Agreed(value=0.41)
    six = of_the_mean(one, 6)
    assert value(six) == pytest.approx(0.81, abs=0.005)
    assert value(highest_correlation(one)) == pytest.approx(0.64, abs=0.005)
    assert value(highest_correlation(six)) == pytest.approx(0.90, abs=0.005)
