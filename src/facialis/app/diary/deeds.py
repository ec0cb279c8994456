"""What can be done with a diary and with treatments. Rows are removed by `facialis.app.people.deeds`."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.diary.forms import Column
from facialis.app.people.casefiles import read_alone
from facialis.app.people.deeds import Unread, change_row, own, write_row
from facialis.app.people.models import Person, Row
from facialis.app.people.sheets import header_of, sheet_for, widen
from facialis.core.errors import FormatError
from facialis.core.messages import said
from facialis.core.person.casefile import Problem
from facialis.files.columns import DIARY, TREATMENTS

__all__ = ["add_diary_day", "add_treatment", "change_treatment", "columns_of", "follow_more"]

_ENOUGH_ROWS = 60  # chosen: two months; 20 - 400


def columns_of(person: Person) -> tuple[Column, ...]:
    """What a person follows in the diary, in the order of the table.

    Raises
    ------
    FormatError
        Nothing of the diary can be used.
    """
    sheet = sheet_for(person, DIARY)
    labels = [name for name in header_of(sheet) if name and name not in ("date", "note", "notes")]
    # Years of it say no more than the last weeks on what a column without a unit is counted in.
    diary = read_alone(sheet, reversed(sheet.rows.reverse()[:_ENOUGH_ROWS])).diary
    return tuple(Column(*row) for row in zip(labels, diary.columns, diary.units, strict=True))


def add_diary_day(account: Account, person: Person, cells: Mapping[str, str]) -> Row:
    """Write a day of the diary; the same day is written over. See `facialis.app.people.deeds.write_row`."""
    return write_row(account, person, DIARY, cells, key=("date",))


def add_treatment(account: Account, person: Person, cells: Mapping[str, str]) -> Row:
    """Write down a treatment. See `facialis.app.people.deeds.write_row`."""
    return write_row(account, person, TREATMENTS, cells)


def change_treatment(account: Account, row: Row, cells: Mapping[str, str]) -> None:
    """Write other cells into a treatment. See `facialis.app.people.deeds.change_row`."""
    change_row(account, row, cells)


def follow_more(account: Account, person: Person, label: str) -> None:
    """Add a column to a diary.

    Raises
    ------
    Unread
        There is one of this name already.
    """
    own(account, person)
    with transaction.atomic():
        sheet = sheet_for(person, DIARY)
        try:
            if label in header_of(sheet):
                raise FormatError(**said("diary_columns", name=DIARY.file))
            widen(sheet, [label])
            columns_of(person)
        except FormatError as error:
            raise Unread([Problem(file=DIARY.file, line=0, field=label, message=str(error))]) from error
        person.changed()
        note(account, "diary_column_added", person.pk, person=person)
