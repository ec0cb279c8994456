"""A detector against the mean of raters, never against each of them: the mean is what raters are worth together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from facialis.agree.questions import Item, Question
from facialis.agree.taps import WITHIN_S, MomentAgreement, Taps, moment_agreement
from facialis.core.rating.ratings import Ratings
from facialis.core.rating.scales import scales
from facialis.core.records import SPASM_KINDS, Event
from facialis.numeric.agreement.agreed import Agreed
from facialis.numeric.agreement.attenuation import correlation, highest_correlation, without_attenuation
from facialis.numeric.agreement.differences import bland_altman
from facialis.numeric.agreement.intraclass import intraclass, of_the_mean
from facialis.numeric.agreement.moments import common_moments

__all__ = ["Attenuation", "DetectorAgreement", "DetectorQuestion", "MeasuredFilm", "against_raters"]

Array = NDArray[np.float64]

NUMBERS = ("events_per_min", "spasm_share", "median_amplitude_iod")
"""What of a detector is held against ratings."""


@dataclass(frozen=True, kw_only=True)
class MeasuredFilm:
    """What a detector found in one recording; ``names`` are those by which ratings may call it.

    ``able`` is False where it says nothing of twitches: then it has found none, and has not found that there are none.
    """

    names: frozenset[str]
    duration_s: float
    able: bool
    events: tuple[Event, ...]


@dataclass(frozen=True, kw_only=True)
class Attenuation:
    """What a reliability of raters' mean does to a correlation: the highest there can be, and the one without it."""

    reliability: Agreed
    highest: Agreed
    without: Agreed


@dataclass(frozen=True, kw_only=True)
class DetectorQuestion:
    """One number of the detector against the raters' mean on one question.

    ``seen`` is Spearman's correlation. ``attenuation`` is by whose reliability: ``own`` (of these ratings, ICC(3,k)),
    ``untrained`` and ``trained`` (published for one rater with the original scale, raised to the mean of as many).
    """

    scale: str
    part: str
    number: str
    seen: Agreed
    attenuation: Mapping[str, Attenuation]


@dataclass(frozen=True, kw_only=True)
class DetectorAgreement:
    """A detector against the mean of raters.

    Parameters
    ----------
    items
        How many items have a result that says something of twitches.
    unmeasured, unable
        Items without a result, and with one that says nothing.
    moments
        Against moments that more than half of the raters tapped; None where there are none with two raters.
    bias, limit_low, limit_high
        Twitches found less the mean of counts.
    questions
        Correlations with each question of ranks and counts.
    """

    items: int
    unmeasured: tuple[Item, ...]
    unable: tuple[Item, ...]
    moments: MomentAgreement | None
    bias: Agreed
    limit_low: Agreed
    limit_high: Agreed
    questions: tuple[DetectorQuestion, ...]


@dataclass(frozen=True, kw_only=True)
class _Stretch:
    start_s: float
    stop_s: float
    film: MeasuredFilm

    @property
    def events(self) -> list[Event]:
        return [e for e in self.film.events if e.trial_type in SPASM_KINDS and self.start_s <= e.onset_s < self.stop_s]

    def numbers(self) -> Mapping[str, float]:
        """NaN where there is none: sizes of no event."""
        events, length = self.events, self.stop_s - self.start_s
        inside = sum(min(e.offset_s, self.stop_s) - e.onset_s for e in events)
        return {
            "events_per_min": 60 * len(events) / length,
            "spasm_share": inside / length,
            "median_amplitude_iod": float(np.median([e.amplitude_iod for e in events])) if events else np.nan,
        }


def against_raters(
    ratings: Ratings, asked: Sequence[Question], taps: Taps, films: Sequence[MeasuredFilm]
) -> DetectorAgreement:
    """Hold results of a detector against the mean of raters.

    Parameters
    ----------
    ratings
        Name the recording and the stretch of each item.
    asked, taps
        What was made of them.
    films
        Results; where two have one name, the first counts.
    """
    stretches, unmeasured, unable = _stretches(ratings, films)
    counts = next((q for q in asked if q.scale == "tapping" and q.part == "count"), None)
    found, mean = [], []
    if counts is not None:
        for item, row in zip(counts.items, counts.values, strict=True):
            if item in stretches and np.isfinite(row).sum() >= 2:
                found.append(float(len(stretches[item].events)))
                mean.append(float(np.nanmean(row)))
    gaps = bland_altman(np.array(found), np.array(mean))
    return DetectorAgreement(
        items=len(stretches),
        unmeasured=unmeasured,
        unable=unable,
        moments=_moments(taps, stretches),
        bias=gaps.bias,
        limit_low=gaps.low,
        limit_high=gaps.high,
        questions=tuple(row for q in asked if q.level != "nominal" for row in _question(q, stretches)),
    )


def _stretches(
    ratings: Ratings, films: Sequence[MeasuredFilm]
) -> tuple[dict[Item, _Stretch], tuple[Item, ...], tuple[Item, ...]]:
    known: dict[str, MeasuredFilm] = {}
    for film in films:
        for name in film.names:
            known.setdefault(name, film)
    found: dict[Item, _Stretch] = {}
    absent: list[Item] = []
    blind: list[Item] = []
    for item in ratings.items:
        row = next(r for r in ratings.rows if (r.set_name, r.item) == item)
        result = known.get(row.recording or row.item)
        if result is None:
            absent.append(item)
            continue
        start_s = row.start_s or 0.0
        stop_s = result.duration_s if row.stop_s is None else min(row.stop_s, result.duration_s)
        if result.able and stop_s > start_s:
            found[item] = _Stretch(start_s=start_s, stop_s=stop_s, film=result)
        else:
            blind.append(item)
    return found, tuple(absent), tuple(blind)


def _moments(taps: Taps, stretches: Mapping[Item, _Stretch]) -> MomentAgreement | None:
    pairs = [
        (np.array([e.onset_s for e in stretches[item].events], float), common_moments(list(rows.values()), WITHIN_S))
        for item, rows in taps.items()
        if item in stretches and len(rows) >= 2
    ]
    return moment_agreement("detector", "raters", pairs) if pairs else None


def _question(question: Question, stretches: Mapping[Item, _Stretch]) -> list[DetectorQuestion]:
    """Only items count that each rater answered: a mean of other raters at each item has no one reliability."""
    answered = question.values[:, np.isfinite(question.values).any(0)]
    rows = [
        (stretches[item].numbers(), float(values.mean()))
        for item, values in zip(question.items, answered, strict=True)
        if item in stretches and len(values) and np.isfinite(values).all()
    ]
    raters = answered.shape[1]
    scale = scales()[question.scale]
    reliabilities = {"own": intraclass(answered).mean_consistent}
    for name, single in (("untrained", scale.untrained), ("trained", scale.trained)):
        if single is not None:
            reliabilities[name] = of_the_mean(Agreed(value=single, raters=1), raters)
    found = []
    for number in NUMBERS:
        ours = np.array([numbers[number] for numbers, _ in rows], float)
        seen = correlation(ours, np.array([mean for _, mean in rows], float), ranks=True)
        attenuation = {
            name: Attenuation(reliability=one, highest=highest_correlation(one), without=without_attenuation(seen, one))
            for name, one in reliabilities.items()
        }
        found.append(
            DetectorQuestion(
                scale=question.scale, part=question.part, number=number, seen=seen, attenuation=attenuation
            )
        )
    return found
