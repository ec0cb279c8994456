"""``facialis person``: says what an empty folder for one person holds."""

from __future__ import annotations

from pathlib import Path

from facialis.cli.faults import say
from facialis.core.knowledge import wording
from facialis.files.empty_person import write_empty_person

__all__ = ["person"]


def person(folder: Path, *, code: str, quiet: bool) -> int:
    """Make the folder, say what was made and what was kept, and return the exit code.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    files = write_empty_person(folder, code)
    if not quiet:
        if files.made:
            say(f"{folder}: made {', '.join(files.made)}")
        if files.kept:
            say(f"{folder}: was there and is kept: {', '.join(files.kept)}")
        say(wording("person_next", folder=folder))
    return 0
