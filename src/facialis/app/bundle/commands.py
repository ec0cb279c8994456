"""Bundles from the command line, while nobody serves the casebook."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from facialis.app.offline import open_casebook, the_account, the_person
from facialis.app.place import Place
from facialis.core.errors import InputError
from facialis.core.knowledge import wording
from facialis.core.messages import as_error, reason, said
from facialis.core.reading import open_ordinary
from facialis.core.temporary import temporary_file

__all__ = ["bundle_address", "receive_bundle", "send_bundle"]


def bundle_address(place: Place, account: str = "") -> tuple[str, str]:
    """The address to which other casebooks send, and the digits by which it is compared."""
    with open_casebook(place):
        from facialis.app.bundle.addresses import address_of, fingerprint

        recipient = address_of(the_account(account)).recipient
        return recipient, fingerprint(recipient)


def send_bundle(
    place: Place,
    person: str,
    target: Path,
    *,
    to: str,
    whom: str,
    scopes: Iterable[str],
    films: bool,
    days: int,
    account: str = "",
) -> str:
    """Write part of a person's record into a file for another casebook; returns the digits of its address.

    Parameters
    ----------
    place, person, account
        The casebook, and somebody in it, as `person_laid_out` finds them.
    target
        The file; one that is there is replaced.
    to, whom
        The address, and whose it is.
    scopes, films, days
        Which parts, whether films go along, and for how many days it may be used.

    Raises
    ------
    InputError
        It is no address, or there is nothing in what was chosen.
    OutputError
        The casebook is being served, or the file cannot be written.
    """
    with open_casebook(place):
        from facialis.app.bundle.addresses import fingerprint
        from facialis.app.bundle.sending import check_address, send

        found = the_person(person, account)
        owner = found.owner
        recipient = check_address(owner, to)
        told: dict[str, Any] = {"films": films, "lasts_days": days, "sender": owner.name, "whom": whom}
        with send(owner, found, recipient, scopes, **told) as file:
            try:
                with temporary_file(target.absolute().parent, private=True) as part:
                    with part.open("wb") as copy:
                        shutil.copyfileobj(file, copy, 1 << 20)
                    part.replace(target)
            except OSError as error:
                raise as_error(error) from error
        return fingerprint(recipient)


def receive_bundle(place: Place, file: Path, agree: Callable[[list[str]], bool], *, account: str = "") -> str:
    """Take in a file from another casebook; returns whom it is about, empty where ``agree`` said no.

    Raises
    ------
    FormatError, InputError
        It is refused, or cannot be read.
    OutputError
        The casebook is being served, or the disk is full.
    """
    with open_casebook(place):
        from facialis.app.bundle.arriving import discard, look, take_whole
        from facialis.app.bundle.content import arrived_of
        from facialis.app.bundle.taking import accept

        owner = the_account(account)
        try:
            with os.fdopen(open_ordinary(file), "rb") as source:
                size = os.fstat(source.fileno()).st_size
                arrival = take_whole(owner, size, iter(lambda: source.read(1 << 20), b""))
        except OSError as error:
            why, advice = reason(error)
            raise InputError(**said("backup_not_read", file=file, why=why, advice=advice)) from error
        look(owner, arrival)
        told = arrived_of(arrival)
        lines = [
            wording("app_arrived_answer" if told.answer else "app_arrived_record", name=told.person),
            wording("app_arrived_from", sender=told.sender, day=told.day),
            ", ".join(told.lines),
            wording("app_arrived_unproved"),
        ]
        if not agree(lines):
            discard(arrival)
            return ""
        return accept(owner, arrival).name
