"""Everything about a person in one file: folder, films, what was worked out, each record, and what it all means."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from facialis.app.course.records import as_text, records_of
from facialis.app.people.folders import laid_out
from facialis.app.people.models import Person
from facialis.app.people.sheets import header_of
from facialis.app.recordings.models import Recording
from facialis.app.recordings.store import film_to_hand_out
from facialis.core.person.answer import Answer
from facialis.core.version import __version__
from facialis.files.columns import TABLES as OWN_TABLES
from facialis.files.tables.formulas import disarmed
from facialis.report.person.answers import course_object, guidance_object
from facialis.report.person.export import TABLES, write_export

__all__ = ["film_ending", "write_everything"]

_Column = tuple[str, str, str, str]

_OWN = {
    "sessions.csv": "recordings that were counted in another way",
    "treatments.csv": "what was done, and when",
    "diary.csv": "one row a day, a column for each thing that is followed, its unit in brackets",
    "questionnaires.csv": "questionnaires that were filled in, item by item or as a total",
}
_OWN_WORDS = {
    "kind": "toxin, decompression, drug or other",
    "until": "last day of a medicine that was stopped",
    "instrument": "which questionnaire",
    "filmed": "planned, or caught because it was bad just then",
    "sites": "where it was injected, parted by semicolons; the units of a site may stand behind it",
    "date": "the day",
    "note": "own words",
    "name": "to know it again by",
    "total": "the total, where no items were entered",
}
_DERIVED = {
    "sessions": "each recording as the course reads it",
    "line": "the rate as the model follows it, with its interval",
    "treatments": "each treatment as it was understood",
    "cycles": "each injection of toxin, and what followed",
    "triggers": "what goes along with what in the diary; no causes",
    "side_effects": "what was entered as unwanted after a treatment",
    "grades": "grades given by a clinician",
    "sites": "where injections were given",
    "withheld": "numbers that may not be said now, and why",
    "questionnaires": "each questionnaire with its total",
    "diary": "each value of the diary in a row of its own",
    "problems": "what could not be used, and why",
}


@dataclass(frozen=True, kw_only=True)
class _Told:
    """A table in the file: its place, what it is, and its columns."""

    path: str
    about: str
    columns: tuple[_Column, ...]


def write_everything(person: Person, answer: Answer | None, file: IO[bytes]) -> None:
    """Write one ZIP.

    Parameters
    ----------
    person
        Whose it is.
    answer
        The answer about them; None: there is none now, and ``data/`` is left out.
    file
        Where to write.

    Notes
    -----
    The folder in it is what ``facialis course`` reads and ``facialis casebook take-in`` takes in; ``datapackage.json``
    and ``README.md`` name every table and column in it with units.
    """
    with laid_out(person, whole=True) as folder, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as made:
        told = [*_own(person)]
        if answer is not None:
            write_export(answer, folder / "data")
            (folder / "data" / "datapackage.json").unlink()  # the one of the whole names these tables too
            for name, content in (("course", course_object(answer)), ("guidance", guidance_object(answer))):
                _write_json(folder / "data" / f"{name}.json", content)
            told += [
                _Told(path=f"data/{name}.csv", about=_DERIVED.get(name, name), columns=columns)
                for name, columns in TABLES.items()
            ]
        told += _records(person, folder / "records")
        _write_json(folder / "datapackage.json", _package(told))
        (folder / "README.md").write_text(_readme(told), encoding="utf-8")
        for path in sorted(folder.rglob("*")):
            made.write(path, Path(folder.name) / path.relative_to(folder))
        for recording in person.recordings.all():
            _write_film(recording, folder.name, made)


def film_ending(recording: Recording) -> str:
    """The ending of a film that is handed out, with its dot; empty where it had none that can be used."""
    ending = Path(recording.shown_name).suffix[1:8]
    return f".{ending}" if ending.isascii() and ending.isalnum() else ""  # chosen by whoever sent it


def _write_film(recording: Recording, folder: str, made: zipfile.ZipFile) -> None:
    if not recording.film.is_file():
        return
    entry = zipfile.ZipInfo.from_file(recording.film, f"{folder}/films/{recording.name}{film_ending(recording)}")
    with film_to_hand_out(recording) as film, made.open(entry, "w", force_zip64=True) as target:
        shutil.copyfileobj(film, target, 1 << 20)


def _own(person: Person) -> Iterator[_Told]:
    """The person's own tables, as far as they can be read as tables."""
    known = {name: (unit, text) for columns in TABLES.values() for name, _, unit, text in columns}
    sheets = {sheet.file: sheet for sheet in person.sheets.all()}
    for table in OWN_TABLES:
        if table.file not in sheets:
            continue
        columns = []
        for name in header_of(sheets[table.file]):
            unit, text = known.get(name, ("", ""))
            if not text and table.free and name not in ("date", "note"):
                unit, text = name.partition("(")[2].rstrip(")"), "as followed by the person"
            words = _OWN_WORDS.get(name) or text or ("answer to that question" if table.numbered else name)
            # As it was written: a day may be a month, and a number may have words behind it.
            columns.append((name, "string", unit, words))
        yield _Told(path=table.file, about=_OWN[table.file], columns=tuple(columns))


