"""A person of the casebook → their `Casefile`: the one way there, by the same reader as a folder's."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.conf import settings

from facialis.app.people.folders import laid_out
from facialis.app.people.models import Person, Row, Sheet
from facialis.core.person.casefile import Casefile
from facialis.core.temporary import temporary_folder
from facialis.files.person import read_person

__all__ = ["casefile_of", "read_alone"]


def casefile_of(person: Person, *, today: date | None = None) -> Casefile:
    """All that is known of a person.

    Parameters
    ----------
    person
        Somebody whom the one who asks may see: it is not checked here.
    today
        The day on which this is asked; None: today by the local clock.

    Returns
    -------
    Casefile
        Equal to that of the folder which the casebook writes for the person.
    """
    with laid_out(person, whole=False) as folder:
        return read_person(folder, today=today)


def read_alone(sheet: Sheet, rows: Iterable[Row]) -> Casefile:
    """What a table says with these rows alone, as `read_person` understands it.

    Raises
    ------
    FormatError
        Nothing of the table can be used.
    """
    with temporary_folder(settings.PLACE.temporary) as folder:
        text = sheet.opening + "".join(row.written for row in rows)
        (folder / sheet.file).write_text(text, encoding="utf-8", newline="")
        return read_person(folder)
