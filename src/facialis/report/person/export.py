"""Everything about a person as tables, CSV and Parquet, with a data dictionary beside them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from facialis.core.person.answer import Answer
from facialis.core.person.course import Estimate
from facialis.core.version import __version__
from facialis.files.tables.formulas import disarmed
from facialis.report.person.visit_content import fingerprint

__all__ = ["TABLES", "tables", "write_export"]

_TYPES: Mapping[str, tuple[pa.DataType, str]] = {
    "date": (pa.date32(), "date"),
    "number": (pa.float64(), "number"),
    "integer": (pa.int64(), "integer"),
    "string": (pa.string(), "string"),
    "boolean": (pa.bool_(), "boolean"),
}

# Table → columns: name, type, unit, what it is.
TABLES: Mapping[str, tuple[tuple[str, str, str, str], ...]] = {
    "sessions": (
        ("date", "date", "", "day of the recording"),
        ("name", "string", "", "the session's name"),
        ("usable_min", "number", "min", "minutes in which twitches were counted"),
        ("twitches", "number", "", "how many"),
        ("rate_per_min", "number", "1/min", "twitches a usable minute, as counted; none where none could be seen"),
        ("burden_share", "number", "share", "of the time in spasm"),
        ("tonic_share", "number", "share", "of the spasm time held for a second or longer"),
        ("median_amplitude_iod", "number", "iod", "median size, share of the distance between the eyes"),
        ("limit_iod", "number", "iod", "smallest size found nine times in ten"),
        ("side", "string", "", "left, right or both: the person's own"),
        ("regions", "string", "", "muscles, parted by commas"),
        ("block", "string", "", "part of the protocol"),
        ("resting_asymmetry", "number", "share", "how much narrower the eye of that side stands at rest"),
        ("closure_share", "number", "share", "how far that eye shuts, of how far the other does"),
        ("eye_shut_share", "number", "share", "of the time with an eye shut"),
        ("other_babinski_events", "number", "", "spasms in which the brow rose while the eye closed"),
        ("synchrony_share", "number", "share", "of the twitches of the eye in which the mouth took part"),
        ("filmed", "string", "", "planned, or caught because it was bad just then; empty: nobody has said"),
        ("alone", "boolean", "", "whether nobody else was in the room; empty: nobody has said"),
        ("as_filmed", "boolean", "", "whether the file was as the camera wrote it; empty: nobody has said"),
        ("counts", "boolean", "", "whether the natural course rests on it"),
        ("left_out_why", "string", "", "why not: a key of the wording"),
    ),
    "line": (
        ("date", "date", "", ""),
        ("rate_per_min", "number", "1/min", "rate as followed by the model"),
        ("low", "number", "1/min", "lower end of its interval"),
        ("high", "number", "1/min", "upper end"),
        ("probability", "number", "", "that the interval is made for"),
    ),
    "treatments": (
        ("date", "date", "", ""),
        ("kind", "string", "", "toxin, decompression or drug"),
        ("product", "string", "", "as entered"),
        ("dose_units", "number", "units of the product", "as entered; never converted"),
        ("sites", "string", "", "as entered, parted by semicolons"),
        ("note", "string", "", "as entered"),
    ),
    "cycles": (
        ("date", "date", "", "day of the injection"),
        ("product", "string", "", ""),
        ("onset_days", "number", "d", "days until the effect began"),
        ("onset_low", "number", "d", ""),
        ("onset_high", "number", "d", ""),
        ("wear_off_days", "number", "d", "days until half of the best effect was gone"),
        ("wear_off_low", "number", "d", ""),
        ("wear_off_high", "number", "d", ""),
        ("depth", "number", "share", "of the rate taken away at best"),
        ("depth_low", "number", "share", ""),
        ("depth_high", "number", "share", ""),
        ("sessions", "integer", "", "recordings in this cycle"),
    ),
    "triggers": (
        ("name", "string", "", "column of the diary"),
        ("outcome", "string", "", "what it was held against"),
        ("lag_days", "integer", "d", "above 0: that many days before the spasm"),
        ("direction", "string", "", "to_spasm, same_day or from_spasm"),
        ("effect", "number", "standard deviations", "change for one standard deviation; no cause"),
        ("low", "number", "standard deviations", ""),
        ("high", "number", "standard deviations", ""),
        ("probability", "number", "", "that the interval is made for"),
        ("p_corrected", "number", "", "corrected for all that were tried"),
        ("named", "boolean", "", "whether it stands after the correction"),
        ("days", "integer", "d", "days it rests on"),
        ("tried", "integer", "", "how many associations were tried"),
    ),
    "side_effects": (
        ("date", "date", "", "first day on which it was entered"),
        ("what", "string", "", "a key of the side effects known"),
        ("treatment", "string", "", "toxin or decompression: the one before it, not its cause"),
        ("treatment_date", "date", "", ""),
        ("until", "date", "", "last day of an unbroken run of entries"),
        ("days_after", "integer", "d", "days after the treatment; empty: a note does not say"),
        ("worst", "number", "", "largest value entered; empty in a note"),
        ("source", "string", "", "note, diary or questionnaire"),
    ),
    "grades": (
        ("date", "date", "", ""),
        ("grade", "integer", "", "as entered, in the style of House-Brackmann: 1 normal to 6 no movement"),
        ("treatment_date", "date", "", "the treatment before it; empty: none"),
        ("days_after", "integer", "d", "days after that treatment"),
    ),
    "sites": (
        ("date", "date", "", "day of the injection"),
        ("entered", "string", "", "as entered"),
        ("key", "string", "", "a key of the face map; empty: not on it"),
        ("side", "string", "", "left or right: the person's own; empty: not known"),
        ("units", "number", "units of the product", "as entered with the site; never converted; empty: not entered"),
    ),
    "withheld": (
        ("what", "string", "", "a number of the natural course that may not be said"),
        ("why", "string", "", "a key of the wording"),
    ),
    "questionnaires": (
        ("date", "date", "", ""),
        ("instrument", "string", "", ""),
        ("total", "number", "", "empty: too many items left open"),
        ("low", "number", "", "least possible total"),
        ("high", "number", "", "greatest possible total"),
        ("band", "string", "", "a key of the wording"),
        ("change", "number", "", "since the first of the same instrument"),
        ("important", "boolean", "", "whether the change reaches the smallest that matters"),
    ),
    "diary": (
        ("date", "date", "", ""),
        ("what", "string", "", "column of the diary"),
        ("unit", "string", "", "as its header says"),
        ("value", "number", "", "empty: nothing noted"),
    ),
    "problems": (
        ("file", "string", "", ""),
        ("line", "integer", "", "0: the file as a whole"),
        ("field", "string", "", ""),
        ("message", "string", "", "what was wrong"),
        ("left_out", "string", "", "row, value or nothing"),
    ),
}


def tables(answer: Answer) -> dict[str, pa.Table]:
    """All tables by name; a missing value is null, never zero. Units stand in the metadata of each column."""
    rows = _rows(answer)
    made = {}
    for name, columns in TABLES.items():
        schema = pa.schema(
            [
                pa.field(c, _TYPES[kind][0], metadata={"unit": unit, "description": text})
                for c, kind, unit, text in columns
            ]
        )
        values = [dict(zip([c[0] for c in columns], row, strict=True)) for row in rows[name]]
        made[name] = pa.Table.from_pylist([{k: _plain(v) for k, v in row.items()} for row in values], schema=schema)
    return made


def write_export(answer: Answer, folder: Path) -> None:
    """Write ``<table>.csv``, ``<table>.parquet`` and ``datapackage.json``; OSError where that cannot be done.

    In CSV an apostrophe stands before text that a spreadsheet would take for a formula; Parquet has it as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in tables(answer).items():
        pc.write_csv(_disarmed(table), folder / f"{name}.csv")
        pq.write_table(table, folder / f"{name}.parquet", compression="zstd")
    text = json.dumps(_dictionary(answer), indent=2, ensure_ascii=False)
    (folder / "datapackage.json").write_text(text + "\n", encoding="utf-8")


