"""What is done to a casebook from the command line, while nobody serves it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from facialis.app.place import Place
from facialis.app.start import prepare, ready
from facialis.core.errors import InputError, OutputError, SettingsError
from facialis.core.messages import said
from facialis.core.version import __version__

if TYPE_CHECKING:
    from facialis.app.accounts.models import Account
    from facialis.app.people.models import Person

__all__ = [
    "account_name",
    "back_up",
    "check",
    "examine_casebook",
    "needs_passphrase",
    "open_casebook",
    "person_laid_out",
    "put_back",
    "set_password",
    "take_in_folder",
    "the_account",
    "the_person",
]


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
    with open_casebook(place):
        from facialis.app.people.folders import take_in

        return take_in(the_account(account), folder.absolute(), name=name).name


def account_name(place: Place, account: str = "") -> str:
    """The name of an account, to be asked before its password is; the only one there is if ``account`` is empty."""
    with open_casebook(place):
        return the_account(account).name


def set_password(place: Place, account: str, password: str) -> None:
    """Give an account a new password, take away all else that opened it, and end all its sessions.

    Passkeys, the authenticator app and recovery codes have to be set up anew.

    Raises
    ------
    SettingsError
        There is no such account, or the password is one that can be guessed.
    OutputError
        The casebook is being served, or cannot be written.
    """
    with open_casebook(place):
        from django.core.exceptions import ValidationError

        from facialis.app.accounts.deeds import reset

        try:
            reset(the_account(account), password)
        except ValidationError as error:
            raise SettingsError(**said("password_weak", why=" ".join(error.messages))) from error


def back_up(
    place: Place,
    target: Path,
    *,
    passphrase: str = "",
    recipient: str = "",
    keep: int | None = None,
    report: Callable[[float], None] | None = None,
) -> tuple[Path, int]:
    """Write a casebook, which may be open meanwhile, into one encrypted file.

    Parameters
    ----------
    place
        The casebook.
    target
        The file; or a folder, in which it gets a name by the minute.
    passphrase, recipient
        What opens it: one of them.
    keep
        How many backups stay in the folder, the latest; None: all.
    report
        Called with the share (0-1) that is done.

    Returns
    -------
    tuple[Path, int]
        The file, and its size in bytes.

    Raises
    ------
    SettingsError
        There is no casebook, the passphrase is too short, or the recipient is none.
    OutputError
        The disk is full, or the place cannot be written.
    """
    _there(place)
    from facialis.app.backup.automatic import keep_last
    from facialis.app.backup.locks import lock_by_passphrase, lock_by_recipient
    from facialis.app.backup.making import make_backup
    from facialis.app.backup.running import file_in

    lock = lock_by_recipient(recipient) if recipient else lock_by_passphrase(passphrase)
    file = file_in(target) if target.is_dir() else target
    size_bytes = make_backup(place, file, lock, report=report)
    keep_last(place, file, size_bytes)
    if keep is not None and target.is_dir():
        for old in sorted(target.glob("facialis-*.backup"))[:-keep]:
            old.unlink()
    return file, size_bytes


def needs_passphrase(file: Path) -> bool:
    """Whether a passphrase opens a backup, rather than a key; FormatError or InputError where it is none."""
    from facialis.app.backup.reading import head_of

    return bool(head_of(file).key)


def check(
    file: Path, *, passphrase: str = "", key: Path | None = None, report: Callable[[float], None] | None = None
) -> tuple[str, int, int]:
    """Read a backup whole, without writing anything: its day, its files, and how many of them its keys open.

    Raises
    ------
    FormatError
        It is broken, or for another passphrase or key. InputError where it cannot be read.
    """
    from facialis.app.backup.reading import head_of
    from facialis.app.backup.restoring import check_backup

    checked = check_backup(file, _identity(file, passphrase, key), report)
    return head_of(file).made_at[:10], checked.files, checked.opened


def put_back(
    file: Path,
    place: Place,
    *,
    passphrase: str = "",
    key: Path | None = None,
    report: Callable[[float], None] | None = None,
) -> tuple[str, bool]:
    """Put a backup into a folder that is empty or not there: its day, and whether films and results are in it.

    Raises
    ------
    OutputError
        There is something in the folder, or it cannot be written. Nothing of the backup is there then.
    FormatError
        It is broken, or for another passphrase or key. InputError where it cannot be read.
    """
    from facialis.app.backup.reading import head_of
    from facialis.app.backup.restoring import restore

    restore(file, _identity(file, passphrase, key), place.root, report)
    head = head_of(file)
    return head.made_at[:10], head.whole


def _identity(file: Path, passphrase: str, key: Path | None) -> Any:
    from facialis.app.backup.locks import identity_in, unlocked
    from facialis.app.backup.reading import head_of

    head = head_of(file)
    if head.key:
        return unlocked(head.key, passphrase)
    # An automatic backup lies in the folder of its casebook, where its key is.
    return identity_in(key or Place(file.absolute().parent.parent).backup_key)


def examine_casebook(place: Place, report: Callable[[float], None] | None = None) -> list[tuple[str, str, str]]:
    """Whether all is well with a casebook: level (well, note, bad), what was found, and what to do.

    Raises
    ------
    SettingsError
        There is no casebook.
    """
    _there(place)
    from facialis.app.backup.doctor import examine

    return [(item.level, item.text, item.advice) for item in examine(place, report)]


@contextmanager
def person_laid_out(place: Place, name: str, *, account: str = "", whole: bool = False) -> Iterator[Path]:
    """The folder of somebody in a casebook, which may be open, for the time of the block. Nothing is changed by it.

    Parameters
    ----------
    place
        The casebook.
    name
        What the person is called, or their number: ``#7``.
    account
        Whose they are; empty: anybody's.
    whole
        Whether with all of each result; else with what the answer is worked out of.

    Raises
    ------
    SettingsError
        There is no casebook, no such account or person, or several people of that name.
    OutputError
        The casebook is in the form of a newer facialis, or of an older one that nobody has opened with this one.
    """
    _there(place)
    _of_today(place)
    from facialis.app.audit.reading import note_look
    from facialis.app.people.folders import laid_out

    person = the_person(name, account)
    note_look(person.owner, person, "terminal")
    with laid_out(person, whole=whole) as folder:
        yield folder


def _of_today(place: Place) -> None:
    """OutputError unless the tables are in the form of this facialis: only an open casebook is brought into it."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    known, there = executor.loader.disk_migrations, executor.loader.applied_migrations
    if any(step not in known for step in there if step[0] in executor.loader.migrated_apps):
        raise OutputError(**said("casebook_newer", folder=place.root, version=__version__))
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise OutputError(**said("casebook_older", folder=place.root))


