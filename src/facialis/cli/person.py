"""``facialis person``: a folder for one person, ready to be filled in."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from facialis.cli.faults import say
from facialis.core.errors import OutputError
from facialis.core.knowledge import load, translation, wording

__all__ = ["person", "templates"]

HEADERS: Mapping[str, str] = {
    "sessions.csv": "date,usable_min,twitches,burden_share,tonic_share,median_amplitude_iod,limit_iod,side,regions,"
    "block",
    "treatments.csv": "date,kind,product,dose_units,sites,note",
    "diary.csv": "date,spasms (0-10),stress (0-10),fatigue (0-10),sleep (h),coffee (cups),note",
    "questionnaires.csv": "date,instrument,item_1,item_2,item_3,item_4,item_5,item_6,item_7,item_8,item_9,total",
}


def templates(code: str = "en") -> dict[str, str]:
    """The files of an empty person's folder and what stands in them; questions in the language ``code``."""
    said = translation("history.yaml", code)
    lines = [f"# {wording('person_head')}", f"# {wording('person_unknown')}", ""]
    for key, row in load("history.yaml").items():
        choices = {"yes_no": "yes, no", "date": "2026-05-31, 2026-05, 2026"}.get(row["kind"], "")
        choices = choices or ", ".join(row.get("choices", ())) or f"{row['low']} – {row['high']}"
        lines += [f"# {said.get(key, row['ask'])} ({choices})", f"{key}:"]
    files = {"person.yaml": "\n".join(lines) + "\n"}
    files |= {name: header + "\n" for name, header in HEADERS.items()}
    files["READ-ME.txt"] = (
        "\n\n".join(wording(f"person_read_me_{part}") for part in ("what", "sessions", "tables", "then", "private"))
        + "\n"
    )
    return files


def person(folder: Path, *, code: str, quiet: bool) -> int:
    """Make the folder, or add what is missing in it; what is there is never touched. Returns the exit code.

    Raises
    ------
    OutputError
        The folder cannot be written.
    """
    made: list[str] = []
    kept: list[str] = []
    try:
        (folder / "sessions").mkdir(parents=True, exist_ok=True)
        for name, text in templates(code).items():
            (kept if (folder / name).exists() else made).append(name)
            if name in made:
                _write(folder / name, text)
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be written: {error.strerror or error}.", advice="Name another folder."
        ) from error
    if not quiet:
        if made:
            say(f"{folder}: made {', '.join(made)}")
        if kept:
            say(f"{folder}: was there and is kept: {', '.join(kept)}")
        say(wording("person_next", folder=folder))
    return 0


def _write(path: Path, text: str) -> None:
    """Whole or not at all, and never over a file that appeared meanwhile."""
    handle, name = tempfile.mkstemp(prefix=".facialis-", suffix=".partial", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.link(name, path)
    except FileExistsError:
        return
    finally:
        Path(name).unlink(missing_ok=True)
