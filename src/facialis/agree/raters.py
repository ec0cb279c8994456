"""Raters against each other and against themselves, on one question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from facialis.agree.questions import Question
from facialis.core.rating.scales import Level
from facialis.numeric.agreement.agreed import Agreed
from facialis.numeric.agreement.alpha import Level as AlphaLevel
from facialis.numeric.agreement.alpha import krippendorff_alpha
from facialis.numeric.agreement.differences import bland_altman
from facialis.numeric.agreement.gwet import gwet_ac
from facialis.numeric.agreement.intraclass import intraclass
from facialis.numeric.agreement.kappa import cohen_kappa, mean_kappa

__all__ = ["QuestionAgreement", "RaterPair", "agreement_on"]

Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class RaterPair:
    """Two raters: their coefficients on one question, by name."""

    one: str
    other: str
    coefficients: Mapping[str, Agreed]


@dataclass(frozen=True, kw_only=True)
class QuestionAgreement:
    """How far raters agree on one question.

    Parameters
    ----------
    scale, part, level
        As in `facialis.agree.questions.Question`.
    items, raters
        How many items somebody answered, and how many raters answered any.
    missing, unrateable
        How many answers of these are not there, and how many of them because it could not be judged.
    coefficients
        By name: ``icc_2_1``, ``icc_2_k``, ``icc_3_1``, ``icc_3_k`` (not for names), ``kappa``, ``weighted_kappa``
        (quadratic; ranks only), ``alpha``, ``ac1`` or ``ac2``, and ``again``: the same rater again, from hidden
        repeats (kappa for names, else ICC(2,1)).
    pairs
        Each two raters: ``kappa`` or ``weighted_kappa``; for counts and totals ``bias``, ``limit_low`` and
        ``limit_high``, the first less the second.
    """

    scale: str
    part: str
    level: Level
    items: int
    raters: int
    missing: int
    unrateable: int
    coefficients: Mapping[str, Agreed]
    pairs: tuple[RaterPair, ...]


def agreement_on(question: Question) -> QuestionAgreement:
    """The coefficients that fit the level of a question; each has a value, or the reason why it has none."""
    answered = np.isfinite(question.values)
    values = question.values[answered.any(1)]
    found: dict[str, Agreed] = {}
    if question.level != "nominal":
        icc = intraclass(values)
        found |= {
            "icc_2_1": icc.single,
            "icc_2_k": icc.mean,
            "icc_3_1": icc.single_consistent,
            "icc_3_k": icc.mean_consistent,
        }
    ranked = question.level == "ordinal"
    if question.categories:
        found["kappa"] = mean_kappa(values, categories=question.categories)
        if ranked:
            found["weighted_kappa"] = mean_kappa(values, categories=question.categories, weights="quadratic")
        found["ac2" if ranked else "ac1"] = gwet_ac(
            values, categories=question.categories, weights="quadratic" if ranked else "none"
        )
    level: AlphaLevel = "nominal" if question.level == "nominal" else "ordinal" if ranked else "interval"
    found["alpha"] = krippendorff_alpha(values, level=level)
    found["again"] = (
        mean_kappa(question.again, categories=question.categories)
        if question.level == "nominal"
        else intraclass(question.again).single
    )
    raters = int(answered.any(0).sum())
    return QuestionAgreement(
        scale=question.scale,
        part=question.part,
        level=question.level,
        items=len(values),
        raters=raters,
        missing=len(values) * raters - int(answered.sum()),
        unrateable=question.unrateable,
        coefficients=found,
        pairs=_pairs(question),
    )


def _pairs(question: Question) -> tuple[RaterPair, ...]:
    rows = []
    for i, k in combinations(range(len(question.raters)), 2):
        one, other = question.values[:, i], question.values[:, k]
        if question.categories:
            ranked = question.level == "ordinal"
            kappa = cohen_kappa(one, other, categories=question.categories, weights="quadratic" if ranked else "none")
            found = {"weighted_kappa" if ranked else "kappa": kappa}
        else:
            gaps = bland_altman(one, other)
            found = {"bias": gaps.bias, "limit_low": gaps.low, "limit_high": gaps.high}
        rows.append(RaterPair(one=question.raters[i], other=question.raters[k], coefficients=found))
    return tuple(rows)
