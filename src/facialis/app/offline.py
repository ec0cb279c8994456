"""What is done to a casebook from the command line, while nobody serves it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from facialis.app.place import Place
from facialis.app.start import prepare
from facialis.core.errors import InputError, SettingsError
from facialis.core.messages import said

if TYPE_CHECKING:
    from facialis.app.accounts.models import Account

__all__ = ["account_name", "set_password", "take_in_folder"]


def take_in_folder(place: Place, folder: Path, *, account: str = "", name: str = "") -> str:
    """Take a person's folder into a casebook; the folder itself is only read.

    Parameters
    ----------
    place
        The casebook.
    folder
        As ``facialis person`` makes it and ``facialis course`` reads it.
    account
        Whose it will be; empty: of the only account there is.
    name
        What the person is called; empty: as the folder.

    Returns
    -------
    str
        What the person is called.

    Raises
    ------
    InputError
        It is no folder, or a file of it cannot be read.
    FormatError
        It holds none of the files of a person's folder.
    SettingsError
        There is no such account, or several and none was named.
    OutputError
        The casebook is being served, or cannot be written.
    """
    if not folder.is_dir():
        raise InputError(**said("no_folder_to_take_in", folder=folder))
    with _open(place):
        from facialis.app.people.folders import take_in

        return take_in(_account(account), folder.absolute(), name=name).name


def account_name(place: Place, account: str = "") -> str:
    """The name of an account, to be asked before its password is; the only one there is if ``account`` is empty."""
    with _open(place):
        return _account(account).name


def set_password(place: Place, account: str, password: str) -> None:
    """Give an account a new password, and end all its sessions.

    Raises
    ------
    SettingsError
        There is no such account, or the password is one that can be guessed.
    OutputError
        The casebook is being served, or cannot be written.
    """
    with _open(place):
        from django.core.exceptions import ValidationError

        from facialis.app.accounts.deeds import change_password

        try:
            change_password(_account(account), password)
        except ValidationError as error:
            raise SettingsError(**said("password_weak", why=" ".join(error.messages))) from error


@contextmanager
def _open(place: Place) -> Iterator[None]:
    """A casebook that is there already and that nobody else has open."""
    if not place.database.is_file():
        raise SettingsError(**said("no_casebook", folder=place.root))
    place.make()
    with place.held():
        prepare(place)
        yield


def _account(name: str) -> Account:
    from facialis.app.accounts.models import Account

    found = list(Account.objects.filter(name=name) if name else Account.objects.all()[:2])
    if len(found) != 1:
        raise SettingsError(**(said("no_account", name=repr(name)) if name else said("which_account")))
    return found[0]
