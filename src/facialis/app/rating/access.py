"""Who sees which film of a set: only whom its person shares recordings with, and as long as they do.

Asked anew at each page and each film, of the one who made the set and of the one who rates.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Q, QuerySet

from facialis.app.accounts.models import Account
from facialis.app.people.models import Person
from facialis.app.rating.models import Film, Rater, RatingSet, Turn
from facialis.app.recordings.models import Recording
from facialis.app.sharing.models import Share

__all__ = ["films_of", "people_seen", "raters_for", "recordings_seen", "turns_of"]

_SCOPE = "recordings"


def people_seen(account: Any) -> QuerySet[Person]:
    """Whose recordings an account sees: its own people, and those who share them with it."""
    shared = Share.objects.now(account, _SCOPE).values("person")
    return Person.objects.filter(Q(owner_id=account.pk, received_at=None) | Q(pk__in=shared))


def recordings_seen(account: Account) -> QuerySet[Recording]:
    """Recordings with a film that an account sees."""
    return Recording.objects.filter(person__in=people_seen(account)).exclude(container="").select_related("person")


def films_of(rating_set: RatingSet) -> QuerySet[Film]:
    """Films that are in a set now: whoever made it still sees them, and there is something to play."""
    found = Film.objects.filter(rating_set=rating_set, recording__person__in=people_seen(rating_set.owner))
    return found.exclude(ready=False, tries__gte=Film.MOST_TRIES).select_related("recording__person")


def turns_of(rater: Rater) -> QuerySet[Turn]:
    """What a rater sees now, in their order: films that are in the set, of people who share with them too."""
    films = films_of(rater.rating_set).filter(recording__person__in=people_seen(rater.owner))
    return Turn.objects.filter(rater=rater, film__in=films.values("pk"))


def raters_for(account: Account, people: Iterable[int] | None = None) -> list[Account]:
    """Clinicians who see recordings of somebody whom the account sees; with ``people``: those who see all of them."""
    seen = people_seen(account)
    shares = Share.objects.now(None, _SCOPE).filter(person__in=seen).exclude(clinician=account)
    found = Account.objects.open().filter(pk__in=shares.values("clinician")).order_by("name")
    if people is None:
        return list(found)
    wanted = set(people)
    return [one for one in found if wanted <= set(people_seen(one).values_list("pk", flat=True))]
