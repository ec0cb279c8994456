"""The results about a person as a folder: report, page for the visit, tables; there as a whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from facialis.core.person.answer import Answer
from facialis.files.placing import whole_folder
from facialis.report.person.answers import course_object, guidance_object
from facialis.report.person.clinician.sheet import render_clinician_pdf
from facialis.report.person.export import TABLES, write_export
from facialis.report.person.page import render_person_page
from facialis.report.person.stills import Strip
from facialis.report.person.visit import render_visit_html, render_visit_pdf

__all__ = ["MARK", "write_person_folder"]

MARK = "course.json"  # a folder that holds it and nothing else than a result may be replaced by one
_TOP = frozenset({MARK, "guidance.json", "report.html", "visit.html", "visit.pdf", "visit-clinician.pdf"})
_DATA = frozenset({"datapackage.json", *(f"{name}.{kind}" for name in TABLES for kind in ("csv", "parquet"))})
_MADE = _TOP.union(f"data/{name}" for name in _DATA)


def write_person_folder(
    answer: Answer,
    out: Path,
    *,
    strips: Sequence[Strip] = (),
    progress: Callable[[str, float], None] | None = None,
) -> Path:
    """Write ``report.html``, two sheets, ``visit.html``, ``course.json``, ``guidance.json`` and ``data/``.

    The sheets are ``visit.pdf`` for the person and ``visit-clinician.pdf`` for the clinician.

    Everything is written beside ``out`` and put in place by renaming; an earlier result of the same kind is replaced.
    What else was put into it, such as an own table in ``data``, is carried over.

    Parameters
    ----------
    strips
        Pictures of one twitch of the calmest and of the liveliest recording; may be empty.

    Raises
    ------
    OutputError
        The disk is full, the place is not writable, or ``out`` exists and is no such result.
    """
    tell = progress or (lambda _stage, _share: None)
    with whole_folder(out, is_ours=_is_ours, made=_MADE, keep_others=True) as work:
        tell("report", 0.1)
        _write(work / "report.html", render_person_page(answer, strips))
        tell("page for the visit", 0.4)
        (work / "visit.pdf").write_bytes(render_visit_pdf(answer, strips))
        (work / "visit-clinician.pdf").write_bytes(render_clinician_pdf(answer, strips))
        _write(work / "visit.html", render_visit_html(answer, strips))
        tell("tables", 0.7)
        write_export(answer, work / "data")
        for name, content in ((MARK, course_object(answer)), ("guidance.json", guidance_object(answer))):
            text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
            (work / name).write_bytes((text + "\n").encode("utf-8", "backslashreplace"))
    tell("tables", 1.0)
    return out


def _is_ours(names: list[str]) -> bool:
    """A folder that holds an earlier result, and nothing else that could be missed."""
    return MARK in names and all(name in _TOP or name == "data" or name.startswith(".") for name in names)


def _write(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8", "replace"))
