"""What can be done with sets of films and with what is rated in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.people.models import Person
from facialis.app.rating.access import people_seen, turns_of
from facialis.app.rating.models import Film, Rater, RatingSet, Turn
from facialis.app.rating.orders import order_of
from facialis.app.recordings.models import Recording

__all__ = [
    "Stretch",
    "close_set",
    "delete_set",
    "finish_rating",
    "finish_turn",
    "keep_answers",
    "make_set",
    "may_change",
    "practise",
]


@dataclass(frozen=True)
class Stretch:
    """A recording that is to be rated, or a part of it in seconds."""

    recording: Recording
    start_s: float | None = None
    stop_s: float | None = None


def make_set(
    account: Account, name: str, scale: str, stretches: Sequence[Stretch], raters: Iterable[Account], repeats: float
) -> RatingSet:
    """Make a set and ask for ratings.

    Parameters
    ----------
    account
        Who makes it, and sees what comes of it.
    name
        For them alone.
    scale
        A key of `facialis.core.rating.scales.scales`.
    stretches
        What is rated.
    raters
        Who rates; each has to see all of it.
    repeats
        The share that is shown twice.

    Raises
    ------
    PermissionDenied
        Something of it is not shared with the account, or with one of the raters.
    """
    people = {stretch.recording.person_id: stretch.recording.person for stretch in stretches}
    asked = list(raters)
    for one in (account, *asked):
        if not set(people) <= set(people_seen(one).values_list("pk", flat=True)):
            raise PermissionDenied
    with transaction.atomic():
        made = RatingSet.objects.create(owner=account, name=name, scale=scale, repeats=repeats)
        films = [
            Film.objects.create(
                owner=account, rating_set=made, recording=s.recording, number=number, start_s=s.start_s, stop_s=s.stop_s
            )
            for number, s in enumerate(stretches, start=1)
        ]
        for which, one in enumerate(asked):
            _give_turns(Rater.objects.create(owner=one, rating_set=made), films, which)
        for person in people.values():
            note(account, "rating_set_made", made.pk, person=person)
    return made


def _give_turns(rater: Rater, films: Sequence[Film], which: int) -> None:
    known = {film.number: film for film in films}
    order = order_of(list(known), rater.rating_set.repeats, rater.rating_set.seed, which)
    for place, (number, look) in enumerate(order):
        film = known[number]
        Turn.objects.create(
            owner_id=rater.owner_id,
            rater=rater,
            film=film,
            number=number,
            start_s=film.start_s,
            stop_s=film.stop_s,
            place=place,
            repeat=look,
        )


def close_set(account: Account, rating_set: RatingSet) -> None:
    """End a set: nobody rates any more, and what was rated is shown."""
    _owned(account, rating_set)
    with transaction.atomic():
        RatingSet.objects.filter(pk=rating_set.pk, closed_at=None).update(closed_at=timezone.now())
        note(account, "rating_set_closed", rating_set.pk)


def delete_set(account: Account, rating_set: RatingSet) -> None:
    """Remove a set with all that was rated in it."""
    _owned(account, rating_set)
    with transaction.atomic():
        note(account, "rating_set_deleted", rating_set.pk)
        Turn.objects.filter(rater__rating_set=rating_set).delete()
        rating_set.delete()


def may_change(turn: Turn) -> bool:
    """Whether a rater may still say something of a film: one that is open, or the last that they finished."""
    rater = turn.rater
    if rater.done_at is not None or rater.rating_set.closed_at is not None:
        return False
    turns = turns_of(rater)
    if turn.done_at is None:
        first = turns.filter(done_at=None).first()
        return first is not None and first.pk == turn.pk
    last = turns.exclude(done_at=None).order_by("done_at").last()
    return last is not None and last.pk == turn.pk


def keep_answers(
    account: Account,
    turn: Turn,
    answers: Mapping[str, Any],
    taps_s: Sequence[float],
    took_s: float | None,
    *,
    whole: bool = False,
) -> None:
    """Keep what was answered so far; time only grows, and what was overtaken by something later is left out.

    Raises
    ------
    PermissionDenied
        It is somebody else's, or may not be changed any more.
    """
    if turn.owner_id != account.pk or not may_change(turn):
        raise PermissionDenied
    if not whole and took_s is not None and took_s < (turn.took_s or 0.0):  # overtaken on its way
        return
    turn.answers, turn.taps_s = dict(answers), list(taps_s)
    known = [seconds for seconds in (turn.took_s, took_s) if seconds is not None]
    turn.took_s = max(known) if known else None
    turn.save(update_fields=["answers", "taps_s", "took_s"])


def finish_turn(
    account: Account, turn: Turn, answers: Mapping[str, Any], taps_s: Sequence[float], took_s: float | None
) -> None:
    """Rate a film; what was said before of the last one is written over. Errors as `keep_answers`."""
    with transaction.atomic():
        keep_answers(account, turn, answers, taps_s, took_s, whole=True)
        turn.finish()
        turn.save(update_fields=["done_at"])
        person = Person.objects.get(recordings__rated=turn.film_id)
        note(account, "film_rated", turn.rater.rating_set_id, person=person)


def finish_rating(account: Account, rater: Rater) -> None:
    """Say that all has been rated; nothing is changed after it."""
    if rater.owner_id != account.pk or turns_of(rater).filter(done_at=None).exists():
        raise PermissionDenied
    with transaction.atomic():
        Rater.objects.filter(pk=rater.pk, done_at=None).update(done_at=timezone.now())
        note(account, "rating_finished", rater.rating_set_id)


def practise(account: Account, rater: Rater, name: str, answers: Mapping[str, Any], taps_s: Sequence[float]) -> None:
    """Keep what was answered of a film for practice instead of what was before; it counts nowhere.

    Parameters
    ----------
    account
        Who answered.
    rater
        As whom.
    name
        The film, a key of `facialis.phantom.anchors.anchors`.
    answers, taps_s
        What a rater says of a film, as of one that counts.

    Raises
    ------
    PermissionDenied
        It is somebody else's.
    """
    if rater.owner_id != account.pk:
        raise PermissionDenied
    told = {"answers": dict(answers), "taps_s": list(taps_s), "at": timezone.now().isoformat(timespec="seconds")}
    with transaction.atomic():
        rater.practised = {**Rater.objects.get(pk=rater.pk).practised, name: told}
        rater.save(update_fields=["practised"])
        note(account, "rating_practised", rater.rating_set_id)


def _owned(account: Account, rating_set: RatingSet) -> None:
    if rating_set.owner_id != account.pk:
        raise PermissionDenied
