"""What can be done with an experiment: planned, noted day by day, put aside and taken up again.

It lies in ``experiment.csv``, as ``facialis experiment`` writes and reads it; one that was put aside in a file that is
called by its first day.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from facialis.actions.experiment import WrittenPlan, plan_in_folder
from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.people.deeds import own
from facialis.app.people.models import Person, Sheet
from facialis.app.people.sheets import keep_file, whole_text
from facialis.app.vault.plain import private_folder
from facialis.core.reading import TABLE_BYTES, read_bytes
from facialis.files.columns import DIARY
from facialis.files.experiment import FILE, noted_text, read_experiment

__all__ = ["draw", "earlier_sheets", "laid_out_alone", "note_day", "put_aside", "sheet_of", "take_up"]

_EARLIER = "experiment-"


def sheet_of(person: Person) -> Sheet | None:
    """The experiment that goes on; None where there is none."""
    return person.sheets.filter(file=FILE).first()


def earlier_sheets(person: Person) -> list[Sheet]:
    """Experiments that were put aside, the latest first."""
    return list(person.sheets.filter(file__startswith=_EARLIER).order_by("-file"))


@contextmanager
def laid_out_alone(*sheets: Sheet | None) -> Iterator[Path]:
    """A folder for a moment with these files alone, an experiment under the name by which it is read."""
    with private_folder(0) as folder:
        for sheet in sheets:
            if sheet is not None:
                file = FILE if sheet.file.startswith(_EARLIER) else sheet.file
                (folder / file).write_bytes(whole_text(sheet))
        yield folder


def draw(account: Account, person: Person, *, factor: str, days: int, design: str, today: date) -> WrittenPlan:
    """Draw the days of a new experiment, from tomorrow on.

    Raises
    ------
    InputError, SettingsError
        There is one already, no experiment is made with this, or there are too few or too many days.
    PermissionDenied
        The person belongs to somebody else.
    """
    own(account, person)
    diary = person.sheets.filter(file=DIARY.file).first()
    with transaction.atomic(), laid_out_alone(sheet_of(person), diary) as folder:
        written = plan_in_folder(folder, factor=factor, days=days, today=today, design=design)
        keep_file(person, FILE, read_bytes(written.path, TABLE_BYTES))
        person.changed()
        note(account, "experiment_planned", person.pk, person=person)
    return written


def note_day(account: Account, sheet: Sheet, day: date, *, done: str, rating: str) -> None:
    """Note whether a day was as the lot said, and how strong the spasm was; empty: not noted.

    Raises
    ------
    FormatError
        The plan has no such day, or cannot be read.
    PermissionDenied
        The person belongs to somebody else.
    """
    own(account, sheet.person)
    with transaction.atomic():
        sheet.opening = noted_text(sheet.opening, day, done=done, rating=rating)
        sheet.written_at = timezone.now()
        sheet.save(update_fields=["opening", "written_at"])
        sheet.person.changed()
        note(account, "experiment_noted", sheet.person_id, person=sheet.person)


def put_aside(account: Account, sheet: Sheet, today: date) -> None:
    """End an experiment: its file is kept under its first day, and another one can be planned."""
    own(account, sheet.person)
    with laid_out_alone(sheet) as folder:
        days = [row.day for row in read_experiment(folder / FILE, today=today).days if row.day is not None]
    name, number = f"{_EARLIER}{min(days)}", 1
    taken = set(sheet.person.sheets.values_list("file", flat=True))
    while (file := f"{name}.csv" if number == 1 else f"{name}-{number}.csv") in taken:
        number += 1
    _rename(account, sheet, file, "experiment_put_aside")


def take_up(account: Account, sheet: Sheet) -> bool:
    """Go on with an experiment that was put aside; False where another one goes on."""
    own(account, sheet.person)
    if sheet_of(sheet.person) is not None:
        return False
    _rename(account, sheet, FILE, "experiment_taken_up")
    return True


def _rename(account: Account, sheet: Sheet, file: str, deed: str) -> None:
    with transaction.atomic():
        sheet.file = file
        sheet.save(update_fields=["file"])
        sheet.person.changed()
        note(account, deed, sheet.person_id, person=sheet.person)
