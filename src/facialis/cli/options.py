"""Options that several commands have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["FOLDER", "AsOf", "Data", "Debug", "Force", "Language", "Level", "Out", "Quiet"]

Out = Annotated[
    Path | None, typer.Option("--out", metavar="DIR", help="Folder for the results.", show_default="./facialis-out")
]
Force = Annotated[bool, typer.Option("--force", help="Do again what is done, and overwrite it.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress; only what went wrong.")]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="DATE", help="Answer as if it were that day (2026-05-31).", show_default="today"),
]
Language = Annotated[str, typer.Option("--lang", metavar="en|de", help="Language of what is said.")]
Level = Annotated[
    float,
    typer.Option(
        metavar="SHARE", min=0.1, max=0.9, help="Share of the toxin's best effect below which it counts as worn off."
    ),
]
FOLDER = typer.Argument(metavar="FOLDER", help="The folder of a person.")
Debug = Annotated[bool, typer.Option("--debug", help="Show where in the program a fault happened.")]
Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder of the casebook.", show_default="that of the system for data"),
]
