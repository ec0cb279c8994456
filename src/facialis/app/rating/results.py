"""What came of a set in words: plain sentences first, then each figure with its range, pictures with their tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from facialis.agree.agreement import Agreement
from facialis.agree.detector import DetectorAgreement
from facialis.agree.questions import Question, questions
from facialis.agree.raters import QuestionAgreement
from facialis.agree.taps import MomentAgreement
from facialis.app.rating.given import agreement_in, detector_counts, ratings_in
from facialis.app.rating.models import RatingSet
from facialis.app.rating.pictures import Points, draw_differences, draw_moments
from facialis.core.knowledge import figure, wording
from facialis.core.rating.ratings import Ratings
from facialis.core.rating.scales import TOTAL, Scale, question, scales
from facialis.numeric.agreement.agreed import Agreed

Array = NDArray[np.float64]

__all__ = ["Figure", "Picture", "Result", "Table", "result_of"]

_WHOLE_ONLY = ("icc_3_1", "icc_3_k")  # in the JSON alone: what a correlation needs, and hard to say in few words
_MOST_PAIRS = 10  # chosen: five raters; more are in the JSON; 3 - 30


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A figure with its range; ``why`` says why there is none, or what to know of it."""

    name: str
    value: str
    between: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """Figures under one heading."""

    title: str
    note: str
    rows: tuple[Figure, ...]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture in both widths, and what stands in it as a table: its columns, and its rows."""

    title: str
    drawings: tuple[Markup, ...]
    key: tuple[str, ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Result:
    """What came of a set."""

    said: tuple[str, ...]
    tables: tuple[Table, ...]
    pictures: tuple[Picture, ...]
    problems: tuple[str, ...]


def result_of(rating_set: RatingSet) -> Result:
    """What came of a set, in the language spoken.

    Raises
    ------
    FormatError
        Nothing was rated, or a result is broken.
    """
    found, scale = agreement_in(rating_set), scales()[rating_set.scale]
    asked = questions(Ratings(rows=tuple(ratings_in(rating_set))))
    return Result(
        said=tuple(_sentences(found, scale)),
        tables=tuple(_tables(found, scale)),
        pictures=tuple(_pictures(found, asked, detector_counts(rating_set))),
        problems=tuple(str(problem) for problem in found.problems),
    )


# ---- sentences -------------------------------------------------------------------------------------------------


def _sentences(found: Agreement, scale: Scale) -> list[str]:
    counts = {"raters": len(found.raters), "films": found.items, "unrateable": found.unrateable}
    lines = [wording("app_result_first", **counts)]
    for rater, seconds in found.seconds_per_item.items():
        if seconds is not None:
            lines.append(wording("app_result_took", rater=rater, seconds=f"{seconds:.0f}"))
    main = _main(found)
    if main is not None:
        part = question(scale, main.part).rstrip("?")
        lines += [_one(main, part), _again(main, part)]
    if found.detector is not None:
        lines += _of_detector(found.detector, main)
    return [*(line for line in lines if line), wording("agree_note_items")]


def _main(found: Agreement) -> QuestionAgreement | None:
    """The question that says most: the total, else the first that is no name."""
    ranked = [row for row in found.questions if row.level != "nominal"]
    return next((row for row in found.questions if row.part == TOTAL), ranked[0] if ranked else None)


def _one(main: QuestionAgreement, part: str) -> str:
    one = main.coefficients["icc_2_1"]
    if one.value is None:
        return wording("app_result_none", part=part, why=_why(one))
    share = f"{100 * max(0.0, min(1.0, one.value)):.0f}"
    return wording("app_result_one", part=part, share=share, between=_between(one) or _why(one).rstrip("."))


def _again(main: QuestionAgreement, part: str) -> str:
    one = main.coefficients["again"]
    return "" if one.value is None else wording("app_result_again", part=part, value=_digits(one.value))


def _of_detector(found: DetectorAgreement, main: QuestionAgreement | None) -> list[str]:
    lines = []
    if found.bias.value is not None:
        key = "app_result_more" if found.bias.value >= 0 else "app_result_fewer"
        lines.append(wording(key, count=_digits(abs(found.bias.value))))
    rows = [row for row in found.questions if main is not None and row.part == main.part]
    row = next((row for row in rows if row.number == "events_per_min" and row.seen.value is not None), None)
    if row is not None and row.seen.value is not None:
        own = row.attenuation["own"].highest
        highest = _digits(own.value) if own.value is not None else "–"
        lines.append(wording("app_result_order", seen=_digits(row.seen.value), highest=highest))
    return lines


# ---- figures ---------------------------------------------------------------------------------------------------


def _tables(found: Agreement, scale: Scale) -> list[Table]:
    tables = []
    for row in found.questions:
        part = question(scale, row.part).rstrip("?")
        counts = {"items": row.items, "raters": row.raters, "missing": row.missing}
        figures = [_figure(name, one) for name, one in row.coefficients.items() if name not in _WHOLE_ONLY]
        for pair in row.pairs[:_MOST_PAIRS]:
            figures += [_figure(name, one, who=f"{pair.one} – {pair.other}") for name, one in pair.coefficients.items()]
        tables.append(Table(title=part, note=wording("agree_question", part=part, **counts), rows=tuple(figures)))
    tables += [_moments(pair, pair.one, pair.other) for pair in found.moments[:_MOST_PAIRS]]
    if found.detector is not None:
        tables += _detector(found.detector, scale)
    return tables


def _moments(pair: MomentAgreement, one: str, other: str) -> Table:
    rows = [_figure("f1", f1, tolerance=figure(f"{tolerance:g}")) for tolerance, f1 in pair.f1.items()]
    times = {"onset": pair.onset, "limit_low": pair.onset_low, "limit_high": pair.onset_high}
    rows += [_figure(name, found) for name, found in times.items()]
    return Table(title=wording("agree_moments", one=one, other=other), note="", rows=tuple(rows))


def _detector(found: DetectorAgreement, scale: Scale) -> list[Table]:
    counts = {"unmeasured": len(found.unmeasured), "unable": len(found.unable)}
    gaps = {"bias": found.bias, "limit_low": found.limit_low, "limit_high": found.limit_high}
    note = wording("agree_detector", items=found.items, **counts)
    rows = tuple(_figure(name, one) for name, one in gaps.items())
    tables = [Table(title=wording("app_result_detector"), note=note, rows=rows)]
    if found.moments is not None:
        tables.append(_moments(found.moments, wording("agree_detector_name"), wording("agree_raters_name")))
    for row in found.questions:
        figures = [_figure("seen", row.seen)]
        for whose, one in row.attenuation.items():
            by = wording(f"agree_whose_{whose}")
            figures += [
                _figure(name, value, who=by) for name, value in (("highest", one.highest), ("without", one.without))
            ]
        part = question(scale, row.part).rstrip("?")
        told = {"number": wording(f"agree_number_{row.number}"), "scale": wording(scale.name), "part": part}
        tables.append(Table(title=wording("agree_detector_question", **told), note="", rows=tuple(figures)))
    return tables


def _figure(name: str, found: Agreed, who: str = "", **values: str) -> Figure:
    label = wording(f"agree_name_{name}", **values)
    return Figure(
        name=f"{label}, {who}" if who else label,
        value="–" if found.value is None else _digits(found.value),
        between=_between(found),
        why=_why(found),
    )


def _why(found: Agreed) -> str:
    return wording(f"agree_why_{found.why}") if found.why else ""


def _between(found: Agreed) -> str:
    if found.low is None or found.high is None:
        return ""
    return wording("app_result_between", low=_digits(found.low), high=_digits(found.high))


def _digits(value: float) -> str:
    """Two decimals; what rounds to nothing has no sign."""
    return figure(f"{round(value, 2) + 0.0:.2f}")


# ---- pictures --------------------------------------------------------------------------------------------------


def _pictures(found: Agreement, asked: Sequence[Question], counts: Mapping[str, float]) -> list[Picture]:
    pictures = []
    for row, table in zip(asked, found.questions, strict=True):
        if row.part == TOTAL or row.level == "count":
            known = {(pair.one, pair.other): pair.coefficients for pair in table.pairs}
            for i, k in list(combinations(range(len(row.raters)), 2))[:_MOST_PAIRS]:
                pair = row.raters[i], row.raters[k]
                gaps = row.values[:, i] - row.values[:, k]
                means = (row.values[:, i] + row.values[:, k]) / 2
                pictures.append(_differences(pair, row, means, gaps, known.get(pair, {})))
        if row.level == "count" and found.detector is not None:
            pictures.append(_detector_picture(found.detector, row, counts))
    curves = [(f"{pair.one} – {pair.other}", pair.f1) for pair in found.moments[:_MOST_PAIRS]]
    if found.detector is not None and found.detector.moments is not None:
        names = f"{wording('agree_detector_name')} – {wording('agree_raters_name')}"
        curves.append((names, found.detector.moments.f1))
    pictures.append(_common(curves))
    return [picture for picture in pictures if picture is not None]


def _differences(
    pair: tuple[str, str], row: Question, means: Array, gaps: Array, known: Mapping[str, Agreed]
) -> Picture | None:
    there = [n for n in range(len(gaps)) if np.isfinite(gaps[n])]
    points: Points = [(float(means[n]), float(gaps[n])) for n in there]
    limits = [known[name].value for name in ("bias", "limit_low", "limit_high") if name in known]
    title = wording("app_result_differences", one=pair[0], other=pair[1])
    held = [limit for limit in limits if limit is not None]
    drawn = [draw_differences(points, held, title, narrow=narrow) for narrow in (False, True)]
    if drawn[0] is None:
        return None
    rows = [(row.items[n][1], _digits(float(means[n])), _digits(float(gaps[n]))) for n in there]
    return Picture(
        title=title,
        drawings=tuple(one.markup() for one in drawn if one is not None),
        key=(),
        columns=(wording("app_result_film"), wording("app_result_mean"), wording("app_result_difference")),
        rows=tuple(rows),
    )


def _detector_picture(found: DetectorAgreement, row: Question, counts: Mapping[str, float]) -> Picture | None:
    without = {*found.unmeasured, *found.unable}
    theirs = np.array(
        [np.nanmean(values) if np.isfinite(values).sum() >= 2 else np.nan for values in row.values], dtype=float
    )
    ours = np.array([np.nan if item in without else counts.get(item[1], np.nan) for item in row.items], dtype=float)
    limits = {"bias": found.bias, "limit_low": found.limit_low, "limit_high": found.limit_high}
    pair = wording("agree_detector_name"), wording("app_result_raters_mean")
    return _differences(pair, row, (ours + theirs) / 2, ours - theirs, limits)


def _common(curves: Sequence[tuple[str, Mapping[float, Agreed]]]) -> Picture | None:
    values = [(name, {tolerance: f1.value for tolerance, f1 in curve.items()}) for name, curve in curves]
    title = wording("app_result_moments")
    drawn = [draw_moments(values, title, narrow=narrow) for narrow in (False, True)]
    if drawn[0] is None:
        return None
    tolerances = list(values[0][1])
    rows = [
        (name, *("–" if (value := curve[t]) is None else _digits(value) for t in tolerances)) for name, curve in values
    ]
    return Picture(
        title=title,
        drawings=tuple(one.markup() for one in drawn if one is not None),
        key=tuple(name for name, curve in values if any(value is not None for value in curve.values())),
        columns=(wording("app_result_who"), *(f"{figure(f'{tolerance:g}')} s" for tolerance in tolerances)),
        rows=tuple(rows),
    )
