"""Options that several commands have, and long ones."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

__all__ = [
    "FOLDER",
    "Account",
    "AsOf",
    "Data",
    "Debug",
    "Detector",
    "Factor",
    "Folder",
    "Force",
    "Language",
    "Level",
    "Out",
    "OutFile",
    "Person",
    "Quiet",
    "ReportOut",
    "Said",
]

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
Said = Literal["yes", "no", "unknown"]
FOLDER = typer.Argument(metavar="FOLDER", help="The folder of a person.")
Folder = Annotated[
    Path | None, typer.Argument(metavar="[FOLDER]", help="The folder of a person; or --person, who is in the casebook.")
]
Person = Annotated[
    str,
    typer.Option(
        "--person", metavar="NAME", help="Somebody in the casebook, by name or #NUMBER.", show_default="the folder"
    ),
]
Account = Annotated[
    str, typer.Option("--account", metavar="NAME", help="Whose it is.", show_default="the only account there is")
]
Debug = Annotated[bool, typer.Option("--debug", help="Show where in the program a fault happened.")]
Data = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder of the casebook.", show_default="that of the system for data"),
]
Detector = Annotated[
    list[Path] | None,
    typer.Option(
        "--detector", metavar="DIR", help="Results of facialis to hold against the mean of raters; again for more."
    ),
]
OutFile = Annotated[
    Path | None, typer.Option("--out", metavar="FILE", help="Write all figures as JSON into this file as well.")
]
ReportOut = Annotated[
    Path | None,
    typer.Option(
        "--out", metavar="DIR", help="Folder for the report.", show_default="FOLDER/report, or ./facialis-out/NAME"
    ),
]
Factor = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Plan days with and without this (coffee, screens …).",
        show_default="analyse the experiment that is there",
    ),
]
