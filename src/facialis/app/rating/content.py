"""What is shown of sets and of a film that is rated: never whose it is, of which day, or what a machine found in it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median
from typing import Any

from facialis.app.accounts.models import Account
from facialis.app.rating.access import films_of, turns_of
from facialis.app.rating.models import UNRATEABLE, Film, Rater, RatingSet, Turn
from facialis.core.knowledge import wording
from facialis.core.rating.scales import Answer, Scale, scales

__all__ = [
    "Asked",
    "PartShown",
    "Progress",
    "RaterShown",
    "SetShown",
    "asked_of",
    "name_of",
    "parts_of",
    "progress_of",
    "sets_of",
    "shown_set",
]

_USUAL_S = 45.0  # chosen: before anything is known of this rater; 20 - 90 s


@dataclass(frozen=True, kw_only=True)
class PartShown:
    """A question with its answers: value, key on the keyboard (empty: none), words, whether it is chosen."""

    key: str
    ask: str
    level: str
    answers: tuple[tuple[str, str, str, bool], ...] = ()
    written: str = ""
    unrateable: bool = False
    missing: bool = False


def parts_of(scale: Scale, values: Mapping[str, Any], missing: Sequence[str] = ()) -> list[PartShown]:
    """The questions of a scale as a form, with what has been answered."""
    shown = []
    for part in scale.parts.values():
        now = values.get(part.key)
        answers = tuple(
            (_plain(answer), _plain(answer) if part.level == "ordinal" else str(number), wording(words), answer == now)
            for number, (answer, words) in enumerate(part.answers.items(), start=1)
        )
        shown.append(
            PartShown(
                key=part.key,
                ask=wording(part.ask),
                level=part.level,
                answers=answers,
                written="" if now in (None, UNRATEABLE) else _plain(now),
                unrateable=now == UNRATEABLE,
                missing=part.key in missing,
            )
        )
    return shown


def _plain(answer: Answer) -> str:
    return answer if isinstance(answer, str) else f"{answer:g}"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a rater is: which film of how many, how many are done, and minutes that are left."""

    at: int
    total: int
    done: int
    minutes: int

    @property
    def words(self) -> str:
        """In words."""
        key = "app_rate_minutes_left" if self.minutes != 1 else "app_rate_minute_left"
        return wording("app_rate_progress", at=self.at, total=self.total, left=wording(key, minutes=self.minutes))


def progress_of(rater: Rater, turn: Turn | None = None) -> Progress:
    """How far a rater is; ``turn``: at which film they are."""
    turns = list(turns_of(rater))
    done = [one for one in turns if one.done_at is not None]
    took_s = [one.took_s for one in done if one.took_s]
    a_film_s = median(took_s) if took_s else _USUAL_S
    at = next((n for n, one in enumerate(turns, start=1) if turn is not None and one.pk == turn.pk), len(done) + 1)
    left_s = a_film_s * (len(turns) - len(done))
    return Progress(at=min(at, len(turns)), total=len(turns), done=len(done), minutes=max(1, math.ceil(left_s / 60)))


def name_of(account: Any, number: int = 0) -> str:
    """A rater's name; of an account that was closed its number in the set."""
    assert isinstance(account, Account)
    return account.name if account.closed_at is None else wording("app_rate_gone_rater", number=number)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A set that an account is asked to rate: who asks, with which scale, how far it is."""

    rater: Rater
    who: str
    scale: str
    progress: Progress
    closed: bool


def asked_of(account: Account) -> list[Asked]:
    """Sets that an account rates, those with something to do first."""
    found = Rater.objects.owned_by(account).select_related("rating_set__owner", "owner")
    rows = [
        Asked(
            rater=rater,
            who=name_of(rater.rating_set.owner),
            scale=wording(scales()[rater.rating_set.scale].name),
            progress=progress_of(rater),
            closed=rater.rating_set.closed_at is not None,
        )
        for rater in found
    ]
    return sorted(rows, key=lambda row: (row.closed or row.rater.done_at is not None, -row.rater.pk))


@dataclass(frozen=True, kw_only=True)
class RaterShown:
    """A rater of a set, how far they are, and when they practised, if they did."""

    name: str
    progress: Progress
    done_at: datetime | None
    practised_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class SetShown:
    """A set as its owner sees it. ``gone``: films that are not in it any more, but were rated."""

    rating_set: RatingSet
    scale: str
    films: tuple[Film, ...]
    making: int
    left_out: int
    gone: int
    raters: tuple[RaterShown, ...]


def sets_of(account: Account) -> list[tuple[RatingSet, str, bool]]:
    """Sets that an account made: each with the name of its scale, and whether ratings are still to come."""
    found = RatingSet.objects.owned_by(account)
    return [(one, wording(scales()[one.scale].name), one.is_open) for one in found]


def shown_set(rating_set: RatingSet) -> SetShown:
    """A set as its owner sees it."""
    films = tuple(films_of(rating_set))
    here = {film.pk for film in films}
    rated = set(
        Turn.objects.filter(rater__rating_set=rating_set).exclude(done_at=None).values_list("film_id", flat=True)
    )
    raters = rating_set.raters.select_related("owner", "rating_set__owner")
    return SetShown(
        rating_set=rating_set,
        scale=wording(scales()[rating_set.scale].name),
        films=films,
        making=sum(not film.ready for film in films),
        left_out=rating_set.films.filter(ready=False, tries__gte=Film.MOST_TRIES).count(),
        gone=len(rated - here),
        raters=tuple(
            RaterShown(
                name=name_of(one.owner, number),
                progress=progress_of(one),
                done_at=one.done_at,
                practised_at=one.practised_at,
            )
            for number, one in enumerate(raters, start=1)
        ),
    )
