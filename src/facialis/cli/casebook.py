"""``facialis casebook``: what is done to a casebook while nobody serves it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from facialis.cli.faults import guarded, put
from facialis.cli.options import FOLDER, Data, Debug, Language
from facialis.core.errors import SettingsError
from facialis.core.knowledge import wording
from facialis.core.messages import said

__all__ = ["casebook"]

casebook = typer.Typer(
    name="casebook",
    help="What is done to a casebook while nobody serves it.",
    no_args_is_help=True,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
Account = Annotated[
    str, typer.Option("--account", metavar="NAME", help="Whose it is.", show_default="the only account there is")
]


def _take_in_now(folder: Path, data: Path | None, *, account: str, name: str) -> int:
    """Take a person's folder into the casebook, say so, and return the exit code."""
    from facialis.app.offline import take_in_folder
    from facialis.app.place import Place, default_folder

    person = take_in_folder(Place(data or default_folder()), folder, account=account, name=name)
    put(wording("terminal_taken_in", person=person))
    return 0


def _new_password(data: Path | None, *, account: str) -> int:
    """Ask for a new password twice, set it, and return the exit code."""
    from facialis.app.offline import account_name, set_password
    from facialis.app.place import Place, default_folder

    place = Place(data or default_folder())
    name = account_name(place, account)
    password = str(typer.prompt(wording("terminal_new_password", name=name), hide_input=True))
    if typer.prompt(wording("app_password_again"), hide_input=True) != password:
        raise SettingsError(**said("password_differs"))
    set_password(place, name, password)
    put(wording("terminal_password_set", name=name))
    return 0


@casebook.command("take-in")
def _take_in(
    folder: Annotated[Path, FOLDER],
    data: Data = None,
    account: Account = "",
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="What the person is called.", show_default="as the folder")
    ] = "",
    lang: Language = "en",
    debug: Debug = False,
) -> None:
    """Take a person's folder into the casebook: the same tables and results. The folder itself is only read."""
    with guarded(debug=debug, lang=lang):
        raise typer.Exit(_take_in_now(folder, data, account=account, name=name))


@casebook.command("password")
def _password(data: Data = None, account: Account = "", lang: Language = "en", debug: Debug = False) -> None:
    """Set a new password, where the old one is forgotten. All sessions of the account end."""
    with guarded(debug=debug, lang=lang):
        raise typer.Exit(_new_password(data, account=account))