def _records(person: Person, folder: Path) -> list[_Told]:
    folder.mkdir()
    told = []
    content: dict[str, list[dict[str, str]]] = {}
    for table in records_of(person):
        names = [name for name, _, _, _ in table.columns]
        out = io.StringIO(newline="")
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(names)
        rows = [[as_text(value) for value in row] for row in table.rows]
        writer.writerows([disarmed(text) for text in row] for row in rows)
        (folder / f"{table.name}.csv").write_text(out.getvalue(), encoding="utf-8", newline="")
        content[table.name] = [dict(zip(names, row, strict=True)) for row in rows]
        told.append(_Told(path=f"records/{table.name}.csv", about=table.about, columns=table.columns))
    _write_json(folder / "records.json", content)
    return told


def _write_json(path: Path, content: Mapping[str, Any]) -> None:
    text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    path.write_bytes((text + "\n").encode("utf-8", "backslashreplace"))


def _package(told: list[_Told]) -> dict[str, Any]:
    """A data package as Frictionless describes them: https://specs.frictionlessdata.io."""
    resources = []
    for table in told:
        fields = [
            {"name": name, "type": kind, **({"unit": unit} if unit else {}), "description": text or name}
            for name, kind, unit, text in table.columns
        ]
        name = table.path.removesuffix(".csv").replace("/", "-").replace("_", "-")
        resources.append(
            {
                "name": name,
                "path": table.path,
                "description": table.about,
                "profile": "tabular-data-resource",
                "format": "csv",
                "encoding": "utf-8",
                "schema": {"fields": fields, "missingValues": [""]},
            }
        )
    return {
        "name": "facialis-casebook",
        "profile": "tabular-data-package",
        "title": "Everything that a casebook holds about one person",
        "facialis_version": __version__,
        "resources": resources,
    }


def _readme(told: list[_Told]) -> str:
    """The same in words."""
    lines = [
        "# Everything about one person",
        "",
        "This folder holds all that the casebook knows of a person. `facialis course` reads it as it is, and",
        "`facialis casebook take-in` takes it into a casebook again.",
        "",
        "| where | what |",
        "|---|---|",
        "| `person.yaml`, `*.csv` | what was entered, exactly as it was written |",
        "| `sessions/` | what was measured in each recording, with its report |",
        "| `films/` | the films as they came |",
        "| `data/` | what was read and worked out, as CSV and Parquet; `course.json` and `guidance.json` |",
        "| `records/` | each record of the casebook, as CSV; all of them in `records.json` |",
        "| `datapackage.json` | this list for machines (Frictionless data package) |",
        "",
        "Empty means not known, never zero or no. Left and right are the person's own. In CSV an apostrophe stands",
        "before text that a spreadsheet would take for a formula.",
    ]
    for table in told:
        lines += ["", f"## `{table.path}`", "", f"{table.about[:1].upper()}{table.about[1:]}.", ""]
        lines += ["| column | unit | |", "|---|---|---|"]
        lines += [f"| `{_cell(name)}` | {_cell(unit)} | {_cell(text)} |" for name, _, unit, text in table.columns]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())
