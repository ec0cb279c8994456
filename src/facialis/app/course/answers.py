"""The answer about a person: worked out beside the pages whenever something changes, and kept until then."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar, cast

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from facialis.app.course.keeping import is_current, work_out
from facialis.app.course.models import Answering, KeptAnswer
from facialis.app.course.writing import answer_of_bytes
from facialis.app.people.models import Person
from facialis.core.knowledge import spoken
from facialis.core.messages import said
from facialis.core.person.answer import Answer

__all__ = ["NoAnswer", "Standing", "answer_about", "kept_glances", "standing_of"]

Made = TypeVar("Made")

_MOST = 16  # chosen: people in two languages; an answer is some 100 kB; 4 - 100
_READ: OrderedDict[tuple[Path, int, datetime], _Read] = OrderedDict()
_LOCK = Lock()
_ASKED_AGAIN = timedelta(minutes=10)  # chosen: how often it is written down that somebody still asks; 1 - 60 min
_LONGEST_S = 20.0  # chosen: how long a sheet waits for its answer; 5 - 60 s
_LOOK_S = 0.1  # chosen: 0.05 - 0.5 s


class NoAnswer(Exception):
    """There is no answer to what is known now; ``message`` says why, ``advice`` what to do (empty: nothing)."""

    def __init__(self, message: str, advice: str) -> None:
        super().__init__(message)
        self.message, self.advice = message, advice


@dataclass(frozen=True)
class _Read:
    """An answer in memory, with what pages have made of it."""

    said: Answer
    made: dict[Callable[[Answer], Any], Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What is known of the answer about a person now.

    Where it is not ``current`` it is being worked out again, and what is shown is the last one, of ``worked_out_at``;
    None: there was none. ``error`` says why nothing can be said of what is known now. ``takes_s``: how long it took the
    last time, None: not known.
    """

    read: _Read | None
    worked_out_at: datetime | None
    current: bool
    error: str
    takes_s: float | None = None

    @property
    def said(self) -> Answer | None:
        """The last answer in the language spoken, None where there is none yet."""
        return None if self.read is None else self.read.said

    def shown(self, make: Callable[[Answer], Made]) -> Made | None:
        """What ``make`` makes of the answer, made once for each answer; None where there is none."""
        if self.read is None:
            return None
        if make not in self.read.made:
            self.read.made[make] = make(self.read.said)
        return cast(Made, self.read.made[make])

    def cut(self, cut: Callable[[Answer], Answer]) -> Standing:
        """The same with what ``cut`` leaves of the answer, which it does once for each answer."""
        return replace(self, read=self.shown(_reader(cut)))


@cache
def _reader(cut: Callable[[Answer], Answer]) -> Callable[[Answer], _Read]:
    return lambda said: _Read(cut(said))


def standing_of(person: Person) -> Standing:
    """The last answer about a person, at once; where it is out of date, a new one is asked for.

    Where nobody works answers out beside the pages, as in a test, it is worked out here.
    """
    kept, read = _kept(person)
    if kept is not None and is_current(kept, person) and (read or kept.error):
        return Standing(read=read, worked_out_at=kept.worked_out_at, current=True, error=kept.error)
    if not settings.ANSWERS_BESIDE:
        work_out(person, spoken())
        kept, read = _kept(person)
        assert kept is not None
        return Standing(read=read, worked_out_at=kept.worked_out_at, current=True, error=kept.error)
    takes_s = _ask(person)
    at = None if kept is None else kept.worked_out_at
    return Standing(read=read, worked_out_at=at, current=False, error="", takes_s=takes_s)


def answer_about(person: Person) -> Answer:
    """The answer about a person as they are now: what ``facialis course`` says of their folder. It is waited for.

    Raises
    ------
    NoAnswer
        It takes too long, or nothing can be said of what is known.
    """
    ends_s = time.monotonic() + _LONGEST_S
    while not (standing := standing_of(person)).current and time.monotonic() < ends_s:
        time.sleep(_LOOK_S)
    if standing.said is None or standing.error or not standing.current:
        late = said("answer_late")
        raise NoAnswer(standing.error, "") if standing.error else NoAnswer(late["message"], late["advice"])
    return standing.said


def kept_glances(people: Sequence[Person]) -> dict[int, KeptAnswer]:
    """What is kept of the answers about several people, by their number, without the answers themselves.

    Nothing is opened or worked out for it. Where one is out of date, a new one is asked for.
    """
    found = KeptAnswer.objects.filter(person__in=[one.pk for one in people], language=spoken()).defer("content")
    kept = {row.person_id: row for row in found}
    old = [one for one in people if one.pk not in kept or not is_current(kept[one.pk], one)]
    if old:
        _ask_all(old)
    return kept


def _ask_all(people: Sequence[Person]) -> None:
    now, numbers = timezone.now(), [one.pk for one in people]
    asked = Answering.objects.filter(person__in=numbers)
    known = set(asked.values_list("person", flat=True))
    Answering.objects.bulk_create(
        (
            Answering(person=one, owner_id=one.owner_id, asked_at=now, language=spoken())
            for one in people
            if one.pk not in known
        ),
        ignore_conflicts=True,
    )
    late = Q(asked_at__lt=now - _ASKED_AGAIN) | ~Q(language=spoken())
    asked.filter(late).update(asked_at=now, language=spoken())


def _kept(person: Person) -> tuple[KeptAnswer | None, _Read | None]:
    kept = KeptAnswer.objects.filter(person=person, language=spoken()).defer("content").first()
    return kept, None if kept is None else _read(kept)


def _ask(person: Person) -> float | None:
    now = timezone.now()
    asked, made = Answering.objects.get_or_create(
        person=person, defaults={"owner_id": person.owner_id, "asked_at": now, "language": spoken()}
    )
    if not made and (now - asked.asked_at > _ASKED_AGAIN or asked.language != spoken()):
        Answering.objects.filter(pk=asked.pk).update(asked_at=now, language=spoken())
    return asked.took_s


def _read(kept: KeptAnswer) -> _Read | None:
    key = (Path(settings.PLACE.database), kept.pk, kept.worked_out_at)
    with _LOCK:
        if key in _READ:
            _READ.move_to_end(key)
            return _READ[key]
    raw = bytes(kept.content)
    if not raw:
        return None
    try:
        made = _Read(answer_of_bytes(raw))
    except ValueError:  # of an earlier facialis; a new one is on its way
        return None
    with _LOCK:
        _READ[key] = made
        while len(_READ) > _MOST:
            _READ.popitem(last=False)
    return made
