"""The results about a person as a folder: report, page for the visit, tables; there as a whole or not at all."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from facialis.core.answer import Answer
from facialis.core.errors import OutputError
from facialis.report.answers import course_object, guidance_object
from facialis.report.export import write_export
from facialis.report.person_page import Reading, render_person_page
from facialis.report.stills import find_strips
from facialis.report.visit import render_visit_html, render_visit_pdf

__all__ = ["MARK", "write_person_folder"]

MARK = "course.json"  # a folder that holds it and nothing else than a result may be replaced by one
_MADE = frozenset({MARK, "guidance.json", "report.html", "visit.html", "visit.pdf", "data"})
_QUESTIONS_MOST = 20  # chosen: more fit on no page


def write_person_folder(
    answer: Answer,
    source: Path,
    out: Path,
    *,
    reading: Sequence[Reading] = (),
    questions: Sequence[str] = (),
    faces: bool = True,
    progress: Callable[[str, float], None] | None = None,
) -> Path:
    """Write ``report.html``, ``visit.pdf``, ``visit.html``, ``course.json``, ``guidance.json`` and ``data/``.

    Everything is written beside ``out`` and put in place by renaming; an earlier result of the same kind is replaced.

    Parameters
    ----------
    source
        The person's folder: its ``questions.txt`` and the films of its sessions are looked at.
    questions
        Asked where there is no ``questions.txt``.
    faces
        False: no picture of the person goes into any file.

    Raises
    ------
    OutputError
        The disk is full, the place is not writable, or ``out`` exists and is no such result.
    """
    tell = progress or (lambda _stage, _share: None)
    target = Path(os.path.realpath(out))
    work: Path | None = None
    try:
        _check_free(target)
        target.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".facialis-", suffix=".partial", dir=target.parent))
        umask = os.umask(0o022)
        os.umask(umask)
        work.chmod(0o777 & ~umask)
        strips = find_strips(source, answer.casefile.sessions) if faces else ()
        asked = _questions(source) or tuple(questions)
        tell("report", 0.1)
        page = render_person_page(answer, strips, asked, reading)
        (work / "report.html").write_text(page, encoding="utf-8", errors="replace", newline="\n")
        tell("page for the visit", 0.4)
        (work / "visit.pdf").write_bytes(render_visit_pdf(answer, strips, asked))
        visit = render_visit_html(answer, strips, asked)
        (work / "visit.html").write_text(visit, encoding="utf-8", errors="replace", newline="\n")
        tell("tables", 0.7)
        write_export(answer, work / "data")
        for name, content in ((MARK, course_object(answer)), ("guidance.json", guidance_object(answer))):
            text = json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
            (work / name).write_bytes((text + "\n").encode("utf-8", "backslashreplace"))
        _put_in_place(work, target)
    except BaseException as error:
        if work is not None:
            shutil.rmtree(work, ignore_errors=True)
        if isinstance(error, OSError):
            raise OutputError(
                f"The results could not be written to {out}: {error.strerror or error}.",
                advice="Free some space or choose another folder with --out.",
            ) from error
        raise
    tell("tables", 1.0)
    return out


def _questions(source: Path) -> tuple[str, ...]:
    try:
        text = (source / "questions.txt").read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return ()
    return tuple(line.strip() for line in text.splitlines() if line.strip())[:_QUESTIONS_MOST]


def _check_free(target: Path) -> None:
    """OutputError unless the target is absent, empty or an earlier result: other people's files are never replaced."""
    if not target.exists():
        return
    if not target.is_dir():
        raise OutputError(f"{target} is a file, not a folder.", advice="Choose another folder with --out.")
    found = [path.name for path in target.iterdir()]
    if found and not (MARK in found and all(name in _MADE or name.startswith(".") for name in found)):
        raise OutputError(
            f"{target} holds other files and is no result of facialis.", advice="Choose another folder with --out."
        )


def _put_in_place(work: Path, target: Path) -> None:
    if not target.exists():
        work.rename(target)
        return
    old = Path(tempfile.mkdtemp(prefix=".facialis-", suffix=".old", dir=target.parent))
    try:
        target.rename(old / "before")
        try:
            work.rename(target)
        except BaseException:
            (old / "before").rename(target)
            raise
    finally:
        if target.exists():
            shutil.rmtree(old, ignore_errors=True)
