"""Raters against each other and themselves, and a detector against their mean."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from facialis.agree.agreement import Agreement, agreement_object, agreement_of
from facialis.agree.questions import questions
from facialis.agree.taps import taps_of
from facialis.core.rating.ratings import Rating, Ratings
from facialis.core.rating.scales import TOTAL
from facialis.numeric.agreement.agreed import Agreed
from tests.agree.factory import made_ratings

ROWS, FILMS = made_ratings()


def of(found: Agreement, part: str, name: str) -> Agreed:
    return next(q for q in found.questions if q.part == part).coefficients[name]


def value(found: Agreed) -> float:
    assert found.value is not None
    return found.value


def test_raters_agree_as_far_as_they_were_made_to() -> None:
    found = agreement_of(Ratings(rows=tuple(ROWS)))
    assert (len(found.raters), found.items, found.unrateable) == (3, 24, 0)
    # Severity scatters by about 1.1, a rating of one area by 0.6 round it: 1.2 / (1.2 + 0.4), less what 0 and 4 cut.
    assert value(of(found, "eye", "icc_2_1")) == pytest.approx(0.72, abs=0.12)
    assert value(of(found, "eye", "icc_2_k")) > value(of(found, "eye", "icc_2_1"))
    assert value(of(found, TOTAL, "icc_2_1")) > value(of(found, "eye", "icc_2_1"))
    assert value(of(found, "eye", "weighted_kappa")) > value(of(found, "eye", "kappa"))
    assert value(of(found, "eye", "again")) > 0.5
    assert of(found, "eye", "again").items == 18
    # Nine in ten say "left": kappa sees nothing in it, AC1 does.
    assert value(of(found, "side", "ac1")) > 0.6 > value(of(found, "side", "kappa"))
    assert "icc_2_1" not in next(q for q in found.questions if q.part == "side").coefficients
    assert found.seconds_per_item == {"rater-0": 40.0, "rater-1": 40.0, "rater-2": 40.0}
    assert found.detector is None


def test_taps_of_two_hands_fit_each_other_and_follow_the_detector() -> None:
    found = agreement_of(Ratings(rows=tuple(ROWS)), FILMS)
    curve = [value(one) for one in found.moments[0].f1.values()]
    assert curve == sorted(curve)
    assert curve[-1] > 0.85
    assert value(found.moments[0].onset) == pytest.approx(0, abs=0.03)
    detector = found.detector
    assert detector is not None
    assert detector.moments is not None
    # The detector is at the twitch, hands 0.3 s after it; one in five is missed.
    assert value(detector.moments.onset) == pytest.approx(-0.3, abs=0.03)
    assert value(detector.moments.f1[0.1]) < 0.3 < 0.75 < value(detector.moments.f1[0.5])
    assert value(detector.bias) < 0
    rate = next(q for q in detector.questions if q.part == TOTAL and q.number == "events_per_min")
    own, published = rate.attenuation["own"], rate.attenuation["untrained"]
    assert value(rate.seen) < value(own.without) <= 1
    assert value(published.reliability) == pytest.approx(3 * 0.65 / (1 + 2 * 0.65))
    assert value(published.highest) == pytest.approx(value(published.reliability) ** 0.5)
    assert published.highest.low is None  # a published figure without an interval has none here


def test_what_is_missing_is_not_zero() -> None:
    rows = [r for r in ROWS if not (r.scale == "tunc" and r.part == "neck" and r.item == "film-00")]
    rows = [replace(r, value=None, unrateable=True) if r.item == "film-01" and r.part == "eye" else r for r in rows]
    found = agreement_of(Ratings(rows=tuple(rows)))
    asked = {q.part: q for q in questions(Ratings(rows=tuple(rows)))}
    assert np.isnan(asked["neck"].values[0]).all()
    assert np.isnan(asked["eye"].values[1]).all()
    assert np.isnan(asked[TOTAL].values[:2]).all()
    assert asked["eye"].unrateable == 3
    assert next(q for q in found.questions if q.part == TOTAL).items == 22


def test_who_did_not_watch_has_not_seen_nothing() -> None:
    def taps(rater: str, item: str, *times: float, count: float | None = None) -> list[Rating]:
        rows = [Rating(set_name="s", item=item, rater=rater, scale="tapping", part="tap", onset_s=t) for t in times]
        if count is not None:
            rows.append(Rating(set_name="s", item=item, rater=rater, scale="tapping", part="count", value=count))
        return rows

    blind = Rating(set_name="s", item="2", rater="B", scale="tapping", part="count", unrateable=True)
    rows = [*taps("A", "1", 1.0, count=1), *taps("B", "1", count=0), *taps("A", "2", 1.0, 2.0, count=3), blind]
    marked, odd = taps_of(Ratings(rows=tuple(rows)))
    assert marked["s", "1"]["B"].size == 0
    assert set(marked["s", "2"]) == {"A"}
    assert odd == ((("s", "2"), "A"),)


def test_a_detector_that_says_nothing_has_not_found_zero() -> None:
    films = [replace(FILMS[0], able=False), *FILMS[2:]]
    detector = agreement_of(Ratings(rows=tuple(ROWS)), films).detector
    assert detector is not None
    assert (detector.items, detector.unable, detector.unmeasured) == (
        22,
        (("made", "film-00"),),
        (("made", "film-01"),),
    )
    none = agreement_of(Ratings(rows=tuple(ROWS)), []).detector
    assert none is not None
    assert (none.items, none.moments, none.bias.value, none.bias.why) == (0, None, None, "nothing_rated")


@pytest.mark.parametrize("raters", [1, 2])
def test_one_rater_or_one_item_gives_reasons(raters: int) -> None:
    rows = [r for r in ROWS if r.rater in ("rater-0", "rater-1")[:raters] and (raters == 1 or r.item == "film-00")]
    found = agreement_of(Ratings(rows=tuple(rows)), FILMS)
    for question in found.questions:
        for name, one in question.coefficients.items():
            assert name == "again" or (one.value is None and one.why in ("one_rater", "few_items")), (
                question.part,
                name,
            )


def test_the_object_is_json_without_nan() -> None:
    content = agreement_object(agreement_of(Ratings(rows=tuple(ROWS)), FILMS))
    text = json.dumps(content, allow_nan=False)
    assert json.loads(text) == content
    assert content["moments"][0]["f1"]["0.5"]["items"] == 24
    assert content["questions"][1]["coefficients"]["icc_2_1"]["low"] is not None
