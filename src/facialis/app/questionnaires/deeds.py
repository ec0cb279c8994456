"""What can be done with questionnaires. Rows are removed by `facialis.app.people.deeds`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date

from facialis.app.accounts.models import Account
from facialis.app.people.deeds import write_row
from facialis.app.people.models import Person, Row
from facialis.app.people.sheets import cells_of, sheet_for
from facialis.core.person.written_days import span_of
from facialis.files.columns import QUESTIONNAIRES

__all__ = ["fill_in", "is_about", "written_on"]


def is_about(cells: Mapping[str, str]) -> tuple[date | None, str]:
    """Day and questionnaire that a row is about, however they are written; None where the day cannot be read."""
    key = re.sub(r"[^a-z0-9]", "", cells.get("instrument", "").lower())  # as the reader takes it: "PHQ-9" is phq9
    try:
        return span_of(cells.get("date", ""))[0], key
    except ValueError:
        return None, key


def written_on(person: Person, day: date, instrument: str) -> dict[str, str]:
    """The cells of what was filled in on a day; empty where nothing was."""
    rows = cells_of(sheet_for(person, QUESTIONNAIRES))
    return next((cells for _, cells in rows if is_about(cells) == (day, instrument)), {})


def fill_in(account: Account, person: Person, cells: Mapping[str, str]) -> Row:
    """Write a questionnaire of one day; the same one of the same day is written over.

    See `facialis.app.people.deeds.write_row`.
    """
    day, key = is_about(cells)
    there = written_on(person, day, key) if day else {}
    # A row that spells its day or its questionnaire otherwise keeps its own words: two of them would be one too many.
    kept: dict[str, str] = {name: there[name] for name in ("date", "instrument") if name in there}
    return write_row(account, person, QUESTIONNAIRES, {**cells, **kept}, key=("date", "instrument"))