def _disarmed(table: pa.Table) -> pa.Table:
    """The table with no text in it that a spreadsheet would run; numbers and days stay what they are."""
    for place, column in enumerate(table.schema):
        if pa.types.is_string(column.type):
            texts = [None if text is None else disarmed(text) for text in table.column(place).to_pylist()]
            table = table.set_column(place, column, pa.array(texts, pa.string()))
    return table


def _plain(value: object) -> object:
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value


def _dictionary(answer: Answer) -> dict[str, Any]:
    """A data dictionary in the form of a Frictionless data package."""
    resources = [
        {
            "name": name,
            "path": f"{name}.csv",
            "format": "csv",
            "encoding": "utf-8",
            "schema": {
                "fields": [
                    {
                        "name": c,
                        "type": _TYPES[kind][1],
                        **({"unit": unit} if unit else {}),
                        **({"description": text} if text else {}),
                    }
                    for c, kind, unit, text in columns
                ],
                "missingValues": [""],
            },
        }
        for name, columns in TABLES.items()
    ]
    return {
        "name": "facialis-person",
        "title": "What facialis read and worked out about one person",
        "facialis_version": __version__,
        "as_of": answer.course.as_of.isoformat(),
        "fingerprint": fingerprint(answer),
        "resources": resources,
    }


