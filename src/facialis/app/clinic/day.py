"""A clinic's day: everybody who shares, with what is new, whose toxin wears off, and which recordings wait."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.core.paginator import Page, Paginator

from facialis.app.accounts.models import Account
from facialis.app.audit.reading import note_list
from facialis.app.bundle.content import came_words
from facialis.app.clinic.asking import CHOICES, ORDERS, Asked
from facialis.app.clinic.news import LISTED, shares_with_news
from facialis.app.course.answers import kept_glances
from facialis.app.course.glances import glance_key
from facialis.app.course.keeping import is_current, today
from facialis.core.calendar import spoken_day
from facialis.core.knowledge import wording
from facialis.core.person.guidance import URGENCIES
from facialis.report.drawing.scales import percent_words

__all__ = ["Day", "Line", "day_of", "toxin_words", "urgency_words"]

_A_PAGE = 50  # chosen: a full day of visits; 20 - 100
_SOON = timedelta(days=14)  # chosen: time enough to offer an appointment; 7 - 42 days
_LONG_OVER = timedelta(days=90)  # chosen: a cycle; that it has worn off is no news then; 30 - 180 days
_URGENT = ("emergency", "today", "soon")
_NEW = ("recordings", "treatments", "questionnaires", "days")
_SCOPE_OF: Mapping[str, str] = MappingProxyType({"treatments": "course", "days": "diary"})
"""What has to be shared for it, where it is called otherwise."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """Somebody of the day, in words; all of it is what they share.

    ``lead`` is the answer in a sentence, empty where there is none; ``updating`` says that it is being worked out, of
    ``as_of`` is what stands. ``was``: what the answer was when the clinician last looked, where it has changed.
    ``came``: when and from whom they came as a bundle, empty for those who share in this casebook.
    """

    person: int
    name: str
    what: str
    urgency: str
    urgency_text: str
    why: tuple[str, ...]
    lead: str
    was: str
    updating: bool
    as_of: str
    looked_at: datetime | None
    news: tuple[str, ...]
    toxin: str
    fades: bool
    waiting: int
    waits: int | None
    rank: int
    newest: int
    came: str

    @property
    def urgent(self) -> bool:
        """Whether somebody should look at it within days, or sooner."""
        return self.urgency in _URGENT

    def holds(self, choice: str) -> bool:
        """Whether it belongs to one of `CHOICES`."""
        tests: dict[str, Callable[[], bool]] = {
            "all": lambda: True,
            "urgent": lambda: self.urgent,
            "changed": lambda: bool(self.news) or self.looked_at is None,
            "fades": lambda: self.fades,
            "review": lambda: self.waiting > 0,
        }
        return tests[choice]()


@dataclass(frozen=True, kw_only=True)
class Day:
    """The page: ``choices`` are key, name and number of people of each; ``everybody`` how many share at all."""

    page: Page[Line]
    choices: tuple[tuple[str, str, int], ...]
    orders: tuple[tuple[str, str], ...]
    everybody: int


def day_of(account: Account, asked: Asked) -> Day:
    """Everybody who shares with a clinician, as was asked; what is shown is written into the trail.

    Nothing is opened or worked out for it: it is made of what is kept, in as many steps for one as for fifty.
    """
    shares = list(shares_with_news(account))
    kept = kept_glances([share.person for share in shares if share.course])
    day = today()
    lines = [_line(share, kept.get(share.person_id), day) for share in shares]
    found = [line for line in lines if asked.name.casefold() in line.name.casefold()]
    chosen = sorted((line for line in found if line.holds(asked.show)), key=_order(asked.order))
    page = Paginator(chosen, _A_PAGE).get_page(asked.part)
    shown = {line.person for line in page}
    note_list(account, (share.person for share in shares if share.person_id in shown), LISTED)
    return Day(
        page=page,
        choices=tuple(
            (key, wording(f"app_clinic_choice_{key}"), sum(line.holds(key) for line in found)) for key in CHOICES
        ),
        orders=tuple((key, wording(f"app_clinic_order_{key}")) for key in ORDERS),
        everybody=len(lines),
    )


def _order(order: str) -> Callable[[Line], tuple[Any, ...]]:
    def key(line: Line) -> tuple[Any, ...]:
        first = line.rank if line.urgent else len(_URGENT)
        name = line.name.casefold()
        if order == "name":
            return first, name
        if order == "changed":
            return first, -line.newest, line.looked_at is not None, name
        needs = (line.fades, bool(line.news) or line.looked_at is None, line.waiting > 0)
        return first, *(not need for need in needs), name

    return key


def _line(share: Any, kept: Any, day: date) -> Line:
    told: Mapping[str, Any] = {}
    if kept is not None:
        told = kept.glance.get(glance_key(diary=share.diary, questionnaires=share.questionnaires), {})
    counts = {new: getattr(share, f"new_{new}") for new in _NEW if getattr(share, _SCOPE_OF.get(new, new))}
    changed = _changed(told, share.looked_at)
    news = tuple(_counted(new, count) for new, count in counts.items() if count)
    toxin, fades = toxin_words(told.get("toxin"), day)
    urgency = "emergency" if told.get("help_now") else told.get("urgency", "")
    seen = share.recordings
    return Line(
        person=share.person_id,
        name=share.whose,
        what=", ".join(wording(f"app_scope_{scope}") for scope in share.scopes),
        urgency=urgency,
        urgency_text=urgency_words(urgency),
        why=tuple(told.get("why", ())) if urgency in _URGENT else (),
        lead=told.get("lead", ""),
        was=told.get("was", "") if changed else "",
        updating=share.course and (kept is None or not is_current(kept, share.person)),
        as_of="" if not told or kept.day == day else spoken_day(kept.day),
        looked_at=share.looked_at,
        news=(*([wording("app_clinic_new_answer")] if changed else []), *news),
        toxin=toxin,
        fades=fades,
        waiting=share.waiting if seen else 0,
        waits=share.waits if seen else None,
        rank=URGENCIES.index(urgency) if urgency in URGENCIES else len(URGENCIES),
        newest=sum(counts.values()) + changed,
        came=came_words(share.person),
    )


def _changed(told: Mapping[str, Any], looked_at: datetime | None) -> bool:
    since = told.get("since")
    if not since or looked_at is None:
        return False
    return datetime.fromisoformat(since).astimezone(UTC) > looked_at


def _counted(new: str, count: int) -> str:
    return wording(f"app_clinic_new_{new}_one") if count == 1 else wording(f"app_clinic_new_{new}", count=count)


def urgency_words(urgency: str) -> str:
    """How soon, for whoever is to see them; empty where it is not urgent."""
    return wording(f"app_clinic_urgency_{urgency}") if urgency in _URGENT else ""


def toxin_words(told: Mapping[str, Any] | None, day: date) -> tuple[str, bool]:
    """What earlier cycles let expect of the toxin's effect, and whether it wears off about now; empty: nothing.

    It is a forecast, and no advice: what is done then is for the person and their clinician.
    """
    if told is None:
        return "", False
    low, high = date.fromisoformat(told["low"]), date.fromisoformat(told["high"])
    if high < day - _LONG_OVER:
        return "", False
    values = {"level": percent_words(told["level"]), "day": spoken_day(date.fromisoformat(told["day"]))}
    if high < day:
        return wording("app_clinic_toxin_over", **values), True
    values |= {"low": spoken_day(low), "high": spoken_day(high), "probability": percent_words(told["probability"])}
    return wording("app_clinic_toxin", **values), low <= day + _SOON
