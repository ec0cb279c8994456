"""Who looked at what: a line for each look at a person's data by somebody else, one an hour and kind by their owner."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.api.models import token_of
from facialis.app.audit.models import Entry
from facialis.app.audit.trail import BY, note, note_all
from facialis.app.people.models import Person
from facialis.app.sharing.access import guest_of, person_at

__all__ = ["READ", "UNSEEN", "Reading", "note_list", "note_look"]

READ = "read_"
"""What the deed of a look begins with; the name of the address follows."""
UNSEEN = frozenset(
    {
        "add_recording",
        "copy_progress",
        "film_now",
        "loops",
        "phone",
        "phone_code",
        "phone_state",
        "practice",
        "practice_film",
        "practice_play",
        "practice_progress",
        "practice_truth",
        "progress",
        "rate",
        "rating",
        "up_to_date",
    }
)
"""Addresses at which nothing of the person stands but their name; some are asked for by pages themselves."""

_SHOWS = {"GET": (200, 206), "POST": (200, 422)}
"""Answers that show something: to a form as well, which may come back with the page that it stood on."""


class Reading:
    """Writes a line for each answer that shows a person's data, whichever view gave it.

    It goes by the addresses (``people/7/…``, ``recordings/7/…``), as the gate does that lets guests in. So a new page
    is in the trail without anybody's having to think of it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, and write down what was shown."""
        answer = self.get_response(request)
        match = request.resolver_match
        if answer.status_code not in _SHOWS.get(request.method or "", ()) or match is None:
            return answer
        if request.method == "POST" and guest_of(request) is None:
            return answer  # what somebody did with their own stands there by the deed
        kind = "comments" if match.route.startswith("comments/") else match.url_name or ""
        if not isinstance(request.user, Account) or kind in UNSEEN or "pk" not in match.kwargs:
            return answer
        person = person_at(request)
        if person is not None:
            # A player asks for a film piece by piece: what follows the beginning is the same look.
            follows = answer.status_code == 206 and not request.headers.get("Range", "").startswith("bytes=0-")
            thing = "" if kind.endswith("person") else match.kwargs["pk"]
            token = token_of(request)
            note_look(request.user, person, kind, thing, follows=follows, by="" if token is None else token.name)
        return answer


def note_look(
    account: Account, person: Person, kind: str, thing: object = "", *, follows: bool = False, by: str = ""
) -> None:
    """Write that an account was shown something of a person.

    Parameters
    ----------
    account
        Who looked.
    person
        At whom.
    kind
        The name of the address: ``course``, ``film``.
    thing
        Which recording, if it is one.
    follows
        Whether it goes on with a look that has been written down.
    by
        The name of the key by which a program looked; empty: the account itself did.
    """
    deed = f"{READ}{kind}"[:40]
    own = account.pk == person.owner_id
    thing = "" if own else str(thing)
    if follows or own:
        known = Entry.objects.filter(owner=account, person=person.pk, deed=deed, made_at__gte=_hour())
        known = known.filter(thing__endswith=f"{BY}{by}") if by else known
        # Of what others look at each thing is a look of its own, wherever in it they begin.
        if (known if own else known.filter(thing=f"{thing}{BY}{by}" if by else thing)).exists():
            return
    note(account, deed, f"{thing}{BY}{by}" if by else thing, person=person)


def note_list(account: Account, people: Iterable[Person], kind: str) -> None:
    """Write that an account was shown a line about each of several people: once an hour of each."""
    deed, shown = f"{READ}{kind}"[:40], list(people)
    found = Entry.objects.filter(owner=account, deed=deed, made_at__gte=_hour(), person__in=[one.pk for one in shown])
    known = set(found.values_list("person", flat=True))
    note_all(account, deed, [one for one in shown if one.pk not in known])


def _hour() -> datetime:
    return timezone.now().replace(minute=0, second=0, microsecond=0)
