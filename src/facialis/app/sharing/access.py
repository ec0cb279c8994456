"""Who may see and do what of a person: one function decides, and one door asks it for every address."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any, cast

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from facialis.app.comments.models import Comment
from facialis.app.people.models import Person, RemovedRow, Row
from facialis.app.recordings.models import Recording, Upload
from facialis.app.sharing.models import Share
from facialis.app.sharing.scopes import SCOPES, WRITES

__all__ = ["NOUNS", "Gate", "end_with", "guest_of", "may", "parts_seen", "person_at", "share_with"]

_LOOKS = frozenset({"GET", "HEAD"})
_AGAIN_S = 1.0  # chosen: how long a film that is being sent goes on when its share has been stopped; 0.2 - 5 s
_SHARE, _PARTS = "guests_share", "guests_parts"


def may(user: AbstractBaseUser | AnonymousUser, person: Person, scope: str, *, write: bool = False) -> bool:
    """Whether somebody may see a part of what is kept of a person.

    Parameters
    ----------
    user
        Who asks.
    person
        Whom it is about.
    scope
        One of `SCOPE_KEYS`; empty: anything at all.
    write
        Whether they want to change it: that only the owner may. What a clinician writes is their own.
    """
    if not user.is_authenticated:
        return False
    return _is_own(user, person) or (not write and share_with(user, person, scope) is not None)


def _is_own(user: AbstractBaseUser | AnonymousUser, person: Person) -> bool:
    """Whether a person is somebody's own; who was received from another computer is seen as a guest sees them."""
    return person.owner_id == user.pk and person.received_at is None


def share_with(user: AbstractBaseUser | AnonymousUser, person: Person, scope: str = "") -> Share | None:
    """By what somebody else than the owner sees it; None where nothing is shared with them."""
    return Share.objects.now(user, scope).filter(person=person).first() if user.is_authenticated else None


def guest_of(request: HttpRequest) -> Share | None:
    """The share by which whoever asks sees what they asked for; None: it is their own."""
    return cast(Share | None, vars(request).get(_SHARE))


def end_with(request: HttpRequest, share: Share) -> None:
    """Let a film that is sent as the answer end with a share of it; for addresses that are about no person by name."""
    vars(request)[_SHARE], vars(request)[_PARTS] = share, ("recordings",)


def parts_seen(request: HttpRequest) -> tuple[str, ...]:
    """What has to stay shared with a guest for what they asked for; of what belongs to no part, all that is shared."""
    return cast(tuple[str, ...], vars(request).get(_PARTS, ()))


# ---- the door --------------------------------------------------------------------------------------------------


def _of_number(told: Mapping[str, Any]) -> Any:
    # By `pk=` alone a number that is larger than any of a database is nobody's, and no fault.
    return Person.objects.filter(pk=told["pk"]).values("pk") if "pk" in told else []


def _of_recording(told: Mapping[str, Any]) -> Any:
    return Recording.objects.filter(pk=told["pk"]).values("person")


def _of_row(told: Mapping[str, Any]) -> Any:
    return Row.objects.filter(pk=told["pk"]).values("sheet__person")


def _of_comment(told: Mapping[str, Any]) -> Any:
    """One below an article is about nobody: whose it is, the deed asks for itself."""
    return Comment.objects.filter(pk=told["pk"]).values("recording__person") if "pk" in told else []


NOUNS: Mapping[str, Callable[[Mapping[str, Any]], Any]] = MappingProxyType(
    {
        "people": _of_number,
        "recordings": _of_recording,
        "rows": _of_row,
        "treatments": _of_row,
        "removed": lambda told: RemovedRow.objects.filter(pk=told["pk"]).values("sheet__person"),
        "comments": _of_comment,
        "uploads": lambda told: Upload.objects.filter(token=told["token"]).values("person"),
    }
)
"""The first word of addresses that are about a person, and how the person is found."""


def person_at(request: HttpRequest) -> Person | None:
    """Whom the address is about; None: nobody, or somebody who is not there."""
    match = request.resolver_match
    find = None if match is None else NOUNS.get(match.route.removeprefix("api/").partition("/")[0])
    if match is None or find is None:
        return None
    kept = vars(request)
    if "person_at" not in kept:
        kept["person_at"] = Person.objects.filter(pk__in=find(match.kwargs)).first()
    return cast(Person | None, kept["person_at"])


class Gate:
    """Lets to an address of a person only whom it is shared with; everybody else is told that nothing is there.

    An address that is in neither table is the owner's alone, so that a new page is closed until somebody opens it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; a film that is on its way to a guest ends with the share."""
        answer = self.get_response(request)
        share = guest_of(request)
        if share is not None and isinstance(answer, StreamingHttpResponse):
            answer.streaming_content = _while_shared(answer.streaming_content, share, parts_seen(request))
        return answer

    def process_view(self, request: HttpRequest, *_: Any) -> None:
        """Before the view."""
        person = person_at(request)
        if person is None or not request.user.is_authenticated or _is_own(request.user, person):
            return
        match = request.resolver_match
        name = "" if match is None or match.url_name is None else match.url_name
        scope = (SCOPES if request.method in _LOOKS else WRITES).get(name)
        share = None if scope is None else share_with(request.user, person, scope)
        if share is None:
            raise Http404
        vars(request)[_SHARE], vars(request)[_PARTS] = share, (scope,) if scope else share.scopes


def _while_shared(pieces: Any, share: Share, parts: tuple[str, ...]) -> Iterator[bytes]:
    asked_s = time.monotonic()
    for piece in pieces:
        yield piece
        if time.monotonic() - asked_s > _AGAIN_S:
            asked_s = time.monotonic()
            if not Share.objects.now().filter(pk=share.pk, **dict.fromkeys(parts, True)).exists():
                return