def the_person(name: str, account: str) -> Person:
    """Somebody by name or ``#NUMBER``; SettingsError where there is nobody, or several."""
    from facialis.app.people.models import Person

    found = Person.objects.select_related("owner").filter(received_at=None).order_by("pk")
    if account:
        found = found.filter(owner=the_account(account))
    same = list(found.filter(name=name))
    number = name.removeprefix("#")
    if not same and number != name and number.isascii() and number.isdecimal():
        same = list(found.filter(pk=int(number)))
    if not same:
        names = ", ".join(sorted({person.name for person in found})) or "–"
        raise SettingsError(**said("nobody_of_name", name=repr(name), known=names))
    if len(same) > 1:
        which = ", ".join(f"#{person.pk} ({person.owner.name})" for person in same)
        raise SettingsError(**said("several_of_name", name=repr(name), which=which))
    return same[0]


def _there(place: Place) -> None:
    """SettingsError unless there is a casebook, which may be open; Django is set up for it."""
    if not place.database.is_file():
        raise SettingsError(**said("no_casebook", folder=place.root))
    os.environ["FACIALIS_DATA"] = str(place.root.absolute())
    ready()


@contextmanager
def open_casebook(place: Place) -> Iterator[None]:
    """A casebook that is there already and that nobody else has open."""
    if not place.database.is_file():
        raise SettingsError(**said("no_casebook", folder=place.root))
    place.make()
    with place.held():
        prepare(place)
        yield


def the_account(name: str) -> Account:
    """An account by its name, the only one if that is empty; SettingsError where there is none or several."""
    from facialis.app.accounts.models import Account

    found = list(Account.objects.open().filter(name=name) if name else Account.objects.open()[:2])
    if len(found) != 1:
        raise SettingsError(**(said("no_account", name=repr(name)) if name else said("which_account")))
    return found[0]
