"""An answer → the report about a person as a folder: what ``facialis report`` does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from facialis.core.person.answer import Answer

__all__ = ["write_report"]


def write_report(
    answer: Answer,
    out: Path | str,
    *,
    folder: Path | str | None = None,
    faces: bool = True,
    progress: Callable[[str, float], None] | None = None,
) -> Path:
    """Write the report of a person: one HTML page, two sheets for the visit as PDF, and tables of everything.

    Parameters
    ----------
    answer
        What is said of the person, as `answer` makes it.
    out
        The folder to write. An earlier report there is replaced; a folder that is no report is left alone.
    folder
        The person's folder, in whose ``sessions`` there may be films to cut pictures from; None: no pictures.
    faces
        False: no picture of the person goes into any file.
    progress
        Called with the stage and the fraction done (0–1).

    Returns
    -------
    Path
        The folder that was written; ``report.html``, ``visit.pdf`` and ``visit-clinician.pdf`` are in it.

    Raises
    ------
    OutputError
        The disk is full, the place is not writable, or ``out`` exists and is no such result; nothing is half-written.

    Notes
    -----
    Pages speak the language in force (`facialis.core.knowledge.language`), English by default; make the answer in the
    same one. What the answer withholds stands on no page and in no table.

    Examples
    --------
    >>> write_report(answer(read_person("anna")), "anna/report", folder="anna")  # doctest: +SKIP
    """
    from facialis.report.person.folder import write_person_folder
    from facialis.report.person.stills import find_strips

    strips = find_strips(Path(folder), answer.casefile.sessions) if folder is not None and faces else ()
    return write_person_folder(answer, Path(out), strips=strips, progress=progress)
