"""Everything that a table of ratings says of agreement, in one record and as a plain object."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any

import numpy as np

from facialis.agree.detector import DetectorAgreement, MeasuredFilm, against_raters
from facialis.agree.questions import Item, questions
from facialis.agree.raters import QuestionAgreement, agreement_on
from facialis.agree.taps import MomentAgreement, between_raters, taps_of
from facialis.core.person.casefile import Problem
from facialis.core.rating.ratings import Ratings
from facialis.numeric.agreement.agreed import PROBABILITY

__all__ = ["FORMAT_VERSION", "Agreement", "agreement_object", "agreement_of"]

FORMAT_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """How far raters agree, and a detector with their mean.

    Parameters
    ----------
    raters
        Their names.
    items, ratings, unrateable
        How many of each; ``unrateable`` are answers that say it could not be judged.
    seconds_per_item
        By rater, the median of what they took; None where that is not known.
    questions
        Each question that was answered.
    moments
        Each two raters who tapped along.
    other_count
        (item, rater) whose count is another than their taps; the taps are compared.
    detector
        None where no result was given.
    problems
        What in the table could not be used.
    """

    raters: tuple[str, ...]
    items: int
    ratings: int
    unrateable: int
    seconds_per_item: Mapping[str, float | None]
    questions: tuple[QuestionAgreement, ...]
    moments: tuple[MomentAgreement, ...]
    other_count: tuple[tuple[Item, str], ...]
    detector: DetectorAgreement | None
    problems: tuple[Problem, ...]


def agreement_of(ratings: Ratings, films: Sequence[MeasuredFilm] | None = None) -> Agreement:
    """Work out how far raters agree, and, where results are given, a detector with their mean.

    Parameters
    ----------
    ratings
        As `facialis.files.ratings.read_ratings` returns them.
    films
        Results of a detector; None: there is none.
    """
    asked = questions(ratings)
    taps, odd = taps_of(ratings)
    return Agreement(
        raters=ratings.raters,
        items=len(ratings.items),
        ratings=len(ratings.rows),
        unrateable=ratings.unrateable,
        seconds_per_item={rater: _seconds(ratings, rater) for rater in ratings.raters},
        questions=tuple(agreement_on(question) for question in asked),
        moments=between_raters(taps, ratings.raters),
        other_count=odd,
        detector=None if films is None else against_raters(ratings, asked, taps, films),
        problems=ratings.problems,
    )


def _seconds(ratings: Ratings, rater: str) -> float | None:
    """The time of an item stands in each of its rows, or in one of them: the longest counts."""
    longest: dict[tuple[str, str, int], float] = {}
    for row in ratings.rows:
        if row.rater == rater and row.took_s is not None:
            key = (row.set_name, row.item, row.repeat)
            longest[key] = max(longest.get(key, 0.0), row.took_s)
    return float(np.median(list(longest.values()))) if longest else None


def agreement_object(agreement: Agreement) -> dict[str, Any]:
    """The whole as one JSON object: what has no value is null, and ``why`` says the reason by its code."""
    content = {"format_version": FORMAT_VERSION, "probability": PROBABILITY, **_plain(agreement)}
    for problem, row in zip(agreement.problems, content["problems"], strict=True):
        row["said"] = str(problem)
    return content


def _plain(value: object) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {f"{key:g}" if isinstance(key, float) else str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value
