"""Agreement: whether intervals hold what they say, and whether attenuation is recovered, with made-up raters.

Films differ in how severe they are, raters in how strict they are, and each rating errs. What one rater is worth is
set: 0.41 (untrained, JRS), 0.71 (trained, Tunc's scale; both of Lee and others 2023) or 0.9. Strictness has a tenth of
the variance of errors. Coefficients of ranks are held against those of 20,000 films rated by as many raters with the
same manners. Needs no footage: ``python -m validation.agreement``; ``--seeds N`` runs N × 200 studies.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facialis.numeric.agreement.agreed import Agreed
from facialis.numeric.agreement.alpha import krippendorff_alpha
from facialis.numeric.agreement.attenuation import correlation, without_attenuation
from facialis.numeric.agreement.differences import bland_altman
from facialis.numeric.agreement.gwet import gwet_ac
from facialis.numeric.agreement.intraclass import intraclass
from facialis.numeric.agreement.kappa import mean_kappa
from validation.trial import begin, number, print_table

__all__ = ["Study", "coverage", "main", "make_study"]

Array = NDArray[np.float64]
STUDIES = 200
GRADES = (0.0, 1.0, 2.0, 3.0, 4.0)
STRICT = 0.1  # of the variance that is not between films, what lies between raters


@dataclass(frozen=True, kw_only=True)
class Study:
    """Films and raters of a study; ``reliability`` is ICC(2,1) of one rater before anything is rounded."""

    films: int
    raters: int
    reliability: float
    strict: float = STRICT


STUDIES_LOOKED_AT = (
    Study(films=15, raters=3, reliability=0.41),
    Study(films=30, raters=3, reliability=0.41),
    Study(films=30, raters=3, reliability=0.71),
    Study(films=45, raters=6, reliability=0.41),
    Study(films=45, raters=6, reliability=0.71),
    Study(films=60, raters=2, reliability=0.9),
)


def make_study(rng: np.random.Generator, study: Study, *, strictness: Array | None = None) -> tuple[Array, Array]:
    """(severity of films, ratings of films by raters), both before rounding; the variance of a rating is 1."""
    severity = np.sqrt(study.reliability) * rng.standard_normal((study.films, 1))
    rest = 1 - study.reliability
    if strictness is None:
        strictness = np.sqrt(rest * study.strict) * rng.standard_normal(study.raters)
    errors = np.sqrt(rest * (1 - study.strict)) * rng.standard_normal((study.films, study.raters))
    return severity[:, 0], severity + strictness + errors


def graded(ratings: Array) -> Array:
    """Ratings as grades 0-4."""
    return np.clip(np.round(2 + 1.3 * ratings), 0, 4)


Coefficient = Callable[[Array], Agreed]
OF_RANKS: dict[str, Coefficient] = {
    "alpha, ordinal": lambda x: krippendorff_alpha(graded(x), level="ordinal"),
    "AC2": lambda x: gwet_ac(graded(x), categories=GRADES, weights="quadratic"),
    "weighted kappa": lambda x: mean_kappa(graded(x), categories=GRADES, weights="quadratic"),
}


def coverage(study: Study, *, studies: int, ranks: bool = True, seed: int = 0) -> dict[str, list[bool]]:
    """Whether each interval held the truth, by name, once a study in which there was one.

    ICC(2,1) draws other raters each time, as it promises to; for the others raters are given: they stay the same.
    ``ranks`` False leaves out the slow ones.
    """
    rng = np.random.default_rng([seed, study.films, study.raters, round(100 * study.reliability)])
    held: dict[str, list[bool]] = {}
    strictness = np.sqrt((1 - study.reliability) * study.strict) * rng.standard_normal(study.raters)
    many = Study(films=20_000, raters=study.raters, reliability=study.reliability, strict=study.strict)
    large = make_study(rng, many, strictness=strictness)[1]
    truths = {name: _value(_of_many(name, large)) for name in OF_RANKS} if ranks else {}
    consistent = study.reliability / (study.reliability + (1 - study.reliability) * (1 - study.strict))
    true_correlation = 0.6
    for _ in range(studies):
        severity, ratings = make_study(rng, study)
        icc = intraclass(ratings)
        _note(held, "ICC(2,1)", icc.single, study.reliability)
        mean = study.raters * study.reliability / (1 + (study.raters - 1) * study.reliability)
        _note(held, "ICC(2,k)", icc.mean, mean)
        _note(held, "ICC(3,1)", icc.single_consistent, consistent)
        noise = np.sqrt(1 - true_correlation**2) * rng.standard_normal(study.films)
        measured = true_correlation * severity / np.sqrt(study.reliability) + noise
        seen = correlation(measured, ratings.mean(1))
        _note(held, "correlation without attenuation", without_attenuation(seen, icc.mean_consistent), true_correlation)
        one, other = make_study(rng, study, strictness=strictness)[1][:, :2].T
        gaps, bias = bland_altman(one, other), float(strictness[0] - strictness[1])
        spread = np.sqrt(2 * (1 - study.reliability) * (1 - study.strict))
        _note(held, "bias", gaps.bias, bias)
        _note(held, "lower limit of agreement", gaps.low, bias - 1.96 * spread)
        same = make_study(rng, study, strictness=strictness)[1]
        for name, truth in truths.items():
            _note(held, name, OF_RANKS[name](same), truth)
    return held


def _of_many(name: str, ratings: Array) -> Agreed:
    """The coefficient of very many films, in parts where each film is left out in turn."""
    parts = [ratings] if name == "AC2" else np.array_split(ratings, 20)
    return Agreed(value=float(np.mean([_value(OF_RANKS[name](part)) for part in parts])))


def _value(found: Agreed) -> float:
    assert found.value is not None
    return found.value


def _note(held: dict[str, list[bool]], name: str, found: Agreed, truth: float) -> None:
    if found.low is not None and found.high is not None:
        held.setdefault(name, []).append(found.low <= truth <= found.high)


def attenuation(study: Study, *, studies: int, seed: int = 1) -> tuple[float, float, float]:
    """(true, seen, corrected) correlation with the mean of raters, the means of many studies."""
    rng = np.random.default_rng(seed)
    seen, corrected = [], []
    for _ in range(studies):
        severity, ratings = make_study(rng, study)
        measured = 0.6 * severity / np.sqrt(study.reliability) + 0.8 * rng.standard_normal(study.films)
        here = correlation(measured, ratings.mean(1))
        found = without_attenuation(here, intraclass(ratings).mean_consistent)
        if found.value is not None:
            seen.append(_value(here))
            corrected.append(found.value)
    return 0.6, float(np.mean(seen)), float(np.mean(corrected))


def main() -> int:
    """Print coverage of each interval, and what became of a correlation of 0.6."""
    trial = begin("validation.agreement", __doc__, needs_footage=False, seeds=1)
    studies = 60 if trial.quick else STUDIES * trial.seeds
    looked_at = STUDIES_LOOKED_AT[1:3] if trial.quick else STUDIES_LOOKED_AT
    rows: dict[str, list[str]] = {}
    recovered = []
    for study in looked_at:
        for name, held in coverage(study, studies=studies).items():
            rows.setdefault(name, []).append(number(float(np.mean(held)), 3))
        true, seen, corrected = attenuation(study, studies=studies)
        recovered.append([_said(study), number(true), number(seen), number(corrected)])
        trial.say(f"{_said(study)} done")
    error = np.sqrt(0.95 * 0.05 / studies)
    title = f"Share of intervals of 95 % that hold the truth, {studies} studies each (Monte-Carlo error {error:.3f})"
    print_table(title, ["", *map(_said, looked_at)], [[name, *cells] for name, cells in rows.items()])
    print_table("A correlation of 0.6 with the mean of raters", ["", "true", "seen", "without attenuation"], recovered)
    trial.note("coverage", rows)
    trial.note("attenuation", recovered)
    trial.end()
    return 0


def _said(study: Study) -> str:
    return f"{study.films} films, {study.raters} of {study.reliability}"


if __name__ == "__main__":
    raise SystemExit(main())
