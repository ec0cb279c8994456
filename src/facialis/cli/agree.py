"""``facialis agree``: how far raters agree, in plain words."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from facialis.agree.agreement import Agreement
from facialis.agree.detector import DetectorAgreement
from facialis.agree.taps import MomentAgreement
from facialis.cli.faults import put, say
from facialis.core.knowledge import figure, wording
from facialis.core.rating.scales import question, scales
from facialis.numeric.agreement.agreed import Agreed

__all__ = ["agree"]

_WHOLE_ONLY = ("icc_3_1", "icc_3_k")  # in the JSON alone: what a correlation needs, and hard to say in few words


def agree(table: Path, *, detector: Sequence[Path], out: Path | None, as_json: bool, quiet: bool) -> int:
    """Say how far the raters of a table agree, and return the exit code. Rows that could not be used are named.

    Raises
    ------
    FormatError
        The table or a result cannot be read.
    OutputError
        The file cannot be written.
    """
    from facialis.actions.agree import agree as run
    from facialis.actions.agree import write_agreement
    from facialis.agree.agreement import agreement_object

    found = run(table, detector or None)
    if out is not None:
        write_agreement(found, out)
    if as_json:
        put(json.dumps(agreement_object(found), ensure_ascii=True, allow_nan=False))
    else:
        for line in _lines(found):
            put(line)
    for problem in found.problems:
        say(str(problem))
    if out is not None and not quiet:
        say(wording("agree_written", path=out))
    return 0


def _lines(found: Agreement) -> list[str]:
    left = sum(problem.left_out == "row" for problem in found.problems)
    lines = [
        wording(
            "agree_first",
            raters=len(found.raters),
            items=found.items,
            answers=found.ratings,
            unrateable=found.unrateable,
            left=left,
        )
    ]
    before = ""
    for row in found.questions:
        if row.scale != before:
            lines += ["", wording(scales()[row.scale].name)]
        before = row.scale
        part = question(scales()[row.scale], row.part).rstrip("?")
        counts = {"items": row.items, "raters": row.raters, "missing": row.missing}
        lines += ["", wording("agree_question", part=part, **counts)]
        lines += [_line(name, one) for name, one in row.coefficients.items() if name not in _WHOLE_ONLY]
    for pair in found.moments:
        lines += ["", *_moments(pair, pair.one, pair.other)]
    for (_, item), rater in found.other_count:
        lines += ["", wording("agree_other_count", item=item, rater=rater)]
    if found.detector is not None:
        lines += _detector(found.detector)
    return [*lines, "", wording("agree_note_items")]


def _moments(pair: MomentAgreement, one: str, other: str) -> list[str]:
    lines = [wording("agree_moments", one=one, other=other)]
    lines += [_line("f1", f1, tolerance=figure(f"{tolerance:g}")) for tolerance, f1 in pair.f1.items()]
    rows = {"onset": pair.onset, "limit_low": pair.onset_low, "limit_high": pair.onset_high}
    return lines + [_line(name, row) for name, row in rows.items()]


def _detector(found: DetectorAgreement) -> list[str]:
    counts = {"unmeasured": len(found.unmeasured), "unable": len(found.unable)}
    lines = ["", wording("agree_detector", items=found.items, **counts)]
    gaps: Mapping[str, Agreed] = {"bias": found.bias, "limit_low": found.limit_low, "limit_high": found.limit_high}
    lines += [_line(name, one) for name, one in gaps.items()]
    if found.moments is not None:
        lines += ["", *_moments(found.moments, wording("agree_detector_name"), wording("agree_raters_name"))]
    for row in found.questions:
        known = scales()[row.scale]
        number = wording(f"agree_number_{row.number}")
        part = question(known, row.part).rstrip("?")
        lines += ["", wording("agree_detector_question", number=number, scale=wording(known.name), part=part)]
        lines.append(_line("seen", row.seen))
        for whose, one in row.attenuation.items():
            by = wording(f"agree_whose_{whose}")
            lines += [
                f"{_line(name, value)}, {by}" for name, value in (("highest", one.highest), ("without", one.without))
            ]
    return [*lines, "", wording("agree_note_without")] if found.questions else lines


def _line(name: str, found: Agreed, **values: str) -> str:
    """A coefficient with its interval, or with the reason why it has none."""
    label = wording(f"agree_name_{name}", **values)
    why = wording(f"agree_why_{found.why}") if found.why else ""
    if found.value is None:
        return "  " + wording("agree_none", name=label, why=why)
    value = _digits(found.value)
    if found.low is None or found.high is None:
        return "  " + (wording("agree_value_only", name=label, value=value, why=why) if why else f"{label}: {value}")
    ends = {"low": _digits(found.low), "high": _digits(found.high)}
    if why:
        return "  " + wording("agree_value_remark", name=label, value=value, why=why, **ends)
    return "  " + wording("agree_value", name=label, value=value, **ends)


def _digits(value: float) -> str:
    """Two decimals; what rounds to nothing has no sign."""
    return figure(f"{round(value, 2) + 0.0:.2f}")
