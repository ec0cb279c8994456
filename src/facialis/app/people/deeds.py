"""What can be done with people and with rows of their tables."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.people.casefiles import read_alone
from facialis.app.people.models import Person, RemovedRow, Row
from facialis.app.people.sheets import append_row, cells_of, keep_file, rewrite_row, sheet_for
from facialis.core.errors import FormatError
from facialis.core.knowledge import spoken
from facialis.core.person.casefile import Problem
from facialis.files.columns import PersonTable
from facialis.files.empty_person import templates

__all__ = [
    "Unread",
    "add_person",
    "change_row",
    "delete_row",
    "enter_row",
    "forget_removed",
    "own",
    "put_back",
    "write_row",
]

_KEPT_REMOVED = 20  # chosen: rows of a table that can be put back; 5 - 100
_REMOVED_FOR = timedelta(days=30)  # chosen: as long as a deleted recording could come back; 7 - 90 days


class Unread(Exception):
    """What was entered would not be understood when it is read; ``problems`` says why, in the language spoken."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(problem.message for problem in problems))
        self.problems = problems


def own(account: Account, person: Person) -> None:
    """PermissionDenied unless the person belongs to the account, and was not received from another computer."""
    if person.owner_id != account.pk or person.received_at is not None:
        raise PermissionDenied


def add_person(account: Account, name: str) -> Person:
    """Begin with a person: the same empty files as ``facialis person`` makes."""
    with transaction.atomic():
        person = Person.objects.create(owner=account, name=name)
        for file, text in templates(spoken()).items():
            keep_file(person, file, text.encode())
        note(account, "person_added", person.pk, person=person)
    return person


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
    return _write(account, person, table, cells, key, None)


def enter_row(account: Account, person: Person, table: PersonTable, cells: Mapping[str, str]) -> Row:
    """Add a row to the table of somebody who allows it: whoever calls has asked for that. It says who entered it.

    Raises
    ------
    Unread
        What was entered would be left out when it is read. Nothing is kept then.
    """
    return _write(account, person, table, cells, (), account)


def _write(
    account: Account,
    person: Person,
    table: PersonTable,
    cells: Mapping[str, str],
    key: tuple[str, ...],
    entered_by: Account | None,
) -> Row:
    with transaction.atomic():
        sheet = sheet_for(person, table)
        there = cells_of(sheet, holding=[cells[k] for k in key if k in cells]) if key else []
        same = [(row, old) for row, old in there if all(old.get(k) == cells.get(k) for k in key)]
        row = rewrite_row(same[0][0], {**same[0][1], **cells}) if same else append_row(sheet, cells)
        _check(row)
        if entered_by is not None:
            Row.objects.filter(pk=row.pk).update(entered_by=entered_by)
        person.changed()
        done = "written" if entered_by is None else "entered"
        note(account, f"{table.file.removesuffix('.csv')}_{done}", row.pk, person=person)
    return row


def change_row(account: Account, row: Row, cells: Mapping[str, str]) -> None:
    """Write other cells into a row of a person's table.

    Raises
    ------
    Unread
        What was entered would be left out when it is read. The row stays as it was then.
    PermissionDenied
        The person belongs to somebody else.
    """
    sheet = row.sheet
    own(account, sheet.person)
    with transaction.atomic():
        _check(rewrite_row(row, cells))
        sheet.person.changed()
        note(account, f"{sheet.file.removesuffix('.csv')}_changed", row.pk, person=sheet.person)


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


def delete_row(account: Account, row: Row) -> RemovedRow:
    """Remove a row of a person's table; for a while it can be put back."""
    sheet = row.sheet
    own(account, sheet.person)
    with transaction.atomic():
        number = row.pk
        removed = RemovedRow.objects.create(
            owner=account, sheet=sheet, place=row.place, written=row.written, entered_by=row.entered_by
        )
        row.delete()
        kept = RemovedRow.objects.filter(sheet=sheet).order_by("-pk")[:_KEPT_REMOVED].values_list("pk", flat=True)
        RemovedRow.objects.filter(sheet=sheet).exclude(pk__in=list(kept)).delete()
        sheet.person.changed()
        note(account, f"{sheet.file.removesuffix('.csv')}_removed", number, person=sheet.person)
    return removed


def put_back(account: Account, removed: RemovedRow) -> Row:
    """Put a row that was removed back where it stood; at the end where its place has been taken meanwhile."""
    sheet = removed.sheet
    own(account, sheet.person)
    with transaction.atomic():
        places = set(sheet.rows.values_list("place", flat=True))
        place = removed.place if removed.place not in places else max(places) + 1
        row = Row.objects.create(
            owner=account, sheet=sheet, place=place, written=removed.written, entered_by=removed.entered_by
        )
        removed.delete()
        sheet.person.changed()
        note(account, f"{sheet.file.removesuffix('.csv')}_put_back", row.pk, person=sheet.person)
    return row


def forget_removed() -> None:
    """Remove for good what was removed long ago."""
    RemovedRow.objects.filter(made_at__lt=timezone.now() - _REMOVED_FOR).delete()
