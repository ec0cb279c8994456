"""Coefficients of made-up ratings by independent packages, for the tests to compare with.

statsmodels and nltk are among the development requirements and asked each time; the others are not (they are used
nowhere else), so all numbers are kept in ``oracle.json`` beside this file, with the versions that gave them. To make it
again: install ``krippendorff irrCAC pingouin`` as well and run ``python -m tests.numeric.agreement.oracle``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
FILE = Path(__file__).with_name("oracle.json")
CATEGORIES = (0.0, 1.0, 2.0, 3.0, 4.0)
PACKAGES = ("statsmodels", "nltk", "krippendorff", "irrCAC", "pingouin")


def worlds() -> Iterator[tuple[str, Array]]:
    """Ratings 0-4, ``(items, raters)``: few and many items, two to five raters, agreeing more and less, with gaps."""
    rng = np.random.default_rng(18)
    for items, raters, scatter, missing in ((12, 2, 0.5, 0.0), (40, 3, 0.9, 0.0), (60, 5, 1.4, 0.0), (40, 4, 0.8, 0.2)):
        severity = rng.normal(2, 1.2, (items, 1)) + rng.normal(0, 0.3, (1, raters))
        ratings = np.clip(np.round(severity + rng.normal(0, scatter, (items, raters))), 0, 4)
        ratings[rng.random(ratings.shape) < missing] = np.nan
        yield f"{items} items, {raters} raters, {missing:.0%} missing", ratings


def _package(name: str) -> Any:
    return import_module(name)


def kappas(ratings: Array) -> dict[str, list[float]]:
    rater = _package("statsmodels.stats.inter_rater")
    both = ratings[np.isfinite(ratings[:, :2]).all(1)][:, :2].astype(int)
    table = np.zeros((5, 5))
    np.add.at(table, (both[:, 0], both[:, 1]), 1)
    found = {}
    for ours, theirs in (("none", None), ("linear", "linear"), ("quadratic", "quadratic")):
        result = rater.cohens_kappa(table, wt=theirs)
        found[ours] = [float(result.kappa), float(result.kappa_low), float(result.kappa_upp)]
    return found


def task(ratings: Array, distance: Any) -> Any:
    rows = [(f"r{k}", i, v) for i, row in enumerate(ratings.tolist()) for k, v in enumerate(row) if np.isfinite(v)]
    return _package("nltk.metrics.agreement").AnnotationTask(data=rows, distance=distance)


def nltk_agreement(ratings: Array) -> dict[str, float]:
    """Alpha of names and of numbers, and the mean kappa of pairs where nothing is missing."""
    distance = _package("nltk.metrics.distance")
    binary = task(ratings, distance.binary_distance)
    found = {"nominal": float(binary.alpha()), "interval": float(task(ratings, distance.interval_distance).alpha())}
    if np.isfinite(ratings).all():
        found["mean kappa"] = float(binary.kappa())
    return found


def oracle(ratings: Array) -> dict[str, Any]:
    alpha, cac = _package("krippendorff").alpha, _package("irrCAC.raw").CAC
    frame = _package("pandas").DataFrame
    nltk = nltk_agreement(ratings)
    whole = bool(np.isfinite(ratings).all())
    table = frame(ratings)
    found: dict[str, Any] = {
        "kappa of the first two (statsmodels)": kappas(ratings),
        "alpha (krippendorff)": {
            level: float(alpha(ratings.T, level_of_measurement=level)) for level in ("nominal", "ordinal", "interval")
        },
        "alpha (nltk)": {level: nltk[level] for level in ("nominal", "interval")},
        "ac (irrCAC)": {},
    }
    for ours, theirs in (("none", "identity"), ("linear", "linear"), ("quadratic", "quadratic")):
        est = cac(table, weights=theirs, categories=list(CATEGORIES), digits=12).gwet()["est"]
        found["ac (irrCAC)"][ours] = [float(est["coefficient_value"]), *map(float, est["confidence_interval"])]
    if whole:
        found["mean kappa (nltk)"] = nltk["mean kappa"]
        long = table.reset_index().melt(id_vars="index", var_name="rater", value_name="rating")
        icc = _package("pingouin").intraclass_corr(data=long, targets="index", raters="rater", ratings="rating")
        found["icc (pingouin)"] = [[str(row.iloc[0]), float(row["ICC"])] for _, row in icc.iterrows()]
    return found


def main() -> None:
    content = {"versions": {name: version(name) for name in PACKAGES}}
    content |= {name: oracle(ratings) for name, ratings in worlds()}
    FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
