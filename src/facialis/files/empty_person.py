"""An empty folder for one person, ready to be filled in: what `facialis.files.person` reads, with nothing in it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from facialis.core.errors import OutputError
from facialis.core.knowledge import load, translation, wording
from facialis.core.messages import reason, said
from facialis.core.temporary import remove_leftovers, temporary_file
from facialis.files.columns import TABLES

__all__ = ["EmptyPerson", "templates", "write_empty_person"]


@dataclass(frozen=True, kw_only=True)
class EmptyPerson:
    """Names of the files that were made, and of those that were there and are kept as they were."""

    made: tuple[str, ...]
    kept: tuple[str, ...]


def templates(code: str = "en") -> dict[str, str]:
    """The files of an empty person's folder and what stands in them; questions in the language ``code``."""
    said = translation("history.yaml", code)
    lines = [f"# {wording('person_head')}", f"# {wording('person_unknown')}", ""]
    for key, row in load("history.yaml").items():
        days = "2026-05-31, 2026-05, 2026"
        choices = {"yes_no": "yes, no", "date": days, "yes_no_date": f"yes, no, {days}"}.get(row["kind"], "")
        choices = choices or ", ".join(row.get("choices", ())) or f"{row['low']} – {row['high']}"
        if row["kind"] == "days":
            choices += f", {days}"
        lines += [f"# {said.get(key, row['ask'])} ({choices})", f"{key}:"]
    files = {"person.yaml": "\n".join(lines) + "\n"}
    files |= {table.file: table.text() for table in TABLES}
    files["READ-ME.txt"] = (
        "\n\n".join(wording(f"person_read_me_{part}") for part in ("what", "sessions", "tables", "then", "private"))
        + "\n"
    )
    return files


def write_empty_person(folder: Path, code: str = "en") -> EmptyPerson:
    """Make the folder, or add what is missing in it; what is there is never touched.

    Parameters
    ----------
    folder
        The folder of one person; need not exist.
    code
        The language of the questions in ``person.yaml``.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    made: list[str] = []
    kept: list[str] = []
    try:
        (folder / "sessions").mkdir(parents=True, exist_ok=True)
        remove_leftovers(folder)
        for name, text in templates(code).items():
            (kept if (folder / name).exists() else made).append(name)
            if name in made:
                _write(folder / name, text)
    except OSError as error:
        why, advice = reason(error)
        raise OutputError(**said("person_not_written", folder=folder, why=why, advice=advice)) from error
    return EmptyPerson(made=tuple(made), kept=tuple(kept))


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and never over a file that appeared meanwhile."""
    with temporary_file(path.parent, private=True) as part:
        part.write_text(text, encoding="utf-8", newline="\n")
        with contextlib.suppress(FileExistsError):
            os.link(part, path)
