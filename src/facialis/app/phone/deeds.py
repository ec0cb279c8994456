"""What can be done with links for a phone."""

from __future__ import annotations

import hmac
from typing import Any

from django.db import transaction
from django.utils import timezone

from facialis.app.accounts.models import Account
from facialis.app.audit.trail import note
from facialis.app.people.deeds import own
from facialis.app.people.models import Person
from facialis.app.phone.models import LASTS, PhoneLink, hashed, new_secret
from facialis.app.phone.pieces import Reading, receive
from facialis.app.recordings.deeds import begin_upload
from facialis.app.recordings.models import Recording, Upload
from facialis.app.recordings.uploads import discard
from facialis.core.errors import FacialisError, InputError
from facialis.core.messages import said

__all__ = [
    "begin_film",
    "correct_film",
    "end_link",
    "find_link",
    "give_up_film",
    "make_link",
    "open_page",
    "take_film_piece",
]


def make_link(account: Account, person: Person) -> tuple[PhoneLink, str]:
    """Make a link for one film of a person; earlier ones of the person end. Returns it with its secret.

    Raises
    ------
    PermissionDenied
        The person belongs to somebody else.
    """
    own(account, person)
    for earlier in PhoneLink.objects.filter(person=person, state=PhoneLink.State.OPEN):
        end_link(account, earlier, PhoneLink.State.REVOKED)
    secret = new_secret()
    with transaction.atomic():
        until = timezone.now() + LASTS
        link = PhoneLink.objects.create(owner=account, person=person, secret_sha256=hashed(secret), until=until)
        note(account, "phone_link_made", link.pk, person=link.person)
    return link, secret


def end_link(account: Account, link: PhoneLink, state: PhoneLink.State) -> None:
    """End a link (revoked, or its time is over); what had come by it so far is thrown away."""
    own(account, link.person)
    with transaction.atomic():
        ended = PhoneLink.objects.filter(pk=link.pk, state=PhoneLink.State.OPEN).update(state=state)
        if ended:
            note(account, f"phone_link_{state.value}", link.pk, person=link.person)
    if ended and link.upload is not None:
        discard(link.upload)
    link.refresh_from_db()


def find_link(secret: str) -> PhoneLink | None:
    """The link of this secret, None where no phone is answered by it. The time says nothing of how near it was."""
    asked, found = hashed(secret), None
    known = PhoneLink.objects.filter(until__gt=timezone.now()).select_related("owner", "person", "upload")
    for link in known:
        if hmac.compare_digest(link.secret_sha256, asked):
            found = link
    return found if found is not None and found.is_known else None


def open_page(link: PhoneLink) -> None:
    """A phone has asked for the page of a link."""
    if not link.opened:
        link.opened = True
        link.save(update_fields=["opened"])


def begin_film(link: PhoneLink, told: dict[str, Any]) -> Upload:
    """Announce the film of a link; the same one again goes on where it was, another takes its place.

    Raises
    ------
    InputError, OutputError
        It is too large, or there is no room for it.
    """
    account = _account(link)
    told, here = dict(told), link.upload
    if here is not None and (here.shown_name, here.size_bytes) == (_shown(told["shown_name"]), told["size_bytes"]):
        return here
    give_up_film(link)
    with transaction.atomic():
        upload = begin_upload(account, link.person, **told)
        link.upload, link.opened, link.refused = upload, True, ""
        link.save(update_fields=["upload", "opened", "refused"])
    return upload


def correct_film(link: PhoneLink, told: dict[str, Any]) -> None:
    """Write what was told of a film only after it had come."""
    own(_account(link), link.person)
    upload = link.upload
    assert upload is not None
    for key in ("day", "filmed", "alone", "mirrored", "as_filmed", "size_bytes"):
        setattr(upload, key, told[key])
    upload.save()


def take_film_piece(link: PhoneLink, offset: int, piece: Reading) -> int | Recording:
    """Take a piece of a link's film. With the last one the link is used up, and the recording is returned.

    Raises
    ------
    WrongOffset
        The piece begins elsewhere.
    FacialisError
        The film is refused: nothing of it is left, and another one may be sent by the same link.
    """
    account, upload = _account(link), link.upload
    if upload is None:
        raise InputError(**said("phone_not_begun"))
    link.lasts_on()
    try:
        done = receive(account, upload, offset, piece)
    except FacialisError as error:
        link.upload, link.refused = None, str(error)
        link.save(update_fields=["upload", "refused"])
        raise
    if isinstance(done, Recording):
        with transaction.atomic():
            link.use_up(done)
            note(account, "phone_link_used", link.pk, person=link.person)
    return done


def give_up_film(link: PhoneLink) -> None:
    """Throw away what has come by a link so far: another film was chosen."""
    own(_account(link), link.person)
    if link.upload is not None:
        discard(link.upload)
        link.upload = None
        link.save(update_fields=["upload"])


def _account(link: PhoneLink) -> Account:
    """Whoever made the link: a phone acts for them, and has no account of its own."""
    account = link.owner
    assert isinstance(account, Account)
    own(account, link.person)
    return account


def _shown(name: str) -> str:
    """As `begin_upload` keeps it."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)[:200]
