"""Whether the person tells of spasm while the recordings are quiet: history, questionnaires and diary."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from facialis.core.knowledge import column_key, load
from facialis.core.person.casefile import Casefile

__all__ = ["spasm_columns", "told_of_spasm"]

Array = NDArray[np.float64]


def spasm_columns(casefile: Casefile) -> tuple[str, ...]:
    """Columns of the diary that are of spasm, by the names people give them (``outcomes`` in ``triggers.yaml``).

    A column named in the person's own way counts when one of the words is in it, such as "Anfälle links".
    """
    return tuple(name for name in casefile.diary.columns if (column_key(name) or ("",))[0] == "outcomes")


def told_of_spasm(casefile: Casefile) -> bool:
    """Whether somebody tells of spasm: that it is getting worse, a questionnaire of late, or the diary of late.

    A day in ten with spasm may be a slip, or another twitch. What nobody told is unknown: False is not "none".
    """
    if casefile.person.is_true("getting_worse"):
        return True
    rule = load("course.yaml")["remission"]
    for name, nothing in rule["told_by"].items():
        latest = [form for form in casefile.forms if form.instrument == name][-1:]
        for form in latest:
            values = [form.total] if form.total is not None else list(form.items)
            recent = (casefile.as_of - form.day).days <= rule["told_days"]
            if recent and any(value is not None and value > nothing for value in values):
                return True
    late = np.array([(casefile.as_of - day).days <= rule["told_days"] for day in casefile.diary.days], bool)
    return any(_often(casefile.diary.column(name)[late], rule["told_share"]) for name in spasm_columns(casefile))


def _often(values: Array, share: float) -> bool:
    known = values[np.isfinite(values)]
    return bool(len(known) and (known > 0).mean() > share)