def _three(item: Estimate | None) -> tuple[float | None, float | None, float | None]:
    return (None, None, None) if item is None else (item.value, item.low, item.high)


def _rows(answer: Answer) -> dict[str, Sequence[Sequence[object]]]:
    case, course = answer.casefile, answer.course
    used = set(course.used)
    why: dict[tuple[str, date], str] = {(row.name, row.day): row.why for row in course.left_out}
    diary = case.diary
    return {
        "sessions": [
            (
                r.day,
                r.name,
                r.usable_min,
                r.twitches,
                None if r.saw_nothing else r.rate_per_min,
                r.burden_share,
                r.tonic_share,
                r.median_amplitude_iod,
                r.limit_iod,
                r.side,
                ",".join(r.regions),
                r.block,
                r.resting_asymmetry,
                r.closure_share,
                r.eye_shut_share,
                r.other_babinski_events,
                r.synchrony_share,
                r.filmed,
                r.alone,
                r.as_filmed,
                r.name in used,
                why.get((r.name, r.day), ""),
            )
            for r in case.sessions
        ],
        "line": [
            (p.day, p.rate_per_min.value, p.rate_per_min.low, p.rate_per_min.high, p.rate_per_min.probability)
            for p in course.line
        ],
        "treatments": [(t.day, t.kind, t.product, t.dose_units, ";".join(t.sites), t.note) for t in case.treatments],
        "cycles": [
            (c.day, c.product, *_three(c.onset_days), *_three(c.wear_off_days), *_three(c.depth), c.sessions)
            for c in (answer.toxin.cycles if answer.toxin else ())
        ],
        "triggers": [
            (
                e.name,
                e.outcome,
                e.lag_days,
                e.direction,
                e.effect,
                e.low,
                e.high,
                e.probability,
                e.p_corrected,
                e.named,
                e.days,
                e.tried,
            )
            for e in answer.triggers
        ],
        "side_effects": [
            (e.day, e.what, e.treatment, e.treatment_day, e.until, e.days_after, e.worst, e.source)
            for e in answer.side_effects
        ],
        "grades": [(g.day, g.grade, g.treatment_day, g.days_after) for g in answer.grades],
        "sites": [(s.day, s.entered, s.key, s.side, s.units) for s in answer.sites],
        "withheld": [(w.what, w.why) for w in answer.withheld],
        "questionnaires": [
            (s.day, s.instrument, s.total, s.low, s.high, s.band, s.change, s.important) for s in answer.scores
        ],
        "diary": [
            (day, name, unit, float(diary.values[k, c]))
            for k, day in enumerate(diary.days)
            for c, (name, unit) in enumerate(zip(diary.columns, diary.units, strict=True))
            if np.isfinite(diary.values[k, c])
        ],
        "problems": [(p.file, p.line, p.field, p.message, p.left_out) for p in case.problems],
    }
