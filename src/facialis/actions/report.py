"""An answer → the report about a person as a folder: what ``facialis report`` does."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from facialis.core.answer import Answer

__all__ = ["write_report"]


def write_report(
    answer: Answer,
    out: Path,
    *,
    folder: Path | None = None,
    faces: bool = True,
    progress: Callable[[str, float], None] | None = None,
) -> Path:
    """Write the report into ``out`` and return it; an earlier report there is replaced.

    Parameters
    ----------
    folder
        A person's folder, in whose ``sessions`` there may be films to cut pictures from; None: no pictures.
    faces
        False: no picture of the person goes into any file.
    progress
        Called with the stage and the fraction done (0-1).

    Raises
    ------
    OutputError
        The disk is full, the place is not writable, or ``out`` exists and is no such result; nothing is half-written.
    """
    from facialis.report.person.folder import write_person_folder
    from facialis.report.person.stills import find_strips

    strips = find_strips(folder, answer.casefile.sessions) if folder is not None and faces else ()
    return write_person_folder(answer, out, strips=strips, progress=progress)
