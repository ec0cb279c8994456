"""What can be done with people and with rows of their tables."""

from __future__ import annotations

import shutil
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.people.casefiles import read_alone
from facialis.app.people.models import Person, Row
from facialis.app.people.sheets import append_row, cells_of, keep_file, rewrite_row, sheet_for
from facialis.core.errors import FormatError
from facialis.core.knowledge import spoken
from facialis.core.person.casefile import Problem
from facialis.files.columns import PersonTable
from facialis.files.empty_person import templates

__all__ = ["Unread", "add_person", "delete_person", "delete_row", "own", "write_row"]


class Unread(Exception):
    """What was entered would not be understood when it is read; ``problems`` says why, in the language spoken."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


def own(account: Account, person: Person) -> None:
    """PermissionDenied unless the person belongs to the account."""
    if person.owner_id != account.pk:
        raise PermissionDenied


def add_person(account: Account, name: str) -> Person:
    """Begin with a person: the same empty files as ``facialis person`` makes."""
    with transaction.atomic():
        person = Person.objects.create(owner=account, name=name)
        for file, text in templates(spoken()).items():
            keep_file(person, file, text.encode())
        note(account, "person_added", person.pk)
    return person


def delete_person(account: Account, person: Person) -> None:
    """Remove a person and everything that is kept of them, now."""
    own(account, person)
    folders = [recording.folder for recording in person.recordings.all()]
    number = person.pk
    with transaction.atomic():
        person.delete()
        note(account, "person_deleted", number)
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)


def write_row(
    account: Account, person: Person, table: PersonTable, cells: Mapping[str, str], *, key: tuple[str, ...] = ()
) -> Row:
    """Write a row into a person's table; one with the same cells in the columns of ``key`` is written over.

    Cells that a row has already and that are not given stay as they are.

    Raises
    ------
    Unread
        What was entered would be left out when it is read. Nothing is kept then.
    PermissionDenied
        The person belongs to somebody else.
    """
    own(account, person)
    with transaction.atomic():
        sheet = sheet_for(person, table)
        same = [(row, old) for row, old in cells_of(sheet) if key and all(old.get(k) == cells.get(k) for k in key)]
        row = rewrite_row(same[0][0], {**same[0][1], **cells}) if same else append_row(sheet, cells)
        _check(row)
        person.changed()
        note(account, f"{table.file.removesuffix('.csv')}_written", row.pk)
    return row


def _check(row: Row) -> None:
    """Unread if a reader would leave out this row or a value in it: it is read alone, under its table's header."""
    sheet = row.sheet
    try:
        case = read_alone(sheet, [row])
    except FormatError as error:
        raise Unread([Problem(file=sheet.file, line=0, field="", message=str(error))]) from error
    header = sheet.opening.count("\n")  # the lines above: what is wrong with them was not entered now
    found = [problem for problem in case.problems if problem.left_out and problem.line > header]
    if found:
        raise Unread(found)


def delete_row(account: Account, row: Row) -> None:
    """Remove a row of a person's table."""
    person = row.sheet.person
    own(account, person)
    with transaction.atomic():
        number = row.pk
        row.delete()
        person.changed()
        note(account, f"{row.sheet.file.removesuffix('.csv')}_removed", number)
