"""When a person was treated, as entered or told, and for how many days a treatment bears on what is seen."""

from __future__ import annotations

from datetime import date, timedelta

from facialis.core.errors import KnowledgeError
from facialis.core.knowledge import load
from facialis.core.person.casefile import Casefile, Treatment, TreatmentKind
from facialis.core.person.treatment_names import substance

__all__ = ["day_limit", "days_since", "given_or_told", "medicines_alike_from", "medicines_taken"]

_SAME_DAYS = 14  # chosen: a person counts days roughly; a dose so near is the one that was entered; 7 - 21


def _told_days_ago(casefile: Casefile, kind: TreatmentKind) -> float | None:
    return casefile.person.number(f"{kind}_days_ago")


def given_or_told(casefile: Casefile, kind: TreatmentKind) -> tuple[Treatment, ...]:
    """Treatments of one kind in order: those entered, and the last one that the person reports if it is not among them.

    People count days roughly: a reported treatment within two weeks of an entered one is that one.
    """
    given = list(casefile.given(kind))
    ago = _told_days_ago(casefile, kind)
    if ago is not None and ago >= 0:
        told = casefile.as_of - timedelta(days=round(ago))
        if all(abs((told - row.day).days) > _SAME_DAYS for row in given):
            given.append(Treatment(day=told, kind=kind))
    return tuple(sorted(given, key=lambda row: row.day))


def days_since(casefile: Casefile, kind: TreatmentKind) -> float | None:
    """Days from the last treatment of one kind to ``as_of``; None if none is known.

    The nearer of what was entered and what the person reports, so that guidance never takes a treatment for older than
    either of them.
    """
    days = [float((casefile.as_of - row.day).days) for row in casefile.given(kind)]
    told = _told_days_ago(casefile, kind)
    return min(days if told is None else [*days, told], default=None)


def medicines_taken(casefile: Casefile) -> tuple[str, ...]:
    """Medicines that are taken on the day that is asked for, as far as it was written down: by name, as first entered.

    One that was begun and never said to be stopped is taken still.
    """
    last: dict[str, Treatment] = {}
    names: dict[str, str] = {}
    for row in casefile.given("drug"):
        key = substance(row.product)
        names.setdefault(key, row.product)
        last[key] = row
    return tuple(names[key] for key, row in last.items() if row.change != "stopped")


def medicines_alike_from(casefile: Casefile) -> date | None:
    """The first day from which everything was seen under the same medicines; None where there never was any.

    What a medicine does, and what its end does, takes a while to be whole (``medicine.settled_days``). A day before
    this cannot be held against one after it without calling natural what the medicine did.
    """
    changes = casefile.given("drug")
    if not changes:
        return None
    return max(row.last_day for row in changes) + timedelta(days=day_limit("medicine.settled_days"))


def day_limit(name: str) -> int:
    """A number of days in ``course.yaml``, named by section and key, such as ``toxin.free_after_days``.

    Raises
    ------
    KnowledgeError
        There is no such row, or it holds no whole number of days.
    """
    section, _, key = name.partition(".")
    row = load("course.yaml").get(section)
    days = row.get(key) if isinstance(row, dict) else None
    if not isinstance(days, int) or not key.endswith("_days"):
        raise KnowledgeError(f"course.yaml has no number of days called {name}.")
    return days
