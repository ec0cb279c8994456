"""The answer about a person: worked out once for what is known, and kept until that changes."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from pathlib import Path
from threading import Lock

from django.conf import settings

from facialis.actions.answer import answer
from facialis.app.people.casefiles import casefile_of
from facialis.app.people.models import Person
from facialis.core.knowledge import spoken
from facialis.core.person.answer import Answer

__all__ = ["answer_about"]

_MOST = 16  # chosen: people in two languages; an answer is some 100 kB; 4 - 100
_KEPT: OrderedDict[tuple[Path, int, int, date, str], Answer] = OrderedDict()
_LOCK = Lock()


def answer_about(person: Person, *, today: date | None = None) -> Answer:
    """Everything facialis says about a person, as of ``today``: what ``facialis course`` says of their folder."""
    day = today or date.today()  # noqa: DTZ011 - a person's own calendar day
    key = (settings.PLACE.database, person.pk, person.revision, day, spoken())
    with _LOCK:
        if key in _KEPT:
            _KEPT.move_to_end(key)
            return _KEPT[key]
    made = answer(casefile_of(person, today=day))
    with _LOCK:
        _KEPT[key] = made
        while len(_KEPT) > _MOST:
            _KEPT.popitem(last=False)
    return made
