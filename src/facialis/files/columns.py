"""The tables of a person's folder: their columns, described once for whoever reads, writes or makes an empty one.

The keys of ``person.yaml`` are those of ``data/history.yaml``.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from facialis.files.tables.formulas import disarmed

__all__ = ["DIARY", "QUESTIONNAIRES", "SESSIONS", "TABLES", "TREATMENTS", "PersonTable"]


@dataclass(frozen=True, kw_only=True)
class PersonTable:
    """One table of a person's folder.

    Parameters
    ----------
    file
        Its name in the folder.
    columns
        What an empty one has, in order.
    needed
        Columns without which nothing of it can be used.
    further
        Columns that are read as well, but that an empty table does not have.
    numbered
        The beginning of columns of which there may be any number, as ``item_`` of ``item_12``; empty: there are none.
    free
        Any further column is one of the person's own, with its unit in brackets.
    """

    file: str
    columns: tuple[str, ...]
    needed: tuple[str, ...]
    further: tuple[str, ...] = ()
    numbered: str = ""
    free: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """All columns that are read, as `facialis.files.tables.rows.read_table` wants them."""
        return (*self.columns, *self.further) if not self.free else self.needed

    @property
    def number_pattern(self) -> str:
        """A pattern of the numbered columns, ``item_1`` to ``item_999``."""
        return rf"{re.escape(self.numbered)}[1-9]\d{{0,2}}"

    def text(self, rows: Iterable[Mapping[str, object]] = ()) -> str:
        """The table as CSV: its header, and a cell of each row under its column. What is None or missing is empty.

        Text that a spreadsheet would take for a formula is disarmed; it is read back as it was.

        Raises
        ------
        ValueError
            A row has a cell for which there is no column.
        """
        out = io.StringIO()
        writer = csv.DictWriter(out, self.columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({k: disarmed(v) if isinstance(v, str) else v for k, v in row.items()})
        return out.getvalue()


SESSIONS = PersonTable(
    file="sessions.csv",
    columns=(
        "date",
        "usable_min",
        "twitches",
        "burden_share",
        "tonic_share",
        "median_amplitude_iod",
        "limit_iod",
        "side",
        "regions",
        "block",
        "filmed",
    ),
    needed=("date", "usable_min", "twitches"),
    further=("resting_asymmetry", "closure_share", "name", "alone", "as_filmed"),
)

TREATMENTS = PersonTable(
    file="treatments.csv",
    columns=("date", "kind", "product", "dose_units", "sites", "note", "until"),
    needed=("date", "kind"),
)

DIARY = PersonTable(
    file="diary.csv",
    columns=("date", "spasms (0-10)", "stress (0-10)", "fatigue (0-10)", "sleep (h)", "coffee (cups)", "note"),
    needed=("date",),
    free=True,
)

QUESTIONNAIRES = PersonTable(
    file="questionnaires.csv",
    columns=("date", "instrument", *(f"item_{n}" for n in range(1, 10)), "total"),  # as many items as the PHQ-9 has
    needed=("date", "instrument"),
    numbered="item_",
)

TABLES = (SESSIONS, TREATMENTS, DIARY, QUESTIONNAIRES)
