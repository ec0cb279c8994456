"""A person of the casebook → their `Casefile`: the one way there, by the same reader as a folder's."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from facialis.app.people.folders import laid_out
from facialis.app.people.models import Person, Row, Sheet
from facialis.app.vault.plain import private_folder
from facialis.core.knowledge import spoken
from facialis.core.person.casefile import Casefile
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
    text = sheet.opening + "".join(row.written for row in rows)
    changed_s = sheet.written_at.timestamp()
    day = date.today()  # noqa: DTZ011 - a person's own calendar day
    return _read(sheet.file, text, changed_s if sheet.file.endswith(".yaml") else 0.0, day, spoken())


@lru_cache(maxsize=64)
def _read(file: str, text: str, changed_s: float, day: date, _code: str) -> Casefile:
    """One file read; the same text says the same on the same day, in the same language."""
    with private_folder(0) as folder:
        (folder / file).write_text(text, encoding="utf-8", newline="")
        if changed_s:
            os.utime(folder / file, (changed_s, changed_s))
        return read_person(folder, today=day)
